"""The style sheet of the whole application, made from a theme."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from string import Template

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from gdsim.core.resources import resource
from gdsim.gui.style.fonts import MONO, SERIF
from gdsim.gui.style.shown_theme import remember_theme
from gdsim.gui.style.text_size import BASE_SIZE
from gdsim.gui.style.theme import Theme

# The pictures in the style sheet: the icon each is made from, and its colour, which can be seen in every
# theme. A style sheet loads pictures only from files.
_GREY, _BLUE, _WHITE = "#788190", "#4c82f4", "#ffffff"
CONTROL_ICONS = {
    "chevron-down": ("chevron-down", _GREY),
    "chevron-up": ("chevron-up", _GREY),
    "chevron-right": ("chevron-right", _GREY),
    "check": ("check", _WHITE),
    "check-menu": ("check", _BLUE),
}
# What goes with the letters; most borders and paddings do not.
_SIZES = re.compile(r"\b(font-size|height|width|margin|border-radius|border-width):[^;]*px")
_Role = QPalette.ColorRole
# The colours of the style sheet, by the roles that they have in the palette. The sheet of the application
# names them by these, and so is the same in every theme. Most are what Qt has a role for; the others are in
# roles that it asks for only where a control has no style sheet.
_ROLES = {
    "page": _Role.Window,
    "text": _Role.WindowText,
    "card": _Role.Base,
    "field": _Role.Button,
    "muted": _Role.PlaceholderText,
    "faint": _Role.Dark,
    "border": _Role.Mid,
    "accent": _Role.Highlight,
    "on_accent": _Role.HighlightedText,
    "accent_soft": _Role.Midlight,
    "accent_text": _Role.Accent,
    "accent_hover": _Role.LinkVisited,
    "hover": _Role.AlternateBase,
    "pressed": _Role.Light,
    "fault": _Role.BrightText,
    "fault_soft": _Role.Shadow,
    "tip": _Role.ToolTipBase,
    "tip_text": _Role.ToolTipText,
}
_FURTHER_ROLES = {_Role.Text: "text", _Role.ButtonText: "text", _Role.Link: "accent"}


def stylesheet(theme: Theme, size: int = BASE_SIZE) -> str:
    """Return the style sheet in the colours of a theme, for what has it whatever palette and font are.

    ``size`` is the height of normal text in pixels, larger for a projector.
    """
    return _filled(_colours(theme), size, is_alone=True)


def _filled(colours: Mapping[str, str], size: int, *, is_alone: bool) -> str:
    sheet = resource("style.qss").read_text(encoding="utf-8")
    if is_alone:
        sheet = resource("alone.qss").read_text(encoding="utf-8") + sheet
    template = Template(_SIZES.sub(lambda found: _scaled(found[0], size / BASE_SIZE), sheet))
    icons = resource("icons", "controls").as_posix()
    return template.substitute(colours, icons=icons, serif=SERIF, mono=MONO)


# Qt keeps pictures of controls for each palette that was made, also for those that are alike.
@lru_cache(maxsize=8)
def palette(theme: Theme) -> QPalette:
    """Return the colours of a theme as the style sheet of the application, and Qt, look for them."""
    made, colours = QPalette(), _colours(theme)
    for name, role in _ROLES.items():
        made.setColor(role, QColor(colours[name]))
    for role, name in _FURTHER_ROLES.items():
        made.setColor(role, QColor(colours[name]))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.faint))
    return made


def show_theme(theme: Theme) -> None:
    """Give the application a theme. Qt paints all widgets again, as far as the style sheet lets it."""
    remember_theme(theme)
    QApplication.setPalette(palette(theme))


def put_on(app: QApplication, theme: Theme, sheet: str) -> None:
    """Put a theme and a style sheet on the whole application: menus and dialogs too."""
    # Without the empty sheet Qt polishes each widget again for each of its ancestors.
    app.setStyleSheet("")
    show_theme(theme)
    app.setStyleSheet(sheet)


def recolour(app: QApplication, theme: Theme) -> None:
    """Give the whole application another theme under the style sheet that it has."""
    before, after = app.palette(), palette(theme)
    if all(before.color(role) == after.color(role) for role in (*_ROLES.values(), *_FURTHER_ROLES)):
        return
    show_theme(theme)
    # What Qt has worked out of the sheet it keeps until a widget is polished. To put on a sheet anew takes
    # twice as long: it is taken off each widget before, and each is told of another style.
    windows, seen, when_shown = app.topLevelWidgets(), list[QWidget](), _when_shown(app)
    for window in windows:
        for widget in _inside_out(window):
            if widget.isVisible():
                seen.append(widget)
            elif widget is window or ((parent := widget.parentWidget()) and parent.isVisible()):
                widget.installEventFilter(when_shown)  # with all that is in it: most of a window is hidden
    _polish(seen)
    for window in windows:
        window.update()


def _inside_out(widget: QWidget) -> Iterator[QWidget]:
    """Yield all that is in a widget, and then the widget: in the other order Qt paints all of it twice."""
    window = widget.window()
    for part in reversed(widget.findChildren(QWidget)):
        if part.window() is window:
            yield part
    yield widget


class _PolishWhenShown(QObject):
    """Polishes a widget with all that is in it before it is seen again, once."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            watched.removeEventFilter(self)
            is_polished = Qt.WidgetAttribute.WA_WState_Polished
            _polish([one for one in _inside_out(watched) if one.testAttribute(is_polished)])
        return False


