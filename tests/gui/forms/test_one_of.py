from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gdsim.gui.forms.one_of import OneOf, TabButton, TabRow
from tests.gui.windows import expose, focus


def test_one_is_on_and_tab_reaches_them_all(qtbot):
    row, choice = QWidget(), OneOf()
    buttons = [QPushButton(name) for name in "abc"]
    layout = QHBoxLayout(row)
    for button in buttons:
        choice.add(button)
        layout.addWidget(button)
    choice.turn_on(1)
    expose(qtbot, row)

    def on():
        return [button.isChecked() for button in buttons].index(True)

    focus(qtbot, buttons[0])
    assert on() == 1
    for index, button in enumerate(buttons):
        assert button.hasFocus()
        for _ in range(2):  # what is on stays on
            with qtbot.waitSignal(choice.clicked) as clicked:
                qtbot.keyClick(button, Qt.Key.Key_Space)
            assert clicked.args == [index]
            assert on() == index
        qtbot.keyClick(button, Qt.Key.Key_Tab)


def test_tabs_without_room_are_in_a_menu_and_the_one_that_is_on_never_is(qtbot):
    window, choice = QWidget(), OneOf()
    row = TabRow("Pages")
    row.setParent(window)
    tabs = [TabButton(name) for name in ("Settings", "This step", "Code", "Effective rate", "Limit")]
    for tab in tabs:
        choice.add(tab)
        row.add(tab)
    choice.turn_on(3)
    window.resize(600, 60)
    expose(qtbot, window)
    whole = row.sizeHint()
    menu = row.more.menu()

    def seen():
        return [tab.text() for tab in tabs if tab.isVisible()]

    def offered():
        menu.aboutToShow.emit()
        return [action.text() for action in menu.actions()]

    least = tabs[3].sizeHint().width() + row.more.sizeHint().width() + 2
    widths = [*range(whole.width(), least, -7), least]
    for width in widths:
        row.resize(width, whole.height())
        row.layout().activate()
        assert "Effective rate" in seen()
        assert sorted([*seen(), *offered()]) == sorted(tab.text() for tab in tabs)
        assert row.more.isVisible() == bool(offered())
        for tab in tabs:
            assert tab.isHidden() or tab.width() >= tab.sizeHint().width()
    assert offered() == ["Settings", "This step", "Code", "Limit"]
    with qtbot.waitSignal(choice.clicked) as clicked:
        menu.actions()[-1].trigger()
    assert clicked.args == [4]
    assert "Limit" in seen()
    assert "Effective rate" in offered()
    row.resize(whole)
    assert not row.more.isVisible()
    assert seen() == [tab.text() for tab in tabs]


def test_a_row_that_gets_its_room_back_while_the_menu_comes_has_no_menu(qtbot):
    window, row = QWidget(), TabRow("Pages")
    for name in ("Settings", "This step", "Code", "Effective rate", "Limit"):
        row.add(TabButton(name))
    layout = QHBoxLayout(window)
    layout.addWidget(row)
    expose(qtbot, window)
    layout.invalidate()
    row.resize(120, row.height())  # the menu comes into sight, for which Qt lays out the window
    assert row.width() > 120
    assert not row.more.isVisible()
