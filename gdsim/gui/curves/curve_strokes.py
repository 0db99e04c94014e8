"""Conversion of the chosen curves into strokes of the plot."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.series import CurveKind
from gdsim.core.arrays import Array, Rows
from gdsim.gui.curves.curve_axis import CurveAxis
from gdsim.gui.curves.curve_choice import CurveLine
from gdsim.gui.curves.curve_plot import Stroke
from gdsim.gui.curves.curve_store import CurveStore
from gdsim.gui.curves.time_view import TimeView
from gdsim.gui.style.stylesheet import mixed_colour
from gdsim.gui.style.theme import RunStyle, Theme
from gdsim.session.frame import RunView

# Share of its colour that the curve of every step keeps behind the curve of means.
_PALE = 0.35


class CurveDrawing(NamedTuple):
    """The data and settings from which the curves of a frame are drawn."""

    store: CurveStore
    axis: CurveAxis
    kind: CurveKind
    time: TimeView
    columns: int  # of pixels that the steps in view span
    means: bool  # whether means over an epoch are drawn, where an epoch has several steps

    def strokes(self, lines: Sequence[CurveLine]) -> list[Stroke]:
        return [self._stroke(self.axis.frame.views[line.run], line) for line in lines]

    def pale_strokes(self, lines: Sequence[CurveLine], ground: str) -> list[Stroke]:
        """Return strokes of every step for curves drawn as means, in colours faded towards the ground."""
        strokes = []
        for line in lines if self.means else ():
            view = self.axis.frame.views[line.run]
            if view.clock.per_epoch > 1:
                steps, values = self.store.line(view, self.kind, line.place, self.columns, self._within(view))
                style = RunStyle(mixed_colour(ground, line.style.colour, _PALE), (), line.style.marker)
                strokes.append(Stroke(self._places(view, steps), values, style, "", np.empty(0)))
        return strokes

    def _stroke(self, view: RunView, line: CurveLine) -> Stroke:
        within, means = self._within(view), self.means and view.clock.per_epoch > 1
        steps, values = self.store.line(view, self.kind, line.place, self.columns, within, means=means)
        # Rises of the loss are known only if every step's loss was computed.
        ticked = self.kind is CurveKind.LOSS and view.loss_interval == 1
        ticks = self.store.rising(view, self.columns, within) if ticked else np.empty(0)
        places, ticks = self._places(view, steps), self._places(view, ticks)
        return Stroke(places, values, line.style, line.label, ticks)

    def _places(self, view: RunView, rows: Array | Rows) -> Array:
        return self.axis.place_of(view, rows.astype(np.float64))

    def _within(self, view: RunView) -> slice | None:
        """Return the visible rows of a run and one more at each end, so that lines leave the plot there."""
        if self.time.part is None:
            return None
        first, last = (self.axis.row_at(view, self.time.step_at(end)) for end in self.time.drawn)
        return slice(max(0, math.floor(first) - 1), max(0, math.ceil(last) + 2))


def limit_stroke(time: TimeView, theme: Theme) -> Stroke:
    """Return the line at the limit, where the share of the limit is 1."""
    # Only plain descent has this colour among the runs, and its line is not dashed.
    style = RunStyle(theme.text, (4.0, 4.0), "o")
    return Stroke(np.array([0.0, time.length]), np.ones(2), style, "", np.empty(0))
