"""The style sheet: whole, readable in both themes, with every picture in its place."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QMessageBox,
    QPushButton,
    QRadioButton,
    QToolButton,
    QWidget,
)

import gdsim.gui
from gdsim.core.resources import resource
from gdsim.gui.plain_text import PlainMessageBox
from gdsim.gui.style import icons as assets
from gdsim.gui.style.stylesheet import (
    CONTROL_ICONS,
    application_sheet,
    control_icon,
    css_name,
    mixed_colour,
    palette,
    stylesheet,
)
from gdsim.gui.style.text_size import are_usual, room_for
from gdsim.gui.style.theme import DARK, LIGHT, THEMES
from tests.every import every
from tests.gui.style.colours import contrast
from tests.gui.windows import expose, focus, in_window, leave, pixels_of

EVERY_THEME = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
ICONS = sorted(path.stem for path in resource("icons").glob("*.svg"))
NEEDED = (
    *("first", "back", "play", "pause", "forward", "last", "loop", "plus", "minus", "duplicate", "trash"),
    *("eye", "eye-off", "undo", "redo", "sun", "moon", "help", "reset-view", "top-view", "fit", "open"),
    *("sidebar-left", "sidebar-right", "chevron-down", "chevron-up", "live", "stop"),
)


@EVERY_THEME
def test_every_name_is_filled_in(theme):
    sheet = stylesheet(theme)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")
    assert all(QColor(colour).isValid() for colour in re.findall(r"#[0-9a-f]{6}\b", sheet))
    assert theme.card in sheet


@EVERY_THEME
def test_every_picture_is_there(theme):
    paths = re.findall(r'url\("([^"]+)"\)', stylesheet(theme))
    assert len(paths) > 5
    assert {path.rsplit("/", 1)[1].removesuffix(".svg") for path in paths} == set(CONTROL_ICONS)
    for path in paths:
        assert QSvgRenderer(path).isValid()


@pytest.mark.parametrize("name", CONTROL_ICONS)
def test_the_pictures_of_the_style_sheet_are_made_of_the_icons(name):
    # When an icon changed: write control_icon(name) to the file anew.
    written = resource("icons", "controls", f"{name}.svg").read_text(encoding="utf-8")
    assert written == control_icon(name)


@EVERY_THEME
@pytest.mark.parametrize("name", CONTROL_ICONS)
def test_the_pictures_of_the_style_sheet_can_be_seen_in_every_theme(theme, name):
    ground = theme.accent if name == "check" else theme.card
    assert contrast(CONTROL_ICONS[name][1], ground) > 3.0


def test_the_sheet_of_the_application_has_no_colours_of_its_own():
    for usual in (True, False):
        assert re.findall(r"#[0-9a-f]{6}\b", application_sheet(is_usual=usual)) == []
    for theme in THEMES.values():
        colours, sheet = palette(theme), application_sheet(18, is_usual=False)
        for role in QPalette.ColorRole:
            sheet = sheet.replace(f"palette({css_name(role)})", colours.color(role).name())
        assert sheet == stylesheet(theme, 18)


def test_a_widget_whose_parts_have_colours_has_a_rule_of_its_own():
    """Only such a widget is styled again when the theme changes."""
    sheet = re.sub(r"/\*.*?\*/", "", application_sheet(), flags=re.DOTALL)  # without comments
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", sheet)
    split = [(one.strip(), colours) for names, colours in rules for one in names.split(",")]
    named = {re.match(r"\w+", one)[0] for one, _ in split if "::" not in one and one[0] != "#"}
    parted = {re.match(r"\w+", one)[0] for one, colours in split if "::" in one and "palette(" in colours}
    assert "QTabBar" in parted
    assert parted <= named


@EVERY_THEME
def test_qt_understands_the_sheet(qtbot, theme):
    # Qt warns of what it cannot parse, and a warning fails a test.
    widget = in_window(qtbot, QPushButton("Push"), theme=theme)
    assert widget.sizeHint().height() >= 24


@EVERY_THEME
def test_the_size_is_that_of_the_letters(theme):
    assert "QWidget { font-size: 12px; }" in stylesheet(theme)
    assert "QWidget { font-size: 18px; }" in stylesheet(theme, 18)


def test_the_sheet_of_the_application_says_no_size_that_all_controls_have():
    """Qt would style every widget for that."""
    assert "QWidget { font-size" not in application_sheet(18)
    assert application_sheet(18, is_usual=False).endswith(application_sheet(18))


def test_a_desktop_may_give_some_controls_other_letters(qapp):
    usual, menus = qapp.font(), qapp.font()
    pixels = QFontInfo(usual).pixelSize()
    menus.setPixelSize(pixels + 4)
    assert are_usual(pixels)
    assert not are_usual(pixels + 4)
    qapp.setFont(menus, "QMenu")
    try:
        assert not are_usual(pixels)
    finally:
        qapp.setFont(usual)  # which takes those of single controls away
    assert are_usual(pixels)


@EVERY_THEME
def test_a_focused_control_can_be_told_from_others(qtbot, theme):
    box = in_window(qtbot, QComboBox(), width=200, height=100, theme=theme)
    box.addItem("one")
    focused = box.grab().toImage()
    box.window().findChild(QWidget, "other").setFocus()
    plain = box.grab().toImage()
    focus(qtbot, box)
    assert focused.pixelColor(0, 12).name() == theme.accent
    assert plain.pixelColor(0, 12).name() != theme.accent


@pytest.mark.parametrize("letters", [12, 16, 24])
@pytest.mark.parametrize("name", ["", "bordered", "lessonPlace", "tab", "legend", "chip", "opener"])
def test_a_button_is_as_large_with_the_focus_or_pressed_in(qtbot, name, letters):
    around = in_window(qtbot, QWidget(), width=400, height=100)
    around.setStyleSheet(stylesheet(LIGHT, letters))
    plain, pressed, focused = (
        QToolButton(around, objectName=name, checkable=True, visible=True) for _ in range(3)
    )
    pressed.setChecked(True)
    focus(qtbot, focused)
    for button in (plain, pressed, focused):
        button.setText("Button")  # a button keeps the size that it has found, until its text changes
    assert pressed.sizeHint() == plain.sizeHint() == focused.sizeHint()


@EVERY_THEME
def test_the_arrow_of_a_choice_is_painted(qtbot, theme):
    box = in_window(qtbot, QComboBox(), width=200, height=100, theme=theme)
    picture = box.grab().toImage()
    arrow = [
        contrast(picture.pixelColor(x, y), picture.pixelColor(40, box.height() // 2))
        for x in range(box.width() - 22, box.width() - 4)
        for y in range(6, box.height() - 6)
    ]
    assert max(arrow) > 3.0


@every("name", ICONS)
def test_every_icon_can_be_drawn_in_any_colour(qtbot, name):
    svg = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    assert "currentColor" in svg
    assert 'viewBox="0 0 24 24"' in svg
    assert QSvgRenderer(QByteArray(svg.encode())).isValid()
    picture = assets.icon(name, "#ff0000", "#00ff00").pixmap(32, 32).toImage()
    reds = sum(
        picture.pixelColor(x, y).red() > 200 and picture.pixelColor(x, y).alpha() > 200
        for x in range(picture.width())
        for y in range(picture.height())
    )
    assert reds > 20


def test_every_icon_that_is_asked_for_is_there():
    assert set(NEEDED) <= set(ICONS)


def test_the_themes_differ():
    assert stylesheet(LIGHT) != stylesheet(DARK)
    assert palette(LIGHT) != palette(DARK)


def test_mixed_colours_lie_between():
    assert mixed_colour("#000000", "#ffffff", 0.0) == "#000000"
    assert mixed_colour("#000000", "#ffffff", 1.0) == "#ffffff"
    assert mixed_colour("#102030", "#304050", 0.5) == "#203040"


@EVERY_THEME
def test_the_chosen_one_of_several_has_a_ring_as_the_others_have(qtbot, theme):
    button = QRadioButton("one")
    button.setChecked(True)
    in_window(qtbot, button, theme=theme)
    leave(qtbot, button)
    image = button.grab().toImage()
    middle = image.height() // 2
    colours = [image.pixelColor(x, middle).name() for x in range(16)]
    # The ring, the ground, the dot, the ground, the ring; the ground is a card's, or a little lighter.
    for place in (0, 8, 15):
        assert contrast(colours[place], theme.accent) < 1.3, (place, colours)
    for place in (2, 13):
        assert contrast(colours[place], theme.card) < 1.3, (place, colours)


def test_a_theme_that_comes_back_has_the_same_palette_for_qt(qtbot):
    """Qt keeps pictures of controls for each palette: of new ones that are alike it would keep more."""
    keys = [palette(theme).cacheKey() for theme in (LIGHT, DARK, LIGHT, DARK)]
    assert keys[:2] == keys[2:]
    assert keys[0] != keys[1]


@every("text", ["Krümmung am Lauf", "&Nahansicht", "Zwei &Piloten"])
@every("kind", [QCheckBox, QRadioButton])
def test_ticks_have_room_for_a_letter_that_is_underlined(qtbot, text, kind):
    """It breaks the kerning, of which Qt's own measure knows nothing."""
    host = QWidget()
    qtbot.addWidget(host)
    host.setStyleSheet(stylesheet(LIGHT, 24))
    button = kind(text, host)
    button.ensurePolished()
    wanted = button.sizeHint()
    button.resize(wanted.width() + 40, wanted.height())
    page = pixels_of(button)
    painted = np.flatnonzero((np.abs(page - page[0, -1]).max(axis=-1) > 60).any(axis=0))
    assert painted[-1] + 2 < wanted.width()


def test_no_font_is_asked_for_by_a_name_that_linux_alone_knows():
    modules = Path(gdsim.gui.__file__).parent.rglob("*.py")
    asking = [path.name for path in modules if re.search(r"QFont\(\"|setFamily\(\"", path.read_text("utf-8"))]
    assert asking == []


def test_a_window_has_a_size_while_all_screens_are_off(qtbot):
    """Qt complains on the terminal of one below 0."""

    class Window(QWidget):
        def screen(self):
            return SimpleNamespace(availableSize=lambda: QSize(0, 0))

    window = Window()
    qtbot.addWidget(window)
    assert room_for(window) == QSize(1, 1)


def test_the_last_button_of_a_question_is_the_one_that_accepts(qtbot):
    box = PlainMessageBox(in_window(qtbot, QWidget()))
    kinds = (QMessageBox.StandardButton.Save, QMessageBox.StandardButton.Discard)
    save, discard, cancel = map(box.addButton, (*kinds, QMessageBox.StandardButton.Cancel))
    expose(qtbot, box)
    assert sorted(box.buttons(), key=lambda button: button.x()) == [discard, cancel, save]
