"""The numbers of a step as lines of text, without a window."""

from collections import defaultdict
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.analysis.update import gradient_terms, update_of
from gdsim.core.analysis.worked import worked
from gdsim.core.analysis.worked_text import as_latex, as_markdown, as_text
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.neuron import written_names
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES, eta
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES, ScheduleKind
from gdsim.gui.step.step_rows import (
    RowLayout,
    Segment,
    StepRow,
    loss_lines,
    rate_lines,
    rows_of_line,
    split_line,
    step_sentence,
)
from gdsim.gui.step.step_terms import term_lines
from tests.core.records import FIRST_NEURON, columns_of, many_points, one_run
from tests.core.strategies import rule_variants
from tests.every import every, pairs_of

DIGITS = (3, 4, 5, 6, 8, None)


def update(run=None, t=3, points=FIRST_NEURON):
    run = run or Run(RULES["adam"](), epochs=9)
    return update_of(one_run(run, points), run, columns_of(run, points), t)


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def layouts(gap=2):
    return defaultdict(partial(RowLayout, gap))


def test_short_rows_stand_on_a_line_each_with_their_equal_signs_below_each_other():
    rows = [StepRow("w", "2.83 − (−0.0891)", "2.92"), StepRow("b", "−5.04 − 0.128", "−5.17")]
    lines = RowLayout().lines(rows, 40)
    assert texts(lines) == ["w  2.83 − (−0.0891) = 2.92", "b  −5.04 − 0.128    = −5.17"]
    assert [line[-1] for line in lines] == [Segment("2.92", "strong"), Segment("−5.17", "strong")]


def test_a_result_that_does_not_fit_stands_on_a_line_of_its_own():
    rows = [
        StepRow("w", "0.9·(−0.0952) + 1·(−0.00344)", "−0.0891"),
        StepRow("b", "0.9·0.139 + 1·0.00253", "0.128"),
    ]
    assert texts(RowLayout().lines(rows, 34)) == [
        "w  0.9·(−0.0952) + 1·(−0.00344)",
        "   = −0.0891",
        "b  0.9·0.139 + 1·0.00253",
        "   = 0.128",
    ]


def test_lines_break_before_a_sign_rather_than_inside_parentheses():
    rows = [StepRow("w", "−0.969 − (0.1/√(0.0036 + 1e-8))·(−0.0690)", "−0.855")]
    assert texts(RowLayout().lines(rows, 36)) == [
        "w  −0.969 − (0.1/√(0.0036 + 1e-8))",
        "   ·(−0.0690) = −0.855",
    ]


def test_a_bare_result_has_no_equal_sign():
    assert texts(RowLayout().lines([StepRow("w", "", "−0.0034"), StepRow("b", "", "1")], 30)) == [
        "w  −0.0034",
        "b  1",
    ]


def test_room_is_not_given_back_while_the_numbers_change():
    layout = RowLayout()
    wide, narrow = [StepRow("w", "2.83 − (−0.0891)", "2.9189")], [StepRow("w", "1 − 2", "−1")]
    assert len(layout.lines(wide, 22)) == 2
    assert len(layout.lines(narrow, 22)) == 2
    layout.forget()
    assert texts(layout.lines(narrow, 22)) == ["w  1 − 2 = −1"]


def test_equal_signs_of_several_rows_stay_where_they_are():
    wide, narrow = StepRow("w", "2.83 − (−0.0891)", "2.9189"), StepRow("b", "1 − 2", "−1")
    layout, below = RowLayout(), "b  1 − 2            = −1"
    assert texts(layout.lines([wide, narrow], 40)) == ["w  2.83 − (−0.0891) = 2.9189", below]
    assert texts(layout.lines([narrow, narrow], 40)) == [below, below]


def test_a_line_of_its_own_has_one_space_before_its_equal_sign():
    kind = ScheduleKind("own", "own", "It is tried.", (), "a = 1 / (step + 3)\neta = eta0*min(a, 0.7)")
    rule, shown = layouts(1), []
    run = Run(RULES["gd"](), schedule=kind(), epochs=9)
    for t in range(1, 9):
        shown += texts(rate_lines(worked(update(run, t), 4).rates, rule, 60))
    assert "η = 1·min(0.25, 0.7) = 0.25" in shown  # after min(0.3333, 0.7)


