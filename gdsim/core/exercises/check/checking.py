"""From a sheet of own values to what there is to say and to draw of it."""

from dataclasses import dataclass

from gdsim.core.arrays import Array
from gdsim.core.engine.flying import flying
from gdsim.core.exercises.check.overlay import Overlay, overlaying
from gdsim.core.exercises.check.sheet import Sheet
from gdsim.core.exercises.check.verdict import Verdict, marking
from gdsim.core.model.experiment import Experiment
from gdsim.core.progress import Pieces, part_of


@dataclass(frozen=True, eq=False)
class Checked:
    """What came of it.

    Attributes
    ----------
    verdict : Verdict
    overlay : Overlay
    beyond : int
        Rows that are not checked, since the run ends before them.
    """

    verdict: Verdict
    overlay: Overlay
    beyond: int

    @property
    def wrong_step(self) -> int | None:
        """The first step that is wrong."""
        wrong = self.verdict.wrong
        return None if wrong is None else int(self.verdict.attempt.steps[wrong])

    @property
    def expected(self) -> Array | None:
        """Where the first wrong row should be: shape (d + 1,)."""
        return None if self.verdict.wrong is None else self.verdict.expected[self.verdict.wrong]


def checking(experiment: Experiment, index: int, sheet: Sheet) -> Pieces[Checked]:
    """Yield the share that is checked; at the end return what there is to say of a sheet.

    Only as much of the run is flown as the sheet reaches.

    Parameters
    ----------
    experiment : Experiment
    index : int
        Of the run.
    sheet : Sheet

    Raises
    ------
    ValueError
        If no row is whole, or the run has no such step.
    """
    run, attempt = experiment.runs[index], sheet.attempt()
    # One step more: the table may turn out to be one step late.
    flown = yield from part_of(flying(experiment, index, int(attempt.steps[-1]) + 1), 0.0, 0.3)
    record = flown.until(flown.last_step)
    verdict = yield from part_of(marking(experiment, run, record, attempt), 0.3, 0.9)
    overlay = yield from part_of(overlaying(experiment, run, record, verdict), 0.9, 1.0)
    return Checked(verdict, overlay, len(attempt.steps) - len(verdict.attempt.steps))
