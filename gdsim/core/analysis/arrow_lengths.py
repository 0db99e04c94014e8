"""How long arrows are drawn so that they can be seen: to scale, magnified by a round number, or all equal."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdsim.core.analysis.arrows import (
    Arrow,
    ArrowKind,
    RateEllipse,
    arrows,
    has_length,
    is_raw,
    rate_ellipse,
    uphill_arrow,
)
from gdsim.core.arrays import Array
from gdsim.core.formulas.nice_ticks import rounded_down
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.update_rule import MEMORY

if TYPE_CHECKING:
    from gdsim.core.analysis.update import Update

# Lengths are shares of the view range. Arrows are drawn to scale while the longest is within these bounds;
_SHORTEST, _LONGEST = 0.1, 0.9
# otherwise they are magnified until the longest is at most this long, and at least nearly half of it.
_FITTING = 0.35
# The length of arrows that are all drawn equal.
_EQUAL_LENGTH = 0.16
# The largest magnification, so that the product does not overflow.
_MOST = 1e200
# The ends of an arrow are rounded, as the parameters are. An arrow that is shorter than this many roundings
# is magnified like one of that length, because otherwise its direction would jump from step to step.
_ROUNDINGS = 64.0
# A longer arrow could be that short only if the parameters were some ten million times the view range.
_FAR_FROM_ROUNDING = 1e-6
_NONE = np.empty((0, 2))


class Lengths(StrEnum):
    TRUE = "true"
    FIT = "fit"
    SAME = "same"


@dataclass(frozen=True, eq=False)
class DrawnArrows:
    arrows: tuple[Arrow, ...]
    scale: RateEllipse | None
    times: float | None  # The magnification of steps on the map; None if all arrows are equal
    raw_times: float | None  # The magnification of gradients; None if there are none, or all arrows are equal
    at_rounding: bool = False  # Whether something is not magnified further because that would show rounding
    # (2,): where the gradient was taken, if that is not where the update begins and no arrow leads there.
    look_ahead: Array | None = None
    # The gradient's arrow, if it begins where the gradient was taken, at right angles to the contour there.
    upright: Arrow | None = None

    def is_true(self, arrow: Arrow) -> bool:
        """Return whether an arrow is drawn to scale."""
        return (self.raw_times if arrow.raw else self.times) == 1.0


class Magnification(NamedTuple):
    times: float
    at_rounding: bool = False  # Whether it is less than would fit, because more would show rounding


_NOT_MAGNIFIED = Magnification(1.0)


def drawn_arrows(
    update: "Update",
    kinds: frozenset[ArrowKind],
    part: str,
    lengths: Lengths,
    view_range: ViewRange,
    *,
    playing: bool = False,
) -> DrawnArrows:
    """Return what is drawn of an update: arrows of the given kinds, and all of the highlighted part.

    During playback the updates before this one count for the magnification, so that it does not flicker.
    """
    # All kinds decide on the magnification: switching one off must not move the others.
    every = arrows(update)
    if ArrowKind.UPHILL in kinds:
        gradient = update.drawn(update.gradient)
        every += tuple(uphill_arrow(arrow, gradient) for arrow in every if _is_pull(arrow))
    wanted = tuple(arrow for arrow in every if arrow.kind in kinds or arrow.part == part)
    at = update.drawn(update.before)
    if lengths is Lengths.SAME:
        with np.errstate(over="ignore", invalid="ignore"):
            drawn = tuple(filter(has_length, _equal(every, wanted, at, view_range)))
        upright = _upright(update, drawn, playing=playing)
        return DrawnArrows(drawn, None, None, None, look_ahead=_look_ahead(update), upright=upright)
    steps = gradients = _NOT_MAGNIFIED
    if lengths is Lengths.FIT:
        steps, gradients = _magnifications(update, every, view_range, playing=playing)
    times, raw_times = steps.times, gradients.times
    with np.errstate(over="ignore", invalid="ignore"):
        drawn = tuple(filter(has_length, _magnified(wanted, at, times, raw_times)))
    rates = rate_ellipse(update) if ArrowKind.RATES in kinds or part == MEMORY else None
    if rates is not None:
        rates = replace(rates, radii=np.minimum(rates.radii, _MOST / times) * times)
    has_raw = any(arrow.raw for arrow in every)
    look_ahead = None if times == 1.0 else _look_ahead(update)
    upright = _upright(update, drawn, playing=playing)
    at_rounding = steps.at_rounding or gradients.at_rounding
    return DrawnArrows(drawn, rates, times, raw_times if has_raw else None, at_rounding, look_ahead, upright)


def _magnifications(
    update: "Update", every: Sequence[Arrow], view_range: ViewRange, *, playing: bool
) -> tuple[Magnification, Magnification]:
    """Return the magnification of steps on the map, and that of gradients."""
    with np.errstate(over="ignore", invalid="ignore"):
        before, raw_before = _vectors_before(update) if playing else (_NONE, _NONE)
        times = magnification([arrow for arrow in every if not arrow.raw], view_range, before)
        return times, magnification([arrow for arrow in every if arrow.raw], view_range, raw_before)


def _magnified(wanted: Iterable[Arrow], at: Array, times: float, raw_times: float) -> Iterator[Arrow]:
    for arrow in wanted:
        yield _magnified_gradient(arrow, at, times, raw_times) if arrow.raw else magnified(arrow, at, times)


def _is_pull(arrow: Arrow) -> bool:
    return arrow.kind is ArrowKind.GRADIENT and not arrow.ghost


def _look_ahead(update: "Update") -> Array | None:
    place = update.drawn(update.gradient_place)
    elsewhere = update.rule.looks_ahead and (place != update.drawn(update.before)).any()
    return place if elsewhere and np.isfinite(place).all() else None


def _upright(update: "Update", drawn: Sequence[Arrow], *, playing: bool) -> Arrow | None:
    """Return the gradient's arrow if it is at right angles to the contour through its start.

    The gradient over some of the points is not, nor is that of a neuron with more than one weight. Return
    None during playback as well, when nobody sees the angle.
    """
    if playing or len(update.rows) < len(update.points) or len(update.before) != len(update.axes):
        return None
    at = update.drawn(update.gradient_place)
    return next((arrow for arrow in drawn if _is_pull(arrow) and (arrow.start == at).all()), None)


def magnification(drawn: Sequence[Arrow], view_range: ViewRange, before: Array = _NONE) -> Magnification:
    """Return a round number (1, 2 or 5, times a power of ten) by which arrows are magnified to be seen well.

    It is 1 whenever they can be seen to scale, so that the step ends where the run goes next.

    Steps (k, 2) of the updates before count as well. So the magnification stays the same where long and short
    steps alternate, and arrows can be compared from step to step.
    """
    longest = max((length_share(arrow.vector, view_range) for arrow in drawn), default=0.0)
    if longest > 0.0 and len(before):
        shares = np.hypot(*(before / view_range.extent).T)
        longest = max(longest, float(shares.max(initial=0.0, where=np.isfinite(shares))))
    if not 0.0 < longest < math.inf or _SHORTEST <= longest <= _LONGEST:
        return _NOT_MAGNIFIED
    if longest > _FAR_FROM_ROUNDING:
        return Magnification(rounded_down(_FITTING / longest))
    rounding = math.ulp(np.abs([(arrow.start, arrow.end) for arrow in drawn]).max())
    width, height = view_range.extent
    least = _ROUNDINGS * math.hypot(rounding / width, rounding / height)
    return Magnification(rounded_down(min(_FITTING / max(longest, least), _MOST)), longest < least)


def _vectors_before(update: "Update") -> tuple[Array, Array]:
    """Return the vectors (k, 2) of the updates before that are drawn as steps, and as raw gradients."""
    steps, gradients = update.drawn(update.steps_before), update.drawn(update.gradients_before)
    if is_raw(update.rule):
        return steps, gradients
    return np.concatenate([steps, update.etas_before[:, np.newaxis] * gradients]), _NONE


def magnified(arrow: Arrow, around: Array, times: float) -> Arrow:
    """Return an arrow enlarged around a place, so that arrows that add up still do."""
    if times == 1.0:
        return arrow  # exact to the last bit
    start, end = (around + times * (place - around) for place in (arrow.start, arrow.end))
    return arrow.between(start, end)


def _magnified_gradient(arrow: Arrow, around: Array, times: float, raw_times: float) -> Arrow:
    """Return a gradient enlarged by ``raw_times``, beginning where steps enlarged by ``times`` lead."""
    if times == raw_times == 1.0:
        return arrow
    start = around + times * (arrow.start - around)
    return arrow.between(start, start + raw_times * arrow.vector)


def _equal(every: Sequence[Arrow], wanted: Sequence[Arrow], at: Array, view_range: ViewRange) -> list[Arrow]:
    """Return arrows of equal length, which begin at ``at`` unless they began at the tip of another one."""
    tips = {tuple(at.tolist()): at}
    made = []
    for arrow in every:
        share = length_share(arrow.vector, view_range)
        if not 0.0 < share < math.inf:
            continue
        start = tips.get(tuple(arrow.start.tolist()), at)
        end = start + arrow.vector * (_EQUAL_LENGTH / share)
        tips.setdefault(tuple(arrow.end.tolist()), end)
        # A gradient drawn a second time only shows that arrows add up, which they no longer do.
        if arrow in wanted and not (arrow.ghost and arrow.kind is ArrowKind.GRADIENT):
            made.append(arrow.between(start, end))
    return made


def length_share(arrow: Array, view_range: ViewRange) -> float:
    """Return the length of an arrow (2,) as a share of the view range."""
    return math.hypot(*(part / size for part, size in zip(arrow.tolist(), view_range.extent, strict=True)))
