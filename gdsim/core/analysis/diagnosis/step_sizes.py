"""How long the steps of a rule are: the first ones, decaying rates, and the momentum at its cap."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind
from gdsim.core.analysis.memory_lessons import divisor_of
from gdsim.core.analysis.memory_weights import (
    began_with_another,
    corrected_variant,
    factor_names,
    first_memory,
)
from gdsim.core.analysis.recorded import RecordedLines
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.formulas.numerals import integer_text, listed, number, percent
from gdsim.core.formulas.symbols import of_name
from gdsim.core.formulas.syntax import Name, Node
from gdsim.core.language.texts import counted, said, to_say, translated
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.update_rule import GAMMA, NEW, W_NEXT, UpdateRule

# The first steps last until the average of the gradients holds all but this share of what it should.
_MISSING = 0.1
# A rate counts as decayed below this share of its first value, when the same distance takes ten times the
# steps.
_DECAYED = 0.1
# Three digits of a step are certain if it is longer than this many roundings of the largest parameter.
_CERTAIN = 1000.0
# The relative rounding error by which the lines may differ from a share of a gradient.
_ROUNDING = 1e-9


# ------------------------------------------------------------------------------------- first steps


def small_first_steps(evidence: Evidence) -> tuple[Finding, ...]:
    """Report what the bias correction does, or what is missing without it, by the first step's numbers."""
    optimizer = evidence.run.optimizer
    whole = corrected_variant(optimizer)
    rule, average = whole.update_rule, first_memory(whole, whole.update_rule.average)
    if rule.letters != optimizer.update_rule.letters or average is None or evidence.last < 1:
        return ()
    if rule.norms:  # norms would differ without the correction
        return ()
    if evidence.record.has_first_memory and evidence.record.state[:, 0].any():
        return ()  # a fork goes on with the averages of its parent
    shares = _first_shares(whole, evidence.record)
    if shares is None or rule.average not in shares:
        return ()
    made = float(np.abs(evidence.moves[0]).max())
    corrects = bool(optimizer.update_rule.hats)
    other = _first_step(evidence, whole, corrected=not corrects)
    corrected, plain = (made, other) if corrects else (other, made)
    if not (corrected > 0.0 and math.isfinite(plain / corrected)):
        return ()  # the gradient was zero, and nothing moved
    if min(corrected, plain) < _CERTAIN * float(np.spacing(np.abs(evidence.record.p[0]).max())):
        return ()  # rounding hides it
    if corrects:
        tells = said(
            "The correction divides by just as much: the first step moves a parameter by up to {made} (η = "
            "{eta}); uncorrected it would be {plain}.",
            made=number(made),
            eta=number(float(evidence.record.eta[1])),
            plain=number(plain),
        )
    else:
        tells = said(
            "The correction is off: the first step moves a parameter by up to {made}, {plain} "
            "times the {corrected} it should be.",
            made=number(made),
            plain=number(plain / corrected),
            corrected=number(corrected),
        )
    numbers = {
        to_say("longest first step"): made,
        to_say("with the correction"): corrected,
        to_say("without it"): plain,
    }
    kept = max(float(average.keep[0]), _MISSING)
    last = min(evidence.last, math.ceil(math.log(_MISSING) / math.log(kept)))
    held = _held(optimizer, shares, evidence.first + 1)
    return (Finding(FindingKind.FIRST_STEPS, 0, last, f"{held} {tells}", numbers),)


class _Share(NamedTuple):
    """What a memory that starts at zero holds after the first update: held·g^power."""

    held: float
    power: int  # 1 for a share of the gradient, 2 for one of its square


def _first_shares(optimizer: Optimizer, record: RecordColumns) -> Mapping[str, _Share] | None:
    """Return the shares in the memories that the rule divides by them, by letter.

    Return None if a corrected memory is neither the first gradient nor its square.
    """
    rule, scaled, shares = optimizer.update_rule, 1.7 * record.gradient, dict[str, _Share]()
    # The gradients are scaled because one of 1 or 0 is its own square.
    lines, g = RecordedLines(optimizer, record._replace(gradient=scaled), slice(1, 2)), scaled[1]
    largest = int(np.argmax(np.abs(g)))
    for letter, hat in rule.hats.items():
        held, corrected = (lines.value(rule.inlined(Name(name)))[0] for name in (letter + NEW, hat))
        power = next((n for n in (1, 2) if np.allclose(corrected, g**n, rtol=_ROUNDING, atol=0.0)), 0)
        if not power or letter in rule.starts or not g[largest]:
            return None
        share = float(held[largest] / g[largest] ** power)
        if not math.isclose(share, 1.0):
            shares[letter] = _Share(share, power)
    return shares


