"""In a drag slow panes are told in turns, the latest alone, and all of it when the drag pauses or ends."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from shiboken6 import Shiboken

from gdsim.core.engine.trajectory import RunStop, StopReason, Trajectory
from gdsim.gui.window.drag_turns import DragTurns
from gdsim.session.frame import RunView
from tests.clock import Clock
from tests.gui.frames import frame_at, scene


class Told:
    """A pane that notes what it is told, and takes some time for it."""

    def __init__(self, clock, takes=0.0):
        self.frames, self.surfaces = [], []
        self._clock, self._takes = clock, takes

    def show_frame(self, frame):
        self.frames.append(frame.cursor)
        self._clock.now += self._takes

    def show_surface(self, surface):
        self.surfaces.append(surface)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def panes(clock):
    """Return one that is quick, two maps, and one that is slow."""
    return [Told(clock), Told(clock), Told(clock), Told(clock, takes=0.02)]


@pytest.fixture
def turns(qapp, panes, clock):
    return DragTurns(tuple(panes), (panes[1], panes[2]), (panes[3],), clock=clock)


@pytest.fixture
def frame():
    still = frame_at(scene("first-neuron"), 0)
    return lambda cursor, dragging=True: replace(still, cursor=cursor, dragging=dragging)


def test_without_a_drag_all_are_told_at_once(turns, panes, frame):
    turns.show_surface("a", dragging=False)
    turns.show_frame(frame(1, dragging=False), sampling=False)
    assert [pane.frames for pane in panes] == [[1]] * 4
    assert [pane.surfaces for pane in panes] == [[], ["a"], ["a"], []]


def test_slow_panes_have_a_quarter_of_the_time(turns, panes, frame, clock):
    for cursor in range(60):
        turns.show_frame(frame(cursor), sampling=False)
        QCoreApplication.processEvents()
        clock.now += 0.008
    assert panes[0].frames == panes[1].frames == list(range(60))
    assert panes[3].frames == sorted(set(panes[3].frames))
    assert 0.2 <= 0.02 * len(panes[3].frames) / clock.now <= 0.3


def test_what_takes_no_time_is_told_of_every_frame(qapp, frame, clock):
    quick, slow = Told(clock), Told(clock)
    turns = DragTurns((quick, slow), (), (slow,), clock=clock)
    for cursor in range(5):
        turns.show_frame(frame(cursor), sampling=False)
        QCoreApplication.processEvents()
        clock.now += 0.016
    assert slow.frames == quick.frames == list(range(5))


def test_maps_wait_for_their_surface_and_take_turns_with_it(turns, panes, frame, clock):
    turns.show_frame(frame(1), sampling=True)
    assert panes[1].frames == panes[2].frames == []
    turns.show_surface("a", dragging=True)
    turns.show_surface("b", dragging=True)
    for cursor in range(2, 20):
        turns.show_frame(frame(cursor), sampling=False)
        QCoreApplication.processEvents()
        clock.now += 0.016
        told = [len(pane.surfaces) for pane in panes[1:3]]
        assert told[0] + told[1] <= cursor  # one at a time
    for pane in panes[1:3]:
        assert pane.surfaces == ["b"]
        assert pane.frames[-1] == 19


def test_in_a_pause_those_that_wait_have_their_turns(turns, panes, frame, qtbot):
    turns.show_surface("a", dragging=True)
    turns.show_frame(frame(1), sampling=False)
    qtbot.waitUntil(lambda: all(pane.frames == [1] for pane in panes))
    assert panes[1].surfaces == panes[2].surfaces == ["a"]


def test_at_the_end_all_are_told(turns, panes, frame):
    turns.show_surface("a", dragging=True)
    turns.show_frame(frame(1), sampling=False)
    turns.show_frame(frame(2, dragging=False), sampling=False)
    assert [pane.frames[-1] for pane in panes] == [2] * 4
    assert panes[1].surfaces == panes[2].surfaces == ["a"]


def test_what_says_what_is_on_a_map_is_told_with_it(qapp, frame, clock):
    contours, legend = Told(clock), Told(clock)
    turns = DragTurns((contours, legend), (contours,), (), {legend: contours}, clock)
    turns.show_frame(frame(1), sampling=True)
    assert contours.frames == legend.frames == []
    turns.show_surface("a", dragging=True)
    turns.show_frame(frame(2), sampling=False)
    assert contours.frames == legend.frames == [2]
    turns.show_frame(frame(3, dragging=False), sampling=False)
    assert contours.frames == legend.frames == [2, 3]


def test_while_runs_only_grow_slow_panes_are_told_in_turns(turns, panes, qtbot):
    still = frame_at(scene("first-neuron"), 0)
    growing = [RunView(one.run, Trajectory(one.whole, 9), one.step, one.clock) for one in still.views]
    still = replace(still, views=tuple(growing))
    turns.show_frame(still, sampling=False)
    turns.show_frame(replace(still, length=9), sampling=False)
    assert [len(pane.frames) for pane in panes] == [2, 1, 1, 1]
    qtbot.waitUntil(lambda: all(len(pane.frames) == 2 for pane in panes))
    moved, highlighted = replace(still, cursor=1), replace(still, part="step")
    for view in growing:
        view.trajectory.grow(9, RunStop(StopReason.FINISHED, 8))
    for another in (moved, highlighted, replace(highlighted, length=9)):
        before = [len(pane.frames) for pane in panes]
        turns.show_frame(another, sampling=False)
        assert [len(pane.frames) for pane in panes] == [count + 1 for count in before]


def test_a_turn_that_is_still_to_come_goes_with_the_window(qapp, panes, frame, clock):
    window = QObject()
    turns = DragTurns(tuple(panes), (panes[1], panes[2]), (panes[3],), clock=clock, parent=window)
    turns.show_frame(frame(1), sampling=True)
    Shiboken.delete(window)
    assert not Shiboken.isValid(turns)
