"""Font sizes, and sizes that scale with the font.

Sizes are given in pixels for a font of `BASE_SIZE`, and scaled to the font that the user has chosen for the
desktop, or to the larger one of projector mode.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication, QWidget

from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.theme import Look, RunStyle

BASE_SIZE = 12
# Controls for which some desktops set a font of their own.
_CONTROLS = (
    *("QAbstractItemView", "QCheckBox", "QComboLineEdit", "QHeaderView", "QLabel", "QLineEdit", "QListView"),
    *("QMenu", "QMenuBar", "QMessageBox", "QPushButton", "QRadioButton", "QTipLabel", "QToolButton"),
)
# Room for the title bar of a window.
_FRAME = QSize(0, 32)


def system_scale() -> float:
    """Return the size of the desktop's font relative to `BASE_SIZE`."""
    return QFontInfo(QApplication.font()).pixelSize() / BASE_SIZE


def are_usual(letters: int) -> bool:
    """Return whether the default font of all controls has this size in pixels."""
    usual = QApplication.font()
    # PySide declares the names as bytes, but accepts only str.
    fonts = [QApplication.font(kind) for kind in _CONTROLS]  # type: ignore[call-overload]
    others = [font for font in fonts if font != usual]
    return all(QFontInfo(font).pixelSize() == letters for font in (usual, *others))


def scale_of(widget: QWidget) -> float:
    """Return the size of a widget's font relative to `BASE_SIZE`."""
    return QFontInfo(widget.font()).pixelSize() / BASE_SIZE


def look_for(widget: QWidget, styles: tuple[RunStyle, ...] = ()) -> Look:
    """Return the look for painting in a widget: the current theme, at the scale of the widget's font."""
    widget.ensurePolished()
    return Look(shown_theme(), styles, ui_scale=scale_of(widget))


def room_for(window: QWidget) -> QSize:
    """Return the largest size of a window on its screen, without the frame."""
    room = window.screen().availableSize() - _FRAME
    return room.expandedTo(QSize(1, 1))  # while all screens are off, the available size is empty


def resize_window(window: QWidget, width: int, height: int = 0) -> None:
    """Resize a window, scaled with the desktop's font and limited to its screen.

    Without a height, the size hint determines it.
    """
    wanted = QSize(width, height) * max(1.0, system_scale())
    if not height:
        wanted.setHeight(window.sizeHint().height())
    window.resize(wanted.boundedTo(room_for(window)))


class FontScaler(QObject):
    """Calls a setter with a size scaled to the font of a widget: now, and whenever the font changes."""

    def __init__(self, widget: QWidget, setter: Callable[[Any, Any], object], size: int | QSize) -> None:
        super().__init__(widget)
        self._setter, self._size = setter, size
        widget.installEventFilter(self)
        self._apply(widget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Events arrive even during interpreter shutdown, when globals may be gone; so test the type first.
        if event.type() == QEvent.Type.FontChange and isinstance(watched, QWidget):
            self._apply(watched)
        return False

    def _apply(self, widget: QWidget) -> None:
        scale, size = scale_of(widget), self._size
        self._setter(widget, size * scale if isinstance(size, QSize) else round(size * scale))
