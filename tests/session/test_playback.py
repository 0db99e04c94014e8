"""Where playback stands after what is done to it and as time passes, and the timer that lets it pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QTimer

from gdsim.session.playback import FASTEST, SLOWEST, PlaybackTimer, Playhead
from tests.every import every

STEPS = st.integers(0, 5000)
SECONDS = st.floats(0.0, 30.0)
MOVES = st.one_of(
    st.tuples(st.just("advance"), SECONDS),
    st.tuples(st.just("seek"), st.integers(-100, 6000)),
    st.tuples(st.just("nudge"), st.integers(-50, 50)),
    st.tuples(st.just("play")),
    st.tuples(st.just("pause")),
    st.tuples(st.just("at_speed"), st.floats(0.0, 1e6)),
)


@st.composite
def playheads(draw):
    """Return a playhead with some life behind it."""
    head = Playhead(live=draw(st.booleans()), loop=draw(st.booleans()))
    for name, *arguments in draw(st.lists(MOVES, max_size=8)):
        head = head.over(draw(STEPS), complete=draw(st.booleans()))
        head = getattr(head, name)(*arguments)
    return head


def playing(position=0.0, length=1000, **more):
    return Playhead(position=position, length=length, complete=True, playing=True, **more)


@given(playheads())
def test_stays_in_range(head):
    assert 0 <= head.cursor <= head.length
    assert SLOWEST <= head.speed <= FASTEST
    assert head.position >= 0.0
    assert not head.complete or head.position <= head.length


@given(playheads(), SECONDS)
def test_time_never_moves_what_stands_still(head, seconds):
    assert head.pause().advance(seconds) == head.pause()


@given(playheads(), SECONDS)
def test_time_moves_forward_but_for_a_loop(head, seconds):
    after = head.advance(seconds)
    assert after.position >= head.position or (head.loop and head.at_end and after.position == 0.0)


@given(st.floats(0.0, 2.0), st.floats(0.0, 2.0))
def test_time_adds_up(first, second):
    twice = playing().advance(first).advance(second)
    assert twice.position == pytest.approx(playing().advance(first + second).position)


def test_speed_is_steps_a_second():
    assert playing(speed=50.0).advance(2.0).position == pytest.approx(100.0)


@given(playheads(), st.integers(-100, 6000))
def test_seek_goes_to_the_nearest_step_there_is(head, step):
    assert head.seek(step).cursor == min(max(step, 0), head.length)


@given(playheads(), st.integers(-50, 50))
def test_nudge_pauses_and_moves_by_whole_steps(head, steps):
    after = head.nudge(steps)
    assert not after.playing
    assert after.cursor == min(max(head.cursor + steps, 0), head.length)


def test_back_from_between_two_steps_is_the_step_before_the_one_shown():
    assert playing(position=7.9).nudge(-1).cursor == 6


@given(playheads(), STEPS)
def test_growth_does_not_move_what_is_shown(head, more):
    head = head._replace(live=False).over(head.length, complete=False).seek(head.cursor)
    assert head.over(head.length + more, complete=False).cursor == head.cursor


@given(st.integers(0, 1000), st.lists(STEPS, max_size=5))
def test_a_record_that_is_made_anew_is_met_where_playback_stood(cursor, growth):
    head = playing(position=float(cursor))
    for length in sorted(growth):
        head = head.over(length, complete=False).advance(0.0)
        assert head.cursor == min(cursor, length)
    assert head.over(1000, complete=True).cursor == cursor


def test_a_shorter_record_is_met_at_its_end():
    assert playing(position=900.0).over(100, complete=True).position == 100.0


def test_playback_waits_for_what_is_not_made_yet():
    head = playing(position=90.0, length=100)._replace(complete=False)
    head = head.advance(30.0)
    assert head.cursor == 100
    assert head.playing
    assert head.over(150, complete=False).advance(1.0).cursor == 120


def test_playback_pauses_at_the_end():
    head = playing(position=990.0).advance(1.0)
    assert (head.cursor, head.playing) == (1000, True)
    assert (head.advance(0.016).cursor, head.advance(0.016).playing) == (1000, False)


def test_a_loop_goes_back_to_the_start():
    head = playing(position=1000.0, loop=True).advance(0.016)
    assert (head.cursor, head.playing) == (0, True)


def test_a_loop_over_nothing_ends():
    assert not playing(length=0, loop=True).advance(0.016).playing


def test_play_at_the_end_begins_anew():
    assert playing(position=1000.0).pause().play() == playing()
    assert playing(position=500.0).pause().play().cursor == 500


def test_live_follows_the_record_to_its_end():
    head = playing(length=0, live=True)._replace(complete=False)
    head = head.over(160, complete=False).advance(0.016)
    assert head.cursor == 160
    head = head.over(1000, complete=True)
    assert head.cursor == 1000
    assert not head.advance(0.016).playing


def test_live_does_not_move_what_is_paused():
    head = playing(position=10.0, live=True)._replace(complete=False, playing=False)
    assert head.over(2000, complete=False).cursor == 10


def test_live_over_a_complete_record_plays_at_its_own_speed():
    head = playing(live=True, loop=True, speed=100.0)
    assert head.advance(0.1).cursor == 10
    assert head.over(1000, complete=True) == head


@every(("asked", "given_"), [(0.0, SLOWEST), (20.0, 20.0), (1e6, FASTEST)])
def test_speed_is_brought_into_its_range_and_ends_live(asked, given_):
    head = playing(live=True).at_speed(asked)
    assert (head.speed, head.live) == (given_, False)


# ------------------------------------------------------------------------------------ the timer


RECORD = Playhead(length=1000, complete=True, speed=1000.0)


@pytest.fixture
def player(qtbot):
    player = PlaybackTimer()
    player.apply(lambda _: RECORD)
    yield player
    player.apply(Playhead.pause)


class Clock:
    """Stands in for QElapsedTimer: 16.9 ms go by from one look to the next."""

    def __init__(self):
        self.now = 0

    def start(self):
        self.now = 0

    def nsecsElapsed(self):
        self.now += 16_900_000
        return self.now


def timer(player):
    return player.findChild(QTimer)


def with_clock():
    """Return a player whose time is a clock's alone, playing, and the clock."""
    clock = Clock()
    player = PlaybackTimer(clock=clock)
    player.apply(lambda _: RECORD.play())
    timer(player).stop()
    return player, clock


