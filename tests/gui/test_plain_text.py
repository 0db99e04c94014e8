"""A label whose text changes many times a second."""

from PySide6.QtGui import QFontMetrics

from gdsim.gui.plain_text import PlainLabel, SteadyLabel
from tests.gui.windows import in_window


def test_a_steady_label_looks_like_any_other(qtbot):
    pictures = []
    for kind in (PlainLabel, SteadyLabel):
        label = in_window(qtbot, kind(), 120, 160)
        label.setObjectName("hint")
        label.setStyleSheet("QLabel { font-size: 17px; color: #aa2211; }")
        show = label.setText if kind is PlainLabel else label.show_text
        show("888 of 888")
        label.setFixedSize(60, 60)
        pictures.append(label.grab().toImage())
    assert pictures[0] == pictures[1]


def test_it_keeps_its_room_while_only_digits_change_and_grows_for_more(qtbot):
    label = SteadyLabel()
    qtbot.addWidget(label)
    label.make_room("step 100")
    room = label.sizeHint()
    assert room.width() >= QFontMetrics(label.font()).horizontalAdvance("step 999")
    for step in (0, 7, 42, 999):
        label.show_text(f"step {step}")
        assert (label.sizeHint(), label.text(), label.accessibleName()) == (room, *[f"step {step}"] * 2)
    label.show_text("step 1000")
    assert label.sizeHint().width() > room.width()
    label.make_room("step 1")
    assert label.sizeHint().width() < room.width()
