"""Buttons that open a menu."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QToolButton


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
