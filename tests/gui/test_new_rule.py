"""A rule that is in the catalogue, and that the window has never heard of."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from gdsim.core.analysis.series import CurveKind
from gdsim.core.lessons.view import PAGES
from gdsim.core.model.experiment import Run
from gdsim.core.rules.catalogue import RULES, eta, gamma
from gdsim.core.rules.rule import Rule
from gdsim.gui.style.theme import DARK, LIGHT, THEMES, run_styles
from gdsim.gui.surface.panes import SurfacePainter
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session
from tests.core.records import LECTURE
from tests.gui.frames import scene
from tests.gui.windows import near

KNOWN = tuple(RULES[name] for name in LECTURE)
HEAVY = Rule(
    id="heavy",
    title="Heavy ball",
    summary="Add all gradients up, the older the less, and step against the sum.",
    settings=(eta(0.5), gamma(0.8)),
    lines="""
        s_t = gamma*s + g
        w_next = w - eta*s_t
    """,
)


@pytest.fixture
def catalogue(monkeypatch):
    monkeypatch.setitem(RULES, HEAVY.id, HEAVY)


def styles_of(*rules, theme=LIGHT):
    return run_styles([Run(optimizer=rule()) for rule in rules], theme)


# ------------------------------------------------------------------------------------- styles


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_rule_of_the_lecture_has_a_style_of_its_own(theme):
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


# -------------------------------------------------------------------------------- in the window


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("theme", THEMES)
def test_a_further_rule_is_computed_and_drawn(qtbot, theme):
    experiment = scene("first-neuron")
    run = Run(optimizer=HEAVY(), name="Mine", start=(3.0, 3.0))
    session = Session(replace(experiment, runs=(*experiment.runs, run)))
    window = MainWindow(QApplication.instance(), session, SurfacePainter(), None)
    qtbot.addWidget(window, before_close_func=lambda _: window.files.close_at_once())
    window.set_theme(theme)
    with qtbot.waitExposed(window):
        window.show()
    session.begin()
    session.select(len(experiment.runs))
    qtbot.waitUntil(window.is_settled)
    session.play(lambda head: head.seek(1000))
    cards = window.cards
    for page in range(len(PAGES)):
        cards.run_card.show_page(page)
        for kind in CurveKind:
            cards.curves.set_kind(kind)
        window.show_now()
    cards.curves.set_kind(CurveKind.LOSS)
    window.show_now()
    colour = run_styles(session.experiment.runs, THEMES[theme])[-1].colour
    assert colour in THEMES[theme].spare_colours
    for pane in (cards.curves, cards.contours, cards.surface_widget, cards.fit, cards.runs, cards.state):
        assert near(pane.grab(), colour) > 20, pane
    cards.runs.add_requested.emit(HEAVY.id)
    qtbot.waitUntil(window.is_settled)
    assert [run.optimizer.title for run in session.experiment.runs][-2:] == ["Heavy ball", "Heavy ball"]
