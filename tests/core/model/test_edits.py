import statistics
import tracemalloc
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gdsim.core.model import edits, forks
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.edits import overwrite_points
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointsError, PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.standardising import scaling, standardise
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.own_settings import made_setting
from gdsim.core.rules.schedules import CONSTANT, CONSTANT_MOMENTUM, MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.settings import NUMBER
from tests.core.records import scene
from tests.core.strategies import optimizers, point_sets
from tests.every import every

POINTS = PointSet([3.0, 1.0, 2.0], [0.1, 0.2, 0.3])
HELD_OUT = PointSet([5.0, 4.0], [0.5, 0.4])
THREE = Experiment(POINTS, HELD_OUT, (Run(RULES["gd"]()), Run(RULES["momentum"]()), Run(RULES["nesterov"]())))


def recast(old, kind):
    return kind(**edits.changed_values(old, kind))


def test_a_learning_rate_at_its_default_becomes_the_new_default():
    assert recast(RULES["momentum"](), RULES["adam"]) == RULES["adam"]()
    assert recast(RULES["adam"](), RULES["nesterov"]) == RULES["nesterov"]()


def test_what_was_changed_is_kept_where_the_new_kind_knows_it():
    momentum, nesterov = RULES["momentum"], RULES["nesterov"]
    assert recast(momentum(eta=0.3, gamma=0.5), nesterov) == nesterov(eta=0.3, gamma=0.5)
    assert recast(momentum(gamma=0.5), nesterov) == nesterov(gamma=0.5)
    assert recast(momentum(eta=0.3, gamma=0.5), RULES["adam"]) == RULES["adam"](eta=0.3)
    assert recast(STOCHASTIC(shuffle=True), MINI_BATCH) == MINI_BATCH(size=2, shuffle=True)
    assert recast(SCHEDULES["exponential"](k=0.5), SCHEDULES["inverse"]) == SCHEDULES["inverse"](k=0.5)
    assert recast(SCHEDULES["step"](factor=0.1, every=7), CONSTANT) == CONSTANT()


def test_what_has_the_same_letter_and_is_something_else_is_not_kept():
    adadelta, sam = RULES["adadelta"], RULES["sam"]
    for radius in (0.5, 1.0, 7.0):  # of which only the first could be a decay rate
        assert recast(sam(eta=0.3, rho=radius), adadelta) == adadelta(eta=0.3)
    assert recast(adadelta(rho=0.5), sam) == sam()
    mine = own_rule(
        "Mine", "m_t = beta1*m + g\nw_next = w - eta*m_t", [made_setting("beta1", NUMBER, 0.5, 0.0, 9.0)]
    )
    assert recast(mine(eta=0.3, beta1=7.0), RULES["adam"]) == RULES["adam"](eta=0.3)


@given(optimizers(), st.sampled_from(list(RULES.values())))
@example(RULES["sam"](rho=1.0), RULES["adadelta"])
def test_any_rule_becomes_any_other(optimizer, rule):
    new = recast(optimizer, rule)
    assert new.definition is rule
    before = {setting.name: setting for setting in optimizer.definition.settings}
    for setting in rule.settings:
        kept, old = dict(optimizer.items()).get(setting.name, setting.default), before.get(setting.name)
        is_same = old is not None and (old.label == setting.label or old.domain == setting.domain)
        changed = is_same and kept != old.default and setting.domain.takes(kept)
        assert new[setting.name] == (kept if changed or rule is optimizer.definition else setting.default)


def test_a_momentum_schedule_stays_with_momentum_only():
    run = Run(RULES["momentum"](), momentum_schedule=MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.95))
    assert edits.change_optimizer(run, RULES["nesterov"]()).momentum_schedule == MOMENTUM_SCHEDULES[
        "sutskever"
    ](gamma_max=0.95)
    assert edits.change_optimizer(run, RULES["adam"]()).momentum_schedule == CONSTANT_MOMENTUM()


def test_a_run_named_after_its_rule_is_named_after_the_new_one():
    run = edits.change_optimizer(THREE.runs[1], RULES["adam"]())
    assert edits.change_run(THREE, 1, run).runs[1].name == "Adam"
    twin = edits.change_optimizer(THREE.runs[1], RULES["nesterov"]())
    assert edits.change_run(THREE, 1, twin).runs[1].name == "Nesterov 2"


