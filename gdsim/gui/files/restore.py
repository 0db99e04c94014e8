"""Offers the work that was not saved when the program last ended, one document after the other."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QObject

from gdsim.core.files.scene_file import Draft, read_draft
from gdsim.gui.files.autosave import Autosave, Orphan, orphans
from gdsim.gui.files.restore_bar import RestoreBar
from gdsim.gui.files.words import document_name
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue


class Restore(QObject):
    """Shows the bar for as long as there is something to offer.

    Parameters
    ----------
    session : Session
    autosave : Autosave
        Of this window: what is restored is not saved yet, and stays kept.
    bar : RestoreBar
    tasks : TaskQueue
    leave : callable
        Calls its argument once the present document may go.
    parent : QObject, optional
    """

    def __init__(
        self,
        session: Session,
        autosave: Autosave,
        bar: RestoreBar,
        tasks: TaskQueue,
        leave: Callable[[Callable[[], object]], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._autosave = autosave
        self._bar = bar
        self._tasks = tasks
        self._leave = leave
        self._waiting: list[Orphan] = []
        self._offered: tuple[Orphan, Draft] | None = None
        bar.restore_requested.connect(lambda: self._leave(self._restore))
        bar.discard_requested.connect(self._discard)
        bar.later_requested.connect(self.let_go)

    def look_in(self, folder: Path) -> None:
        """Offer what is kept in a folder and belongs to no window."""
        self._waiting = orphans(folder)
        self._offer_next()

    def let_go(self) -> None:
        """Leave what is on offer to the next start."""
        self._bar.hide()
        for orphan in (*self._waiting, *([self._offered[0]] if self._offered else ())):
            orphan.lock.unlock()
        self._waiting, self._offered = [], None

    def _offer_next(self) -> None:
        self._offered = None
        self._bar.hide()
        if self._waiting:
            orphan = self._waiting.pop(0)
            self._tasks.submit(
                lambda: read_draft(orphan.path),
                lambda draft: self._offer(orphan, draft),
                lambda _error: self._skip(orphan),
            )

    def _offer(self, orphan: Orphan, draft: object) -> None:
        if not isinstance(draft, Draft):
            raise TypeError(draft)
        self._offered = orphan, draft
        path = draft.file.path if draft.file else None
        name = document_name(path, draft.experiment.title)
        when = QDateTime.fromMSecsSinceEpoch(int(1000 * orphan.seconds))
        words = self.tr("{name} has changes of {time} that were not saved when gdsim last ended.")
        shown = QLocale().toString(when, QLocale.FormatType.ShortFormat)
        self._bar.offer(words.format(name=name, time=shown))

    def _skip(self, orphan: Orphan) -> None:
        """Leave what this version cannot read to one that can."""
        orphan.lock.unlock()
        self._offer_next()

    def _restore(self) -> None:
        if self._offered is None:
            return
        orphan, draft = self._offered
        self._session.open(draft.experiment, draft.file, saved=False)
        try:
            self._autosave.adopt(orphan)
        except OSError:  # it stays where it is; this window keeps a copy of its own
            orphan.lock.unlock()
        self._offer_next()

    def _discard(self) -> None:
        if self._offered is not None:
            self._offered[0].discard()
        self._offer_next()