@given(st.lists(st.text("ab ", max_size=30), max_size=4), st.integers(4, 40), st.integers(0, 3))
def test_cutting_loses_nothing(pieces, columns, indent):
    line = tuple(Segment(piece) for piece in pieces)
    parts = split_line(line, columns, indent)
    assert all(len(text) <= columns for text in texts(parts))
    first, *others = texts(parts)
    assert first + "".join(text[indent:] for text in others) == "".join(pieces)


@every(("rule", "digits", "columns"), pairs_of(rule_variants(), DIGITS, [24, 36, 41, 60, 200]), ids=str)
def test_no_line_is_too_long_and_nothing_is_lost(rule, digits, columns):
    run = Run(rule, schedule=SCHEDULES["step"](), epochs=9)
    step = worked(update(run), digits)
    for place in range(len(step.parameters[0].lines)):
        rows = rows_of_line(step.parameters, place)
        lines = RowLayout().lines(rows, columns)
        assert max(map(len, texts(lines))) <= columns
        shown = "".join(texts(lines)).replace(" ", "")
        for row in rows:
            assert (f"{row.numbers}={row.result}" if row.numbers else row.result).replace(" ", "") in shown
    for lines in (rate_lines(step.rates, layouts(), columns), loss_lines(step, columns)):
        assert max(map(len, texts(lines))) <= columns


def test_a_constant_rate_and_its_reason_share_a_line():
    step = worked(update(Run(RULES["momentum"](), epochs=9)), 4)
    assert texts(rate_lines(step.rates, layouts(1), 40)) == [
        "η = 1  constant",
        "γ = 0.9  constant",
    ]


def test_a_schedule_has_its_reason_below():
    run = Run(
        RULES["momentum"](),
        schedule=SCHEDULES["step"](),
        momentum_schedule=MOMENTUM_SCHEDULES["sutskever"](),
        epochs=20,
    )
    step = worked(update(run, 13), 4)
    assert texts(rate_lines(step.rates, layouts(1), 60)) == [
        "η = 1·0.5^⌊12/5⌋ = 0.25",
        "    step decay, 12 epochs finished",
        "γ = min(1 − 2^(−1 − log₂(⌊12/250⌋ + 1)), 0.99) = 0.5",
        "    Sutskever 2013, t = 12 counts from 0, below the cap",
    ]


def test_a_schedule_of_many_lines_is_shown_with_all_of_them():
    steps = "\n".join(f"a{number} = a{number - 1} + 0.01" for number in range(2, 12))
    many = ScheduleKind("many", "many", "In small steps.", (), f"a1 = 0.01\n{steps}\neta = eta0*a11")
    step = worked(update(Run(RULES["gd"](), schedule=many(), epochs=9)), 4)
    shown = texts(rate_lines(step.rates, layouts(1), 60))
    assert len(shown) == 13  # twelve lines, and the reason
    assert shown[-2].endswith("= 0.11")


def test_the_loss_has_a_word():
    assert texts(loss_lines(worked(update(), 4), 40)) == ["L  0.4127 → 0.4108  fell"]
    assert texts(loss_lines(worked(update(), None), 30))[1].startswith("   → 0.41")


def test_the_loss_of_all_points_is_told_from_that_of_the_update():
    step = worked(update(Run(batching=STOCHASTIC(), epochs=9)), 4)
    assert texts(loss_lines(step, 60))[1] == "   over all 2 points; the update used 1"


def table(points, digits, columns, t=1):
    run = Run(start=(0.5,) * (points.dimension + 1), epochs=2)
    now = update(run, t, points)
    return texts(term_lines(gradient_terms(now), now.gradient.tolist(), digits, columns)), now