def test_a_copy_named_after_its_rule_is_renamed_too():
    copied = edits.duplicate_run(THREE, 1)
    assert copied.runs[2].name == "Momentum 2"
    changed = edits.change_run(copied, 2, edits.change_optimizer(copied.runs[2], RULES["adam"]()))
    assert changed.runs[2].name == "Adam"


@every(
    ("name", "copies"),
    [
        ("Adam", ["Adam 2", "Adam 3"]),
        ("Adam 4", ["Adam 2", "Adam 3", "Adam 5"]),
        ("B = 2", ["B = 2 (2)", "B = 2 (3)"]),
        ("Momentum, γ = 0.95", ["Momentum, γ = 0.95 (2)", "Momentum, γ = 0.95 (3)"]),
    ],
)
def test_a_copy_is_numbered_and_keeps_the_value_in_its_name(name, copies):
    now = edits.replace_run(THREE, 0, replace(THREE.runs[0], name=name))
    for place, copy in enumerate(copies):
        now = edits.duplicate_run(now, place)
        assert now.runs[place + 1].name == copy


def test_the_number_in_the_title_of_a_typed_rule_is_no_number_of_a_copy():
    rules = tuple(own_rule(title, "w_next = w - eta*g") for title in ("Mine 2", "Mine 3"))
    now = edits.add_run(replace(THREE, rules=rules), rules[0], None)
    for _ in range(2):
        now = edits.add_run(now, rules[0], None)
    assert [run.name for run in now.runs[-3:]] == ["Mine 2", "Mine 2 2", "Mine 2 3"]
    assert all(run.is_named_by_rule for run in now.runs[-3:])


MINI = scene("mini-batch")


@every(
    ("name", "changed", "wanted"),
    [
        ("B = 2", {"batching": MINI_BATCH(size=4)}, "B = 4"),
        ("B = 2", {"batching": MINI_BATCH(size=3)}, "B = 3 (2)"),  # there is one
        ("B = 2 (2)", {"batching": MINI_BATCH(size=4)}, "B = 4"),
        ("B = 2", {"batching": BATCH()}, "Gradient descent"),
        ("B = 2", {"epochs": 9}, "B = 2"),
        ("B = 2", {"optimizer": RULES["gd"](eta=0.25)}, "B = 2"),
        ("η = 1", {"optimizer": RULES["gd"](eta=0.25)}, "η = 0.25"),
        ("Plain, η = 1", {"optimizer": RULES["gd"](eta=2.0)}, "Plain, η = 2"),
        ("Plain, η = 1", {"optimizer": RULES["adam"]()}, "Adam"),
        ("B = 5", {"batching": MINI_BATCH(size=4)}, "B = 5"),  # it said something else
        ("w = 1", {"optimizer": RULES["gd"](eta=2.0)}, "w = 1"),
        ("B = 2", {"batching": MINI_BATCH(size=4), "name": "Mine"}, "Mine"),
    ],
)
def test_a_name_that_says_a_value_follows_it(name, changed, wanted):
    run = replace(MINI.runs[1], name=name)
    named = edits.replace_run(MINI, 1, run)
    after = edits.change_run(named, 1, replace(run, **changed))
    assert after.runs[1].name == wanted


def test_a_fork_is_named_by_the_value_that_it_goes_on_with():
    other = replace(MINI.runs[1], batching=MINI_BATCH(size=4))
    assert forks.forked(MINI, 1, 20, other).name == "B = 4"
    assert forks.fork_run(MINI, 1, 20).name == "B = 2 (2)"


def test_a_name_of_ones_own_stays():
    named = edits.replace_run(THREE, 1, replace(THREE.runs[1], name="Mine 2"))
    changed = edits.change_run(named, 1, edits.change_optimizer(named.runs[1], RULES["adam"]()))
    assert changed.runs[1].name == "Mine 2"
    assert edits.change_run(named, 1, replace(named.runs[1], epochs=5)).runs[1].name == "Mine 2"


@pytest.mark.parametrize(("column", "descending", "x"), [(0, False, [1, 2, 3]), (1, True, [2, 1, 3])])
def test_points_are_sorted_each_kind_for_itself(column, descending, x):
    result = edits.sort_points(THREE, column, descending=descending)
    assert result.points.x[:, 0].tolist() == x
    assert len(result.validation) == 2


