"""The arrows of an update are its numbers: they are compared with plain arithmetic."""

from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.analysis.arrows import ArrowKind, arrows, is_raw, kinds_of, pull_rate, rate_ellipse
from gdsim.core.analysis.update import update_of
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from tests.core.other_rules import OTHER_RULES, rule_of
from tests.core.records import LECTURE, columns_of
from tests.every import every

ADAPTIVE = [name for name in LECTURE if RULES[name]().update_rule.has_own_rates]


def update_at(optimizer, t, dimension=1):
    """Return an update of a run over mini-batches of some points."""
    rng = np.random.default_rng(5)
    points = PointSet(rng.normal(size=(9, dimension)), rng.uniform(size=9))
    start = tuple(rng.normal(size=dimension + 1).tolist())
    run = Run(optimizer=optimizer, batching=MINI_BATCH(size=4, shuffle=True), start=start, epochs=12)
    experiment = Experiment(points, PointSet.empty(dimension), (run,))
    return update_of(experiment, run, columns_of(run, points), t)


def by_kind(update, *, ghost=False):
    return {arrow.kind: arrow for arrow in arrows(update) if arrow.ghost == ghost}


def plane(values):
    return np.asarray(values)[[0, -1]]


@every("dimension", [1, 3])
@every("rule", RULES)
def test_the_step_leads_from_where_the_run_is_to_where_it_goes_next(rule, dimension):
    update = update_at(RULES[rule](), 7, dimension)
    step = by_kind(update)[ArrowKind.STEP]
    np.testing.assert_array_equal(step.start, plane(update.before))
    np.testing.assert_array_equal(step.end, plane(update.after))


@every("dimension", [1, 3])
@every("rule", RULES)
def test_every_arrow_shows_a_kind_and_a_part_that_the_rule_has(rule, dimension):
    optimizer = RULES[rule]()
    drawn = arrows(update_at(optimizer, 7, dimension))
    kinds = {arrow.kind for arrow in drawn}
    assert kinds == set(kinds_of(optimizer.update_rule)) - {ArrowKind.RATES, ArrowKind.UPHILL}
    assert {arrow.part for arrow in drawn} <= set(optimizer.update_rule.parts)
    assert all(arrow.start.shape == arrow.end.shape == (2,) for arrow in drawn)
    raw = is_raw(optimizer.update_rule)
    steps = ArrowKind.STEP, ArrowKind.LOOK
    assert all(arrow.raw == (raw and arrow.kind not in steps) for arrow in drawn)


def test_a_velocity_that_is_added_has_the_arrows_of_one_that_is_subtracted():
    look = "look = w {} 0.9*m\ng = grad(look)\n"
    for before, after in (("", ""), (look.format("-"), look.format("+"))):
        one = update_at(rule_of(before + "m_t = 0.9*m + eta*g\nw_next = w - m_t")(), 7)
        other = update_at(rule_of(after + "m_t = 0.9*m - eta*g\nw_next = w + m_t")(), 7)
        assert kinds_of(one.rule) == kinds_of(other.rule)
        for arrow, same in zip(arrows(one), arrows(other), strict=True):
            assert arrow.kind is same.kind
            np.testing.assert_allclose([arrow.start, arrow.end], [same.start, same.end], rtol=1e-9)


def test_the_pull_of_plain_descent_is_the_step():
    update = update_at(RULES["gd"](eta=0.7), 7)
    pull = by_kind(update)[ArrowKind.GRADIENT]
    assert not is_raw(update.rule)
    np.testing.assert_array_equal(pull.start, update.before)
    np.testing.assert_allclose(pull.vector, -0.7 * update.gradient, rtol=1e-12)
    np.testing.assert_array_equal(pull.end, update.after)


def test_pull_and_what_is_carried_on_add_up_to_the_step_of_momentum():
    update = update_at(RULES["momentum"](eta=0.7, gamma=0.8), 7)
    drawn, ghosts = by_kind(update), by_kind(update, ghost=True)
    carried, pull = drawn[ArrowKind.CARRIED], drawn[ArrowKind.GRADIENT]
    np.testing.assert_allclose(carried.vector, -0.8 * update.state_before[0], rtol=1e-12)
    np.testing.assert_allclose(pull.vector, -0.7 * update.gradient, rtol=1e-12)
    np.testing.assert_allclose(carried.vector + pull.vector, drawn[ArrowKind.STEP].vector, rtol=1e-12)
    again = ghosts[ArrowKind.GRADIENT]
    np.testing.assert_array_equal(again.start, carried.end)
    np.testing.assert_array_equal(again.end, update.after)
    np.testing.assert_allclose(again.vector, pull.vector, rtol=1e-9)


