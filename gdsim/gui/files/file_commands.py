"""The commands of the File menu, and everything else that puts one document in place of another."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from gdsim.core.atomic import remove_abandoned
from gdsim.core.experiment import Experiment, new_experiment
from gdsim.core.scene import bundled_scenes, load_scene
from gdsim.core.scene_file import SceneFile, read_scene, stamp_of
from gdsim.gui.files.autosave import Autosave
from gdsim.gui.files.dialogs import Answer, FileDialogs, Question
from gdsim.gui.files.drop import TABLES, Dropped, DropTarget
from gdsim.gui.files.recent import RecentFiles, RecentMenu
from gdsim.gui.files.restore import Restore
from gdsim.gui.files.restore_bar import RestoreBar
from gdsim.gui.files.saving import Saving
from gdsim.gui.files.words import document_name, not_opened, reason_of, shown_name
from gdsim.session.errands import Errands
from gdsim.session.session import Session

Then = Callable[[], object]


class FileCommands(QObject):
    """Opens, saves and closes the document of a window; never loses work without a question.

    Signals
    -------
    refused(str)
        Why something was not done, as a sentence.
    opened()
        Another document is open, or the present one has another file.
    working(str)
        What takes its time; empty when it is over.

    Attributes
    ----------
    bar : RestoreBar
        To be put into the window.
    dialogs : FileDialogs
        What asks the person.

    Parameters
    ----------
    window : QMainWindow
        Shows the document's name in its title, and takes what is dropped.
    session : Session
    settings : QSettings or None
        Where recent files are remembered.
    import_points : callable, optional
        Opens a table of points; without it tables are refused.
    """

    refused = Signal(str)
    opened = Signal()
    working = Signal(str)

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        settings: QSettings | None,
        import_points: Callable[[Path], object] | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._document = session.document
        self._import_points = import_points
        self._reading = 0
        self._may_close = self._is_asked = self._keeps_draft = False
        self._actions: dict[str, QAction] = {}
        self._autosave: Autosave | None = None
        self._restore: Restore | None = None
        self.bar = RestoreBar()
        self.dialogs = FileDialogs(window)
        self._errands = Errands(self)
        self._errands.working.connect(self.working)
        self.saving = Saving(self._document, self.dialogs, self._errands, settings, self)
        self._recent = RecentFiles(settings)
        self._recent_menu = RecentMenu(self._recent, window)
        self._connect()

    def _connect(self) -> None:
        self.saving.failed.connect(self.refused)
        self.saving.saved.connect(self._on_saved)
        self._recent_menu.chosen.connect(self.open_recent)
        self._document.changed.connect(self._show_state)
        self._document.file_changed.connect(self._on_file)

    @property
    def is_busy(self) -> bool:
        """Whether a file is read or written."""
        return self._errands.is_busy

    # ---------------------------------------------------------------- beginning and end

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its name."""
        return {
            "new": self.new,
            "open": self.ask_open,
            "recent": self._recent_menu.fill,
            "save": self.saving.save,
            "save_as": self.saving.save_as,
            "revert": self.revert,
        }

    def set_actions(self, actions: dict[str, QAction]) -> None:
        """Take the menu's entries, once the window is put together."""
        self._actions = actions
        actions["recent"].setMenu(self._recent_menu)
        DropTarget(self._window).dropped.connect(self._on_dropped)
        self._show_state()

    def begin(self, path: Path | None, drafts: Path) -> None:
        """Take up the work of a window that a person sees.

        Parameters
        ----------
        path : Path or None
            The file that the session's document was read from.
        drafts : Path
            The folder in which unsaved work is kept.
        """
        if path is not None:
            self._document.became_saved(self._session.experiment, SceneFile(path, stamp_of(path)))
            self._on_saved(path)
        try:
            self._autosave = Autosave(drafts, self._document, self._errands, self)
        except OSError as error:
            self._warn_of_drafts(error)
            return
        self._autosave.failed.connect(self._warn_of_drafts)
        self._restore = Restore(self._session, self._autosave, self.bar, self._errands, self.leave, self)
        self._restore.look_in(drafts)
        folders = {drafts, *(recent.parent for recent in self._recent.paths())}
        self._errands.submit(lambda: [remove_abandoned(one) for one in folders], _ignore, _ignore)

    def may_close(self) -> bool:
        """Return whether the window may close now; if not, ask, and close it when it may."""
        if not self._may_close and not self.dialogs.is_open:
            self._is_asked = True
            self.leave(self._agree_to_close)
            self._is_asked = False
        return self._may_close

    def _agree_to_close(self) -> None:
        self._may_close = True
        if not self._is_asked:  # the one who asked has long been told to wait
            self._window.close()

    def close_at_once(self) -> None:
        """Close the window without a question, and keep unsaved work for the next start."""
        self._may_close = self._keeps_draft = True
        self._window.close()

    def close(self) -> None:
        """End all file work. Closing twice is closing once."""
        self._errands.finish()
        if self._restore is not None:
            self._restore.let_go()
        if self._autosave is not None:
            if self._keeps_draft:
                self._keep_draft(self._autosave)
            self._autosave.end(keep=self._keeps_draft and self._document.is_modified)
            self._autosave = None

    def leave(self, then: Then) -> None:
        """Do what puts the present document away, once it is saved or may be lost."""
        self.saving.when_idle(lambda: self._leave(then))

    def _leave(self, then: Then) -> None:
        if not self._document.is_modified:
            then()
            return
        question = Question(
            self.tr("Save the changes to {name}?").format(name=self._name()),
            self.tr("What is not saved will be lost."),
            (Answer.SAVE, Answer.DISCARD, Answer.CANCEL),
        )
        choices: dict[Answer, Then] = {
            Answer.SAVE: lambda: self.saving.save(lambda: self.leave(then)),
            Answer.DISCARD: then,
        }
        self.dialogs.ask(question, lambda answer: choices.get(answer, _ignore)())

    # ---------------------------------------------------------------- opening

    def new(self) -> None:
        """Begin a new document."""
        self._reading += 1  # a file that is still being read does not replace what was asked for later
        self.leave(lambda: self._session.open(new_experiment()))

    def ask_open(self) -> None:
        """Ask for a file, and open it."""
        self.dialogs.ask_open(self.saving.folder(), self.open)

    def open(self, path: Path) -> None:
        """Open a file: a scene as a document, a table as points."""
        if path.suffix.lower() in TABLES:
            self._open_table(path)
        else:
            self._read(path, self.leave)

    def open_recent(self, path: Path) -> None:
        """Open a file of the list, and forget it when it is gone."""
        if stamp_of(path) is None:
            self._recent.drop(path)
            words = self.tr("{name} is no longer there; it was taken off the list.")
            self.refused.emit(words.format(name=shown_name(path)))
            return
        self.open(path)

    def open_bundled(self, name: str) -> None:
        """Open a scene of the lecture."""
        self._reading += 1
        scene = load_scene(bundled_scenes()[name])
        self.leave(lambda: self._session.open(scene))
        self.opened.emit()  # until the question is answered, the old document is the one that is shown

    def revert(self) -> None:
        """Go back to what was opened or saved last."""
        if not self._can_revert():
            return
        question = Question(
            self.tr("Go back to {name} as it was saved last?").format(name=self._name()),
            self.tr("All changes since then will be lost."),
            (Answer.DISCARD, Answer.CANCEL),
        )
        self.dialogs.ask(question, lambda answer: self._revert() if answer is Answer.DISCARD else None)

    def _revert(self) -> None:
        file, saved = self._document.file, self._document.saved
        if file is not None:
            self._read(file.path, lambda then: then())
        elif saved is not None:
            self._session.open(saved)

    def _can_revert(self) -> bool:
        document = self._document
        return document.is_modified and (document.file is not None or document.saved is not None)

    def _read(self, path: Path, when_read: Callable[[Then], object]) -> None:
        """Read a scene, and open it when ``when_read`` says so; of several, the last one asked for."""
        self._reading += 1
        number = self._reading

        def done(result: object) -> None:
            match result:
                case (Experiment() as experiment, SceneFile() as file) if number == self._reading:
                    when_read(lambda: self._become(experiment, file))

        def failed(error: Exception) -> None:
            self.refused.emit(not_opened(path, error))

        words = self.tr("Opening {name}…").format(name=shown_name(path))
        self._errands.submit(lambda: read_scene(path), done, failed, words)

    def _become(self, experiment: Experiment, file: SceneFile) -> None:
        self._session.open(experiment, file)
        self._on_saved(file.path)

    def _open_table(self, path: Path) -> None:
        if self._import_points is None:
            self.refused.emit(self.tr("Only scenes can be opened so; rows of a table can be pasted."))
        else:
            self._import_points(path)

    @Slot(object)
    def _on_dropped(self, dropped: Dropped) -> None:
        if dropped.path is None:
            self.refused.emit(dropped.refusal)
        else:
            self.open(dropped.path)

    # ---------------------------------------------------------------- what is shown

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self._recent.add(path)
        self.saving.remember_folder(path)

    @Slot()
    def _on_file(self) -> None:
        self._show_state()
        self.opened.emit()

    @Slot()
    def _show_state(self) -> None:
        # A mark that is part of the name is written twice.
        self._window.setWindowTitle(self._name().replace("[*]", "[*][*]") + "[*] – gdsim")
        self._window.setWindowModified(self._document.is_modified)
        if self._actions:
            self._actions["revert"].setEnabled(self._can_revert())

    def _name(self) -> str:
        file = self._document.file
        return document_name(file.path if file else None, self._session.experiment.title)

    def _keep_draft(self, autosave: Autosave) -> None:
        try:
            autosave.keep_now()
        except OSError as error:
            self._warn_of_drafts(error)

    def _warn_of_drafts(self, error: Exception) -> None:
        words = self.tr("Unsaved work cannot be kept in case of a crash: {reason}. Please save often.")
        self.refused.emit(words.format(reason=reason_of(error)))


def _ignore(*_nothing: object) -> None:
    """Do nothing about it."""
