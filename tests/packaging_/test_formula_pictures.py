"""The pictures of the rules' formulas are those that their lines make."""

import pytest

from gdsim.core.resources import resource
from gdsim.gui.paint.formula_picture import picture_file_name, typeset_svg
from tests.every import some_of
from tests.packaging_.scripts import load


def kept():
    return {path.name: path.read_bytes() for path in resource("formulas").iterdir()}


def test_pictures_have_nothing_that_qt_does_not_draw():
    for svg in kept().values():
        assert b"currentColor" in svg
        assert b"<symbol" not in svg
        assert b"<use" not in svg


def test_the_pictures_are_made_from_the_lines():
    pytest.importorskip("ziamath")
    there, made = kept(), {picture_file_name(latex): latex for latex in load("formula_pictures").formulas()}
    differing = there.keys() ^ made.keys()
    # Each has the name of its formula, so that the other pictures are right if these are.
    differing |= {name for name in some_of(sorted(made), 0, 4) if typeset_svg(made[name]) != there.get(name)}
    assert not differing, "run: python packaging/formula_pictures.py"
