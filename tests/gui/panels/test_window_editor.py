import pytest
from PySide6.QtCore import Qt

from gdsim.core.experiment import Window
from gdsim.gui.forms.bubble import fault_shown
from gdsim.gui.panels.window_editor import WindowButton


@pytest.fixture
def button(qtbot):
    button = WindowButton()
    qtbot.addWidget(button)
    button.set_value(Window(-2.0, 12.0, -14.0, 8.0))
    with qtbot.waitExposed(button):
        button.show()
    with qtbot.waitExposed(button.menu()):
        button.menu().popup(button.mapToGlobal(button.rect().bottomLeft()))
    yield button
    button.menu().close()


def type_into(button, index, text, qtbot):
    field = button._fields[index]
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_typed_end_asks_for_another_window(button, qtbot):
    with qtbot.waitSignal(button.value_changed) as changed:
        type_into(button, 1, "7.25", qtbot)
    assert changed.args == [Window(-2.0, 7.25, -14.0, 8.0)]


def test_a_reversed_window_is_refused_and_the_old_one_stays(button, qtbot):
    with qtbot.assertNotEmitted(button.value_changed):
        type_into(button, 1, "-3", qtbot)
    assert button.value() == Window(-2.0, 12.0, -14.0, 8.0)
    assert button._fields[1].value() == 12.0
    assert fault_shown(button._fields[1])


def test_text_is_refused(button, qtbot):
    with qtbot.assertNotEmitted(button.value_changed):
        type_into(button, 0, "wide", qtbot)
    assert button.value() == Window(-2.0, 12.0, -14.0, 8.0)


def test_showing_six_digits_does_not_round_the_window(button, qtbot):
    exact = Window(-2.0000000001, 12.0, -14.0, 8.0)
    button.set_value(exact)
    with qtbot.waitSignal(button.value_changed) as changed:
        type_into(button, 3, "9", qtbot)
    assert changed.args[0].w_min == exact.w_min
