"""The commands about files, and everything else that replaces the document."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from gdsim.core.files.scene_file import SceneFile, stamp_of
from gdsim.core.settings import shown_name
from gdsim.gui.files.dialogs import FileDialogs, SaveDecision
from gdsim.gui.files.document_opener import Allow, DocumentOpener
from gdsim.gui.files.document_saver import DocumentSaver, Then
from gdsim.gui.files.draft_recovery import DraftRecovery, RestoreBar
from gdsim.gui.files.drop import Dropped, DropTarget
from gdsim.gui.files.recent import RecentFiles, RecentMenu
from gdsim.gui.files.words import document_name
from gdsim.gui.forms.fields import typed_field
from gdsim.gui.forms.file_work import saved_text
from gdsim.gui.notices import Notices
from gdsim.gui.preferences import Preferences
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue


class FileCommands(Notices):
    """Opens, saves and closes the document of a window; asks before unsaved work is lost."""

    opened = Signal()  # another document is open, or the current one has another file
    working = Signal(str)  # what is being read or written; empty when done

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        settings: Preferences,
        import_points: Callable[[Path], object],
        open_link: Callable[[str], object],
        open_picture: Callable[[Path], object],
        allow: Allow,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._document = session.document
        self._may_close = self._is_closing = self._keeps_draft = False
        self._actions: dict[str, QAction] = {}
        self._dialogs = FileDialogs(window)
        self._tasks = TaskQueue(self, in_order=True)
        self.saving = DocumentSaver(self._document, self._dialogs, self._tasks, settings, self)
        self._open_link = open_link
        self.opening = DocumentOpener(
            session, self._tasks, self.leave, import_points, open_picture, allow, self
        )
        self._recovery = DraftRecovery(session, self._tasks, self.leave, allow, self)
        self.recent = RecentFiles(settings)
        self.recent_menu = RecentMenu(self.recent, window)
        self._connect()

    def _connect(self) -> None:
        self._tasks.working.connect(self.working)
        self.saving.saved.connect(self._remember)
        self.saving.saved.connect(lambda path: self.told.emit(saved_text(path), path))
        self.opening.opened.connect(self._remember)
        self.recent_menu.chosen.connect(self.open_recent)
        self._document.changed.connect(self._show_state)
        self._document.file_changed.connect(self._on_file)

    @property
    def bar(self) -> RestoreBar:
        """The bar that offers unsaved work, which the window has to place."""
        return self._recovery.bar

    @property
    def is_busy(self) -> bool:
        return self._tasks.is_busy

    def set_actions(self, actions: dict[str, QAction]) -> None:
        """Set the actions of the menu, once the window is complete."""
        self._actions = actions
        actions["recent"].setMenu(self.recent_menu)
        DropTarget(self._window).dropped.connect(self._on_dropped)
        self._show_state()

    # ---------------------------------------------------------------- start and end

    def set_file(self, path: Path) -> None:
        """Set the file that the document was read from."""
        self._document.became_saved(self._session.experiment, SceneFile(path, stamp_of(path)))
        self._remember(path)

    def begin(self, drafts: Path) -> None:
        """Begin to write drafts to a folder, and offer those that are there."""
        self._recovery.begin(drafts, [recent.parent for recent in self.recent.paths()])

    def may_close(self) -> bool:
        """Return whether the window may close now. If not, ask, and close it when the user agrees."""
        if not self._may_close and not self._dialogs.is_open:
            self._is_closing = True
            self.leave(self._agree_to_close)
            self._is_closing = False
        return self._may_close

    def keep_now(self) -> None:
        """Write a draft of unsaved work at once, because the process may be killed next."""
        self._recovery.keep_now()

    def close_at_once(self) -> None:
        """Close the window without a question, and keep unsaved work for the next start."""
        self.end_typing()
        self._may_close = self._keeps_draft = True
        self._window.close()

    def close(self) -> None:
        self.saving.finish()
        self._tasks.close()
        self._recovery.end(keep=self._keeps_draft)

    def leave(self, then: Then) -> None:
        """Call ``then``, which replaces or closes the document, once it is saved or may be discarded."""
        self.saving.when_idle(lambda: self._leave(then))

    def _leave(self, then: Then) -> None:
        self.end_typing()
        if not self._document.is_modified:
            then()
            return
        words = self.tr("Save the changes to {name}?")
        # After saving, `leave` checks again, because the document may have been edited meanwhile.
        choices: dict[SaveDecision, Then] = {
            SaveDecision.SAVE: lambda: self.saving.save(lambda: self.leave(then)),
            SaveDecision.DISCARD: then,
        }
        details = self.tr("Unsaved changes will be lost.")
        self._dialogs.ask(words.format(name=self._name()), details, choices)

    def end_typing(self) -> None:
        """Make the field that has the focus accept its text, as it does when it loses the focus."""
        field = typed_field()
        if field is not None and self._window.isAncestorOf(field):
            field.clearFocus()

    def _agree_to_close(self) -> None:
        self._may_close = True
        if not self._is_closing:  # the window was told not to close yet
            self._window.close()

    # ---------------------------------------------------------------- commands

    def ask_open(self) -> None:
        self._dialogs.ask_open(self.saving.folder(), self.opening.open)

    def open(self, path: Path) -> None:
        """Open a scene, a table of points, or a picture with a link; report what is wrong with the file."""
        self.opening.open(path)

    def open_recent(self, path: Path) -> None:
        """Open a file of the list, or remove it from the list if it no longer exists."""
        if stamp_of(path) is not None:
            self.opening.open(path)
            return
        self.recent.drop(path)
        words = self.tr("{name} no longer exists; it was removed from the list.")
        self.refused.emit(words.format(name=shown_name(path)))

    def open_bundled(self, name: str) -> None:
        self.opening.open_bundled(name)
        self.opened.emit()  # while a question is open, the old document is still shown

    def revert(self) -> None:
        """Ask whether to go back to the document as it was opened or saved last."""
        if not (self._document.is_modified and self._can_revert):
            return
        words = self.tr("Go back to {name} as it was last saved?")
        details = self.tr("All changes since then will be lost.")
        choices = {SaveDecision.DISCARD: self.opening.revert}
        self._dialogs.ask(words.format(name=self._name()), details, choices)

    @property
    def _can_revert(self) -> bool:
        return self._document.file is not None or self._document.saved is not None

    @Slot(object)
    def _on_dropped(self, dropped: Dropped) -> None:
        if dropped.path is not None:
            self.opening.open(dropped.path)
        elif dropped.text:
            self._open_link(dropped.text)
        else:
            self.refused.emit(dropped.refusal)

    # ---------------------------------------------------------------- window title and recent files

    @Slot(object)
    def _remember(self, path: Path) -> None:
        self.recent.add(path)
        self.saving.remember_folder(path)

    @Slot()
    def _on_file(self) -> None:
        self._show_state()
        self.opened.emit()

    @Slot()
    def _show_state(self) -> None:
        # Qt's placeholder for the mark of changes is doubled where the name contains it.
        self._window.setWindowTitle(self._name().replace("[*]", "[*][*]") + "[*] – gdsim")
        is_modified = self._document.is_modified  # read once, because it compares the whole document
        if self._window.isWindowModified() != is_modified:  # because setting it is slow
            self._window.setWindowModified(is_modified)
        if self._actions:
            self._actions["revert"].setEnabled(is_modified and self._can_revert)

    def _name(self) -> str:
        file = self._document.file
        return document_name(file.path if file else None, self._session.experiment.title)
