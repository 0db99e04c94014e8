"""Searches and second-order methods, against inequalities and steps that are computed here on their own."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from gdsim.core.arrays import Array
from gdsim.core.engine.directions import known_at_first
from gdsim.core.engine.line_search import step_length
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.search_loop import SearchLoop, tries_of
from gdsim.core.engine.trajectory import StopReason, Trajectory
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.model.search_checks import remembered_words
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import MULTIPLES, SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.settings import InvalidValue
from tests.core.model.plain_losses import PlainLoss
from tests.every import WHOLE, every

VALLEY = PointSet([1.3, 2.4], [0.15, 0.9])
PLAIN = PlainLoss(VALLEY)
BOOTH = "(w + 2*b - 7)**2 + (2*w + b - 5)**2"
FEW = 10_000 if WHOLE else 3000
SEARCHING = ("list", "exact", "armijo", "wolfe", "polyak")


def computed(run: Run, function: str = "", steps: int = 1000) -> Trajectory:
    experiment = document(run, function)
    return run_to_end(first_steps(experiment, experiment.runs[0], steps))


def document(run: Run, function: str = "") -> Experiment:
    if function:
        objective = FunctionObjective(function)
        return Experiment(PointSet([0.0], [0.0]), PointSet.empty(), (run,), objective=objective)
    return Experiment(VALLEY, PointSet.empty(), (run,))


def states(count: int) -> Iterator[Array]:
    rng = np.random.default_rng(7)
    return iter(rng.uniform((-6.0, -14.0), (10.0, 8.0), (count, 2)))


def check_accepted(search: str, count: int) -> int:
    """Check the inequality of a search at random states; return how many steps were accepted."""
    accepted = 0
    data = document(Run()).training
    kind = SEARCHES[search]()
    run = Run(RULES["gd"](eta=5.0), search=kind)
    for p in states(count):
        gradient = PLAIN.gradient(p)
        slope, here = -float(gradient @ gradient), PLAIN.loss(p)
        line, t = tries_of(run, data, p, -gradient)
        if t is None:
            continue
        accepted += 1
        end = p - t * gradient
        there, flat = PLAIN.loss(end), -float(PLAIN.gradient(end) @ gradient)
        room = 1e-14 * here
        assert t > 0.0
        match search:
            case "list":
                losses = [PLAIN.loss(p - 5.0 * multiple * gradient) for multiple in MULTIPLES]
                assert there <= min(losses) + room
            case "exact":
                assert there <= here + room
                assert t == kind.number("most") or abs(flat) <= 1e-9 * -slope or math.isclose(there, here)
            case "armijo":
                assert there <= here + 1e-4 * t * slope + room
                assert math.log2(5.0 / t) == round(math.log2(5.0 / t))
            case "wolfe":
                assert there <= here + 1e-4 * t * slope + room
                assert abs(flat) <= 0.9 * -slope * (1.0 + 1e-9)
            case "polyak":
                assert math.isclose(t, min(5.0, here / -slope), rel_tol=1e-9)
        assert len({one.t for one in line.tries}) == len(line.tries)
    return accepted


@every("search", SEARCHING)
def test_every_accepted_step_fulfils_its_inequality(search: str) -> None:
    assert check_accepted(search, FEW // len(SEARCHING)) > 0.9 * FEW / len(SEARCHING)


@every("search", SEARCHING)
def test_a_loss_is_counted_at_every_place_where_a_search_looks_at_it(search: str) -> None:
    run = Run(RULES["gd"](), search=SEARCHES[search](), epochs=30, start=(0.0, 6.0))
    record, data, looked = computed(run).whole, document(run).training, set[tuple[float, ...]]()
    for p, g, asked in zip(record.p[:-1], record.gradient[1:], record.cost[1:, 1], strict=True):
        line, _ = tries_of(run, data, p, -g)
        looked |= {line.place(one.t) for one in line.tries}
        if search != "list":
            looked.add(line.place(0.0))
        assert asked == len(looked)


@every("kappa", [3.0, 10.0, 100.0, 1e4])
@every("start", [(1.0, 1.0), (-3.0, 0.2)])
def test_conjugate_gradient_ends_on_a_parabola_in_two_exact_steps(
    kappa: float, start: tuple[float, float]
) -> None:
    run = Run(SECOND_ORDER_RULES["conjugate-gradient"](), search=SEARCHES["exact"](), start=start)
    record = computed(run, f"(w**2 + {kappa}*b**2) / 2").whole
    assert np.abs(record.p[2]).max() < 1e-10
    assert np.abs(record.p[1]).max() > 1e-3


@every("kappa", [3.0, 10.0, 100.0])
def test_bfgs_goes_the_way_of_conjugate_gradient_on_a_parabola(kappa: float) -> None:
    paths = [
        computed(
            Run(SECOND_ORDER_RULES[rule](), search=SEARCHES["exact"](), start=(-3.0, 0.7)),
            f"(w**2 + {kappa}*b**2) / 2",
        ).whole.p[:3]
        for rule in ("bfgs", "conjugate-gradient")
    ]
    assert np.abs(paths[0] - paths[1]).max() < 1e-8


@every("start", [(-5.68, -12.2), (9.15, 7.16), (-4.96, -12.85)])
@every("c2", [0.1, 0.9])
def test_strong_wolfe_finds_its_way_on_a_plateau(start: tuple[float, float], c2: float) -> None:
    """A short step changes the loss there by less than it is rounded; a long one does lower it."""
    run = Run(SECOND_ORDER_RULES["conjugate-gradient"](), search=SEARCHES["wolfe"](c2=c2), start=start)
    assert np.linalg.norm(PLAIN.gradient(np.array(start))) < 1e-7
    assert computed(run).whole.loss[-1] < 1e-20


def test_a_level_surface_is_told_from_a_step_that_is_not_found() -> None:
    level = computed(Run(search=SEARCHES["wolfe"](), start=(400.0, -900.0)))
    assert level.stop is not None
    assert level.stop.sentence == (
        "Stopped after 0 steps: the slope along the direction is 0 there, so a search finds no way down."
    )
    found = computed(Run(SECOND_ORDER_RULES["bfgs"](), search=SEARCHES["wolfe"](), start=(3.0, -5.0)))
    assert found.stop is not None
    assert found.stop.reason is StopReason.NO_STEP
    assert found.whole.loss[-1] < 1e-30


def test_bfgs_begins_anew_where_its_direction_would_climb() -> None:
    """From this plateau a step is so long that B is no longer positive, by rounding alone."""
    run = Run(SECOND_ORDER_RULES["bfgs"](), search=SEARCHES["wolfe"](), start=(9.154492629, 7.158208464))
    record = computed(run).whole
    assert record.loss[-1] < 1e-20
    slopes = (record.gradient[1:] * record.direction[1:]).sum(axis=1)
    assert (slopes < 0.0).all()
    assert any(np.array_equal(d, -g) for d, g in zip(record.direction[2:], record.gradient[2:], strict=True))


def test_newton_solves_booth_in_one_step() -> None:
    record = computed(Run(SECOND_ORDER_RULES["newton"](), start=(4.0, -3.0)), BOOTH, 1).whole
    np.testing.assert_allclose(record.p[1], [1.0, 3.0], atol=1e-12)
    assert record.cost[1].tolist() == [1.0, 0.0, 1.0]


@every("start", [(0.0, 6.0), (-2.0, -2.0), (3.0, -5.0)])
def test_levenberg_marquardt_solves_the_valley(start: tuple[float, float]) -> None:
    record = computed(Run(SECOND_ORDER_RULES["levenberg-marquardt"](), start=start), "", 20).whole
    assert (record.loss < 1e-15).any()
    assert (np.diff(record.loss) < 0.0).all()
    # Each solve is tried by one loss; another one is asked for where the run begins.
    assert (record.cost[1:, 1] == record.cost[1:, 2] + 1.0).all()


@pytest.mark.parametrize("start", [(0.0, 6.0), (-2.0, -2.0)])
def test_newton_goes_uphill_where_the_curvature_is_negative(start: tuple[float, float]) -> None:
    plain = computed(Run(SECOND_ORDER_RULES["newton"](), start=start), "", 1).whole
    assert float(PLAIN.gradient(np.array(start)) @ plain.direction[1]) > 0.0
    np.testing.assert_allclose(plain.gradient[1], PLAIN.gradient(np.array(start)), rtol=1e-12)
    searched = computed(Run(SECOND_ORDER_RULES["newton"](), search=SEARCHES["armijo"](), start=start))
    assert searched.stop is not None
    assert searched.stop.reason is StopReason.CLIMBS
    assert len(searched) == 1


@every("rule", ["newton", "damped-newton", "saddle-free-newton", "gauss-newton"])
def test_directions_solve_their_equations(rule: str) -> None:
    run = Run(SECOND_ORDER_RULES[rule](), start=(3.0, -5.0))
    record = computed(run, "", 3).whole
    for before, gradient, direction in zip(
        record.p[:3], record.gradient[1:], record.direction[1:], strict=True
    ):
        matrix = np.zeros((2, 2))
        for x, y in ((1.3, 0.15), (2.4, 0.9)):
            f = 1.0 / (1.0 + math.exp(-(before[0] * x + before[1])))
            s = f * (1.0 - f)
            bend = s * s if rule == "gauss-newton" else s * s + (f - y) * s * (1.0 - 2.0 * f)
            matrix += bend * np.outer([x, 1.0], [x, 1.0])
        if rule == "damped-newton":
            matrix += 0.1 * np.eye(2)
        if rule == "saddle-free-newton":
            values, vectors = np.linalg.eigh(matrix)
            matrix = vectors @ np.diag(np.abs(values)) @ vectors.T
        np.testing.assert_allclose(matrix @ direction, -gradient, rtol=1e-8, atol=1e-14)


@every("rule", SECOND_ORDER_RULES)
def test_what_a_method_remembers_is_told_of_those_that_remember_something(rule: str) -> None:
    optimizer = SECOND_ORDER_RULES[rule]()
    assert bool(remembered_words(optimizer)) == (known_at_first(optimizer, 2) is not None)


def test_a_run_that_finds_no_step_says_why() -> None:
    """That the loss is the same all along a direction is said only where losses were compared."""
    for search, settings, function, start, reason in (
        ("polyak", {"lowest": 0.5}, "w**2 + b**2", (0.1, 0.2), StopReason.REACHED),
        ("polyak", {"lowest": 0.5}, "w**2 + b**2", (3.0, 2.0), StopReason.REACHED),
        ("armijo", {}, "w**2 + b**2", (0.0, 0.0), StopReason.NO_SLOPE),
        ("exact", {}, "(w + 2*b - 7)**2 + (2*w + b - 5)**2", (0.3, 0.7), StopReason.FLAT),
        ("armijo", {}, "1 + 1e-20*w", (1.0, 1.0), StopReason.NO_STEP),  # no step moves anything
        *(
            (search, {}, function, start, StopReason.UNDEFINED)
            for function, start in (("log(w) + b**2", (-1.0, 1.0)), ("sqrt(w) + b**2", (-1.0, 1.0)))
            for search in ("armijo", "exact", "wolfe", "polyak")
        ),
        ("armijo", {}, "1/w + b**2", (0.0, 1.0), StopReason.UNDEFINED),
        ("exact", {}, "1/(w - w)", (0.0, 1.0), StopReason.UNDEFINED),
    ):
        run = Run(RULES["gd"](eta=0.25), search=SEARCHES[search](**settings), start=start)
        made = computed(run, function)
        assert made.stop is not None
        assert made.stop.reason is reason, (search, function, start, made.stop.sentence)


def test_newton_s_method_stops_where_the_curvature_is_singular_or_undefined() -> None:
    for function in ("w**2", "1/w + b**2"):
        made = computed(Run(SECOND_ORDER_RULES["newton"](), start=(0.0, 3.0)), function)
        assert made.stop is not None
        assert "curvature is singular or undefined there" in made.stop.sentence


def test_fixed_gradient_descent_is_the_plain_loop() -> None:
    """A search that accepts η at once makes the same steps as none."""
    plain = computed(Run(start=(0.0, 6.0)), "", 50).whole
    searched = computed(Run(search=SEARCHES["armijo"](), start=(0.0, 6.0)), "", 50).whole
    np.testing.assert_array_equal(plain.p, searched.p)
    np.testing.assert_array_equal(plain.loss, searched.loss)
    assert searched.cost[50].tolist() == [50.0, 51.0, 0.0]
    assert plain.cost.shape == (51, 0)


@every("rule", SECOND_ORDER_RULES)
@every("search", ["fixed", "wolfe"])
def test_an_unchanged_fork_goes_the_way_of_its_parent(rule: str, search: str) -> None:
    if rule == "levenberg-marquardt" and search != "fixed":
        return
    parent = Run(SECOND_ORDER_RULES[rule](), search=SEARCHES[search](), start=(3.0, -5.0), epochs=8)
    fork = Run(parent.optimizer, search=parent.search, epochs=8, fork=Fork(parent, 3), name="fork")
    whole, left = computed(parent), computed(fork)
    np.testing.assert_array_equal(whole.whole.p[3:], left.whole.p)
    if whole.stop and left.stop:
        assert whole.stop.reason is left.stop.reason


def test_rates_are_recorded_and_lead_from_row_to_row() -> None:
    for rule, search in (("gd", "exact"), ("bfgs", "wolfe"), ("newton", "list")):
        optimizer = (RULES | SECOND_ORDER_RULES)[rule]()
        record = computed(Run(optimizer, search=SEARCHES[search](), start=(3.0, -5.0)), "", 6).whole
        direction = record.direction if rule != "gd" else -record.gradient
        steps = record.eta[1:, np.newaxis] * direction[1:]
        np.testing.assert_allclose(record.p[:-1] + steps, record.p[1:], rtol=1e-15, atol=1e-15)
        assert (np.diff(record.cost, axis=0)[:, 0] >= 0.0).all()


@every(
    ("fields", "key"),
    [
        ({"optimizer": RULES["momentum"](), "search": SEARCHES["exact"]()}, "search"),
        ({"optimizer": SECOND_ORDER_RULES["levenberg-marquardt"](), "search": SEARCHES["wolfe"]()}, "search"),
        ({"search": SEARCHES["wolfe"](c1=0.5, c2=0.1)}, "search"),
    ],
)
def test_what_does_not_combine_is_refused(fields: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidValue) as fault:
        Run(**fields)
    assert fault.value.key == key


def test_gauss_newton_needs_points() -> None:
    with pytest.raises(InvalidValue, match="sum over points"):
        document(Run(SECOND_ORDER_RULES["gauss-newton"](), start=(1.0, 1.0)), BOOTH)


def test_a_search_stays_finite_where_steps_overflow() -> None:
    data = document(Run()).training
    line, t = tries_of(
        Run(RULES["gd"](eta=1e90), search=SEARCHES["armijo"]()),
        data,
        np.array([3.0, -5.0]),
        np.array([1.0, 1.0]),
    )
    assert t is None or math.isfinite(line.sums_at(t)[0])
    assert step_length(SEARCHES["fixed"](), 2.0, line, {}) == 2.0


@every(
    ("place", "times"),
    [
        ((28.5226209, -38.8140083), 1.0),  # where neighbouring places are all that differs
        ((8.0, 6.0), 1e6),  # with a far end on a plateau
    ],
)
def test_an_exact_search_takes_few_tries(place: tuple[float, float], times: float) -> None:
    p = np.array(place)
    direction = -times * PLAIN.gradient(p)
    run = Run(RULES["gd"](eta=300.0 if times > 1.0 else 1.0), search=SEARCHES["exact"](most=1e6))
    line, t = tries_of(run, document(run).training, p, direction)
    assert t is not None
    assert len(line.tries) < 30
    first, last = line.first, line.tries[-1]
    assert abs(last.slope) <= 1e-3 * abs(first.slope)
    assert last.loss <= first.loss


@every(
    ("rule", "search", "pauses"),
    [("gd", "exact", 20), ("gd", "wolfe", 3), ("levenberg-marquardt", "fixed", 3), ("newton", "list", 15)],
)
def test_a_run_that_pauses_after_each_try_is_the_same(rule: str, search: str, pauses: int) -> None:
    """Over many points a single update takes long, and Stop is heard within it."""
    optimizer = (RULES | SECOND_ORDER_RULES)[rule]()
    run = Run(optimizer, search=SEARCHES[search](), start=(2.0, -3.0), epochs=3)
    whole, pausing = (SearchLoop(run, document(run).training) for _ in range(2))
    heard = 0
    while pausing.done < 3:
        heard += pausing.update(until=-math.inf) is None
    for _ in range(3):
        whole.update()
    assert (pausing.p, pausing.cost) == (whole.p, whole.cost)
    assert heard >= pauses
