"""Everything that says something stands out: 4.5 for texts, 3 for borders and marks, as WCAG 2.2 asks.

The pairs of colours come from the style sheet: for each kind of control and its states, what lies on what.
"""

import re
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QLineEdit, QPushButton, QVBoxLayout

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.rules.catalogue import LECTURE_RULES
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.arrows.choice import Layer
from gdsim.gui.arrows.paint import layer_style
from gdsim.gui.style.colours import colours_of, tones_of
from gdsim.gui.style.stylesheet import palette, stylesheet
from gdsim.gui.style.theme import THEMES
from gdsim.gui.surface.mesh import mesh_of
from gdsim.gui.surface.terrain import terrain_of
from gdsim.gui.window.projector_mode import contrasting
from tests.gui.style.colours import SIGHTS, ciede2000, contrast, difference, luminance
from tests.gui.windows import expose, focus, in_window, leave, pixels_of

LOOKS = THEMES | {f"{name} projector": contrasting(theme) for name, theme in THEMES.items()}
EVERY_LOOK = pytest.mark.parametrize("theme", LOOKS.values(), ids=LOOKS)

TEXT, MARK = 4.5, 3.0
# What a person works with, so that its border and its focus say something.
CONTROLS = {
    *(
        "QLineEdit",
        "QPlainTextEdit",
        "QTextEdit",
        "QAbstractSpinBox",
        "QComboBox",
        "QPushButton",
        "QToolButton",
    ),
    *("QCheckBox::indicator", "QRadioButton::indicator", "QListView::indicator"),
    "QSlider::handle",
}
# Parts that are marks themselves.
MARKS = {
    *("QSlider::groove", "QSlider::sub-page", "QSlider::handle", "QScrollBar::handle", "QProgressBar::chunk"),
    *("QCheckBox::indicator", "QRadioButton::indicator", "QListView::indicator"),
}
# Not reached by Tab: what has been clicked shows a cursor or a selection.
UNFOCUSED = {"QLineEdit#cell", "QPlainTextEdit#stepNumbers"}
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_SELECTOR = re.compile(
    r"(?P<before>.* )?(?P<kind>\w+|\*)?(?P<id>#\w+)?(?P<given>(?:\[[^]]*\])*)"
    r"(?P<part>::[\w-]+)?(?P<states>(?::[\w-]+)*)"
)
_WAYS = {"horizontal", "vertical"}


@dataclass(frozen=True)
class Selector:
    kind: str  # with what it stands in, and the part of it
    id: str
    given: frozenset[str]
    states: frozenset[str]

    def applies_to(self, other):
        return (
            self.kind in ("", other.kind)
            and self.id in ("", other.id)
            and self.given <= other.given
            and self.states <= other.states
        )

    @property
    def weight(self):
        return bool(self.id), len(self.given) + len(self.states)

    def __str__(self):
        return "".join(
            (self.kind, self.id, *sorted(self.given), *(f":{state}" for state in sorted(self.states)))
        )


def read(text):
    found = _SELECTOR.fullmatch(text.strip())
    assert found, text
    part = {key: value or "" for key, value in found.groupdict().items()}
    states = frozenset(part["states"].split(":")) - {""} - _WAYS
    given = frozenset(re.findall(r"\[[^]]*\]", part["given"]))
    return Selector(part["before"] + part["kind"] + part["part"], part["id"], given, states)


def rules_of(sheet):
    """Return the selectors of a style sheet, each with what it sets."""
    rules = []
    for selectors, body in re.findall(
        r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    ):
        settings = dict(re.findall(r"([\w-]+):\s*([^;]+);", body))
        rules += [(read(one), settings) for one in selectors.split(",") if one.strip()]
    return rules


def settings_of(selector, rules):
    """Return what holds for a control in its states: the more a rule asks for, the later it is applied."""
    settings = {}
    for one, given in sorted(rules, key=lambda rule: rule[0].weight):
        if one.applies_to(selector):
            if "border" in given:  # it sets the colour too
                settings.pop("border-color", None)
            settings |= given
    return settings


