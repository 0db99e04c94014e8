"""Exports of windows beside the main one: a picture, a table, a film of what such a window draws itself."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from gdsim.core.settings import shown_name
from gdsim.gui.export.cameras import Camera
from gdsim.gui.export.clip import ClipFormat, ClipPlan
from gdsim.gui.export.clip_job import ClipWork
from gdsim.gui.export.mp4 import find_ffmpeg
from gdsim.gui.export.picture import png_bytes, writing_picture
from gdsim.gui.forms.file_dialog import ask_to_save


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

        def write(path: Path) -> None:
            self.work.write(title, partial(writing_picture, path, partial(png_bytes, image)), path)

        self.ask(title, [FileKind("PNG", "png")], write)

    def table(self, title: str, writing: Callable[[Path], Iterator[float]]) -> None:
        """Write a CSV file by what yields the share that is done."""
        self.ask(
            title,
            [FileKind("CSV", "csv")],
            lambda path: self.work.write(title, partial(writing, path), path),
        )

    def film(self, title: str, make_camera: Callable[[], Camera], count: int, pace: float) -> None:
        """Write a clip of so many pictures, at so many a second; the ending says the kind of file."""
        kinds = [one for one in ClipFormat if one is not ClipFormat.MP4 or find_ffmpeg() is not None]

        def write(path: Path) -> None:
            file_format = ClipFormat(path.suffix[1:].lower())
            plan = ClipPlan(0, count - 1, pace, pace)
            self.work.write_clip(title, make_camera(), plan, file_format, path)

        self.ask(title, [FileKind(one.value.upper(), one.value) for one in kinds], write)

    def ask(self, title: str, kinds: Sequence[FileKind], write: Callable[[Path], object]) -> None:
        """Ask for a file to write; its name gets the ending of the chosen kind if it lacks one."""

        def take(path: Path, kind: str) -> None:
            endings = [one.ending for one in kinds]
            if path.suffix[1:].lower() in endings:
                write(path)
                return
            ending = next((one.ending for one in kinds if kind.startswith(one.name)), endings[0])
            path = path.with_name(f"{path.name}.{ending}")
            if path.exists():  # the dialog has not asked whether to replace this one
                words = self.tr("{name} exists already; choose it in the dialog, or choose another name.")
                self.said.emit(words.format(name=shown_name(path)))
            else:
                write(path)

        patterns = ";;".join(f"{one.name} (*.{one.ending})" for one in kinds)
        ask_to_save(self._window, title, patterns, Path(f"gdsim.{kinds[0].ending}"), take)

    @Slot(str, object)
    def _on_told(self, sentence: str, _path: object) -> None:
        self.said.emit(sentence)
