"""What the dialogs of data and export have in common."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gdsim.gui.forms.dialog import ScreenDialog, side_column
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import fill_layout, plain_button
from gdsim.gui.forms.scrolling import reveal
from gdsim.gui.help.help_window import HelpWindow
from gdsim.gui.style.stylesheet import stylesheet
from gdsim.gui.style.theme import LIGHT
from tests.gui.windows import expose


@pytest.fixture
def column(qtbot):
    column = side_column(QCheckBox("with the names of the runs and the step"), QLineEdit(), QLabel("file"))
    window = QWidget()
    row = QHBoxLayout(window)
    row.addWidget(QLabel("picture"), 1)
    row.addWidget(column)
    window.setStyleSheet(stylesheet(LIGHT))
    window.resize(900, 400)
    expose(qtbot, window)
    column.keeps_alive = window  # qtbot holds windows by weak references
    return column


def fits(column):
    body, room = column.widget(), column.viewport().rect()
    return all(
        room.left() <= child.mapTo(column.viewport(), child.rect().topLeft()).x()
        and child.mapTo(column.viewport(), child.rect().topRight()).x() <= room.right()
        and child.width() >= child.minimumSizeHint().width()
        for child in body.findChildren(QWidget)
    )


def test_the_column_has_its_usual_width_where_that_is_enough(column):
    assert column.width() == 300
    assert fits(column)


def test_the_column_is_wider_for_letters_that_become_large(column, qtbot):
    column.window().setStyleSheet(stylesheet(LIGHT, 24))
    qtbot.waitUntil(lambda: column.width() > 300 and fits(column))


@pytest.mark.parametrize("needed", [(3000, 2500), (200, 2500), (3000, 100), (200, 100)])
def test_a_dialog_that_needs_more_room_than_there_is_scrolls(qtbot, needed):
    dialog = ScreenDialog()
    content, button = QLabel("content"), QPushButton("OK")
    content.setMinimumSize(*needed)
    layout = QVBoxLayout(dialog.content)
    layout.addWidget(content)
    layout.addWidget(button)
    dialog.resize(4000, 3000)
    expose(qtbot, dialog)
    room = dialog.screen().availableSize()
    assert dialog.size().boundedTo(room) == dialog.size()
    view = dialog.findChild(QScrollArea)
    bars = view.horizontalScrollBar(), view.verticalScrollBar()
    assert [bar.maximum() > 0 for bar in bars] == [needed[0] > 1600, needed[1] > 968]
    button.setFocus()
    reveal(button)
    qtbot.waitUntil(lambda: not button.visibleRegion().isEmpty())


def test_what_is_at_the_head_and_at_the_foot_stays_in_sight(qtbot):
    dialog = ScreenDialog()
    content, question, button = QLabel("content"), QLabel("Which way?"), QPushButton("OK")
    content.setMinimumSize(200, 3000)
    QVBoxLayout(dialog.content).addWidget(content)
    dialog.set_head(fill_layout(QHBoxLayout(), question))
    dialog.set_foot(button)
    expose(qtbot, dialog)
    assert dialog.height() <= dialog.screen().availableSize().height()
    bar = dialog.findChild(QScrollArea).verticalScrollBar()
    for place in (0, bar.maximum()):
        bar.setValue(place)
        for one in (question, button):
            assert one.visibleRegion().boundingRect() == one.rect()


def test_what_has_the_keys_in_a_popup_does_not_scroll_what_it_belongs_to(column):
    popup = QFrame(column, Qt.WindowType.Popup)
    field = QLineEdit(popup)
    popup.move(0, 3000)
    reveal(field)  # Qt would complain of a place that is none
    assert column.verticalScrollBar().value() == 0


def test_a_dialog_has_room_for_what_breaks_into_lines(qtbot):
    dialog = ScreenDialog()
    row = Flow()
    for _ in range(6):
        row.addWidget(QPushButton("Copy QR code"))
    fill_layout(QVBoxLayout(dialog.content), row)
    dialog.resize(260, 40)
    expose(qtbot, dialog)
    (view,) = dialog.findChildren(QScrollArea)
    assert view.verticalScrollBar().maximum() == 0


@pytest.mark.parametrize("kind", [ScreenDialog, HelpWindow])
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_presses_the_button_that_has_the_focus(kind, key, qtbot):
    dialog = kind()
    pressed = []
    button = plain_button("Take", act=lambda: pressed.append(key))
    dialog.layout().addWidget(button)
    expose(qtbot, dialog)
    button.setFocus()
    qtbot.keyClick(button, key)
    assert pressed == [key]
