"""Objectives to minimise: the loss of a neuron over points, or a function of w and b.

Both are lines of formulas, from which loops, array code, texts and scripts are generated.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.algebra import factors_of_product, product_of_factors
from gdsim.core.formulas.derivative import derivative, plus, times
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.formulas.numerals import integer_text
from gdsim.core.formulas.program import Program, uncommented
from gdsim.core.formulas.syntax import (
    Formula,
    FormulaError,
    Name,
    Node,
    Number,
    TextSpan,
    names_in,
    node_count,
    read_expression,
    replaced,
    substituted,
    typeset_reason,
)
from gdsim.core.language.texts import said
from gdsim.core.settings import NOT_NEGATIVE, POSITIVE, InvalidValue, quoted, unknown_value

# What a point adds to the loss, its first and second derivatives by z, and the second derivative it would
# have if the output were linear in z (Gauss-Newton).
TERM, SLOPE, BEND, FLAT_BEND = "point_loss", "slope", "bend", "flat_bend"


class Activation(NamedTuple):
    """An activation function, which computes the neuron's output f from z = w·x + b."""

    title: str
    output: str  # f, in terms of z
    slope: str  # df/dz, in terms of f and z
    bend: str  # d²f/dz², in terms of f and z


class Loss(NamedTuple):
    """What one point adds to the loss, in terms of the output f, the target y and ``error``, f - y."""

    title: str
    term: str
    slope: str  # Its derivative by f
    bend: str  # Its second derivative by f


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "sigmoid": Activation("Sigmoid", "1 / (1 + exp(-z))", "f*(1 - f)", "f*(1 - f)*(1 - 2*f)"),
        "identity": Activation("Identity", "z", "1", "0"),
        "tanh": Activation("tanh", "tanh(z)", "1 - f**2", "-2*f*(1 - f**2)"),
        "relu": Activation("ReLU", "max(z, 0)", "where(z > 0, 1, 0)", "0"),
    }
)
# If the output is not a probability, cross-entropy takes it as a logit and applies the sigmoid, as PyTorch's
# BCEWithLogitsLoss does.
_LOGIT = "f"
_OF_LOGIT = "max({0}, 0) - y*{0} + log1p(exp(-abs({0})))"
LOSSES: Mapping[str, Loss] = MappingProxyType(
    {
        "squared": Loss("Squared error", "error**2", "error", "1"),
        "cross-entropy": Loss("Cross-entropy", _OF_LOGIT.format(_LOGIT), "q - y", "q*(1 - q)"),
        "absolute": Loss("Absolute error", "abs(error)", "sign(error)", "0"),
        "huber": Loss(
            "Huber",
            "where(abs(error) <= delta, error**2 / 2, delta*(abs(error) - delta / 2))",
            "max(-delta, min(error, delta))",
            "where(abs(error) <= delta, 1, 0)",
        ),
    }
)
# Limit for the nodes in the derivatives of a function. The largest of the gallery has 1,800.
_MOST_NODES = 10_000


class _SaturationForms(NamedTuple):
    """Formulas that avoid the cancellation of differences where an output is nearly 1, or a tanh nearly -1.

    Only second derivatives use them. The gradient keeps the lecture's formulas, and loses these digits.
    """

    lines: tuple[tuple[str, str], ...]
    instead: Mapping[str, str]  # Names of the lines, by the formulas that they replace


_SIGMOID_SATURATION = _SaturationForms(
    (
        ("rest", "1 / (1 + exp(z))"),  # 1 - f
        ("exact_error", "error + where(z > 0, 1 - f - rest, 0)"),
        ("exact_slope", "f*rest"),
    ),
    {"error": "exact_error", "f*(1 - f)": "exact_slope"},
)
_TANH_SATURATION = _SaturationForms(
    (
        ("rest", "2 / (1 + exp(2*abs(z)))"),  # 1 - |f|
        ("exact_error", "error + where(f > 0.5, 1 - f - rest, where(f < -0.5, rest - (1 + f), 0))"),
        ("exact_slope", "rest*(2 - rest)"),
    ),
    {"error": "exact_error", "1 - f**2": "exact_slope"},
)
_LOGIT_SATURATION = _SaturationForms(
    (
        ("rest_of_q", "1 / (1 + exp(f))"),
        ("exact_q_error", "q - y + where(f > 0, 1 - q - rest_of_q, 0)"),
    ),
    {"q - y": "exact_q_error", "1 - q": "rest_of_q"},
)
_WHITESPACE = re.compile(r"\s")
# Targets are clipped to this range before an activation is inverted.
_NEAR_LIMITS = (0.0025, 0.9975)
HALF_SUM, SUM, MEAN = "half-sum", "sum", "mean"
REDUCTIONS = (HALF_SUM, SUM, MEAN)


