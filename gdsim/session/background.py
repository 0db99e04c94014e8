"""Work that the window does not wait for, such as the numbers of a caption."""

from collections.abc import Callable, Collection, Hashable

from PySide6.QtCore import QObject, QThread, Signal, Slot


class Background(QObject):
    """Runs tasks in a thread of its own, one after the other; those that nobody wants any more are left out.

    Signals
    -------
    answered(key, value)
        What the task of a key returned. A task deals with its own errors.
    """

    answered = Signal(object, object)
    _asked = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = _Worker()
        self._thread = QThread()
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.work)
        self._worker.worked.connect(self._on_worked)
        self._thread.finished.connect(self._worker.deleteLater)

    def ask(self, key: Hashable, task: Callable[[], object]) -> None:
        """Do a task after those that were asked for earlier. What it uses must not change."""
        if not self._thread.isRunning():
            self._thread.start()
        self._worker.wanted |= {key}
        self._asked.emit(key, task)

    def keep(self, keys: Collection[Hashable]) -> None:
        """Forget every task but these."""
        self._worker.wanted &= frozenset(keys)

    def close(self) -> None:
        """End the thread after the task in work; nothing is emitted afterwards."""
        self.keep(())
        self._thread.quit()
        self._thread.wait()

    @Slot(object, object)
    def _on_worked(self, key: Hashable, value: object) -> None:
        if key in self._worker.wanted:
            self._worker.wanted -= {key}
            self.answered.emit(key, value)


class _Worker(QObject):
    """Lives in the other thread.

    Attributes
    ----------
    wanted : frozenset
        Replaced by the window, read here: all that the two threads share.
    """

    worked = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.wanted: frozenset[Hashable] = frozenset()

    @Slot(object, object)
    def work(self, key: Hashable, task: Callable[[], object]) -> None:
        """Do a task."""
        if key in self.wanted:
            self.worked.emit(key, task())
