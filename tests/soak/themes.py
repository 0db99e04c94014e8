"""Change the theme again and again while windows open, are used and close, to find crashes and leaks.

Run ``python -X dev -X faulthandler tests/soak/themes.py [changes] [seed]`` on a display. With
``LD_PRELOAD=libc_malloc_debug.so.0 GLIBC_TUNABLES=glibc.malloc.check=3 MALLOC_PERTURB_=165`` the C library
exposes memory that is used after it was freed.
"""

import os
import random
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from shiboken6 import isValid

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.lessons.view import PAGES
from gdsim.gui.runtime.boot import boot
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session

OPENING = (
    "guess_work",
    "quiz",
    "predict",
    "fill_in",
    "wrong_line",
    "flight",
    "check_work",
    "find_rate",
    "maps",
    "fair_race",
    "export_picture",
    "export_animation",
    "generate_points",
    "guide",
    "keys",
    "about",
    "lecture",
)
CHANGING = ("projector", "maximise", "fold_left", "fold_right", "play", "add_point", "undo", "end_lesson")


def others(window: QWidget) -> list[QWidget]:
    return [
        other
        for other in QApplication.topLevelWidgets()
        if isValid(other) and other is not window and other.isVisible() and not isinstance(other, QMenu)
    ]


def act(window: MainWindow, random_: random.Random) -> None:
    """Open, close, resize or change something, then the theme, often before the event loop runs again."""
    kind = random_.randrange(6)
    if kind < 2:
        window.commands[random_.choice(OPENING)].trigger()
    elif kind == 2:
        for other in others(window):
            other.close()
    elif kind == 3:
        window.commands[random_.choice(CHANGING)].trigger()
    elif kind == 4:
        window.resize(random_.randrange(900, 1500), random_.randrange(600, 950))
    else:
        window.cards.run_card.show_page(random_.randrange(len(PAGES)))
    if random_.random() < 0.5:
        QTest.qWait(random_.randrange(40))
    window.appearance.toggle_theme()
    if random_.random() < 0.3:
        for other in others(window):
            other.close()


def close_modal() -> None:
    for widget in QApplication.topLevelWidgets():
        if isValid(widget) and widget.isModal() and widget.isVisible():
            widget.close()


def resident_mb() -> int:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def main() -> None:
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    random_ = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    app = boot()
    session = Session(load_scene(find_scene("first-neuron")))
    window = MainWindow(app, session, SurfaceView(allowed=False), None)
    window.show()
    session.begin()
    # A modal dialog would wait forever for an answer.
    closer = QTimer(interval=500)
    closer.timeout.connect(close_modal)
    closer.start()
    began = time.monotonic()
    for change in range(changes):
        act(window, random_)
        if change % 50 == 49:
            for other in others(window):
                other.close()
            QTest.qWait(50)
            app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            seconds, widgets = time.monotonic() - began, len(app.allWidgets())
            print(f"{change + 1} changes, {seconds:.0f} s, {widgets} widgets, {resident_mb()} MB", flush=True)
    window.files.close_at_once()


if __name__ == "__main__":
    main()