class Shares(NamedTuple):
    """How sums over some of the points are scaled."""

    half: bool  # Whether the loss is half the sum of the terms
    mean: bool  # Whether sums are divided by the number of points
    l2: float  # The factor of the weights in the gradient of the penalty


@dataclass(frozen=True)
class NeuronObjective:
    """The loss of a neuron over points.

    The lecture's is half the sum of the squared errors of a sigmoid neuron. ``l2`` is λ in the penalty
    ½ λ Σ w² on the weights without the bias; if the loss is a sum over points, each point carries an equal
    share of the penalty. Raises `InvalidValue` for choices and values that are not possible.
    """

    activation: str = "sigmoid"
    loss: str = "squared"
    reduction: str = ""  # By default half the sum for the squared error, and the sum for other losses
    l2: float = 0.0
    delta: float = 1.0  # For the Huber loss: the error beyond which it is linear

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        _check_choice("activation", self.activation, ACTIVATIONS)
        _check_choice("loss", self.loss, LOSSES)
        set_(self, "reduction", self.reduction or self.reductions_of(self.loss)[0])
        _check_choice("reduction", self.reduction, self.reductions_of(self.loss))
        set_(self, "l2", NOT_NEGATIVE.check(self.l2, "l2"))
        set_(self, "delta", POSITIVE.check(self.delta, "delta"))
        if self.loss != "huber" and self.delta != 1.0:
            raise InvalidValue("delta", "goes only with the loss huber")

    @staticmethod
    def reductions_of(loss: str) -> tuple[str, ...]:
        """Return the possible reductions of a loss, the default first; only squared errors can be halved."""
        return REDUCTIONS if loss == "squared" else (SUM, MEAN)

    def with_loss(self, loss: str) -> "NeuronObjective":
        """Return the same neuron with another loss, keeping a non-default reduction if possible."""
        if loss == self.loss:
            return self
        usual = self.reduction == self.reductions_of(self.loss)[0]
        kept = not usual and self.reduction in self.reductions_of(loss)
        return NeuronObjective(self.activation, loss, self.reduction if kept else "", self.l2)

    @property
    def is_lecture(self) -> bool:
        """Whether it is the lecture's: sigmoid, half the sum of the squared errors, no penalty."""
        return self == LECTURE

    @property
    def is_lecture_neuron(self) -> bool:
        """Whether neuron and loss are the lecture's up to a factor."""
        return (self.activation, self.loss, self.l2) == ("sigmoid", "squared", 0.0)

    @cached_property
    def program(self) -> Program:
        """The lines for one point, given z and y: output, error, `TERM`, `SLOPE`, `BEND` and `FLAT_BEND`."""
        return _point_program(self)

    @cached_property
    def slope_program(self) -> Program:
        """The lines that the slope at one point needs, such as f and error."""
        needed = self.program.depends(SLOPE)
        return Program(tuple(line for line in self.program.lines if line.target in needed))

    @property
    def has_probability(self) -> bool:
        """Whether the output is a probability, which cross-entropy uses directly."""
        return self.activation == "sigmoid"

    @property
    def is_convex(self) -> bool:
        """Whether the loss is convex in w and b, for any points.

        Every loss is convex in f, and the identity is linear in w and b. The cross-entropy of a sigmoid has
        the second derivative f (1 - f) by z, which is never negative.
        """
        return self.activation == "identity" or (self.has_probability and self.loss == "cross-entropy")

    @property
    def answers_probability(self) -> bool:
        """Whether f is a logit, whose sigmoid q is compared with the targets."""
        return self.loss == "cross-entropy" and not self.has_probability

    def answer(self, z: Array) -> Array:
        """Return what is compared with the targets: f, or q where f is a logit."""
        wanted = "q" if self.answers_probability else "f"
        return self.values_at_points(z, z, wanted)[wanted]

    @property
    def slope_factors(self) -> tuple[Node, ...]:
        """The factors of the slope other than 1: the derivatives of the loss by f, and of f by z."""
        derivatives = _derivatives(self)
        return tuple(one for one in (derivatives.loss_slope, derivatives.output_slope) if one != Number(1))

    @property
    def is_penalty_shared(self) -> bool:
        """Whether an update over some of the points sees only a share of the penalty."""
        return bool(self.l2) and self.reduction != MEAN

    def at_points(self, z: Array, y: Array, wanted: str) -> Array:
        """Return the value of a line for points with activations z (..., N) and targets y (N,)."""
        # Some lines are constant, such as the second derivative of a square.
        return np.broadcast_to(self.values_at_points(z, y, wanted)[wanted], z.shape)

    def values_at_points(self, z: Array, y: Array, wanted: str = SLOPE) -> dict[str, Array]:
        """Return the values of a line and of all that it depends on, by name; see `at_points`."""
        values = {"z": z, "y": y}
        needed = self.program.depends(wanted)
        for line in self.program.lines:
            if line.target in needed:
                values[line.target] = evaluate_arrays(line.node, values)
        return values

    def shares(self, points: int, total: int) -> Shares:
        """Return how sums over ``points`` of the ``total`` points are scaled to loss and gradient."""
        share = self.l2 if self.reduction == MEAN or points == total else self.l2 * points / total
        return Shares(self.reduction == HALF_SUM, self.reduction == MEAN, share)

    def factor(self, points: int) -> float:
        """Return the factor of the sum of the terms of ``points`` points."""
        return {HALF_SUM: 0.5, SUM: 1.0, MEAN: 1.0 / max(1, points)}[self.reduction]

    def fitting_activation(self, y: Array) -> Array:
        """Return the z at which the output is each of the targets, or close to a target out of reach."""
        match self.activation:
            case "sigmoid":
                y = np.clip(y, *_NEAR_LIMITS)
                return np.log(y / (1.0 - y))
            case "tanh":
                return np.arctanh(np.clip(y, -_NEAR_LIMITS[1], _NEAR_LIMITS[1]))
        return np.array(y)


