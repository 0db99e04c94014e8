"""The names of arrows, their meanings, and the scale of their lengths, in words."""

from gdsim.core.analysis.arrow_lengths import DrawnArrows, Lengths
from gdsim.core.analysis.arrows import ArrowKind, is_raw, kinds_of, takes_average
from gdsim.core.analysis.batch_view import PullScale
from gdsim.core.formulas import numerals
from gdsim.core.formulas.algebra import ONE, Term, factors_of_product, product_of_factors, terms_of_sum
from gdsim.core.formulas.numerals import MINUS
from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.formulas.symbols import Symbol, of_name, setting_symbols
from gdsim.core.formulas.syntax import Name, Negative, names_in
from gdsim.core.rules.update_rule import ETA, GAMMA, NEW, UpdateRule
from gdsim.gui.arrows.choice import Layer
from gdsim.gui.translation import tr

_MANY = 100_000


def arrow_name(kind: ArrowKind, rule: UpdateRule) -> str:
    return {
        ArrowKind.LOOK: tr("look ahead"),
        ArrowKind.GRADIENT: _pull_name(rule),
        ArrowKind.UPHILL: _uphill_name(rule),
        ArrowKind.CARRIED: tr("carried on"),
        ArrowKind.AVERAGE: tr("−average") if takes_average(rule) else tr("−memory"),
        ArrowKind.RATES: tr("rates"),
        ArrowKind.PLAIN: tr("momentum"),
        ArrowKind.CORRECTION: tr("correction"),
        ArrowKind.STEP: tr("step"),
    }[kind]


def _uphill_name(rule: UpdateRule) -> str:
    """Return the word gradient with its factor in the lines, such as ``"+η·gradient"``."""
    return _pull_name(rule).replace(MINUS, "+", 1)


def _pull_name(rule: UpdateRule) -> str:
    """Return the negative gradient with its factor in the lines, such as ``"−η·gradient"``."""
    sign, factor = ("+", ONE) if is_raw(rule) else _factor(rule)
    known = setting_symbols(rule.settings) | {ETA: of_name(ETA), GAMMA: of_name(GAMMA)}
    if not names_in(factor) <= set(known):
        return tr("−gradient, scaled")
    word = tr("gradient")
    pull = product_of_factors([factor, Name(word)])
    letters = PLAIN_TEXT.letters(Negative(pull) if sign == "+" else pull, known | {word: Symbol(word, word)})
    return letters if sign == "+" else f"+{letters}"


def _factor(rule: UpdateRule) -> Term:
    """Return the factor of the gradient, with its sign, in the term that a step subtracts from w."""
    if not rule.velocity:
        return Term("+", rule.rate)
    gradient = Name(rule.last_gradient)
    for term in terms_of_sum(rule.program.by_target[rule.velocity + NEW]):
        factors = factors_of_product(term.node)
        if gradient in factors:
            factors.remove(gradient)
            found = Term(term.sign, product_of_factors(factors))
            return found if rule.velocity_sign < 0.0 else found.negated
    return Term("+", gradient)  # the gradient is not a factor of any term


def arrow_meaning(kind: ArrowKind, rule: UpdateRule) -> str:
    if kind is ArrowKind.GRADIENT:
        return _meaning_of_gradient(rule)
    return {
        ArrowKind.LOOK: tr(
            "From where the run is to where the rule takes its gradient. When arrows are magnified, a "
            "small diamond marks the true place."
        ),
        ArrowKind.UPHILL: tr(
            "The gradient, which points uphill where it is steepest. It is drawn as long as its pull."
        ),
        ArrowKind.CARRIED: tr("The share of the last step that is carried into this one."),
        ArrowKind.AVERAGE: tr(
            "The average of the gradients so far, with the opposite sign: where the rule heads."
        )
        if takes_average(rule)
        else tr(
            "What the rule remembers of the gradients so far, with the opposite sign: where the rule heads."
        ),
        ArrowKind.RATES: tr(
            "The rate of each parameter, as an ellipse: a gradient as long as this one would lead to it in "
            "any direction. It is long where the rate is high, and the step ends on it."
        )
        if rule.other_terms is None
        else tr(
            "The rate of each parameter, as an ellipse: a gradient as long as this one would lead to it in "
            "any direction. It is long where the rate is high. The step has another part, and does not end "
            "on it."
        ),
        ArrowKind.PLAIN: tr("The step that plain momentum would take from here, to compare."),
        ArrowKind.CORRECTION: tr(
            "What looking ahead changes: from the end of plain momentum's step to the end of this one."
        ),
        ArrowKind.STEP: tr("The step that is taken. When lengths are true it ends where the run goes next."),
    }[kind]


