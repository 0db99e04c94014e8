"""The curves of a record by name, and the steps that raised the loss."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.analysis.recorded import RecordedLines
from gdsim.core.analysis.series import CurveKind, Rises, Series, extract, rises, series_of
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from tests.core.other_rules import rule_of
from tests.core.records import FIRST_NEURON, columns_of, run_of, scene_records
from tests.every import every

EVERY_RULE = every("rule", RULES.values(), ids=RULES)
FOUR_INPUTS = PointSet(np.random.default_rng(0).normal(size=(12, 4)), np.linspace(0.1, 0.9, 12))
ALL = slice(0, None)


def names(kind, rule, dimension=1):
    return [series.name for series in series_of(kind, rule, dimension)]


def test_series_have_the_letters_of_the_formulas():
    assert names(CurveKind.LOSS, RULES["adam"]()) == ["L"]
    assert names(CurveKind.GRADIENT, RULES["adam"]()) == ["|∇|", "∇w", "∇b"]
    assert names(CurveKind.PARAMETERS, RULES["adam"](), 2) == ["w₁", "w₂", "b"]
    assert names(CurveKind.MEMORY, RULES["adam"]()) == [
        "m_w",
        "m_b",
        "m̂_w",
        "m̂_b",
        "v_w",
        "v_b",
        "v̂_w",
        "v̂_b",
    ]
    assert names(CurveKind.MEMORY, RULES["adam"](bias_correction=False)) == ["m_w", "m_b", "v_w", "v_b"]
    assert names(CurveKind.MEMORY, RULES["gd"]()) == []
    assert names(CurveKind.RATE, RULES["adam"]()) == ["η_w", "η_b"]
    assert names(CurveKind.RATE, RULES["momentum"]()) == ["η"]


@every(
    ("rate", "recorded"),
    [("eta/(abs(g) + 0.1)", False), ("eta/(abs(h) + 0.1)", True), ("eta/(s_t + 1)", True)],
)
def test_a_rate_of_an_earlier_gradient_is_not_recorded(rate, recorded):
    lines = f"s_t = 0.9*s + g**2\nlook = w - 0.1*g\nh = grad(look)\nw_next = w - {rate}*h"
    rule = rule_of(lines)
    assert names(CurveKind.RATE, rule()) == (["η_w", "η_b"] if recorded else [])
    values = extract(CurveKind.RATE, rule(), columns_of(run_of(rule, epochs=9)), ALL)
    assert values.shape == (2 if recorded else 0, 10)
    assert np.isfinite(values[:, 1:]).all()


@EVERY_RULE
@every("dimension", [1, 4])
def test_values_come_in_the_order_of_the_names(rule, dimension):
    points = FIRST_NEURON if dimension == 1 else FOUR_INPUTS
    record = columns_of(run_of(rule, start=(0.3,) * (dimension + 1), epochs=20), points)
    for kind in set(CurveKind) - {CurveKind.CUT, CurveKind.LIMIT}:  # which are not on the record
        series, values = series_of(kind, rule(), dimension), extract(kind, rule(), record, ALL)
        assert values.shape == (len(series), 21)
        assert np.isfinite(values[:, 1:]).all()
        unsigned = [index for index, one in enumerate(series) if not one.signed]
        assert (values[unsigned, 1:] >= 0.0).all()


@EVERY_RULE
def test_a_piece_has_the_same_values_as_the_whole(rule):
    record = columns_of(run_of(rule, epochs=40))
    for kind in CurveKind:
        whole = extract(kind, rule(), record, ALL)
        for piece in (slice(0, 7), slice(7, 8), slice(8, 41)):
            np.testing.assert_array_equal(extract(kind, rule(), record, piece), whole[:, piece])


def test_the_size_of_the_gradient_is_the_length_of_its_components():
    record = columns_of(run_of(RULES["gd"], start=(0.1,) * 5, epochs=5), FOUR_INPUTS)
    size, *parts = extract(CurveKind.GRADIENT, RULES["gd"](), record, slice(1, None))
    np.testing.assert_allclose(size, np.sqrt(np.sum(np.square(parts), axis=0)))
    gradient = Neuron.fitting(FOUR_INPUTS).gradient(record.p[2])
    np.testing.assert_allclose([part[2] for part in parts], gradient)


def test_the_hats_make_up_for_the_start_at_zero():
    record = columns_of(run_of(RULES["adam"], epochs=3))
    memory = dict(
        zip(
            names(CurveKind.MEMORY, RULES["adam"]()),
            extract(CurveKind.MEMORY, RULES["adam"](), record, ALL),
            strict=True,
        )
    )
    # After one update the corrected averages are the gradient and its square.
    assert memory["m̂_w"][1] == pytest.approx(record.gradient[1, 0])
    assert memory["v̂_b"][1] == pytest.approx(record.gradient[1, 1] ** 2)
    assert memory["m̂_b"][3] == pytest.approx(record.state[0, 3, 1] / (1 - 0.9**3))


def directed_rules():
    """Yield the rules whose step is a rate times a direction, with nothing added."""
    for rule in RULES.values():
        update_rule = rule().update_rule
        if update_rule.direction is not None and update_rule.other_terms is None:
            yield rule


@every("rule", list(directed_rules()))
@every("schedule", [SCHEDULES["inverse"](k=0.1), SCHEDULES["step"](factor=0.5, every=5)])
def test_a_step_is_the_effective_rate_times_the_direction(rule, schedule):
    run = run_of(rule, epochs=30, schedule=schedule)
    record = columns_of(run)
    rate = extract(CurveKind.RATE, run.optimizer, record, slice(1, None)).T
    direction = RecordedLines(run.optimizer, record, slice(1, None)).value(rule().update_rule.direction)
    if rule().update_rule.velocity:
        # v gathers gradients times their rates; in units of the present rate it is the direction.
        direction = direction / record.eta[1:, np.newaxis]
    np.testing.assert_allclose(record.p[:-1] - rate * direction, record.p[1:], rtol=1e-12)


@pytest.mark.parametrize("switches", [{"root": False}, {"bias_correction": False}])
def test_switches_change_the_effective_rate(switches):
    rule = RULES["adagrad" if "root" in switches else "adam"]
    run = run_of(rule, epochs=9, **switches)
    record = columns_of(run)
    rate = extract(CurveKind.RATE, run.optimizer, record, slice(1, None)).T
    direction = record.gradient[1:] if "root" in switches else record.state[0, 1:]
    np.testing.assert_allclose(record.p[:-1] - rate * direction, record.p[1:], rtol=1e-12)


# ------------------------------------------------------------------------------------ rising steps


def rising_steps(loss):
    return np.flatnonzero(rises(loss)) + 1


def test_the_lecture_s_stochastic_runs_raise_the_loss_now_and_then():
    records = scene_records("stochastic")
    momentum = records["Momentum"].loss
    rising = rising_steps(momentum)
    assert len(rising) == 13
    assert (momentum[rising] > momentum[rising - 1]).all()
    assert len(rising_steps(scene_records("valley")["Gradient descent"].loss)) == 0


def test_rounding_raises_nothing():
    """A run that has arrived, or stands on a plateau, moves by rounding errors."""
    rng = np.random.default_rng(1)
    plateau = 0.405 + 1e-16 * rng.integers(-2, 3, 500)
    arrived = 0.5 * (1e-9 + 1e-17 * rng.normal(size=500)) ** 2
    for loss in (plateau, arrived, np.zeros(10)):
        assert len(rising_steps(loss)) == 0
    assert list(rising_steps(np.array([1e-20, 3e-20, 1e-20, 2e-20]))) == [1, 3]


@given(st.lists(st.floats(0.0, 10.0), min_size=1, max_size=60), st.integers(1, 20))
def test_rises_are_counted_the_same_however_the_run_grows(losses, piece):
    loss, counted = np.array(losses), Rises()
    for end in range(piece, len(loss), piece):
        counted.grow(loss[:end])
    for _ in range(2):
        counted.grow(loss)
        assert counted.count == len(rising_steps(loss))
        assert np.flatnonzero(counted.flags).tolist() == list(rising_steps(loss))


def test_every_step_is_looked_at_once():
    class Losses:
        """Losses that count how many of them are looked at."""

        def __init__(self, values):
            self.values, self.looked_at = values, 0

        def __len__(self):
            return len(self.values)

        def __getitem__(self, steps):
            found = self.values[steps]
            self.looked_at += len(found)
            return found

    losses, counted = Losses(np.random.default_rng(0).uniform(size=1000)), Rises()
    for _ in range(100):
        counted.grow(losses)
    assert losses.looked_at == 1000


def test_a_stochastic_gradient_is_that_of_its_point():
    record = columns_of(run_of(RULES["gd"], batching=STOCHASTIC(), epochs=2))
    parts = extract(CurveKind.GRADIENT, RULES["gd"](), record, slice(2, 3))[1:, 0]
    second = Neuron.fitting(FIRST_NEURON).rows(slice(1, 2))
    np.testing.assert_allclose(parts, second.gradient(record.p[1]))


def test_a_name_is_read_aloud_as_it_is_written():
    assert Series("v", "w2").name == "v_w₂"
    assert Series("∇", "b").name == "∇b"
    assert Series("", "w").name == "w"