class _Derivatives(NamedTuple):
    """The derivatives from which the slope and the bend of a point's loss are computed."""

    loss_slope: Node  # The derivative of the point's loss by f; by z where df/dz cancels
    loss_bend: Node  # The derivative of that
    output_slope: Node  # df/dz; 1 where it cancels
    output_bend: Node  # d²f/dz²


@lru_cache(maxsize=64)
def _derivatives(objective: NeuronObjective) -> _Derivatives:
    activation, loss = ACTIVATIONS[objective.activation], LOSSES[objective.loss]
    if objective.has_probability and objective.loss == "cross-entropy":
        return _Derivatives(Name("error"), read_expression("f*(1 - f)"), Number(1), Number(0))
    known = {"delta": Number(objective.delta)}
    slope, bend = (substituted(read_expression(text), known) for text in (loss.slope, loss.bend))
    if objective.loss == "squared" and objective.reduction != HALF_SUM:
        slope, bend = times(Number(2), slope), times(Number(2), bend)
    return _Derivatives(slope, bend, read_expression(activation.slope), read_expression(activation.bend))


@lru_cache(maxsize=64)
def _point_program(objective: NeuronObjective) -> Program:
    lines = [
        Formula("f", read_expression(ACTIVATIONS[objective.activation].output)),
        Formula("error", read_expression("f - y")),
    ]
    term = read_term(LOSSES[objective.loss], objective.delta)
    if objective.loss == "cross-entropy":
        if objective.has_probability:
            term = read_expression(_OF_LOGIT.format("z"))
        else:
            lines.append(Formula("q", read_expression("1 / (1 + exp(-f))")))
    derivatives = _derivatives(objective)
    slope = _flat_product(derivatives.loss_slope, derivatives.output_slope)
    lines += [Formula(TERM, term), Formula(SLOPE, slope)]
    forms = list(_saturation_forms(objective))
    lines += [Formula(name, read_expression(text)) for form in forms for name, text in form.lines]
    instead = {
        read_expression(one): read_expression(other) for form in forms for one, other in form.instead.items()
    }
    loss_slope, loss_bend, output_slope, output_bend = (replaced(one, instead.get) for one in derivatives)
    flat = _flat_product(loss_bend, output_slope, output_slope)
    bend = plus(flat, _flat_product(loss_slope, output_bend))
    return Program((*lines, Formula(BEND, bend), Formula(FLAT_BEND, flat)))


