"""The sentences about the stability limit of the selected run, with its numbers."""

import math

import numpy as np

from gdsim.core.analysis.curvature.stability import Mode, Stability
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import MINUS, joined_numbers, number, percent
from gdsim.core.language.texts import translated
from gdsim.core.model.neuron import written_names
from gdsim.core.model.search_checks import is_second_order, learns_from_gradients
from gdsim.core.rules.searches import FIXED
from gdsim.gui.arrows.stability import LastStep, stability_verdict
from gdsim.gui.translation import tr

# If halving the distance takes more steps than this, the motion is called slow.
_SLOW = 20.0
# The digits of the numbers, such as the share of the distance that a step leaves.
_DIGITS = 4
_RATE = "η\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}P"
# The most rates that are listed.
_MOST_RATES = 4
# A direction is written by its two largest components, and "…" if the others are more than this share of it.
_OTHERS = 0.1
# An α this close to 0 counts as 0, and an α this little above 1 as 1.
_NEAR_ALPHA = 0.05
# More decimals of an α are rounding.
_ALPHA_DECIMALS = 9


def product_words(found: Stability) -> str:
    """Write the rate times the curvature in numbers: ``"η · λ = 1 · 0.0968 = 0.0968"``."""
    if not found.modes:
        return tr("The curvature here is not a number.")
    product = number(found.product, _DIGITS)
    if found.own_rates is not None and not found.update.rule.has_own_rates:
        words = tr(
            "η times the largest curvature of P⁻¹H: {0}. P is what the rule divides all slopes by, so the "
            "rate is {1}: {2}."
        )
        return words.format(product, _RATE, number(float(found.own_rates[0]), _DIGITS)) + _correction_words(
            found
        )
    if found.own_rates is not None:
        words = tr(
            "η times the largest curvature of P⁻¹H: {0}. P is what the rule divides each slope by, so each "
            "parameter has a rate of its own, {1}: {2}."
        )
        names = written_names(len(found.own_rates) - 1)
        rates = [
            f"{name}\N{NO-BREAK SPACE}{number(rate, _DIGITS)}"
            for name, rate in zip(names, found.own_rates.tolist(), strict=True)
        ]
        some = joined_numbers((*rates[:_MOST_RATES], *["…"] * (len(rates) > _MOST_RATES)))
        return words.format(product, _RATE, some) + _correction_words(found)
    steepest = number(float(found.curvature.axes[0][-1]), _DIGITS)
    if steepest.startswith(MINUS):
        steepest = f"({steepest})"
    return f"η · λ = {number(found.update.eta, _DIGITS)} · {steepest} = {product}"


def _correction_words(found: Stability) -> str:
    """Say why the rates are not those of the curves and of the worked step; empty where they are."""
    factor = number(found.correction, _DIGITS)
    if factor == "1":
        return ""
    words = tr(
        "This includes a factor of {0} that depends on the number of the step and tends to 1, such as that "
        "of the bias correction."
    )
    return " " + words.format(factor)


def limit_words(found: Stability) -> str:
    """Write the limit with its formula in letters and numbers."""
    optimizer = found.update.run.optimizer
    title = translated(optimizer.title)
    if is_second_order(optimizer):
        words = tr("{0} makes its step with the curvature itself, so there is no limit for η · λ.")
        if learns_from_gradients(optimizer):
            words = tr(
                "{0} makes its step from the gradients of earlier steps, too, so there is no fixed limit for "
                "η · λ."
            )
        return words.format(title)
    if math.isnan(found.limit):
        words = tr("{0} has no such limit: its step is not proportional to the gradient, or never settles.")
        return words.format(title)
    limit = number(found.limit, _DIGITS)
    letters, numbers = found.formula
    if not letters:
        words = tr("Limit of {0}, found from its lines with these settings: {1}")
        return words.format(title, limit)
    if letters == numbers:
        return tr("Limit of {0}: {1}").format(title, limit)
    return tr("Limit of {0}: {1} = {2} = {3}").format(title, letters, numbers, limit)


def verdict_words(found: Stability) -> str:
    """Explain the verdict of the gauge; empty if there is none or the run is well below the limit."""
    if found.curves_up_nowhere and not math.isnan(found.limit):
        return tr("The loss curves up in no direction here, so no rate is too large.")
    match stability_verdict(found.gauge):
        case "beyond" if not found.grows:
            return tr("Here, beyond the limit, a distance from the lowest place shrinks again.")
        case "beyond":
            return tr("Beyond the limit, a distance from the lowest place grows from step to step.")
        case "near":
            return tr("Near the limit: at a higher rate a distance from the lowest place would grow.")
    return ""


def modes_words(found: Stability) -> list[str]:
    """Return a line for each direction, the largest product first; of more than four, the two extremes."""
    if found.modes and not any(mode.has_rate for mode in found.modes):
        return [tr("The rate is 0, so the slope moves nothing here, however the loss curves.")]
    names = written_names(len(found.curvature.place) - 1)
    many = len(found.modes) > 4
    modes = [found.modes[-1], found.modes[0]] if many else found.modes[::-1]
    return [f"{_direction(mode, names)}: {_motion_words(mode)}" for mode in modes]


