"""What pages say of rules: the example of a new rule, and why Muon is none. Their text is read and tried."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from gdsim.core.analysis.memory_weights import first_memory
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.resources import resource
from gdsim.core.rules import catalogue
from tests.core.engine import lecture_loops
from tests.core.records import columns_of

CONTRIBUTING = Path(__file__).parents[3] / ".github" / "CONTRIBUTING.md"


def entry_in_the_page():
    """Return the entry of the page on new rules, as the end of the catalogue would read it."""
    section = CONTRIBUTING.read_text(encoding="utf-8").partition("## A new rule")[2]
    source = re.search(r"```python\n(.*?)```", section, re.DOTALL)[1]
    return eval(source, vars(catalogue))  # noqa: S307 - our own page


def adabelief(settings, state, grad, p, eta, gamma, t):
    """The paper's rule with ε where the lecture has it."""
    beta1, beta2, eps = settings["beta1"], settings["beta2"], settings["eps"]
    g, new, m, s = grad(p), [], [], []
    for i, da in enumerate(g):
        m.append(beta1 * state.get("m", [0.0] * len(p))[i] + (1.0 - beta1) * da)
        s.append(beta2 * state.get("s", [0.0] * len(p))[i] + (1.0 - beta2) * (da - m[i]) ** 2)
        root = math.sqrt(s[i] / (1.0 - beta2**t) + eps)
        new.append(p[i] - eta * m[i] / (1.0 - beta1**t) / root)
    return new, {"m": m, "s": s}, g


@pytest.mark.parametrize("batching", [BATCH(), STOCHASTIC(), MINI_BATCH(size=2)], ids=str)
def test_the_example_of_a_new_rule_is_one_and_computes_what_its_paper_says(monkeypatch, batching):
    rule = entry_in_the_page()
    assert rule.id not in catalogue.RULES, "take a rule for the example that is not there"
    monkeypatch.setitem(lecture_loops.RULES, rule.id, adabelief)
    x, y, start = [0.5, 2.5, -1.0], [0.2, 0.9, 0.4], (-2.0, 1.5)
    run = Run(rule(eta=0.05), batching, start=start, epochs=60)
    record = columns_of(run, PointSet(x, y))
    batches = [run.batching.rows(3, t, 0).tolist() for t in range(1, len(record.loss))]
    points = [([one], target) for one, target in zip(x, y, strict=True)]
    rows = lecture_loops.compute(rule.id, dict(run.optimizer.items()), points, list(start), batches)
    np.testing.assert_allclose(record.p, [row.p for row in rows], rtol=1e-12)
    np.testing.assert_allclose(record.loss, [row.loss for row in rows], rtol=1e-11)


def test_the_example_says_of_itself_what_is_so():
    rule = entry_in_the_page()
    assert rule().update_rule.average == "m"
    assert first_memory(rule(), "m").is_average
    assert tuple(rule.names) == ("eta", "beta1", "beta2", "eps")
    assert rule.summary.endswith(".")


# ------------------------------------------------------------------------------------ Muon's page


def orthogonalized(matrix, repetitions):
    """Return what Muon makes of a momentum: its repetitions on whole matrices."""
    found = matrix / np.linalg.norm(matrix)
    for _ in range(repetitions):
        square = found @ found.T
        found = 3.4445 * found - 4.7750 * square @ found + 2.0315 * square @ square @ found
    return found


def muon_page():
    return resource("help", "muon.md").read_text(encoding="utf-8")


def test_the_numbers_of_muon_s_page_are_those_of_the_matrix():
    rows = re.findall(
        r"^\| (\d) \| ([\d.]*) ?\| ([\d.]+) \| \(([\d.]+), ([\d.]+)\) \|$", muon_page(), re.MULTILINE
    )
    assert [int(row[0]) for row in rows] == list(range(6))
    before = None
    for number, factor, length, first, second in rows:
        (row,) = orthogonalized(np.array([[3.0, 4.0]]), int(number))
        np.testing.assert_allclose([float(first), float(second)], row, atol=0.5001e-4)
        assert float(length) == pytest.approx(np.linalg.norm(row), abs=0.5001e-4)
        if before is not None:
            assert float(factor) == pytest.approx(np.linalg.norm(row) / before, abs=0.5001e-4)
        before = np.linalg.norm(row)


def test_of_any_single_row_muon_leaves_the_direction_alone():
    text = muon_page()
    (share,) = re.findall(r"always ([\d.]+) times M divided by its length", text)
    rng = np.random.default_rng(2)
    for width in (2, 2, 5, 100):
        row = rng.normal(size=(1, width)) * 10.0 ** rng.uniform(-3.0, 3.0)
        np.testing.assert_allclose(
            orthogonalized(row, 5), float(share) * row / np.linalg.norm(row), atol=1e-4
        )


def test_of_several_rows_it_brings_all_directions_near_one_length():
    matrix = np.random.default_rng(4).normal(size=(3, 6)) * [[5.0], [1.0], [0.3]]
    before, after = (np.linalg.svd(one, compute_uv=False) for one in (matrix, orthogonalized(matrix, 5)))
    assert before[0] / before[-1] > 5.0
    assert ((after > 0.65) & (after < 1.25)).all()
