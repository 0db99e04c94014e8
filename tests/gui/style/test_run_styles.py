"""The colour, the dash and the marker of a run follow from its rule, whatever rules there are."""

from dataclasses import replace

import pytest

from gdsim.core.model.experiment import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.style.theme import DARK, LIGHT, THEMES, run_styles
from tests.core.other_rules import HEAVY

KNOWN = tuple(RULES.values())[: len(LIGHT.run_colours)]


@pytest.fixture
def catalogue(monkeypatch):
    monkeypatch.setitem(RULES, HEAVY.id, HEAVY)


def styles_of(*rules, theme=LIGHT):
    return run_styles([Run(optimizer=rule()) for rule in rules], theme)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_each_of_the_first_rules_has_a_style_of_its_own(theme):
    styles = styles_of(*KNOWN, theme=theme)
    assert tuple(style.colour for style in styles) == theme.run_colours
    assert len({style.dash for style in styles}) == len({style.marker for style in styles}) == len(KNOWN)


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_further_rule_has_a_style_of_its_own_and_changes_no_other(theme):
    *others, own = styles_of(*KNOWN, HEAVY, theme=theme)
    assert tuple(others) == styles_of(*KNOWN, theme=theme)
    for part in ("colour", "dash", "marker"):
        assert getattr(own, part) not in {getattr(style, part) for style in others}


@pytest.mark.usefixtures("catalogue")
def test_a_further_rule_that_comes_again_looks_otherwise():
    for part in ("colour", "dash", "marker"):
        assert len({getattr(style, part) for style in styles_of(HEAVY, HEAVY, HEAVY)}) == 3


@pytest.mark.usefixtures("catalogue")
def test_a_colour_that_another_run_has_taken_is_left_to_it():
    assert len({style.colour for style in styles_of(KNOWN[0], KNOWN[0], HEAVY)}) == 3


def test_a_rule_in_no_catalogue_is_drawn_as_well():
    assert styles_of(*KNOWN, HEAVY)[-1].colour in LIGHT.spare_colours


def test_there_is_no_end_of_styles(monkeypatch):
    for number in range(40):
        name = f"rule{number}"
        monkeypatch.setitem(RULES, name, replace(HEAVY, id=name))
    assert len(styles_of(*RULES.values(), theme=DARK)) == len(RULES)