def hessian_words(found: Stability) -> str:
    """Write the second derivatives; empty for more than two parameters."""
    names, hessian = written_names(len(found.curvature.place) - 1), found.curvature.hessian.tolist()
    if len(names) > 2 or not found.curvature.is_finite:
        return ""
    w, b = names
    made = {f"{w}²": hessian[0][0], f"{w}∂{b}": hessian[0][1], f"{b}²": hessian[1][1]}
    whole = "∂²L/\N{WORD JOINER}∂{}\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{}"  # not broken between lines
    told = (whole.format(by, number(value, _DIGITS)) for by, value in made.items())
    return tr("The second derivatives: {0}.").format("; ".join(told))


def _direction(mode: Mode, names: tuple[str, ...]) -> str:
    """Write a direction by its largest components: ``"Along 0.87 w − 0.49 b, η · λ = …"``."""
    parts = ""
    order = sorted(np.flatnonzero(mode.direction).tolist(), key=lambda index: -abs(mode.direction[index]))[:2]
    sign = 1.0 if mode.direction[order[0]] >= 0.0 else -1.0
    for index in sorted(order):
        share = sign * float(mode.direction[index])
        between = (" − " if share < 0.0 else " + ") if parts else ("−" if share < 0.0 else "")
        size = number(abs(share), 2)
        factor = "" if size == "1" else f"{size}\N{NO-BREAK SPACE}"
        parts += f"{between}{factor}{names[index]}"
    others = np.delete(mode.direction, order)
    if np.linalg.norm(others) > _OTHERS * np.linalg.norm(mode.direction):
        parts += " + …"
    words = tr("Along {0}, η · λ = {1}")
    return words.format(parts, number(mode.product, 3))


def _motion_words(mode: Mode) -> str:
    growth, left = mode.growth, number(mode.growth, _DIGITS)
    if math.isnan(growth) or not mode.has_rate:
        return _curving_words(mode)
    swings = not math.isinf(mode.swing)
    if growth > 1.0:
        if mode.product < 0.0:
            words = tr("curves down; grows by {0} a step.")
        elif swings:
            words = tr("swings with period {1}, grows by {0} a step.")
        else:
            words = tr("grows by {0} a step.")
        return words.format(percent(growth - 1.0), number(mode.swing, 3))
    if swings:
        words = tr("swings with period {1}; a step leaves {0} of the distance.")
        return words.format(left, number(mode.swing, 3))
    if growth <= 0.0:
        return tr("at the bottom after one step.")
    halved = math.log(0.5) / math.log(growth) if growth < 1.0 else math.inf
    if math.isinf(halved) or halved > 1e6:
        if mode.product == 0.0:
            return tr("level: there is no lowest place to reach.")
        return tr("hardly moves: more than half is left after a million steps.")
    if halved > _SLOW:
        return tr("slow: half is left after {0} steps.").format(numerals.integer_text(round(halved)))
    return tr("a step leaves {0} of the distance.").format(left)


def _curving_words(mode: Mode) -> str:
    if not mode.has_rate:
        return tr("the rate is 0, so the slope moves nothing.")
    if mode.product < 0.0:
        return tr("curves down.")
    return tr("curves up.") if mode.product > 0.0 else tr("level.")


def alpha_words(last: LastStep | None) -> str:
    """Say where the last step ended on its parabola; empty at the start."""
    if last is None:
        return ""
    if not last.moved:
        words = tr("The step to {0} has no α: it moved nothing.")
        return words.format(numerals.integer_text(last.step))
    if math.isnan(last.alpha):
        words = tr("The step to {0} has no α: the parabola along it has no lowest place ahead.")
        return words.format(numerals.integer_text(last.step))
    alpha = last.alpha
    if abs(alpha) < _NEAR_ALPHA:
        where = tr("at the lowest place of its parabola")
    elif alpha < 0.0:
        where = tr("before the lowest place of its parabola")
    elif alpha <= 1.0 + _NEAR_ALPHA:
        where = tr("on the other side of its parabola")
    else:
        where = tr("on the other side of its parabola, higher than it began")
    words = tr("The step to {0} ended {2}: α = {1}, with −1 at its start and 0 at the lowest place.")
    return words.format(numerals.integer_text(last.step), number(round(alpha, _ALPHA_DECIMALS), 2), where)


def notes_words(found: Stability) -> str:
    """Note if a step uses only some points, searches its rate, or the curvature is sampled; else empty."""
    notes = []
    if len(found.update.rows) < len(found.update.points):
        notes.append(tr("The curvature is taken over all points; a step uses only some of them."))
    if found.update.run.search.definition != FIXED and not math.isnan(found.limit):
        notes.append(
            tr("The rate is searched for again at each step; this is what happens if it stays the same.")
        )
    if found.curvature.is_sampled:
        notes.append(tr("With so many points, an even sample is used."))
    return " ".join(notes)
