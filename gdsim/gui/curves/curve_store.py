"""What is kept of the records of growing runs, so that their curves can be drawn again and again."""

from weakref import WeakKeyDictionary

import numpy as np

from gdsim.core.analysis.series import CurveKind, Rises, extract, rises, series_of
from gdsim.core.arrays import Array, Rows
from gdsim.core.engine.trajectory import Columns, Trajectory
from gdsim.core.rules.rule import Optimizer
from gdsim.gui.curves.curve_sketch import Sketch
from gdsim.session.frame import RunView


class CurveStore:
    """Sketches of every record that has been drawn. What belongs to a record goes with it."""

    def __init__(self) -> None:
        self._sketches: WeakKeyDictionary[Trajectory, dict[tuple[CurveKind, Optimizer], Sketch]] = (
            WeakKeyDictionary()
        )
        self._rises: WeakKeyDictionary[Trajectory, Rises] = WeakKeyDictionary()

    def line(self, view: RunView, kind: CurveKind, place: int, columns: int) -> tuple[Rows, Array]:
        """Return steps and values of a series to draw in so many columns of pixels."""
        return self._sketch(view, kind).line(place, columns)

    def rising(self, view: RunView, columns: int) -> Rows:
        """Return steps that raised the loss, at least one of each column of pixels that has any."""
        steps, flags = self._sketch(view, CurveKind.LOSS).line(1, columns)
        return steps[flags > 0.0]

    def count_rises(self, view: RunView) -> int:
        """Return how many of all steps so far raised the loss."""
        return self._rises.setdefault(view.trajectory, Rises()).upto(view.whole.loss)

    def _sketch(self, view: RunView, kind: CurveKind) -> Sketch:
        record, rule = view.whole, view.run.optimizer
        count = len(series_of(kind, rule, record.p.shape[-1] - 1))
        kept = self._sketches.setdefault(view.trajectory, {})
        sketch = kept.setdefault((kind, rule), Sketch(count + (kind is CurveKind.LOSS)))

        def read(steps: slice) -> Array:
            values = extract(kind, rule, record, steps)
            return np.concatenate([values, _flags(record, steps)]) if kind is CurveKind.LOSS else values

        sketch.grow(len(record.loss), read)
        return sketch


def _flags(record: Columns, steps: slice) -> Array:
    """Return 1 for each step that raised the loss, and 0 for the others: shape (1, n)."""
    loss = record.loss[max(0, steps.start - 1) : steps.stop]
    flags = rises(loss).astype(np.float64)
    return np.concatenate([[0.0], flags] if steps.start == 0 else [flags])[np.newaxis]


def values_at(view: RunView, kind: CurveKind, step: int) -> Array:
    """Return the values of all series of a kind at a step, or at the run's last: shape (m,)."""
    step = min(step, view.trajectory.last_step)
    return extract(kind, view.run.optimizer, view.whole, slice(step, step + 1))[:, 0]
