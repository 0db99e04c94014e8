"""Unsaved work of one window: kept while it is open, offered when an earlier one ended without saving."""

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from gdsim.core.files.atomic import remove_abandoned
from gdsim.gui.files.autosave import Autosave
from gdsim.gui.files.restore import Restore
from gdsim.gui.files.restore_bar import RestoreBar
from gdsim.gui.files.words import reason_of
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue


class DraftRecovery(QObject):
    """Joins what keeps drafts and what offers them.

    Signals
    -------
    failed(str)
        Why unsaved work cannot be kept, as a sentence.

    Attributes
    ----------
    bar : RestoreBar
    """

    failed = Signal(str)

    def __init__(self, session: Session, tasks: TaskQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = tasks
        self._autosave: Autosave | None = None
        self._restore: Restore | None = None
        self.bar = RestoreBar()

    def begin(
        self, folder: Path, used: Iterable[Path], leave: Callable[[Callable[[], object]], None]
    ) -> None:
        """Keep drafts in a folder, and offer those that are there.

        Parameters
        ----------
        folder : Path
        used : iterable of Path
            Other folders that were written to, and may hold unfinished files.
        leave : callable
            Calls its argument once the present document may go.
        """
        try:
            self._autosave = Autosave(folder, self._session.document, self._tasks, self)
        except OSError as error:
            self._warn(error)
            return
        self._autosave.failed.connect(self._warn)
        self._restore = Restore(self._session, self._autosave, self.bar, self._tasks, leave, self)
        self._restore.look_in(folder)
        folders = {folder, *used}
        self._tasks.submit(lambda: [remove_abandoned(one) for one in folders], _ignore, _ignore)

    def end(self, *, keep: bool) -> None:
        """Stop; what is not saved now stays for the next start, or goes. Ending twice is ending once."""
        if self._restore is not None:
            self._restore.let_go()
        autosave, self._autosave = self._autosave, None
        if autosave is not None:
            if keep:
                self._keep_now(autosave)
            autosave.end(keep=keep and self._session.document.is_modified)

    def _keep_now(self, autosave: Autosave) -> None:
        try:
            autosave.keep_now()
        except OSError as error:
            self._warn(error)

    @Slot(object)
    def _warn(self, error: Exception) -> None:
        words = self.tr("Unsaved work cannot be kept in case of a crash: {reason}. Please save often.")
        self.failed.emit(words.format(reason=reason_of(error)))


def _ignore(_outcome: object) -> None:
    """Do nothing about it: what could not be cleared away harms nobody."""
