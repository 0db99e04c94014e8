"""How the window copes with a million points, and with a run of a million steps.

The benchmark runs this script in a process of its own.
"""

import json
import sys
import time
from pathlib import Path
from statistics import median

from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.edits import move_point
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from tests.bench.computing import MOST_POINTS, points
from tests.bench.in_window import Window, four_runs, frame_ms, peak_mb, rest, wait_until

STEPS = 1_000_000
STREAM_S = 2.0
SCROLLS, EDITS, SEEKS, FRAMES = 40, 5, 25, 25


def three_batchings() -> Experiment:
    """Return a million points with a run for each batching."""
    runs = (
        Run(RULES["momentum"](eta=1e-6), BATCH(), epochs=20),
        Run(RULES["momentum"](eta=0.01), MINI_BATCH(size=32), epochs=4),
        Run(RULES["momentum"](eta=0.1, gamma=0.5), STOCHASTIC(), epochs=1),
    )
    return Experiment(points(MOST_POINTS), PointSet.empty(), runs)


def surface_ms(window: Window, experiment: Experiment) -> float:
    """Return the milliseconds from opening an experiment until its surface is painted."""
    surfaces: list[object] = []
    window.session.surface_changed.connect(surfaces.append)
    began = time.perf_counter()
    window.session.open(experiment)
    wait_until(lambda: bool(surfaces))
    QApplication.processEvents()
    return 1000.0 * (time.perf_counter() - began)


def stochastic_steps_per_s(window: Window) -> float:
    """Return the steps per second of the stochastic run, while the other runs are computed and shown live."""
    window.session.play(lambda head: head._replace(live=True, playing=True))
    wait_until(lambda: bool(window.session.frame().views))
    rest(0.5)
    trajectory = window.session.frame().views[2].trajectory
    first, began = len(trajectory), time.perf_counter()
    rest(STREAM_S)
    return (len(trajectory) - first) / (time.perf_counter() - began)


def stop(window: Window) -> None:
    """Stop all computations, and wait until the window is idle."""
    window.session.play(lambda head: head.pause())
    window.session.stop_computing()
    window.settle()


def seek_frames_ms(window: Window) -> list[float]:
    """Return the times of frames at steps all over the record."""
    length = window.session.playhead.length
    sought = [(index * 617_101) % length for index in range(SEEKS)]
    frame_ms(window, 1)
    return [frame_ms(window, step) for step in sought]


def play_frames_ms(window: Window) -> list[float]:
    """Return the times of playback frames at 1000 steps a second, in the middle of the record."""
    middle = window.session.playhead.length // 2
    frame_ms(window, middle)
    return [frame_ms(window, middle + 17 * index) for index in range(1, FRAMES)]


def scrolls_ms(window: Window) -> list[float]:
    """Return the times to scroll to rows all over the table."""
    bar = window.window.cards.table.view.verticalScrollBar()
    times = []
    for index in range(SCROLLS):
        began = time.perf_counter()
        bar.setValue((index * 617_101) % bar.maximum())
        QApplication.processEvents()
        times.append(1000.0 * (time.perf_counter() - began))
    return times


def edits_ms(window: Window) -> list[float]:
    """Return the times for which an edit of one point blocks the window."""
    times = []
    for index in range(EDITS):
        began = time.perf_counter()
        edited = move_point(window.session.experiment, index, (0.3,), 0.7)
        window.session.edit(edited, "Move point")
        QApplication.processEvents()
        times.append(1000.0 * (time.perf_counter() - began))
        rest(0.05)
    return times


def show_long_record(window: Window) -> None:
    """Show a run of a million steps."""
    few = PointSet([0.5, 2.5], [0.2, 0.9])
    run = Run(RULES["momentum"](), STOCHASTIC(), epochs=STEPS // 2)
    window.session.open(Experiment(few, PointSet.empty(), (run,)))
    window.settle()


def measure() -> dict[str, float | None]:
    window = Window(four_runs(1000))
    figures: dict[str, float | None] = {}
    figures["million_surface_ms"] = surface_ms(window, three_batchings())
    figures["stochastic_steps_per_s"] = stochastic_steps_per_s(window)
    stop(window)
    figures["million_frame_ms_p50"] = median(play_frames_ms(window))
    figures["million_seek_ms_p50"] = median(seek_frames_ms(window))
    figures["million_table_ms"] = median(scrolls_ms(window))
    figures["million_edit_ms_p50"] = median(edits_ms(window))
    show_long_record(window)
    figures["million_steps_seek_ms_p50"] = median(seek_frames_ms(window))
    figures["million_steps_frame_ms_p50"] = median(play_frames_ms(window))
    window.close()
    figures["million_peak_mb"] = peak_mb()
    return figures


if __name__ == "__main__":
    print(json.dumps(measure()))
