"""The dialogs that ask for a file."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from gdsim.gui.forms import file_dialog
from gdsim.gui.forms.file_dialog import ask_to_open, ask_to_save


@pytest.fixture
def window(qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(file_dialog, "_last_folder", tmp_path)
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


def test_a_file_to_write_is_passed_on_with_its_kind(window, qtbot, tmp_path):
    taken = []
    kinds = "PDF (*.pdf);;HTML (*.html)"
    dialog = ask_to_save(window, "Notes", kinds, Path("notes.pdf"), lambda *what: taken.append(what))
    assert dialog.isVisible()
    assert taken == []  # it came back at once
    assert dialog.selectedFiles() == [str(tmp_path / "notes.pdf")]
    dialog.selectNameFilter("HTML (*.html)")
    dialog.accept()
    assert taken == [(tmp_path / "notes.html", "HTML (*.html)")]
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is None)


def test_nothing_is_passed_on_by_one_that_is_left(window, qtbot):
    taken = []
    ask_to_save(window, "Notes", "", Path("notes.pdf"), lambda *what: taken.append(what)).reject()
    ask_to_open(window, "Lesson", "", taken.append).reject()
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is None)
    assert taken == []


def test_the_next_one_begins_where_the_last_file_was_chosen(window, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "points.csv").write_text("1,2\n", encoding="utf-8")
    taken = []
    dialog = ask_to_open(window, "Points", "", taken.append, folder)
    dialog.selectFile("points.csv")
    dialog.accept()
    assert taken == [folder / "points.csv"]
    assert ask_to_open(window, "Lesson", "", taken.append).directory().absolutePath() == folder.as_posix()


def test_the_window_that_asked_may_go_meanwhile(qtbot):
    window, taken = QWidget(), []
    window.show()
    ask_to_save(window, "Notes", "", Path("notes.pdf"), lambda *what: taken.append(what))
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog)]
    assert taken == []
