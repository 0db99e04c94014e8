import pytest
from PySide6.QtCore import QPoint, Qt

from gdsim.core.model.view_range import ViewRange
from gdsim.gui.forms.bubble import FaultBubble
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.map.view_range_editor import ViewRangeButton
from tests.gui.windows import expose, fault_shown


@pytest.fixture
def button(qtbot):
    button = ViewRangeButton()
    button.set_value(ViewRange(-2.0, 12.0, -14.0, 8.0))
    expose(qtbot, button)
    with qtbot.waitExposed(button.popup):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    yield button
    button.popup.close()


def fields(button):
    return button.popup.findChildren(NumberField)


def type_into(button, index, text, qtbot):
    field = fields(button)[index]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_typed_end_asks_for_another_window(button, qtbot):
    with qtbot.waitSignal(button.value_changed) as changed:
        type_into(button, 1, "7.25", qtbot)
    assert changed.args == [ViewRange(-2.0, 7.25, -14.0, 8.0)]


def test_a_reversed_window_is_refused_and_the_old_one_stays(button, qtbot):
    with qtbot.assertNotEmitted(button.value_changed):
        type_into(button, 1, "-3", qtbot)
    assert button.value() == ViewRange(-2.0, 12.0, -14.0, 8.0)
    assert fields(button)[1].value() == 12.0
    assert fault_shown(fields(button)[1])


def test_text_is_refused(button, qtbot):
    with qtbot.assertNotEmitted(button.value_changed):
        type_into(button, 0, "wide", qtbot)
    assert button.value() == ViewRange(-2.0, 12.0, -14.0, 8.0)


def test_what_is_said_of_the_ends_names_the_axes_that_are_drawn(button, qtbot):
    button.set_names(("w₂", "w₃"))
    assert [field.accessibleName() for field in fields(button)][:2] == ["left end", "right end"]
    type_into(button, 2, "9", qtbot)
    assert fault_shown(fields(button)[2]).startswith("w₃ must go from a smaller to a larger number")


def test_showing_six_digits_does_not_round_the_window(button, qtbot):
    exact = ViewRange(-2.0000000001, 12.0, -14.0, 8.0)
    button.set_value(exact)
    with qtbot.waitSignal(button.value_changed) as changed:
        type_into(button, 3, "9", qtbot)
    assert changed.args[0].w_min == exact.w_min


def test_tab_leads_through_the_fields(button, qtbot):
    assert fields(button)[0].hasFocus()
    for field in fields(button)[1:]:
        qtbot.keyClick(button.popup.focusWidget(), Qt.Key.Key_Tab)
        assert field.hasFocus()


def test_a_fault_is_said_in_full_inside_the_popup(button, qtbot):
    type_into(button, 1, "-3", qtbot)
    line = button.popup.findChild(FaultBubble)
    assert line.isVisible()
    assert button.popup.rect().contains(line.geometry())
    assert line.height() >= line.heightForWidth(line.width())
    type_into(button, 1, "3", qtbot)
    assert not line.isVisible()
    assert fields(button)[1].hasFocus()


def test_escape_takes_the_typing_back_and_then_closes_the_popup(button, qtbot):
    assert button.isDown()
    qtbot.keyClicks(fields(button)[0], "7")
    qtbot.keyClick(fields(button)[0], Qt.Key.Key_Escape)
    assert (fields(button)[0].text(), button.popup.isVisible()) == ("−2", True)
    qtbot.keyClick(fields(button)[0], Qt.Key.Key_Escape)
    assert not button.popup.isVisible()
    assert not button.isDown()


def test_a_click_elsewhere_closes_the_popup(button, qtbot):
    outside = button.popup.rect().bottomRight() + QPoint(40, 40)
    qtbot.mouseClick(button.popup, Qt.MouseButton.LeftButton, pos=outside)
    assert not button.popup.isVisible()
    assert not button.isDown()
