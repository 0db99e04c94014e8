"""A worked step: what is printed, worked through on its own, gives what is printed and recorded."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given

from gdsim.core.analysis.shown_numbers import measured
from gdsim.core.analysis.update import update_of
from gdsim.core.analysis.worked import update_in_letters, worked
from gdsim.core.analysis.worked_text import as_latex, as_markdown, as_text
from gdsim.core.formulas.evaluate import evaluate
from gdsim.core.formulas.numerals import superscript
from gdsim.core.formulas.printing import IN_LATEX, PLAIN_TEXT
from gdsim.core.formulas.syntax import COMPARISONS, FUNCTIONS, Number, read_formula, walk
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.libraries.lookup import LIBRARIES, library_rules
from gdsim.core.rules.schedules import CONSTANT_MOMENTUM, MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.analysis.printed import numerals, of_latex, of_text
from tests.core.records import FIRST_NEURON, columns_of, computed, one_run
from tests.core.strategies import rule_variants, runs_with_points
from tests.every import WHOLE, covering, every, in_turn

BATCHINGS = (BATCH(), STOCHASTIC(shuffle=True), MINI_BATCH(size=2))
RNG = np.random.default_rng(5)
POINTS = PointSet(RNG.normal(size=5), RNG.uniform(size=5))
# Its loss rises now and then, so that the validation schedule has something to do.
HELD_OUT = PointSet([0.4, -1.0], [0.9, 0.1])


def updates(run, points=POINTS, validation=HELD_OUT, steps=(1, 2, 3, 7, 10) if WHOLE else (1, 10)):
    """Yield some updates of a run."""
    record = columns_of(run, points, validation)
    experiment = one_run(run, points, validation)
    for t in steps:
        if t < len(record.loss):
            yield update_of(experiment, run, record, t)


def lines_of(step):
    """Yield every line of a step that holds a formula, with its name."""
    for parameter in step.parameters:
        for line in parameter.lines:
            if line.numbers:
                yield f"{parameter.name}: {line.symbols}", line
    for rate in step.rates:
        for line in rate.lines:
            if line.numbers:
                yield line.symbols, line


def recorded(update, name, index):
    """Return what the record holds of what a line computes; None for what it does not hold."""
    held = {"w_next": update.after, "look": update.gradient_place, update.rule.last_gradient: update.gradient}
    return held[name][index] if name in held else None


def assert_prints_what_is_recorded(update):
    step = worked(update, None)
    for name, line in lines_of(step):
        assert of_text(line.numbers) == pytest.approx(of_text(line.result), rel=1e-15, abs=0.0), name
    for index, parameter in enumerate(step.parameters):
        for declared, line in zip(update.rule.program.lines, parameter.lines, strict=True):
            number = recorded(update, declared.target, index)
            assert of_text(line.result) == line.value
            assert number is None or line.value == number, line.symbols
    assert step.rates[0].value == update.eta
    assert of_text(step.rates[0].result) == update.eta
    if len(step.rates) > 1:
        assert step.rates[1].value == update.gamma


PACES = CONSTANT_MOMENTUM(), MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.4)
KINDS = [
    (rule, schedule, batching, pace)
    for rule, schedule, batching in product(rule_variants(), SCHEDULES.values(), BATCHINGS)
    for pace in PACES[: 1 + rule.has_momentum]
]


@every(("rule", "schedule", "batching", "pace"), KINDS if WHOLE else covering(KINDS), ids=str)
def test_the_printed_numbers_give_the_printed_results(rule, schedule, batching, pace):
    """Every rule with its switches, every schedule, every way of batching, several steps, w and b."""
    run = Run(rule, batching, schedule(), pace, start=(-2.0, 1.5), epochs=11)
    for update in updates(run):
        assert_prints_what_is_recorded(update)


@given(runs_with_points())
def test_so_they_do_for_any_run(case):
    run, points, validation = case
    for update in updates(run, points, validation, steps=(1, 2, 5, run.epochs)):
        assert_prints_what_is_recorded(update)


def own_numbers(line):
    return {float(node.value) for node in walk(line.node) if isinstance(node, Number)}


@given(runs_with_points())
def test_nothing_but_the_record_and_the_rule_is_printed(case):
    run, points, validation = case
    for update in updates(run, points, validation, steps=(1, 4)):
        step = worked(update, None)
        settings = [
            value
            for part in (run.optimizer, run.schedule, run.momentum_schedule)
            for _, value in part.items()
        ]
        of_record = np.concatenate([update.before, update.after, update.gradient, update.gradient_place])
        known = {*np.abs(of_record).tolist(), *np.abs(update.state_before).ravel().tolist()}
        known |= {float(value) for value in settings}
        known |= {update.eta, update.gamma, float(update.t), float(update.t - 1), float(update.epoch)}
        for index, parameter in enumerate(step.parameters):
            for declared, line in zip(update.rule.program.lines, parameter.lines, strict=True):
                own = own_numbers(declared) | {abs(each.value) for each in parameter.lines}
                if declared.target in update.rule.norms:  # of what all parameters have
                    own |= set(np.abs(update.at(update.rule.norms[declared.target])).tolist())
                assert set(numerals(line.numbers)) <= known | own, (index, line)
        for rate, schedule in zip(step.rates, (run.schedule, run.momentum_schedule), strict=False):
            rises = set(map(float, range(update.epoch + 1))) if schedule.needs_validation else set()
            known |= {abs(of_text(line.result)) for line in rate.lines}
            for declared, line in zip(schedule.definition.program.lines, rate.lines, strict=True):
                assert set(numerals(line.numbers)) <= known | own_numbers(declared) | rises


@given(runs_with_points())
def test_latex_holds_the_same_numbers(case):
    run, points, validation = case
    for update in updates(run, points, validation, steps=(3,)):
        for name, line in lines_of(worked(update, None, IN_LATEX)):
            assert of_latex(line.numbers) == pytest.approx(of_latex(line.result), rel=1e-15, abs=0.0), name


OF_ALL_FUNCTIONS = [
    *(f"{name}(a{', b' * (most - 1)})" for name, (_, most) in FUNCTIONS.items() if name != "where"),
    *(f"where(a {sign} b, a, b*2)" for sign in COMPARISONS),
    "2*abs(a*abs(b - 7) - 3)*pi",
    "exp(a)**2 / sqrt(a + b)",
    "1 + mod(b, a)**where(a > b, a, 1)",
    "floor(a/b)",
]


@every("formula", OF_ALL_FUNCTIONS)
def test_these_tests_can_read_every_function(formula):
    values = {"a": 0.75, "b": 2.0}
    node = read_formula(f"x = {formula}").node
    texts = {name: str(value) for name, value in values.items()}
    wanted = pytest.approx(evaluate(node, values), rel=1e-15)
    assert of_text(PLAIN_TEXT.numbers(node, texts)) == wanted
    assert of_latex(IN_LATEX.numbers(node, texts)) == wanted


@every("digits", [3, 4, 5, 6, 8])
def test_rounded_numbers_are_those_numbers_rounded(digits):
    (update,) = updates(Run(RULES["momentum"]()), steps=(7,))
    rough, full = worked(update, digits), worked(update, None)
    for one, other in zip(rough.parameters, full.parameters, strict=True):
        for line, exact in zip(one.lines, other.lines, strict=True):
            assert line.value == exact.value
            assert of_text(line.result) == pytest.approx(exact.value, rel=0.5 * 10.0 ** (1 - digits))
            assert len(line.numbers) <= len(exact.numbers)
    assert rough.parameters[0].lines[1].numbers.startswith("0.9·")  # a setting stays as it was typed


def test_losses_show_that_they_differ():
    (update,) = updates(Run(), steps=(1,))
    near = replace(update, loss_before=0.4148350022, loss_after=0.4148349955)
    step = worked(near, 3)
    assert (step.loss_before, step.loss_after, step.trend) == ("0.41484", "0.41483", "fell")
    assert worked(replace(near, loss_after=near.loss_before), 3).trend == "stayed the same"
    assert worked(replace(near, loss_after=2.0), 3).loss_after == "2.00"
    assert worked(replace(near, loss_after=2.0), 3).trend == "rose"


@every(("rule", "digits"), in_turn(["gd", "momentum", "nesterov", "adagrad", "adam"], [3, 4, 6]))
def test_a_step_prints_as_a_step(rule, digits):
    """Small steps too: what is printed before and after differs by about what is subtracted."""
    run = Run(RULES[rule](eta=1e-4), start=(-3.21, 2.0), epochs=30)
    for update in updates(run, steps=range(1, 31)):
        step = worked(update, digits)
        for index, parameter in enumerate(step.parameters):
            line, moved = parameter.lines[-1], update.after[index] - update.before[index]
            printed = of_text(line.result) - of_text(line.numbers.partition(" − ")[0])
            assert printed == pytest.approx(moved, rel=0.3, abs=1e-300)
            last_place = 10.0 ** -len(line.result.partition(".")[2])
            assert abs(of_text(line.numbers) - of_text(line.result)) <= 1.1 * last_place


def test_a_growing_sum_prints_as_one():
    run = Run(RULES["adagrad"](), start=(-2.0, -2.0), epochs=300)
    for update in updates(run, steps=(2, 100, 300)):
        line = worked(update, 3).parameters[0].lines[1]
        assert of_text(line.result) > of_text(line.numbers.partition(" + ")[0])


def test_a_step_by_hand():
    points = PointSet([0.5, 2.5], [0.2, 0.9])
    (update,) = updates(Run(RULES["momentum"](), start=(-2.0, -2.0)), points, PointSet.empty(), steps=(2,))
    step = worked(update, 4)
    assert [parameter.name for parameter in step.parameters] == ["w", "b"]
    gradient, memory, move = step.parameters[0].lines
    assert gradient.symbols == "∇wₜ = Σᵢ (fᵢ − yᵢ)·fᵢ·(1 − fᵢ)·xᵢ"
    assert gradient.numbers == ""
    assert memory.numbers == f"0.9·({step_v(update)}) + 1·({gradient.result})"
    assert move.numbers == f"{text_of(update.before[0])} − ({memory.result})"
    assert step.parameters[1].lines[0].symbols == "∇bₜ = Σᵢ (fᵢ − yᵢ)·fᵢ·(1 − fᵢ)"
    assert [(rate.lines[-1].letter, rate.result, rate.why) for rate in step.rates] == [
        ("η", "1", "constant"),
        ("γ", "0.9", "constant"),
    ]


def step_v(update):
    return text_of(update.state_before[0, 0])


def text_of(number):
    return f"{number:#.4g}".replace("-", "−")


def test_several_weights_have_numbers():
    rng = np.random.default_rng(2)
    points = PointSet(rng.normal(size=(6, 3)), rng.uniform(size=6))
    run = Run(RULES["nesterov"](), start=(0.1, 0.2, 0.3, 0.4), epochs=4)
    (update,) = updates(run, points, PointSet.empty(3), steps=(3,))
    assert_prints_what_is_recorded(update)
    step = worked(update, 4)
    assert [parameter.name for parameter in step.parameters] == ["w1", "w2", "w3", "b"]
    assert [parameter.letter for parameter in step.parameters] == ["w₁", "w₂", "w₃", "b"]
    assert step.parameters[1].lines[1].symbols == "∇w₂ₗₒₒₖ = Σᵢ (fᵢ − yᵢ)·fᵢ·(1 − fᵢ)·x₂ᵢ"


@every(
    ("schedule", "t", "numbers", "result", "why"),
    [
        (SCHEDULES["step"](), 13, "1·0.5^⌊12/5⌋", "0.25", "step decay, 12 epochs finished"),
        (SCHEDULES["step"](), 2, "1·0.5^⌊1/5⌋", "1", "step decay, 1 epoch finished"),
        (SCHEDULES["exponential"](), 3, "1·e^(−0.01·2)", "0.9802", "exponential decay, t = 2 counts from 0"),
        (SCHEDULES["inverse"](), 26, "1 / (1 + 0.01·25)", "0.8", "1/t decay, t = 25 counts from 0"),
        (SCHEDULES["constant"](), 3, "", "1", "constant"),
    ],
)
def test_a_learning_rate_has_its_reason(schedule, t, numbers, result, why):
    (update,) = updates(Run(RULES["gd"](), schedule=schedule), steps=(t,))
    (rate,) = worked(update, 4).rates
    assert (rate.lines[-1].numbers, rate.result, rate.why) == (numbers, result, why)


@every(
    ("times", "why"),
    [
        (0, "n = 0 rises of the validation loss"),
        (1, "n = 1 rise of the validation loss"),
        (2, "n = 2 rises of the validation loss"),
        (40, "n = 40 rises of the validation loss"),
    ],
)
@every("eta", [1.0, 0.1, 7e-5])
def test_rises_are_counted(times, why, eta):
    run = Run(RULES["gd"](eta=eta), schedule=SCHEDULES["validation"](), epochs=3)
    (update,) = updates(run, steps=(2,))
    (rate,) = worked(replace(update, eta=eta * 0.5**times, epoch=50), None).rates
    assert rate.why == f"halve when validation loss rises, {why}"
    assert rate.lines[-1].numbers.endswith(f"·0.5{superscript(times)}")
    assert rate.value == eta * 0.5**times


def test_a_rate_that_was_halved_to_nothing():
    run = Run(RULES["gd"](), schedule=SCHEDULES["validation"](), epochs=3)
    (update,) = updates(run, steps=(2,))
    assert worked(replace(update, eta=0.0, epoch=2000), None).rates[0].value == 0.0


@every(
    ("cap", "t", "numbers", "why"),
    [
        (
            0.99,
            1,
            "min(1 − 2^(−1 − log₂(⌊0/250⌋ + 1)), 0.99)",
            "Sutskever 2013, t = 0 counts from 0, below the cap",
        ),
        (
            0.99,
            501,
            "min(1 − 2^(−1 − log₂(⌊500/250⌋ + 1)), 0.99)",
            "Sutskever 2013, t = 500 counts from 0, below the cap",
        ),
        (
            0.6,
            400,
            "min(1 − 2^(−1 − log₂(⌊399/250⌋ + 1)), 0.6)",
            "Sutskever 2013, t = 399 counts from 0, at the cap",
        ),
    ],
)
def test_a_momentum_has_its_stair_and_its_cap(cap, t, numbers, why):
    run = Run(
        RULES["momentum"](), momentum_schedule=MOMENTUM_SCHEDULES["sutskever"](gamma_max=cap), epochs=600
    )
    (update,) = updates(run, steps=(t,))
    rate = worked(update, None).rates[1]
    assert (rate.lines[-1].numbers, rate.why) == (numbers, why)
    assert rate.value == update.gamma


def test_numbers_beyond_all_bounds_are_written():
    (update,) = updates(Run(RULES["momentum"]()), steps=(2,))
    for digits in (4, None):
        step = worked(replace(update, gradient=np.array([np.inf, np.nan])), digits)
        results = [[line.result for line in parameter.lines] for parameter in step.parameters]
        assert results == [["∞", "∞", "−∞"], ["NaN", "NaN", "NaN"]]
    nothing = worked(replace(update, gradient=np.array([-0.0, 0.0])), None)
    assert [parameter.lines[0].result for parameter in nothing.parameters] == ["0", "0"]


@every("rule", rule_variants(), ids=str)
def test_the_parts_of_the_lines_are_the_rule_s(rule):
    (update,) = updates(Run(rule), steps=(2,))
    for parameter in worked(update, 4).parameters:
        assert tuple(dict.fromkeys(line.part for line in parameter.lines)) == tuple(
            dict.fromkeys(rule.update_rule.parts)
        )


def test_lines_that_are_not_the_step_are_found_out():
    (update,) = updates(Run(RULES["momentum"]()), steps=(7,))
    wrong = replace(RULES["momentum"], lines="v_t = eta*g + gamma*v*1.0000001\nw_next = w - v_t")
    with pytest.raises(AssertionError):
        assert_prints_what_is_recorded(replace(update, run=replace(update.run, optimizer=wrong())))


# ----------------------------------------------------------------------------------------------------- copied


# Computed with a loop in plain Python, written from the lecture.
PLAIN = """\
Momentum, step 1 → 2

