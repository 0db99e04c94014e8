"""Points come in and go out through the window's commands, each as one edit with a name."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QMessageBox,
    QPushButton,
    QWidget,
)

from gdsim.core.files.table.reader import read_table, reading_table_file
from gdsim.core.files.table.table_points import guessed_columns, points_of_columns
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.generators import DRAW, GENERATORS
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.standardising import scaling
from gdsim.core.progress import run_to_end
from gdsim.gui.actions import UserActions
from gdsim.gui.forms.file_work import ProgressDialog
from gdsim.gui.points.commands import DataCommands
from gdsim.gui.points.generate_dialog import GenerateDialog
from gdsim.gui.points.import_dialog import ImportDialog
from gdsim.session.session import Session
from tests.every import every
from tests.gui.answered import answer_file_dialogs

TWO = PointSet([1.3, 2.4], [0.15, 0.9])
HELD_OUT = PointSet([5.0], [0.5])


class Desk:
    """Commands on a session without its window's panes."""

    def __init__(self, window, experiment):
        self.window = window
        self.session = Session(experiment)
        self.user_actions = UserActions(self.session)
        self.commands = DataCommands(window, self.session, self.user_actions)
        self.said, self.told = [], []
        self.commands.told.connect(lambda sentence, path: self.told.append((sentence, path)))
        for signal in (self.commands.refused, self.user_actions.refused):
            signal.connect(self.said.append)

    @property
    def points(self):
        return self.session.experiment.points

    @property
    def validation(self):
        return self.session.experiment.validation

    def open_dialog(self, kind):
        return next((one for one in self.window.findChildren(kind) if one.isVisible()), None)

    def close(self):
        self.session.close()


@pytest.fixture
def make(qtbot):
    desks = []

    def make(points=TWO, validation=HELD_OUT):
        window = QWidget()
        qtbot.addWidget(window)
        window.show()
        desks.append(Desk(window, Experiment(points, validation, (Run(),))))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(make):
    return make()


def paste(desk, text, row=-1):
    QGuiApplication.clipboard().setText(text)
    desk.commands.paste(row)


def taking(dialog):
    return dialog.findChild(QPushButton, "primary")


def take(qtbot, desk, kind):
    """Wait until a dialog has points, and take them."""
    dialog = desk.open_dialog(kind)
    qtbot.waitUntil(taking(dialog).isEnabled)
    with qtbot.waitSignal(dialog.points_chosen):
        taking(dialog).click()


# ---------------------------------------------------------------------------------------- pasting


def test_plain_rows_are_added_at_once(desk):
    paste(desk, "x;y\r\n1,5;0,25\r\n2;1\r\n")
    assert desk.points == PointSet([1.3, 2.4, 1.5, 2.0], [0.15, 0.9, 0.25, 1.0])
    assert desk.session.document.history.undo_name == "Add points"
    desk.session.document.undo()
    assert desk.points == TWO
    assert desk.open_dialog(QDialog) is None


@pytest.mark.parametrize(
    ("row", "text", "x", "held_out", "told"),
    [
        (-1, "7\t0.7\n8\t0.8\n", [1.3, 2.4, 7, 8], [5], "Added 2 points at the end."),
        (0, "7\t0.7\n", [7, 2.4], [5], "Pasted over row 1."),
        (1, "7\t0.7\n8\t0.8\n", [1.3, 7], [8], "Pasted over rows 2 to 3."),
        (2, "7\t0.7\n8\t0.8\n", [1.3, 2.4, 8], [7], "Pasted over row 3, and added 1 point at the end."),
    ],
)
def test_a_paste_goes_where_the_selection_is_and_says_what_it_did(desk, row, text, x, held_out, told):
    paste(desk, text, row)
    assert desk.points.x[:, 0].tolist() == x
    assert desk.validation.x[:, 0].tolist() == held_out
    assert desk.told == [(told, None)]
    desk.session.document.undo()
    assert (desk.points, desk.validation) == (TWO, HELD_OUT)


