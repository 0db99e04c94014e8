"""The page that holds a step of the lecture against a library's: its marks and its numbers."""

import math
import re

import numpy as np

from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.libraries.lookup import find_rule
from gdsim.gui.help.conventions_page import conventions_page
from tests.core.analysis.diagnosis.measures import read
from tests.core.library_runs import record
from tests.core.records import columns_of

SECTION = re.compile(r"^## (\w+) and (\w+): update \d+$", re.MULTILINE)
FIRST = "**← first difference**"


def sections():
    """Return the text below each heading, by rule and library."""
    _, *parts = SECTION.split(conventions_page())
    return {(parts[at], parts[at + 1]): parts[at + 2].partition("\n## ")[0] for at in range(0, len(parts), 3)}


def results(text, column):
    """Return the numbers that the lines of a column lead to."""
    cells = [row.split("|")[column].strip(" `") for row in text.splitlines() if row.startswith("| ")]
    return [read(cell.rpartition(" = ")[2]) for cell in cells[1:] if " = " in cell]


def test_what_leads_elsewhere_is_marked_once_and_nothing_else():
    for (rule, library), text in sections().items():
        ours, theirs = results(text, 1)[-1], results(text, 2)[-1]
        assert text.count(FIRST) == (ours != theirs), (rule, library)
        assert ("computes the same as the lecture" in text) == (ours == theirs)


def test_the_mark_stands_where_the_forms_part():
    marked = {key: text.splitlines()[place] for key, text in sections().items() for place in _marks(text)}
    assert "vₜ = γ·vₜ₋₁ + η·∇wₜ" in marked["Momentum", "PyTorch"]
    assert "wₗₒₒₖ" in marked["Nesterov", "PyTorch"]
    assert all("√(vₜ + ε)" in marked[rule, "PyTorch"].split("|")[1] for rule in ("AdaGrad", "RMSProp"))


def test_the_numbers_are_those_of_the_formulas():
    text = sections()["AdaGrad", "PyTorch"]
    g, (ours, theirs) = results(text, 1)[0], (results(text, column)[-1] for column in (1, 2))
    assert math.isclose(ours, -0.1 / math.sqrt(g * g + 0.01) * g, rel_tol=1e-4)
    assert math.isclose(theirs, -0.1 / (abs(g) + 0.01) * g, rel_tol=1e-4)


def test_the_page_says_in_which_rules_weight_decay_stands_beside_the_step():
    """By the first steps that the libraries made; of SGD and RAdam they are the same in either way."""
    beside, within = set(), set()
    for case in record()["runs"]:
        id_, given = case["id"], case["arguments"]
        is_chosen = "decoupled_weight_decay" in given
        if is_chosen or not given.get("weight_decay") or id_.endswith((".SGD", ".RAdam")):
            continue
        start, rate = record()["sets"][case["set"]]["start"], given.get("lr", given.get("learning_rate"))
        kept = [one * (1.0 - rate * given["weight_decay"]) for one in start]
        plain = _first_step(case, {**given, "weight_decay": 0.0})
        is_beside = np.allclose(np.subtract(case["places"][0], kept), plain, rtol=1e-9, atol=1e-12)
        (beside if is_beside else within).add(id_)
    assert not beside & within
    assert {one for one in beside if one.startswith("torch.")} == {"torch.optim.AdamW"}
    assert {one for one in within if not one.startswith("torch.")} == {"optax.adadelta"}
    text = " ".join(conventions_page().split())
    assert (
        "Weight decay goes into the gradient in PyTorch, but for AdamW, and beside the step in Keras" in text
    )
    assert "in Keras and Optax, but for Optax' adadelta." in text


def _first_step(case, given):
    data = record()["sets"][case["set"]]
    run = Run(find_rule(case["id"]).given(given), start=tuple(data["start"]), epochs=1)
    return np.diff(columns_of(run, PointSet(data["x"], data["y"])).p, axis=0)[0]


def _marks(text):
    return [place for place, row in enumerate(text.splitlines()) if FIRST in row]
