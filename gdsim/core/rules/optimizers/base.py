"""What an update rule is: frozen hyperparameters, a state, and one pure step."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.formula import Line
from gdsim.core.rules.memory import Memory, Past
from gdsim.core.rules.schedules import Rate
from gdsim.core.settings import BELOW_ONE, POSITIVE, SWITCH, Declared, param

# The gradient of the current batch's loss, as a function of the parameters.
Gradient = Callable[[Array], Array]
# A NamedTuple of arrays shaped like the parameters; its field names are the letters of the rule. Every
# rule has a type of its own, which the signature shared by all rules cannot name.
AnyState = Any


class Rates(NamedTuple):
    """What the schedules say for one update, and its number.

    Attributes
    ----------
    eta : float, or array that broadcasts against the parameters
        Learning rate.
    gamma : float
        Momentum; NaN for a rule without one.
    t : int
        Number of the update, from 1.
    """

    eta: Rate
    gamma: float
    t: int


def eta_param(default: float) -> float:
    """Declare a rule's learning rate."""
    return param(
        default,
        "η",
        1e-5,
        100.0,
        log=True,
        domain=POSITIVE,
        label="learning rate",
        doc="How far to go for each unit of gradient.",
    )


def gamma_param() -> float:
    """Declare a rule's momentum."""
    return param(
        0.9,
        "γ",
        0.0,
        0.999,
        domain=BELOW_ONE,
        label="momentum",
        doc="The share of the last step that is carried into the next.",
    )


def beta_param(default: float, symbol: str, doc: str) -> float:
    """Declare the decay rate of a running average."""
    return param(default, symbol, 0.0, 0.9999, domain=BELOW_ONE, label="decay rate", doc=doc)


def eps_param() -> float:
    """Declare the small number under the square root."""
    return param(
        1e-8,
        "ε",
        1e-12,
        1.0,
        log=True,
        domain=POSITIVE,
        label="epsilon",
        doc="Keeps the division away from zero. It stands inside the square root, as in the lecture.",
    )


def switch_param(symbol: str, label: str, doc: str) -> bool:
    """Declare a part of the rule that can be switched off, to see what it is good for."""
    return param(True, symbol, domain=SWITCH, label=label, doc=doc)


@dataclass(frozen=True)
class Optimizer(Declared):
    """An update rule with its hyperparameters.

    Rules are elementwise: they act on arrays of shape (..., d + 1), on w and on b alike, and on a
    batch of runs as on one.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    State: ClassVar[type[NamedTuple]]
    # Letters of what it remembers that are sums or averages of squares, and so never negative.
    squares: ClassVar[frozenset[str]] = frozenset()
    # The usual value differs from rule to rule: those that divide by a root declare their own.
    eta: float = eta_param(1.0)

    @abstractmethod
    def init(self, p: Array) -> AnyState:
        """Return the state before the first update, for parameters shaped like ``p``."""

    @abstractmethod
    def step(self, gradient: Gradient, p: Array, state: AnyState, rates: Rates) -> tuple[Array, AnyState]:
        """Return the parameters and the state after one update. Nothing is changed in place.

        ``gradient`` is a function, not a value, since a rule may ask for it elsewhere than at ``p``.
        """

    def effective_rate(self, state: AnyState, eta: Array, t: Array) -> Array:  # noqa: ARG002 - a rule's own may
        """Return what some updates multiplied their direction by, to make a step of it.

        The direction is the gradient, or what the rule makes of the gradients: v / η for momentum, m̂
        for Adam.

        Parameters
        ----------
        state : State of (n, d + 1) arrays
            After each update.
        eta : (n,) array
            Learning rates of the updates.
        t : (n,) array
            Their numbers, from 1.

        Returns
        -------
        (n, d + 1) array, or (n, 1) for a rule with one rate for all parameters
        """
        return eta[:, np.newaxis]

    def remembered(self, state: AnyState, t: Array) -> dict[str, Array]:  # noqa: ARG002 - a rule's own may
        """Return what the rule remembers after some updates, by its letters.

        Parameters
        ----------
        state : State of (n, d + 1) arrays
        t : (n,) array
            Numbers of the updates, from 1.
        """
        letters: dict[str, Array] = state._asdict()
        return letters

    @abstractmethod
    def work(self) -> tuple[Line, ...]:
        """Return what `step` computes, line by line, for one parameter; switches included.

        From these lines come the rule's picture and its arithmetic with the numbers of a step.
        """

    def memories(self, past: Past) -> tuple[Memory, ...]:  # noqa: ARG002 - for rules that remember
        """Return how each state variable gathered the gradients of some updates, in the order of the State.

        Nothing for a state that is no weighted sum of gradients.
        """
        return ()


@dataclass(frozen=True)
class MomentumRule(Optimizer):
    """An update rule with a momentum γ, and so one that a momentum schedule can steer."""

    gamma: float = gamma_param()