def every_state(rules):
    """Return the selectors of a style sheet, and those of a control in two of its states at once."""
    own = {one for one, _ in rules}
    made = set(own)
    for one in own:
        related = [
            other.states
            for other in own
            if other.applies_to(Selector(one.kind, one.id, one.given, other.states))
        ]
        for first, second in combinations({frozenset(), *related}, 2):
            made.add(Selector(one.kind, one.id, one.given, first | second))
    return sorted(made, key=str)


def colour_in(settings, *names):
    """Return the colour that the first of some settings names, the outermost one of a gradient; or None."""
    for name in names:
        if found := _COLOUR.findall(settings.get(name, "")):
            return found[-1]
    return None


def border_of(settings):
    if "transparent" in settings.get("border-color", settings.get("border", "")):
        return None
    return colour_in(settings, "border-color", "border")


def cases(theme):
    rules = rules_of(stylesheet(theme))
    return [(one, settings_of(one, rules)) for one in every_state(rules)]


def grounds(theme):
    """What controls lie on."""
    return (theme.page, theme.card)


def least(pairs):
    """Return the pairs that do not stand out from each other as they have to."""
    return sorted(
        {
            f"{what}: {one} on {other}, {contrast(one, other):.2f}"
            for what, one, other, wanted in pairs
            if contrast(one, other) < wanted
        }
    )


def is_exempt(selector):
    return bool(selector.states & {"disabled"})


@EVERY_LOOK
def test_every_text_of_the_style_sheet_can_be_read(theme):
    pairs = []
    for selector, settings in cases(theme):
        if (text := colour_in(settings, "color")) is None or "transparent" in settings["color"]:
            continue
        wanted = MARK if is_exempt(selector) else TEXT
        own = colour_in(settings, "background", "background-color")
        pairs += [(str(selector), text, ground, wanted) for ground in ((own,) if own else grounds(theme))]
        if chosen := colour_in(settings, "selection-color"):
            pairs.append(
                (f"{selector} selected", chosen, colour_in(settings, "selection-background-color"), TEXT)
            )
    assert len(pairs) > 100
    assert least(pairs) == []


@EVERY_LOOK
def test_every_border_of_a_control_can_be_seen(theme):
    pairs = []
    for selector, settings in cases(theme):
        if selector.kind in CONTROLS and not is_exempt(selector):
            border = border_of(settings)
            pairs += [(str(selector), border, ground, MARK) for ground in grounds(theme) if border]
    assert len(pairs) > 100
    assert least(pairs) == []


@EVERY_LOOK
def test_every_mark_can_be_seen(theme):
    pairs = []
    for selector, settings in cases(theme):
        if selector.kind in MARKS and not is_exempt(selector):
            ground, border = colour_in(settings, "background"), border_of(settings)
            mark = max((one for one in (ground, border) if one), key=lambda one: contrast(one, theme.card))
            pairs += [(str(selector), mark, around, MARK) for around in grounds(theme)]
    assert len(pairs) > 20
    assert least(pairs) == []


@EVERY_LOOK
def test_the_focus_can_be_seen_on_every_control(theme):
    pairs, thin = [], []
    rules = rules_of(stylesheet(theme))
    for selector in every_state(rules):
        name = selector.kind + selector.id
        if selector.kind not in CONTROLS or name in UNFOCUSED or "focus" not in selector.states:
            continue
        if selector.states & {"disabled", "hover", "pressed"}:  # a person who needs the ring does not point
            continue
        with_keys = settings_of(selector, rules)
        without = settings_of(
            Selector(selector.kind, selector.id, selector.given, selector.states - {"focus"}), rules
        )
        ring = border_of(with_keys)
        if ring is None:
            thin.append(name)
            continue
        if not with_keys.get("border", with_keys.get("border-width", "")).startswith("2px"):
            thin.append(str(selector))
        pairs += [(f"{selector} beside it", ring, ground, MARK) for ground in grounds(theme)]
        # The inner one of the two pixels of the ring was ground before.
        pairs += [
            (f"{selector} on it", changed, before, MARK)
            for before in (_ground_of(without) or theme.card,)
            for changed in (
                max(ring, _ground_of(with_keys) or ring, key=lambda one, on=before: contrast(one, on)),
            )
        ]
    assert len(pairs) > 30
    assert (thin, least(pairs)) == ([], [])


