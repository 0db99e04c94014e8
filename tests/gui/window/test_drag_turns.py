"""In a drag slow panes are told in turns, the latest alone, and all of it when the drag pauses or ends."""

from dataclasses import replace

import pytest

from gdsim.gui.window import drag_turns
from gdsim.gui.window.drag_turns import DragTurns
from tests.gui.frames import frame_at, scene


class Told:
    """A pane that notes what it is told."""

    def __init__(self):
        self.frames, self.surfaces = [], []

    def show_frame(self, frame):
        self.frames.append(frame.cursor)

    def show_surface(self, surface):
        self.surfaces.append(surface)


@pytest.fixture
def panes(monkeypatch):
    monkeypatch.setattr(drag_turns, "_TURN_MS", 0)
    return [Told() for _ in range(4)]  # one that is quick, two maps, and one that is slow


@pytest.fixture
def turns(qapp, panes):
    return DragTurns(tuple(panes), (panes[1], panes[2]), (panes[3],))


@pytest.fixture
def frame():
    still = frame_at(scene("first-neuron"), 0)
    return lambda cursor, dragging=True: replace(still, cursor=cursor, dragging=dragging)


def test_without_a_drag_all_are_told_at_once(turns, panes, frame):
    turns.show_surface("a", dragging=False)
    turns.show_frame(frame(1, dragging=False), sampling=False)
    assert [pane.frames for pane in panes] == [[1]] * 4
    assert [pane.surfaces for pane in panes] == [[], ["a"], ["a"], []]


def test_slow_panes_are_told_now_and_then(turns, panes, frame):
    for cursor in range(12):
        turns.show_frame(frame(cursor), sampling=False)
    assert panes[0].frames == panes[1].frames == list(range(12))
    assert 3 <= len(panes[3].frames) <= 6
    assert panes[3].frames == sorted(set(panes[3].frames))


def test_maps_wait_for_their_surface_and_take_turns_with_it(turns, panes, frame):
    turns.show_frame(frame(1), sampling=True)
    assert panes[1].frames == panes[2].frames == []
    turns.show_surface("a", dragging=True)
    turns.show_surface("b", dragging=True)
    for cursor in range(2, 20):
        turns.show_frame(frame(cursor), sampling=False)
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