@pytest.mark.parametrize("digits", [4, 6])
def test_points_in_two_narrow_tables(digits):
    lines, now = table(FIRST_NEURON, digits, 38)
    assert [line.split() for line in lines[::4]] == [
        ["i", "f", "f", "−", "y", "f(1", "−", "f)"],
        ["i", "x", "∇w", "term", "∇b", "term"],
    ]
    assert len(lines) == 3 + 1 + 3 + 1
    assert lines[3] == ""
    for part in (lines[:3], lines[4:]):
        assert len({len(line) for line in part}) == 1  # all columns end alike
        assert [line.split()[0] for line in part[1:3]] == ["1", "2"]
    assert lines[5].split()[1] == "0.5"
    assert lines[-1].split() == ["sum", *(f"{value:#.{digits}g}" for value in now.gradient)]


def test_with_room_a_point_has_one_line():
    lines, _ = table(FIRST_NEURON, 4, 100)
    assert len(lines) == 1 + 2 + 1
    assert len(lines[1].split()) == 7


def test_without_room_a_number_has_one_line():
    lines, _ = table(FIRST_NEURON, None, 38)
    assert [line.split()[0] for line in lines] == [
        *("1", "f", "f(1", "x", "∇w", "∇b"),
        *("2", "f", "f(1", "x", "∇w", "∇b"),
        *("sum", "∇w", "∇b"),
    ]


def test_what_is_left_out_is_counted_and_summed():
    points = many_points(1234, 1)
    lines, now = table(points, 4, 40)
    assert lines[-3] == "and 1,226 more terms, sum"
    assert len(lines) == 9 + 1 + 9 + 3
    shown = sum(float(line.split()[2].replace("−", "-")) for line in lines[11:19])
    rest = float(lines[-2].split()[0].replace("−", "-"))
    assert shown + rest == pytest.approx(now.gradient[0], rel=2e-3)


@every("dimension", [2, 4])
@every("columns", [26, 40, 200])
@every("digits", [4, None])
def test_several_weights_have_a_line_each(dimension, columns, digits):
    lines, _ = table(many_points(3, dimension), digits, columns)
    assert max(map(len, lines)) <= columns
    words = " ".join(lines).split()
    for name in written_names(dimension):
        assert name in words or f"∇{name}" in words


def test_a_step_is_said_in_sentences():
    said = step_sentence(worked(update(Run(RULES["nesterov"](), epochs=9)), 3))
    assert said.startswith(
        "Nesterov, step 2 to 3. Learning rate 1, constant. Momentum 0.9, constant. Looks ahead to: w "
    )
    assert " Gradient: w " in said
    assert " New: w " in said
    assert said.endswith("The loss fell from 0.416 to 0.415.")
    assert "m corrected: w " in step_sentence(worked(update(), 3))


def test_a_number_on_the_way_to_the_look_ahead_is_not_said_to_be_a_place():
    said = step_sentence(worked(update(Run(RULES["sam"](), epochs=9)), 3))
    assert said.count("Looks ahead to: w ") == 1
    assert " size: w " in said


def test_a_rule_that_asks_for_two_gradients_is_said_in_sentences():
    lines = "g1 = grad(w)\nu = w - eta*g1\ng2 = grad(u)\nw_next = w - eta*(g1 + g2)/2"
    heun = Rule(id="heun", title="Heun", summary="Two gradients.", settings=(eta(0.5),), lines=lines)
    said = step_sentence(worked(update(Run(heun(), epochs=9)), 3))
    assert said.count("Gradient: w ") == 2


def test_a_loss_that_was_not_computed_is_no_number():
    points = many_points(9000, 1)
    run = Run(RULES["gd"](), batching=STOCHASTIC(), epochs=1)
    step = worked(update(run, 13, points), 4)
    lines = texts(loss_lines(step, 34))
    assert " ".join(" ".join(lines).split()) == "L Over all 9,000 points the loss is computed every 16 steps."
    assert max(map(len, lines)) <= 34
    assert "computed every 16 steps" in step_sentence(step)
    assert "NaN" not in step_sentence(step)
    for write in (as_text, as_markdown, as_latex):
        assert "not computed" in write(step)
        assert "nan" not in write(step).lower()
