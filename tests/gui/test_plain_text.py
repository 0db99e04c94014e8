"""Labels: one whose text changes many times a second, and where the lines of others end."""

import pytest
from PySide6.QtGui import QFontMetrics, QTextDocument
from PySide6.QtWidgets import QLabel

from gdsim.core.formulas.numerals import integer_text
from gdsim.core.language.texts import said, speaking
from gdsim.core.language.translations import read_language
from gdsim.core.lessons.caption import Caption, Words
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.forms.tips import tip
from gdsim.gui.lessons.caption_view import caption_html
from gdsim.gui.paint.wrapped_label import WrappedLabel
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


@pytest.fixture
def many_steps():
    """A German sentence with a number that has thousands."""
    with speaking(read_language("de")):
        return said("step {0}").format(integer_text(2342))


def test_no_line_ends_within_a_number_in_html(many_steps):
    for html in (tip(many_steps), tip("", many_steps), caption_html(Caption((Words(many_steps),)))):
        shown = QTextDocument()
        shown.setHtml(html)
        assert shown.toRawText().strip("\N{LINE SEPARATOR}") == "Schritt 2\N{NO-BREAK SPACE}342"


def test_no_line_ends_within_a_number_where_ends_of_lines_are_taken_away(many_steps, qtbot):
    elided, wrapped = ElidedLabel(f" {many_steps}\nEnde "), WrappedLabel(2, "words")
    wrapped.say(f"{many_steps}\n\nEnde")
    for label in (elided, wrapped):
        qtbot.addWidget(label)
        assert label.accessibleName() == f"{many_steps} Ende"
