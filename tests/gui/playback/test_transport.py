"""The player: what it shows, what it asks for, and that nothing jumps or is cut off."""

import itertools

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.sliders import JumpSlider, ScaleSlider
from gdsim.gui.playback.transport import ProgressNote, Transport
from gdsim.session.playback import Playhead
from tests.gui.windows import cut_off_texts, focus, in_window

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
HEAD = Playhead(position=74.6, length=100, complete=True)
FULL = Playhead(position=2_400_000.0, length=2_400_000, speed=1000.0)
LONGEST = Playhead(position=9_999_999.0, length=10_000_000, complete=True, speed=1000.0)


@pytest.fixture
def transport(qtbot):
    transport = in_window(qtbot, Transport(), width=680, height=140)
    transport.show_playhead(HEAD, False, 37)
    return transport


@pytest.mark.parametrize("width", [420, 544, 680])
def test_the_place_has_room_at_once_while_the_record_grows(qtbot, width):
    """Before anything else is painted: it would be cut for a frame."""
    transport = in_window(qtbot, Transport(), width, 140)
    (place,) = (one for one in transport.findChildren(QLabel) if one.objectName() == "strong")
    for length in (9, 100, 12_345, 1_000_000):
        transport.show_playhead(Playhead(position=float(length), length=length), False, 37)
        assert place.text().endswith("so far")
        assert place.width() >= place.fontMetrics().horizontalAdvance(place.text())
        assert place.mapTo(transport, place.rect().topRight()).x() < transport.width()


def test_as_many_epochs_as_there_were_steps_have_the_room_of_their_longer_word(transport):
    (place,) = (one for one in transport.findChildren(QLabel) if one.objectName() == "strong")
    for by_epoch, text in ((False, "step 74 / 100"), (True, "epoch 74 / 100")):
        transport.show_playhead(HEAD, by_epoch, 37)
        assert place.text() == text
        assert place.width() >= place.fontMetrics().horizontalAdvance(text.replace("74", "88"))


def said_by(transport):
    said = []
    for name in ("seek_requested", "speed_changed", "by_epoch_toggled", "stop_requested"):
        getattr(transport, name).connect(lambda *values, name=name: said.append((name, *values)))
    for name in ("first", "back", "play", "forward", "last", "live", "loop"):
        getattr(transport, name).clicked.connect(lambda _checked=False, name=name: said.append((name,)))
    return said


def texts(transport):
    return [label.text() for label in transport.findChildren(QLabel) if label.isVisible() and label.text()]


def button(transport, name):
    return next(one for one in transport.findChildren(QAbstractButton) if one.accessibleName() == name)


def scrub(transport):
    return next(one for one in transport.findChildren(JumpSlider) if type(one) is JumpSlider)


def speed(transport):
    return transport.findChild(ScaleSlider)


