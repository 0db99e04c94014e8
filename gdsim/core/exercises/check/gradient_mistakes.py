"""Mistakes in the gradient of the loss: each replaces some of `right_lines`, and has a sentence.

On the right side of a wrong line, the name of its own target stands for the correct value.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from gdsim.core.exercises.check.gradients import DERIVATIVES, PENALTY
from gdsim.core.formulas.algebra import (
    factors_of_product,
    product_of_factors,
    replaced_everywhere,
    sum_of_terms,
    terms_of_sum,
)
from gdsim.core.formulas.numerals import exact
from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.formulas.program import Program
from gdsim.core.formulas.symbols import of_letter
from gdsim.core.formulas.syntax import Formula, Name, Negative, Node, Number, read_formula, substituted
from gdsim.core.language.texts import kept_by_language, said, to_say, translated
from gdsim.core.model.objective import HALF_SUM, MEAN, SLOPE, FunctionObjective, NeuronObjective, Objective

_line = read_formula
# In a derivative with more terms, mistakes in single terms are not looked for.
_MOST_TERMS = 8


class WrongGradient(NamedTuple):
    sentence: str
    lines: tuple[Formula, ...]
    is_alone: bool = False  # See `Mistake.is_alone`


@kept_by_language
def wrong_gradients(objective: Objective) -> tuple[WrongGradient, ...]:
    """Return the mistakes that can be made in the gradient of an objective, the likeliest first."""
    if isinstance(objective, FunctionObjective):
        return tuple(_in_derivatives(objective))
    kinds = (_in_reduction, _in_slope, _in_activation, _in_input, _in_penalty)
    return tuple(
        WrongGradient(sentence, (wrong,))
        for sentence, wrong in chain.from_iterable(kind(objective) for kind in kinds)
    )


@lru_cache(maxsize=256)
def with_wrong_lines(program: Program, lines: tuple[Formula, ...]) -> Program:
    """Return the lines of a gradient with some of them replaced by wrong ones."""
    known = {line.target: program.by_target[line.target] for line in lines}
    return program.with_lines({line.target: substituted(line.node, known) for line in lines})


# ----------------------------------------------------------------------------------------- of a neuron


def _in_reduction(objective: NeuronObjective) -> Iterator[tuple[str, Formula]]:
    if objective.reduction == MEAN:
        yield (
            said("The gradient was not divided by the number of points; the loss is a mean."),
            _line("g = n*g"),
        )
    else:
        yield (
            said("The gradient was divided by the number of points; the loss is a sum, not a mean."),
            _line("g = g / n"),
        )
    if objective.reduction == HALF_SUM:
        yield said("The gradient is twice as large: the ½ of the loss is missing."), _line("g = 2*g")
        words = said(
            "The gradient is half as large: the ½ of the loss cancels the 2 from the derivative of "
            "the square."
        )
        yield words, _line("g = 0.5*g")
    elif objective.loss == "squared":
        yield (
            said("The gradient is half as large: the 2 from the derivative of the square is missing."),
            _line("g = 0.5*g"),
        )


def _in_slope(objective: NeuronObjective) -> Iterator[tuple[str, Formula]]:
    """Yield mistakes in the derivative of the loss with respect to the output."""
    if "error" in objective.slope_program.by_target:
        yield said("The error was taken as y − f; it should be f − y."), _line("error = y - f")
    else:
        yield said("The difference was taken as y − q; it should be q − y."), _line(f"{SLOPE} = -{SLOPE}")
    match objective.loss:
        case "cross-entropy" if objective.has_probability:
            words = said(
                "The factor f·(1 − f) should not be there: it cancels in the gradient of cross-entropy."
            )
            yield words, _line(f"{SLOPE} = {SLOPE}*f*(1 - f)")
        case "cross-entropy":
            yield (
                said("The output f was taken as the probability; it should be q = 1 / (1 + e^(−f))."),
                _line("q = f"),
            )
        case "absolute":
            words = said("The error itself was used; the slope of its size is its sign, −1 or 1.")
            yield words, _with_error_for_slope(objective)
        case "huber":
            limit = exact(objective.delta)
            words = said(
                "The error was not kept between −{limit} and {limit}, as in Huber's loss.", limit=limit
            )
            yield words, _with_error_for_slope(objective)


def _with_error_for_slope(objective: NeuronObjective) -> Formula:
    """Return the slope line with the error in place of the derivative of the loss by the output."""
    return Formula(SLOPE, product_of_factors([Name("error"), *objective.slope_factors[1:]]))


# Wrong slopes that may be taken for the slope of each activation.
_SLOPES = {
    "sigmoid": (
        (to_say("The factor f·(1 − f), the slope of the sigmoid, is missing from the gradient."), "1"),
        (to_say("The slope of the sigmoid is f·(1 − f); the factor 1 − f is missing."), "f"),
        (to_say("The slope of the sigmoid is f·(1 − f); the factor f is missing."), "1 - f"),
    ),
    "tanh": (
        (to_say("The factor 1 − f², the slope of tanh, is missing from the gradient."), "1"),
        (to_say("The slope of tanh is 1 − f²; it was taken as 1 − f."), "1 - f"),
        (
            to_say("The slope of tanh is 1 − f²; it was taken as f·(1 − f), the slope of the sigmoid."),
            "f*(1 - f)",
        ),
    ),
    "relu": (
        (to_say("The slope of the ReLU, 0 where z is not above 0, is missing from the gradient."), "1"),
    ),
}


def _in_activation(objective: NeuronObjective) -> Iterator[tuple[str, Formula]]:
    by_output, *of_activation = objective.slope_factors
    if of_activation:
        for words, slope in _SLOPES[objective.activation]:
            sentence = translated(words)
            yield sentence, Formula(SLOPE, product_of_factors([by_output, _line(f"slope = {slope}").node]))
    if objective.activation == "sigmoid":
        yield (
            said("The sigmoid was computed with e^z; it should be 1 / (1 + e^(−z))."),
            _line("f = 1 / (1 + exp(z))"),
        )


def _in_input(_: NeuronObjective) -> Iterator[tuple[str, Formula]]:
    yield said("The factor x is missing from the gradient of w."), _line("term = slope")
    yield said("The gradient of w was computed with x²; its factor should be x."), _line("term = term*x")


def _in_penalty(objective: NeuronObjective) -> Iterator[tuple[str, Formula]]:
    if not objective.l2:
        return
    yield said("The penalty λ·w of the loss is missing from the gradient of w."), _line(f"{PENALTY} = 0*w")
    share = "*n/N" if objective.is_penalty_shared else ""
    yield (
        said("The penalty was applied to b, too; it applies to the weights alone."),
        _line(f"{PENALTY} = {objective.l2!r}*w{share}"),
    )
    yield (
        said("The penalty is twice as large: the ½ of ½·λ·w² cancels the 2 of its derivative."),
        _line(f"{PENALTY} = 2*{PENALTY}"),
    )
    if share:
        words = said(
            "The whole penalty was added at each update; an update over n of N points adds n/N of it."
        )
        yield words, _line(f"{PENALTY} = {PENALTY}*N/n")


# ----------------------------------------------------------------------------- of a function of w and b


def _in_derivatives(objective: FunctionObjective) -> Iterator[WrongGradient]:
    dw, db = DERIVATIVES
    exchanged = Formula(dw, Name(db)), Formula(db, Name(dw))
    yield WrongGradient(said("The gradients of w and b are swapped."), exchanged)
    for target, name in zip(DERIVATIVES, ("w", "b"), strict=True):
        for words, node in _wrong_derivatives(
            objective.lines.by(name), said("the gradient of {name}", name=name)
        ):
            yield WrongGradient(words, (Formula(target, node),), is_alone=True)


def _wrong_derivatives(node: Node, what: str) -> Iterator[tuple[str, Node]]:
    yield said("The sign of {what} is wrong.", what=what), Negative(node)
    terms = terms_of_sum(node)
    if len(terms) > _MOST_TERMS:
        return
    for place, term in enumerate(terms):
        before, after = terms[:place], terms[place + 1 :]
        if len(terms) > 1:
            yield (
                said("{node} is missing from {line}.", node=_text(term.node), line=what),
                sum_of_terms([*before, *after]),
            )
            yield (
                said("{term} was added in {what}; it should be subtracted.", term=_text(term.node), what=what)
                if term.sign == "-"
                else said(
                    "{term} was subtracted in {what}; it should be added.", term=_text(term.node), what=what
                ),
                sum_of_terms([*before, term.negated, *after]),
            )
        factors = factors_of_product(term.node)
        for factor in dict.fromkeys(one for one in factors if isinstance(one, Number)):
            rest = [*factors]
            rest.remove(factor)
            if rest:
                without = replaced_everywhere(node, term.node, product_of_factors(rest))
                yield (
                    said(
                        "The factor {factor} is missing from {node}, in {what}.",
                        factor=_text(factor),
                        node=_text(term.node),
                        what=what,
                    ),
                    without,
                )


def _text(node: Node) -> str:
    return PLAIN_TEXT.letters(node, {name: of_letter(name) for name in ("w", "b")})
