"""The program as its command starts it, except that it reports on itself in lines of JSON on standard output.

Kinds of reports: ``gap``, how long the event loop was blocked, and where; ``qt``, a warning or error from Qt;
``counts``, the number of widgets, every ten seconds; ``memory``, the memory in use and the Python objects
that remain after a garbage collection, every minute; ``seen``, what is on the screen, whenever standard input
has data.
"""

import contextlib
import ctypes
import faulthandler
import gc
import json
import os
import re
import sys
import threading
import time
import traceback
from collections import Counter, deque
from pathlib import Path
from types import FrameType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QPoint,
    QRect,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QMainWindow,
    QMenu,
    QMenuBar,
    QTabBar,
    QWidget,
)

import gdsim
from gdsim.__main__ import main
from gdsim.gui.runtime import app as program
from gdsim.gui.runtime.boot import boot
from gdsim.gui.surface import surface_view
from gdsim.gui.surface.opengl import load_driver

TICK_MS = 10
GAP_S, SAMPLE_AFTER_S, SAMPLE_INTERVAL_S = 0.25, 0.1, 0.02
# Sampling the stack of the GUI thread keeps its painters alive for a moment, about which Qt then warns.
PAINTER_LEFT = "QBackingStore::endPaint() called with active painter"
SAMPLED_S = 0.2
SAMPLE_TIMES: deque[float] = deque([0.0], maxlen=1)
COUNT_S, MEMORY_S = 10.0, 60.0
TYPES = 400
QT_THREADS = {"QXcbEventQueue", "QDBusConnection", "Thread (pooled)"}
OWN = str(Path(gdsim.__file__).parent) + os.sep


def tell(kind: str, **what: object) -> None:
    print(json.dumps({"kind": kind, "at": time.monotonic(), **what}), flush=True)


def processor_times() -> tuple[float, float]:
    """Return the seconds for which this thread has run, and has waited for a processor."""
    computed, waited, _ = Path("/proc/thread-self/schedstat").read_text().split()
    return int(computed) / 1e9, int(waited) / 1e9


def own_frames(frame: FrameType | None) -> str:
    """Return the three innermost frames of a stack that are in the program's own code."""
    own: list[str] = []
    while frame is not None and len(own) < 3:
        name = frame.f_code.co_filename
        if name.startswith(OWN):
            own.append(f"{name.removeprefix(OWN)}:{frame.f_lineno} {frame.f_code.co_name}")
        frame = frame.f_back
    return " < ".join(own)


def waiting() -> str:
    """Return the system call in which the GUI thread waits, or "" if it runs."""
    call = Path(f"/proc/self/task/{os.getpid()}/syscall").read_text().split()[0]
    return f" in call {call} of the system" if call.isdecimal() else ""


def put_window_first() -> None:
    """If the process has real-time priority, rank its threads: this one, the GUI thread, then the others.

    Qt's own threads, which the GUI thread waits for, rank with it; threads that compute come last.
    """
    if os.sched_getscheduler(os.getpid()) != os.SCHED_FIFO:
        return
    first = os.sched_getparam(threading.get_native_id()).sched_priority
    for entry in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # the thread has ended
            thread, name = int(entry.name), (entry / "comm").read_text().strip()
            with_window = thread == os.getpid() or name in QT_THREADS
            rank = first if thread == threading.get_native_id() else first - 1 if with_window else first - 8
            policy = os.SCHED_FIFO if rank > first - 8 else os.SCHED_RR
            os.sched_setscheduler(thread, policy, os.sched_param(rank))


