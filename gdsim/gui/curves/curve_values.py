"""The values of the drawn curves at a place on the axis, as numbers and in words."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from gdsim.core.analysis.series import CurveKind
from gdsim.core.arrays import Array
from gdsim.gui.curves.curve_axis import CurveAxis
from gdsim.gui.curves.curve_choice import CurveLine
from gdsim.gui.curves.curve_store import CurveStore
from gdsim.gui.curves.curve_words import known_text, value_text
from gdsim.session.frame import Frame


class CurveValues(NamedTuple):
    """Some curves of one kind, with the store of their values."""

    store: CurveStore
    kind: CurveKind
    lines: tuple[CurveLine, ...]

    def heads(self, axis: CurveAxis) -> list[tuple[float, float]]:
        """Return place and value of each curve at the cursor; NaN before its run has begun."""
        views = [axis.frame.views[line.run] for line in self.lines]
        if self.kind is CurveKind.LOSS:
            known = [view.known_loss for view in views]
            rows, values = [one.step for one in known], [one.value for one in known]
        else:
            rows = [view.step for view in views]
            values = self._at(axis.frame, rows)
        return [
            (axis.place_of(view, row), value if view.begun else math.nan)
            for view, row, value in zip(views, rows, values, strict=True)
        ]

    def texts(self, axis: CurveAxis, place: float) -> list[str]:
        views = [axis.frame.views[line.run] for line in self.lines]
        steps = [math.floor(axis.row_at(view, place)) for view in views]
        if self.kind is CurveKind.LOSS:
            return [known_text(view, step) for view, step in zip(views, steps, strict=True)]
        return [value_text(value) for value in self._at(axis.frame, steps)]

    def spoken(self, axis: CurveAxis, place: float, texts: list[str]) -> str:
        """Return the values at a place in a sentence: ``"step 7: Momentum 0.25, Adam 0.5."``."""
        values = zip(self.lines, texts, strict=True)
        views = axis.frame.views
        parts = [
            f"{line.series.name if line.label else views[line.run].run.shown_name} {text}"
            for line, text in values
        ]
        return f"{axis.place_words(place)}: {', '.join(parts)}."

    def _at(self, frame: Frame, steps: Sequence[int]) -> list[float]:
        """Return the value of each curve at the step given for it."""
        known: dict[int, Array] = {}
        values = []
        for line, step in zip(self.lines, steps, strict=True):
            if line.run not in known:
                known[line.run] = self.store.values_at(frame.views[line.run], self.kind, step)
            values.append(float(known[line.run][line.place]))
        return values