def test_pasted_roles_are_obeyed(desk):
    paste(desk, "x\ty\trole\n7\t0.7\tval\n8\t0.8\ttrain\n")
    assert desk.points.x[:, 0].tolist() == [1.3, 2.4, 8.0]
    assert desk.validation.x[:, 0].tolist() == [5.0, 7.0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1\t2\n3\tfour\n", 'Line 2, column 2 must be a number, not "four".'),
        ("", "The clipboard is empty."),
        ("# x\n", "The text holds no numbers."),
    ],
)
def test_a_wrong_paste_is_refused_with_its_place(desk, text, sentence):
    paste(desk, text)
    assert desk.said == [sentence]
    assert desk.points == TWO
    assert desk.open_dialog(QDialog) is None


@pytest.mark.parametrize(
    "text",
    ["1\t2\t3\n", "1,5\n2,7\n", "1,000\t2,000\n", "1\tred\t0.5\n", "1\t2\n" * 30_000],
    ids=["other columns", "unsure commas", "unclear commas", "words", "many rows"],
)
def test_what_is_not_plain_is_shown_first(desk, text):
    paste(desk, text)
    dialog = desk.open_dialog(ImportDialog)
    assert dialog is not None
    assert desk.points == TWO
    assert not dialog.placing.replaces
    dialog.reject()


def test_what_was_shown_is_added(desk, qtbot):
    paste(desk, "7,0\n8,1\n")
    take(qtbot, desk, ImportDialog)
    assert desk.points == PointSet([1.3, 2.4, 7, 8], [0.15, 0.9, 0, 1])


# -------------------------------------------------------------------------------------- importing