def _saturation_forms(objective: NeuronObjective) -> Iterator[_SaturationForms]:
    if objective.activation == "sigmoid":
        yield _SIGMOID_SATURATION
    if objective.activation == "tanh":
        yield _TANH_SATURATION
    if objective.answers_probability:
        yield _LOGIT_SATURATION


def read_term(loss: Loss, delta: float) -> Node:
    """Return the formula of what one point adds to a loss."""
    return substituted(read_expression(loss.term), {"delta": Number(delta)})


def _flat_product(*nodes: Node) -> Node:
    """Return the product of all factors from left to right, without ones; 0 if one of the factors is 0."""
    factors = [factor for node in nodes for factor in factors_of_product(node) if factor != Number(1)]
    return Number(0) if Number(0) in factors else product_of_factors(factors)


# ------------------------------------------------------------------------------- a function of w and b


class FunctionLines(NamedTuple):
    """A function of w and b, its gradient and its second derivatives."""

    value: Node
    dw: Node
    db: Node
    dww: Node
    dwb: Node
    dbb: Node

    def by(self, parameter: str) -> Node:
        """Return the derivative by ``"w"`` or ``"b"``."""
        return self.dw if parameter == "w" else self.db


@dataclass(frozen=True)
class FunctionObjective:
    """A function of w and b, typed by the user or taken from the gallery.

    The points of such an experiment are slopes (x, y): the loss of one point is f(w, b) + x w + y b, and the
    loss over all points is the mean. If the slopes have a mean of 0, that is f itself, and a mini-batch sees
    f with noise. Raises `InvalidValue` if the text is not a formula of w and b.
    """

    text: str
    lines: FunctionLines = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        try:
            lines = read_function(self.text)
        except FormulaError as error:
            raise InvalidValue("function", "cannot be read: {reason}", reason=error) from error
        object.__setattr__(self, "lines", lines)

    @property
    def formula(self) -> str:
        """The text on one line, without comments."""
        return " ".join(_without_comments(self.text).split())

    @property
    def fingerprint(self) -> str:
        """A hash of the text; see `OwnRule.fingerprint`."""
        import hashlib  # noqa: PLC0415 - as for `OwnRule`

        return hashlib.sha256(f"function {self.text}".encode()).hexdigest()


def _without_comments(text: str) -> str:
    """Return a formula with spaces in place of comments and line breaks, so that no place in it moves."""
    rows = (uncommented(row).ljust(len(row)) for row in text.splitlines(keepends=True))
    return _WHITESPACE.sub(" ", "".join(rows))


@lru_cache(maxsize=64)
def read_function(text: str) -> FunctionLines:
    """Read a formula of w and b, which may span several lines with comments, and differentiate it.

    Raises `FormulaError` if the text is not such a formula, or if its derivatives are too long; the span of
    the error counts characters from the start of the text.
    """
    flat = _without_comments(text)
    begins = len(flat) - len(flat.lstrip())
    try:
        value = read_expression(flat)
    except FormulaError as error:
        raise (error.within(0, begins) if error.span else error) from error
    for name in sorted(names_in(value) - {"w", "b"}):
        place = re.search(rf"\b{re.escape(name)}\b", flat)
        span = TextSpan(0, *place.span()) if place else None
        reason = typeset_reason(name)
        if reason:
            words = said("{text} is not a formula: {reason}", text=quoted(name, 60), reason=reason)
            raise FormulaError(words, at=span, about=name)
        raise FormulaError("{name} is neither w nor b", name=quoted(name, 60), at=span, about=name)
    dw, db = _bounded(derivative(value, "w"), derivative(value, "b"))
    second = _bounded(derivative(dw, "w"), derivative(dw, "b"), derivative(db, "b"))
    return FunctionLines(value, dw, db, *second)


def _bounded(*derivatives: Node) -> tuple[Node, ...]:
    if sum(map(node_count, derivatives)) > _MOST_NODES:
        raise FormulaError(
            "the formula is too long: its derivatives have over {most_nodes} signs",
            most_nodes=integer_text(_MOST_NODES),
        )
    return derivatives


def _check_choice(key: str, value: object, choices: Mapping[str, object] | tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in choices:
        raise unknown_value((f'"{one}"' for one in choices), value, key)


Objective = NeuronObjective | FunctionObjective
LECTURE = NeuronObjective()
