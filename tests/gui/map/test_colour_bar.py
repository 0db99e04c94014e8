"""The colour bar beside the contour map."""

import numpy as np
import pytest

from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.gallery import GALLERY
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.contours import even_levels
from gdsim.core.surface.heights import HeightScale
from gdsim.core.surface.sampling import sample_surface
from gdsim.core.surface.surface import Shade
from gdsim.gui.map.colour_bar import ColourBar, tick_labels
from gdsim.gui.style.theme import LIGHT
from gdsim.gui.surface.box_frame import loss_ticks
from tests.core.analysis.diagnosis.measures import read


def value_of(text):
    return read(text if not text.startswith("10") or (text.isdecimal() and text.isascii()) else f"1·{text}")


def written_like(text):
    """Return how many decimals a number has, and its power of ten."""
    digits, _, power = text.partition("·")
    return len(digits.partition(".")[2]), power


def shade(low, high):
    return Shade(np.linspace(low, high, 256), np.linspace(0.0, 1.0, 256))


def log_shade(low, high, base):
    """Return a scale with as many colours for each power of ten above its base."""
    return Shade(base + np.geomspace(low - base, high - base, 256), np.linspace(0.0, 1.0, 256))


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0.0, 0.74, {"0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"}),
        (0.0, 32.0, {"1", "10", "20", "30"}),
        (5e197, 1e198, {"5·10¹⁹⁷", "6·10¹⁹⁷", "7·10¹⁹⁷", "8·10¹⁹⁷", "9·10¹⁹⁷", "10¹⁹⁸"}),
        (1e-9, 5e-9, {"10⁻⁹", "2·10⁻⁹", "3·10⁻⁹", "4·10⁻⁹", "5·10⁻⁹"}),
        (0.40512, 0.40533, {"0.40512", "0.40520", "0.40530"}),
    ],
)
def test_round_losses_as_people_write_them(low, high, texts):
    labels = tick_labels(shade(low, high), 12.0)
    assert texts <= {text for _, text in labels}
    for fraction, text in labels:
        assert low + fraction * (high - low) == pytest.approx(value_of(text), rel=1e-3)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (0.0, 0.74),
        (3.2, 32.0),
        (0.40512, 0.40533),
        (0.0, 3e-9),
        (0.11989451, 0.1198956),
        (0.41, 0.42),
        (0.0, 7e-4),
        (8e-6, 1.2e-5),
        (-3e6, 2e7),
        (9e4, 1.1e5),
    ],
)
def test_where_lines_are_evenly_spaced_the_labels_are_those_of_lines(low, high):
    levels = even_levels(low, high)
    labels = tick_labels(shade(low, high), 8.0, levels[1] - levels[0])
    assert len(labels) > 1
    assert len({text for _, text in labels}) == len(labels)
    for fraction, text in labels:
        assert min(abs(read(text) - level) for level in levels) <= 1e-9 * high
        assert low + fraction * (high - low) == pytest.approx(read(text), rel=1e-6)
    places = [fraction for fraction, _ in labels]
    assert np.diff(places).min() >= 1.0 / 8.0
    assert len({written_like(text) for _, text in labels if text != "0"}) == 1


def test_the_bar_is_told_from_the_bottom_up(qtbot):
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(80, 300)
    bar.show_shade(shade(0.12, 0.74), 0.05)
    assert bar.picture_in_words() == "From 0.15 near the bottom to 0.70 near the top."


def test_losses_below_zero_are_on_the_bar_where_lines_are_not_evenly_spaced(qtbot):
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(80, 300)
    bar.show_shade(shade(-900.0, 700.0))
    assert bar.picture_in_words() == "From −900 near the bottom to 700 near the top."
    for fraction, text in bar.labels():
        assert -900.0 + 1600.0 * fraction == pytest.approx(read(text), abs=1e-9)


