"""Names and sentences about the curves."""

import math

from gdsim.core.analysis.series import CurveKind
from gdsim.core.engine.sparse_loss import last_known
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import in_percent, with_power, with_trailing_zeros
from gdsim.core.language.texts import counted, translated
from gdsim.core.model.map_overlays import CutDirection, CutWay
from gdsim.core.model.search_checks import remembered_words
from gdsim.gui.curves.curve_choice import CurveGroup
from gdsim.gui.translation import tr
from gdsim.session.frame import Frame, RunView

_DIGITS = 5
# The directions in which the surface may be cut; keys turn the last one.
CUTS: tuple[CutDirection, ...] = (CutWay.W, CutWay.B, CutWay.STEP, CutWay.DOWN, 45)


def pane_name(kind: CurveKind) -> str:
    return {
        CurveKind.LOSS: tr("Loss curves"),
        CurveKind.GRADIENT: tr("Gradient curves"),
        CurveKind.PARAMETERS: tr("Curves of the parameters"),
        CurveKind.MEMORY: tr("Curves of the rule's state"),
        CurveKind.RATE: tr("Curves of the effective rate"),
        CurveKind.LIMIT: tr("Curves of stability"),
        CurveKind.CUT: tr("Cut through the surface"),
    }[kind]


def cut_names(axes: tuple[str, str]) -> tuple[str, ...]:
    return (*axes, tr("the step"), tr("−gradient"), tr("an angle"))


def value_text(value: float) -> str:
    """Format a value; a missing one, such as the gradient of step 0, as a dash."""
    return with_power(with_trailing_zeros(value, _DIGITS)) if value == value else "–"  # noqa: PLR0124


def rises_text(count: int, view: RunView) -> str:
    """Say how many steps of a run raised the loss: ``"loss up in 13 of 60 steps"``."""
    return counted(
        view.trajectory.last_step,
        "loss up in {risen} of {n} step",
        "loss up in {risen} of {n} steps",
        risen=numerals.integer_text(count),
    )


def losses_text(view: RunView) -> str:
    """Say how often the loss is computed; empty if at every step."""
    if view.loss_interval == 1:
        return ""
    return tr("loss every {0} steps").format(numerals.integer_text(view.loss_interval))


def known_text(view: RunView, step: int) -> str:
    """Format the loss at a row, or the last loss computed before it together with its step."""
    if step < 0:
        return value_text(math.nan)
    known = last_known(view.trajectory.until(step).loss)
    text = value_text(known.value)
    if known.step == min(step, view.trajectory.last_step):
        return text
    return tr("{0} at {1}").format(text, numerals.integer_text(view.clock.first + known.step))


def absence_text(frame: Frame, kind: CurveKind, choice: CurveGroup) -> str:
    current = frame.current
    if current is None:
        return ""
    if choice.of_selected and current.run.hidden:
        return tr("“{0}” is hidden.").format(current.run.shown_name)
    if kind is CurveKind.MEMORY and choice.of_selected:
        words = tr("{0} remembers nothing: every step knows only its own gradient.")
        title = translated(current.run.optimizer.title)
        return remembered_words(current.run.optimizer) or words.format(title)
    if kind is CurveKind.RATE and choice.of_selected:
        words = tr(
            "The rate of {0} follows from a gradient that is not recorded: of several gradients at a "
            "step, only the last is."
        )
        return words.format(translated(current.run.optimizer.title))
    if kind is CurveKind.LIMIT and frame.shown:
        return tr(
            "No visible run has a limit: their steps are not proportional to the gradient, or are made with "
            "the curvature."
        )
    return tr("No visible run has anything to draw here.") if frame.shown else tr("All runs are hidden.")


def limit_progress_text(share: float) -> str:
    """Return the text that stands in for limit curves while they are computed."""
    if share <= 0.0:
        return tr("The limits are computed when the runs are complete.")
    return tr("Computing the limits: {0}").format(in_percent(round(100.0 * share)))
