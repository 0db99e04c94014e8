"""One update on NumPy arrays: the lines of a rule for many runs at once."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.loop_source import compiled
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.formulas.printing import NUMPY, code
from gdsim.core.formulas.program import is_gradient
from gdsim.core.rules.update_rule import ETA, GAMMA, NEW, W_NEXT, T, UpdateRule, W

# The gradient of the loss over the points of an update, as a function of the parameters.
Gradient = Callable[[Array], Array]
ArrayStep = Callable[
    [Gradient, Array, tuple[Array, ...], dict[str, Any], int], tuple[Array, tuple[Array, ...], Array]
]


def memory_at_start(rule: UpdateRule, settings: Mapping[str, float], p: Array) -> tuple[Array, ...]:
    """Return the memory of each letter before the first update, for parameters (..., d + 1)."""
    starts = {line.target: line.node for line in rule.program.starts}
    values = {**settings, W: p}
    return tuple(
        np.broadcast_to(evaluate_arrays(starts[letter], values), p.shape)
        if letter in starts
        else np.zeros_like(p)
        for letter in rule.letters
    )


@lru_cache(maxsize=256)
def array_step(rule: UpdateRule) -> ArrayStep:
    """Return one update on arrays: ``step(gradient, p, state, settings, t) -> (p, state, gradient)``.

    ``settings`` has a number, or an array that broadcasts against p, for each setting, and the rates as
    ``eta`` and ``gamma``. The gradient that comes back is the one that was asked for last.
    """
    return compiled("\n".join(_lines(rule)), f"<one step of {rule.letters}>", "step")


def _lines(rule: UpdateRule) -> Iterator[str]:
    settings = [name for name in rule.numbers if name not in (ETA, GAMMA)]
    yield f"def step(_gradient, {W}, _state, _settings, {T}):"
    yield from (f"    {name} = _settings['{name}']" for name in (*settings, ETA, GAMMA))
    if rule.letters:
        yield f"    {', '.join(rule.letters)}, = _state"
    for line in rule.program.lines:
        asked = is_gradient(line.node)
        yield f"    {line.target} = " + (
            f"_gradient({rule.gradients[line.target]})" if asked else code(line.node, NUMPY)
        )
    state = "".join(f"{letter}{NEW}, " for letter in rule.letters)
    yield f"    return {W_NEXT}, ({state}), {rule.last_gradient}"