def _ground_of(settings):
    return colour_in(settings, "background", "background-color")


@EVERY_LOOK
def test_what_is_painted_in_the_themes_colours_can_be_seen(theme):
    """Panes paint texts in the first two colours, lines and marks in the others, on cards and chosen rows."""
    pairs = [
        (role, getattr(theme, role), ground, TEXT)
        for role in ("text", "muted")
        for ground in (*grounds(theme), theme.accent_soft)
    ]
    pairs += [
        (role, getattr(theme, role), ground, MARK)
        for role in ("faint", "accent", "fault", "caution", "settled", "gradient", "memory", "correction")
        for ground in (*grounds(theme), theme.accent_soft)
    ]
    pairs.append(("fault", theme.fault, theme.card, TEXT))
    assert least(pairs) == []


@EVERY_LOOK
def test_contour_lines_stand_out_from_every_colour_of_the_loss(theme):
    places = np.linspace(0.0, 1.0, 256)
    pairs = [
        (f"line at {place:.3f}", QColor(*tone).name(), QColor(*ground).name(), MARK)
        for place, tone, ground in zip(
            places.tolist(),
            tones_of(places, dark=theme.is_dark).tolist(),
            colours_of(places)[:, :3].tolist(),
            strict=True,
        )
    ]
    assert least(pairs) == []
    # Most are on the side of the theme's letters: lighter ones on light paper, darker ones on dark.
    on_theirs = [(luminance(line) < luminance(ground)) is theme.is_dark for _, line, ground, _ in pairs]
    assert np.mean(on_theirs) > 0.5


@pytest.fixture(scope="module")
def lined():
    """Return a mesh, for each piece of a line on it the colour of the ground without light, and the light."""
    experiment = load_scene(find_scene("first-neuron"))
    surface = sample_surface(experiment.points, experiment.view_range)
    mesh = mesh_of(surface, terrain_of(surface), 121)
    x, y, _ = mesh.lines.mean(axis=1).T
    nearest = tuple(abs(of[:, np.newaxis] - at).argmin(axis=0) for of, at in ((mesh.x, x), (mesh.y, y)))
    grounds = colours_of(surface.shade.fraction(levels_at(surface, x, y)))[:, :3]
    return mesh, grounds, mesh.light[nearest]


@EVERY_LOOK
@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_contour_lines_stand_out_in_light_and_shade(lined, theme, strength):
    mesh, grounds, light = lined
    tones = mesh.line_tones(strength, dark=theme.is_dark)
    own = np.minimum(grounds * (1.0 + strength * (light[:, np.newaxis] - 1.0)), 255.0).astype(int)
    pairs = {
        (QColor(*tone).name(), QColor(*ground).name())
        for tone, ground in zip(tones.tolist(), own.tolist(), strict=True)
    }
    assert len(tones) > 1000
    assert least([("line", line, ground, MARK) for line, ground in pairs]) == []


def levels_at(surface, x, y):
    """Return the losses of the contour lines nearest to places of the unit box."""
    w = np.interp(x, [-1.0, 1.0], [surface.w[0], surface.w[-1]])
    b = np.interp(y, [-1.0, 1.0], [surface.b[0], surface.b[-1]])
    levels = np.array([contour.level for contour in surface.contours])
    return levels[abs(levels[:, np.newaxis] - surface.loss_at(w, b)).argmin(axis=0)]