def test_nesterov_goes_half_a_step_looks_there_and_corrects():
    update = update_at(RULES["nesterov"](eta=0.7, gamma=0.8), 7)
    drawn, ghosts = by_kind(update), by_kind(update, ghost=True)
    look = update.before - 0.8 * update.state_before[0]
    half, pull, correction = (
        drawn[kind] for kind in (ArrowKind.CARRIED, ArrowKind.GRADIENT, ArrowKind.CORRECTION)
    )
    np.testing.assert_allclose(half.end, look, rtol=1e-12)
    np.testing.assert_array_equal(pull.start, half.end)
    np.testing.assert_allclose(pull.vector, -0.7 * update.gradient, rtol=1e-9)
    np.testing.assert_array_equal(pull.end, update.after)
    # Plain momentum, by its formula.
    neuron = Neuron.fitting(update.points).rows(update.rows)
    plain = update.before - (0.8 * update.state_before[0] + 0.7 * neuron.gradient(update.before))
    np.testing.assert_allclose(ghosts[ArrowKind.PLAIN].end, plain, rtol=1e-12)
    np.testing.assert_array_equal(correction.start, ghosts[ArrowKind.PLAIN].end)
    np.testing.assert_array_equal(correction.end, update.after)
    wanted = -0.7 * (neuron.gradient(look) - neuron.gradient(update.before))
    np.testing.assert_allclose(correction.vector, wanted, rtol=1e-9)


def test_where_nothing_is_carried_on_there_is_nothing_to_compare():
    for rule in ("momentum", "nesterov"):
        assert {arrow.kind for arrow in arrows(update_at(RULES[rule](), 1))} == {
            ArrowKind.GRADIENT,
            ArrowKind.STEP,
        }


def test_of_very_many_points_the_gradient_is_not_asked_once_more(monkeypatch):
    monkeypatch.setattr("gdsim.core.analysis.arrows._MOST_POINTS", 3)
    kinds = {arrow.kind for arrow in arrows(update_at(RULES["nesterov"](), 7))}
    assert kinds == {ArrowKind.CARRIED, ArrowKind.GRADIENT, ArrowKind.STEP}


@every("dimension", [1, 3])
@every("rule", ADAPTIVE)
def test_adaptive_rules_show_the_gradient_as_it_is(rule, dimension):
    update = update_at(RULES[rule](), 7, dimension)
    np.testing.assert_allclose(by_kind(update)[ArrowKind.GRADIENT].vector, -plane(update.gradient), rtol=1e-9)


@pytest.mark.parametrize("corrected", [True, False])
def test_adam_shows_the_average_it_steps_along(corrected):
    update = update_at(RULES["adam"](beta1=0.8, bias_correction=corrected), 3)
    m = update.at("m_t")
    wanted = m / (1 - 0.8**3) if corrected else m
    np.testing.assert_allclose(by_kind(update)[ArrowKind.AVERAGE].vector, -wanted, rtol=1e-9)


def rates_of(rule, update):
    """Return the rates from the lecture's formulas."""
    v, eps = update.at("v_t"), 1e-8
    if rule == "no root":
        return 0.1 / (v + eps)
    if rule == "adam":
        v = v / (1 - 0.999**update.t)
    return 0.1 / np.sqrt(v + eps)


@every("dimension", [1, 3])
@every("rule", [*ADAPTIVE, "no root"])
def test_the_rates_are_those_of_the_formula_and_the_step_ends_on_their_ellipse(rule, dimension):
    optimizer = RULES["adagrad"](root=False) if rule == "no root" else RULES[rule]()
    update = update_at(optimizer, 7, dimension)
    ellipse = rate_ellipse(update)
    np.testing.assert_array_equal(ellipse.center, plane(update.before))
    np.testing.assert_allclose(ellipse.rates, plane(rates_of(rule, update)), rtol=1e-12)
    shares = (plane(update.after) - ellipse.center) / ellipse.radii
    assert np.sum(shares**2) == pytest.approx(1.0, rel=1e-9)
    assert ellipse.radii[0] / ellipse.radii[1] == pytest.approx(ellipse.rates[0] / ellipse.rates[1])


@every("rule", ["gd", "momentum", "nesterov"])
def test_one_rate_for_all_parameters_is_no_ellipse(rule):
    assert rate_ellipse(update_at(RULES[rule](), 7)) is None


