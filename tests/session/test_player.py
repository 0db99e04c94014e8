from dataclasses import replace

import pytest

from gdsim.session.player import Player
from gdsim.session.playhead import Playhead

RECORD = Playhead(length=1000, complete=True, speed=1000.0)


@pytest.fixture
def player(qtbot):
    player = Player()
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


def test_time_moves_the_playhead(player, qtbot):
    with qtbot.waitSignal(player.changed, check_params_cb=lambda head: head.cursor > 50):
        player.apply(Playhead.play)
    assert player.playhead.playing


def test_playback_ends_at_the_end(player, qtbot):
    with qtbot.waitSignal(player.changed, check_params_cb=lambda head: not head.playing):
        player.apply(lambda head: head.seek(950).play())
    assert player.playhead.at_end
    assert not player._timer.isActive()


def test_pausing_stops_the_timer(player):
    player.apply(Playhead.play)
    assert player._timer.isActive()
    player.apply(Playhead.pause)
    assert not player._timer.isActive()


def test_a_change_is_told_once(player, qtbot):
    with qtbot.waitSignal(player.changed) as told:
        player.apply(lambda head: head.seek(7))
    assert told.args == [replace(RECORD, position=7.0)]
    with qtbot.assertNotEmitted(player.changed):
        player.apply(lambda head: head.seek(7))


def test_no_time_is_lost_between_frames(player):
    player._clock = Clock()
    player.apply(Playhead.play)
    player._timer.stop()  # time is the clock's alone here
    for _ in range(10):
        player._tick()
    assert player.playhead.position == pytest.approx(169.0)


def test_playback_goes_on_where_it_was_after_a_long_pause(player):
    player._clock = Clock()
    player.apply(Playhead.play)
    player._timer.stop()
    player._clock.now = 3_600_000_000_000
    player._tick()
    assert player.playhead.position == pytest.approx(100.0)
