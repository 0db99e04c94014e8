"""Answers to the tasks of a sheet: right ones and known mistakes, worked out by plain loops."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gdsim.core.engine.runs import first_steps
from gdsim.core.exercises.rate_ladder import first_columns
from gdsim.core.formulas.numerals import as_programs_read, last_place
from gdsim.core.handin.judging import field_count, judged, sheet_of, word_count
from gdsim.core.handin.run_claims import reach_field
from gdsim.core.handin.sheet import TaskSheet
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.engine.lecture_loops import gradient
from tests.core.handin.students import data, descent, right_fields, sheet, wrong_fields
from tests.every import WHOLE, every

KINDS = {"check_work": 1, "fill_in": 2, "predict": 3, "quiz": 4, "find_rate": 5, "reach": 6, "explain": 7}
NAMES = ("Ada Lovelace", "Émilie du Châtelet", "李冶")


def task(kind, name=NAMES[0], **settings):
    own = sheet().own_task(KINDS[kind], name)
    return replace(own, stop=replace(own.stop, task=own.task.replace(**settings)))


@every("name", NAMES)
def test_right_answers_have_all_marks_and_wrong_ones_their_mistake(name):
    for own in sheet().for_name(name):
        right, wrong = judged(own, right_fields(own)), judged(own, wrong_fields(own))
        if own.task.id == "explain":
            assert right.share is wrong.share is None
            assert not right.mistake
            assert "at least 30" in wrong.mistake
            continue
        assert (right.share, right.mistake) == (1.0, ""), own.task.id
        assert wrong.share < 1.0, own.task.id
        assert wrong.mistake, own.task.id


def carried_on(own):
    """Return the results of a step of momentum, each worked from what is shown and from those before."""
    sheet = sheet_of(own)
    shared = {letter: float(text) for letter, text in sheet.shared}
    results = {}
    for name, before in sheet.before:
        (_, place), (_, old) = ((letter, float(as_programs_read(text))) for letter, text in before)
        slope = 0.0
        for point in sheet.points:
            f, y, x = (float(as_programs_read(text)) for text in (point.f, point.y, point.x))
            slope += (f - y) * f * (1.0 - f) * (x if name == "w" else 1.0)
        texts = {blank.target: blank.text for blank in sheet.blanks if blank.parameter == name}
        g = round(slope, -last_place(texts["g"]))
        v = round(shared["γ"] * old + shared["η"] * g, -last_place(texts["v_t"]))
        results |= {(name, "g"): g, (name, "v_t"): v}
        results[name, "w_next"] = round(place - v, -last_place(texts["w_next"]))
    return tuple(repr(results[blank.key]) for blank in sheet.blanks)


def test_results_that_follow_from_rounded_ones_before_are_right():
    """In the window nobody is told the right ones meanwhile. Of 200 names 32 lost marks."""
    for place in range(200 if WHOLE else 25):
        own = task("fill_in", f"Name {place}")
        assert judged(own, carried_on(own)).share == 1.0, own


def test_the_mistake_is_the_one_that_was_made():
    assert (
        "divided by the number of points"
        in judged(task("check_work"), wrong_fields(task("check_work"))).mistake
    )
    assert "uphill" in judged(task("predict"), wrong_fields(task("predict"))).mistake
    assert "too small" in judged(task("find_rate"), ("0.0001",)).mistake
    assert "too large" in judged(task("find_rate"), ("1e90",)).mistake
    assert "too slow" in judged(task("reach"), wrong_fields(task("reach"))).mistake


def test_the_mistake_in_a_step_is_the_first_that_is_known():
    own = task("fill_in")
    points, start = data(own)
    before = descent(points, start, 30, "momentum", gamma=0.9)[-1].p
    gradients = [gradient([point], before) for point in points]
    mean = [f"{sum(parts) / len(points):.6g}" for parts in zip(*gradients, strict=True)]
    right = right_fields(own)
    alone = judged(own, (right[0], mean[1], *right[2:]))
    assert "mean" in alone.mistake
    assert alone.mistake in alone.sentences[-1]
    assert judged(own, ("7", mean[1], "9", *right[3:])).mistake == alone.mistake


def test_one_of_a_thing_is_one():
    assert judged(task("explain"), ("Momentum",)).mistake.startswith("There is 1 word; ")
    (words,) = judged(task("check_work", decimals=1), ("1",) * 4).sentences
    assert words.startswith("The values of steps 1, 2 have fewer than 1 decimal")
    own = task("quiz")
    right = right_fields(own)
    assert judged(own, ("", *right[1:])).mistake == f"1 of {len(right)} questions is not right."
    assert " after 1 step is " in " ".join(judged(task("find_rate", steps=1), ("1e-9",)).sentences)


def test_a_rate_is_held_against_the_finer_ones_around_the_best_of_the_ladder():
    (words,) = judged(task("find_rate", steps=50), ("3",)).sentences
    assert "the best rate of the ladder and of the finer ones around it, η = 3, has" in words


def test_a_german_judgement_is_german_throughout():
    with speaking(read_language("de")):
        short = judged(task("explain"), ("few words",))
        own = task("check_work")
        strange = judged(own, tuple(f"{7 + place}.12345" for place in range(field_count(own))))
        reach = task("reach", loss=1e-12)
        run = reach.stop.experiment.runs[reach.stop.selected]
        slow = judged(reach, (reach_field(replace(run, optimizer=RULES["gd"](eta=1e-6))),))
    assert slow.sentences[-1].startswith("Gradientenabstieg ")
    assert short.sentences[-1] == "Das wird von Hand bewertet."
    assert strange.mistake == "Keiner der üblichen Fehler erklärt es."


def test_the_loss_that_was_to_be_reached_is_told_with_all_its_digits():
    reach = task("reach", loss=0.0012367)
    run = reach.stop.experiment.runs[reach.stop.selected]
    slow = judged(reach, (reach_field(replace(run, optimizer=RULES["gd"](eta=1e-6))),))
    assert "; it should be 0.0012367 within " in slow.sentences[-1]


@every("kind", [kind for kind in KINDS if kind != "explain"])
def test_decimal_commas_are_read_and_nothing_is_no_answer(kind):
    own = task(kind)
    right = right_fields(own)
    if kind not in ("quiz", "reach"):
        commas = tuple(text.replace(".", ",").replace("-", "\N{MINUS SIGN}") for text in right)
        assert judged(own, commas) == judged(own, right)
    nothing = judged(own, (" ",) * field_count(own))
    assert (nothing.share, nothing.sentences) == (0.0, ("There is no answer.",))
    other = judged(own, (*right, "1"))
    assert other.share == 0.0
    assert "fields" in other.sentences[0]


@every(
    ("text", "kind"), product(["x", "nan", "1e999", "{", "[[", "=1+1", "\x00", "9" * 3000, "-1", "0"], KINDS)
)
def test_whatever_is_typed_is_judged_with_a_sentence(kind, text):
    own = task(kind)
    result = judged(own, (text,) * field_count(own))
    assert result.sentences
    assert all("\n" not in one for one in result.sentences)
    assert result.share is None or result.share < 1.0
    assert result.mistake or result.share is None  # the table of marks names one, too


def test_values_with_too_few_decimals_do_not_count():
    own = task("check_work")
    right = right_fields(own)
    first = tuple(f"{float(text):.2f}" for text in right[:2])
    result = judged(own, (*first, *right[2:]))
    assert result.share == 0.5
    assert "The values of step 1 have fewer than 5 decimals" in result.sentences[-1]
    lacking = judged(own, ("", *right[1:]))
    assert lacking.share == 0.5
    assert lacking.sentences[-1] == "Some values of step 1 are missing."


def test_a_single_slip_of_arithmetic_costs_its_step_alone():
    own = task("check_work", steps=4)
    points, start = data(own)
    w, b = descent(points, start, 1)[1].p
    later = descent(points, (w + 0.25, b), 3)
    values = [value for row in later for value in row.p]
    result = judged(own, tuple(f"{value:.5f}" for value in values))
    assert result.share == 0.75
    assert "arithmetic" in result.mistake


@every(
    ("kind", "settings"),
    [
        ("gd", {}),
        ("momentum", {"gamma": 0.9}),
        ("adam", {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
    ],
)
def test_a_loss_is_reached_where_a_plain_loop_reaches_it(kind, settings):
    own = task("reach", evaluations=40)
    points, start = data(own)
    run = own.stop.experiment.runs[own.stop.selected]
    changed = replace(run, optimizer=RULES[kind](eta=2.0))
    losses = [row.loss for row in descent(points, start, 40, kind, eta=2.0, **settings)]
    reached = next((step for step, value in enumerate(losses) if value <= 0.01), None)
    result = judged(own, (reach_field(changed),))
    assert result.share == (1.0 if reached is not None else 0.0)
    if reached is not None:
        assert f"after step {reached}, with {reached} of 40 evaluations" in result.sentences[0]
        short = task("reach", evaluations=reached - 1)
        assert judged(short, (reach_field(changed),)).share == 0.0


def test_a_run_has_to_begin_where_the_task_begins_and_searches_pay_for_their_tries():
    own = task("reach")
    run = own.stop.experiment.runs[own.stop.selected]
    moved = replace(run, start=(0.0, 0.0))
    assert "The run starts at (0, 0)" in judged(own, (reach_field(moved),)).mistake
    searched = replace(run, search=SEARCHES["armijo"](), optimizer=RULES["gd"](eta=64.0))
    found = judged(own, (reach_field(searched),)).sentences[-1]
    few = judged(task("reach", evaluations=2), (reach_field(searched),))
    assert few.share == 0.0
    assert "evaluations" in found


def test_a_run_that_stops_before_the_evaluations_are_spent_is_not_called_slow():
    own = task("reach")
    run = own.stop.experiment.runs[own.stop.selected]
    stuck = replace(run, optimizer=SECOND_ORDER_RULES["newton"](), search=SEARCHES["armijo"]())
    result = judged(own, (reach_field(stuck),))
    assert result.share == 0.0
    assert result.mistake.startswith("Stopped after 0 steps: the direction leads uphill there")


def test_a_run_that_only_rises_is_not_said_to_have_been_lower():
    own = task("reach")
    run = own.stop.experiment.runs[own.stop.selected]
    result = judged(own, (reach_field(replace(run, optimizer=SECOND_ORDER_RULES["newton"]())),))
    assert result.share == 0.0
    assert ", at step 0; " in result.sentences[1]
    assert result.mistake == (
        "Its loss never falls below that at the start: its steps are too long, or lead uphill."
    )


def test_a_run_that_stands_still_is_not_said_to_have_been_lower():
    own = task("reach")
    run = own.stop.experiment.runs[own.stop.selected]
    result = judged(own, (reach_field(replace(run, optimizer=RULES["gd"](eta=1e-30))),))
    assert result.mistake == "Its loss stays the same: no step is large enough to change it."


def test_where_a_run_ends_early_nobody_could_have_told():
    own = task("predict")
    experiment, index = own.stop.experiment, own.stop.selected
    runs = list(experiment.runs)
    runs[index] = replace(runs[index], optimizer=SECOND_ORDER_RULES["gauss-newton"](), epochs=300)
    own = replace(own, stop=replace(own.stop, experiment=replace(experiment, runs=tuple(runs))))
    result = judged(own, ("1", "1"))
    assert result.share is None
    assert result.sentences[0].startswith("The run ends before that step")


def one_step_by(optimizer):
    own = task("predict", ahead=1)
    run = replace(own.run, optimizer=optimizer)
    return replace(
        own, stop=replace(own.stop, experiment=replace(own.stop.experiment, runs=(run,)), selected=0)
    )


@pytest.mark.parametrize("rule", ["newton", "damped-newton"])
def test_nothing_that_is_remembered_was_left_out_where_nothing_is(rule):
    own = one_step_by(SECOND_ORDER_RULES[rule]())
    record, _ = run_to_end(first_columns(own.stop.experiment, own.run, own.here + 1))
    w, b = record.p[-2] - record.eta[-1] * record.gradient[-1]
    found = judged(own, (repr(float(w)), repr(float(b))))
    assert found.share == 0.0
    assert (
        found.mistake == "This is the step of plain gradient descent, −η·∇; the rule makes a different one."
    )
    remembering = one_step_by(RULES["momentum"]())
    points, start = data(remembering)
    w, b = descent(points, start, remembering.here, "momentum", gamma=0.9)[-1].p
    dw, db = gradient(points, (w, b))
    assert (
        "memory of the rule was left out" in judged(remembering, (f"{w - dw:.6f}", f"{b - db:.6f}")).mistake
    )


def test_over_very_many_points_the_loss_at_the_end_of_the_evaluations_counts():
    """There a loss is computed at some of the steps only."""
    x = np.linspace(-3.0, 3.0, 9000)
    points = PointSet(x, 1.0 / (1.0 + np.exp(1.0 - 2.0 * x)))
    own = task("reach", evaluations=59, loss=1e-9)
    run = replace(own.run, batching=MINI_BATCH(size=4), optimizer=RULES["gd"](eta=0.01))
    experiment = replace(own.stop.experiment, points=points, validation=PointSet.empty(), runs=(run,))
    own = replace(own, stop=replace(own.stop, experiment=experiment, selected=0))
    record = run_to_end(first_steps(experiment, run, 59)).whole
    losses = experiment.training.loss(record.p)
    assert np.isnan(record.loss[59])
    assert (np.diff(losses) < 0.0).all()
    assert "still falling" in judged(own, (reach_field(run),)).mistake
    target = float(losses[58:60].mean())
    own = replace(own, stop=replace(own.stop, task=own.task.replace(loss=target)))
    assert judged(own, (reach_field(run),)).share == 1.0


def test_a_small_rate_whose_loss_rises_again_is_not_said_to_fall_too_slowly():
    """Steps of one length go from side to side of the lowest place; at 1 one of them leads there."""
    own = task("find_rate", steps=4)
    run = replace(own.run, optimizer=RULES["lion"](beta1=0.0, beta2=0.0), start=(1.0, 0.0))
    experiment = replace(
        own.stop.experiment,
        points=PointSet([0.0], [0.0]),
        validation=PointSet.empty(),
        objective=FunctionObjective("w**2"),
        runs=(run,),
    )
    own = replace(own, stop=replace(own.stop, experiment=experiment, selected=0))
    found = judged(own, ("0.8",))  # 1, 0.2, -0.6, 0.2, -0.6
    assert found.share == 0.0
    assert found.mistake == "At this rate the loss was lower before the end: it goes up and down."
    assert judged(own, ("0.01",)).mistake == "This rate is too small: the loss falls too slowly."


def test_words_are_counted_as_a_person_counts_them():
    assert word_count("two words - and, that's it!") == 5
    assert word_count("… — !") == 0


def test_a_sheet_is_the_same_whatever_its_words_are():
    one = sheet().lesson
    told = replace(one, title="Other", stops=tuple(replace(stop, title="Other") for stop in one.stops))
    assert TaskSheet(told).id == sheet().id
    harder = replace(one.stops[3], task=one.stops[3].task.replace(level=5))
    assert TaskSheet(replace(one, stops=(*one.stops[:3], harder, *one.stops[4:]))).id != sheet().id