def at(slider, share):
    return QPoint(round(share * slider.width()), slider.height() // 2)


def test_the_place_is_shown_without_an_echo(transport):
    said = said_by(transport)
    for head in (HEAD, LONGEST, Playhead(), HEAD._replace(playing=True, live=True, loop=True)):
        transport.show_playhead(head, True, 1)
        transport.show_playhead(head, False, 37)
    assert said == []
    assert "step 74 / 100" in texts(transport)
    assert "epoch 37" in texts(transport)
    assert (scrub(transport).value(), scrub(transport).maximum()) == (74, 100)


def test_the_clock_counts_epochs_when_it_should(transport):
    transport.show_playhead(HEAD, True, 74)
    assert texts(transport).count("epoch 74 / 100") == 1
    assert "20 epochs/s" in texts(transport)
    assert not any(text.startswith("step") for text in texts(transport))
    assert transport.findChild(ComboBox).currentText() == "By epoch"


@pytest.mark.parametrize("name", ["First", "Back", "Play", "Forward", "Last", "Live", "Loop"])
def test_a_button_asks_once(transport, qtbot, name):
    said = said_by(transport)
    qtbot.mouseClick(button(transport, name), Left)
    assert said == [(name.lower(),)]


def test_play_becomes_pause_in_the_same_place(transport):
    before = [one.geometry() for one in transport.findChildren(QAbstractButton)]
    transport.show_playhead(HEAD._replace(playing=True), False, 37)
    assert button(transport, "Pause").text() == "Pause"
    assert [one.geometry() for one in transport.findChildren(QAbstractButton)] == before


def test_the_clock_is_chosen(transport, qtbot):
    said = said_by(transport)
    clock = transport.findChild(ComboBox)
    focus(qtbot, clock)
    qtbot.keyClick(clock, Key.Key_Down)
    qtbot.keyClick(clock, Key.Key_Up)
    assert said == [("by_epoch_toggled", True), ("by_epoch_toggled", False)]


@pytest.mark.parametrize("length", [1, 100, 10_000_000])
def test_a_click_on_the_scrub_bar_goes_there(transport, qtbot, length):
    transport.show_playhead(Playhead(0.0, length, True), False, 0)
    said = said_by(transport)
    qtbot.mouseClick(scrub(transport), Left, pos=at(scrub(transport), 1.0) - QPoint(1, 0))
    assert said[-1] == ("seek_requested", length)
    transport.show_playhead(Playhead(float(length), length, True), False, 0)
    qtbot.mouseClick(scrub(transport), Left, pos=at(scrub(transport), 0.5))
    name, step = said[-1]
    assert name == "seek_requested"
    assert abs(step - length / 2) <= max(1, 0.02 * length)


def test_a_drag_seeks_all_the_time_and_is_not_pulled_back(transport, qtbot):
    said, bar = said_by(transport), scrub(transport)
    qtbot.mousePress(bar, Left, pos=at(bar, 0.1))
    for share in (0.2, 0.3, 0.4, 0.5):
        qtbot.mouseMove(bar, at(bar, share))
        transport.show_playhead(HEAD._replace(position=3.0), False, 1)
    steps = [step for _, step in said]
    assert len(steps) == 5
    assert steps == sorted(steps)
    assert bar.value() == steps[-1]
    qtbot.mouseRelease(bar, Left, pos=at(bar, 0.5))
    transport.show_playhead(HEAD._replace(position=3.0), False, 1)
    assert bar.value() == 3


@pytest.mark.parametrize(
    ("key", "step"),
    [(Key.Key_PageUp, 79), (Key.Key_PageDown, 69), (Key.Key_Plus, 75), (Key.Key_Minus, 73)],
)
def test_the_scrub_bar_has_keys_of_its_own(transport, qtbot, key, step):
    said = said_by(transport)
    focus(qtbot, scrub(transport))
    qtbot.keyClick(scrub(transport), key)
    assert said == [("seek_requested", step)]


def test_the_speed_is_on_a_log_scale(transport, qtbot):
    said, slider = said_by(transport), speed(transport)
    qtbot.mouseClick(slider, Left, pos=at(slider, 0.0))
    qtbot.mouseClick(slider, Left, pos=at(slider, 1.0) - QPoint(1, 0))
    qtbot.mouseClick(slider, Left, pos=at(slider, 0.5))
    values = [value for name, value in said if name == "speed_changed"]
    assert values[:2] == [0.5, 1000.0]
    assert values[2] == pytest.approx(22.4, rel=0.2)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (20.0, "20 steps/s"),
        (0.5, "0.5 steps/s"),
        (1000.0, "1000 steps/s"),
        (33.75, "33.8 steps/s"),
        (1.0, "1 step/s"),
    ],
)
def test_the_speed_is_said(transport, value, text):
    transport.show_playhead(HEAD._replace(speed=value), False, 0)
    assert text in texts(transport)
    assert speed(transport).accessibleName() == "Speed"


def test_live_playback_has_the_pace_of_the_work(transport):
    transport.show_playhead(HEAD._replace(live=True, complete=False), False, 0)
    assert "as computed" in texts(transport)
    assert button(transport, "Live").isChecked()
    transport.show_playhead(HEAD._replace(live=True), False, 0)
    assert "20 steps/s" in texts(transport)


