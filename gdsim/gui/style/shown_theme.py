"""The current theme of the application, which widgets ask for when they are painted.

Panes that are also drawn into files, in any theme, are given a `Look` instead.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QWidget

from gdsim.gui.style.theme import LIGHT, Theme

_CHANGES = (QEvent.Type.Show, QEvent.Type.PaletteChange, QEvent.Type.FontChange)
_shown = [LIGHT]


def shown_theme() -> Theme:
    return _shown[-1]


def remember_theme(theme: Theme) -> None:
    """Set the theme; call this before setting its palette, which makes all widgets ask for the theme."""
    _shown[-1] = theme


class ThemeFollower(QObject):
    """Calls a function whenever a widget becomes visible with another theme or font size than before.

    This is for what a widget stores, such as coloured icons; what its paintEvent draws needs no such call.
    """

    def __init__(self, widget: QWidget, act: Callable[[], object]) -> None:
        super().__init__(widget)
        self._act = act
        self._seen: tuple[Theme, int] | None = None  # the theme, and the font size in pixels
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Events arrive even during interpreter shutdown, when globals may be gone; so test the type first.
        kind = event.type()
        if kind in _CHANGES and isinstance(watched, QWidget):
            seen = shown_theme(), QFontInfo(watched.font()).pixelSize()
            if (kind == QEvent.Type.Show or watched.isVisible()) and seen != self._seen:
                self._seen = seen
                self._act()
        return False
