"""The page that holds a step of the lecture against a library's: its marks and its numbers."""

import math
import re

from gdsim.gui.help.conventions_page import conventions_page
from tests.core.analysis.diagnosis.measures import read

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
        assert ("comes to the same as the lecture" in text) == (ours == theirs)


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


def _marks(text):
    return [place for place, row in enumerate(text.splitlines()) if FIRST in row]
