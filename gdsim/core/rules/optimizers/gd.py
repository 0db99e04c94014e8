"""Plain gradient descent."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from gdsim.core.arrays import Array
from gdsim.core.formulas.formula import Line
from gdsim.core.rules.optimizers.base import Gradient, Optimizer, Rates


class Nothing(NamedTuple):
    """Plain descent remembers nothing."""


@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """Move against the gradient.

    w ← w - η·g

    Where the surface is gentle the gradient is small, and so is every step.

    References
    ----------
    A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", 1847.
    """

    id: ClassVar[str] = "gd"
    title: ClassVar[str] = "Gradient descent"
    State: ClassVar[type[NamedTuple]] = Nothing

    def init(self, p: Array) -> Nothing:  # noqa: ARG002 - nothing to shape
        """Nothing to remember."""
        return Nothing()

    def step(self, gradient: Gradient, p: Array, state: Nothing, rates: Rates) -> tuple[Array, Nothing]:
        """w - η·g."""
        return p - rates.eta * gradient(p), state

    def work(self) -> tuple[Line, ...]:
        """Return the rule itself."""
        return (Line("update", "w_next = w - eta*g"),)
