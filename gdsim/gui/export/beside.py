"""Exports of windows beside the main one: a picture, a table, a film of what such a window draws itself."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from gdsim.core.settings import shown_name
from gdsim.gui.export.cameras import Camera
from gdsim.gui.export.clip import ClipFormat, ClipPlan
from gdsim.gui.export.clip_job import ClipWork
from gdsim.gui.export.mp4 import find_ffmpeg
from gdsim.gui.export.picture import png_bytes, writing_picture


class FileKind(NamedTuple):
    """A kind of file: its name, and the ending."""

    name: str
    ending: str


class ExportBeside(QObject):
    """Asks for a file, and writes it.

    Signals
    -------
    said(str)
        That a file was written, or why not, as a sentence.
    """

    said = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.work = ClipWork(window)
        self.work.failed.connect(self.said)
        self.work.told.connect(self._on_told)

    def close(self) -> None:
        self.work.close()

    def picture(self, title: str, image: QImage) -> None:
        """Write a picture as PNG."""
        path = self.ask(title, [FileKind("PNG", "png")])
        if path:
            self.work.write(title, partial(writing_picture, path, partial(png_bytes, image)), path)

    def table(self, title: str, writing: Callable[[Path], Iterator[float]]) -> None:
        """Write a CSV file by what yields the share that is done."""
        path = self.ask(title, [FileKind("CSV", "csv")])
        if path:
            self.work.write(title, partial(writing, path), path)

    def film(self, title: str, make_camera: Callable[[], Camera], count: int, pace: float) -> None:
        """Write a clip of so many pictures, at so many a second; the ending says the kind of file."""
        kinds = [one for one in ClipFormat if one is not ClipFormat.MP4 or find_ffmpeg() is not None]
        path = self.ask(title, [FileKind(one.value.upper(), one.value) for one in kinds])
        if path:
            file_format = ClipFormat(path.suffix[1:].lower())
            plan = ClipPlan(0, count - 1, pace, pace)
            self.work.write_clip(title, make_camera(), plan, file_format, path)

    def ask(self, title: str, kinds: Sequence[FileKind]) -> Path | None:
        """Ask for a file to write; its name gets the ending of the chosen kind if it lacks one."""
        patterns = ";;".join(f"{one.name} (*.{one.ending})" for one in kinds)
        name, chosen = QFileDialog.getSaveFileName(self._window, title, f"gdsim.{kinds[0].ending}", patterns)
        if not name:
            return None
        path, endings = Path(name), [one.ending for one in kinds]
        if path.suffix[1:].lower() in endings:
            return path
        ending = next((one.ending for one in kinds if chosen.startswith(one.name)), endings[0])
        path = path.with_name(f"{path.name}.{ending}")
        if path.exists():  # the dialog has not asked whether to replace this one
            words = self.tr("{name} exists already; choose it in the dialog, or choose another name.")
            self.said.emit(words.format(name=shown_name(path)))
            return None
        return path

    @Slot(str, object)
    def _on_told(self, sentence: str, _path: object) -> None:
        self.said.emit(sentence)
