"""A rule that is in the catalog, and that the window has never heard of."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from gdsim.core.rules.optimizers import OPTIMIZERS
from gdsim.core.rules.optimizers.momentum import Momentum
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from tests.gui.flights import scene

from gdsim.core.analysis.series import Kind
from gdsim.core.model.experiment import Run
from gdsim.gui.style.theme import DARK, LIGHT, THEMES, run_styles
from gdsim.gui.surface.painter_pane import SurfacePainter
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session

KNOWN = tuple(OPTIMIZERS.values())


@dataclass(frozen=True)
class Heavy(Momentum):
    """Carry on a share of the last step."""

    id = "heavy"
    title = "Heavy ball"


@pytest.fixture
def catalog(monkeypatch):
    monkeypatch.setitem(OPTIMIZERS, Heavy.id, Heavy)


def styles_of(*rules, theme=LIGHT):
    return run_styles([Run(optimizer=rule()) for rule in rules], theme)


# ------------------------------------------------------------------------------------- styles


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_six_rules_of_the_lecture_have_a_style_each(theme):
    styles = styles_of(*KNOWN, theme=theme)
    assert tuple(style.colour for style in styles) == theme.run_colours
    assert len({style.dash for style in styles}) == len({style.marker for style in styles}) == len(KNOWN)


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_further_rule_has_a_style_of_its_own_and_changes_no_other(theme):
    *others, own = styles_of(*KNOWN, Heavy, theme=theme)
    assert tuple(others) == styles_of(*KNOWN, theme=theme)
    for part in ("colour", "dash", "marker"):
        assert getattr(own, part) not in {getattr(style, part) for style in others}


@pytest.mark.usefixtures("catalog")
def test_a_further_rule_that_comes_again_looks_otherwise():
    for part in ("colour", "dash", "marker"):
        assert len({getattr(style, part) for style in styles_of(Heavy, Heavy, Heavy)}) == 3


@pytest.mark.usefixtures("catalog")
def test_a_colour_that_another_run_has_taken_is_left_to_it():
    assert len({style.colour for style in styles_of(Momentum, Momentum, Heavy)}) == 3


def test_a_rule_in_no_catalog_is_drawn_as_well():
    assert styles_of(*KNOWN, Heavy)[-1].colour in LIGHT.spare_colours


def test_there_is_no_end_of_styles(monkeypatch):
    for number in range(40):
        name = f"rule{number}"
        monkeypatch.setitem(OPTIMIZERS, name, type(name, (Heavy,), {"id": name}))
    assert len(styles_of(*OPTIMIZERS.values(), theme=DARK)) == len(KNOWN) + 40


# -------------------------------------------------------------------------------- in the window


def near(picture, colour, most=12):
    """Return how many pixels have a colour, but for some rounding."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    wanted = QColor(colour).getRgb()[2::-1]
    return int((np.abs(pixels[..., :3].astype(int) - wanted).max(axis=-1) <= most).sum())


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize("theme", THEMES)
def test_a_further_rule_is_flown_and_drawn(qtbot, theme):
    experiment = scene("first-neuron")
    run = Run(optimizer=Heavy(eta=0.5), name="Mine", start=(3.0, 3.0))
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
    for page in range(4):
        cards.run_card.show_page(page)
        for kind in Kind:
            cards.curves.set_kind(kind)
        window.show_now()
    cards.curves.set_kind(Kind.LOSS)
    window.show_now()
    colour = THEMES[theme].spare_colours[0]
    for pane in (cards.curves, cards.contours, cards.surface_widget, cards.fit, cards.runs, cards.state):
        assert near(pane.grab(), colour) > 20, pane
    cards.runs.add_requested.emit(Heavy.id)
    qtbot.waitUntil(window.is_settled)
    assert [run.optimizer.title for run in session.experiment.runs][-2:] == ["Heavy ball", "Heavy ball"]
