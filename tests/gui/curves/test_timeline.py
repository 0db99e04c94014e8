import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolTip

from gdsim.core.analysis.diagnosis import Finding, FindingKind
from gdsim.gui.curves.timeline import TimelineMark, TimelineStrip, lanes_of, marks_of
from gdsim.gui.style.theme import DARK, Look
from tests.gui.windows import expose

PLATEAU = TimelineMark(0, 40, "plateau", "muted", "Both points are saturated.")
TURN = TimelineMark(60, 90, "u-turn", "accent", "The step changed its sign.")
RISE = TimelineMark(70, 70, "overshoot", "fault", "The loss rose from 0.1 to 0.2.")


@pytest.fixture
def strip(qtbot):
    strip = TimelineStrip()
    strip.resize(300, strip.height())
    strip.set_place(lambda step: 3.0 * step, lambda: (0.0, 300.0))
    strip.set_marks([PLATEAU, TURN, RISE])
    expose(qtbot, strip)
    return strip


def middle(strip, index) -> QPoint:
    return strip.box_of(index).center().toPoint()


def test_the_mouse_reads_a_mark(strip, qtbot):
    with qtbot.waitSignal(strip.hovered) as said:
        qtbot.mouseMove(strip, middle(strip, 2))
    assert said.args == [RISE.sentence]
    assert RISE.sentence in QToolTip.text()
    with qtbot.waitSignal(strip.hovered) as said:
        qtbot.mouseMove(strip, QPoint(150, 5))
    assert said.args == [""]
    QToolTip.hideText()


def test_a_click_goes_to_where_a_mark_begins(strip, qtbot):
    with qtbot.waitSignal(strip.sought) as sought:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=middle(strip, 1))
    assert sought.args == [strip.marks[1]]
    with qtbot.assertNotEmitted(strip.sought):
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(150, 5))


def test_a_single_step_can_be_hit_and_marks_stand_where_their_steps_are(strip):
    assert strip.box_of(0).left() == 0.0
    assert strip.box_of(0).right() == 120.0
    assert strip.box_of(2).width() >= 5.0
    assert strip.box_of(2).center().x() == pytest.approx(210.0)


def test_a_word_stands_on_its_mark_or_beside_it_where_there_is_room(strip):
    assert strip.word_boxes(dict.fromkeys(range(len(strip.marks)), 100.0))[0] == strip.box_of(0)
    strip.set_marks(
        [TimelineMark(10, 12, "plateau", "muted", ""), TimelineMark(30, 90, "u-turn", "accent", "")]
    )
    after = strip.word_boxes({0: 45.0, 1: 200.0})
    assert list(after) == [0]
    assert (after[0].left(), after[0].width()) == (strip.box_of(0).right(), 45.0)
    assert strip.word_boxes({0: 60.0, 1: 200.0}) == {}


def test_a_word_of_a_mark_at_the_end_stands_before_it_where_no_other_word_is(strip):
    strip.set_marks([TimelineMark(50, 52, "leap", "muted", ""), TimelineMark(95, 99, "end", "accent", "")])
    first, last = strip.box_of(0), strip.box_of(1)
    words = strip.word_boxes({0: 30.0, 1: 50.0})
    assert (words[0].left(), words[1].right()) == (first.right(), last.left())
    assert not words[0].intersects(words[1])
    assert list(strip.word_boxes({0: 90.0, 1: 50.0})) == [0]


def test_it_is_read_aloud(strip):
    for mark in (PLATEAU, TURN, RISE):
        assert mark.sentence in strip.picture_in_words()


def test_it_wears_every_theme_and_an_unknown_colour(strip):
    strip.set_look(Look(DARK))
    strip.set_marks([TimelineMark(3, 9, "odd", "no such colour", "Something.")])
    assert not strip.grab().isNull()
    strip.set_marks([])
    assert not strip.grab().isNull()


spans = st.tuples(st.integers(0, 50), st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(spans, max_size=12))
def test_marks_of_one_lane_do_not_overlap_as_far_as_lanes_suffice(ends):
    marks = [TimelineMark(first, last, "", "", "") for first, last in ends]
    lanes = lanes_of(marks)
    deepest = max((sum(a <= step <= b for a, b in ends) for step in range(71)), default=0)
    assert len(lanes) == len(marks)
    assert set(lanes) <= {0, 1, 2}
    for index, (one, lane) in enumerate(zip(ends, lanes, strict=True)):
        for other, same in list(zip(ends, lanes, strict=True))[:index]:
            if lane == same and deepest <= 3:
                assert one[1] < other[0] or other[1] < one[0]


def test_every_finding_is_a_mark():
    findings = (
        Finding(FindingKind.PLATEAU, 0, 9, "Flat.", {"f": 0.1}),
        Finding(FindingKind.DIVERGENCE, 12, 14, "Gone.", {"step": 1e300}),
    )
    assert marks_of(findings) == (
        TimelineMark(0, 9, "Plateau", "muted", "Flat."),
        TimelineMark(12, 14, "Divergence", "fault", "Gone."),
    )
    assert marks_of(()) == ()
