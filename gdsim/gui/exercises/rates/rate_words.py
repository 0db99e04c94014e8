"""What is said while rates are tried, and of what came of it."""

from PySide6.QtCore import QCoreApplication

from gdsim.core.exercises.rate_ladder import Trial, best
from gdsim.core.formulas.numerals import precise, rounded
from gdsim.core.model.experiment import Run

# So many points times steps take a while.
_MANY = 20_000_000


def _tr(text: str) -> str:
    return QCoreApplication.translate("RateDialog", text)


def trying_words(rate: float, steps: int, points: int) -> str:
    """Return what is being done."""
    if steps * points <= _MANY:
        return _tr("trying {rate}").format(rate=precise(rate))
    sentence = _tr("trying {rate} over {n} points, which takes a while")
    return sentence.format(rate=precise(rate), n=f"{points:,}")


def what_came_of_it(run: Run | None, trials: tuple[Trial, ...], *, stale: bool) -> str:
    """Return what there is to say of some trials of a run, or what to do when there are none.

    Parameters
    ----------
    run : Run or None
    trials : tuple of Trial
    stale : bool
        Whether they are of another run, or over other points.
    """
    if run is None:
        return _tr("There is no run to find a rate for. Add one in the window first.")
    if not trials:
        return _tr(
            "The lecture tries rates on a logarithmic scale first, and then finer ones around the best. "
            "Begin with the ladder."
        )
    if stale:
        return _tr("The run or the points have changed; the rates are tried again in a moment.")
    found = best(trials)
    if found is None:
        return _tr("All of these diverge; try smaller rates.")
    sentence = _tr(
        "Of these, η {rate} is the best: the loss goes from {first} to {last} in {n} steps. "
        "The run itself has η {own}; click a row or a curve, or press Enter on it, to give it that rate."
    )
    return sentence.format(
        rate=precise(found.rate),
        first=rounded(float(found.loss[0]), 4),
        last=rounded(found.last, 4),
        n=f"{found.steps:,}",
        own=precise(run.optimizer.eta),
    )
