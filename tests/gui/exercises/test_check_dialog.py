"""Own work is typed, pasted and opened, judged, and followed into the window, as a student does it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from gdsim.core.model.edits import remove_run, replace_run
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.gui.exercises.check.answer_sheet_table import WRONG_ROLE
from gdsim.gui.exercises.check.columns_dialog import ColumnsDialog
from gdsim.gui.map.offscreen_markers import MapExits
from gdsim.gui.style.theme import DARK
from tests.core.exercises.check.by_hand import by_hand
from tests.core.records import one_run
from tests.every import every
from tests.gui.frames import scene
from tests.gui.windows import cut_off_texts, fault_shown, focus, is_to_scale, plot_of, settled
from tests.threads import running_threads

PAIRS = [(0.5, 0.2), (2.5, 0.9)]
EMPTY_WORDS = "Type the values of a few steps"


def rows_of(run, mistake="", steps=3):
    rows = by_hand(run.optimizer.id, dict(run.optimizer.items()), PAIRS, run.start, 2, steps, mistake)
    return [(str(step), f"{w:.4f}", f"{b:.4f}") for step, (w, b) in enumerate(rows)]


@pytest.fixture
def dialog(exercise):
    return exercise("check_work")[-1]


def said(dialog):
    return dialog.verdict.toPlainText()


def paste(qtbot, dialog, rows):
    QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in rows) + "\n")
    qtbot.mouseClick(dialog.paste_button, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)


def type_rows(qtbot, dialog, rows):
    """Type w and b of each row as a person does: start in the empty row, Tab from cell to cell."""
    table = dialog.table
    dialog.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    table.setCurrentIndex(dialog.model.index(len(dialog.sheet.lines), 1))
    for _, w, b in rows:
        for text in (w, b):
            for letter in text:  # the first one opens the field, which gets the others
                qtbot.keyClicks(QApplication.focusWidget(), letter)
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        # The Tab after b leads to the step of the next row, and the one after it to w.
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    settled(qtbot, dialog)


RIGHT = "All {} rows are right, to the decimals given."
HIDDEN = "With so few decimals these mistakes would not show; more digits would reveal them:"


def header(dialog):
    model = dialog.model
    return [model.headerData(row, Qt.Orientation.Vertical) for row in range(model.rowCount())]


def test_an_empty_table_says_what_to_do(dialog):
    assert said(dialog).startswith(EMPTY_WORDS)
    assert "(columns: step, w, b)" in said(dialog)
    assert not dialog.go.isEnabled()
    assert not dialog.copy.isEnabled()


@every("index", [0, 1, 2])
def test_right_steps_of_each_run_pass(dialog, qtbot, index):
    session = dialog.session
    dialog.runs.combo.setCurrentIndex(index)
    dialog.runs.combo.activated.emit(index)
    assert session.selected == index
    paste(qtbot, dialog, rows_of(session.selected_run))
    first, *remarks = said(dialog).splitlines()
    assert first == RIGHT.format(4)
    assert remarks[0] == HIDDEN
    assert header(dialog) == ["right"] * 4 + [""]
    assert not dialog.go.isEnabled()


def test_a_number_can_be_typed_at_once(dialog, qtbot):
    assert dialog.nothing.isVisible()
    qtbot.waitUntil(dialog.table.hasFocus)
    qtbot.keyClick(dialog.table, Qt.Key.Key_2)
    qtbot.keyClick(dialog.table.indexWidget(dialog.table.currentIndex()), Qt.Key.Key_Return)
    assert [cell.text if cell else "" for cell in dialog.sheet.lines[0]] == ["0", "2", ""]


def test_steps_are_typed_from_cell_to_cell(dialog, qtbot):
    session = dialog.session
    qtbot.mouseClick(dialog.fill, Qt.MouseButton.LeftButton)
    assert [cell.text for cell in dialog.sheet.lines[0]] == ["0", "-2", "-2"]
    type_rows(qtbot, dialog, rows_of(session.selected_run)[1:])
    assert [[cell.text for cell in line] for line in dialog.sheet.lines[1:]] == [
        list(row) for row in rows_of(session.selected_run)[1:]
    ]
    assert said(dialog).startswith(RIGHT.format(4))


def test_a_wrong_step_is_marked_named_and_shown_in_the_window(dialog, announced, qtbot):
    window, session = dialog.parent(), dialog.session
    session.select(1)
    paste(qtbot, dialog, rows_of(session.selected_run, "no-gamma"))
    assert "Step 2 is the first that differs" in said(dialog)
    assert "it should be multiplied by γ" in said(dialog)
    assert announced()[-1] == said(dialog)
    assert header(dialog) == ["right", "right", "wrong", "", ""]
    marked = [dialog.model.index(row, 0).data(WRONG_ROLE) for row in range(4)]
    assert marked == [False, False, True, False]
    wrong = dialog.map.frame.views[-1]
    assert wrong.place == tuple(map(float, rows_of(session.selected_run, "no-gamma")[2][1:]))
    assert wrong.whole.p[0].tolist() == dialog.checked.judgement.expected[2].tolist()
    assert dialog.curve.wrong.getData()[0].tolist() == [2]
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == said(dialog)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert session.playhead.cursor == 1
    assert session.frame().update.t == 2
    assert window.cards.run_card.page == 1


def test_who_hears_of_a_small_difference_hears_two_numbers(dialog, qtbot):
    p = dialog.session.frame().current.whole.p[:3].copy()
    p[2, 0] += 1e-5
    paste(qtbot, dialog, [(str(step), f"{w:.8f}", f"{b:.8f}") for step, (w, b) in enumerate(p.tolist())])
    assert dialog.map.picture_in_words() == (
        "Your values leave the true run at step 2: −1.98893921, −1.98451613, where −1.98894921, −1.98451612 "
        "should be."
    )


def test_go_to_a_step_counts_in_steps_and_unfolds_the_page(dialog, qtbot):
    window, session = dialog.parent(), dialog.session
    window.commands["by_epoch"].trigger()
    window.view.fold("right")
    paste(qtbot, dialog, rows_of(session.selected_run, "sign"))
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert not session.by_epoch
    assert session.frame().update.t == dialog.checked.wrong_step == 1
    assert window.cards.columns.is_open("right")


@every(
    ("column", "text", "words"),
    [
        (1, "abc", "must be a number"),
        (0, "1.5", "must be a whole number"),
        (2, "1e300", "from −1e100 to 1e100"),
    ],
)
def test_a_bad_cell_is_refused_where_it_is_typed(dialog, qtbot, column, text, words):
    session = dialog.session
    paste(qtbot, dialog, rows_of(session.selected_run))
    before, table = dialog.sheet, dialog.table
    table.setCurrentIndex(dialog.model.index(1, column))
    table.edit(table.currentIndex())
    field = QApplication.focusWidget()
    field.clear()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert words in field.accessibleDescription()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert dialog.sheet == before


def test_a_step_cannot_be_there_twice(dialog, qtbot):
    session = dialog.session
    paste(qtbot, dialog, rows_of(session.selected_run))
    model = dialog.model
    with qtbot.waitSignal(model.refused) as refused:
        model.setData(model.index(1, 0), dialog.sheet.lines[3][0])
    assert refused.args == ["Step 3 is already in the table."]
    assert dialog.table.accessibleDescription() == refused.args[0]


def test_a_notebook_file_takes_the_place_of_the_table(dialog, qtbot, tmp_path):
    session = dialog.session
    path = tmp_path / "mine.csv"
    lines = ["w;b;loss", *(f"{w};{b};0".replace(".", ",") for _, w, b in rows_of(session.selected_run)[1:])]
    path.write_text("\n".join(lines), encoding="utf-8")
    dialog.read_file(path)
    settled(qtbot, dialog)
    first, *_, last = said(dialog).splitlines()
    assert first == RIGHT.format(3)
    assert last == "There is no column of steps; the first row is not the start of the run, so it is step 1."
    qtbot.keySequence(dialog, QKeySequence(QKeySequence.StandardKey.Undo))
    assert dialog.sheet.lines == ()
    qtbot.keySequence(dialog, QKeySequence(QKeySequence.StandardKey.Redo))
    assert len(dialog.sheet.lines) == 3


@every(
    ("content", "words"),
    [
        (b"step,w,b\n0,-2,-2\n1,x,2\n", 'mine.csv, line 3, column 2 (w) must be a number, not "x".'),
        (b"PK\x03\x04", "mine.csv is a workbook"),
        (None, "does not exist"),
    ],
)
def test_a_broken_file_is_refused_and_the_table_stays(dialog, qtbot, tmp_path, content, words):
    session = dialog.session
    paste(qtbot, dialog, rows_of(session.selected_run))
    before, path = dialog.sheet, tmp_path / "mine.csv"
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_bytes(content)
    dialog.read_file(path)
    settled(qtbot, dialog)
    assert words in said(dialog)
    assert said(dialog).endswith("The table is as it was.")
    assert dialog.sheet == before


def test_a_single_number_is_pasted_into_its_cell(dialog):
    QGuiApplication.clipboard().setText("-1,9000")
    dialog.paste()
    assert [cell.text if cell else "" for cell in dialog.sheet.lines[0]] == ["0", "-1.9000", ""]
    assert said(dialog).startswith(EMPTY_WORDS)


def test_rows_are_removed_copied_and_brought_back(dialog, qtbot):
    session = dialog.session
    rows = rows_of(session.selected_run)
    paste(qtbot, dialog, rows)
    table = dialog.table
    table.selectRow(3)
    qtbot.keySequence(table, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QGuiApplication.clipboard().text() == "\t".join(rows[3]) + "\n"
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert len(dialog.sheet.lines) == 3
    qtbot.mouseClick(dialog.clear, Qt.MouseButton.LeftButton)
    assert said(dialog).startswith(EMPTY_WORDS)
    qtbot.keySequence(dialog, QKeySequence(QKeySequence.StandardKey.Undo))
    assert len(dialog.sheet.lines) == 3


def test_an_edit_of_the_run_is_followed(dialog, qtbot):
    session = dialog.session
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


def test_what_is_said_of_how_a_table_was_read_goes_and_comes_back_with_its_values(dialog, qtbot):
    rows = rows_of(dialog.session.selected_run)
    paste(qtbot, dialog, rows[:3])
    paste(qtbot, dialog, [(w, b) for _, w, b in rows])
    remark = "There is no column of steps; the first row is the start, so it is step 0."
    assert said(dialog).endswith(remark)
    qtbot.keySequence(dialog, QKeySequence(QKeySequence.StandardKey.Undo))
    settled(qtbot, dialog)
    assert said(dialog).startswith(RIGHT.format(3))
    assert remark not in said(dialog)
    qtbot.keySequence(dialog, QKeySequence(QKeySequence.StandardKey.Redo))
    settled(qtbot, dialog)
    assert said(dialog).startswith(RIGHT.format(4))
    assert said(dialog).endswith(remark)


def test_other_inputs_put_the_values_aside(dialog, qtbot):
    session = dialog.session
    paste(qtbot, dialog, rows_of(session.selected_run))
    points = PointSet([[0.5, 1.0], [2.5, 0.0]], [0.2, 0.9])
    session.edit(Experiment(points, PointSet.empty(2), (Run(start=(-2.0, -2.0, -2.0)),)), "two inputs")
    assert "(columns: step, w1, w2, b)" in said(dialog)
    dialog.fill.click()
    settled(qtbot, dialog)
    assert said(dialog) == "The one row is right, to the decimals given."
    session.document.undo()
    settled(qtbot, dialog)
    assert len(dialog.sheet.lines) == 4
    assert said(dialog).startswith("All 4 rows are right")


def test_without_runs_there_is_nothing_to_check_against(dialog):
    session = dialog.session
    for _ in range(3):
        session.edit(remove_run(session.experiment, 0), "remove")
    assert said(dialog) == "There is no run to check against. Add one in the window first."
    assert not dialog.fill.isEnabled()
    assert not dialog.paste_button.isEnabled()


def test_a_run_that_goes_while_a_table_is_read_leaves_nothing_undone(dialog, qtbot, tmp_path):
    session, experiment = dialog.session, dialog.experiment
    path = tmp_path / "work.csv"
    path.write_text("step,w,b\n0,-2,-2\n", encoding="utf-8")
    dialog.read_file(path)
    session.edit(replace(experiment, runs=()), "Remove")
    qtbot.waitUntil(lambda: not dialog.tasks.is_busy)
    session.edit(experiment, "Add")
    qtbot.mouseClick(dialog.fill, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)
    assert said(dialog) == "The one row is right, to the decimals given."


def test_a_hidden_run_can_be_checked(dialog, qtbot):
    window, session = dialog.parent(), dialog.session
    window.user_actions.hide_selected()
    assert dialog.runs.combo.currentText() == "Gradient descent (hidden)"
    paste(qtbot, dialog, rows_of(session.selected_run))
    assert said(dialog).startswith("All 4 rows are right")


def test_long_work_shows_how_far_it_is_and_can_be_stopped(exercise, qtbot):
    many = PointSet(np.linspace(-1, 1, 200_000), np.full(200_000, 0.5))
    _, _, dialog = exercise("check_work", Experiment(many, PointSet.empty(), (Run(epochs=3),)))
    QGuiApplication.clipboard().setText("0\t-2\t-2\n1\t5\t5\n2\t5\t4\n3\t4\t4\n")
    dialog.paste()
    qtbot.waitUntil(lambda: dialog.work.isVisible() and dialog.work.bar.value() > 10, timeout=20_000)
    assert dialog.work.text.text() == "checking over 200,000 points, which takes a while"
    dialog.work.stop.click()
    assert not dialog.tasks.is_busy
    assert said(dialog).startswith("Stopped.")
    assert not dialog.work.isVisible()


def test_values_stay_while_the_dialog_is_closed(dialog, qtbot):
    window, session = dialog.parent(), dialog.session
    paste(qtbot, dialog, rows_of(session.selected_run))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not window.exercises.opened
    session.select(1)
    window.exercises.open("check_work")
    dialog = window.exercises.opened["check_work"]
    settled(qtbot, dialog)
    assert "first that differs" in said(dialog)


def test_closing_the_window_in_the_middle_of_work_closes_all(dialog, qtbot):
    window, session = dialog.parent(), dialog.session
    session.select(1)
    QGuiApplication.clipboard().setText(
        "\n".join("\t".join(row) for row in rows_of(session.selected_run, "sign", 800))
    )
    dialog.paste()
    window.close()
    assert not dialog.isVisible()
    assert running_threads() == []


def test_every_control_has_a_name_and_nothing_is_cut_off(dialog, qtbot):
    window, session = dialog.parent(), dialog.session
    window.appearance.set_theme(DARK.name)
    dialog.resize(900, 560)
    paste(qtbot, dialog, rows_of(session.selected_run, "sign"))
    assert [text for text in cut_off_texts(dialog) if text not in _elided(dialog)] == []
    assert dialog.minimumSizeHint().width() <= 1280
    assert dialog.minimumSizeHint().height() <= 680
    for control in (dialog.table, dialog.verdict, dialog.runs.combo, dialog.map):
        assert control.accessibleName()
    assert all(button.text() for button in dialog.findChildren(QPushButton) if button.isVisible())


def _elided(dialog):
    """The settings of the run may end in an ellipsis; all of them are in the tooltip."""
    return [label.text() for label in dialog.findChildren(QLabel) if label.objectName() == "hint"]


@every("w", ["300", "-4e9", "1e90"])
def test_a_first_wrong_value_far_away_is_marked_at_the_border(dialog, qtbot, w):
    dialog.setUpdatesEnabled(True)
    session = dialog.session
    rows = rows_of(session.selected_run)
    rows[2] = (rows[2][0], w, rows[2][2])
    paste(qtbot, dialog, rows)
    assert dialog.checked.wrong_step == 2
    window = dialog.checked.surface.view_range
    assert not window.w_min <= float(w) <= window.w_max
    exits, box = dialog.map.findChild(MapExits), plot_of(dialog.map).getViewBox()
    qtbot.waitUntil(lambda: exits.isVisible() and exits.width() > 100 and is_to_scale(dialog.map))
    # The arrow is at the end of the line from where the value should be, which is level.
    (tip,), side = exits.places(), 1 if float(w) > 0 else -1
    line = box.mapFromView(QPointF(0.0, float(rows[2][2])))
    assert abs(tip.x() - exits.width() / 2) == pytest.approx(exits.width() / 2, abs=4)
    assert (tip.x() - exits.width() / 2) * side > 0
    assert tip.y() == pytest.approx(line.y(), abs=2)
    # The plot of w has the mark at its end.
    dialog.curve.what.setCurrentIndex(1)
    (mark,) = dialog.curve.wrong.points()
    low, high = plot_of(dialog.curve).getViewBox().viewRange()[1]
    assert low < mark.pos().y() < high
    assert mark.symbol() == ("t1" if side > 0 else "t")
    rows[2] = rows_of(session.selected_run)[2]
    paste(qtbot, dialog, rows)
    assert not exits.isVisible()


def asked_columns(qtbot, dialog):
    qtbot.waitUntil(lambda: dialog.findChild(ColumnsDialog) is not None)
    return dialog.findChild(ColumnsDialog)


def test_a_whole_notebook_is_asked_about_and_read_as_chosen(dialog, qtbot, tmp_path):
    rows = rows_of(dialog.session.selected_run)
    lines = ["n,rule,w,b,loss"]
    lines += [f"{step},adam,9,9,0" for step, *_ in rows]
    lines += [f"{step},mine,{w},{b},0" for step, w, b in rows]
    path = tmp_path / "notebook.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    dialog.read_file(path)
    columns = asked_columns(qtbot, dialog)
    assert columns.run.currentText().startswith("rule")
    assert columns.parameters[0].currentText() == "w: 9; 9; 9 …"
    columns.step.setCurrentIndex(columns.step.findText("w: 9; 9; 9 …"))
    take = next(one for one in columns.findChildren(QPushButton) if one.text() == "&Check these")
    assert not take.isEnabled()  # w is a parameter already
    columns.step.setCurrentIndex(columns.step.findText("n: 0; 1; 2 …"))
    columns.run_name.setCurrentText("mine")
    assert cut_off_texts(columns) == []
    with qtbot.waitSignal(columns.chosen):
        qtbot.keyClick(columns, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    settled(qtbot, dialog)
    assert said(dialog).splitlines()[0] == RIGHT.format(len(rows))
    assert "Only the rows of the run “mine” were taken." in said(dialog).replace('"mine"', "“mine”")


def test_a_table_that_nobody_answers_for_changes_nothing(dialog, qtbot):
    QGuiApplication.clipboard().setText("a,c,d\n0,-2,-2\n1,-1.9,-1.8\n")
    dialog.paste()
    asked_columns(qtbot, dialog).reject()
    settled(qtbot, dialog)
    assert dialog.sheet.lines == ()


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_table_is_left_where_the_scene_has_other_parameters_meanwhile(dialog, qtbot, is_asked):
    QGuiApplication.clipboard().setText("a,c,d,e\n0,-2,-2,3\n1,-1.9,-1.8,4\n")
    dialog.paste()
    if is_asked:
        before = asked_columns(qtbot, dialog)
    dialog.session.open(one_run(Run(start=(0.0, 0.0, 0.0)), PointSet([[0.5, 1.0], [2.5, 0.0]], [0.2, 0.9])))
    if is_asked:
        before.chosen.emit(before.plan)
        before.accept()
    assert not dialog.tasks.is_busy
    settled(qtbot, dialog)
    assert dialog.sheet.lines == ()
    assert said(dialog).startswith(EMPTY_WORDS)


def test_values_stay_with_their_scene(dialog, qtbot):
    session = dialog.session
    paste(qtbot, dialog, rows_of(session.selected_run))
    assert dialog.sheet.lines
    session.open(scene("valley"))
    qtbot.waitUntil(lambda: dialog.sheet.lines == ())
    assert said(dialog).startswith(EMPTY_WORDS)


def test_tab_leaves_a_cell_whose_text_is_refused(dialog, qtbot):
    paste(qtbot, dialog, rows_of(dialog.session.selected_run))
    table, sheet = dialog.table, dialog.sheet
    focus(qtbot, table)
    table.setCurrentIndex(dialog.model.index(0, 0))
    qtbot.keyClicks(QApplication.focusWidget(), "x")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    qtbot.keyClick(field, Qt.Key.Key_Return)  # Enter stays, and says why
    assert QApplication.focusWidget() is field
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not field)
    assert table.currentIndex().column() == 1
    assert dialog.sheet == sheet
    assert "The old value stays." in fault_shown(table)
