"""Writing drafts while a window is open, and offering the drafts of windows that ended without saving."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.files.atomic import remove_abandoned
from gdsim.core.files.scene_file import Draft, read_draft
from gdsim.gui.files.document_opener import Allow, Leave
from gdsim.gui.files.words import document_name
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.forms.file_work import reason_of
from gdsim.gui.forms.layouts import fill_layout, window_button
from gdsim.gui.notices import Notices
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from gdsim.gui.files.autosave import Autosave, Orphan


class DraftRecovery(QObject):
    """Writes drafts, and offers earlier drafts in its ``bar``, one at a time."""

    def __init__(
        self, session: Session, tasks: TaskQueue, leave: Leave, allow: Allow, notices: Notices
    ) -> None:
        super().__init__(notices)
        self._notices = notices
        self._allow = allow
        self._session = session
        self._tasks = tasks
        self._autosave: Autosave | None = None
        self._waiting: list[Orphan] = []
        self._offered: tuple[Orphan, Draft] | None = None
        self.bar = RestoreBar()
        self.bar.restore_requested.connect(lambda: leave(self._restore))
        self.bar.discard_requested.connect(self._discard)
        self.bar.later_requested.connect(self._release)

    def begin(self, folder: Path, used: Iterable[Path]) -> None:
        """Write drafts to a folder, and offer the drafts that are already there.

        ``used`` are other folders in which unfinished files may have been left; these are removed.
        """
        from gdsim.gui.files.autosave import Autosave, orphans  # noqa: PLC0415 - once the window is painted

        try:
            self._autosave = Autosave(folder, self._session.document, self._tasks, self)
        except OSError as error:
            self._warn(error)
            return
        self._autosave.failed.connect(self._warn)
        self._waiting = orphans(folder)
        self._offer_next()
        folders = {folder, *used}
        # A file that cannot be removed does no harm.
        self._tasks.submit(lambda: [remove_abandoned(one) for one in folders], lambda _: None, lambda _: None)

    def keep_now(self) -> None:
        """Write unsaved work at once, or warn that this failed."""
        if self._autosave is not None:
            try:
                self._autosave.keep_now()
            except OSError as error:
                self._warn(error)

    def end(self, *, keep: bool) -> None:
        """Stop, and keep or remove the draft of unsaved work. A second call does nothing."""
        if keep:
            self.keep_now()
        autosave, self._autosave = self._autosave, None
        if autosave is not None:
            self._release()
            autosave.end(keep=keep and self._session.document.is_modified)

    @Slot(object)
    def _warn(self, error: Exception) -> None:
        words = self.tr("Unsaved work would be lost in a crash: {reason}. Please save often.")
        self._notices.refused.emit(words.format(reason=reason_of(error)))

    # ---------------------------------------------------------------- earlier drafts

    @Slot()
    def _release(self) -> None:
        """Stop offering earlier drafts; the next start offers them again."""
        self.bar.hide()
        for orphan in (*self._waiting, *([self._offered[0]] if self._offered else ())):
            orphan.lock.unlock()
        self._waiting, self._offered = [], None

    def _offer_next(self) -> None:
        self._offered = None
        self.bar.hide()
        if self._waiting:
            orphan = self._waiting.pop(0)
            self._tasks.submit(
                lambda: read_draft(orphan.path),
                lambda draft: self._offer(orphan, draft),
                lambda _error: self._skip(orphan),
            )

    def _offer(self, orphan: "Orphan", draft: Draft) -> None:
        from PySide6.QtCore import QDateTime, QLocale  # noqa: PLC0415 - few starts find a draft

        self._offered = orphan, draft
        path = draft.file.path if draft.file else None
        name = document_name(path, draft.experiment.title)
        when = QDateTime.fromMSecsSinceEpoch(int(1000 * orphan.seconds))
        words = self.tr("{name} has changes from {time} that were not saved when gdsim last ended.")
        shown = QLocale().toString(when, QLocale.FormatType.ShortFormat)
        self.bar.offer(words.format(name=name, time=shown))

    def _skip(self, orphan: "Orphan") -> None:
        """Leave a draft that this version cannot read for a version that can."""
        orphan.lock.unlock()
        self._offer_next()

    def _restore(self) -> None:
        if self._offered is None or self._autosave is None:
            return
        offered = self._offered
        self._allow(offered[1].experiment.typed, lambda: self._open_draft(offered))

    def _open_draft(self, offered: "tuple[Orphan, Draft]") -> None:
        """Open a draft, unless another one has been offered meanwhile."""
        if self._offered is not offered or self._autosave is None:
            return
        orphan, draft = offered
        self._session.open(draft.experiment, draft.file, saved=False)
        try:
            self._autosave.adopt(orphan)
        except OSError:  # the file stays where it is; this window writes a draft of its own
            orphan.lock.unlock()
        self._offer_next()

    @Slot()
    def _discard(self) -> None:
        if self._offered is not None:
            self._offered[0].discard()
        self._offer_next()


class RestoreBar(QWidget):
    """A bar below the header of the window that offers to restore unsaved work."""

    restore_requested = Signal()
    discard_requested = Signal()
    later_requested = Signal()
    offered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("restoreBar")
        self.setAccessibleName(self.tr("Unsaved work"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.hide()

    def offer(self, sentence: str) -> None:
        if self.layout() is None:  # few starts find a draft
            self._fill()
        self._text.set_whole(sentence)
        self.setAccessibleDescription(sentence)
        self.show()
        self.offered.emit()

    def _fill(self) -> None:
        self._text = ElidedLabel()
        layout = fill_layout(QHBoxLayout(self), (self._text, 1), margins=(14, 6, 14, 6))
        for name, words, signal in (
            (self.tr("Restore"), self.tr("Open it in this window."), self.restore_requested),
            (self.tr("Discard"), self.tr("Delete it for good."), self.discard_requested),
            (self.tr("Not now"), self.tr("Offer it again at the next start."), self.later_requested),
        ):
            is_primary = signal is self.restore_requested
            layout.addWidget(window_button(name, words, signal, is_primary=is_primary))
