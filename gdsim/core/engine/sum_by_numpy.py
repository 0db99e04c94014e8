"""Sums over many points of a neuron by NumPy, at one place per call."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.sum_source import compiled
from gdsim.core.formulas.code_printing import NUMPY, source_of
from gdsim.core.model.neuron import MOST_SQUARES, Neuron
from gdsim.core.model.objective import SLOPE, TERM, NeuronObjective

# NumPy takes a 0-d array in half the time that it takes for a Python float (measured).
_ONE = np.array(1.0)


class SumByNumpy:
    """The loss and its gradient over the points of a neuron. The caller sets ``np.errstate``."""

    def __init__(self, neuron: Neuron) -> None:
        *self._inputs, self._targets = neuron.columns
        objective = neuron.objective
        self._terms_and_slopes = None if objective.is_lecture else terms_and_slopes(objective)
        self._shares = objective.shares(len(neuron.targets), neuron.total or len(neuron.targets))
        # Buffers that every call overwrites.
        self._output, self._terms, self._slope = room = np.empty((3, len(self._targets)))
        self._terms_and_slope = room[1:]

    def __call__(self, *p: float) -> tuple[float, ...]:
        if self._terms_and_slopes:
            self._terms[:], self._slope[:] = self._terms_and_slopes(self._activation(p), self._targets)
        else:
            self._lecture(p)
        loss, bias = np.add.reduce(self._terms_and_slope, 1).tolist()
        gradient = [float(self._slope.dot(x)) for x in self._inputs]
        return self._with_shares(loss, [*gradient, bias], p)

    def _activation(self, p: Sequence[float]) -> Array:
        z, (first, *inputs) = self._output, self._inputs
        np.multiply(first, p[0], z)
        for x, w in zip(inputs, p[1:-1], strict=True):
            np.multiply(x, w, self._slope)
            np.add(z, self._slope, z)
        return np.add(z, p[-1], z)

    def _lecture(self, p: Sequence[float]) -> None:
        """Compute the terms and slopes of the lecture's loss without temporary arrays."""
        # -z comes from -p, and rounds as z does.
        output, error, slope = self._activation([-one for one in p]), self._terms, self._slope
        np.exp(output, output)
        np.add(output, _ONE, output)
        np.divide(_ONE, output, output)
        np.subtract(output, self._targets, error)
        np.multiply(error, output, slope)
        np.subtract(_ONE, output, output)
        np.multiply(slope, output, slope)
        np.multiply(error, error, error)

    def _with_shares(self, loss: float, gradient: list[float], p: Sequence[float]) -> tuple[float, ...]:
        share, n = self._shares, len(self._targets)
        if share.half:
            loss *= 0.5
        if share.mean:
            loss, gradient = loss / n, [one / n for one in gradient]
        if share.l2:
            *weights, _ = p
            loss += 0.5 * share.l2 * sum(w * w for w in weights)
            gradient = [g + share.l2 * w for g, w in zip(gradient, weights, strict=False)] + gradient[-1:]
        return loss, *gradient


@lru_cache(maxsize=32)
def terms_and_slopes(objective: NeuronObjective) -> Callable[[Array, Array], tuple[Array, Array]]:
    """Compile a function from activations z and targets y to the points' loss terms and their slopes by z."""
    program = objective.program
    needed = program.depends(SLOPE) | program.depends(TERM)
    lines = [
        "def terms_and_slopes(z, y):",
        *(
            f"    {one.target} = {source_of(one.node, NUMPY)}"
            for one in program.lines
            if one.target in needed
        ),
        f"    return {TERM}, {SLOPE}",
    ]
    return compiled("\n".join(lines), "<terms and slopes>", "terms_and_slopes")


class CurvatureByNumpy:
    """The second derivatives of the loss over the points of a neuron.

    ``without_outputs`` leaves out the terms with the curvature of the outputs (Gauss-Newton).
    """

    def __init__(self, neuron: Neuron, *, without_outputs: bool) -> None:
        self._neuron, self._without_outputs = neuron, without_outputs
        *self._inputs, _ = neuron.columns
        self._shares = neuron.objective.shares(len(neuron.targets), len(neuron.targets))
        self._pairs = [(one, other) for i, one in enumerate(self._inputs) for other in self._inputs[: i + 1]]
        self._kept: list[Array] | None = None
        if neuron.inputs.size * neuron.inputs.shape[1] <= MOST_SQUARES:
            self._kept = [one * other for one, other in self._pairs]

    def __call__(self, *p: float) -> list[float]:
        """Return the lower triangle of the second derivatives at p, row by row."""
        with np.errstate(all="ignore"):
            bends = self._neuron.second_derivatives_by_z(np.array(p), without_outputs=self._without_outputs)
            bends = np.ascontiguousarray(bends)
            found = [float(bends.dot(one)) for one in chain(self._kept or self._products(), self._inputs)]
            found.append(float(np.add.reduce(bends)))
        if self._shares.mean:
            found = [one / len(bends) for one in found]
        for i in range(len(self._inputs)):
            found[i * (i + 3) // 2] += self._shares.l2
        return found

    def _products(self) -> Iterator[Array]:
        """Yield the product of each pair of inputs, each overwriting the one before it in the same buffer."""
        room = np.empty(len(self._neuron.targets))
        return (np.multiply(one, other, room) for one, other in self._pairs)