def test_rows_change_their_role_and_back():
    there = edits.set_role(THREE, [0, 3], validation=True)
    assert there.points.x[:, 0].tolist() == [1.0, 2.0]
    assert there.validation.x[:, 0].tolist() == [5.0, 4.0, 3.0]
    back = edits.set_role(there, [4], validation=False)
    assert back.points.x[:, 0].tolist() == [1.0, 2.0, 3.0]
    assert back.validation == HELD_OUT


def test_rows_are_moved_and_removed_by_their_place_in_the_table():
    moved = edits.move_point(THREE, 4, (9.0,), 0.0)
    assert moved.validation.x[:, 0].tolist() == [5.0, 9.0]
    assert edits.remove_points(THREE, [0, 4]).points.x[:, 0].tolist() == [1.0, 2.0]
    assert edits.remove_points(THREE, [0, 4]).validation.x[:, 0].tolist() == [5.0]
    for change in (edits.remove_points, partial(edits.set_role, validation=True)):
        with pytest.raises(PointsError, match="at least one training point must remain"):
            change(THREE, [0, 1, 2])


def test_a_run_is_put_in_and_taken_out():
    copied = edits.duplicate_run(THREE, 0)
    assert [run.name for run in copied.runs] == [
        "Gradient descent",
        "Gradient descent 2",
        "Momentum",
        "Nesterov",
    ]
    assert edits.remove_run(copied, 1) == THREE


def test_points_are_added_at_the_end():
    added = edits.add_points(THREE, PointSet([7.0], [0.7]))
    assert np.array_equal(added.points.x[:, 0], [3.0, 1.0, 2.0, 7.0])


def test_points_are_replaced_and_the_runs_start_with_as_many_weights():
    plane, held_out = PointSet([[1, 2]], [0.5]), PointSet([[3, 4]], [1])
    wider = edits.put_points(THREE, plane, held_out, replaces=True)
    assert (wider.points, wider.validation) == (plane, held_out)
    assert [run.start for run in wider.runs] == [(-2.0, -2.0, -2.0)] * 3
    moved = edits.set_start(wider, 0, 1.0, 5.0)
    narrower = edits.put_points(moved, POINTS, HELD_OUT, replaces=True)
    assert narrower.runs[0].start == (1.0, 5.0)
    assert edits.put_points(THREE, POINTS, HELD_OUT, replaces=True) == THREE


def test_points_are_added_after_those_there_are():
    added = edits.put_points(THREE, PointSet([7], [0.7]), PointSet([8], [0.8]), replaces=False)
    assert added.points.x[:, 0].tolist() == [3.0, 1.0, 2.0, 7.0]
    assert added.validation.x[:, 0].tolist() == [5.0, 4.0, 8.0]
    with pytest.raises(PointsError, match="points with 2 inputs do not go with points with 1 input"):
        edits.put_points(THREE, PointSet([[1, 2]], [0.5]), PointSet.empty(2), replaces=False)


# ---------------------------------------------------------------------------------------- standardised inputs


VALLEY = PointSet([1.3, 2.4], [0.15, 0.9])


@given(st.integers(0, 4), st.integers(1, 7))
def test_points_are_overwritten_from_a_row_on(row, count):
    points, held_out = PointSet([0.0, 1.0, 2.0], [0.0, 0.1, 0.2]), PointSet([3.0, 4.0], [0.3, 0.4])
    new = PointSet(10.0 + np.arange(count), np.full(count, 0.5))
    after = overwrite_points(Experiment(points, held_out, (Run(),)), row, new)
    # As a table: rows are written one by one, and what does not fit is kept for the end.
    table, rest = [0.0, 1.0, 2.0, 3.0, 4.0], []
    for place, x in enumerate(new.x[:, 0].tolist(), row):
        if place < len(table):
            table[place] = x
        else:
            rest.append(x)
    assert after.points.x[:, 0].tolist() == [*table[:3], *rest]
    assert after.validation.x[:, 0].tolist() == table[3:]


def test_points_of_another_dimension_are_not_pasted_over():
    with pytest.raises(PointsError, match="points with 2 inputs do not go with points with 1 input"):
        overwrite_points(THREE, 0, PointSet([[1.0, 2.0]], [0.5]))


def test_the_sentence_says_what_will_be_done():
    assert scaling(VALLEY).sentence == "x will be shifted by −1.85 and divided by 0.55."


