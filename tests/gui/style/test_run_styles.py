"""The colour, the dash and the marker of a run follow from its rule, whatever rules there are."""

from dataclasses import replace

import pytest

from gdsim.core.model.run import Run
from gdsim.core.model.run_style import OWN_STYLES
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


def test_as_many_styles_as_a_theme_has_own_colours_belong_to_rules():
    assert {len(theme.run_colours) for theme in THEMES.values()} == {OWN_STYLES}


def test_the_first_runs_of_rules_come_in_the_colours_of_their_rules_and_others_in_spare_ones():
    """As files without styles were drawn before there were any."""
    gd, momentum = KNOWN[:2]
    colours = [style.colour for style in styles_of(momentum, gd, gd, momentum, gd)]
    own, spare = LIGHT.run_colours, LIGHT.spare_colours
    assert colours == [own[1], own[0], *spare[:3]]


def test_a_colour_that_a_run_has_not_used_is_free():
    runs = [Run(KNOWN[0](), colour="#123456"), Run(KNOWN[0]())]
    assert [style.colour for style in run_styles(runs, LIGHT)] == ["#123456", LIGHT.run_colours[0]]


def test_there_is_no_end_of_styles(monkeypatch):
    for number in range(40):
        name = f"rule{number}"
        monkeypatch.setitem(RULES, name, replace(HEAVY, id=name))
    assert len(styles_of(*RULES.values(), theme=DARK)) == len(RULES)
