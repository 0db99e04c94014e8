"""The theme that the application has now. Widgets ask for it when they are painted, and are told of no other.

Panes that are also drawn into pictures for files, in any theme, are told a `Look` instead.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from gdsim.gui.style.theme import LIGHT, Theme

_shown = [LIGHT]


def shown_theme() -> Theme:
    return _shown[-1]


def remember_theme(theme: Theme) -> None:
    """Take note of a theme before the application has its palette, of which all widgets hear."""
    _shown[-1] = theme


class Themed(QObject):
    """Calls a function before a widget is seen in another theme than the last time.

    It is for colours that are put into something, such as icons: what is painted is painted again by itself.
    """

    def __init__(self, widget: QWidget, act: Callable[[], object]) -> None:
        super().__init__(widget)
        self._act = act
        self._theme: Theme | None = None
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Events come until the very end, when nothing of Python's may be left: the type comes first.
        kind = event.type()
        if kind in (QEvent.Type.Show, QEvent.Type.PaletteChange) and isinstance(watched, QWidget):
            is_seen = kind == QEvent.Type.Show or watched.isVisible()
            if is_seen and self._theme is not shown_theme():
                self._theme = shown_theme()
                self._act()
        return False