@EVERY_LOOK
def test_contours_of_a_batch_stand_out_from_their_seam(theme):
    assert contrast(layer_style(Layer.BATCH_LOSS, theme).colour, theme.halo) >= MARK


@EVERY_LOOK
def test_every_text_of_the_palette_can_be_read(theme):
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    colours = palette(theme)
    pairs = [
        (f"{text.name} {of.name}", colours.color(of, text).name(), colours.color(of, ground).name(), wanted)
        for of, wanted in ((group.Active, TEXT), (group.Disabled, MARK))
        for text, ground in (
            (role.WindowText, role.Window), (role.Text, role.Base), (role.Text, role.AlternateBase),
            (role.ButtonText, role.Button), (role.PlaceholderText, role.Base), (role.Link, role.Base),
            (role.HighlightedText, role.Highlight), (role.ToolTipText, role.ToolTipBase),
        )
    ]  # fmt: skip
    assert least(pairs) == []


@EVERY_LOOK
def test_the_colours_of_runs_can_be_seen(theme):
    colours = (*theme.run_colours, *theme.spare_colours)
    pairs = [
        ("run", colour, ground, MARK) for colour in colours for ground in (*grounds(theme), theme.accent_soft)
    ]
    assert least(pairs) == []


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_colours_of_runs_can_be_told_apart(theme, sight):
    # CIEDE2000. Dashes and markers tell runs apart too.
    def closest(colours):
        return min((difference(one, other, sight), one, other) for one, other in combinations(colours, 2))

    own = theme.run_colours
    assert len(own) >= len(LECTURE_RULES)
    assert closest(own)[0] >= 15.0, closest(own)
    assert closest((*own, *theme.spare_colours))[0] >= 9.0, closest((*own, *theme.spare_colours))


def test_the_difference_of_colours_is_that_of_its_authors():
    # Pairs 1, 7, 9, 13, 17 and 25 of Sharma, Wu and Dalal, table 1.
    for one, other, wanted in (
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0009), 7.1792),
        ((50.0, -0.0010, 2.4900), (50.0, 0.0009, -2.4900), 4.8045),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ):
        assert ciede2000(one, other) == pytest.approx(wanted, abs=5e-5)


def painted_contrast(shown, widget):
    """Return how far what a widget shows stands out from its ground, its most frequent colour."""
    place = widget.geometry().adjusted(3, 3, -3, -3)
    pixels = shown[place.top() : place.bottom(), place.left() : place.right()]
    colours, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    names = ["#" + "".join(f"{part:02x}" for part in colour) for colour in colours]
    ground = names[int(counts.argmax())]
    return max(contrast(ground, name) for name in names)


@EVERY_LOOK
@pytest.mark.parametrize("kind", [QLabel, QPushButton, QCheckBox, QLineEdit])
def test_what_is_written_on_widgets_can_be_read(qtbot, theme, kind):
    card = QFrame()
    card.setObjectName("card")
    card.setStyleSheet(stylesheet(theme))
    layout = QVBoxLayout(card)
    usual, disabled, hint = kind("Letters"), kind("Letters"), QLineEdit()
    disabled.setEnabled(False)
    hint.setPlaceholderText("Letters")
    for widget in (usual, disabled, hint):
        layout.addWidget(widget)
    expose(qtbot, card)
    card.setFocus()
    shown = pixels_of(card)
    found = [painted_contrast(shown, widget) for widget in (usual, disabled, hint)]
    assert all(one >= wanted for one, wanted in zip(found, (TEXT, MARK, TEXT), strict=True)), found


@EVERY_LOOK
def test_the_focus_changes_what_is_seen_of_a_field(qtbot, theme):
    field = in_window(qtbot, QLineEdit(), theme=theme)
    with_keys = pixels_of(field)
    leave(qtbot, field)
    without = pixels_of(field)
    focus(qtbot, field)
    column = field.width() // 2
    inner = ["#" + "".join(f"{part:02x}" for part in picture[1, column]) for picture in (with_keys, without)]
    assert contrast(*inner) >= MARK
