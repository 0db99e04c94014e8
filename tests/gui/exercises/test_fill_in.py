"""Fill in a step in a real window: right, wrong and shown results, the next step, a page kept covered."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit

from gdsim.core.formulas.numerals import with_ascii_minus
from gdsim.core.lessons.view import PAGES
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.gui.paint.formula_picture import FormulaPicture
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.step.step_text import StepText
from tests.gui.windows import cut_off_texts, focus, settled


@pytest.fixture
def opened_at(exercise, qtbot):
    """Return a function that opens the exercise where the second run of a scene, momentum, stands."""

    def opened_at(step=7):
        window, session, fill_in = exercise("fill_in")
        session.select(1)
        session.play(lambda head: head.seek(step))
        qtbot.waitUntil(lambda: fill_in.sheet is not None and fill_in.sheet.update.t == step + 1)
        settled(qtbot, fill_in)
        return window, session, fill_in

    return opened_at


def answer(qtbot, row, text):
    focus(qtbot, row.field)
    row.field.selectAll()
    qtbot.keyClicks(row.field, with_ascii_minus(text))  # what a keyboard has
    qtbot.keyClick(row.field, Qt.Key.Key_Return)


def test_all_results_by_keys_then_the_next_step(opened_at, qtbot):
    _, session, fill_in = opened_at()
    for number, row in enumerate(fill_in.rows.rows):
        qtbot.waitUntil(lambda row=row: fill_in.focusWidget() is row.field)
        text = with_ascii_minus(row.blank.text)
        qtbot.keyClicks(row.field, text.replace(".", ",") if number % 2 else text)
        qtbot.keyClick(row.field, Qt.Key.Key_Return)
        assert row.words.text() == "Right"
        assert row.field.accessibleDescription() == "Right"
        assert row.at_first
    count = len(fill_in.rows.rows)

    assert f"{count} of {count} results right at the first try" in texts(fill_in)
    assert fill_in.next.isEnabled()
    assert not fill_in.reveal.isEnabled()
    qtbot.keyClick(fill_in.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: fill_in.sheet.update.t == 9)
    assert session.playhead.cursor == 8
    assert not any(row.is_done for row in fill_in.rows.rows)


def test_the_first_field_has_the_keys_once_its_step_is_there(opened_at):
    _, _, fill_in = opened_at()
    fill_in.rows.show_sheet(fill_in.sheet)
    fill_in.rows.focus_open_row()
    # The window may become active before its layout is made: to a hidden field it would not give the keys.
    assert fill_in.focusWidget() is fill_in.rows.rows[0].field
    assert fill_in.focusWidget().isVisible()


def texts(widget):
    return [one.text() for one in widget.findChildren(type(widget.rows.rows[0].words))]


def test_a_wrong_result_gets_a_hint_and_does_not_count(opened_at, qtbot):
    _, _, fill_in = opened_at()
    row = fill_in.rows.rows[0]
    answer(qtbot, row, repr(-row.blank.value))
    assert "y − f" in row.words.text()
    assert row.field.property("fault")
    assert not row.is_done
    last = fill_in.rows.rows[-1]
    answer(qtbot, last, "123")
    assert "With numbers: " in last.words.text()
    assert "vₜ" in last.words.text()  # which is not known yet
    answer(qtbot, row, "one half")
    assert "must be a number" in row.words.text()
    answer(qtbot, row, row.blank.text)
    assert row.words.text() == "Right"
    assert not row.field.property("fault")
    qtbot.mouseClick(fill_in.reveal, Qt.MouseButton.LeftButton)
    assert "0 of 2 results right at the first try" in texts(fill_in)
    assert cut_off_texts(fill_in) == []


def test_page_this_step_keeps_its_numbers_meanwhile(opened_at, qtbot):
    window, _, fill_in = opened_at()
    window.cards.run_card.show_page(PAGES.index("step"))
    card = window.cards.step.page
    numbers = fill_in.sheet.blanks[0].text
    assert "hidden while an exercise asks for them" in card.accessibleDescription()
    assert not card.copy.isEnabled()
    assert not any(
        numbers in one.toPlainText() for one in card.findChildren(QPlainTextEdit) if one.isVisible()
    )
    fill_in.close()
    qtbot.waitUntil(card.copy.isEnabled)
    assert numbers in card.accessibleDescription()


def test_page_code_keeps_its_numbers_meanwhile(opened_at, qtbot):
    window, _, fill_in = opened_at()
    window.cards.run_card.show_page(PAGES.index("code"))
    card = window.cards.code.page
    assert not card.view.isVisible()
    assert not card.copy.isEnabled()
    fill_in.close()
    qtbot.waitUntil(card.view.isVisible)


def test_closing_keeps_what_was_found(opened_at, qtbot):
    window, _, fill_in = opened_at()
    first, second = fill_in.rows.rows[:2]
    answer(qtbot, first, first.blank.text)
    focus(qtbot, second.field)
    qtbot.mouseClick(fill_in.reveal, Qt.MouseButton.LeftButton)
    fill_in.close()
    window.commands["fill_in"].trigger()
    again = window.exercises.opened["fill_in"]
    qtbot.waitUntil(lambda: again.sheet is not None)
    assert [row.is_done for row in again.rows.rows[:3]] == [True, True, False]
    assert again.rows.rows[0].at_first
    assert again.rows.rows[1].shown
    assert "1 of 2 results right at the first try" in texts(again)


def test_a_playing_run_and_many_points_are_told(exercise, qtbot):
    x = np.linspace(-3.0, 3.0, 30)
    points = PointSet(x, np.linspace(0.1, 0.9, 30))
    experiment = Experiment(points, PointSet.empty(), (Run(epochs=3000),))
    _, session, fill_in = exercise("fill_in", experiment)
    qtbot.waitUntil(lambda: fill_in.sheet is not None)
    assert not fill_in.sheet.points
    session.play(lambda head: head.play())
    qtbot.waitUntil(lambda: "playing" in fill_in.note)
    assert not fill_in.rows.isEnabled()
    session.play(lambda head: head.pause().seek(0))
    qtbot.waitUntil(fill_in.rows.isEnabled)
    assert fill_in.focusWidget() is fill_in.rows.rows[0].field  # it had lost the keys


def test_a_lesson_sets_the_digits(opened_at, qtbot):
    window, _, fill_in = opened_at()
    assert window.exercises.open("fill_in", {"digits": 7}) is fill_in
    qtbot.waitUntil(lambda: fill_in.sheet.digits == 6)  # there is no choice of 7
    assert fill_in.digits.currentText() == "6 digits"


@pytest.mark.parametrize(
    ("objective", "lines"),
    [
        (
            FunctionObjective("(w**2 + 4*b**2)/2"),
            [
                "∇wₜ = wₜ + 1/n·Σᵢ xᵢ",
                "∇bₜ = 4·bₜ + 1/n·Σᵢ yᵢ",
            ],
        ),
        (NeuronObjective("sigmoid", "cross-entropy"), ["∇wₜ = Σᵢ (fᵢ − yᵢ)·xᵢ"]),
        (
            NeuronObjective("sigmoid", "cross-entropy", l2=0.1),
            [
                "∇wₜ = Σᵢ (fᵢ − yᵢ)·xᵢ + n/N·λ·wₜ",
                "∇bₜ = Σᵢ (fᵢ − yᵢ)",
            ],
        ),
    ],
)
def test_the_gradient_that_is_shown_is_that_of_the_scene_s_loss(exercise, qtbot, objective, lines):
    point = PointSet([0.5], [0.2])
    runs = (Run(start=(-1.0, 2.0), epochs=9),)
    experiment = Experiment(point, PointSet.empty(), runs, objective=objective)
    _, _, fill_in = exercise("fill_in", experiment)
    qtbot.waitUntil(lambda: bool(fill_in.rows.rows))
    shown = [one.accessibleName() for one in fill_in.rows.findChildren(FormulaPicture)]
    assert shown == [*lines, "wₜ₊₁ = wₜ − η·∇wₜ"]


def test_no_heading_stands_alone_where_a_run_has_no_step(exercise, qtbot):
    """Where the second run begins, the function has no number."""
    runs = Run(start=(9.0, 2.0), epochs=9), Run(start=(-1.0, 2.0), epochs=9)
    point = PointSet([0.0], [0.0])
    function = FunctionObjective("log(w) + 1/b")
    experiment = Experiment(point, PointSet.empty(), runs, objective=function)
    _, session, fill_in = exercise("fill_in", experiment)

    def headings():
        labels = fill_in.findChildren(PlainLabel)
        return {one.text().partition(" ")[0] for one in labels if one.isVisible()} & {"Given", "Step"}

    assert not headings()  # the step is not there yet
    qtbot.waitUntil(lambda: bool(fill_in.rows.rows))
    assert headings() == {"Given", "Step"}
    session.select(1)
    qtbot.waitUntil(lambda: "There is no step to fill in" in fill_in.note)
    assert not headings()
    assert not any(row.isVisible() for row in fill_in.rows.rows)
    session.select(0)
    qtbot.waitUntil(fill_in.rows.isEnabled)
    assert headings() == {"Given", "Step"}
    assert fill_in.focusWidget() is fill_in.rows.rows[0].field


@pytest.mark.parametrize(
    ("x", "start", "name"),
    [
        ([[-1.11111, -0.98765, -2.34568, 1.72839], [1.97531, 0.5, 0.8642, -0.12346]], [0.5] * 5, "x₁"),
        ([[-1.0 / 3.0], [2.0 / 3.0]], [9.0, -9.0], "x"),
    ],
)
def test_all_digits_of_the_points_are_seen(exercise, qtbot, x, start, name):
    """Of four inputs the outputs were beyond the edge: who works by hand needs each of them."""
    points, run = PointSet(x, [1.0 / 7.0, 0.9]), Run(start=tuple(start), epochs=9)
    _, _, fill_in = exercise("fill_in", Experiment(points, PointSet.empty(points.dimension), (run,)))
    fill_in.digits.choose(8)
    fill_in.digits.activated.emit(fill_in.digits.currentIndex())
    qtbot.waitUntil(lambda: fill_in.sheet is not None and fill_in.sheet.digits == 8)
    (table,) = (
        one for one in fill_in.findChildren(StepText) if one.accessibleName().startswith("The points")
    )
    qtbot.waitUntil(lambda: 0 < table.sizeHint().width() <= table.width())
    shown = "".join(table.toPlainText().split())
    assert shown.startswith(f"i{name}yf")
    for point in fill_in.sheet.points:
        assert f"{point.number}{point.x}{point.y}{point.f}" in shown
