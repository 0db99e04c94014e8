"""How large letters are, and what grows with them.

Sizes are given in pixels for letters of `BASE_SIZE`. They follow the letters: those that a person has chosen
for the desktop, and larger ones on a projector.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication, QWidget

from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.theme import Look, RunStyle

BASE_SIZE = 12
# Controls to which some desktops give a font of their own.
_CONTROLS = (
    *("QAbstractItemView", "QCheckBox", "QComboLineEdit", "QHeaderView", "QLabel", "QLineEdit", "QListView"),
    *("QMenu", "QMenuBar", "QMessageBox", "QPushButton", "QRadioButton", "QTipLabel", "QToolButton"),
)
# The title bar of a window.
_FRAME = QSize(0, 32)


def system_scale() -> float:
    """How many times as large as usual the letters of the desktop are."""
    return QFontInfo(QApplication.font()).pixelSize() / BASE_SIZE


def are_usual(letters: int) -> bool:
    """Return whether all controls have letters of a height, in pixels, without being told so."""
    usual = QApplication.font()
    # PySide takes names as str alone, and declares them as bytes.
    fonts = [QApplication.font(kind) for kind in _CONTROLS]  # type: ignore[call-overload]
    others = [font for font in fonts if font != usual]
    return all(QFontInfo(font).pixelSize() == letters for font in (usual, *others))


def scale_of(widget: QWidget) -> float:
    """How many times as large as usual the letters of a widget are."""
    return QFontInfo(widget.font()).pixelSize() / BASE_SIZE


def look_for(widget: QWidget, styles: tuple[RunStyle, ...] = ()) -> Look:
    """Return the look of what is painted in a widget, as large as its letters are, in the theme of now."""
    widget.ensurePolished()
    return Look(shown_theme(), styles, ui_scale=scale_of(widget))


def room_for(window: QWidget) -> QSize:
    """Return how large a window may be on its screen, without the frame that a desktop draws around it."""
    room = window.screen().availableSize() - _FRAME
    return room.expandedTo(QSize(1, 1))  # while all screens are off there is none


def resize_window(window: QWidget, width: int, height: int = 0) -> None:
    """Give a window a size for the letters of the desktop, as far as there is room on its screen.

    Without a height it has the one that it asks for.
    """
    wanted = QSize(width, height) * max(1.0, system_scale())
    if not height:
        wanted.setHeight(window.sizeHint().height())
    window.resize(wanted.boundedTo(room_for(window)))


class Scaled(QObject):
    """Calls a method of a widget with a size in proportion to its letters: now, and when they change."""

    def __init__(self, widget: QWidget, setter: Callable[[Any, Any], object], size: int | QSize) -> None:
        super().__init__(widget)
        self._setter, self._size = setter, size
        widget.installEventFilter(self)
        self._apply(widget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Events come until the very end, when nothing of Python's may be left: the type comes first.
        if event.type() == QEvent.Type.FontChange and isinstance(watched, QWidget):
            self._apply(watched)
        return False

    def _apply(self, widget: QWidget) -> None:
        scale, size = scale_of(widget), self._size
        self._setter(widget, size * scale if isinstance(size, QSize) else round(size * scale))
