"""Opening another document in place of the current one."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.scene import LessonGiven, load_scene
from gdsim.core.files.scene_file import SceneFile, read_scene
from gdsim.core.model.experiment import Experiment, Typed, new_experiment
from gdsim.core.settings import shown_name
from gdsim.gui.files.document_saver import Then
from gdsim.gui.files.drop import PICTURE_ENDINGS, TABLE_ENDINGS
from gdsim.gui.files.words import not_opened
from gdsim.gui.notices import Notices
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

# Calls its argument once the current document is saved or may be discarded.
Leave = Callable[[Then], object]
# Calls the function once the user has seen those of the formulas that were typed elsewhere.
Allow = Callable[[Iterable[Typed], Then], None]


class DocumentOpener(QObject):
    """Opens new documents, scenes of the lecture, and files."""

    opened = Signal(object)  # Path: a file was opened
    lesson_given = Signal(object)  # Path: a file is a lesson, which is opened elsewhere

    def __init__(
        self,
        session: Session,
        tasks: TaskQueue,
        leave: Leave,
        import_points: Callable[[Path], object],
        open_picture: Callable[[Path], object],
        allow: Allow,
        notices: Notices,
    ) -> None:
        super().__init__(notices)
        self._notices = notices
        self._session = session
        self._tasks = tasks
        self._leave = leave
        self._import_points = import_points
        self._open_picture = open_picture
        self._allow = allow
        self._requests = 0

    def new(self) -> None:
        self._requests += 1  # so that a file that is still being read does not replace this document
        self._leave(lambda: self._session.open(new_experiment()))

    def open(self, path: Path) -> None:
        """Open a scene file, import the points of a table, or open the scene whose link is in a picture."""
        ending = path.suffix.lower()
        if ending in TABLE_ENDINGS:
            self._import_points(path)
        elif ending in PICTURE_ENDINGS:
            self._requests += 1
            self._open_picture(path)
        else:
            self._read(path, self._leave)

    def open_bundled(self, name: str) -> None:
        self._requests += 1
        scene = load_scene(bundled_scenes()[name])
        self._leave(lambda: self._session.open(scene))

    def revert(self) -> None:
        """Go back to the document as it was opened or saved last; later changes are lost."""
        file, saved = self._session.document.file, self._session.document.saved
        if file is not None:
            self._read(file.path, lambda then: then())
        elif saved is not None:
            self._session.open(saved)

    def _read(self, path: Path, when_read: Leave) -> None:
        """Read a scene and pass ``when_read`` the function that opens it.

        A document that was requested or opened meanwhile takes precedence.
        """
        self._requests += 1
        document = self._session.document
        request, opened = self._requests, document.opened

        def is_last() -> bool:
            return (request, opened) == (self._requests, document.opened)

        def done(result: object) -> None:
            match result:
                case (Experiment() as experiment, SceneFile() as file) if is_last():
                    open_scene = partial(self._open_scene, experiment, file)
                    self._allow(experiment.typed, lambda: when_read(open_scene))

        def failed(error: Exception) -> None:
            if not isinstance(error, LessonGiven):
                self._notices.refused.emit(not_opened(path, error))
            elif is_last():
                self.lesson_given.emit(path)

        words = self.tr("Opening {name}…").format(name=shown_name(path))
        self._tasks.submit(lambda: read_scene(path), done, failed, words=words)

    def _open_scene(self, experiment: Experiment, file: SceneFile) -> None:
        self._session.open(experiment, file)
        self.opened.emit(file.path)
