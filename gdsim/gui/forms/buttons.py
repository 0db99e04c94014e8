"""Flat buttons with icons, and buttons that open a menu."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QStyleOptionToolButton, QToolButton

from gdsim.gui.forms.tips import set_tip
from gdsim.gui.style import icons as assets
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.text_size import scale_of

ICON_SIZE = QSize(16, 16)


class IconButton(QToolButton):
    """A flat tool button with an icon in the colours of the theme.

    The name is for screen readers, the sentence for the tooltip. With ``is_muted`` the icon is less
    prominent than texts.
    """

    def __init__(
        self, icon: str, name: str, sentence: str, *, size: QSize = ICON_SIZE, is_muted: bool = False
    ) -> None:
        super().__init__()
        self._icon, self._size, self._is_muted = icon, size, is_muted
        self.setAccessibleName(name)
        set_tip(self, sentence, name)

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.update()

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:
        super().initStyleOption(option)
        # Set here and not by `setIcon` when the colours change, which would lay out the window again.
        theme = shown_theme()
        option.icon = assets.icon(self._icon, theme.muted if self._is_muted else theme.text, theme.faint)
        option.iconSize = self._size * scale_of(self)
        # Without an icon set on the button, Qt would show only the text.
        option.toolButtonStyle = self.toolButtonStyle()


class SnugButton(QToolButton):
    """A button whose width is that of its text plus ``beside`` pixels, which is less than Qt's default."""

    def __init__(self, beside: int) -> None:
        super().__init__()
        self._beside = beside

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(width + self._beside, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def give_menu(button: QToolButton, menu: QMenu) -> None:
    """Make a click on a button open a menu at once."""
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(menu)
    menu.aboutToHide.connect(lambda: _clear_hover(button))


def _clear_hover(button: QToolButton) -> None:
    """Clear the hover state if the mouse is elsewhere, since the button gets no leave event below a menu."""
    if not button.rect().contains(button.mapFromGlobal(QCursor.pos())):
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
        button.update()
