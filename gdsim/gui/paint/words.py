"""Descriptions of what is drawn: steps, runs, and the error surface for users who cannot see it."""

from collections.abc import Iterable

from gdsim.core.analysis.batch_view import place_in_epoch
from gdsim.core.formulas.numerals import integer_text, joined_numbers, number
from gdsim.core.language.texts import counted
from gdsim.core.model.neuron import written_names
from gdsim.core.model.plane import Plane
from gdsim.core.surface.surface import LossSurface, LowestKind, LowestPlace
from gdsim.gui.translation import tr
from gdsim.session.frame import Frame, RunView

_MOST_TOLD = 8


def lowest_name(kind: LowestKind) -> str:
    """Return the label of the lowest place of a view range, in one or two lines."""
    return {
        LowestKind.MINIMUM: tr("minimum"),
        LowestKind.BORDER: tr("lowest in view,\nat the border"),
        LowestKind.ENDLESS: tr("lowest in view;\nthe minimum is at infinity"),
        LowestKind.BEYOND: tr("lowest in view,\nat the border"),
        LowestKind.EDGE: tr("lowest in view,\nat the edge of the domain"),
        LowestKind.LEVEL: tr("lowest in view,\nlevel here"),
        LowestKind.BOTTOMLESS: tr("the loss falls\nwithout end here"),
        LowestKind.NOWHERE: "",
    }[kind]


def lowest_words(place: LowestPlace) -> str:
    words = {
        LowestKind.MINIMUM: tr("Minimum: the loss rises on all sides."),
        LowestKind.BORDER: tr(
            "Lowest in view, at the border: the loss keeps falling beyond it. The minimum is outside this "
            "view."
        ),
        LowestKind.ENDLESS: tr(
            "Lowest in view, at the border: the loss keeps falling beyond it. No place is the lowest of "
            "all: as the parameters grow without end, the loss can come as near to {0} as you like."
        ),
        LowestKind.BEYOND: tr("Lowest in view, at the border: the loss keeps falling beyond it."),
        LowestKind.EDGE: tr(
            "Lowest in view, at the edge of the domain: on some sides the loss rises, on others it has "
            "no value."
        ),
        LowestKind.LEVEL: tr(
            "Lowest in view, and level: somewhere next to it the loss is the same, up to rounding."
        ),
        LowestKind.BOTTOMLESS: tr("No place is the lowest: next to the cross the loss falls without end."),
        LowestKind.NOWHERE: tr("The loss has no value at any of the places in view that were tried."),
    }[place.kind]
    return words.format(number(place.bound))


def minima_words(surface: LossSurface) -> str:
    """Describe the lowest place of a surface, and list other known minima."""
    words, others = lowest_words(surface.lowest), surface.known_minima
    if not others:
        return words
    as_low = tr("The loss is just as low at {0}.").format(places_text(others))
    return f"{words} {as_low}"


def places_text(places: Iterable[tuple[float, float]]) -> str:
    """List places of the plane: ``"(3, 2), (−2.805, 3.131)"``."""
    return ", ".join(f"({joined_numbers(number(value, 4) for value in place)})" for place in places)


def surface_words(surface: LossSurface, concealed: frozenset[str]) -> str:
    """Describe a surface: its view range, the highest and lowest loss in it, and the lowest place.

    The lowest place is left out if ``"minimum"`` is concealed.
    """
    view_range, low = surface.view_range, surface.lowest
    ends = (view_range.w_min, view_range.w_max, view_range.b_min, view_range.b_max, float(surface.loss.max()))
    if low.kind is LowestKind.NOWHERE:
        words = tr("{4} from {0} to {1}, {5} from {2} to {3}.")
        return f"{words.format(*map(number, ends[:4]), *surface.plane.names)} {lowest_words(low)}"
    heights = tr("Heights are logarithms.") if surface.heights.base is not None else ""
    if "minimum" in concealed or low.kind is LowestKind.BOTTOMLESS:
        words = tr("{5} from {0} to {1}, {6} from {2} to {3}. The highest loss drawn is {4}.")
        told = words.format(*map(number, ends), *surface.plane.names)
        lowest = "" if "minimum" in concealed else lowest_words(low)
    else:
        words = tr(
            "{8} from {0} to {1}, {9} from {2} to {3}. The highest loss drawn is {4}, the lowest {7}, at {8} "
            "{5}, {9} {6}."
        )
        told = words.format(*map(number, (*ends, low.w, low.b, low.loss)), *surface.plane.names)
        lowest = minima_words(surface)
    return " ".join(filter(None, (told, lowest, heights)))


def slice_words(plane: Plane) -> str:
    """Name the values of the parameters that are not drawn: ``"slice at w₂ = 0, w₃ = 1.5"``."""
    names = written_names(plane.dimension)
    held = (
        f"{names[place]} = {number(value)}" for place, value in zip(plane.others, plane.held, strict=True)
    )
    return tr("slice at {0}").format(", ".join(held))


def run_words(view: RunView) -> str:
    """Describe the current step of a run: ``"Adam, step 3 of 60: w 1.2, b -0.5, loss 0.1"``."""
    if not view.begun:
        return tr("{0} begins at step {1}").format(view.run.shown_name, integer_text(view.clock.first))
    *weights, bias = (number(value) for value in view.p.tolist())
    known = view.known_loss
    last, loss = integer_text(view.last_number), number(known.value)
    if known.step != view.step:
        loss = tr("{0} at step {1}").format(loss, integer_text(view.clock.first + known.step))
    place = tr("{0}, step {1} of {2}: w {3}, b {4}, loss {5}")
    step = integer_text(view.number)
    return place.format(view.run.shown_name, step, last, " ".join(weights), bias, loss)


def why_nothing(frame: Frame) -> str:
    """Say why a frame has no run, or no step of the selected run, to show."""
    current = frame.current
    if current is None and not frame.is_waiting:
        return tr("There is no run. Add one under Runs.")
    if current is not None and current.trajectory.stop:
        return tr("There is no step to show. {0}").format(current.trajectory.stop.sentence)
    return tr("The first step is not computed yet.")


def runs_words(frame: Frame | None) -> str:
    """Describe the visible runs, the selected one first; of very many runs, only some."""
    views = [view for _, view in (*frame.shown[-1:], *frame.shown[:-1])] if frame else []
    words = [f"{run_words(view)}." for view in views[:_MOST_TOLD]]
    if len(views) > _MOST_TOLD:
        words.append(counted(len(views) - _MOST_TOLD, "And {n} more run.", "And {n} more runs."))
    return " ".join(words)


def place_text(frame: Frame, place: int) -> str:
    """Describe a step or an epoch: ``"step 74, update 2 of 3 in epoch 25"``."""
    if frame.by_epoch:
        return tr("epoch {0}").format(integer_text(place))
    step, current = tr("step {0}").format(integer_text(place)), frame.current
    if current is None or not current.clock.first < place <= current.last_number:
        return step
    per_epoch = current.clock.per_epoch
    if per_epoch == 1:
        return step
    update, epoch = place_in_epoch(place - current.clock.epoch0, per_epoch)
    words = tr("{0}, update {1} of {2} in epoch {3}")
    return words.format(step, integer_text(update), integer_text(per_epoch), integer_text(epoch))
