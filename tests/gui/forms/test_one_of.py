from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gdsim.gui.forms.one_of import OneOf
from tests.gui.windows import focus


def test_one_is_on_and_tab_reaches_them_all(qtbot):
    row, choice = QWidget(), OneOf()
    buttons = [QPushButton(name) for name in "abc"]
    layout = QHBoxLayout(row)
    for button in buttons:
        choice.add(button)
        layout.addWidget(button)
    choice.turn_on(1)
    qtbot.addWidget(row)
    with qtbot.waitExposed(row):
        row.show()

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
