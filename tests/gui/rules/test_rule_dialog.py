"""Typing a rule: the check while one types, the settings that are found, and what is taken."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit

from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.settings import BELOW_ONE, COUNT, NUMBER, POSITIVE
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.rules.rule_dialog import RuleDialog
from gdsim.gui.style.theme import LIGHT
from gdsim.session.tasks import TaskQueue
from tests.gui.windows import cut_off_texts, fault_shown, like, marked, pixels_of

HEAVY = own_rule("Heavy", "v_t = gamma*v + eta*g\nw_next = w - boost*v_t")


@pytest.fixture
def opened(qtbot):
    """Return a function that opens the dialog, for a rule that there is or a new one."""
    queues = []

    def open_one(old=None, followers=0):
        tasks = TaskQueue()
        queues.append(tasks)
        dialog = RuleDialog(RULES, tasks, old, followers)
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.open()
        settle(qtbot, dialog)
        return dialog

    yield open_one
    for tasks in queues:
        tasks.close()


def type_lines(qtbot, dialog, lines):
    dialog.lines.replace_all(lines)
    assert not dialog.take.isEnabled()  # not before it is checked
    settle(qtbot, dialog)


def settle(qtbot, dialog):
    """Wait until what is typed is checked, and new rows are there."""
    qtbot.waitUntil(lambda: not dialog.pause_timer.isActive() and not dialog.tasks.is_busy)
    QApplication.processEvents()


def field(dialog, name):
    return next(
        one for one in dialog.findChildren(NumberField) if one.accessibleName() == name and one.isVisible()
    )


def take(qtbot, dialog):
    """Take the rule; return what is told of it."""
    with qtbot.waitSignal(dialog.accepted_rule) as told:
        qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    return told.args[0]


def default_shown(dialog, setting):
    if setting.is_switch:
        box = next(
            one for one in dialog.rows.findChildren(QCheckBox) if one.accessibleName() == setting.label
        )
        return box.isChecked()
    return field(dialog, f"{setting.name} at first").value()


def kinds(dialog):
    boxes = [one for one in dialog.rows.findChildren(ComboBox) if one.isVisible()]
    return {one.accessibleName().removeprefix("Values of "): one for one in boxes}


def test_what_is_typed_is_checked_and_its_settings_are_found(opened, qtbot):
    dialog = opened()
    assert dialog.take.isEnabled()
    assert list(kinds(dialog)) == ["eta"]
    type_lines(qtbot, dialog, "v_t = gamma*v + eta*g\nw_next = w - boost*v_t")
    assert list(kinds(dialog)) == ["eta", "gamma", "boost"]
    assert dialog.letters.text() == "vₜ = γ·vₜ₋₁ + η·∇wₜ\nwₜ₊₁ = wₜ − boost·vₜ"
    assert not dialog.fault.isVisible()
    rule = take(qtbot, dialog)
    assert (rule.title, rule.lines) == ("My rule", HEAVY.lines)
    assert [one.default for one in rule.settings] == [1.0, 0.9, 0.5]


def test_lines_with_tabs_are_taken_as_they_come_from_other_programs(opened, qtbot):
    dialog = opened()
    type_lines(qtbot, dialog, "\tv_t\t= gamma*v + eta*g\n\tw_next = w - v_t")
    assert not dialog.fault.isVisible()
    assert "\t" not in take(qtbot, dialog).lines


def test_a_fault_is_underlined_where_it_is_and_said_in_a_sentence(opened, qtbot):
    dialog = opened()
    type_lines(qtbot, dialog, "a = 1\nw_next = w - eta*sqr(g)")
    assert marked(dialog) == ["sqr(g)"]
    assert dialog.fault.text().startswith('Line 2: "sqr" is not a function; the known ones are abs, cos')
    assert not dialog.take.isEnabled()
    assert list(kinds(dialog)) == ["eta"]  # the last ones stay
    assert not dialog.letters.isEnabled()
    assert like(pixels_of(dialog.lines.viewport()), LIGHT.fault_soft, 3).sum() > 200
    dialog.title.setFocus()
    qtbot.mouseClick(dialog.show_me, Qt.MouseButton.LeftButton)
    assert dialog.lines.textCursor().position() == len("a = 1\nw_next = w - eta*sqr(g)")
    assert dialog.lines.hasFocus()
    type_lines(qtbot, dialog, "a = 1\nw_next = w - eta*g")
    assert marked(dialog) == []
    assert not dialog.fault.isVisible()
    assert not dialog.show_me.isVisible()


def test_a_name_is_refused_by_its_name(opened, qtbot):
    dialog = opened()
    for title, fault in (
        ("", "Name must be one line of 1 to 60 letters."),
        ("Adam", "There is already a rule of this name; give yours another one."),
    ):
        dialog.title.setText(title)
        type_lines(qtbot, dialog, "w_next = w - eta*g")
        assert dialog.fault.text() == fault
        assert not dialog.take.isEnabled()


def test_it_may_start_from_any_rule_and_undo_brings_one_s_own_back(opened, qtbot):
    dialog = opened()
    for key, rule in RULES.items():
        dialog.start_from.setCurrentIndex(dialog.start_from.findData(key))
        dialog.start_from.activated.emit(dialog.start_from.currentIndex())
        settle(qtbot, dialog)
        assert dialog.title.text() == f"My {rule.title}"
        assert list(kinds(dialog)) == [one.name for one in rule.settings]
        for setting in rule.settings:
            assert default_shown(dialog, setting) == setting.default
        own = own_rule("Mine", dialog.lines.toPlainText(), rule.settings)
        assert own().update_rule.parts == rule().update_rule.parts
    for _ in RULES:
        dialog.lines.undo()
    assert dialog.lines.toPlainText() == "w_next = w - eta*g"


def test_a_setting_is_changed_in_its_row(opened, qtbot):
    dialog = opened()
    type_lines(qtbot, dialog, HEAVY.lines)
    for name, text in (("boost at first", "0.75"), ("boost at the right end of its slider", "4")):
        one = field(dialog, name)
        one.setFocus()
        one.selectAll()
        qtbot.keyClicks(one, text)
        qtbot.keyClick(one, Qt.Key.Key_Return)
        settle(qtbot, dialog)
    assert dialog.isVisible()
    assert dialog.take.isEnabled()
    assert kinds(dialog)["boost"].currentData() == "number"
    box = kinds(dialog)["boost"]
    box.setCurrentIndex(box.findData("count"))
    box.activated.emit(box.currentIndex())
    settle(qtbot, dialog)
    # Lines that have it no more, and then again, keep what was said of it.
    type_lines(qtbot, dialog, "w_next = w - eta*g")
    type_lines(qtbot, dialog, HEAVY.lines)
    assert kinds(dialog)["boost"].currentData() == "count"
    assert take(qtbot, dialog).settings[-1].domain == COUNT


def test_a_slider_that_ends_before_it_begins_is_refused_at_its_field(opened, qtbot):
    dialog = opened()
    one = field(dialog, "eta at the right end of its slider")
    one.setFocus()
    one.selectAll()
    qtbot.keyClicks(one, "1e-9")
    qtbot.keyClick(one, Qt.Key.Key_Return)
    assert "must be a positive number, above the left end 1e−5, not 1e−09" in fault_shown(one)
    assert take(qtbot, dialog).settings[0].high == 100.0


def test_what_schedules_change_has_its_values_fixed(opened, qtbot):
    dialog = opened()
    type_lines(qtbot, dialog, HEAVY.lines)
    assert [box.isEnabled() for box in kinds(dialog).values()] == [False, False, True]
    assert [one.domain for one in take(qtbot, dialog).settings] == [POSITIVE, BELOW_ONE, NUMBER]


def test_only_what_decides_about_lines_may_be_a_switch(opened, qtbot):
    dialog = opened()
    type_lines(qtbot, dialog, "c = boost*g  if lively\nc = g  if not lively\nw_next = w - eta*c")
    found = {name: box.findData("switch") >= 0 for name, box in kinds(dialog).items()}
    assert found == {"eta": False, "boost": False, "lively": True}


@pytest.mark.parametrize("title", ["Adam", " adam ", ""])
def test_a_name_that_there_is_or_none_is_refused(opened, qtbot, title):
    dialog = opened()
    dialog.title.selectAll()
    qtbot.keyClicks(dialog.title, title) if title else qtbot.keyClick(dialog.title, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not dialog.pause_timer.isActive() and not dialog.tasks.is_busy)
    assert not dialog.take.isEnabled()
    assert dialog.fault.text()


def test_an_old_rule_is_shown_and_can_be_removed(opened, qtbot):
    dialog = opened(HEAVY, followers=2)
    assert dialog.lines.toPlainText() == HEAVY.lines
    assert dialog.title.text() == "Heavy"
    assert "The 2 runs that follow this rule are removed, too" in dialog.remove.toolTip()
    with qtbot.waitSignal(dialog.remove_requested):
        qtbot.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    assert not opened().remove.isVisible()
    assert take(qtbot, opened(HEAVY)) == HEAVY


def test_enter_begins_a_line_and_tab_leaves_the_lines(opened, qtbot):
    dialog = opened()
    dialog.lines.setFocus()
    dialog.lines.moveCursor(dialog.lines.textCursor().MoveOperation.End)
    qtbot.keyClick(dialog.lines, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.lines.toPlainText().endswith("\n")
    qtbot.keyClick(dialog.lines, Qt.Key.Key_Tab)
    assert not dialog.lines.hasFocus()


def test_nothing_is_cut_off_and_every_field_has_a_name(opened, qtbot):
    dialog = opened(HEAVY)
    dialog.start_with(RULES["adamw"])
    settle(qtbot, dialog)
    assert cut_off_texts(dialog) == []
    for one in (*dialog.findChildren(QLineEdit), *dialog.findChildren(ComboBox), dialog.lines):
        assert one.accessibleName()
    assert any("Every other name is a setting" in one.text() for one in dialog.findChildren(PlainLabel))
