"""The style sheet and the palette of the application."""

import re
from collections.abc import Iterable, Iterator, Mapping
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

# The pictures in the style sheet: the icon each is made from, and a colour that is visible in every theme.
# Style sheets can load pictures only from files.
_GREY, _BLUE, _WHITE = "#788190", "#4c82f4", "#ffffff"
CONTROL_ICONS = {
    "chevron-down": ("chevron-down", _GREY),
    "chevron-up": ("chevron-up", _GREY),
    "chevron-right": ("chevron-right", _GREY),
    "check": ("check", _WHITE),
    "check-menu": ("check", _BLUE),
}
# Properties that scale with the font; most borders and paddings do not.
_SIZES = re.compile(r"\b(font-size|height|width|margin|border-radius|border-width):[^;]*px")
_Role = QPalette.ColorRole
# The palette roles that hold the colours of the style sheet. The application's sheet refers to colours by
# role and is therefore the same in every theme. Most colours are in the role that Qt means for them; the
# others are in roles that Qt reads only for controls without a style sheet.
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
# Whether a rule of the style sheet names a widget itself, and not only a part of it.
_IS_NAMED = Qt.WidgetAttribute.WA_StyleSheetTarget
_FURTHER_ROLES = {_Role.Text: "text", _Role.ButtonText: "text", _Role.Link: "accent"}


def stylesheet(theme: Theme, size: int = BASE_SIZE) -> str:
    """Return a style sheet with the colours of a theme, independent of the application's palette and font.

    ``size`` is the size of normal text in pixels.
    """
    return _filled(_colours(theme), size, is_alone=True)


def _filled(colours: Mapping[str, str], size: int, *, is_alone: bool) -> str:
    sheet = resource("style.qss").read_text(encoding="utf-8")
    if is_alone:
        sheet = resource("alone.qss").read_text(encoding="utf-8") + sheet
    template = Template(_SIZES.sub(lambda found: _scaled(found[0], size / BASE_SIZE), sheet))
    icons = resource("icons", "controls").as_posix()
    return template.substitute(colours, icons=icons, serif=SERIF, mono=MONO)


# Qt caches pictures of controls for each palette object, even for equal ones.
@lru_cache(maxsize=8)
def palette(theme: Theme) -> QPalette:
    """Return the colours of a theme in the roles where the application's style sheet and Qt look for them."""
    made, colours = QPalette(), _colours(theme)
    for name, role in _ROLES.items():
        made.setColor(role, QColor(colours[name]))
    for role, name in _FURTHER_ROLES.items():
        made.setColor(role, QColor(colours[name]))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.faint))
    return made


def show_theme(theme: Theme) -> None:
    """Set the theme and its palette. Qt then repaints all widgets, except for what the style sheet caches."""
    remember_theme(theme)
    QApplication.setPalette(palette(theme))


def put_on(app: QApplication, theme: Theme, sheet: str) -> None:
    """Set the theme and the style sheet of the whole application, including menus and dialogs."""
    # Without clearing the sheet first, Qt polishes each widget once for each of its ancestors. Polishing each
    # widget here instead leaves sizes behind that Qt keeps from the sheet before, as those of tabs.
    app.setStyleSheet("")
    show_theme(theme)
    app.setStyleSheet(sheet)


def recolour(app: QApplication, theme: Theme) -> None:
    """Change the theme of the whole application and keep its style sheet."""
    before, after = app.palette(), palette(theme)
    if all(before.color(role) == after.color(role) for role in (*_ROLES.values(), *_FURTHER_ROLES)):
        return
    show_theme(theme)
    # Qt caches what it derives from the sheet until a widget is polished again. Setting the sheet anew would
    # take twice as long, since Qt would first remove it from each widget and send each a StyleChange event.
    windows, seen, when_shown = app.topLevelWidgets(), list[QWidget](), _when_shown(app)
    for window in windows:
        if not window.isVisible():
            window.installEventFilter(when_shown)
            continue
        for widget in _inside_out(window):
            if widget.isVisible():
                seen.append(widget)
            elif (parent := widget.parentWidget()) and parent.isVisible():
                widget.installEventFilter(when_shown)  # most of a window is hidden
    _polish(seen)
    for window in windows:  # not before, or Qt would paint everything twice
        window.update()


