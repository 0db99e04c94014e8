"""What is said beside the curves: a few words in the head of the card, and sentences for screen readers."""

from typing import NamedTuple

from gdsim.core.analysis.series import CurveKind
from gdsim.core.language.words import counted
from gdsim.gui.curves.curve_axis import CurveAxis
from gdsim.gui.curves.curve_store import CurveStore
from gdsim.gui.curves.curve_words import losses_text, rises_text
from gdsim.gui.translation import tr
from gdsim.session.frame import Frame


class Remarks(NamedTuple):
    """What there is to say; the short hint is for where there is no room for more."""

    hint: str = ""
    short: str = ""
    sentences: tuple[str, ...] = ()


def remarks_on(axis: CurveAxis, kind: CurveKind, store: CurveStore, *, of_selected: bool) -> Remarks:
    """Return what curves show of all steps; ``of_selected`` where they are those of the selected run."""
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
    """Return what may be done with the curves by mouse and keys."""
    return tr(
        "Click to go to a step, or read values by Shift and the arrow keys. Zoom by the wheel, by plus "
        "and minus, or by dragging with Shift; 0 or a double click shows all steps."
    )


def mark_words(kind: CurveKind) -> tuple[str, ...]:
    """Return what the small marks at the edges of the plot are."""
    above = tr("Marks above the curves: what page Why tells about the selected run.")
    if kind is not CurveKind.LOSS:
        return (above,)
    ticks = tr("Ticks below the curves: steps that raised the loss, in the colour of the run.")
    return ticks, above
