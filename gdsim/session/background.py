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
    _asked = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tickets: dict[Hashable, int] = {}
        self._last = 0
        self._worker = _Worker()
        self._thread = QThread()
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.work)
        self._worker.worked.connect(self._on_worked)
        self._thread.finished.connect(self._worker.deleteLater)

    def ask(self, key: Hashable, task: Callable[[], object]) -> None:
        """Do a task after those that were asked for earlier, unless one with its key is under way.

        What it uses must not change.
        """
        if key in self._tickets:
            return
        if not self._thread.isRunning():
            self._thread.start()
        self._last += 1
        self._tickets[key] = self._last
        self._tell_wanted()
        self._asked.emit(self._last, task)

    def keep(self, keys: Collection[Hashable]) -> None:
        """Forget every task but these."""
        self._tickets = {key: ticket for key, ticket in self._tickets.items() if key in keys}
        self._tell_wanted()

    def close(self) -> None:
        """End the thread after the task in work; nothing is emitted afterwards."""
        self.keep(())
        self._thread.quit()
        self._thread.wait()

    def _tell_wanted(self) -> None:
        self._worker.wanted = frozenset(self._tickets.values())

    @Slot(int, object)
    def _on_worked(self, ticket: int, value: object) -> None:
        # A task that was forgotten while it was at work has no key any more.
        key = next((key for key, wanted in self._tickets.items() if wanted == ticket), None)
        if key is not None:
            del self._tickets[key]
            self._tell_wanted()
            self.answered.emit(key, value)


class _Worker(QObject):
    """Lives in the other thread.

    Attributes
    ----------
    wanted : frozenset of int
        Replaced by the window, read here: all that the two threads share.
    """

    worked = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self.wanted: frozenset[int] = frozenset()

    @Slot(int, object)
    def work(self, ticket: int, task: Callable[[], object]) -> None:
        """Do a task, if somebody still wants it."""
        if ticket in self.wanted:
            self.worked.emit(ticket, task())
