"""How smoothly the window runs. The benchmark runs this in a process of its own."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count, cycle, islice, pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import cast

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.model.edits import move_point
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.runtime.boot import boot
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session
from tests.bench.timing import calls, ratio, seconds

FOUR = ("gd", "momentum", "nesterov", "adam")
STEPS = 1000
LONG = 10_000_000
STRIDE, SEEKS = 7, 15
# The steps per frame at 1000 steps and 60 frames per second.
FAST_STRIDE, FAST_ROUNDS = 16, 2
MANY = 10
WAY_BACK = 4
STEP_PAGE = 1
EDITS = 30
DRAGGED = 12
TICK_MS = 16
LONG_S = 4.0


class Window:
    """The real window, 1440 by 900 pixels large."""

    def __init__(self, experiment: Experiment) -> None:
        app = boot()
        self.session = Session(experiment)
        self.window = MainWindow(app, self.session, SurfaceView(allowed=True), None)
        self.window.resize(1440, 900)
        self.window.show()
        self.session.begin()
        self.settle()

    def settle(self) -> None:
        """Wait until everything is computed and painted."""
        wait_until(lambda: self.session.is_settled)
        rest(0.05)

    def close(self) -> None:
        self.window.close()
        self.session.close()
        self.window.deleteLater()
        QApplication.processEvents()


def four_runs(steps: int) -> Experiment:
    """Return the lecture's first neuron with a run for each of four rules."""
    first = load_scene(find_scene("first-neuron"))
    return replace(first, runs=tuple(Run(RULES[rule](), epochs=steps) for rule in FOUR))


def some_runs(count: int) -> Experiment:
    """Return the same with ``count`` runs of the four rules in turn, each with a start of its own."""
    first = four_runs(STEPS)
    rules = [RULES[rule]() for rule in islice(cycle(FOUR), count)]
    starts = [(-4.0 + 0.8 * index, 3.0 - 0.5 * index) for index in range(count)]
    return replace(
        first,
        runs=tuple(Run(rule, epochs=STEPS, start=start) for rule, start in zip(rules, starts, strict=True)),
    )


def wait_until(ready: Callable[[], bool]) -> None:
    """Run the event loop until ``ready`` returns true."""
    loop, timer = QEventLoop(), QTimer()
    timer.timeout.connect(lambda: loop.quit() if ready() else None)
    timer.start(2)
    loop.exec()


def rest(seconds: float) -> None:
    """Run the event loop for some time."""
    end = time.perf_counter() + seconds
    wait_until(lambda: time.perf_counter() > end)


# --------------------------------------------------------------------------------------- frames


def frames_ms(window: Window) -> list[float]:
    """Return the times of frames during playback of the whole record, and of some seeks after it."""
    played = list(range(0, STEPS + 1, STRIDE))
    sought = [(index * 617) % STEPS for index in range(SEEKS)]
    for step in played[:10]:  # caches fill, fonts load
        frame_ms(window, step)
    return [frame_ms(window, step) for step in (*played, *sought)]


def frame_calls(window: Window, stride: int) -> float:
    """Return how many functions a frame calls on average, over frames all along the record."""
    frames = range(0, STEPS + 1, stride)
    # Fill caches. After the return to the start, trails begin anew, in a number of frames that depends on the
    # machine.
    for step in (*frames[:10], *frames[:WAY_BACK]):
        show_step(window, step)
    played = frames[WAY_BACK:]

    def play() -> None:
        for step in played:
            show_step(window, step)

    return calls(play) / len(played)


def open_many_runs(window: Window, count: int) -> None:
    """Show ``count`` runs, the page with the worked step, and arrows."""
    cards = window.window.cards
    window.session.open(some_runs(count))
    cards.run_card.show_page(STEP_PAGE)
    if not cards.legend.value().on:
        cards.legend.toggle()
    window.settle()


def fast_frames_ms(window: Window, count: int) -> list[float]:
    """Return the times of frames while ``count`` runs are played at 1000 steps per second."""
    open_many_runs(window, count)
    played = range(0, STEPS + 1, FAST_STRIDE)
    for step in played[:10]:
        frame_ms(window, step)
    return [frame_ms(window, step) for _ in range(FAST_ROUNDS) for step in played]


