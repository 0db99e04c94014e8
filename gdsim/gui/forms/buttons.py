"""Flat buttons with icons, and those that open a menu."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QStyleOptionToolButton, QToolButton

from gdsim.gui.forms.tips import set_tip
from gdsim.gui.style import icons as assets
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.text_size import Scaled

ICON_SIZE = QSize(16, 16)


class IconButton(QToolButton):
    """A flat tool button, with a name for screen readers and a sentence for the tooltip.

    With ``is_muted`` its icon stands back behind texts. It has the colours that the application has.
    """

    def __init__(
        self, icon: str, name: str, sentence: str, *, size: QSize = ICON_SIZE, is_muted: bool = False
    ) -> None:
        super().__init__()
        self._icon, self._is_muted = icon, is_muted
        self.setAccessibleName(name)
        set_tip(self, sentence, name)
        Scaled(self, QToolButton.setIconSize, size)

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.update()

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:
        super().initStyleOption(option)
        # Not by `setIcon` when the colours change: that asks for the layout of the window anew.
        theme = shown_theme()
        option.icon = assets.icon(self._icon, theme.muted if self._is_muted else theme.text, theme.faint)
        # Where Qt knows of no icon of its own it shows the text alone.
        option.toolButtonStyle = self.toolButtonStyle()


class SnugButton(QToolButton):
    """A button no wider than its text and so many pixels beside it; Qt adds two blanks and more."""

    def __init__(self, beside: int) -> None:
        super().__init__()
        self._beside = beside

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(width + self._beside, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def give_menu(button: QToolButton, menu: QMenu) -> None:
    """Let a click on a button open a menu at once."""
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(menu)
    menu.aboutToHide.connect(lambda: _leave(button))


def _leave(button: QToolButton) -> None:
    """Look untouched where the mouse has gone elsewhere: an open menu keeps that from the button."""
    if not button.rect().contains(button.mapFromGlobal(QCursor.pos())):
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
        button.update()
