from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QToolButton

from gdsim.gui.forms.buttons import IconButton, give_menu


def test_a_button_looks_untouched_when_its_menu_closes_and_the_mouse_is_elsewhere(qtbot):
    button = QToolButton()
    qtbot.addWidget(button)
    menu = QMenu(button)
    menu.addAction("One")
    give_menu(button, menu)
    button.show()
    for place, is_over in ((button.rect().center(), True), (QPoint(400, 300), False)):
        QCursor.setPos(button.mapToGlobal(place))
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)  # as Qt leaves it
        menu.hide()
        assert button.underMouse() == is_over


def test_a_button_with_a_text_beside_its_icon_shows_both(qtbot):
    button, without = (IconButton("plus", "Add", "Add one.") for _ in range(2))
    for one in (button, without):
        qtbot.addWidget(one)
        one.setText("Add")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    without.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    assert button.sizeHint().width() >= without.sizeHint().width() + button.iconSize().width()
    button.adjustSize()
    shown = {}
    for icon in ("plus", "minus"):
        button.set_icon(icon)
        shown[icon] = button.grab().toImage()
    assert shown["plus"] != shown["minus"]
