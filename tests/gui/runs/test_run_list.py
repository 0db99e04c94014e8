"""The list of runs: shown, selected, renamed, hidden, coloured, added, removed."""

from dataclasses import replace
from itertools import groupby

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QColorDialog, QLineEdit, QMenu

from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.run import Run
from gdsim.core.model.run_words import cost_words, full_settings
from gdsim.core.rules.catalogue import FURTHER_RULES, LECTURE_RULES, RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.gui.forms.buttons import IconButton
from gdsim.gui.runs.run_cells import EYE, RATE, RUN
from gdsim.gui.runs.run_list import ColourMenu, RunList
from gdsim.gui.runs.run_table import RunTableView
from gdsim.gui.style.theme import DARK, LIGHT, Look, offered_colours, run_styles
from tests.gui.windows import double_click, entry, focus, in_window

Left = Qt.MouseButton.LeftButton
THREE = (Run(RULES["gd"]()), Run(RULES["momentum"]()), Run(RULES["nesterov"]()))


def show(runs, among, selected=0, theme=LIGHT):
    runs.set_runs(among, selected)
    runs.set_look(Look(theme, run_styles(among, theme)))


@pytest.fixture
def runs(qtbot):
    runs = in_window(qtbot, RunList(), width=350, height=260)
    show(runs, THREE, 1)
    return runs


def said_by(runs):
    said = []
    for name in ("selected", "add_requested", "duplicate_requested", "remove_requested", "run_changed"):
        getattr(runs, name).connect(lambda *values, name=name: said.append((name, *values)))
    return said


def middle_of(runs, row, column=RUN):
    return runs.view.visualRect(runs.view.model().index(row, column)).center()


def eye_of(runs, row):
    return middle_of(runs, row, EYE)


def tools(runs):
    return runs.tools.findChildren(IconButton)


def press(qtbot, runs, name):
    button = next(button for button in tools(runs) if button.accessibleName() == name)
    qtbot.mouseClick(button, Left)


def test_the_model_keeps_qts_contract(qtbot, qtmodeltester):
    table = in_window(qtbot, RunTableView())
    tester = QAbstractItemModelTester(table.model(), QAbstractItemModelTester.FailureReportingMode.Warning)
    for among in (THREE, THREE[:1], (), THREE * 9):
        table.set_runs(among)
        qtmodeltester.check(table.model())
    del tester


def test_runs_are_shown_without_an_echo(runs):
    said = said_by(runs)
    show(runs, THREE, 2)
    show(runs, THREE[:2], 0)
    show(runs, (), 0)
    show(runs, THREE, 1)
    runs.set_selected(0)
    assert said == []
    assert [runs.view.model().index(row, 0).data() for row in range(3)] == [run.name for run in THREE]
    assert runs.view.currentIndex().row() == 0


def test_a_click_selects(runs, qtbot):
    said = said_by(runs)
    qtbot.mouseClick(runs.view.viewport(), Left, pos=middle_of(runs, 2))
    assert said == [("selected", 2)]


def test_the_arrow_keys_select(runs, qtbot):
    said = said_by(runs)
    focus(qtbot, runs.view)
    qtbot.keyClick(runs.view, Qt.Key.Key_Up)
    assert said == [("selected", 0)]


def test_the_eye_hides_without_selecting(runs, qtbot):
    said = said_by(runs)
    qtbot.mouseClick(runs.view.viewport(), Left, pos=eye_of(runs, 2))
    assert said == [("run_changed", 2, replace(THREE[2], hidden=True), "Hide run")]
    show(runs, (*THREE[:2], replace(THREE[2], hidden=True)), 1)
    qtbot.mouseClick(runs.view.viewport(), Left, pos=eye_of(runs, 2))
    assert said[1:] == [("run_changed", 2, THREE[2], "Show run")]


