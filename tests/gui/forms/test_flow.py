import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from gdsim.gui.forms.flow import Flow
from tests.gui.windows import expose


class Brick(QWidget):
    def sizeHint(self):
        return QSize(50, 20)


@pytest.fixture
def wall(qtbot):
    wall = QWidget()
    layout = Flow(wall)
    for _ in range(5):
        layout.addWidget(Brick())
    wall.resize(170, 200)
    expose(qtbot, wall)
    return wall


def places(wall):
    bricks = [wall.layout().itemAt(index).widget() for index in range(wall.layout().count())]
    return [(brick.x(), brick.y()) for brick in bricks if brick.isVisible()]


def test_lines_are_filled_from_left_to_right(wall):
    assert places(wall) == [(0, 0), (52, 0), (104, 0), (0, 22), (52, 22)]
    assert wall.layout().heightForWidth(170) == 42
    assert wall.layout().heightForWidth(258) == 20
    assert wall.layout().heightForWidth(10) == 5 * 20 + 4 * 2
    assert wall.layout().sizeHint() == QSize(258, 20)


def test_lines_may_be_closer_together_than_widgets(qtbot):
    wall = QWidget()
    layout = Flow(wall, lines=2, leading=1)
    layout.setSpacing(20)
    for _ in range(3):
        layout.addWidget(Brick())
    wall.resize(130, 200)
    expose(qtbot, wall)
    assert places(wall) == [(0, 0), (70, 0), (0, 21)]
    assert layout.heightForWidth(130) == 41
    assert layout.heightForWidth(500) == 41  # there is always room for two


def test_what_is_hidden_takes_no_room(wall, qtbot):
    wall.layout().itemAt(1).widget().hide()
    qtbot.waitUntil(lambda: places(wall) == [(0, 0), (52, 0), (104, 0), (0, 22)])


def test_room_for_some_lines_is_kept(qtbot):
    wall = QWidget()
    qtbot.addWidget(wall)
    layout = Flow(wall, lines=2)
    layout.addWidget(Brick())
    assert layout.heightForWidth(1000) == 42


def test_what_is_taken_out_is_gone(wall):
    taken = wall.layout().takeAt(0)
    assert taken.widget()
    assert wall.layout().count() == 4
    assert wall.layout().takeAt(9) is None
    assert wall.layout().itemAt(-1) is None
    taken.widget().deleteLater()
