"""What the curves say in words."""

from PySide6.QtCore import QCoreApplication

from gdsim.core.analysis.series import CurveKind
from gdsim.core.engine.sparse_loss import last_known
from gdsim.core.formulas.numerals import rounded
from gdsim.gui.curves.curve_choice import Choice
from gdsim.session.frame import Frame, RunView

_DIGITS = 5


def _tr(text: str) -> str:
    return QCoreApplication.translate("Curves", text)


def value_text(value: float) -> str:
    """Return a value to some digits; a dash for what there is not, such as the gradient of step 0."""
    return rounded(value, _DIGITS).replace("-", "−") if value == value else "–"  # noqa: PLR0124


def rises_text(count: int, view: RunView) -> str:
    """Return how many steps of a run raised the loss: ``"13 of 60 steps raised the loss"``."""
    return _tr("{0:,} of {1:,} steps raised the loss").format(count, view.trajectory.last_step)


def losses_text(view: RunView) -> str:
    """Return at which steps the loss is known; nothing when it is known at all of them."""
    if view.loss_interval == 1:
        return ""
    return _tr("loss every {0:,} steps").format(view.loss_interval)


def known_text(view: RunView, step: int) -> str:
    """Return the loss at a step, or the last one that was computed before it, with its own step."""
    known = last_known(view.trajectory.until(step).loss)
    text = value_text(known.value)
    if known.step == min(step, view.trajectory.last_step):
        return text
    return _tr("{0} at {1:,}").format(text, known.step)


def absence_text(frame: Frame, kind: CurveKind, choice: Choice) -> str:
    """Return why nothing is drawn."""
    current = frame.current
    if current is None:
        return ""
    if choice.of_selected and current.run.hidden:
        return _tr("{0} is hidden.").format(current.run.name)
    if kind is CurveKind.MEMORY and choice.of_selected:
        words = _tr("{0} remembers nothing: every step knows no gradient but its own.")
        return words.format(current.run.optimizer.title)
    return _tr("No visible run has this.") if frame.shown else _tr("All runs are hidden.")


def no_runs_text() -> str:
    """Return what stands where there is no run to draw."""
    return _tr("There are no runs. Add one under Runs, and its curves are drawn here.")


def zero_text() -> str:
    """Return why nothing is drawn of curves that are 0 everywhere."""
    return _tr("All of this is 0, which has no place on a logarithmic scale.")


def pane_name(kind: CurveKind) -> str:
    """Return the name of the curves of a kind."""
    return {
        CurveKind.LOSS: _tr("Loss curves"),
        CurveKind.GRADIENT: _tr("Gradient curves"),
        CurveKind.PARAMETERS: _tr("Curves of the parameters"),
        CurveKind.MEMORY: _tr("Curves of the rule's memory"),
        CurveKind.RATE: _tr("Curves of the effective rate"),
    }[kind]
