"""The editors: shown what they are told, telling what is typed, refusing what is wrong."""

import html
from functools import partial

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QVBoxLayout, QWidget

from gdsim.core.rules.catalogue import RULES
from gdsim.core.settings import EPOCHS, SEED, Setting, switch
from gdsim.gui.forms.bubble import FaultBubble, clear_faults
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.editors import NumberEditor, SwitchEditor, editor_for
from gdsim.gui.forms.fields import CheckedField, first_fitting
from gdsim.gui.forms.number_fields import NumbersField, shortened
from gdsim.gui.forms.sliders import JumpSlider, ScaleSlider, SliderScale
from gdsim.gui.forms.tips import tip
from gdsim.gui.style.stylesheet import stylesheet
from gdsim.gui.style.theme import LIGHT
from tests.every import every
from tests.gui.forms.kinds import KINDS
from tests.gui.windows import expose, fault_shown, focus, in_window, leave

Key = Qt.Key
ETA, GAMMA = RULES["momentum"].settings
COUNT = Setting("epochs", "", "epochs", "How often.", 1000, EPOCHS, 1, 10000, log=True)


@pytest.fixture
def shown(qtbot):
    return partial(in_window, qtbot, width=300, height=160)


@pytest.fixture
def eta(shown):
    return shown(NumberEditor(ETA))


def log_of(editor):
    """What an editor says, in order."""
    said = []
    editor.value_changed.connect(said.append)
    editor.edit_finished.connect(lambda: said.append("finished"))
    return said


def field_of(editor):
    return editor.findChild(CheckedField)


def slider_of(editor):
    return editor.findChild(ScaleSlider)


def type_into(qtbot, editor, text, end=Key.Key_Return):
    field = field_of(editor)
    focus(qtbot, field)
    field.selectAll()
    qtbot.keyClicks(field, text) if text else qtbot.keyClick(field, Key.Key_Delete)
    if end is not None:
        qtbot.keyClick(field, end)
    return field


# ------------------------------------------------------------------------------------ both ways


@pytest.mark.parametrize(
    ("setting", "value", "text"),
    [(ETA, 0.5, "0.5"), (ETA, 1e-8, "1e−8"), (GAMMA, 0.0, "0"), (COUNT, 250, "250"), (ETA, 1.0, "1")],
)
def test_a_number_that_is_set_is_shown_without_an_echo(shown, setting, value, text):
    editor = shown(editor_for(setting))
    said = log_of(editor)
    editor.set_value(value)
    assert editor.value() == value
    assert field_of(editor).text() == text
    assert said == []


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.25", 0.25), ("0,25", 0.25), ("2", 2.0), ("1e-3", 0.001), (" 3 ", 3.0), ("123456.789", 123456.789)],
)
def test_a_number_that_is_typed_is_told(eta, qtbot, typed, value):
    said = log_of(eta)
    type_into(qtbot, eta, typed)
    assert said == [value, "finished"]
    assert type(said[0]) is float
    assert eta.value() == value


def test_leaving_the_field_accepts_the_number(eta, qtbot):
    said = log_of(eta)
    type_into(qtbot, eta, "0.75", end=None)
    assert said == []
    leave(qtbot, eta)
    assert said == [0.75, "finished"]


def test_the_same_number_again_is_no_edit(eta, qtbot):
    said = log_of(eta)
    type_into(qtbot, eta, "1.0")
    assert said == []


def test_typing_is_not_disturbed_by_a_value_from_outside(eta, qtbot):
    field = type_into(qtbot, eta, "0.1", end=None)
    eta.set_value(5.0)
    assert field.text() == "0.1"
    qtbot.keyClick(field, Key.Key_Return)
    assert eta.value() == 0.1


# -------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("abc", 'Learning rate must be a positive number, not "abc".'),
        ("-1", "Learning rate must be a positive number, not −1."),
        ("0", "Learning rate must be a positive number, not 0."),
        ("nan", 'Learning rate must be a positive number, not "nan".'),
        ("1e999", "Learning rate must be a positive number; 1e999 is too large."),
        ("", 'Learning rate must be a positive number, not "".'),
        ("1,000", 'Learning rate must be written with a decimal point or without the comma, not as "1,000".'),
    ],
)
def test_what_is_no_rate_is_refused_in_place(eta, qtbot, typed, sentence):
    said = log_of(eta)
    field = type_into(qtbot, eta, typed)
    assert said == []
    assert eta.value() == 1.0
    assert field.text() == typed
    assert field.property("fault") is True
    assert fault_shown(field) == sentence
    assert field.accessibleDescription() == sentence


