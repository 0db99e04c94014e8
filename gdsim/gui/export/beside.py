"""Exports from windows other than the main one: a picture, a table or a film of what the window draws."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from gdsim.gui.export.cameras import Camera
from gdsim.gui.export.clip import ClipFormat, ClipPlan
from gdsim.gui.export.clip_job import ClipWork
from gdsim.gui.export.mp4 import find_ffmpeg
from gdsim.gui.export.picture import writing_picture
from gdsim.gui.forms.file_dialog import ask_to_save
from gdsim.gui.paint.drawing import png_bytes


class ExportBeside(QObject):
    said = Signal(str)  # a sentence: that a file was written, or why not

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.work = ClipWork(window)
        self.work.failed.connect(self.said)
        self.work.told.connect(self.said)  # without the path

    def close(self) -> None:
        self.work.close()

    def picture(self, title: str, image: QImage) -> None:
        def write(path: Path) -> None:
            self.work.write(title, partial(writing_picture, path, partial(png_bytes, image)), path)

        self._ask(title, ["png"], write)

    def table(self, title: str, writing: Callable[[Path], Iterator[float]]) -> None:
        """Write a CSV file; ``writing`` writes the file and yields the share that is done."""
        self._ask(title, ["csv"], lambda path: self.work.write(title, partial(writing, path), path))

    def film(self, title: str, make_camera: Callable[[], Camera], count: int, pace: float) -> None:
        """Write a clip of ``count`` pictures, ``pace`` a second; the file's ending decides the format."""
        kinds = [one for one in ClipFormat if one is not ClipFormat.MP4 or find_ffmpeg() is not None]

        def write(path: Path) -> None:
            file_format = ClipFormat(path.suffix[1:].lower())
            plan = ClipPlan(0, count - 1, pace, pace)
            self.work.write_clip(title, make_camera(), plan, file_format, path)

        self._ask(title, kinds, write)

    def _ask(self, title: str, endings: Sequence[str], write: Callable[[Path], object]) -> None:
        kinds = ";;".join(f"{one.upper()} (*.{one})" for one in endings)
        ask_to_save(self._window, title, kinds, Path(f"gdsim.{endings[0]}"), write)