@cache
def _when_shown(app: QApplication) -> _PolishWhenShown:
    return _PolishWhenShown(app)


def _polish(widgets: Sequence[QWidget]) -> None:
    """Polish widgets, and tell none of another font: those of the sheet are lost, and had again.

    Each would work out its size twice, and the window would be laid out.
    """
    silence = _NoFontChange()  # until this function ends
    for widget in widgets:
        if widget.font().resolveMask():  # it has one of its own, or of what it is in
            widget.installEventFilter(silence)
    for widget in widgets:
        widget.style().polish(widget)


class _NoFontChange(QObject):
    """Keeps the news of another font from widgets, as long as it is there."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        return event.type() == QEvent.Type.FontChange


@cache
def application_sheet(size: int = BASE_SIZE, *, is_usual: bool = True) -> str:
    """Return the style sheet in the colours of the palette: it is the same in every theme.

    ``is_usual`` says whether controls have letters of that size by themselves, and the sheet need not say it.
    """
    colours = {name: in_sheet(name) for name in _ROLES}
    return _filled(colours, size, is_alone=not is_usual)


def in_sheet(name: str) -> str:
    """Return how a style sheet names a colour of the theme that is shown, such as ``"accent"``."""
    return f"palette({css_name(_ROLES[name])})"


def css_name(role: QPalette.ColorRole) -> str:
    """Return what a style sheet calls a role of the palette."""
    words = re.sub(r"(?<!^)(?=[A-Z])", "-", role.name).lower()
    return words.replace("tool-tip", "tooltip")


def set_mark(widget: QWidget, name: str, *, on: bool) -> bool:
    """Set a property that rules ask for, such as ``[fault="true"]``; return whether it was another one."""
    if bool(widget.property(name)) == on:
        return False
    widget.setProperty(name, on)
    widget.style().unpolish(widget)  # the style sheet looks at the property only then
    widget.style().polish(widget)
    return True


def _scaled(setting: str, scale: float) -> str:
    return re.sub(r"\d+(?=px)", lambda pixels: str(int(int(pixels[0]) * scale)), setting)


def control_icon(name: str) -> str:
    """Return the SVG text of one of the `CONTROL_ICONS` in its colour."""
    source, colour = CONTROL_ICONS[name]
    return resource("icons", f"{source}.svg").read_text(encoding="utf-8").replace("currentColor", colour)


def mixed(first: str, second: str, share: float) -> str:
    """Return a colour between two, ``share`` of the way to the second."""
    one, other = QColor(first), QColor(second)
    channels = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)


def _colours(theme: Theme) -> dict[str, str]:
    """Return the colours of the style sheet by their names: the theme's, and what follows from them."""
    dark = theme.is_dark
    own = {name: value for name, value in theme._asdict().items() if name in _ROLES}
    return own | {
        "field": mixed(theme.card, theme.text, 0.03) if dark else theme.card,
        "hover": mixed(theme.card, theme.text, 0.05),
        "pressed": mixed(theme.card, theme.text, 0.1),
        "accent_hover": mixed(theme.accent, theme.text, 0.12),
        "accent_text": mixed(theme.accent, theme.text, 0.25),
        "tip": mixed(theme.card, theme.text, 0.15) if dark else theme.text,
        "tip_text": theme.text if dark else theme.card,
    }