def frame_ms(window: Window, step: int) -> float:
    """Return the milliseconds until all panes show a step, and are painted."""
    return 1000.0 * seconds(lambda: show_step(window, step))


def show_step(window: Window, step: int) -> None:
    """Go to a step, and paint the window."""
    window.session.play(lambda head: head.seek(step))
    window.session.show_frame()
    paint()


def paint() -> None:
    """Handle all pending paint events."""
    for _ in range(2):  # a plot that is updated in the first round may be painted in the second
        QApplication.processEvents()


def frame_ratio(window: Window) -> float | None:
    """Return the time of a frame of the window, divided by that of matplotlib's surface and one path."""
    try:
        from tests.bench.notebook import Notebook
    except ModuleNotFoundError:
        return None
    surface = window.session.surface
    assert surface is not None
    notebook, steps = Notebook(surface), cycle(range(0, STEPS + 1, STRIDE))

    def draw() -> None:
        past = window.session.frame().views[0].past
        notebook.draw(past.p, past.loss)

    return ratio(lambda: show_step(window, next(steps)), draw, rounds=SEEKS)


# ---------------------------------------------------------------------------------------- edits


class PaintWatch(QObject):
    """Event filter that waits until each of some panes was painted.

    A pane counts as painted if it was painted itself, or a part that fills most of it, unlike a colour bar.
    """

    def __init__(self, panes: list[QWidget]) -> None:
        super().__init__()
        self._panes = panes
        self._left: set[int] = set()
        self._loop = QEventLoop()
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def arm(self) -> None:
        """Start waiting for the next paint of each pane."""
        self._left = set(range(len(self._panes)))

    def wait(self) -> None:
        """Run the event loop until all panes were painted."""
        self._loop.exec()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._left and event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self._left -= {index for index, pane in enumerate(self._panes) if _fills(watched, pane)}
            if not self._left:
                # The window is painted as a whole before the next event is handled.
                QTimer.singleShot(0, self._loop.quit)
        return False


def _fills(part: QWidget, pane: QWidget) -> bool:
    inside = part is pane or pane.isAncestorOf(part)
    return inside and 2 * part.width() * part.height() > pane.width() * pane.height()


def edits_ms(window: Window) -> list[float]:
    """Return the milliseconds from an edit of a point until both panes have painted the new surface."""
    cards = window.window.cards
    watch = PaintWatch([cast("QWidget", cards.surface), cards.contours])
    window.session.surface_changed.connect(watch.arm)
    times = []
    for index in range(EDITS):
        began = time.perf_counter()
        drag_point(window, index)
        watch.wait()
        times.append(1000.0 * (time.perf_counter() - began))
        window.settle()
    return times[3:]


def drag_point(window: Window, index: int) -> None:
    """Move a point a little, as the mouse does, to a different place for each of ten indices."""
    y = 0.201 + 0.02 * (index % 10)
    window.session.edit(move_point(window.session.experiment, 0, (0.5,), y), "Move point")


def drag_ratio(window: Window) -> float:
    """Return the time of a frame while a start or a point is dragged, divided by that of a playback frame.

    Of start and point, the slower one counts. Several frames are measured together, because during a drag not
    every pane is painted in every frame.
    """
    session, user = window.session, window.window.user_actions
    numbers, steps = count(), cycle(range(0, STEPS + 1, STRIDE))

    def drag(move: Callable[[int], None]) -> Callable[[], None]:
        def dragged() -> None:
            for _ in range(DRAGGED):
                move(next(numbers))
                paint()

        return dragged

    def played() -> None:
        for _ in range(DRAGGED):
            show_step(window, next(steps))

    def start_to(index: int) -> None:
        user.drag_start(-4.0 + 0.1 * (index % 61), 3.0 - 0.2 * (index % 23))

    def point_to(index: int) -> None:
        user.drag_point(0, 0.5, 0.2 + 0.01 * (index % 21))

    def end() -> None:
        session.end_gesture()
        window.settle()  # otherwise, work left over from the drag would count as playback

    return max(_in_turns(drag(move), played, end) for move in (start_to, point_to))


