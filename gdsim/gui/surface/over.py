"""The layer of a playback frame over the surface: runs, arrows, the cut, tries of a search and names."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter

from gdsim.core.model.map_overlays import CutDirection
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice, drawing_of
from gdsim.gui.arrows.paint import ArrowShape, paint_look_ahead, paint_shapes
from gdsim.gui.arrows.search_marks import cut_line, cut_style, paint_tries, shown_tries
from gdsim.gui.paint.budget import Budget
from gdsim.gui.paint.trail import RunTrails, TrailStyle
from gdsim.gui.style.theme import Look
from gdsim.gui.surface.arrow_shapes import arrow_shapes, line_shapes
from gdsim.gui.surface.marks import PlaceLabel, RunMarks, draw_labels
from gdsim.gui.surface.minimum_names import MinimumNames
from gdsim.gui.surface.trails import ProjectedPlace, SurfaceRows, SurfaceStage, SurfaceTrail
from gdsim.session.frame import Frame, RunView

if TYPE_CHECKING:
    from gdsim.core.analysis.update import Update

_WIDTH, _WIDTH_SELECTED = 2.2, 2.7
_CORNER = QPointF(0.0, 0.0)


class SurfaceOverlay:
    """Painter of the moving parts. Every run has its own layer, to which a frame adds a few lines."""

    def __init__(self) -> None:
        self.choice = ArrowChoice()
        self.cut: CutDirection | None = None
        self.labels: tuple[PlaceLabel, ...] = ()
        self.minimum_names = MinimumNames()
        self.taken: list[QRectF] = []  # rectangles of the numbers and names around the box
        # For each run, the style of its line while it is not selected, and while it is.
        self._styles: tuple[tuple[TrailStyle, TrailStyle], ...] = ()
        self._marks: tuple[RunMarks, ...] = ()
        self._trails = RunTrails(_rows, SurfaceTrail)

    def set_look(self, look: Look) -> None:
        self._styles = tuple(
            (
                TrailStyle(one, look.theme.halo, look.ui_scale * _WIDTH),
                TrailStyle(one, look.theme.halo, look.ui_scale * _WIDTH_SELECTED),
            )
            for one in look.styles
        )
        self._marks = tuple(RunMarks(one, look.theme, look.ui_scale) for one in look.styles)

    def paint(
        self,
        painter: QPainter,
        stage: SurfaceStage,
        surface: LossSurface,
        frame: Frame | None,
        look: Look,
        font: QFont,
        budget: Budget,
    ) -> None:
        """Paint from bottom to top; without a frame, only the names of minima.

        Very long runs are painted as far as the budget allows. If it is spent, more remains to be painted.
        """
        if frame is None:
            self.minimum_names.paint(painter, font, look.theme)
            return
        self._paint_trails(painter, stage, frame, budget)
        drawing, update = drawing_of(frame, self.choice, stage.terrain.view_range), frame.update
        arrows: list[ArrowShape] = []
        if drawing and update:
            arrows = arrow_shapes(stage, drawing, update, frame.part, look.theme)
        heads = _heads(stage, [(index, frame.views[index]) for index in self._trails.trails])
        markers = [self._marks[index].inside(spot.pixel) for index, spot in heads.items()]
        self.minimum_names.paint(painter, font, look.theme, arrows, markers)
        self._paint_marks(painter, heads, frame.selected)
        line = cut_line(self.cut, frame, surface)
        if line is not None:
            paint_shapes(painter, line_shapes(stage, line, cut_style(look.theme)), look.theme, look.ui_scale)
        if drawing and update:
            self._paint_arrows(painter, look, arrows, heads, frame.selected)
            if drawing.look_ahead is not None:
                _paint_look_ahead(painter, stage, surface, update, look)
        draw_labels(painter, stage, self.labels, font, look.theme)
        self._paint_other_heads(painter, heads, frame.selected)
        found = shown_tries(frame, self.choice)
        if found is not None:
            spots = stage.spots(found.places, found.losses)
            places = [spot.pixel if spot and not spot.behind else None for spot in spots]
            paint_tries(painter, places, found.taken, look.theme, look.ui_scale)

    def _paint_trails(self, painter: QPainter, stage: SurfaceStage, frame: Frame, budget: Budget) -> None:
        styles = [pair[index == frame.selected] for index, pair in enumerate(self._styles)]
        self._trails.advance(frame, stage, styles, budget)
        trails, layers = self._trails.trails, [layers for _, layers in sorted(self._trails.layers.items())]
        for one in layers:
            painter.drawImage(_CORNER, one.halos)
        for trail in trails.values():
            trail.paint_halo(painter)
        if frame.dragging and frame.selected in trails:  # preview the whole run
            chosen = trails[frame.selected]
            chosen.paint_whole(painter, chosen.rows.record.last_step, budget)
        for one in layers:
            painter.drawImage(_CORNER, one.lines)
        for trail in trails.values():
            trail.paint_line(painter)

    def _paint_arrows(
        self,
        painter: QPainter,
        look: Look,
        shapes: Sequence[ArrowShape],
        heads: Mapping[int, ProjectedPlace],
        selected: int,
    ) -> None:
        taken = list(self.taken)
        for label in self.minimum_names.labels:
            taken += [label.plate, label.cross]
        others = (index for index in heads if index != selected)  # are painted above arrows
        taken += [self._marks[index].room(heads[index].pixel) for index in others]
        paint_shapes(painter, shapes, look.theme, look.ui_scale, taken)

    def _paint_marks(self, painter: QPainter, heads: Mapping[int, ProjectedPlace], selected: int) -> None:
        for index, trail in self._trails.trails.items():
            if start := trail.start:
                self._marks[index].paint_start(painter, start.pixel, behind=start.behind)
        for index, head in heads.items():
            chosen = index == selected
            self._marks[index].paint_head(painter, head.pixel, selected=chosen, behind=head.behind)

    def _paint_other_heads(self, painter: QPainter, heads: dict[int, ProjectedPlace], selected: int) -> None:
        """Paint the markers of the other runs again, above arrows, unless they touch the selected run's."""
        chosen = heads.get(selected)
        for index, head in heads.items():
            marks = self._marks[index]
            if index != selected and not (chosen and marks.touches(head.pixel, chosen.pixel)):
                marks.paint_head(painter, head.pixel, selected=False, behind=head.behind)


def _rows(stage: SurfaceStage, view: RunView) -> SurfaceRows:
    return SurfaceRows(stage.terrain, view.trajectory)


def _heads(stage: SurfaceStage, shown: list[tuple[int, RunView]]) -> dict[int, ProjectedPlace]:
    """Return the current spots of the runs that are inside the view range."""
    if not shown:
        return {}
    p, loss = np.array([view.p for _, view in shown]), np.array([view.loss for _, view in shown])
    spots = zip(shown, stage.spots(p, loss), strict=True)
    return {index: spot for (index, _), spot in spots if spot}


def _paint_look_ahead(
    painter: QPainter, stage: SurfaceStage, surface: LossSurface, update: "Update", look: Look
) -> None:
    place = update.gradient_place[np.newaxis]
    (spot,) = stage.spots(place, surface.loss_at(*update.drawn(place).T))
    if spot and not spot.behind:
        paint_look_ahead(painter, spot.pixel, look.theme)
