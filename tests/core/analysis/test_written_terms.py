"""The terms of a gradient as they are copied: every number, against a plain loop."""

import math
import re

import numpy as np
import pytest

from gdsim.core.analysis.update import gradient_terms
from gdsim.core.analysis.written_terms import terms_as_latex, terms_as_markdown, terms_as_text
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from tests.core.analysis.test_worked import updates
from tests.every import every

RNG = np.random.default_rng(11)
WRITERS = {"text": terms_as_text, "markdown": terms_as_markdown, "latex": terms_as_latex}


def cells_of(text, kind):
    """Return the rows of a table that was written, as cells."""
    if kind == "markdown":
        lines = [line for line in text.splitlines() if line.startswith("|")]
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    if kind == "latex":
        lines = [
            line.removesuffix(r" \hline").removesuffix(r" \\") for line in text.splitlines() if "&" in line
        ]
        return [[cell.strip() for cell in line.split("&")] for line in lines[1:]]
    return [line.split() for line in text.splitlines()[2:]]


def number(cell):
    cell = cell.replace("−", "-").replace(r" \cdot 10^{", "e").replace(r"\cdot 10^{", "e").replace("}", "")
    return float(cell)


def expected_row(update, row):
    """Return a point's numbers as one computes them by hand: x, f, f − y, f(1 − f), and the products."""
    x, y = update.points.x[row].tolist(), float(update.points.y[row])
    *weights, bias = update.gradient_place.tolist()
    f = 1.0 / (1.0 + math.exp(-(sum(w * one for w, one in zip(weights, x, strict=True)) + bias)))
    factor = (f - y) * f * (1.0 - f)
    return [*x, f, f - y, f * (1.0 - f), *(factor * one for one in x), factor]


@every("kind", WRITERS)
@every("dimension", [1, 3])
def test_the_terms_are_written_with_all_digits(kind, dimension):
    points = PointSet(RNG.normal(size=(5, dimension)), RNG.uniform(size=5))
    run = Run(batching=MINI_BATCH(size=3), start=(0.3,) * (dimension + 1), epochs=9)
    for update in updates(run, points, PointSet(RNG.normal(size=(2, dimension)), [0.4, 0.6])):
        *rows, total = cells_of(WRITERS[kind](update, gradient_terms(update), None), kind)
        assert [int(row[0]) - 1 for row in rows] == list(update.rows)
        for row, cells in zip(update.rows, rows, strict=True):
            assert [number(cell) for cell in cells[1:]] == pytest.approx(expected_row(update, row), rel=1e-9)
        assert total[0].replace(r"\mbox{", "").rstrip("}") == "sum"
        sums = [number(cell) for cell in total[1:] if cell]
        assert sums == pytest.approx(update.gradient.tolist(), rel=1e-12)


@every("kind", WRITERS)
def test_terms_that_are_left_out_are_counted(kind):
    points = PointSet(RNG.normal(size=30), RNG.uniform(size=30))
    update = next(updates(Run(epochs=9), points))
    text = WRITERS[kind](update, gradient_terms(update, 8), 4)
    assert "and 22 more" in text
    assert len(cells_of(text, kind)) == 8 + 2


def test_latex_needs_no_package_in_any_language():
    points = PointSet(RNG.normal(size=3000), RNG.uniform(size=3000))
    update = next(updates(Run(epochs=9), points))
    with speaking(read_language("de")):
        text = terms_as_latex(update, gradient_terms(update, 8), 4)
    assert r"\mbox{und 2\,992 weitere}" in text
    assert text.isascii()
    commands = {r"\begin", r"\end", r"\hline", r"\mbox", r"\nabla", r"\cdot"}
    assert set(re.findall(r"\\[a-z]+", text)) <= commands
