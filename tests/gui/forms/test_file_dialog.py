"""The dialogs that ask for a file."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from gdsim.gui.forms import file_dialog
from gdsim.gui.forms.file_dialog import ask_to_open, ask_to_save
from gdsim.gui.preferences import documents_folder
from tests.gui.answered import answer_file_dialogs
from tests.gui.windows import expose


@pytest.fixture
def window(qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(file_dialog, "_last_folder", tmp_path)
    window = QWidget()
    expose(qtbot, window)
    return window


KINDS = "PDF (*.pdf);;HTML (*.html)"


def test_a_file_to_write_is_passed_on(window, qtbot, tmp_path):
    taken = []
    dialog = ask_to_save(window, "Notes", KINDS, Path("notes.pdf"), taken.append)
    assert dialog.isVisible()
    assert taken == []  # it came back at once
    assert [*map(Path, dialog.selectedFiles())] == [tmp_path / "notes.pdf"]
    dialog.selectNameFilter("HTML (*.html)")
    dialog.accept()
    assert taken == [tmp_path / "notes.html"]
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is None)


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("eta 1.5", "HTML (*.html)", "eta 1.5.html"),
        ("eta 1.5", "PDF (*.pdf)", "eta 1.5.pdf"),
        ("NOTES.PDF", "HTML (*.html)", "NOTES.PDF"),
        ("notes.txt", "PDF (*.pdf)", "notes.txt.pdf"),
    ],
)
def test_a_name_gets_the_ending_of_its_kind(window, monkeypatch, tmp_path, typed, kind, name):
    taken = []
    answer_file_dialogs(monkeypatch, tmp_path / typed, kind)
    ask_to_save(window, "Notes", KINDS, Path("notes.pdf"), taken.append)
    assert taken == [tmp_path / name]


@pytest.mark.parametrize("replaces", [True, False])
def test_a_file_of_the_name_with_the_ending_is_asked_about(window, qtbot, monkeypatch, tmp_path, replaces):
    there, taken = tmp_path / "notes.pdf", []
    there.write_text("mine", encoding="utf-8")
    answer_file_dialogs(monkeypatch, tmp_path / "notes")
    ask_to_save(window, "Notes", KINDS, Path("notes.pdf"), taken.append)
    box = window.findChild(QMessageBox)
    assert box.text() == "notes.pdf already exists. Replace it?"
    assert taken == []
    role = QMessageBox.ButtonRole.AcceptRole if replaces else QMessageBox.ButtonRole.RejectRole
    next(one for one in box.buttons() if box.buttonRole(one) is role).click()
    assert taken == ([there] if replaces else [])
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is None)
    ask_to_save(window, "Notes", KINDS, Path("notes.pdf"), taken.append, may_be_there=True)
    assert taken[-1:] == [there]
    assert window.findChild(QMessageBox) is None


def test_nothing_is_passed_on_by_one_that_is_left(window, qtbot):
    taken = []
    ask_to_save(window, "Notes", "", Path("notes.pdf"), taken.append).reject()
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


def test_the_first_one_begins_in_documents_and_not_where_the_program_was_started(
    window, monkeypatch, tmp_path
):
    monkeypatch.setattr(file_dialog, "_last_folder", None)
    monkeypatch.chdir(tmp_path)
    documents = documents_folder()
    assert documents.is_absolute()
    assert documents != tmp_path
    assert Path(ask_to_open(window, "Lesson", "", print).directory().absolutePath()) == documents
    dialog = ask_to_save(window, "Notes", "", Path("notes.pdf"), print)
    assert Path(dialog.directory().absolutePath()) == documents
    there = tmp_path / "there.pdf"  # whoever names a folder is followed
    dialog = ask_to_save(window, "Notes", "", there, print)
    assert Path(dialog.directory().absolutePath()) == tmp_path


def test_the_window_that_asked_may_go_meanwhile(qtbot):
    window, taken = QWidget(), []
    window.show()
    ask_to_save(window, "Notes", "", Path("notes.pdf"), taken.append)
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog)]
    assert taken == []
