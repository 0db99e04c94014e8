"""What holds for every run: diagnoses never fail, and say what is on the record."""

import math
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.analysis.diagnosis import DIAGNOSES, FindingKind, diagnosing
from gdsim.core.analysis.diagnosis.evidence import MOST_SPANS, spans
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.formulas.numerals import near_one, number, percent
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from tests.core.records import computed, diagnose, one_run
from tests.core.strategies import experiments, runs_with_points

NO_NUMBER = re.compile(r"\b((?i:nan|inf)|None)\b")  # "none of the points" is a sentence


def check(findings, last):
    assert list(findings) == sorted(findings, key=lambda one: (one.first, one.last))
    for one in findings:
        assert 0 <= one.first <= one.last <= last, one
        assert isinstance(one.kind, FindingKind)
        assert one.sentence.endswith(".")
        assert one.sentence[0].isupper() or one.sentence[0].isdigit(), one.sentence
        assert not NO_NUMBER.search(one.sentence), one.sentence
        assert one.numbers
        # A number of NumPy would be written as np.int64(3) in a tooltip.
        assert {type(value) for value in one.numbers.values()} <= {int, float}, one.numbers
        assert all(math.isfinite(value) for value in one.numbers.values()), one.numbers


@given(runs_with_points())
def test_every_run_can_be_diagnosed(flight):
    run, points, validation = flight
    experiment = one_run(run, points, validation)
    (trajectory,) = computed(experiment)
    record = trajectory.whole
    for n in {0, 1, 2, len(record.loss) - 1}:
        check(diagnose(experiment, run, record.head(n + 1), trajectory.stop), n)


@given(experiments(), st.integers(1, 30))
def test_also_one_with_wild_numbers(experiment, epochs):
    experiment = replace(experiment, runs=tuple(replace(run, epochs=epochs) for run in experiment.runs))
    for run, trajectory in zip(experiment.runs, computed(experiment), strict=True):
        check(diagnose(experiment, run, trajectory.whole, trajectory.stop), trajectory.last_step)


def test_a_rate_that_is_too_small_for_a_float_has_not_decayed():
    run = Run(RULES["adagrad"](eta=2.3e-308, eps=1e-8), start=(0.0, 0.0), epochs=150)
    experiment = one_run(run, PointSet([1e40], [0.9]))
    (trajectory,) = computed(experiment)
    (found,) = diagnose(experiment, run, trajectory.whole, trajectory.stop)
    check([found], trajectory.last_step)
    assert "by step 150 the rate of b is 8.2" in found.sentence


@given(runs_with_points())
def test_a_diagnosis_is_the_same_twice_and_changes_nothing(flight):
    run, points, validation = flight
    experiment = one_run(run, points, validation)
    record = computed(experiment)[0].whole
    before = RecordColumns(*(column.copy() for column in record))
    assert diagnose(experiment, run, record) == diagnose(experiment, run, record)
    for column, kept in zip(record, before, strict=True):
        np.testing.assert_array_equal(column, kept)


def test_the_catalog_has_every_kind():
    assert set(DIAGNOSES) == set(FindingKind)


@given(st.lists(st.booleans(), max_size=300), st.integers(0, 5))
def test_spans_are_the_runs_of_hits(flags, gap):
    found = spans(np.array(flags, dtype=np.bool_), gap)
    covered = np.zeros(len(flags), dtype=np.bool_)
    for span in found:
        covered[span.first : span.last + 1] = True
        assert flags[span.first]
        assert flags[span.last]
    assert (covered | ~np.array(flags, dtype=np.bool_)).all()
    assert len(found) <= MOST_SPANS
    assert all(after.first - before.last - 1 > gap for before, after in pairwise(found))


def test_numbers_as_they_are_written():
    assert [number(value) for value in (0.0, -0.0123456, 2.28e-7, 12345.0, 3.0e12)] == [
        "0",
        "−0.0123",
        "2.28·10⁻⁷",
        "12,300",
        "3·10¹²",
    ]
    assert near_one(1.0 - 4e-7) == "1 − 4·10⁻⁷"
    assert near_one(0.9) == "0.9"
    assert [percent(share) for share in (0.0, 0.00001, 0.0123, 0.98765, 0.99996, 1.0)] == [
        "0\xa0%",
        "less than 0.01\xa0%",
        "1.2\xa0%",
        "98.8\xa0%",
        "99.996\xa0%",
        "100\xa0%",
    ]


# ------------------------------------------------------------------------- large records, many points


def _wandering(n, width):
    """Return a record that turns, rises and rests, as none that was computed."""
    rng = np.random.default_rng(0)
    record = RecordColumns.room(n, width, 1)
    record.p[:] = np.cumsum(rng.normal(0.0, 0.01, (n, width)), axis=0) - 1.0
    record.loss[:] = 1.0 + np.abs(rng.normal(0.0, 0.1, n))
    record.gradient[:] = rng.normal(0.0, 1.0, (n, width))
    record.eta[:], record.gamma[:] = 0.1, 0.9
    record.state[:] = record.gradient
    return record


def test_very_many_points_are_sampled_and_the_sentence_says_so():
    x = np.linspace(-6.0, 6.0, 500_000)
    points = PointSet(x, np.full(len(x), 0.999))
    run = Run(RULES["momentum"](eta=1e-9), start=(0.0, -6.0), epochs=8)
    record = RecordColumns.room(9, 2, 1)
    record.p[:], record.loss[:], record.gradient[:] = [0.0, -6.0], 2.5e5, -1.0
    record.eta[:], record.gamma[:], record.state[:] = 1e-9, 0.9, 0.0
    findings = diagnose(one_run(run, points), run, record)
    (plateau,) = (one for one in findings if one.kind is FindingKind.PLATEAU)
    assert "from a sample of" in plateau.sentence


def test_the_work_comes_in_pieces():
    n, pieces = 300_000, []
    run = Run(RULES["momentum"](), STOCHASTIC(), epochs=n)
    findings = run_to_end(diagnosing(one_run(run), run, _wandering(n, 2)), pieces.append)
    assert len(pieces) > 15
    assert len(findings) <= len(FindingKind) * MOST_SPANS