def _inside_out(widget: QWidget) -> Iterator[QWidget]:
    """Yield the descendants of a widget, then the widget; in the other order Qt paints everything twice."""
    window = widget.window()
    for part in reversed(widget.findChildren(QWidget)):
        if part.window() is window:
            yield part
    yield widget


class _PolishWhenShown(QObject):
    """Polishes a widget and its descendants once, when it is shown next."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            watched.removeEventFilter(self)
            is_polished = Qt.WidgetAttribute.WA_WState_Polished
            _polish(one for one in _inside_out(watched) if one.testAttribute(is_polished))
        return False


@cache
def _when_shown(app: QApplication) -> _PolishWhenShown:
    return _PolishWhenShown(app)


def _polish(widgets: Iterable[QWidget]) -> None:
    """Polish widgets without sending them font changes.

    Polishing drops the font that comes from the style sheet and sets it again. Both changes would make each
    widget compute its size, and the window its layout.
    """
    silence = _NoFontChange()  # deleted, and so removed, when this function returns
    for widget in widgets:
        if not widget.testAttribute(_IS_NAMED) and not widget.palette().resolveMask():
            widget.setPalette(QPalette())  # all that polishing would do, without evaluating the rules
            continue
        if widget.font().resolveMask():  # a font that differs from the application's
            widget.installEventFilter(silence)
        widget.style().polish(widget)


class _NoFontChange(QObject):
    """Event filter that swallows font changes."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        return event.type() == QEvent.Type.FontChange


@cache
def application_sheet(size: int = BASE_SIZE, *, is_usual: bool = True) -> str:
    """Return the style sheet with the colours of the palette, which is the same for every theme.

    ``is_usual`` says whether controls have this font size anyway, so that the sheet need not set it.
    """
    colours = {name: in_sheet(name) for name in _ROLES}
    return _filled(colours, size, is_alone=not is_usual)


def in_sheet(name: str) -> str:
    """Return a style sheet expression for a colour of the current theme, such as ``"accent"``."""
    return f"palette({css_name(_ROLES[name])})"


def css_name(role: QPalette.ColorRole) -> str:
    """Return the name of a palette role in style sheets."""
    words = re.sub(r"(?<!^)(?=[A-Z])", "-", role.name).lower()
    return words.replace("tool-tip", "tooltip")


def set_mark(widget: QWidget, name: str, *, on: bool) -> bool:
    """Set a property that selectors such as ``[fault="true"]`` test; return whether its value changed."""
    if bool(widget.property(name)) == on:
        return False
    widget.setProperty(name, on)
    widget.style().unpolish(widget)  # only then are the selectors evaluated again
    widget.style().polish(widget)
    return True


def _scaled(setting: str, scale: float) -> str:
    return re.sub(r"\d+(?=px)", lambda pixels: str(int(int(pixels[0]) * scale)), setting)


def control_icon(name: str) -> str:
    """Return the SVG source of one of the `CONTROL_ICONS` in its colour."""
    source, colour = CONTROL_ICONS[name]
    return resource("icons", f"{source}.svg").read_text(encoding="utf-8").replace("currentColor", colour)


def mixed_colour(first: str, second: str, share: float) -> str:
    """Return the colour at the fraction ``share`` of the way from the first to the second."""
    one, other = QColor(first), QColor(second)
    channels = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)


def _colours(theme: Theme) -> dict[str, str]:
    """Return the colours of the style sheet by name: the theme's, and those derived from them."""
    dark = theme.is_dark
    own = {name: value for name, value in theme._asdict().items() if name in _ROLES}
    return own | {
        "field": mixed_colour(theme.card, theme.text, 0.03) if dark else theme.card,
        "hover": mixed_colour(theme.card, theme.text, 0.05),
        "pressed": mixed_colour(theme.card, theme.text, 0.1),
        "accent_hover": mixed_colour(theme.accent, theme.text, 0.12),
        "accent_text": mixed_colour(theme.accent, theme.text, 0.25),
        "tip": mixed_colour(theme.card, theme.text, 0.15) if dark else theme.text,
        "tip_text": theme.text if dark else theme.card,
    }