@pytest.mark.parametrize("how", ["double click", "F2"])
def test_a_run_is_renamed_in_place(runs, qtbot, how):
    said = said_by(runs)
    focus(qtbot, runs.view)
    if how == "F2":
        qtbot.keyClick(runs.view, Qt.Key.Key_F2)
    else:
        qtbot.mouseClick(runs.view.viewport(), Left, pos=middle_of(runs, 1))
        double_click(qtbot, runs.view.viewport(), middle_of(runs, 1))
    field = runs.view.findChild(QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, "  My <b>run</b> ")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(said))
    assert said == [("run_changed", 1, replace(THREE[1], name="My <b>run</b>"), "Rename run")]


@pytest.mark.parametrize("column", [RUN, RATE])
def test_while_one_field_is_open_another_is_not_asked_for(runs, qtbot, column):
    focus(qtbot, runs.view)
    qtbot.keyClick(runs.view, Qt.Key.Key_F2 if column == RUN else Qt.Key.Key_Return)
    (field,) = runs.view.findChildren(QLineEdit)
    qtbot.keyClick(field, Qt.Key.Key_F2)  # Qt complains of what it does not open
    assert runs.view.findChildren(QLineEdit) == [field]


def test_escape_after_enter_keeps_the_new_name(runs, qtbot):
    said = said_by(runs)
    runs.view.rename(1)
    field = runs.view.findChild(QLineEdit)
    qtbot.keyClicks(field, "Mine")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Escape)  # before the event loop comes round
    assert said == [("run_changed", 1, replace(THREE[1], name="Mine"), "Rename run")]


@pytest.mark.parametrize("how", ["click", "Enter", "digits"])
def test_a_rate_is_typed_in_place(runs, qtbot, how):
    said = said_by(runs)
    focus(qtbot, runs.view)
    if how == "click":
        qtbot.mouseClick(runs.view.viewport(), Left, pos=middle_of(runs, 1, RATE))
    elif how == "Enter":
        qtbot.keyClick(runs.view, Qt.Key.Key_Return)
    else:
        qtbot.keyClick(runs.view, Qt.Key.Key_0)
    field = runs.view.findChild(QLineEdit)
    qtbot.keyClicks(field, ".25" if how == "digits" else "0.25")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert said == [("run_changed", 1, replace(THREE[1], optimizer=RULES["momentum"](eta=0.25)), "Change η")]


def test_a_rate_that_is_none_is_refused_with_a_sentence(runs, qtbot):
    said = said_by(runs)
    qtbot.mouseClick(runs.view.viewport(), Left, pos=middle_of(runs, 1, RATE))
    field = runs.view.findChild(QLineEdit)
    qtbot.keyClicks(field, "-1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.fault() == "η must be a positive number, not −1."
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert said == []


def test_an_empty_name_is_the_rules_name(runs, qtbot):
    among = (THREE[0], replace(THREE[1], name="Mine"))
    show(runs, among, 1)
    said = said_by(runs)
    runs.view.rename(1)
    field = runs.view.findChild(QLineEdit)
    field.setText("   ")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert said == [("run_changed", 1, THREE[1], "Rename run")]


def test_escape_leaves_the_name(runs, qtbot):
    said = said_by(runs)
    runs.view.rename(1)
    field = runs.view.findChild(QLineEdit)
    qtbot.keyClicks(field, "else")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert said == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace], ids=["delete", "backspace"])
def test_delete_asks_for_removal(runs, qtbot, key):
    said = said_by(runs)
    focus(qtbot, runs.view)
    qtbot.keyClick(runs.view, key)
    assert said == [("remove_requested", 1)]


def test_the_buttons_ask(runs, qtbot):
    said = said_by(runs)
    press(qtbot, runs, "Duplicate")
    press(qtbot, runs, "Remove")
    assert said == [("duplicate_requested", 1), ("remove_requested", 1)]


def test_a_run_of_any_rule_can_be_added(runs):
    said = said_by(runs)
    menu = tools(runs)[0].menu()
    actions = menu.actions()
    line = next(place for place, action in enumerate(actions) if action.isSeparator())
    further = actions[line + 1].menu().actions()
    for shown, rules in ((actions[:line], LECTURE_RULES), (further, FURTHER_RULES)):
        assert [action.text() for action in shown] == [rule.title for rule in rules.values()]
        for action in shown:
            action.trigger()
    assert said == [("add_requested", key) for key in RULES]


