from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from gdsim.core.analysis.arrow_lengths import Lengths
from gdsim.core.analysis.arrows import ArrowKind, kinds_of
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.arrows.legend import ArrowLegend
from gdsim.gui.arrows.paint import arrow_style
from gdsim.gui.arrows.words import arrow_name, lengths_name
from gdsim.gui.forms.card import Card
from gdsim.gui.style.theme import DARK, LIGHT, THEMES
from tests.every import every
from tests.gui.frames import frame_of_rule, look_of, runs_of_every_rule, scene
from tests.gui.windows import cut_off_texts, in_window, near

EXPERIMENT, _ = runs_of_every_rule()


@pytest.fixture
def legend(qtbot):
    """The legend in a card as narrow as on a small screen."""
    legend = ArrowLegend()
    card = Card("Contours")
    card.header.addWidget(legend.button)
    card.set_body(QWidget(), legend)
    legend.keeps_alive = card  # qtbot holds windows by weak references
    legend.set_look(look_of(EXPERIMENT))
    in_window(qtbot, card, 330, 260)
    legend.show_frame(frame_of_rule("nesterov"))
    return legend


def buttons(legend):
    return {button.text(): button for button in legend.findChildren(QToolButton) if button.isVisible()}


def texts(legend):
    return list(buttons(legend))


def switch(legend, kind, rule="nesterov"):
    return buttons(legend)[arrow_name(kind, RULES[rule]().update_rule)]


def choice_of_lengths(legend, lengths):
    (menu,) = legend.findChildren(QMenu)
    return next(action for action in menu.actions() if action.text() == lengths_name(lengths))


@every("rule", RULES)
def test_there_is_a_switch_for_every_kind_the_rule_has(legend, rule):
    legend.show_frame(frame_of_rule(rule))
    kinds = set(kinds_of(RULES[rule]().update_rule)) - {ArrowKind.UPHILL}
    *switches, _lengths = buttons(legend).values()
    assert {one.text() for one in switches} == {arrow_name(kind, RULES[rule]().update_rule) for kind in kinds}
    assert len(switches) == len(kinds)
    assert all(one.accessibleName() and one.toolTip() for one in switches)


@every("rule", RULES)
def test_it_takes_two_lines_on_a_small_screen_and_cuts_nothing_off(legend, rule, qtbot):
    legend.show_frame(frame_of_rule(rule))
    shown = buttons(legend).values()
    qtbot.waitUntil(lambda: len({button.y() for button in shown}) <= 2)
    assert legend.height() < 50
    qtbot.waitUntil(lambda: all(legend.rect().contains(button.geometry()) for button in shown))
    qtbot.waitUntil(lambda: not cut_off_texts(legend))


def test_the_map_above_keeps_its_size_while_other_rules_are_selected(legend):
    heights = set()
    for rule in RULES:
        legend.show_frame(frame_of_rule(rule))
        heights.add(legend.heightForWidth(310))
    assert len(heights) == 1


def test_the_scale_follows_step_and_window(legend):
    legend.show_frame(frame_of_rule("gd"))
    assert "arrows × 200" in texts(legend)
    window = ViewRange(-1.72, -1.70, -1.71, -1.69)
    legend.show_surface(sample_surface(EXPERIMENT.points, window))
    assert texts(legend)[-1] == "true lengths"
    legend.show_frame(frame_of_rule("adam"))
    assert texts(legend)[-1].startswith("step ")


def test_switching_a_kind_off_and_on_tells_the_new_choice(legend, qtbot):
    with qtbot.waitSignal(legend.changed) as changed:
        qtbot.mouseClick(switch(legend, ArrowKind.CARRIED), Qt.MouseButton.LeftButton)
    assert changed.args == [legend.value()]
    assert legend.value().kinds == ArrowChoice().kinds - {ArrowKind.CARRIED}
    with qtbot.waitSignal(legend.changed):
        qtbot.mouseClick(switch(legend, ArrowKind.CARRIED), Qt.MouseButton.LeftButton)
    assert legend.value() == ArrowChoice()


