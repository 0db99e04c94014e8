"""Maps as files: a picture, a table, and a film of the zoom."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.maps.map_csv import writing_maps
from gdsim.core.exercises.maps.outcome import OutcomeMap, OutcomePlan
from gdsim.core.settings import shown_name
from gdsim.gui.exercises.maps.map_canvas import MapCanvas
from gdsim.gui.exercises.maps.map_colours import PaintedMap
from gdsim.gui.exercises.maps.map_sheet import sheet_of
from gdsim.gui.exercises.maps.zoom_film import ZoomCamera, zoom_plan
from gdsim.gui.export.clip import ClipFormat
from gdsim.gui.export.clip_job import ClipWork
from gdsim.gui.export.mp4 import find_ffmpeg
from gdsim.gui.export.picture import png_bytes, writing_picture
from gdsim.gui.style.theme import Theme

# Of a film, in pixels.
FILM = QSize(720, 540)


class FileKind(NamedTuple):
    """A kind of file: its name, and the ending."""

    name: str
    ending: str


class MapExport(QObject):
    """Asks for a file, and writes it beside the window.

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

    def picture(self, image: QImage) -> None:
        path = self._ask(self.tr("Export the maps as a picture"), [FileKind("PNG", "png")])
        if path:
            self.save_picture(image, path)

    def save_picture(self, image: QImage, path: Path) -> None:
        work = partial(writing_picture, path, partial(png_bytes, image))
        self.work.write(self.tr("Export the maps as a picture"), work, path)

    def table(self, maps: Sequence[OutcomeMap], names: Sequence[str]) -> None:
        path = self._ask(self.tr("Export the maps as a table"), [FileKind("CSV", "csv")])
        if path:
            self.save_table(maps, names, path)

    def save_table(self, maps: Sequence[OutcomeMap], names: Sequence[str], path: Path) -> None:
        self.work.write(self.tr("Export the maps as a table"), partial(writing_maps, path, maps, names), path)

    def film(
        self,
        plans: Sequence[OutcomePlan],
        whole: tuple[MapAxis, MapAxis],
        draw: Callable[[tuple[PaintedMap, ...]], QImage],
    ) -> None:
        kinds = [FileKind(one.value.upper(), one.value) for one in ClipFormat]
        if find_ffmpeg() is None:
            kinds = [one for one in kinds if one.ending != ClipFormat.MP4]
        path = self._ask(self.tr("Export a film of the zoom"), kinds)
        if path:
            self.save_film(plans, whole, draw, path)

    def save_film(
        self,
        plans: Sequence[OutcomePlan],
        whole: tuple[MapAxis, MapAxis],
        draw: Callable[[tuple[PaintedMap, ...]], QImage],
        path: Path,
    ) -> None:
        """Write the zoom from the whole range into that of the plans; the ending says the kind of file."""
        clip = zoom_plan(whole[0], plans[0].x)
        camera = ZoomCamera(plans, whole, clip.count, (FILM.width(), FILM.height()), draw)
        self.work.write_clip(
            self.tr("Export a film of the zoom"), camera, clip, ClipFormat(path.suffix[1:].lower()), path
        )

    def _ask(self, title: str, kinds: Sequence[FileKind]) -> Path | None:
        patterns = ";;".join(f"{one.name} (*.{one.ending})" for one in kinds)
        name, chosen = QFileDialog.getSaveFileName(self._window, title, f"maps.{kinds[0].ending}", patterns)
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

    def _on_told(self, sentence: str, _path: object) -> None:
        self.said.emit(sentence)


def film_picture(
    canvas: MapCanvas,
    plans: tuple[OutcomePlan, ...],
    colours: Mapping[str, str],
    theme: Theme,
    maps: tuple[PaintedMap, ...],
) -> QImage:
    """Return the picture of a film in which maps are over a range of their own."""
    now = [
        replace(plan, x=made.map.plan.x, y=made.map.plan.y) for plan, made in zip(plans, maps, strict=True)
    ]
    return canvas.picture(sheet_of(now, maps, colours), FILM, 1.0, theme)
