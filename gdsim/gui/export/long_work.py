"""Files that take a while: written beside the window, while a dialog shows how far they are."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from gdsim.core.files.record_csv import writing_record
from gdsim.core.files.script.writing import write_script
from gdsim.core.model.experiment import Experiment
from gdsim.gui.export.clip_forms import ClipForm
from gdsim.gui.export.clip_job import ClipJob
from gdsim.gui.export.clip_plan import ClipPlan
from gdsim.gui.export.frame_source import Camera
from gdsim.gui.export.picture import save_bytes
from gdsim.gui.export.progress import ProgressDialog
from gdsim.gui.export.words import unwritten_text
from gdsim.session.tasks import TaskQueue


class LongWork(QObject):
    """Writes one file at a time.

    Signals
    -------
    failed(str)
        Why a file was not written, as a sentence.
    """

    failed = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._target = Path()
        self._progress: ProgressDialog | None = None
        self._job: ClipJob | None = None
        self._camera: Camera | None = None
        self._tasks = TaskQueue(self)
        app = QCoreApplication.instance()
        if app:
            app.aboutToQuit.connect(self.close)

    @property
    def is_busy(self) -> bool:
        """Whether there is a file that is not done."""
        return self._progress is not None

    def clip(self, title: str, camera: Camera, plan: ClipPlan, form: ClipForm, path: Path) -> None:
        """Write a clip of what a camera sees; the camera is closed afterwards."""
        self._begin(title, path)
        self._camera = camera
        self._job = ClipJob(camera.take, plan, camera.size, form, path, self)
        self._job.progressed.connect(self._on_share)
        self._job.finished.connect(self._on_written)
        self._job.failed.connect(self._on_failed)
        self._job.start()

    def record(self, title: str, experiment: Experiment, path: Path) -> None:
        """Write every step of every run."""
        self._begin(title, path)
        self._write(partial(writing_record, path, experiment))

    def script(self, title: str, experiment: Experiment, path: Path) -> None:
        """Write a NumPy script, and its data beside it where there is much."""
        self._begin(title, path)
        self._write(partial(write_script, experiment, path))

    def picture(self, title: str, encode: Callable[[], bytes], path: Path) -> None:
        """Write a picture that is drawn already; ``encode`` is called in the thread."""
        self._begin(title, path)
        self._write(partial(_writing_picture, path, encode))

    @Slot()
    def close(self) -> None:
        """Stop; what is unfinished is not left behind."""
        self._tasks.close()
        self._end()

    def _write(self, work: Callable[[], object]) -> None:
        self._tasks.submit(work, self._on_written, self._on_failed, self._on_share)

    def _begin(self, title: str, path: Path) -> None:
        self.close()
        self._target = path
        self._progress = ProgressDialog(title, path.name, self._window)
        self._progress.stopped.connect(self.close)

    def _end(self) -> None:
        job, self._job = self._job, None
        if job:
            job.close()
            job.deleteLater()
        camera, self._camera = self._camera, None
        if camera:
            camera.close()
        progress, self._progress = self._progress, None
        if progress:
            progress.end()

    @Slot(float)
    def _on_share(self, share: float) -> None:
        if self._progress:
            self._progress.show_share(share)

    @Slot()
    def _on_written(self, _: object = None) -> None:
        self._end()

    @Slot(object)
    def _on_failed(self, fault: Exception) -> None:
        self._end()
        self.failed.emit(unwritten_text(self._target.name, fault))


def _writing_picture(path: Path, encode: Callable[[], bytes]) -> Iterator[float]:
    yield 0.0
    data = encode()
    yield 0.5  # whoever has stopped it meanwhile wants no file
    save_bytes(data, path)
