"""The words of the maps: their classes, how a run ends, and how ragged an edge is."""

import math
from collections.abc import Collection, Sequence

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.maps.outcome import Ending, Outcome, OutcomeMap
from gdsim.core.exercises.maps.raggedness import BoxCount
from gdsim.core.formulas.numerals import exact, number, percent, rounded, with_power
from gdsim.core.language.texts import counted, localised, translated
from gdsim.core.model.neuron import written_names
from gdsim.gui.translation import tr

# The pixels along a map's side, and the fewest and most digits of a number written to a tenth of a pixel.
_PIXELS, _FEWEST, _MOST = 256, 3, 17


def meanings(steps: Collection[int], below: float, *, searched: bool = False, forked: bool = False) -> str:
    """Explain the classes, with their tolerances.

    ``steps`` has the steps of the runs on each map; ``searched`` says whether any run searches for its steps,
    ``forked`` whether any is a fork.
    """
    sentence = tr(
        "Solved: the loss falls below {below} {within}. Diverged: a number became "
        "infinite or undefined. On a plateau: at the end the gradient is shorter than 1·10⁻⁵. In another "
        "minimum: the gradient is as short there, and the loss rises all around. Still moving: all others."
    )
    within = counted(max(steps), "within {n} step", "within {n} steps")
    words = sentence.format(below=exact(below), within=within)
    if min(steps) < max(steps):
        words = tr("{words} No run makes more steps than in the window.").format(words=words)
    if forked:
        begins = tr(
            "{words} A run that branches off from another begins at the start here, with its own settings."
        )
        words = begins.format(words=words)
    if not searched:
        return words
    stopped = tr(
        "{words} Found no step: the direction leads uphill, the search found none, or the curvature is "
        "singular."
    )
    return stopped.format(words=words)


def axis_value_text(axis: MapAxis, value: float) -> str:
    """Return the text of a value on an axis, with the digits that its pixels can tell apart."""
    low, high = axis.low, axis.high
    pixel = (high - low) / _PIXELS
    if axis.log:
        pixel = min(pixel, abs(value) * math.log(high / low) / _PIXELS)
    size = max(abs(value), pixel)
    digits = 2 + math.floor(math.log10(size)) - math.floor(math.log10(pixel)) if pixel > 0.0 else _MOST
    return with_power(rounded(value, min(_MOST, max(_FEWEST, digits))))


def ending_words(end: Ending, basin: int = 0) -> str:
    """Say how a run ends, without a full stop."""
    if end.kind is Outcome.NOT_YET:
        return translated(end.kind.words)
    count = counted(end.steps, "{n} step", "{n} steps")
    if end.kind is Outcome.DIVERGED:
        return tr("diverged after {0}").format(count)
    names = written_names(len(end.p) - 1)
    where = ", ".join(f"{name} {number(value, 4)}" for name, value in zip(names, end.p, strict=True))
    words = tr("solved after {steps}") if end.kind is Outcome.SOLVED else tr("{class_} after {steps}")
    if basin:
        words = tr("{0}, minimum {1}").format(words, basin)
    words = words.format(class_=translated(end.kind.words), steps=count)
    return tr("{ending}, loss {loss} at {place}").format(ending=words, loss=number(end.loss), place=where)


def map_summary(name: str, outcomes: OutcomeMap) -> str:
    """Say which share of a map each class has, as a sentence."""
    known = outcomes.kind.size - outcomes.count(Outcome.NOT_YET)
    parts = [
        tr("{0} {1}").format(percent(outcomes.count(kind) / known), translated(kind.words))
        for kind in Outcome
        if kind is not Outcome.NOT_YET and known and outcomes.count(kind)
    ]
    return f"{name}: {', '.join(parts) or translated(Outcome.NOT_YET.words)}."


def ragged_words(names: Sequence[str], counts: Sequence[BoxCount | None]) -> str:
    """Say how ragged the edges of maps are, in sentences."""
    parts = [_ragged_part(*pair) for pair in zip(names, counts, strict=True)]
    sizes = next((one.sizes for one in counts if one is not None), None)
    if sizes is None:
        return tr("There is hardly any edge here to measure.")
    sentence = tr(
        "How ragged the edges are, counted in boxes of {first} to {last} pixels: {maps}. A smooth edge has "
        "1, an edge that fills the map has 2."
    )
    return sentence.format(first=sizes[0], last=sizes[-1], maps="; ".join(parts))


def _ragged_part(name: str, count: BoxCount | None) -> str:
    if count is None:
        return tr("{0}: hardly any edge").format(name)
    words = tr("{name}: about {dimension} (the fit misses a count by {error} on average)")
    return words.format(name=name, dimension=localised(f"{count.dimension:.2f}"), error=percent(count.error))
