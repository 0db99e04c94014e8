"""How often a surface that follows a run is sampled: by what one costs, with its painting."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication

from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import Plane
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.session.session import Session
from gdsim.session.surfaces import Pace, Surfaces
from tests.clock import Clock
from tests.every import every


class Queue:
    """Keeps a task until a test has it done."""

    def __init__(self):
        self.done, self.has_told = None, False

    def submit(self, _work, done):
        self.done = done
        return object()

    def finish(self):
        done, self.done, self.has_told = self.done, None, True
        done(object())  # nobody looks at this surface


@pytest.fixture
def two_inputs():
    """Return a scene of which two of three parameters are drawn."""
    points = PointSet(np.array([[0.5, 1.0], [2.5, -1.0]]), np.array([0.2, 0.9]))
    return Experiment(points=points, validation=PointSet.empty(2))


def shown_in_ten_seconds(experiment, pace, sampling, painting, rate):
    """Return how many surfaces are shown in ten seconds of so many steps a second, each with a new plane."""
    clock, queue, shown = Clock(), Queue(), 0
    surfaces = Surfaces(queue, clock=clock)
    for step in range(10 * rate):
        clock.now = max(clock.now, step / rate)
        is_new = queue.has_told
        if is_new:
            surfaces.time_painting()
            queue.has_told, shown = False, shown + 1
        surfaces.update(experiment, Plane((0, 2), (float(step),)), pace)
        if is_new:
            clock.now += painting
            QCoreApplication.processEvents()
        if queue.done:
            clock.now += sampling
            queue.finish()
    surfaces.stop()
    return shown


@every("rate", [20, 10, 5])
@every(("sampling", "painting"), [(0.02, 0.04), (0.06, 0.0), (0.01, 0.05), (0.1, 0.3)])
def test_surfaces_that_follow_a_run_take_an_eighth_of_the_time_with_their_painting(
    qapp, two_inputs, sampling, painting, rate
):
    shown = shown_in_ten_seconds(two_inputs, Pace.PLAYING, sampling, painting, rate)
    assert 0.07 < shown * (sampling + painting) / 10.0 < 0.17


def test_in_a_drag_painting_does_not_count(qapp, two_inputs):
    shown = shown_in_ten_seconds(two_inputs, Pace.DRAGGING, 0.01, 0.1, 50)
    assert 35 < shown <= 50


def test_who_waits_for_a_surface_has_it_at_once(qapp, two_inputs):
    assert shown_in_ten_seconds(two_inputs, Pace.AT_ONCE, 0.02, 0.02, 20) == 199


@pytest.fixture
def followed(two_inputs, qtbot):
    """Return a session whose surface goes through its run; it plays, but no step comes by itself."""
    session = Session(replace(two_inputs, runs=(Run(RULES["gd"](), start=(2.0, -2.0, 1.0), epochs=90),)))
    session.begin()
    qtbot.waitUntil(lambda: session.is_settled)
    session.play(lambda head: head.seek(0).play()._replace(speed=1e-6))
    yield session
    session.close()


def test_a_surface_that_comes_while_playing_is_shown_with_the_next_step(followed, qtbot):
    told, step = [], count(2)

    def go_on(_surface):
        told.append("sampled")
        followed.play(lambda head: head.seek(next(step)))

    followed.surface_changed.connect(lambda surface: told.append(surface.plane))
    followed.frame_changed.connect(lambda frame: told.append((frame.cursor, frame.plane)))
    followed.surfaces.sampled.connect(go_on)
    followed.play(lambda head: head.seek(1))
    qtbot.waitUntil(lambda: told.count("sampled") > 3)
    followed.play(lambda head: head.pause())
    last = len(told) - told[::-1].index("sampled") - 1
    for cursor, sampled in enumerate([at for at in range(last) if told[at] == "sampled"], 2):
        _, plane, frame, after = told[sampled : sampled + 4]
        assert frame == (cursor, plane)
        assert after == "sampled"  # and no frame without a step


def test_a_surface_is_shown_without_a_step_too(followed, qtbot):
    frames = []
    followed.frame_changed.connect(frames.append)
    with qtbot.waitSignal(followed.surface_changed):
        followed.play(lambda head: head.seek(40))
    p = frames[-1].views[0].p
    assert followed.surface.plane.held == (p[1],)
    qtbot.waitUntil(lambda: frames[-1].plane == followed.surface.plane)
    assert followed.playhead.cursor == 40


def test_a_picture_while_playing_has_the_surface_of_its_moment(followed):
    told = []
    followed.surface_changed.connect(told.append)
    followed.play(lambda head: head.seek(40))
    followed.sample_for_picture()
    assert [surface.plane for surface in told] == [followed.frame().plane]
    assert followed.frame().views[0].p[1] == told[0].plane.held[0]
