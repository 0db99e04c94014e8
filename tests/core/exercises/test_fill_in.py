"""Fill in a step: all results of every rule are accepted as worked out by hand; known mistakes are named."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.analysis.update import update_of
from gdsim.core.engine.runs import first_steps
from gdsim.core.exercises.fill_in import ResultMark, judge_result, output_text, step_sheet
from gdsim.core.formulas.numerals import NotANumber, with_ascii_minus
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.batching import BATCH, MINI_BATCH
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.libraries.lookup import library_rules
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.records import columns_of, one_run
from tests.core.strategies import objectives
from tests.every import every

POINTS = PointSet([0.5, 2.5, -1.0], [0.2, 0.9, 0.4])


def sheet_of(run, t=5, digits=4, points=POINTS):
    record = columns_of(run, points)
    return step_sheet(update_of(one_run(run, points), run, record, t), digits)


def blank_of(sheet, parameter, target):
    return next(one for one in sheet.blanks if one.key == (parameter, target))


@every("search", ["fixed", "armijo"])
@every("rule", SECOND_ORDER_RULES)
def test_of_a_second_order_method_the_direction_is_given(rule, search):
    if rule == "levenberg-marquardt":
        search = "fixed"
    run = Run(SECOND_ORDER_RULES[rule](), search=SEARCHES[search](), start=(0.5, -0.5), epochs=4)
    sheet = sheet_of(run, t=1)
    update = sheet.update
    given = dict(sheet.before)
    for place, name in enumerate(("w", "b")):
        (direction,) = (text for letter, text in given[name] if letter == "d")
        assert float(with_ascii_minus(direction)) == pytest.approx(update.direction[place], rel=1e-3)
        after = update.before[place] + update.eta * update.direction[place]
        assert judge_result(blank_of(sheet, name, "w_next"), f"{after:.6g}").mark is ResultMark.RIGHT
        wrong = update.before[place] - update.eta * update.direction[place]
        assert judge_result(blank_of(sheet, name, "w_next"), f"{wrong:.6g}").mark is ResultMark.WRONG
    assert {one.target for one in sheet.blanks} == {"g", "w_next"}


@every("rule", RULES)
def test_every_result_of_every_rule_is_asked_for_and_accepted(rule):
    run = Run(optimizer=RULES[rule](), epochs=12)
    sheet = sheet_of(run)
    lines = run.optimizer.update_rule.program.lines
    assert {one.target for one in sheet.blanks} >= {line.target for line in lines[-1:]}
    for blank in sheet.blanks:
        assert judge_result(blank, blank.text).mark is ResultMark.RIGHT
        assert judge_result(blank, repr(blank.value)).mark is ResultMark.RIGHT
        assert judge_result(blank, with_ascii_minus(blank.text).replace(".", ",")).mark is ResultMark.RIGHT
        wrong = repr(blank.value + 40.0 * blank.room + 0.3 * abs(blank.value) + 1.0)
        assert judge_result(blank, wrong).mark is ResultMark.WRONG


def test_weight_and_bias_have_as_many_digits():
    """The bias needs no more than four to show that it changed, the weight needs five."""
    run = Run(RULES["gd"](eta=1.0), start=(-2.0, -2.0), epochs=2)
    sheet = sheet_of(run, t=1, points=PointSet([0.5, 2.5], [0.2, 0.9]))
    before = [dict(pairs)["wₜ" if name == "w" else "bₜ"] for name, pairs in sheet.before]
    after = [blank_of(sheet, name, "w_next").text for name in ("w", "b")]
    assert before == ["−2.0000", "−2.0000"]
    assert [len(text.partition(".")[2]) for text in after] == [4, 4]


def by_hand(digits):
    """Work out one step of momentum with a calculator, rounding every number on the way."""

    def read(text):
        return float(with_ascii_minus(text))

    def short(value):
        return float(f"{value:.{digits}g}")

    sheet = sheet_of(Run(optimizer=RULES["momentum"](eta=0.5, gamma=0.8), epochs=12), digits=digits)
    given = {name: dict(rows) for name, rows in sheet.before}
    found = {}
    for name, letter in (("w", "wₜ"), ("b", "bₜ")):
        terms = []
        for _, x, y, f in sheet.points:
            term = (read(f) - read(y)) * read(f) * (1.0 - read(f))
            terms.append(short(term * read(x) if name == "w" else term))
        g = short(sum(terms))
        v = short(0.8 * read(given[name]["vₜ₋₁"]) + 0.5 * g)
        found |= {(name, "g"): g, (name, "v_t"): v, (name, "w_next"): read(given[name][letter]) - v}
    return sheet, found


@every("digits", [3, 4, 6])
def test_what_is_worked_out_from_the_numbers_shown_is_right(digits):
    sheet, found = by_hand(digits)
    assert len(found) == len(sheet.blanks)
    for blank in sheet.blanks:
        assert (
            judge_result(
                blank,
                f"{found[blank.key]:.{digits}g}" if blank.target != "w_next" else repr(found[blank.key]),
            ).mark
            is ResultMark.RIGHT
        )


@every(
    ("target", "wrong", "words"),
    [
        ("v_t", lambda one: 0.5 * one["g"], "γ·vₜ₋₁ is missing"),
        ("v_t", lambda one: 0.8 * one["v"] + one["g"], "η was left out"),
        ("w_next", lambda one: one["w"] + one["v_t"], "was added; it should be subtracted"),
        ("g", lambda one: -one["g"], "error was taken as y"),
        ("g", lambda one: one["g"] / 3.0, "divided by the number of points"),
    ],
)
def test_known_mistakes_are_named(target, wrong, words):
    sheet = sheet_of(Run(optimizer=RULES["momentum"](eta=0.5, gamma=0.8), epochs=12))
    values = sheet.update.values[0]
    found = judge_result(blank_of(sheet, "w", target), repr(wrong(values)))
    assert found.mark is ResultMark.WRONG
    assert words in found.hint


def test_a_number_of_one_digit_tells_of_no_mistake():
    blank = blank_of(sheet_of(Run(epochs=12)), "w", "g")
    for digits, is_told in ((1, False), (2, True), (4, True)):
        found = judge_result(blank, f"{-blank.value:.{digits - 1}e}".replace("e-0", "e-"))
        assert found.mark is ResultMark.WRONG
        assert bool(found.hint) is is_told


def test_a_point_left_out_and_the_other_parameter_are_named():
    sheet = sheet_of(Run(epochs=12))
    w, b = sheet.update.before.tolist()
    terms = []
    for x, y in zip(POINTS.x[:, 0].tolist(), POINTS.y.tolist(), strict=True):
        f = 1.0 / (1.0 + math.exp(-(w * x + b)))
        terms.append((f - y) * f * (1.0 - f))
    blank = blank_of(sheet, "b", "g")
    assert (
        judge_result(blank, repr(terms[0] + terms[2])).hint == "The term of point 2 is missing from the sum."
    )
    of_w = float(np.dot(terms, POINTS.x[:, 0]))
    assert judge_result(blank, repr(of_w)).hint == "This is the result of w."


def test_too_few_digits_are_not_wrong():
    sheet = sheet_of(Run(epochs=12))
    blank = blank_of(sheet, "w", "g")
    assert judge_result(blank, f"{blank.value:.1g}").mark is ResultMark.COARSE
    assert judge_result(blank, f"{blank.value:.3g}").mark is ResultMark.RIGHT
    with pytest.raises(NotANumber):
        judge_result(blank, "about 1")


def test_a_small_step_is_told_from_one_in_the_other_direction():
    """Where w has few digits the step would vanish in them, and so would its sign."""
    sheet = sheet_of(Run(optimizer=RULES["gd"](eta=1e-6), epochs=12))
    values = sheet.update.values[0]
    blank = blank_of(sheet, "w", "w_next")
    turned = values["w"] + 1e-6 * values["g"]
    assert judge_result(blank, repr(turned)).mark is ResultMark.WRONG
    assert "added; it should be subtracted" in judge_result(blank, repr(turned)).hint


def test_results_that_are_not_known_stay_letters():
    sheet = sheet_of(Run(optimizer=RULES["momentum"](eta=0.5, gamma=0.8), epochs=12))
    blank, g = blank_of(sheet, "w", "v_t"), blank_of(sheet, "w", "g")
    assert "∇wₜ" in sheet.numbers(blank, ())
    assert g.text not in sheet.numbers(blank, ())
    assert g.text in sheet.numbers(blank, {g.key})
    assert sheet.numbers(g, ()) == ""


def test_only_the_points_of_the_update_are_summed_and_many_are_given():
    run = Run(batching=MINI_BATCH(size=2), epochs=6)
    sheet = sheet_of(run, t=2)
    assert [one.number for one in sheet.points] == [row + 1 for row in run.batching.rows(3, 2, run.seed)]
    many = PointSet(np.linspace(-3.0, 3.0, 30), np.linspace(0.1, 0.9, 30))
    sheet = sheet_of(Run(epochs=6), points=many)
    assert not sheet.points
    assert {one.target for one in sheet.blanks} == {"w_next"}
    assert "∇wₜ" in dict(dict(sheet.before)["w"])


def test_of_many_inputs_the_first_weight_and_the_bias_are_asked_for():
    points = PointSet(np.array([[0.5, 1.0, 2.0], [2.5, 0.0, -1.0]]), [0.2, 0.9])
    sheet = sheet_of(Run(start=(0.1, 0.2, 0.3, 0.4), epochs=6), points=points)
    assert {one.parameter for one in sheet.blanks} == {"w1", "b"}
    assert all(judge_result(one, one.text).mark is ResultMark.RIGHT for one in sheet.blanks)


@every("f", [0.5, 0.999987654321, 1.23456e-7, 1.0])
def test_an_output_has_digits_on_both_sides(f):
    text = output_text(f, 4)
    for true, shown in ((f, float(text)), (1.0 - f, 1.0 - float(text))):
        assert math.isclose(true, shown, rel_tol=6e-4)


def test_a_german_sheet_is_the_same_with_commas():
    run = Run(RULES["momentum"](), epochs=6)
    english = sheet_of(run)
    with speaking(read_language("de")):
        german = sheet_of(run)
        assert all(judge_result(one, one.text).mark is ResultMark.RIGHT for one in german.blanks)
    assert [one.room for one in german.blanks] == [one.room for one in english.blanks]
    for one, other in zip(english.points, german.points, strict=True):
        assert other == one._replace(
            x=one.x.replace(".", ","), y=one.y.replace(".", ","), f=one.f.replace(".", ",")
        )
        assert "," in other.f


# ------------------------------------------------------------------------------------ other losses


def sheet_with(objective, run, t=3, points=POINTS):
    experiment = Experiment(points, PointSet.empty(points.dimension), (run,), objective=objective)
    record = run_to_end(first_steps(experiment, experiment.runs[0], t + 1)).whole
    return step_sheet(update_of(experiment, run, record, t), 4)


@given(
    objectives(), st.sampled_from(["gd", "nesterov", "adam"]), st.sampled_from([BATCH(), MINI_BATCH(size=2)])
)
def test_every_result_is_asked_for_and_accepted_with_any_loss(objective, rule, batching):
    run = Run(RULES[rule](eta=0.05), batching, start=(0.3, -0.4), epochs=8)
    sheet = sheet_with(objective, run)
    assert {("w", "g"), ("b", "g"), ("w", "w_next"), ("b", "w_next")} <= {one.key for one in sheet.blanks}
    for blank in sheet.blanks:
        assert judge_result(blank, blank.text).mark is ResultMark.RIGHT
        assert judge_result(blank, repr(blank.value)).mark is ResultMark.RIGHT
        wrong = repr(blank.value + 40.0 * blank.room + 0.3 * abs(blank.value) + 1.0)
        assert judge_result(blank, wrong).mark is ResultMark.WRONG


def test_a_gradient_is_worked_from_what_is_given_with_a_mean_and_a_penalty():
    objective = NeuronObjective("tanh", "huber", "mean", l2=0.4, delta=0.3)
    run = Run(RULES["gd"](eta=0.5), start=(0.3, -0.4), epochs=8)
    sheet = sheet_with(objective, run)
    blank = blank_of(sheet, "w", "g")
    assert dict(sheet.shared)["λ"] == "0.4"
    assert "λ·wₜ" in blank.letters
    w = float(with_ascii_minus(dict(dict(sheet.before)["w"])["wₜ"]))
    terms = []
    for _, *texts in sheet.points:
        x, y, f = (float(with_ascii_minus(text)) for text in texts)
        terms.append(min(max(f - y, -0.3), 0.3) * (1.0 - f * f) * x)
    result = sum(terms) / len(terms) + 0.4 * w
    assert judge_result(blank, f"{result:.4g}").mark is ResultMark.RIGHT
    without = judge_result(blank, f"{result - 0.4 * w:.5g}")
    assert without == (ResultMark.WRONG, "The penalty λ·w of the loss is missing from the gradient of w.")


@every(
    ("rule", "letters"),
    [
        (library_rules("torch")["torch.optim.SGD"].given({"lr": 0.5, "weight_decay": 0.0}), {"λ": "0.4"}),
        (
            library_rules("torch")["torch.optim.SGD"].given({"lr": 0.5, "weight_decay": 0.2}),
            {"λ": "0.2", "λ_L": "0.4"},
        ),
        # These show their λ even if it is 0.
        (RULES["adamw"](decay=0.0), {"λ": "0", "λ_L": "0.4"}),
        (own_rule("Mine", "w_next = w - eta*(g + lam*w)")(lam=0.0), {"λ": "0", "λ_L": "0.4"}),
        (own_rule("Mine", "lam = 0.1*t\nw_next = w - eta*(g + lam*w)")(), {"λ_L": "0.4"}),
    ],
)
def test_the_penalty_of_the_loss_and_a_lambda_of_the_rule_have_two_letters(rule, letters):
    sheet = sheet_with(NeuronObjective("tanh", l2=0.4), Run(rule, start=(0.3, -0.4), epochs=8))
    assert {letter: text for letter, text in sheet.shared if "λ" in letter} == letters
    letters_of_gradient = next(one.letters for one in sheet.blanks if one.letters.startswith("∇wₜ = "))
    assert letters_of_gradient.endswith("·λ_L·wₜ" if "λ_L" in letters else "·λ·wₜ")


@every("start", [(0.0, 0.0), (1.0, 2.0)])
@every("activation", ["tanh", "identity", "relu"])
def test_an_output_without_decimals_is_exact_and_leaves_no_room(activation, start):
    objective = NeuronObjective(activation, l2=0.5)
    run = Run(RULES["gd"](eta=0.1), start=start, epochs=2)
    sheet = sheet_with(objective, run, t=1, points=PointSet([1.0, 2.0], [0.2, 0.9]))
    for name in ("w", "b"):
        blank = blank_of(sheet, name, "g")
        if blank.value:  # a ReLU has no slope at 0
            assert judge_result(blank, f"{blank.value:.4g}").mark is ResultMark.RIGHT
            assert judge_result(blank, f"{1.02 * blank.value:.4g}").mark is ResultMark.WRONG


def test_the_slope_of_a_function_is_worked_from_w_and_b():
    run = Run(RULES["nesterov"](eta=0.05), start=(0.3, -0.4), epochs=8)
    sheet = sheet_with(FunctionObjective("w**2 + 3*w*b"), run, points=PointSet([0.0], [0.0]))
    g = blank_of(sheet, "w", "g")
    assert sheet.points == ()
    assert sheet.numbers(g, ()) == ""  # the place of the gradient is not worked out yet
    known = {one.key for one in sheet.blanks if one.target != "g"}
    look_w, look_b = (blank_of(sheet, name, "look").value for name in ("w", "b"))
    assert sheet.numbers(g, known).count("·") == 2
    assert judge_result(g, repr(2.0 * look_w + 3.0 * look_b)).mark is ResultMark.RIGHT
    assert judge_result(g, f"{3.0 * look_b:.5g}").hint == "2·w is missing from the gradient of w."


def test_what_is_taken_for_q_is_said():
    sheet = sheet_with(NeuronObjective("tanh", "cross-entropy"), Run(epochs=8))
    assert dict(sheet.shared)["qᵢ"] == "1 / (1 + e^(−fᵢ))"
