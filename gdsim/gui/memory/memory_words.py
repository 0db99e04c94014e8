"""The sentences about the memory of a run, with its numbers."""

import math

from gdsim.core.analysis.memory_lessons import BiasCurves, RootLesson
from gdsim.core.analysis.memory_weights import PastWeights
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import number, percent, superscript
from gdsim.core.language.texts import counted
from gdsim.core.model.neuron import written_names
from gdsim.gui.translation import tr

# A total this close to 1 is written as 1.
_NEARLY_ONE = 0.9995
# If less than this share of the initial value is left, it is not mentioned.
_NEGLIGIBLE_START = 0.0005


def gathered_words(power: int) -> str:
    """Return what a memory with this power sums up: gradients, or their squares."""
    return "g" if power == 1 else "g²"


def gradients_so_far(weights: PastWeights, first: int) -> str:
    """Return how many gradients a memory has gathered, since step ``first`` if a fork took it over there."""
    if first:
        return counted(
            weights.t,
            "{n} gradient since step {step}",
            "{n} gradients since step {step}",
            step=numerals.integer_text(first),
        )
    return counted(weights.t, "{n} gradient", "{n} gradients")


def weights_words(weights: PastWeights, length: int, share: float, first: int) -> str:
    """Describe what a memory consists of.

    ``first`` is the step at which a fork took over the memory of its parent, or 0.
    """
    said = _gradients_words(weights, length, share, first)
    if weights.start < _NEGLIGIBLE_START:
        return said
    words = (
        tr("Besides them, {share} of what {v} held at step {step} is left in it.")
        if first
        else tr("Besides them, {share} of what {v} started from is left in it.")
    )
    told = words.format(share=percent(weights.start), v=weights.letter, step=numerals.integer_text(first))
    return f"{said} {told}"


def _gradients_words(weights: PastWeights, length: int, share: float, first: int) -> str:
    letter, t, g = weights.letter, weights.t, gathered_words(weights.power)
    of_all = {"gradients": gradients_so_far(weights, first), "v": letter}
    if t > 1 and weights.keep == 1.0 and weights.is_geometric:
        words = (
            tr(
                "All {gradients} count alike in {v}, the first as much as the last: none is ever "
                "forgotten, so {v} only grows."
            )
            if weights.power > 1
            else tr(
                "All {gradients} count alike in {v}, the first as much as the last: none is ever forgotten."
            )
        )
        return words.format(**of_all)
    if t == 1:
        only = (
            tr("{v} holds one gradient since step {step}.")
            if first
            else tr("{v} holds the only gradient so far.")
        )
        held = only.format(**of_all, step=numerals.integer_text(first))
    elif math.isinf(weights.length):
        held = tr("None of the {gradients} is ever forgotten in {v}.").format(**of_all)
    elif length < t:
        held = counted(
            length,
            "The newest of {gradients} has {share} of their total weight in {v}.",
            "The last {n} of {gradients} have {share} of their total weight in {v}.",
            share=percent(share),
            **of_all,
        )
    else:
        held = tr("{v} holds all {gradients}.").format(**of_all)
    words = (
        tr("The newest {g} has weight {newest}, every older one {keep} times the weight of the one after it.")
        if weights.is_geometric
        else tr("The newest {g} has weight {newest}; of everything before it, {keep} is kept.")
    )
    newest, keep = number(float(weights.last[-1])), number(weights.keep, 4)
    return f"{held} {words.format(g=g, newest=newest, keep=keep)} {_total_words(weights)}"


def _total_words(weights: PastWeights) -> str:
    total = number(weights.total)
    averages = math.isclose(weights.keep + float(weights.last[-1]), 1.0)
    if averages and weights.correction != 1.0 and weights.start < _NEGLIGIBLE_START:
        words = (
            tr("Together they weigh 1 − {beta}{t} = {total}; divided by that, they weigh 1.")
            if weights.corrected
            else tr(
                "Together they weigh 1 − {beta}{t} = {total}, and the correction that would make it 1 is off."
            )
        )
        return words.format(beta=number(weights.keep, 4), t=superscript(weights.t), total=total)
    if averages and _NEARLY_ONE <= weights.total < 2.0 - _NEARLY_ONE:
        return tr("Together they weigh 1: {0} is an average.").format(weights.letter)
    if weights.start >= _NEGLIGIBLE_START:
        return tr("Together they weigh {0}.").format(total)
    if weights.power == 1 or not averages:
        words = tr("Together they weigh {0}: where all {2} agree, {1} is {0} times {2}.")
        return words.format(total, weights.letter, gathered_words(weights.power))
    words = tr("Together they weigh only {0}, since {1} starts at 0, and nothing corrects that here.")
    return words.format(total, weights.letter)


def bias_words(curves: BiasCurves, t: int, letter: str, power: int, *, corrected: bool) -> str:
    """Write the lecture's argument for the correction, with the numbers of update ``t``."""
    told = {"v": letter, "g": gathered_words(power), "t": numerals.integer_text(t)}
    told["sum"] = f"1 − {number(curves.beta, 4)}{superscript(t)}"
    if t > len(curves.value):
        words = tr(
            "By update {t}, {sum} is {share}: the start at 0 is forgotten, and there is nothing to correct."
        )
        return words.format(**told, share=number(1.0 - curves.beta**t, 4))
    share, mean = float(curves.share[t - 1]), float(curves.mean[t - 1])
    words = tr(
        "{v} starts at 0, so it can only hold E[{v}] = E[{g}] · ({sum}). With the mean of {g} so far for "
        "E[{g}], that is {mean} · {share} = {expected}; {v} is {value}. {verdict}"
    )
    verdict = (
        tr("Corrected, it is {v} / {share} = {corrected}.")
        if corrected
        else tr("The correction, to {v} / {share} = {corrected}, is off.")
    )
    told |= {"share": number(share), "corrected": number(float(curves.corrected[t - 1]))}
    told |= {
        "mean": number(mean),
        "expected": number(mean * share),
        "value": number(float(curves.value[t - 1])),
    }
    return words.format(**told, verdict=verdict.format(**told))


def root_words(lesson: RootLesson) -> str:
    """Explain why the sum of squares needs its root, with the numbers of an update."""
    w = written_names(len(lesson.typical) - 1)[0]
    words = tr(
        "With the root, {w} and b get steps of {with_w} and {with_b}: but for ε, the size of their gradients "
        "cancels out. Without it, {without_w} and {without_b}: but for ε, half the gradient makes twice the "
        "step. After {t} updates, steps are divided by {t} instead of √{t} = {root}."
    )
    said = words.format(
        w=w,
        with_w=number(float(lesson.with_root[0]), 2),
        with_b=number(float(lesson.with_root[-1]), 2),
        without_w=number(float(lesson.without[0]), 2),
        without_b=number(float(lesson.without[-1]), 2),
        t=numerals.integer_text(lesson.t),
        root=number(math.sqrt(lesson.t)),
    )
    off = tr("In this run the root is off.")
    return said if lesson.has_root else f"{said} {off}"