def test_a_file_replaces_the_points_in_one_edit(desk, qtbot, tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("x1,x2,y\n1,2,0.5\n3,4,1\n", encoding="utf-8")
    desk.commands.import_file(path)
    take(qtbot, desk, ImportDialog)
    assert desk.points == PointSet([[1, 2], [3, 4]], [0.5, 1])
    assert desk.validation == PointSet.empty(2)
    assert desk.session.experiment.runs[0].start == (-2.0, -2.0, -2.0)
    assert desk.session.document.history.undo_name == "Import points"
    desk.session.document.undo()
    assert (desk.points, desk.validation) == (TWO, HELD_OUT)
    assert desk.said == []


@pytest.mark.parametrize("content", [None, b"PK\x03\x04", b"x,y\n1,2\n3,", b""])
def test_a_broken_file_changes_nothing(desk, qtbot, tmp_path, content):
    path = tmp_path / "points.csv"
    if content is not None:
        path.write_bytes(content)
    desk.commands.import_file(path)
    dialog = desk.open_dialog(ImportDialog)
    fault = dialog.findChild(QLabel, "fault")
    qtbot.waitUntil(fault.isVisible)
    assert fault.text().startswith("points.csv")
    assert not taking(dialog).isEnabled()
    assert desk.points == TWO
    dialog.reject()


@pytest.mark.parametrize(
    ("objective", "said"),
    [
        (NeuronObjective("tanh"), "lies outside −1 to 1. A tanh cannot go there"),
        (
            NeuronObjective(loss="cross-entropy"),
            "lies outside 0 to 1. Cross-entropy takes y as a probability",
        ),
        (FunctionObjective("w**2 + b**2"), "lies outside 0 to 1. A sigmoid cannot go there"),
    ],
)
def test_what_is_out_of_reach_is_told_of_what_will_learn(desk, qtbot, tmp_path, objective, said):
    path = tmp_path / "points.csv"
    path.write_text("x,y\n1,1\n2,3\n", encoding="utf-8")
    desk.session.edit(replace(desk.session.experiment, objective=objective), "Change")
    desk.commands.import_file(path)
    dialog = desk.open_dialog(ImportDialog)
    qtbot.waitUntil(taking(dialog).isEnabled)
    assert any(said in label.text() for label in dialog.findChildren(QLabel))
    dialog.reject()


def test_the_file_is_asked_for(desk, monkeypatch, tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("1;2\n", encoding="utf-8")
    answer_file_dialogs(monkeypatch, path)
    desk.commands.ask_file()
    dialog = desk.open_dialog(ImportDialog)
    assert "points.csv" in dialog.windowTitle()
    dialog.reject()
    answer_file_dialogs(monkeypatch, "")
    desk.commands.ask_file()
    assert desk.open_dialog(ImportDialog) is None


def test_made_up_points_replace_the_others(desk, qtbot):
    desk.commands.generate()
    take(qtbot, desk, GenerateDialog)
    assert desk.points == next(iter(GENERATORS.values()))().points(DRAW())
    assert desk.session.document.history.undo_name == "Generate points"


# ---------------------------------------------------------------------------------- standardising


def test_x_is_standardised_when_that_is_wanted(desk, qtbot):
    desk.commands.standardise()
    box = desk.open_dialog(QMessageBox)
    assert box.text() == "x will be shifted by −1.85 and divided by 0.55."
    box.reject()
    assert desk.points == TWO
    desk.commands.standardise()
    next(one for one in desk.open_dialog(QMessageBox).buttons() if one.text() == "Standardise").click()
    assert desk.points == scaling(TWO).applied(TWO)
    assert desk.validation == scaling(TWO).applied(HELD_OUT)
    name = "Standardise x (shifted by −1.85, divided by 0.55)"
    assert desk.session.document.history.undo_name == name
    desk.commands.standardise()
    assert desk.said == ["x has mean 0 and standard deviation 1 already."]
    desk.session.document.undo()
    assert desk.points == TWO


@every("x", [[[2.0], [2.0]], [[2.0, 1.0], [2.0, 4.0]]])
def test_an_input_that_is_the_same_everywhere_gets_no_deviation(desk, qtbot, x):
    experiment = desk.session.experiment
    points = PointSet(x, [0.2, 0.9])
    run = Run(start=(0.0,) * (points.dimension + 1))
    desk.session.edit(Experiment(points, PointSet.empty(points.dimension), (run,)), "Put points")
    desk.commands.standardise()
    box = desk.open_dialog(QMessageBox)
    assert "standard deviation 1 where an input is not the same in all of them" in box.informativeText()
    next(one for one in box.buttons() if one.text() == "Standardise").click()
    assert desk.points.x[:, 0].tolist() == [0.0, 0.0]
    desk.commands.standardise()
    assert desk.said[-1].endswith("standard deviation 1 already, or is 0 in all of the training points.")
    desk.said.clear()
    desk.session.edit(experiment, "Put points")


# ---------------------------------------------------------------------------------------- going out


def test_all_points_are_copied_and_pasted_back(desk):
    desk.commands.copy()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("x\ty\trole\n1.3\t0.15\ttrain\n")
    table = read_table(text)
    assert points_of_columns(table, guessed_columns(table)) == (TWO, HELD_OUT)


def test_too_many_points_for_the_clipboard_are_refused(make):
    desk = make(PointSet([0.0] * 50_001, [0.5] * 50_001))
    desk.commands.copy()
    assert desk.said == ["50,002 points are too many for the clipboard; export them as a file."]


def test_exported_points_are_read_back_exactly(desk, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "mine.csv"
    answer_file_dialogs(monkeypatch, tmp_path / "mine")
    desk.commands.ask_target()
    qtbot.waitUntil(lambda: not desk.commands.writing.is_busy)
    table = run_to_end(reading_table_file(path))
    assert points_of_columns(table, guessed_columns(table)) == (TWO, HELD_OUT)
    assert desk.said == []


def test_a_file_that_cannot_be_written_is_named(desk, qtbot, monkeypatch, tmp_path):
    answer_file_dialogs(monkeypatch, tmp_path / "no folder" / "mine.csv")
    desk.commands.ask_target()
    qtbot.waitUntil(lambda: bool(desk.said))
    assert desk.said == ["mine.csv cannot be written: its folder is no longer there."]


def test_an_export_can_be_cancelled(make, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "mine" / "mine.csv"
    path.parent.mkdir()
    path.write_text("precious", encoding="utf-8")
    desk = make(PointSet([0.0] * 300_000, [0.5] * 300_000))
    answer_file_dialogs(monkeypatch, path)
    desk.commands.ask_target()
    progress = desk.window.findChild(ProgressDialog)
    qtbot.waitUntil(lambda: progress.bar.value() > 0)
    progress.findChild(QPushButton).click()
    qtbot.waitUntil(lambda: list(path.parent.iterdir()) == [path])
    assert path.read_text(encoding="utf-8") == "precious"