η = 1, constant
γ = 0.9, constant

w
  ∇wₜ = Σᵢ (fᵢ − yᵢ)·fᵢ·(1 − fᵢ)·xᵢ
      = the sum over 2 points
      = −0.005558
  vₜ = γ·vₜ₋₁ + η·∇wₜ
     = 0.9·(−0.005492) + 1·(−0.005558)
     = −0.01050
  wₜ₊₁ = wₜ − vₜ
       = −1.995 − (−0.01050)
       = −1.984

b
  ∇bₜ = Σᵢ (fᵢ − yᵢ)·fᵢ·(1 − fᵢ)
      = the sum over 2 points
      = −0.007773
  vₜ = γ·vₜ₋₁ + η·∇bₜ
     = 0.9·(−0.007711) + 1·(−0.007773)
     = −0.01471
  bₜ₊₁ = bₜ − vₜ
       = −1.992 − (−0.01471)
       = −1.978

L = 0.4157 → 0.4156, it fell
"""


def step_of(run, t=2, digits=4, points=FIRST_NEURON):
    return worked(update_of(one_run(run, points), run, columns_of(run, points), t), digits)


def test_plain_text_reads_like_a_page_of_an_exercise_book():
    assert as_text(step_of(Run(RULES["momentum"](), epochs=5))) == PLAIN


def test_a_schedule_is_written_out():
    text = as_text(step_of(Run(RULES["momentum"](), schedule=SCHEDULES["step"](), epochs=9), 7))
    assert "η = η₀·factor^⌊epoch/every⌋ = 1·0.5^⌊6/5⌋ = 0.5, step decay, 6 epochs finished\n" in text


@every(
    ("reduction", "l2", "of_w", "of_b"),
    [
        ("half-sum", 0.0, "the sum over 2 points", "the sum over 2 points"),
        ("mean", 0.0, "the mean over 2 points", "the mean over 2 points"),
        ("mean", 0.1, "the mean over 2 points, and the penalty", "the mean over 2 points"),
        ("sum", 0.1, "the sum over 2 points, and the penalty", "the sum over 2 points"),
    ],
)
def test_it_is_told_what_a_gradient_is_of_points(reduction, l2, of_w, of_b):
    run, objective = Run(epochs=2), NeuronObjective("sigmoid", "squared", reduction, l2)
    experiment = replace(one_run(run), objective=objective)
    step = worked(update_of(experiment, run, computed(experiment)[0].whole, 2), 4)
    assert [text.strip(" =") for text in as_text(step).splitlines() if "points" in text] == [of_w, of_b]
    assert [row.split(" | ")[2] for row in as_markdown(step).splitlines() if "points" in row] == [of_w, of_b]


def test_one_point_is_one_point():
    assert "the sum over 1 point\n" in as_text(step_of(Run(batching=STOCHASTIC(), epochs=2)))


def test_markdown_is_a_table():
    lines = as_markdown(step_of(Run(RULES["momentum"](), name="A *bold*\n|run|", epochs=5))).splitlines()
    assert lines[0] == r"**A \*bold\* \|run\|, step 1 → 2**"
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == 2 + 2 * 3
    assert {row.replace(r"\|", "").count("|") for row in rows} == {5}
    assert r"| w | vₜ = γ·vₜ₋₁ + η·∇wₜ | 0.9·(−0.005492) + 1·(−0.005558) | **−0.01050** |" in rows
    assert lines[-1] == "L = 0.4157 → **0.4156**, it fell"


def test_latex_has_an_environment_for_each_parameter():
    text = as_latex(step_of(Run(RULES["adam"](), epochs=5), digits=None))
    assert text.count(r"\begin{align*}") == text.count(r"\end{align*}") == 2
    assert r"\[ \eta = 0.1 \]  % constant" in text
    assert text.count("{") == text.count("}")
    assert "10^{-8}" in text
    assert "\\\\\n\\end" not in text  # no empty line at the end


def test_latex_of_every_rule_has_the_letters_that_every_latex_sets():
    rules = [*RULES.values(), *(rule for one in LIBRARIES for rule in library_rules(one).values())]
    texts = [as_latex(step_of(Run(rule(), name="run", epochs=5))) for rule in rules]
    # Of many parameters the first numbers are written, and dots for the others.
    points = PointSet(np.random.default_rng(0).normal(size=(9, 5)), [0.1, 0.5, 0.9] * 3)
    for rule in SECOND_ORDER_RULES.values():
        texts.append(as_latex(step_of(Run(rule(), start=(0.1,) * 6, name="run", epochs=2), 1, None, points)))
        assert r", \dots)" in texts[-1]
    assert [text for text in texts if not text.isascii()] == []


def test_small_numbers_have_powers_of_ten_in_every_text():
    run = Run(RULES["momentum"](eta=0.5), start=(1.8, -2.3), epochs=60)
    update = update_of(one_run(run), run, columns_of(run), 59)
    step = worked(update, 4)
    for parameter in step.parameters:
        for line in parameter.lines:
            assert "e" not in line.numbers + line.result
    for text in (as_text(step), as_markdown(step)):
        assert f"{measured(update.loss_after, 4).partition('e')[0]}·10⁻" in text
        assert not re.search(r"\de−\d", text)


def test_a_power_is_written_alike_in_letters_and_with_numbers():
    run = Run(RULES["adam"](), epochs=3000)
    (update,) = updates(run, steps=(3000,))
    line = next(one for one in worked(update, 4).parameters[0].lines if "β₁ᵗ" in one.symbols)
    assert "1 − 0.9³⁰⁰⁰" in line.numbers
    for text in (as_text(worked(update, 4)), as_markdown(worked(update, 4))):
        assert "^" not in text


def test_several_small_numbers_of_a_direction_are_written():
    run = Run(SECOND_ORDER_RULES["newton"](), start=(1.79, -2.28), epochs=4)
    text = as_latex(step_of(run, t=3))
    assert re.search(r"10\^{-\d+}, -?[\d.]+ \\cdot 10\^{-\d+}", text), text


@every("rule", rule_variants(), ids=str)
@every("write", [as_text, as_markdown, as_latex])
def test_every_rule_is_written_in_every_way(rule, write):
    points = PointSet([[0.1, 2.0], [0.3, -1.0], [2.0, 0.0]], [0.1, 0.5, 0.9])
    text = write(step_of(Run(rule, start=(0.1, 0.2, 0.3), epochs=3), 3, None, points))
    assert text.endswith("\n")
    assert len(text.splitlines()) > 6
    body = "".join(line for line in text.splitlines() if "%" not in line)
    assert write is not as_latex or body.isascii()


def test_a_slope_that_points_add_to_a_function_is_a_term_of_its_own():
    points = PointSet([-0.3, 0.2], [0.1, -0.4])
    run = Run(RULES["gd"](), start=(1.0, 2.0), epochs=1)
    experiment = replace(one_run(run), points=points, objective=FunctionObjective("max(w, b)"))
    (record,) = computed(experiment)
    w, b = worked(update_of(experiment, run, record.whole, 1), 3).parameters
    assert w.lines[0].numbers == "(0 if 2.00 > 1.00 else 1) + (−0.0500)"
    assert b.lines[0].numbers == "(1 if 2.00 > 1.00 else 0) + (−0.150)"
    assert w.lines[0].symbols == "∇wₜ = (0 if bₜ > wₜ else 1) + 1/n·Σᵢ xᵢ"
    assert b.lines[0].symbols == "∇bₜ = (1 if bₜ > wₜ else 0) + 1/n·Σᵢ yᵢ"
    update = update_of(experiment, run, record.whole, 1)
    assert update_in_letters(update, "w", IN_LATEX)[0].endswith(r"+ \frac{1}{n} \sum_i x_{i}")
    plain = update_of(replace(experiment, points=ORIGIN), run, record.whole, 1)
    assert update_in_letters(plain, "w")[0] == "∇wₜ = 0 if bₜ > wₜ else 1"


def test_a_function_that_is_flat_along_an_axis_adds_no_zero_to_it():
    points = PointSet([-0.3, 0.2], [0.1, -0.4])
    run = Run(RULES["gd"](), start=(1.0, 2.0), epochs=1)
    experiment = replace(one_run(run), points=points, objective=FunctionObjective("w**2"))
    (record,) = computed(experiment)
    update = update_of(experiment, run, record.whole, 1)
    assert update_in_letters(update, "b")[0] == "∇bₜ = 1/n·Σᵢ yᵢ"
    text = as_text(worked(update, 3))
    assert " 0 +" not in text
    assert text.count("−0.150") >= 2
    assert update_in_letters(update, "b", IN_LATEX)[0].endswith(r"= \frac{1}{n} \sum_i y_{i}")
