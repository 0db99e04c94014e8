"""Own work is typed, pasted and opened, judged, and followed into the window, as a student does it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from gdsim.core.model.edits import remove_run, replace_run
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.points import PointSet
from gdsim.gui.exercises.check.sheet_model import WRONG_ROLE
from gdsim.gui.style.theme import DARK
from tests.core.exercises.check.by_hand import by_hand
from tests.gui.windows import cut_off_texts, plot_of
from tests.threads import running_threads

PAIRS = [(0.5, 0.2), (2.5, 0.9)]
EMPTY_WORDS = "Type the values of a few steps"


def rows_of(run, mistake="", steps=3):
    rows = by_hand(run.optimizer.id, dict(run.optimizer.items()), PAIRS, run.start, 2, steps, mistake)
    return [(str(step), f"{w:.4f}", f"{b:.4f}") for step, (w, b) in enumerate(rows)]


@pytest.fixture
def desk(opened):
    window, session = opened()
    window.commands["check_work"].trigger()
    return window, session, window.exercises.opened["check_work"]


def said(dialog):
    return dialog.cards.verdict.toPlainText()


def settled(qtbot, dialog):
    qtbot.waitUntil(lambda: not dialog.calm.isActive() and not dialog.tasks.is_busy)


def paste(qtbot, dialog, rows):
    QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in rows) + "\n")
    qtbot.mouseClick(dialog.cards.paste, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)


def type_rows(qtbot, dialog, rows):
    """Type w and b of each row as a person does: start in the empty row, Tab from cell to cell."""
    table = dialog.cards.table
    dialog.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    table.setCurrentIndex(dialog.cards.model.index(len(dialog.sheet.lines), 1))
    for _, w, b in rows:
        for text in (w, b):
            for letter in text:  # the first one opens the field, which gets the others
                qtbot.keyClicks(QApplication.focusWidget(), letter)
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        # The Tab after b leads to the step of the next row, and the one after it to w.
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    settled(qtbot, dialog)


def header(dialog):
    model = dialog.cards.model
    return [model.headerData(row, Qt.Orientation.Vertical) for row in range(model.rowCount())]


def test_an_empty_table_says_what_to_do(desk):
    _, _, dialog = desk
    assert said(dialog).startswith(EMPTY_WORDS)
    assert "(columns: step, w, b)" in said(dialog)
    assert not dialog.cards.go.isEnabled()
    assert not dialog.cards.copy.isEnabled()


@pytest.mark.parametrize("index", [0, 1, 2])
def test_right_steps_of_each_run_pass(desk, qtbot, index):
    _, session, dialog = desk
    dialog.cards.runs.combo.setCurrentIndex(index)
    dialog.cards.runs.combo.activated.emit(index)
    assert session.selected == index
    paste(qtbot, dialog, rows_of(session.selected_run))
    assert said(dialog) == "All 4 rows are right, to the decimals given."
    assert header(dialog) == ["right"] * 4 + [""]
    assert not dialog.cards.go.isEnabled()


def test_steps_are_typed_from_cell_to_cell(desk, qtbot):
    _, session, dialog = desk
    qtbot.mouseClick(dialog.cards.fill, Qt.MouseButton.LeftButton)
    assert [cell.text for cell in dialog.sheet.lines[0]] == ["0", "-2", "-2"]
    type_rows(qtbot, dialog, rows_of(session.selected_run)[1:])
    assert [[cell.text for cell in line] for line in dialog.sheet.lines[1:]] == [
        list(row) for row in rows_of(session.selected_run)[1:]
    ]
    assert said(dialog) == "All 4 rows are right, to the decimals given."


def test_a_wrong_step_is_marked_named_and_shown_in_the_window(desk, qtbot):
    window, session, dialog = desk
    session.select(1)
    paste(qtbot, dialog, rows_of(session.selected_run, "no-gamma"))
    assert "Step 2 is the first that differs" in said(dialog)
    assert "it must be multiplied by γ" in said(dialog)
    assert header(dialog) == ["right", "right", "wrong", "", ""]
    marked = [dialog.cards.model.index(row, 0).data(WRONG_ROLE) for row in range(4)]
    assert marked == [False, False, True, False]
    ring = dialog.cards.map.wrong.getData()
    assert (ring[0][0], ring[1][0]) == tuple(map(float, rows_of(session.selected_run, "no-gamma")[2][1:]))
    assert dialog.cards.curve.wrong.getData()[0].tolist() == [2]
    qtbot.mouseClick(dialog.cards.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == said(dialog)
    qtbot.mouseClick(dialog.cards.go, Qt.MouseButton.LeftButton)
    assert session.playhead.cursor == 1
    assert session.frame().update.t == 2
    assert window.cards.run_card.page == 1


def test_go_to_a_step_counts_in_steps_and_unfolds_the_page(desk, qtbot):
    window, session, dialog = desk
    window.commands["by_epoch"].trigger()
    window.view.fold("right")
    paste(qtbot, dialog, rows_of(session.selected_run, "sign"))
    qtbot.mouseClick(dialog.cards.go, Qt.MouseButton.LeftButton)
    assert not session.by_epoch
    assert session.frame().update.t == dialog.checked.wrong_step == 1
    assert window.cards.columns.is_open("right")


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        (1, "abc", "must be a number"),
        (0, "1.5", "must be a whole number"),
        (2, "1e300", "from -1e100 to 1e100"),
    ],
)
def test_a_bad_cell_is_refused_where_it_is_typed(desk, qtbot, column, text, words):
    _, session, dialog = desk
    paste(qtbot, dialog, rows_of(session.selected_run))
    before, table = dialog.sheet, dialog.cards.table
    table.setCurrentIndex(dialog.cards.model.index(1, column))
    table.edit(table.currentIndex())
    field = QApplication.focusWidget()
    field.clear()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert words in field.accessibleDescription()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert dialog.sheet == before


def test_a_step_cannot_be_there_twice(desk, qtbot):
    _, session, dialog = desk
    paste(qtbot, dialog, rows_of(session.selected_run))
    model = dialog.cards.model
    with qtbot.waitSignal(model.refused) as refused:
        model.setData(model.index(1, 0), dialog.sheet.lines[3][0])
    assert refused.args == ["Step 3 is in the table already."]
    assert dialog.cards.table.accessibleDescription() == refused.args[0]


def test_a_notebook_file_takes_the_place_of_the_table(desk, qtbot, tmp_path):
    _, session, dialog = desk
    path = tmp_path / "mine.csv"
    lines = ["w;b;loss", *(f"{w};{b};0".replace(".", ",") for _, w, b in rows_of(session.selected_run)[1:])]
    path.write_text("\n".join(lines), encoding="utf-8")
    dialog.read_file(path)
    settled(qtbot, dialog)
    assert said(dialog).splitlines() == [
        "All 3 rows are right, to the decimals given.",
        "There is no column of steps; the first row is not the start of the run, so it is step 1.",
    ]
    qtbot.keySequence(dialog, QKeySequence(QKeySequence.StandardKey.Undo))
    assert dialog.sheet.lines == ()
    qtbot.keySequence(dialog, QKeySequence(QKeySequence.StandardKey.Redo))
    assert len(dialog.sheet.lines) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"step,w,b\n0,-2,-2\n1,x,2\n", 'mine.csv, line 3, column 2 (w) must be a number, not "x".'),
        (b"PK\x03\x04", "mine.csv is a workbook"),
        (None, "does not exist"),
    ],
)
def test_a_broken_file_is_refused_and_the_table_stays(desk, qtbot, tmp_path, content, words):
    _, session, dialog = desk
    paste(qtbot, dialog, rows_of(session.selected_run))
    before, path = dialog.sheet, tmp_path / "mine.csv"
    if content is not None:
        path.write_bytes(content)
    dialog.read_file(path)
    settled(qtbot, dialog)
    assert words in said(dialog)
    assert said(dialog).endswith("The table is as it was.")
    assert dialog.sheet == before


def test_a_single_number_is_pasted_into_its_cell(desk):
    _, _, dialog = desk
    QGuiApplication.clipboard().setText("-1,9000")
    dialog.paste()
    assert [cell.text if cell else "" for cell in dialog.sheet.lines[0]] == ["0", "-1.9000", ""]
    assert said(dialog).startswith(EMPTY_WORDS)


def test_rows_are_removed_copied_and_brought_back(desk, qtbot):
    _, session, dialog = desk
    rows = rows_of(session.selected_run)
    paste(qtbot, dialog, rows)
    table = dialog.cards.table
    table.selectRow(3)
    qtbot.keySequence(table, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QGuiApplication.clipboard().text() == "\t".join(rows[3]) + "\n"
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert len(dialog.sheet.lines) == 3
    qtbot.mouseClick(dialog.cards.clear, Qt.MouseButton.LeftButton)
    assert said(dialog).startswith(EMPTY_WORDS)
    qtbot.keySequence(dialog, QKeySequence(QKeySequence.StandardKey.Undo))
    assert len(dialog.sheet.lines) == 3


def test_an_edit_of_the_run_is_followed(desk, qtbot):
    _, session, dialog = desk
    paste(qtbot, dialog, rows_of(session.selected_run))
    run = session.selected_run
    session.edit(replace_run(session.experiment, 0, replace(run, start=(0.0, 0.0))), "start")
    assert said(dialog) == ""
    assert dialog.checked is None
    settled(qtbot, dialog)
    assert said(dialog).startswith("The run starts at w = 0.0000, b = 0.0000")
    session.document.undo()
    settled(qtbot, dialog)
    assert said(dialog).startswith("All 4 rows are right")


def test_other_inputs_put_the_values_aside(desk, qtbot):
    _, session, dialog = desk
    paste(qtbot, dialog, rows_of(session.selected_run))
    points = PointSet([[0.5, 1.0], [2.5, 0.0]], [0.2, 0.9])
    session.edit(Experiment(points, PointSet.empty(2), (Run(start=(-2.0, -2.0, -2.0)),)), "two inputs")
    assert "(columns: step, w1, w2, b)" in said(dialog)
    dialog.cards.fill.click()
    settled(qtbot, dialog)
    assert said(dialog) == "The one row is right, to the decimals given."
    session.document.undo()
    settled(qtbot, dialog)
    assert len(dialog.sheet.lines) == 4
    assert said(dialog).startswith("All 4 rows are right")


def test_without_runs_there_is_nothing_to_check_against(desk):
    _, session, dialog = desk
    for _ in range(3):
        session.edit(remove_run(session.experiment, 0), "remove")
    assert said(dialog) == "There is no run to check against. Add one in the window first."
    assert not dialog.cards.fill.isEnabled()
    assert not dialog.cards.paste.isEnabled()


def test_a_hidden_run_can_be_checked(desk, qtbot):
    window, session, dialog = desk
    window.user_actions.hide_selected()
    assert dialog.cards.runs.combo.currentText() == "Gradient descent (hidden)"
    paste(qtbot, dialog, rows_of(session.selected_run))
    assert said(dialog).startswith("All 4 rows are right")


def test_long_work_shows_how_far_it_is_and_can_be_stopped(opened, qtbot):
    many = PointSet(np.linspace(-1, 1, 200_000), np.full(200_000, 0.5))
    window, _ = opened(Experiment(many, PointSet.empty(), (Run(epochs=3),)))
    window.exercises.open("check_work")
    dialog = window.exercises.opened["check_work"]
    QGuiApplication.clipboard().setText("0\t-2\t-2\n1\t5\t5\n2\t5\t4\n3\t4\t4\n")
    dialog.paste()
    qtbot.waitUntil(lambda: dialog.work.isVisible() and dialog.work.bar.value() > 100, timeout=20_000)
    assert dialog.work.text.text() == "checking over 200,000 points, which takes a while"
    dialog.work.stop.click()
    assert not dialog.tasks.is_busy
    assert said(dialog).startswith("Stopped.")
    assert not dialog.work.isVisible()


def test_values_stay_while_the_dialog_is_closed(desk, qtbot):
    window, session, dialog = desk
    paste(qtbot, dialog, rows_of(session.selected_run))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    session.select(1)
    window.exercises.open("check_work")
    assert window.exercises.opened["check_work"] is dialog
    settled(qtbot, dialog)
    assert "first that differs" in said(dialog)


def test_closing_the_window_in_the_middle_of_work_closes_all(desk, qtbot):
    window, session, dialog = desk
    session.select(1)
    QGuiApplication.clipboard().setText(
        "\n".join("\t".join(row) for row in rows_of(session.selected_run, "sign", 800))
    )
    dialog.paste()
    window.close()
    assert not dialog.isVisible()
    assert running_threads() == []


@pytest.mark.parametrize("size", [(960, 640), (900, 560)])
def test_every_control_has_a_name_and_nothing_is_cut_off(desk, qtbot, size):
    window, session, dialog = desk
    window.set_theme(DARK.name)
    dialog.resize(*size)
    paste(qtbot, dialog, rows_of(session.selected_run, "sign"))
    assert [text for text in cut_off_texts(dialog) if text not in _elided(dialog)] == []
    assert dialog.minimumSizeHint().width() <= 1280
    assert dialog.minimumSizeHint().height() <= 680
    for control in (dialog.cards.table, dialog.cards.verdict, dialog.cards.runs.combo, dialog.cards.map):
        assert control.accessibleName()
    assert all(button.text() for button in dialog.findChildren(QPushButton) if button.isVisible())


def _elided(dialog):
    """The settings of the run may end in an ellipsis; all of them are in the tooltip."""
    return [label.text() for label in dialog.findChildren(QLabel) if label.objectName() == "hint"]


@pytest.mark.parametrize("w", ["300", "-4e9", "1e90"])
def test_a_first_wrong_value_far_away_is_marked_at_the_border(desk, qtbot, w):
    _, session, dialog = desk
    rows = rows_of(session.selected_run)
    rows[2] = (rows[2][0], w, rows[2][2])
    paste(qtbot, dialog, rows)
    assert dialog.checked.wrong_step == 2
    window, far = dialog.checked.overlay.surface.view_range, dialog.cards.map.far
    assert not window.w_min <= float(w) <= window.w_max
    qtbot.waitUntil(lambda: far.isVisible() and far.width() > 100)
    middle, side = far.circle(), 1 if float(w) > 0 else -1
    assert 10 < middle.x() < far.width() - 10
    assert (middle.x() - far.width() / 2) * side > far.width() / 4
    assert 10 < middle.y() < far.height() - 10
    picture = plot_of(dialog.cards.map).grab().toImage()
    ring = far.geometry().topLeft() + middle.toPoint()
    seen = picture.pixelColor(ring.x(), ring.y() - 9)
    assert seen.red() > 150 > seen.blue()
    assert "outside the map: w " + w.replace("-", "−")[:2] in dialog.cards.map.accessibleDescription()
    # The plot of w has the mark at its end.
    dialog.cards.curve.what.setCurrentIndex(1)
    (mark,) = dialog.cards.curve.wrong.points()
    low, high = plot_of(dialog.cards.curve).getViewBox().viewRange()[1]
    assert low < mark.pos().y() < high
    assert mark.symbol() == ("t1" if side > 0 else "t")
    rows[2] = rows_of(session.selected_run)[2]
    paste(qtbot, dialog, rows)
    assert not far.isVisible()
    assert dialog.cards.map.accessibleDescription() == ""