def test_time_moves_the_playhead(player, qtbot):
    with qtbot.waitSignal(player.changed, check_params_cb=lambda head: head.cursor > 50):
        player.apply(Playhead.play)
    assert player.playhead.playing


def test_playback_ends_at_the_end(player, qtbot):
    with qtbot.waitSignal(player.changed, check_params_cb=lambda head: not head.playing):
        player.apply(lambda head: head.seek(950).play())
    assert player.playhead.at_end
    assert not timer(player).isActive()


def test_pausing_stops_the_timer(player):
    player.apply(Playhead.play)
    assert timer(player).isActive()
    player.apply(Playhead.pause)
    assert not timer(player).isActive()


def test_a_change_is_told_once(player, qtbot):
    with qtbot.waitSignal(player.changed) as told:
        player.apply(lambda head: head.seek(7))
    assert told.args == [RECORD._replace(position=7.0)]
    with qtbot.assertNotEmitted(player.changed):
        player.apply(lambda head: head.seek(7))


def test_no_time_is_lost_between_frames(qtbot):
    player, _ = with_clock()
    for _ in range(10):
        timer(player).timeout.emit()
    assert player.playhead.position == pytest.approx(169.0)


def test_playback_goes_on_where_it_was_after_a_long_pause(qtbot):
    player, clock = with_clock()
    clock.now = 3_600_000_000_000
    timer(player).timeout.emit()
    assert player.playhead.position == pytest.approx(100.0)