def _in_turns(job: Callable[[], None], other: Callable[[], None], between: Callable[[], None]) -> float:
    """Return the ratio of the times of two jobs, with a call of ``between`` after the first, not measured."""
    ratios = []
    for _ in range(SEEKS):
        took = seconds(job)
        between()
        ratios.append(took / seconds(other))
    return median(ratios[1:])


def theme_ratio(window: Window) -> float:
    """Return the time until a new theme is painted everywhere, divided by that of a playback frame."""
    steps = cycle(range(0, STEPS + 1, STRIDE))

    def changed() -> None:
        window.window.appearance.toggle_theme()
        paint()

    def played() -> None:
        for _ in range(DRAGGED):
            show_step(window, next(steps))

    for _ in range(2):  # so that the icons of each theme are drawn already
        changed()
    return DRAGGED * _in_turns(changed, played, window.settle)


def edit_ratio(window: Window) -> float:
    """Return the time from an edit until surface, contours and all kinds of curves are painted.

    It is divided by the time that the same panes take to show the same data again, without a computation.
    """
    session, numbers = window.session, count()
    session.play(lambda head: head.seek(head.length))

    def edited() -> None:
        drag_point(window, next(numbers))
        wait_until(lambda: session.is_settled)
        paint_all_curves(window)

    def told_again() -> None:
        session.surface_changed.emit(session.surface)
        session.show_frame()
        paint_all_curves(window)

    return ratio(edited, told_again, rounds=EDITS)


def paint_all_curves(window: Window) -> None:
    """Show and paint one kind of curves after the other, the usual one last."""
    for kind in (*CurveKind, CurveKind.LOSS):
        window.window.cards.curves.choose(kind)
        paint()


# -------------------------------------------------------------------------------------- computing


def worst_gap_ms(window: Window) -> float:
    """Return the longest time between two ticks of a timer in the GUI thread while long runs are computed."""
    window.session.open(four_runs(LONG))
    rest(0.5)  # because opening an experiment is not to be measured
    beats: list[float] = []
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: beats.append(time.perf_counter()))
    timer.start(TICK_MS)
    rest(LONG_S)
    timer.stop()
    assert not window.session.is_settled  # otherwise nothing was computed at the end
    window.session.stop_computing()
    return 1000.0 * max(after - before for before, after in pairwise(beats))


class EventCount(QObject):
    """Event filter that counts all events of the program."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.total += 1
        return False


def rest_events(window: Window) -> int:
    """Return the number of events in a second while nothing is played, computed or touched."""
    window.settle()
    counted, loop = EventCount(), QEventLoop()
    QTimer.singleShot(1000, loop.quit)
    loop.exec()
    return counted.total - 1  # the one that ends the second is ours


def peak_mb() -> float | None:
    """Return the peak memory of this process, or None on Windows."""
    if sys.platform == "win32":
        return None
    status = Path("/proc/self/status")
    if status.is_file():  # because on Linux `getrusage` starts with the parent's peak
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 2**10
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def measure() -> dict[str, float | None]:
    window = Window(four_runs(STEPS))
    calls_of_four = frame_calls(window, STRIDE)
    resting = rest_events(window)
    frames = frames_ms(window)
    notebook = frame_ratio(window)
    edits = edits_ms(window)
    edit = edit_ratio(window)
    drag = drag_ratio(window)
    theme = theme_ratio(window)
    inside, many = fast_frames_ms(window, 1), fast_frames_ms(window, MANY)
    calls_of_many = frame_calls(window, FAST_STRIDE)
    gap = worst_gap_ms(window)
    window.close()
    return {
        "frame_calls": calls_of_four,
        "frame_calls_ten_runs": calls_of_many,
        "frame_ratio": notebook,
        **_quantiles("frame_ms", frames),
        **_quantiles("frame_arrows_ms", inside),
        **_quantiles("frame_ten_runs_ms", many),
        "edit_ms_p50": median(edits),
        "edit_ratio": edit,
        "drag_ratio": drag,
        "theme_ratio": theme,
        "rest_events": resting,
        "gui_gap_ms_max": gap,
    }


def _quantiles(key: str, times: list[float]) -> dict[str, float]:
    return {f"{key}_p50": median(times), f"{key}_p95": quantiles(times, n=20)[-1]}


if __name__ == "__main__":
    print(json.dumps(measure()))
