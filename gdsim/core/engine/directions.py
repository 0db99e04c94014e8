"""The directions of rules with a line search or a second-order method, from gradient and curvature."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from gdsim.core.engine.line_search import Functions
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.second_order import SecondOrderRule

Vector: TypeAlias = list[float]
# The memory that a method takes and returns at each step; None for a method without memory. For
# Levenberg-Marquardt it is μ; for BFGS B, the last parameters and the last gradient (None before the first
# step); for conjugate gradient the last direction and gradient.
MethodMemory: TypeAlias = Any
# The same memory, flattened.
FlatMemory: TypeAlias = tuple[float, ...]


def known_at_first(optimizer: Optimizer, width: int, memory: FlatMemory = ()) -> MethodMemory:
    """Return a method's memory before its first step; ``memory`` is what a fork inherits, flattened."""
    rows = [list(memory[first : first + width]) for first in range(0, len(memory), width)]
    match optimizer.id:
        case "levenberg-marquardt":
            return memory[0] if memory else optimizer.number("mu")
        case "bfgs":
            return rows or [[float(i == j) for j in range(width)] for i in range(width)], None, None
        case "conjugate-gradient":
            return tuple(rows or [[0.0] * width] * 2)
    return None


def flat_memory(
    known: MethodMemory, functions: Functions, p: Sequence[float], gradient: Sequence[float]
) -> FlatMemory:
    """Return a method's memory, flattened; ``p`` and ``gradient`` are the current ones of the run."""
    match known:
        case None:
            return ()
        case float():
            return (known,)
        case (inverse, last_p, last_gradient):  # BFGS learns from a step only at the next one
            if last_p is not None:
                step = [new - old for new, old in zip(p, last_p, strict=True)]
                change = [new - old for new, old in zip(gradient, last_gradient, strict=True)]
                inverse = functions["learnt"](inverse, step, change)
            return tuple(one for row in inverse for one in row)
    return tuple(one for row in known for one in row)


def direction_at(
    optimizer: Optimizer,
    functions: Functions,
    p: Sequence[float],
    gradient: Sequence[float],
    known: MethodMemory = None,
) -> tuple[Vector, MethodMemory]:
    """Return the direction at p, and the method's memory for its next step.

    A first-order rule goes against the gradient. Raises `Stopped` where there is no direction.
    """
    rule = optimizer.definition
    if not isinstance(rule, SecondOrderRule):
        return [-slope for slope in gradient], None
    own = (known if name == rule.remembers else optimizer[name] for name in rule.takes)
    made = functions[rule.function](p, gradient, *own)
    return (list(made[:-1]), made[-1]) if rule.remembers else (made, None)