def test_lengths_are_chosen_from_the_menu(legend, qtbot):
    for lengths, words in ((Lengths.TRUE, "true lengths"), (Lengths.SAME, "same length")):
        with qtbot.waitSignal(legend.changed):
            choice_of_lengths(legend, lengths).trigger()
        assert legend.value().lengths is lengths
        assert texts(legend)[-1] == words
    with qtbot.assertNotEmitted(legend.changed):
        choice_of_lengths(legend, Lengths.SAME).trigger()


def test_the_gradient_that_points_uphill_is_an_option_and_named_where_it_is_wanted(legend, qtbot):
    for rule, name in (("gd", "+η·gradient"), ("adam", "+gradient")):
        legend.set_value(ArrowChoice())
        legend.show_frame(frame_of_rule(rule))
        assert name not in texts(legend)
        option = next(one for one in legend.findChildren(QMenu)[0].actions() if "uphill" in one.text())
        assert not option.isChecked()
        with qtbot.waitSignal(legend.changed):
            option.trigger()
        assert legend.value().kinds == ArrowChoice().kinds | {ArrowKind.UPHILL}
        assert option.isChecked()
        assert name in texts(legend)


def test_the_button_in_the_header_shows_and_hides_everything(legend, qtbot):
    assert legend.button.isChecked()
    with qtbot.waitSignal(legend.changed):
        qtbot.mouseClick(legend.button, Qt.MouseButton.LeftButton)
    assert not legend.value().on
    assert not legend.isVisible()
    with qtbot.waitSignal(legend.changed):
        legend.toggle()
    assert legend.isVisible()
    assert legend.button.isChecked()


def test_a_choice_that_is_set_is_shown_and_not_told(legend, qtbot):
    choice = ArrowChoice(kinds=frozenset({ArrowKind.STEP}), lengths=Lengths.SAME)
    with qtbot.assertNotEmitted(legend.changed):
        legend.set_value(choice)
    assert legend.value() == choice
    kinds = set(kinds_of(RULES["nesterov"]().update_rule)) - {ArrowKind.UPHILL}
    assert [kind for kind in kinds if switch(legend, kind).isChecked()] == [ArrowKind.STEP]
    assert choice_of_lengths(legend, Lengths.SAME).isChecked()


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_samples_have_the_colours_of_the_arrows(legend, theme):
    legend.set_look(look_of(EXPERIMENT, theme))
    for kind in set(kinds_of(RULES["nesterov"]().update_rule)) - {ArrowKind.UPHILL}:
        assert near(switch(legend, kind), arrow_style(kind, theme).colour, 59) > 5, kind


def test_samples_are_hollow_where_the_arrows_are(legend):
    step = switch(legend, ArrowKind.STEP)

    def filled():
        return near(step.icon().pixmap(24, 12, QIcon.Mode.Normal, QIcon.State.On), LIGHT.text, 60)

    legend.set_value(ArrowChoice(lengths=Lengths.FIT))
    hollow = filled()
    legend.set_value(ArrowChoice(lengths=Lengths.TRUE))
    assert filled() > 1.2 * hollow > 0
    legend.set_value(ArrowChoice(lengths=Lengths.FIT))
    assert filled() == hollow


def test_a_switch_that_is_off_has_a_faint_sample(legend):
    legend.set_value(ArrowChoice(kinds=frozenset()))
    assert near(switch(legend, ArrowKind.GRADIENT), LIGHT.gradient, 29) == 0


def test_without_runs_there_are_no_switches(legend):
    legend.show_frame(replace(frame_of_rule("gd"), views=(), update=None))
    assert texts(legend) == []


def test_a_window_that_begins_without_runs_has_no_length_of_arrows_either(qtbot):
    legend = ArrowLegend()
    in_window(qtbot, legend, 330, 100)
    legend.show_frame(replace(frame_of_rule("gd"), views=(), update=None))
    assert not buttons(legend)


def test_it_is_no_window_while_it_stands_nowhere(qtbot):
    legend = ArrowLegend()
    qtbot.addWidget(legend)
    qtbot.addWidget(legend.button)
    legend.set_value(ArrowChoice())
    legend.set_look(look_of(scene("valley"), DARK))
    assert not legend.isVisible()
