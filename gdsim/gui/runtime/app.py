"""The composition root, which creates the window and takes it apart."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Qt, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from gdsim.core.files.atomic import remove_unfinished
from gdsim.core.hand_over import is_link
from gdsim.core.model.experiment import Experiment, new_experiment
from gdsim.core.process import ENDING_SIGNALS, end_at_once, gc_paused, handle
from gdsim.gui.crashes.fresh_start import FreshStart
from gdsim.gui.crashes.guard import CrashGuard
from gdsim.gui.crashes.log import CrashLog
from gdsim.gui.help.versions import report
from gdsim.gui.language import speak_at_start
from gdsim.gui.preferences import Preferences, StoreInMemory, can_be_kept
from gdsim.gui.runtime.boot import boot, drafts_folder, log_folder, take_apart
from gdsim.gui.runtime.display_loss import on_display_loss
from gdsim.gui.runtime.language_switch import LanguageSwitch
from gdsim.gui.runtime.receiver import Receiver
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue, is_anything_left

if TYPE_CHECKING:
    from gdsim.core.lessons.lesson import Lesson


@np.errstate(all="ignore")  # infinite values are reported in the window, not on the terminal
def open_window(
    experiment: Experiment,
    path: Path | None = None,
    *,
    opengl: bool,
    lesson: "Lesson | None" = None,
    asked_for: Sequence[str] = (),
    restore: bool = False,
) -> int:
    """Show the window until it is closed; return the exit code.

    Parameters
    ----------
    path : Path, optional
        The file the experiment was read from, to save it to.
    opengl : bool
        Whether OpenGL may draw the surface.
    asked_for : sequence of str
        Files and links to open in the window, which reports what is wrong with them.
    restore : bool
        Whether to restore the last unsaved work without a question.

    Raises `NotEquippedError` as `boot` does.
    """
    app = boot()
    with gc_paused():
        surface = SurfaceView(allowed=opengl)
        guard = CrashGuard(_crash_log(), lambda: report(surface.drawing_method()))
        session = Session(experiment)
        settings = StoreInMemory(TaskQueue(app, in_order=True)) if can_be_kept() else None
        unread = speak_at_start(app, Preferences(settings), os.environ)
        window = MainWindow(app, session, surface, settings)
        guard.watch(window)
        switch = LanguageSwitch(
            app,
            session,
            window,
            settings,
            lambda old: MainWindow(app, session, old.cards.surface.twin(), settings),
        )
        switch.replaced.connect(guard.watch)
        fresh_start = FreshStart(session.document, switch.close_at_once)
        guard.restore_requested.connect(fresh_start.ask)
        if restore:
            window.files.bar.offered.connect(
                window.files.bar.restore_requested, Qt.ConnectionType.SingleShotConnection
            )
        if path is not None:
            window.files.set_file(path)
        if lesson:
            from gdsim.core.lessons.files import load_lesson  # noqa: PLC0415 - few starts have one

            # Loaded again, because the language was not known when it was first read.
            window.lessons.begin(load_lesson(lesson.key))
        else:
            window.help.begin_first_tour()
        window.show()
        if unread:
            window.notice.say(unread)
        opener = FileOpener(app, switch.open_file, switch.open_link)
        receiver = Receiver(switch)
        receiver.received.connect(switch.take_over)
        app.commitDataRequest.connect(switch.on_session_end)
        on_display_loss(switch.keep_now)
        for one in asked_for:
            opener.open(one)
        # The window is painted before the computations begin, and before a draft is locked, which waits for
        # the disk.
        first_paint = _FirstPaint(window)
        for then in (partial(begin_document, window, path), partial(window.files.begin, drafts_folder())):
            first_paint.seen.connect(then, Qt.ConnectionType.QueuedConnection)
    with _closing_on_signals(switch):
        code = app.exec()
        if switch.window.isVisible():  # the display is gone: unsaved work is kept
            switch.close_at_once()
    receiver.end()
    guard.end()
    take_apart(switch.window, session)
    if settings is not None:
        settings.write()
    fresh_start.carry_out()
    if is_anything_left():
        remove_unfinished()
        end_at_once(code)
    return code


def begin_document(window: MainWindow, path: Path | None) -> None:
    """Begin to compute, after showing the formulas that somebody typed, if the document is from a file.

    A new document replaces this one if the user refuses the formulas.
    """
    session = window.session
    opened = session.document.opened

    def refused() -> None:
        if session.document.opened == opened:  # no link has replaced the document meanwhile
            session.open(new_experiment())
        session.begin()

    typed = session.experiment.typed if path is not None else ()
    window.known_rules.allow(typed, session.begin, refused)


def _crash_log() -> CrashLog | None:
    try:
        return CrashLog(log_folder())
    except OSError:  # a full or protected disk is no reason not to open the window
        return None


class FileOpener(QObject):
    """Opens files and links, including those that macOS sends to the running program."""

    def __init__(
        self, app: QApplication, opens: Callable[[Path], object], opens_link: Callable[[str], object]
    ) -> None:
        super().__init__(app)
        self._opens, self._opens_link = opens, opens_link
        if sys.platform == "darwin":  # elsewhere the filter would see every event of the program in vain
            app.installEventFilter(self)

    def open(self, asked_for: str) -> None:
        """Open a link, a file, or the address of a file, once the event loop runs."""
        from PySide6.QtCore import QUrl  # noqa: PLC0415 - most starts open nothing

        address = QUrl(asked_for)
        if is_link(asked_for):
            QTimer.singleShot(0, lambda: self._opens_link(asked_for))
        else:
            path = Path(address.toLocalFile() if address.isLocalFile() else asked_for)
            QTimer.singleShot(0, lambda: self._opens(path))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and (is_link(event.url().toString()) or event.file()):
            address = event.url().toString()
            self.open(address if is_link(address) else event.file())
            return True
        return False


class _FirstPaint(QObject):
    seen = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self.seen.emit()
        return False


@contextmanager
def _closing_on_signals(switch: LanguageSwitch) -> Iterator[None]:
    """Close the window on Ctrl-C and on signals that end the process.

    No question is asked, because nobody may be there to answer; the next start offers the unsaved work.
    """

    def close_soon(*_: object) -> None:
        # Python may see the signal during a paint event; closing the window there would crash.
        QTimer.singleShot(0, switch.window.files.close_at_once)

    handle(close_soon, *ENDING_SIGNALS)
    # Python handles signals only while it runs code, so a byte on a socket wakes an idle event loop.
    reader, writer = socket.socketpair()
    with reader, writer:
        reader.setblocking(False)
        writer.setblocking(False)
        wake = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
        wake.activated.connect(lambda *_: reader.recv(64))
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            wake.setEnabled(False)