def test_a_red_field_says_why_for_as_long_as_it_is_red(eta, qtbot):
    field = type_into(qtbot, eta, "abc")
    sentence = 'Learning rate must be a positive number, not "abc".'
    (timer,) = field.window().findChild(FaultBubble).findChildren(QTimer)
    assert not timer.isActive()
    assert sentence in html.unescape(field.toolTip())
    type_into(qtbot, eta, "2")
    assert fault_shown(field) == ""
    assert field.toolTip() == tip(ETA.doc, "learning rate: 2")
    assert field.accessibleDescription() == ETA.doc


def test_a_refused_text_goes_when_the_field_is_left(eta, qtbot):
    said = log_of(eta)
    field = type_into(qtbot, eta, "-1")
    leave(qtbot, eta)
    assert field.text() == "1"
    assert not field.property("fault")
    assert fault_shown(field) == "Learning rate must be a positive number, not −1. The old value stays."
    assert said == []


def test_escape_takes_the_typing_back(eta, qtbot):
    field = type_into(qtbot, eta, "abc")
    qtbot.keyClick(field, Key.Key_Escape)
    assert field.text() == "1"
    assert not field.property("fault")
    assert fault_shown(field) == ""
    assert field.accessibleDescription() == "How far to go for each unit of gradient."


def test_a_fault_is_named_after_a_pause_and_goes_with_a_better_text(eta, qtbot):
    field = type_into(qtbot, eta, "-", end=None)
    assert not field.property("fault")
    qtbot.waitUntil(lambda: bool(field.property("fault")), timeout=3000)
    qtbot.keyClick(field, Key.Key_Backspace)
    qtbot.keyClicks(field, "2")
    assert not field.property("fault")
    assert fault_shown(field) == ""


def test_a_zero_on_the_way_to_a_small_number_is_no_fault(eta, qtbot):
    said = log_of(eta)
    for letter in "0.003":
        field = field_of(eta)
        focus(qtbot, field)
        if letter == "0" and not field.isModified():
            field.selectAll()
        qtbot.keyClicks(field, letter)
        assert not field.property("fault")
    qtbot.keyClick(field_of(eta), Key.Key_Return)
    assert said == [0.003, "finished"]


@pytest.mark.parametrize("typed", ["1.5", "0", "10000001", "-3", "1e9"])
def test_epochs_are_whole_and_within_their_range(shown, qtbot, typed):
    editor = shown(editor_for(COUNT))
    said = log_of(editor)
    field = type_into(qtbot, editor, typed)
    assert said == []
    assert fault_shown(field).startswith("Epochs must be a whole number from 1 to 10000000, not ")


def test_a_count_is_told_as_an_int(shown, qtbot):
    editor = shown(editor_for(COUNT))
    said = log_of(editor)
    type_into(qtbot, editor, "1e4")
    assert said == [10000, "finished"]
    assert type(said[0]) is int


def test_a_seed_has_a_field_alone(shown, qtbot):
    editor = shown(NumberEditor(Setting("seed", "", "seed", "", 0, SEED, 0, 9), slider=False))
    said = log_of(editor)
    assert slider_of(editor) is None
    type_into(qtbot, editor, "4294967295")
    assert said == [4294967295, "finished"]


# ---------------------------------------------------------------------------------------- slider


def test_the_slider_follows_the_number_and_stands_at_its_end_outside(eta, qtbot):
    slider = slider_of(eta)
    eta.set_value(100.0)
    assert slider.value() == slider.maximum()
    said = log_of(eta)
    type_into(qtbot, eta, "12345.678")
    assert slider.value() == slider.maximum()
    assert said == [12345.678, "finished"]
    assert eta.value() == 12345.678


def test_a_drag_tells_every_value_and_then_its_end(eta, qtbot):
    said, slider = log_of(eta), slider_of(eta)
    middle = slider.height() // 2
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(20, middle))
    for x in range(25, slider.width(), 10):
        qtbot.mouseMove(slider, QPoint(x, middle))
    assert "finished" not in said
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() + 30, middle))
    qtbot.waitUntil(lambda: said[-1] == "finished")
    values = said[:-1]
    assert len(values) > 5
    assert values == sorted(values)
    assert all(float(f"{value:.3g}") == value for value in values)
    assert eta.value() == values[-1]