def test_the_losses_of_a_logarithm_have_the_signs_of_the_language(qtbot):
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(80, 300)
    base = -1.5
    bar.show_shade(log_shade(base + 1e-3, 1.5, base), heights=HeightScale(base + 1e-3, 1.5, base))
    texts = [text for _, text in bar.labels()]
    assert "−1.40" in texts
    with speaking(read_language("de")):
        assert [text for _, text in bar.labels()] == [text.replace(".", ",") for text in texts]


def test_the_bar_is_as_wide_as_its_numbers(qtbot):
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.set_theme(LIGHT)
    bar.resize(bar.sizeHint().width(), 240)
    bar.show_shade(shade(0.0, 0.74))
    usual = bar.sizeHint().width()
    bar.show_shade(shade(5.0001e197, 5.0002e197))
    texts = [text for _, text in bar.labels()]
    assert len(texts) > 1
    widest = max(map(bar.fontMetrics().horizontalAdvance, texts))
    assert bar.sizeHint().width() >= widest + 16 > usual


@pytest.mark.parametrize(
    ("key", "texts"),
    [("goldstein-price", {"10¹", "10³", "10⁵"}), ("six-hump-camel", {"−0.93", "−1.022", "−1.0306"})],
)
def test_a_logarithm_has_numbers_at_powers_of_ten_above_its_base(qtbot, key, texts):
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(60, 400)
    known = GALLERY[key]
    surface = sample_surface(ORIGIN, known.view_range, objective=known.objective, log=True)
    bar.show_shade(surface.shade, surface.step, surface.heights)
    labels = dict(bar.labels())
    assert texts <= set(labels.values())
    places = sorted(labels)
    assert np.diff(places) == pytest.approx(np.full(len(places) - 1, places[1] - places[0]), abs=1e-3)
    assert "evenly in the logarithm" in bar.toolTip()


@pytest.mark.parametrize("height", [120, 240, 600])
def test_numbers_far_above_the_base_of_a_logarithm_differ(qtbot, height):
    """All but a narrow hole lies within a decade above its floor."""
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(60, height)
    hole = FunctionObjective("sin(w)/10 - 10*exp(-5000*((w - 0.01)**2 + (b - 0.02)**2))")
    surface = sample_surface(ORIGIN, ViewRange(), objective=hole, log=True)
    bar.show_shade(surface.shade, surface.step, surface.heights)
    texts = [text for _, text in bar.labels()]
    assert len(texts) > 3
    assert len(set(texts)) == len(texts)
    assert "−0.0" not in texts


@pytest.mark.parametrize("height", [120, 295, 600])
def test_numbers_of_a_logarithm_within_a_decade_do_not_touch(qtbot, height):
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(60, height)
    bar.stand_beside(0, height)
    bar.show_shade(log_shade(0.093, 0.804, 0.0), heights=HeightScale(0.093, 0.804, 0.0))
    places = [min(max(height * (1 - place), 8), height - 8) for place, _ in bar.labels()]
    assert len(places) >= 3
    assert min(-np.diff(places)) >= bar.fontMetrics().ascent()


@pytest.mark.parametrize(
    ("objective", "text"),
    [("1000 + w**2 + b**2", "A contour line for every 5"), ("3 + w**2", "at round values of the loss")],
)
def test_a_logarithm_over_a_decade_or_less_has_numbers_too(qtbot, objective, text):
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(60, 400)
    surface = sample_surface(ORIGIN, ViewRange(), objective=FunctionObjective(objective), log=True)
    bar.show_shade(surface.shade, surface.step, surface.heights)
    labels = bar.labels()
    assert len(labels) > 4
    for fraction, words in labels:
        assert surface.shade.height(np.array(fraction)) == pytest.approx(float(words), rel=1e-2)
    places, texts = loss_ticks(surface.heights, 5)
    assert len(texts) > 2
    for place, words in zip(places, texts, strict=True):
        assert surface.heights.height(float(words)) == pytest.approx(place)
    assert text in bar.toolTip()
