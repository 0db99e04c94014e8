"""Labels: one whose text changes many times a second, and where the lines of others end."""

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel

from gdsim.gui.plain_text import PlainLabel, SteadyLabel, text_label
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


def test_no_line_ends_between_a_name_and_its_number(qtbot):
    label = text_label("Your mark: w = 0.5, b = −0.2785.")
    qtbot.addWidget(label)
    for name in ("w", "b"):
        whole = f"{name} = "
        assert label.text().count(whole) == 1
        assert whole not in QLabel.text(label)
    # As wide as what stays together, and no wider: a longer formula is broken.
    both, one = text_label("b = −0.2785"), text_label("a · b = c · d")
    assert both.minimumSizeHint().width() >= both.fontMetrics().horizontalAdvance("b = −0.2785")
    assert one.minimumSizeHint().width() < one.fontMetrics().horizontalAdvance("a · b = c · d")
