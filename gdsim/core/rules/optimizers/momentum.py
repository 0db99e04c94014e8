"""Gradient descent with momentum."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.formula import Line
from gdsim.core.rules.memory import Memory, Past
from gdsim.core.rules.optimizers.base import Gradient, MomentumRule, Rates


class Velocity(NamedTuple):
    """v: the last step, a decaying sum of all gradients so far."""

    v: Array


@dataclass(frozen=True)
class Momentum(MomentumRule):
    """Carry a share of the last step into the next, as a ball rolling downhill does.

    v_t = γ·v_{t-1} + η·g_t
    w ← w - v_t

    References
    ----------
    B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
    """

    id: ClassVar[str] = "momentum"
    title: ClassVar[str] = "Momentum"
    State: ClassVar[type[NamedTuple]] = Velocity

    def init(self, p: Array) -> Velocity:
        """v_0 = 0."""
        return Velocity(np.zeros_like(p))

    def step(self, gradient: Gradient, p: Array, state: Velocity, rates: Rates) -> tuple[Array, Velocity]:
        """v = γ·v + η·g, then w - v."""
        v = rates.gamma * state.v + rates.eta * gradient(p)
        return p - v, Velocity(v)

    def memories(self, past: Past) -> tuple[Memory, ...]:
        """v keeps γ of the old v, and takes η of the gradient."""
        return (Memory(past.gamma, past.eta),)

    def work(self) -> tuple[Line, ...]:
        """Return the velocity, then the step."""
        return Line("memory", "v_t = gamma*v + eta*g"), Line("update", "w_next = w - v_t")
