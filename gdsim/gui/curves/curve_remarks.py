"""Remarks on the curves: a hint for the head of the card, and sentences for screen readers."""

from typing import NamedTuple

from gdsim.core.analysis.series import CurveKind
from gdsim.core.language.texts import counted
from gdsim.gui.curves.curve_axis import CurveAxis
from gdsim.gui.curves.curve_store import CurveStore
from gdsim.gui.curves.curve_words import losses_text, rises_text
from gdsim.gui.translation import tr
from gdsim.session.frame import Frame


class Remarks(NamedTuple):
    """Remarks on the curves, with a shorter hint for a narrow header."""

    hint: str = ""
    short: str = ""
    sentences: tuple[str, ...] = ()


def remarks_on(axis: CurveAxis, kind: CurveKind, store: CurveStore, *, of_selected: bool) -> Remarks:
    """Return remarks on all steps; ``of_selected`` says that the curves are the selected run's only."""
    frame = axis.frame
    if kind is CurveKind.LOSS:
        counts = {
            index: losses_text(view) or rises_text(store.count_rises(view), view)
            for index, view in frame.shown
        }
        sentences = tuple(
            f"{frame.views[index].run.shown_name}: {text}." for index, text in sorted(counts.items())
        )
        return Remarks(counts.get(frame.selected, ""), _short_hint(frame, store), sentences)
    return Remarks(frame.current.run.shown_name if of_selected and frame.current else "")


def _short_hint(frame: Frame, store: CurveStore) -> str:
    view = dict(frame.shown).get(frame.selected)
    if view is None or view.loss_interval != 1:
        return ""
    return counted(store.count_rises(view), "{n} rise", "{n} rises")


def usage_words() -> str:
    return tr(
        "Click to go to a step, or read values with Shift and the arrow keys. Zoom with the wheel, with "
        "plus and minus, or by dragging with Shift; 0 or a double click shows all steps."
    )


def mark_words(kind: CurveKind) -> tuple[str, ...]:
    """Explain the small marks at the edges of the plot."""
    above = tr("Marks above the curves: what the page Why says about the selected run.")
    if kind is not CurveKind.LOSS:
        return (above,)
    ticks = tr("Ticks below the curves: steps that raised the loss, in the colour of the run.")
    return ticks, above