@every("rule", [one for one in OTHER_RULES if "0*g" not in one.lines], ids=str)
def test_the_arrows_of_any_rule_are_what_they_are_called(rule):
    update = update_at(rule(), 7)
    drawn = by_kind(update)
    assert drawn.keys() <= set(kinds_of(update.rule))
    assert {arrow.part for arrow in arrows(update)} <= set(update.rule.parts)
    pull, step = drawn[ArrowKind.GRADIENT], drawn.get(ArrowKind.STEP)
    np.testing.assert_allclose(pull.start, update.gradient_place)
    np.testing.assert_allclose(pull.vector, -pull_rate(update) * update.gradient, rtol=1e-9)
    assert pull.raw == is_raw(update.rule)
    if ArrowKind.CARRIED in drawn:
        np.testing.assert_allclose(drawn[ArrowKind.CARRIED].vector + pull.vector, step.vector, rtol=1e-9)
    elif not pull.raw and update.rule.other_terms is None:
        np.testing.assert_allclose(pull.vector, step.vector, rtol=1e-9)


def test_a_look_ahead_elsewhere_than_the_velocity_leads_is_not_drawn_as_nesterov_s():
    half = rule_of("look = w - 0.5*v\ng = grad(look)\nv_t = beta*v + eta*g\nw_next = w - v_t")
    update = update_at(half(), 7)
    drawn = by_kind(update)
    assert drawn.keys() == {ArrowKind.LOOK, ArrowKind.CARRIED, ArrowKind.GRADIENT, ArrowKind.STEP}
    np.testing.assert_allclose(drawn[ArrowKind.CARRIED].vector, -0.7 * update.state_before[0], rtol=1e-9)
    np.testing.assert_allclose(drawn[ArrowKind.LOOK].vector, -0.5 * update.state_before[0], rtol=1e-9)
    np.testing.assert_array_equal(drawn[ArrowKind.GRADIENT].start, update.gradient_place)


@pytest.mark.parametrize("dimension", [1, 3])
def test_sam_looks_uphill_by_its_radius(dimension):
    update = update_at(RULES["sam"](eta=0.7, rho=0.25), 7, dimension)
    g = Neuron.fitting(update.points).rows(update.rows).gradient(update.before)
    place = update.before + 0.25 * g / np.sqrt((g**2).sum())
    look, pull = (by_kind(update)[kind] for kind in (ArrowKind.LOOK, ArrowKind.GRADIENT))
    np.testing.assert_array_equal(look.start, plane(update.before))
    np.testing.assert_allclose(look.end, plane(place), rtol=1e-12)
    np.testing.assert_array_equal(pull.start, look.end)
    there = Neuron.fitting(update.points).rows(update.rows).gradient(place)
    np.testing.assert_allclose(pull.vector, -0.7 * plane(there), rtol=1e-9)
    assert (look.part, pull.part) == ("look", "gradient2")


def test_schedule_free_looks_between_the_average_and_the_fast_place():
    update = update_at(RULES["schedule-free"](eta=0.7, beta=0.6), 7)
    (z,) = update.state_before
    look, pull = (by_kind(update)[kind] for kind in (ArrowKind.LOOK, ArrowKind.GRADIENT))
    np.testing.assert_allclose(look.end, 0.4 * z + 0.6 * update.before, rtol=1e-12)
    np.testing.assert_array_equal(pull.start, look.end)
    np.testing.assert_allclose(pull.vector, -update.gradient, rtol=1e-9)


def test_a_place_that_is_remembered_is_looked_at_as_well():
    drawn = by_kind(update_at(rule_of("g = grad(u)\nw_next = w - eta*g\nu_t = w")(), 7))
    assert drawn[ArrowKind.LOOK].part == "gradient"
    np.testing.assert_array_equal(drawn[ArrowKind.GRADIENT].start, drawn[ArrowKind.LOOK].end)


def test_an_arrow_belongs_to_the_part_of_its_line():
    twice = rule_of("half = w - 0.5*eta*g\ng2 = grad(half)\nw_next = w - eta*g2")
    drawn = by_kind(update_at(twice(), 7))
    assert drawn[ArrowKind.GRADIENT].part == "gradient2"


@every("value", [np.nan, np.inf, -np.inf, 1.7e308])
@every("rule", RULES)
def test_what_is_no_number_is_left_out(rule, value):
    update = update_at(RULES[rule](), 7)
    off = np.array([value, -value])
    for broken in (
        replace(update, after=off),
        replace(update, gradient=off, state_before=np.full_like(update.state_before, value)),
        replace(update, before=off),
    ):
        assert all(np.isfinite([arrow.start, arrow.end, arrow.vector]).all() for arrow in arrows(broken))
        ellipse = rate_ellipse(broken)
        assert ellipse is None or np.isfinite(ellipse.radii).all()