def test_the_place_has_its_thousands_parted_and_may_still_grow(transport):
    growing = Playhead(position=74.0, length=1_133_580)
    transport.show_playhead(growing, False, 12_345)
    assert {"step 74 / 1,133,580 so far", "epoch 12,345"} <= set(texts(transport))
    transport.show_playhead(growing._replace(complete=True), False, 0)
    assert "step 74 / 1,133,580" in texts(transport)


def test_without_runs_there_is_nothing_to_press(transport):
    for has_runs in (False, True):
        transport.set_has_runs(has_runs)
        for name in ("First", "Back", "Play", "Forward", "Last"):
            assert button(transport, name).isEnabled() == has_runs
        assert scrub(transport).isEnabled() == has_runs


def test_progress_is_shown_after_a_moment_and_hidden_at_the_end(transport, qtbot):
    transport.show_progress(0.2)
    assert not any("computing" in text for text in texts(transport))
    transport.show_progress(0.439)
    qtbot.waitUntil(lambda: "computing 43\xa0%" in texts(transport))
    transport.show_progress(0.9999)
    assert "computing 99\xa0%" in texts(transport)
    transport.show_progress(1.0)
    assert not any("computing" in text for text in texts(transport))


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5])
def test_the_room_of_the_note_does_not_depend_on_what_it_says(qtbot, share):
    note = ProgressNote()
    qtbot.addWidget(note)
    note.setStyleSheet("QLabel { font-size: 30px; }")
    room = note.sizeHint()
    note.show_progress(share)
    assert note.sizeHint() == room
    note.show_progress(1.0)
    assert note.sizeHint() == room
    assert note.isHidden()


def test_short_work_is_never_mentioned(transport):
    note = transport.findChild(ProgressNote)
    transport.show_progress(0.5)
    assert note.findChild(QTimer).isActive()
    transport.show_progress(1.0)
    assert not note.findChild(QTimer).isActive()
    assert not any("computing" in text for text in texts(transport))


def test_the_work_can_be_stopped(transport, qtbot):
    said = said_by(transport)
    transport.show_progress(0.5)
    stop = button(transport, "Stop computing")
    qtbot.waitUntil(stop.isVisible)
    qtbot.mouseClick(stop, Left)
    assert said == [("stop_requested",)]


def test_progress_moves_nothing(transport, qtbot):
    def places():
        return {
            child: child.geometry()
            for child in transport.findChildren(QWidget)
            if child.parent() is transport and child.accessibleName()
        }

    before = places()
    transport.show_progress(0.5)
    qtbot.waitUntil(button(transport, "Stop computing").isVisible)
    assert places() == before
    transport.show_progress(1.0)
    assert places() == before


def test_nothing_is_cut_off_at_the_narrowest(qtbot):
    transport = in_window(qtbot, Transport(), width=658, height=140)
    transport.show_progress(0.99)
    qtbot.waitUntil(button(transport, "Stop computing").isVisible)
    for head, by_epoch in itertools.product((HEAD, LONGEST, FULL), (False, True)):
        transport.show_playhead(head._replace(playing=True), by_epoch, head.cursor)
        QApplication.processEvents()
        assert transport.minimumSizeHint().width() <= 638
        assert cut_off_texts(transport) == []
        assert scrub(transport).width() >= 100


def test_every_control_has_a_name_and_a_tooltip(transport):
    controls = [
        child
        for child in transport.findChildren(QWidget)
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and not child.inherits("QListView")
    ]
    assert len(controls) == 11
    assert [child for child in controls if not (child.accessibleName() and child.toolTip())] == []


def test_the_words_of_the_play_button_fit_in_the_weight_they_are_drawn_with(transport):
    play = transport.play
    bold = play.font()
    bold.setWeight(QFont.Weight.DemiBold)
    icon, padding = play.iconSize().width(), 2 * 12
    for words in ("Play", "Pause"):
        assert play.width() >= QFontMetrics(bold).horizontalAdvance(words) + icon + padding