def test_a_run_of_any_library_s_optimizer_can_be_added(runs):
    said = said_by(runs)
    actions = [action for action in tools(runs)[0].menu().actions() if action.isVisible()]
    menus = {action.text(): action.menu() for action in actions if action.menu()}
    assert list(menus) == ["Further rules", "Second order, for contrast", "PyTorch", "Keras", "Optax"]
    menus["PyTorch"].aboutToShow.emit()
    menus["PyTorch"].aboutToShow.emit()
    shown = {action.text(): action for action in menus["PyTorch"].actions()}
    assert list(shown)[:4] == ["SGD", "Adagrad", "RMSprop", "Adam"]
    assert len(shown) == len(menus["PyTorch"].actions())
    shown["Adam"].trigger()
    assert said == [("add_requested", "torch.optim.Adam")]


def test_pasting_into_the_list_asks_for_an_optimizer(runs, qtbot):
    with qtbot.waitSignal(runs.paste_requested):
        qtbot.keyClick(runs.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_without_runs_only_adding_is_possible(runs):
    show(runs, (), 0)
    assert [button.isEnabled() for button in tools(runs)] == [True, False, False, False]
    show(runs, THREE, 0)
    assert all(button.isEnabled() for button in tools(runs))


def test_the_menu_of_a_run(runs, qtbot):
    said = said_by(runs)
    menu = runs.menu_for(2)
    entry(menu, "Duplicate").trigger()
    entry(menu, "Hide").trigger()
    entry(menu, "Remove").trigger()
    assert not entry(entry(menu, "Colour").menu(), "Colour of the rule").isEnabled()
    assert said == [
        ("duplicate_requested", 2),
        ("run_changed", 2, replace(THREE[2], hidden=True), "Hide run"),
        ("remove_requested", 2),
    ]
    menu.deleteLater()


def test_the_context_menu_opens_where_a_run_is(runs, qtbot):
    runs.view.customContextMenuRequested.emit(middle_of(runs, 1))
    menus = [menu for menu in runs.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    menus[0].close()
    runs.view.customContextMenuRequested.emit(QPoint(20, 100_000))
    assert [menu for menu in runs.findChildren(QMenu) if menu.isVisible()] == []


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_run_is_given_one_of_ten_colours(runs, qtbot, theme):
    show(runs, THREE, 1, theme)
    said = said_by(runs)
    press(qtbot, runs, "Colour")
    menu = runs.findChild(ColourMenu)
    offered = [action for action in menu.actions() if action.isCheckable()]
    assert len({action.text() for action in offered}) == len(offered) == 10
    assert [action.text() for action in offered if action.isChecked()] == ["Red"]
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(menu, key)
    ((_, index, run, _),) = said
    assert (index, run.colour) == (1, theme.run_colours[1])


def test_a_colour_that_is_chosen_has_its_counterpart_in_the_other_theme():
    for one, other in ((LIGHT, DARK), (DARK, LIGHT)):
        for place, colour in enumerate(offered_colours(one)):
            chosen = replace(THREE[0], colour=colour)
            assert run_styles([chosen], one)[0].colour == colour
            assert run_styles([chosen], other)[0].colour == offered_colours(other)[place]
    mixed = replace(THREE[0], colour="#112233")
    assert {run_styles([mixed], theme)[0].colour for theme in (LIGHT, DARK)} == {"#112233"}


def test_a_run_is_given_another_colour_and_its_own_back(runs, qtbot):
    said = said_by(runs)
    press(qtbot, runs, "Colour")
    entry(runs.findChild(ColourMenu), "Other…").trigger()
    dialog = runs.findChild(QColorDialog)
    assert dialog.currentColor().name() == LIGHT.run_colours[1]
    dialog.setCurrentColor(QColor("#112233"))
    dialog.accept()
    coloured = replace(THREE[1], colour="#112233")
    assert said == [("run_changed", 1, coloured, "Colour run")]
    show(runs, (THREE[0], coloured), 1)
    menu = runs.menu_for(1)
    entry(entry(menu, "Colour").menu(), "Colour of the rule").trigger()
    assert said[1:] == [("run_changed", 1, THREE[1], "Colour run")]
    menu.deleteLater()


def test_the_menu_of_a_run_closes_when_there_are_other_runs(runs, qtbot):
    def opened():
        (menu,) = [one for one in runs.findChildren(QMenu) if one.isVisible()]
        return menu

    runs.view.customContextMenuRequested.emit(middle_of(runs, 1))
    menu = opened()
    show(runs, THREE[:1], 0)
    assert not menu.isVisible()
    press(qtbot, runs, "Colour")
    menu = opened()
    show(runs, (), 0)
    assert not menu.isVisible()


def test_the_line_is_painted_in_the_runs_colour(runs, qtbot):
    picture = runs.view.viewport().grab().toImage()
    row = runs.view.visualRect(runs.view.model().index(1, 0))
    line = [picture.pixelColor(row.left() + 3 + x, row.center().y()) for x in range(20)]
    red = QColor(LIGHT.run_colours[1])
    near = [abs(colour.red() - red.red()) + abs(colour.green() - red.green()) < 60 for colour in line]
    assert 5 < sum(near) < 18  # dashed: most of it, but not all


def test_fifty_runs_scroll(qtbot):
    runs = in_window(qtbot, RunList(), width=350, height=320)
    show(runs, THREE * 17, 50)
    assert runs.view.verticalScrollBar().maximum() > 0
    qtbot.waitUntil(lambda: runs.view.viewport().rect().contains(middle_of(runs, 50)))
    assert runs.view.sizeHint().height() < 290
    assert runs.view.horizontalScrollBar().maximum() == 0


def test_a_run_says_all_of_itself_to_a_screen_reader(runs):
    show(runs, (replace(THREE[1], hidden=True),), 0)
    text = runs.view.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text.startswith("Momentum, η 1, γ 0.9, all points (batch)")
    assert text.endswith("hidden")
    assert runs.view.accessibleName() == "Runs"


def test_what_there_is_one_of_is_said_in_the_singular():
    assert full_settings(Run(epochs=1)).endswith(", 1 epoch")
    assert cost_words((1.0, 12.0, 0.0)) == "So far it has used 1 gradient, 12 losses and 0 solves."
    assert cost_words((1200.0, 1.0, 1.0)) == "So far it has used 1,200 gradients, 1 loss and 1 solve."
    assert cost_words(()) == ""


def test_the_full_settings_say_all():
    run = Run(
        RULES["momentum"](),
        MINI_BATCH(size=4, shuffle=True),
        SCHEDULES["inverse"](k=0.5),
        MOMENTUM_SCHEDULES["sutskever"](),
        (0.0, 6.0),
        10,
    )
    assert full_settings(run) == (
        "Momentum, η 1, γ 0.9, some points (mini-batch), B 4, shuffle, seed 0, schedule 1/t decay, k 0.5, "
        "γ schedule Sutskever 2013, γₘₐₓ 0.99, start w 0, b 6, 10 epochs"
    )
    with speaking(read_language("de")):
        assert ", Faktor 0,5, alle 5, " in full_settings(Run(schedule=SCHEDULES["step"]()))


def test_a_line_that_is_dashed_can_be_seen_to_be(runs):
    among = tuple(Run(RULES[name]()) for name in (*LECTURE_RULES, *FURTHER_RULES))
    show(runs, among)
    for row, style in enumerate(run_styles(among, LIGHT)):
        icon = runs.view.model().index(row, RUN).data(Qt.ItemDataRole.DecorationRole)
        picture = icon.pixmap(runs.view.iconSize()).toImage()
        inks = (picture.pixelColor(x, picture.height() // 2).alpha() > 127 for x in range(picture.width()))
        dashes = [is_ink for is_ink, _ in groupby(inks)].count(True)
        assert (dashes > 1) is bool(style.dash), style