class Watch(QObject):
    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._stood: Counter[str] = Counter()
        self._last, self._times = time.monotonic(), processor_times()
        self._counted = 0.0
        self._memory_told = time.monotonic()
        self._is_first = True
        os.set_blocking(sys.stdin.fileno(), False)
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)
        # Not faulthandler's timer, which reads stacks while the program runs on, and may crash it.
        threading.Thread(target=self._sample_stacks, args=(threading.get_ident(),), daemon=True).start()

    def _sample_stacks(self, thread: int) -> None:
        while True:
            time.sleep(SAMPLE_INTERVAL_S)
            put_window_first()
            if time.monotonic() - self._last > SAMPLE_AFTER_S:
                SAMPLE_TIMES.append(time.monotonic())
                self._stood[f"{own_frames(sys._current_frames().get(thread))}{waiting()}"] += 1

    def _tick(self) -> None:
        now, times = time.monotonic(), processor_times()
        gap = now - self._last
        if gap > GAP_S:
            tell(
                "gap",
                seconds=gap,
                computed=times[0] - self._times[0],
                waited=times[1] - self._times[1],
                load=os.getloadavg()[0],
                start=self._is_first,
                stood=[f"{count}x {place}" for place, count in self._stood.most_common(3)],
            )
        self._stood = Counter()
        self._is_first = False
        if now - self._counted > COUNT_S:
            self._counted = now
            self._count()
        if now - self._memory_told > MEMORY_S:
            self._memory_told = now
            tell_memory()
        if sys.stdin.buffer.read(4096):
            self._tell_seen()
        # Do not count the time that the reports took.
        self._last, self._times = time.monotonic(), processor_times()

    def _count(self) -> None:
        widgets = QApplication.allWidgets()
        classes = Counter(type(widget).__name__ for widget in widgets)
        tell("counts", widgets=len(widgets), classes=classes)

    def _tell_seen(self) -> None:
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        top = popup or modal
        roots = [top] if top else [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
        keys = [
            sequence.toString()
            for root in roots
            if isinstance(root, QMainWindow)
            for action in root.actions()
            for sequence in action.shortcuts()
        ]
        letters = [
            letter
            for root in roots
            if isinstance(root, QMainWindow)
            for action in root.menuBar().actions()
            for letter in re.findall("&([A-Z])", action.text())
        ]
        windows = {root.windowTitle() or type(root).__name__: type(root).__name__ for root in roots}
        all_places = [place for root in roots for place in places(root)]
        left = [
            window.metaObject().className()
            for window in QGuiApplication.topLevelWindows()
            if window.isVisible()
        ]
        tell("seen", places=all_places, keys=keys, letters=letters, windows=windows, left=left)


def tell_memory() -> None:
    """Report the number of Python objects of each type, and the memory before and after trimming."""
    gc.collect()
    library = ctypes.CDLL(None)
    before = resident_mb()
    library.malloc_trim(0)
    types = Counter(f"{type(held).__module__}.{type(held).__qualname__}" for held in gc.get_objects())
    tell(
        "memory",
        rss_mb=before,
        trimmed_mb=resident_mb(),
        blocks=sys.getallocatedblocks(),
        types=dict(types.most_common(TYPES)),
    )


def resident_mb() -> int:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def places(root: QWidget) -> list[tuple[str, int, int, int, int]]:
    """Return the name and the screen rectangle (x, y, width, height) of every control in a window or menu."""
    if isinstance(root, QMenu):
        return [
            (f"menu {action.text()}", *_on_screen(root, root.actionGeometry(action)))
            for action in root.actions()
            if not action.isSeparator()
        ]
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        if not (widget.isVisible() and widget.isEnabled()) or widget.visibleRegion().isEmpty():
            continue
        if isinstance(widget, QMenuBar):
            found += [
                (f"menu bar {action.text()}", *_on_screen(widget, widget.actionGeometry(action)))
                for action in widget.actions()
            ]
        elif _is_used(widget):
            rectangle = widget.visibleRegion().boundingRect()
            found.append((_name(widget), *_on_screen(widget, rectangle)))
    return found


def _is_used(widget: QWidget) -> bool:
    kinds = (QAbstractButton, QAbstractItemView, QTabBar)
    return isinstance(widget, kinds) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus


def _on_screen(widget: QWidget, rectangle: QRect) -> tuple[int, int, int, int]:
    corner = widget.mapToGlobal(QPoint(rectangle.x(), rectangle.y()))
    return corner.x(), corner.y(), rectangle.width(), rectangle.height()


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    window = type(widget.window()).__name__
    return " ".join(filter(None, [window, type(widget).__name__, widget.accessibleName() or text]))


def on_message(kind: QtMsgType, _context: QMessageLogContext, text: str | None) -> None:
    was_sampled = time.monotonic() - SAMPLE_TIMES[0] < SAMPLED_S and (text or "").startswith(PAINTER_LEFT)
    if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not was_sampled:
        tell("qt", text=text, type=kind.name, stood="".join(traceback.format_stack()[:-1]))


def watched_boot() -> QApplication:
    app = real_boot()
    qInstallMessageHandler(on_message)
    Watch(app)
    return app


if __name__ == "__main__":
    real_boot = boot
    vars(program)["boot"] = watched_boot
    # Keep faulthandler enabled, so that even a crash after the window and its log are gone is reported.
    vars(faulthandler)["disable"] = faulthandler.enable
    if os.environ.get("SOAK_OPENGL"):  # even if OpenGL is rendered in software
        vars(surface_view)["probe"] = load_driver
    sys.exit(main())
