"""The style sheet of the whole application, made from a theme."""

import re
import sys
from dataclasses import asdict
from string import Template

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from gdsim.core.resources import resource
from gdsim.gui.style.text_size import BASE_SIZE
from gdsim.gui.style.theme import Theme

# For formulas. DejaVu Sans, the usual font of Linux, misplaces the hats of m and v.
_SERIF = {"win32": "Cambria", "darwin": "STIX Two Text"}.get(sys.platform, "serif")
# For columns of numbers.
_MONO = {"win32": "Consolas", "darwin": "Menlo"}.get(sys.platform, "monospace")

# The pictures in the style sheet: the icon each is made from, and its colour in the theme. A style sheet
# loads pictures only from files, so each theme has a folder of them.
CONTROL_ICONS = {
    "chevron-down": ("chevron-down", "muted"),
    "chevron-down-off": ("chevron-down", "faint"),
    "chevron-up": ("chevron-up", "muted"),
    "chevron-right": ("chevron-right", "muted"),
    "check": ("check", "on_accent"),
    "check-text": ("check", "text"),
}
# What goes with the letters; most borders and paddings do not.
_SIZES = re.compile(r"\b(font-size|height|width|margin|border-radius|border-width):[^;]*px")


def stylesheet(theme: Theme, size: int = BASE_SIZE) -> str:
    """Return the style sheet; ``size`` is the height of normal text in pixels, larger for a projector."""
    colours = {name: value for name, value in asdict(theme).items() if isinstance(value, str)}
    icons = resource("icons", theme.name).as_posix()
    sheet = resource("style.qss").read_text(encoding="utf-8")
    template = Template(_SIZES.sub(lambda found: _scaled(found[0], size / BASE_SIZE), sheet))
    return template.substitute(colours, **_tones(theme), icons=icons, serif=_SERIF, mono=_MONO)


def put_on(app: QApplication, palette: QPalette, sheet: str) -> None:
    """Put a palette and a style sheet on the whole application: menus and dialogs too."""
    # Without the empty sheet Qt polishes each widget again for each of its ancestors.
    app.setStyleSheet("")
    QApplication.setPalette(palette)
    app.setStyleSheet(sheet)


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


def control_icon(name: str, theme: Theme) -> str:
    """Return the SVG text of one of the `CONTROL_ICONS` in a theme's colour."""
    source, colour = CONTROL_ICONS[name]
    svg = resource("icons", f"{source}.svg").read_text(encoding="utf-8")
    return svg.replace("currentColor", str(getattr(theme, colour)))


def mixed(first: str, second: str, share: float) -> str:
    """Return a colour between two, ``share`` of the way to the second."""
    one, other = QColor(first), QColor(second)
    channels = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)


def _tones(theme: Theme) -> dict[str, str]:
    """Return the colours that follow from the theme's own."""
    dark = theme.is_dark
    return {
        "field": mixed(theme.card, theme.text, 0.03) if dark else theme.card,
        "hover": mixed(theme.card, theme.text, 0.05),
        "pressed": mixed(theme.card, theme.text, 0.1),
        "accent_hover": mixed(theme.accent, theme.text, 0.12),
        "accent_pressed": mixed(theme.accent, theme.text, 0.24),
        "accent_text": mixed(theme.accent, theme.text, 0.25),
        "tip": mixed(theme.card, theme.text, 0.15) if dark else theme.text,
        "tip_text": theme.text if dark else theme.card,
    }