def test_a_click_on_the_slider_jumps_there(eta, qtbot):
    said, slider = log_of(eta), slider_of(eta)
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 2, slider.height() // 2))
    assert said == [100.0, "finished"]
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(1, slider.height() // 2))
    assert said[2:] == [1e-5, "finished"]


def test_a_value_from_outside_does_not_tear_the_handle_from_the_hand(eta, qtbot):
    slider = slider_of(eta)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(40, slider.height() // 2))
    place = slider.value()
    eta.set_value(100.0)
    assert slider.value() == place
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(40, slider.height() // 2))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Key.Key_Up, 1.2),
        (Key.Key_Down, 0.8),
        (Key.Key_Plus, 1.2),
        (Key.Key_Minus, 0.8),
        (Key.Key_PageUp, 10.0),
        (Key.Key_PageDown, 0.1),
        (Key.Key_Right, 1.2),
        (Key.Key_Left, 0.8),
    ],
)
def test_keys_step_to_round_numbers(eta, qtbot, key, value):
    said, slider = log_of(eta), slider_of(eta)
    focus(qtbot, slider)
    qtbot.keyClick(slider, key)
    assert said == [value]
    assert field_of(eta).text() == f"{value:g}"
    leave(qtbot, eta)
    assert said == [value, "finished"]


def test_a_digit_that_is_typed_on_the_slider_begins_a_number_in_the_field(eta, qtbot):
    said, slider = log_of(eta), slider_of(eta)
    focus(qtbot, slider)
    qtbot.keyClick(slider, Key.Key_0)
    field = field_of(eta)
    qtbot.keyClicks(field, ".25")
    qtbot.keyClick(field, Key.Key_Return)
    assert said[0] == 0.25


def test_a_row_of_keys_is_one_edit(eta, qtbot):
    said, slider = log_of(eta), slider_of(eta)
    focus(qtbot, slider)
    for _ in range(3):
        qtbot.keyClick(slider, Key.Key_Up)
    qtbot.waitUntil(lambda: said[-1] == "finished", timeout=3000)
    assert said == [1.2, 1.5, 2.0, "finished"]


@pytest.mark.parametrize("kind", ["slider", "scale", "combo"])
def test_the_wheel_scrolls_the_page_until_the_control_is_chosen(shown, qtbot, kind):
    control = shown(_control(kind))
    place = _place(control)
    leave(qtbot, control)
    _turn_wheel(control)
    assert _place(control) == place
    focus(qtbot, control)
    _turn_wheel(control)
    assert _place(control) != place


def _control(kind):
    if kind == "combo":
        combo = ComboBox("choice")
        combo.addItems(["one", "two", "three"])
        combo.setCurrentIndex(1)
        return combo
    slider = JumpSlider() if kind == "slider" else ScaleSlider(SliderScale(1, 100))
    slider.setValue(50)
    return slider


def _place(control):
    return control.value() if isinstance(control, JumpSlider) else control.currentIndex()


def _turn_wheel(widget):
    at = QPointF(widget.rect().center())
    event = QWheelEvent(
        at,
        QPointF(widget.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


# ---------------------------------------------------------------------------------------- looks


def test_a_long_number_is_never_cut_off(eta, qtbot):
    eta.set_value(1.2345678901234e-5)
    field = field_of(eta)
    assert field.text() == "1.235e−5"
    assert "1.2345678901234e−5" in field.toolTip()
    focus(qtbot, field)
    assert field.text() == "1.2345678901234e−5"
    leave(qtbot, eta)
    assert field.text() == "1.235e−5"
    assert eta.value() == 1.2345678901234e-5


@every("kind", KINDS.values(), ids=KINDS)
def test_every_control_has_a_name_and_a_sentence(qtbot, kind):
    for setting in kind.settings:
        editor = editor_for(setting)
        qtbot.addWidget(editor)
        controls = [child for child in editor.findChildren(QWidget) if not child.inherits("QLabel")]
        assert controls
        for control in controls:
            assert control.accessibleName() == setting.label
            assert setting.doc.split()[0] in control.toolTip()


# --------------------------------------------------------------------------------------- switch


def test_a_switch_is_shown_and_told(shown, qtbot):
    editor = shown(SwitchEditor(switch("root", "square root", "Without it, something else.")))
    said = log_of(editor)
    box = editor.findChild(QCheckBox)
    assert box.isChecked()
    editor.set_value(False)
    assert not box.isChecked()
    assert said == []
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert said == [True, "finished"]
    qtbot.keyClick(box, Key.Key_Space)
    assert said == [True, "finished", False, "finished"]
    assert editor.value() is False


# ------------------------------------------------------------------------- whose keys they are


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Escape])
def test_the_keys_are_given_back_after_typing(eta, qtbot, key):
    field = type_into(qtbot, eta, "0.25", key)
    assert not field.hasFocus()
    assert eta.value() == (0.25 if key == Key.Key_Return else 1.0)


def test_the_page_gets_the_keys(shown, qtbot):
    page = QWidget()
    page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    QVBoxLayout(page).addWidget(NumberEditor(ETA))
    shown(page)
    type_into(qtbot, page, "0.25")
    assert page.hasFocus()


def test_the_players_keys_are_not_typed(eta, qtbot):
    pressed = []
    for key in ("Space", "[", "]"):
        shortcut = QShortcut(QKeySequence(key), eta.window())
        shortcut.activated.connect(partial(pressed.append, key))
    field = type_into(qtbot, eta, "0.2", None)
    for key in (Key.Key_Space, Key.Key_BracketLeft, Key.Key_BracketRight, Key.Key_5):
        qtbot.keyClick(field, key)
    assert pressed == ["Space", "[", "]"]
    assert field.text() == "0.25"


def test_the_beginning_of_a_long_number_stays_in_sight(eta, qtbot):
    field = type_into(qtbot, eta, "0.123456789012345")
    assert field.cursorPosition() == 0
    focus(qtbot, field)
    assert field.selectedText() == "0.123456789012345"
    assert field.cursorPosition() == 0


@pytest.mark.parametrize("digits", [400, 30])
def test_a_number_beyond_all_floats_is_too_large(eta, qtbot, digits):
    field = type_into(qtbot, eta, "1e" + "9" * (digits // 10))
    assert fault_shown(field).endswith("is too large.")
    assert len(fault_shown(field)) < 90


def test_what_was_refused_is_past_after_a_success(eta, qtbot):
    field = type_into(qtbot, eta, "abc")
    assert fault_shown(field)
    clear_faults(eta.window())
    assert not fault_shown(field)


# ----------------------------------------------------------------------------------------- combo


def test_a_choice_says_in_full_what_is_chosen(shown):
    combo = shown(ComboBox("schedule"))
    combo.addItems(["constant", "halve when the validation loss rises again"])
    combo.set_help("How it changes.")
    assert "constant" in combo.toolTip()
    combo.setCurrentIndex(1)
    assert "halve when the validation loss rises again" in combo.toolTip()
    assert "How it changes." in combo.toolTip()


# ------------------------------------------------------------------------------- several numbers


@pytest.fixture
def weights(shown):
    return shown(NumbersField("weights", "", (0.0, 0.0, 0.0)))


def test_several_numbers_are_typed_with_spaces(weights, qtbot):
    said = []
    weights.committed.connect(said.append)
    focus(qtbot, weights)
    weights.selectAll()
    qtbot.keyClicks(weights, "1 -2,5  3e-2")
    qtbot.keyClick(weights, Key.Key_Return)
    assert said == [(1.0, -2.5, 0.03)]
    assert weights.text() == "1 −2.5 0.03"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1 2", "Weights must have 3 numbers with spaces between them, not 2."),
        ("1 2 x", 'Weights must be a number, not "x".'),
        ("1 2 1e101", "Weights must be a number from −1e100 to 1e100, not 1e101."),
    ],
)
def test_other_than_the_wanted_numbers_are_refused(weights, qtbot, typed, sentence):
    focus(qtbot, weights)
    weights.selectAll()
    qtbot.keyClicks(weights, typed)
    qtbot.keyClick(weights, Key.Key_Return)
    assert fault_shown(weights) == sentence
    assert weights.value() == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("value", "room", "text"),
    [
        (-2.0, 6, "−2.000"),
        (-0.94, 6, "−0.940"),
        (0.5, 4, "0.50"),
        (20.0, 4, "20.0"),
        (-9.1e-7, 7, "−9.1e−7"),
        (2.5e11, 6, "2.5e11"),
    ],
)
def test_an_exponent_is_for_numbers_that_are_long_without_one(value, room, text):
    assert first_fitting(shortened(value, even=True), len, room) == text


def test_a_list_that_goes_on_below_its_popup_has_a_scroll_bar(qtbot):
    combo = ComboBox("scene")
    combo.addItems([f"Scene {n}" for n in range(60)])
    combo.setStyleSheet(stylesheet(LIGHT))  # once it is made, as in the window
    expose(qtbot, combo)
    combo.showPopup()
    bar = combo.view().verticalScrollBar()
    qtbot.waitUntil(bar.isVisible)
    assert 0 < bar.maximum() < 50
    combo.hidePopup()


def test_a_combo_box_that_moves_takes_its_name_along(qtbot):
    """On Linux screen readers read it from a hidden label beside the box."""
    box, places = ComboBox("Name of the box"), [QWidget(), QWidget()]

    def labels(place):
        beside = place.findChildren(QLabel, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [label.text() for label in beside if label.buddy() is box]

    for place in places:
        qtbot.addWidget(place)
        QVBoxLayout(place).addWidget(box)
        place.show()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert labels(place) == ["Name of the box"]
    assert labels(places[0]) == []