def _first_step(evidence: Evidence, whole: Optimizer, *, corrected: bool) -> float:
    """Return how far the first step moves a parameter with the averages corrected, or as they are."""
    rule = whole.update_rule
    if not corrected:
        as_they_are: dict[str, Node] = {hat: Name(letter + NEW) for letter, hat in rule.hats.items()}
        rule = UpdateRule.of(rule.program.with_lines(as_they_are), rule.settings)
    lines = RecordedLines(whole, evidence.record, slice(1, 2))
    return float(np.abs(lines.value(rule.inlined(Name(W_NEXT))) - evidence.record.p[0]).max())


def _held(optimizer: Optimizer, held: Mapping[str, _Share], step: int) -> str:
    """Return a sentence on how much of what they should hold the memories have after the first step."""
    letters = listed(of_name(letter).text for letter in held)
    shares = listed(
        said("{take} of the gradient", take=percent(one.held))
        if one.power == 1
        else said("{take} of its square", take=percent(one.held))
        for one in held.values()
    )
    return said(
        "{title} starts {letters} at zero, so step {step} leaves only {shares} there.",
        title=translated(optimizer.title),
        letters=letters,
        step=integer_text(step),
        shares=shares,
    )


# ----------------------------------------------------------------------------------- decayed rates


def decayed_rates(evidence: Evidence) -> tuple[Finding, ...]:
    """Find where the division by a growing sum has taken away most of the rate of a parameter."""
    optimizer = evidence.run.optimizer
    divisor = divisor_of(optimizer)
    if divisor is None or divisor.keep != 1.0 or evidence.last < 1:
        return ()
    # Without the schedule, to see what the growing sum alone has done.
    record = evidence.record._replace(eta=np.broadcast_to(optimizer.eta, len(evidence.record.eta)))
    rates = RecordedLines(optimizer, record, slice(1, None)).rate()
    # Rates that underflow or overflow are left out.
    told = (rates[0] > 0.0) & np.isfinite(rates[0])
    share = np.divide(rates, rates[0], out=np.ones_like(rates), where=told)
    decayed = (share < _DECAYED).any(axis=1)
    if not decayed.any():
        return ()
    first = int(np.argmax(decayed)) + 1
    worst = int(np.argmin(share[-1]))
    name, left = evidence.written_names[worst], float(share[-1, worst])
    at_first, now = float(rates[0, worst]), float(rates[-1, worst])
    numbers = {
        said("rate of {name} at first", name=name): at_first,
        said("rate of {name} at the end", name=name): now,
        **{
            said("left for {other}", other=other): float(part)
            for other, part in zip(evidence.written_names, share[-1], strict=True)
        },
    }
    what = {1.0: said("the root of the sum"), 2.0: said("the whole sum")}.get(
        divisor.power, said("a power of the sum")
    )
    aside = said(", leaving its schedule aside,") if evidence.run.schedule.definition.changes else ""
    sentence = said(
        "{title} divides by {what} of all squared gradients, which only grows. From step {first} on a "
        "rate{aside} is below a tenth of its first value; by step {first2} the rate of {name} is {left} of "
        "it ({at_first} → {now}), and it never comes back.",
        title=translated(optimizer.title),
        what=what,
        first=integer_text(evidence.first + first),
        aside=aside,
        first2=integer_text(evidence.first + evidence.last),
        name=name,
        left=percent(left),
        at_first=number(at_first),
        now=number(now),
    )
    if began_with_another(evidence.run, divisor.letter):
        v = of_name(divisor.letter).text
        sentence = f"{sentence} {said('The sum began with what another rule held in {v}.', v=v)}"
    return (Finding(FindingKind.DECAYED_RATE, first, evidence.last, sentence, numbers),)


# ------------------------------------------------------------------------- the momentum at its cap


def momentum_caps(evidence: Evidence) -> tuple[Finding, ...]:
    """Find where a schedule's momentum has reached its largest value."""
    rule, schedule = evidence.run.optimizer.update_rule, evidence.run.momentum_schedule
    if not schedule.definition.cap:
        return ()
    cap = schedule.number(schedule.definition.cap)
    capped = evidence.record.gamma[1:] >= cap
    if not capped.any():
        return ()
    first = int(np.argmax(capped))
    sentence = said(
        "From step {first} on the momentum is at its cap, γ = {cap}.",
        first=integer_text(evidence.first + first + 1),
        cap=number(cap),
    )
    if rule.velocity and factor_names(rule, rule.velocity)[0] == GAMMA:
        sentence += " " + counted(
            round(1.0 / (1.0 - cap)),
            "Each step keeps {cap} of the one before, so the last gradient counts most.",
            "Each step keeps {cap} of the one before, so about the last {n} gradients count.",
            cap=percent(cap),
        )
    return (Finding(FindingKind.MOMENTUM_CAP, first, evidence.last, sentence, {"γ": cap}),)
