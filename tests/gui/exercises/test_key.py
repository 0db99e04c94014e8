"""The key of a picture: all of its entries are seen, however narrow it is."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.gui.exercises.key import Key
from gdsim.gui.style.theme import RunStyle
from tests.gui.windows import expose

NAMES = ("Gradient descent", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam")


@pytest.mark.parametrize("width", [900, 300, 160])
def test_all_entries_are_seen_above_the_picture(qtbot, width):
    around, key, picture = QWidget(), Key(), QWidget()
    layout = QVBoxLayout(around)
    layout.addWidget(key)
    layout.addWidget(picture, 1)
    key.show_runs(NAMES, [RunStyle("#000000", (), "o")] * len(NAMES))
    around.resize(width, 400)
    expose(qtbot, around)
    entries = [one for one in key.children() if isinstance(one, QWidget)]
    assert len(entries) == len(NAMES)
    assert all(key.rect().contains(entry.geometry()) for entry in entries)
    assert picture.geometry().top() > key.geometry().bottom()
