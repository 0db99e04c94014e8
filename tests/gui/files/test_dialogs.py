"""The dialogs as they are: they do not block, and say which button was pressed."""

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gdsim.gui.files.dialogs import FileDialogs, SaveDecision


def ask(dialogs, answered, text="Save <b>it</b>?"):
    choices = {one: partial(answered, one) for one in (SaveDecision.SAVE, SaveDecision.DISCARD)}
    dialogs.ask(text, "Or not.", choices)


@pytest.fixture
def parent(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def press(qtbot, box, words):
    button = next(one for one in box.buttons() if one.text() == words)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("words", "told"),
    [("&Save", [SaveDecision.SAVE]), ("&Discard", [SaveDecision.DISCARD]), ("Cancel", [])],
)
def test_a_button_is_an_answer(qtbot, parent, words, told):
    dialogs, answers = FileDialogs(parent), []
    ask(dialogs, answers.append)
    box = parent.findChild(QMessageBox)
    assert box.text() == "Save <b>it</b>?"
    assert dialogs.is_open
    press(qtbot, box, words)
    assert answers == told
    assert not dialogs.is_open


@pytest.mark.parametrize(
    ("code", "told"), [(Qt.Key.Key_Return, [SaveDecision.SAVE]), (Qt.Key.Key_Escape, [])]
)
def test_enter_is_the_usual_answer_and_escape_cancels(qtbot, parent, code, told):
    dialogs, answers = FileDialogs(parent), []
    ask(dialogs, answers.append)
    box = parent.findChild(QMessageBox)
    qtbot.waitUntil(box.isVisible)
    qtbot.keyClick(box, code)
    assert not dialogs.is_open
    assert answers == told


def test_closing_the_question_is_to_cancel(qtbot, parent):
    dialogs, answers = FileDialogs(parent), []
    ask(dialogs, answers.append)
    parent.findChild(QMessageBox).close()
    assert not dialogs.is_open
    assert answers == []


def test_an_answer_may_lead_to_the_next_question(qtbot, parent):
    dialogs, answers = FileDialogs(parent), []
    ask(dialogs, lambda _: ask(dialogs, answers.append))
    press(qtbot, parent.findChild(QMessageBox), "&Save")
    assert dialogs.is_open
    second = [box for box in parent.findChildren(QMessageBox) if box.isVisible()]
    press(qtbot, second[0], "&Discard")
    assert answers == [SaveDecision.DISCARD]


def test_a_later_question_takes_the_place_of_an_open_one(qtbot, parent, tmp_path):
    """As when a link comes while one is asked: the answer to the first would be about what is gone."""
    dialogs, answers, chosen = FileDialogs(parent), [], []
    dialogs.ask_save(tmp_path / "new.json", chosen.append)
    ask(dialogs, answers.append)
    ask(dialogs, answers.append, "And now?")
    assert [box.text() for box in parent.findChildren(QMessageBox) if box.isVisible()] == ["And now?"]
    assert not any(dialog.isVisible() for dialog in parent.findChildren(QFileDialog))
    assert (answers, chosen) == ([], [])
    press(qtbot, next(box for box in parent.findChildren(QMessageBox) if box.isVisible()), "&Save")
    assert answers == [SaveDecision.SAVE]


def test_a_file_is_chosen_or_not(qtbot, parent, tmp_path):
    dialogs, chosen = FileDialogs(parent), []
    (tmp_path / "a b.json").write_text("{}")
    dialogs.ask_open(tmp_path, chosen.append)
    parent.findChild(QFileDialog).reject()
    assert chosen == []
    qtbot.waitUntil(lambda: parent.findChild(QFileDialog) is None)
    dialogs.ask_save(tmp_path / "new.json", chosen.append)
    dialog = parent.findChild(QFileDialog)
    assert dialog.defaultSuffix() == "gdsim"
    dialog.accept()
    assert chosen == [tmp_path / "new.json"]
    assert not dialogs.is_open


@pytest.mark.parametrize("words", ["&Overwrite", "Cancel"])
def test_one_waits_for_an_answer_while_it_asks_whether_to_replace_a_file(qtbot, parent, tmp_path, words):
    """A name with a dot gets its ending when the dialog is over, and only then may be that of a file."""
    there, chosen = tmp_path / "eta 1.5.gdsim", []
    there.write_text("{}")
    dialogs = FileDialogs(parent)
    dialogs.ask_save(tmp_path / "eta 1.5", chosen.append)
    parent.findChild(QFileDialog).accept()
    assert chosen == []
    assert dialogs.is_open
    press(qtbot, parent.findChild(QMessageBox), words)
    assert not dialogs.is_open
    assert chosen == ([there] if words == "&Overwrite" else [])