def test_many_inputs_are_summed_up():
    many = PointSet(np.arange(12.0).reshape(2, 6), [0, 1])
    sentence = scaling(many).sentence
    assert sentence.startswith(
        "x₁ will be shifted by −3 and divided by 3; x₂ will be shifted by −4 and divided by 3;"
    )
    assert sentence.endswith("; and 2 more in the same way.")


@given(point_sets(2, least=2, x=st.floats(-1e3, 1e3)))
def test_the_inputs_have_mean_0_and_deviation_1(points):
    one = scaling(points)
    for column in range(2):
        values = points.x[:, column].tolist()
        deviation = statistics.pstdev(values)
        assert one.shift[column] == pytest.approx(-statistics.fmean(values), rel=1e-9, abs=1e-9)
        if deviation > 1e-6:
            assert one.divisor[column] == pytest.approx(deviation, rel=1e-6)
            scaled = one.applied(points).x[:, column].tolist()
            assert statistics.fmean(scaled) == pytest.approx(0.0, abs=1e-6)
            assert statistics.pstdev(scaled) == pytest.approx(1.0, rel=1e-6)


def test_an_input_that_is_the_same_everywhere_is_only_shifted():
    same = PointSet([[0.1, 1], [0.1, 2], [0.1, 3]], [0, 0, 1])
    one = scaling(same)
    assert one.divisor[0] == 1.0
    assert np.allclose(one.applied(same).x[:, 0], 0.0)


def test_inputs_that_are_the_smallest_numbers_are_only_shifted():
    tiny = PointSet([[0.0], [5e-324]], [0, 0])
    assert scaling(tiny).divisor.tolist() == [1.0]


@given(point_sets(1, least=2))
def test_huge_and_tiny_inputs_are_no_trouble(points):
    scaled = scaling(points).applied(points)
    assert np.isfinite(scaled.x).all()
    assert np.abs(scaled.x).max() <= len(points)


def test_validation_points_are_scaled_as_the_others_and_the_rest_stays():
    before = Experiment(VALLEY, PointSet([1.85, 2.95], [0.5, 2.0]), (Run(),), title="Mine")
    after = standardise(before)
    assert np.allclose(after.points.x, [[-1.0], [1.0]])
    assert np.allclose(after.validation.x, [[0.0], [2.0]])
    assert np.array_equal(after.points.y, VALLEY.y)
    assert scaling(after.points).is_nothing
    assert not scaling(before.points).is_nothing
    assert (after.runs, after.view_range, after.title) == (before.runs, before.view_range, "Mine")


def test_the_map_is_fitted_to_all_places_that_are_not_too_far():
    path = np.array([[0.0, 1.0], [np.nan, 9.0], [4.0, -1.0], [1e300, 0.0], [np.inf, 0.0]])
    fitted = edits.fit_view_range(THREE, [path, np.empty((0, 2)), np.array([[-6.0, 0.0]])])
    assert fitted.view_range == ViewRange(-7.5, 5.5, -1.3, 1.3)
    assert edits.fit_view_range(THREE, [path[1:2]]) == THREE
    assert edits.fit_view_range(THREE, []) == THREE


def test_the_map_is_fitted_to_a_path_far_away():
    (low, high, *_) = edits.fit_view_range(THREE, [np.array([[1e12, 3.0]])]).view_range
    assert low < 1e12 < high


def test_the_map_is_fitted_to_long_paths_by_their_ends(monkeypatch):
    path = np.linspace(0.0, 10.0, 200_000).reshape(-1, 2)
    path[70_000] = np.nan
    compared, sizes = np.abs, []

    def counting(some):
        sizes.append(np.size(some))
        return compared(some)

    monkeypatch.setattr(np, "abs", counting)
    assert edits.fit_view_range(THREE, [path]).view_range == ViewRange(-1.5, 11.5, -1.5, 11.5)
    assert sum(sizes) < path.size / 2, "that none is too far is seen by the ends of most of it"


def test_the_map_is_fitted_to_long_paths_without_a_copy_of_them():
    path = np.linspace(0.0, 10.0, 1_000_000).reshape(-1, 2)
    tracemalloc.start()
    try:
        edits.fit_view_range(THREE, [path, path])
        assert tracemalloc.get_traced_memory()[1] < path.nbytes / 2
    finally:
        tracemalloc.stop()