def _meaning_of_gradient(rule: UpdateRule) -> str:
    if is_raw(rule):
        return tr("The gradient itself with the opposite sign: the steepest way downhill.")
    if ArrowKind.CORRECTION in kinds_of(rule):
        return tr(
            "The pull of the gradient at the place where the rule looks ahead. Together with what is "
            "carried on, it makes the step. When arrows are magnified, a small diamond marks the true "
            "place."
        )
    if ArrowKind.CARRIED in kinds_of(rule):
        return tr(
            "The pull of the gradient, as long as the rule makes it. The dotted line shows it again, where "
            "it is added to what is carried on."
        )
    if rule.other_terms is not None:
        return tr(
            "The pull of the gradient: steepest downhill. The step has another part, which does not depend "
            "on the gradient."
        )
    return tr("The pull of the gradient: steepest downhill. For this rule it is the step.")


def layer_name(layer: Layer, scale: PullScale | None = None) -> str:
    """Return the name of a layer, with its scale if that differs from the scale of the arrows."""
    if layer is Layer.BATCH_LOSS:
        return tr("batch loss")
    if layer is Layer.TRIES:
        return tr("tries")
    if scale is None or not scale.own:
        return tr("points")
    return tr("points {times}").format(times=times_text(scale.times))


def layer_meaning(layer: Layer) -> str:
    if layer is Layer.BATCH_LOSS:
        return tr(
            "Contours of the loss over the points of this update alone, while playback waits: the map that "
            "this step goes downhill on."
        )
    if layer is Layer.TRIES:
        return tr(
            "Where the search looked for the length of this step, in order; the full dot is the step it took."
        )
    return tr(
        "Where each point of this update pulls, by its row in the table, and their sum. The grey arrow is "
        "the pull of all points together: where batch descent would go."
    )


def lengths_name(lengths: Lengths) -> str:
    return {
        Lengths.FIT: tr("Fit lengths: magnified when they are too small to see"),
        Lengths.TRUE: tr("True lengths: the step ends where the run goes next"),
        Lengths.SAME: tr("Same length: only directions can be compared"),
    }[lengths]


def scale_words(lengths: Lengths, drawing: DrawnArrows | None) -> str:
    """Describe the scale of the arrows, such as ``"arrows × 50"``."""
    if lengths is Lengths.SAME:
        return tr("same length")
    if (
        drawing is None
        or drawing.times is None
        or (drawing.times == 1.0 and drawing.raw_times in (None, 1.0))
    ):
        return tr("true lengths")
    times = times_text(drawing.times)
    if drawing.raw_times is None:
        words = tr("arrows {times}").format(times=times)
    else:
        raw = times_text(drawing.raw_times)
        words = tr("step {times}, gradient {raw}").format(times=times, raw=raw)
    return tr("{scale} (rounding)").format(scale=words) if drawing.at_rounding else words


def times_text(times: float) -> str:
    """Write a magnification by a round number, such as ``"× 50"`` or ``"÷ 20"``."""
    sign, size = ("×", times) if times >= 1.0 else ("÷", 1.0 / times)
    # The inverse of a float power of ten need not be exact: 1 / 1e-5 is less than 1e5. So round it first.
    leading, exponent = f"{size:.0e}".split("e")
    if size < _MANY:
        return f"{sign} {numerals.integer_text(int(leading) * 10 ** int(exponent))}"
    power = f"10{numerals.superscript(int(exponent))}"
    return f"{sign} {power}" if leading == "1" else f"{sign} {leading}·{power}"
