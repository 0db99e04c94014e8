"""The pictures of the rules' formulas are those that their lines make."""

import pytest

from gdsim.core.analysis.worked import lines_in_letters
from gdsim.core.formulas.printing import IN_LATEX
from gdsim.core.model.objective import LECTURE
from gdsim.core.resources import resource
from gdsim.gui.paint.formula_picture import file_name
from tests.core.strategies import rule_variants, variant_id
from tests.every import every
from tests.packaging_.scripts import load


def kept():
    return {path.name: path.read_bytes() for path in resource("formulas").iterdir()}


@every("rule", rule_variants(), ids=variant_id)
def test_every_line_of_a_rule_has_a_picture_however_its_switches_are_set(rule):
    for line in lines_in_letters(rule, "w", IN_LATEX, LECTURE):
        picture = resource("formulas", file_name(line.replace("&=", "=")))
        assert picture.is_file(), "run: python packaging/formula_pictures.py"


def test_pictures_have_nothing_that_qt_does_not_draw():
    for svg in kept().values():
        assert b"currentColor" in svg
        assert b"<symbol" not in svg
        assert b"<use" not in svg


def test_the_pictures_are_made_from_the_lines():
    pytest.importorskip("ziamath")
    made, there = load("formula_pictures").pictures(), kept()
    # Names alone: pytest takes minutes to compare the pictures.
    differing = [name for name in made.keys() | there.keys() if made.get(name) != there.get(name)]
    assert not differing, "run: python packaging/formula_pictures.py"
