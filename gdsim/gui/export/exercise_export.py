"""Exports from windows other than the main one: a picture, a table or a film of what the window draws."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from gdsim.gui.export.cameras import FrameCamera
from gdsim.gui.export.clip import ClipFormat, ClipPlan
from gdsim.gui.export.clip_job import ClipWork
from gdsim.gui.export.mp4 import find_ffmpeg
from gdsim.gui.export.picture import writing_picture
from gdsim.gui.forms.file_dialog import ask_to_save
from gdsim.gui.notices import Notices
from gdsim.gui.paint.drawing import png_bytes


class ExportBeside(Notices):
    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.work = ClipWork(window, self)

    def close(self) -> None:
        self.work.close()

    def picture(self, title: str, image: QImage) -> None:
        self._ask_work(title, "png", partial(writing_picture, encode=partial(png_bytes, image)))

    def table(self, title: str, writing: Callable[[Path], Iterator[float]]) -> None:
        """Write a CSV file; ``writing`` writes the file and yields the share that is done."""
        self._ask_work(title, "csv", writing)

    def _ask_work(self, title: str, ending: str, write: Callable[[Path], object]) -> None:
        self.work.ask(title, f"{ending.upper()} (*.{ending})", Path(f"gdsim.{ending}"), write)

    def film(self, title: str, make_camera: Callable[[], FrameCamera], count: int, pace: float) -> None:
        """Write a clip of ``count`` pictures, ``pace`` a second; the file's ending decides the format."""
        kinds = [one for one in ClipFormat if one is not ClipFormat.MP4 or find_ffmpeg() is not None]

        def write(path: Path) -> None:
            file_format = ClipFormat(path.suffix[1:].lower())
            plan = ClipPlan(0, count - 1, pace, pace)
            self.work.write_clip(title, make_camera(), plan, file_format, path)

        filters = ";;".join(f"{one.upper()} (*.{one})" for one in kinds)
        ask_to_save(self._window, title, filters, Path(f"gdsim.{kinds[0]}"), write)
