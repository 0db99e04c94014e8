"""The theme that the application has now. Widgets ask for it when they are painted, and are told of no other.

Panes that are also drawn into pictures for files, in any theme, are told a `Look` instead.
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
    """Take note of a theme before the application has its palette, of which all widgets hear."""
    _shown[-1] = theme


class Themed(QObject):
    """Calls a function before a widget is seen in another theme, or with larger letters, than the last time.

    It is for what is put into something, such as the colours of icons: what is painted is painted again by
    itself.
    """

    def __init__(self, widget: QWidget, act: Callable[[], object]) -> None:
        super().__init__(widget)
        self._act = act
        self._seen: tuple[Theme, int] | None = None  # the theme, and the height of the letters
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Events come until the very end, when nothing of Python's may be left: the type comes first.
        kind = event.type()
        if kind in _CHANGES and isinstance(watched, QWidget):
            seen = shown_theme(), QFontInfo(watched.font()).pixelSize()
            if (kind == QEvent.Type.Show or watched.isVisible()) and seen != self._seen:
                self._seen = seen
                self._act()
        return False
