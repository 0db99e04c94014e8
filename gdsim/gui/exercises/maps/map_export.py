"""What is taken away of the maps: a film of the zoom, a picture, a table."""

from collections.abc import Mapping, Sequence
from functools import partial

from gdsim.core.exercises.maps.map_csv import writing_maps
from gdsim.core.exercises.maps.outcome import OutcomePlan
from gdsim.core.exercises.maps.ranges import MapRange
from gdsim.gui.exercises.exercise import Exporter
from gdsim.gui.exercises.maps.map_canvas import MapCanvas
from gdsim.gui.exercises.maps.map_colours import PaintedMap
from gdsim.gui.exercises.maps.zoom_film import PACE, ZoomCamera, film_picture, picture_count
from gdsim.gui.style.theme import Theme
from gdsim.gui.translation import translate

_SHARP = 2  # pixels of a picture along one of the window's


def export_film(
    export: Exporter,
    canvas: MapCanvas,
    plans: tuple[OutcomePlan, ...],
    range_: MapRange,
    colours: Mapping[str, str],
    theme: Theme,
) -> None:
    """Write the zoom from the whole range to the one that is seen."""
    draw = partial(film_picture, canvas, plans, colours, theme)
    count = picture_count(range_.whole[0], range_.seen[0])
    camera = partial(ZoomCamera, plans, range_.whole, count, draw)
    export.film(translate("MapsWindow", "Export a film of the zoom"), camera, count, PACE)


def export_picture(export: Exporter, canvas: MapCanvas) -> None:
    """Write the maps with their key, larger than they are in the window."""
    if canvas.sheet is not None:
        image = canvas.picture(canvas.sheet, canvas.size() * _SHARP, _SHARP * canvas.ui_scale)
        export.picture(translate("MapsWindow", "Export the maps as a picture"), image)


def export_table(export: Exporter, plans: Sequence[OutcomePlan], maps: Sequence[PaintedMap]) -> None:
    """Write a row for each pixel."""
    names = [plan.run.name for plan in plans]
    writing = partial(writing_maps, maps=[made.map for made in maps], names=names)
    export.table(translate("MapsWindow", "Export the maps as a table"), writing)
