"""Nesterov's accelerated gradient."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.formula import Line
from gdsim.core.rules.memory import Memory, Past
from gdsim.core.rules.optimizers.base import Gradient, MomentumRule, Rates


class Velocity(NamedTuple):
    """v: the last step, a decaying sum of the gradients met while looking ahead."""

    v: Array


@dataclass(frozen=True)
class Nesterov(MomentumRule):
    """Look before you leap: take the gradient where the carried step alone would lead.

    look = w - γ·v_{t-1}
    v_t = γ·v_{t-1} + η·g(look)
    w ← w - v_t

    References
    ----------
    Y. Nesterov, "A method of solving a convex programming problem with convergence rate O(1/k²)", 1983.
    """

    id: ClassVar[str] = "nesterov"
    title: ClassVar[str] = "Nesterov"
    State: ClassVar[type[NamedTuple]] = Velocity

    def init(self, p: Array) -> Velocity:
        """v_0 = 0."""
        return Velocity(np.zeros_like(p))

    def step(self, gradient: Gradient, p: Array, state: Velocity, rates: Rates) -> tuple[Array, Velocity]:
        """look = w - γ·v; v = γ·v + η·g(look), then w - v."""
        carried = rates.gamma * state.v
        look = p - carried
        v = carried + rates.eta * gradient(look)
        return p - v, Velocity(v)

    def memories(self, past: Past) -> tuple[Memory, ...]:
        """v keeps γ of the old v, and takes η of the gradient ahead."""
        return (Memory(past.gamma, past.eta),)

    def work(self) -> tuple[Line, ...]:
        """Return where to look, the velocity with the gradient met there, then the step."""
        return (
            Line("look", "look = w - gamma*v"),
            Line("memory", "v_t = gamma*v + eta*g"),
            Line("update", "w_next = w - v_t"),
        )
