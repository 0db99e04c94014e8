"""Line search: the loss along a direction, and the functions that choose how far to go along it."""

import linecache
import math
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from gdsim.core.engine.search_source import SEARCH_FUNCTIONS, search_source
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.rules.searches import FIXED, Search

# A function of the parameters that returns the loss, followed by its gradient.
PlainSums: TypeAlias = Callable[[Sequence[float]], tuple[float, ...]]
# The functions of `search_source`, by name.
Functions: TypeAlias = Mapping[str, Callable[..., Any]]


class Stopped(Exception):  # noqa: N818 - as scripts call it
    """Raised where there is no further step; its text is the name of the `StopReason`."""


class Paused(Exception):  # noqa: N818 - nothing is wrong
    """Raised when the time for a piece of work is over before a step is found."""


def search_functions(width: int, **given: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Return the functions of `search_source`, compiled for ``width`` parameters.

    Second-order methods call ``curvature``, ``flat_curvature`` and ``Line``, which must be ``given``.
    """
    functions: dict[str, Any] = {"math": math, "np": np, "Stopped": Stopped, **given}
    exec(_compiled(width), functions)  # noqa: S102 - our own text
    return functions


@lru_cache(maxsize=64)
def _compiled(width: int) -> CodeType:
    texts = search_source(width, "curvature(p)", "flat_curvature(p)", lambda reason: reason.name)
    text, file = "\n\n\n".join(texts.values()), f"<searches for {width} parameters>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)  # for a traceback
    return compile(text, file, "exec")


dot: Callable[..., float] = search_functions(1)["dot"]


class TriedStep(NamedTuple):
    """A tried step: its length as a multiple of the direction, the loss at its end, and the slope there."""

    t: float
    loss: float
    slope: float = math.nan  # Along the direction; NaN where it was not evaluated


class Line:
    """The loss along a direction d from a place p, with a record of all tries.

    A paused search starts over, and is answered from this record until it makes a new try.
    """

    def __init__(
        self, sums: PlainSums, p: Sequence[float], direction: Sequence[float], here: Sequence[float]
    ) -> None:
        self._sums, self.p, self.d = sums, p, list(direction)
        loss, *gradient = here
        self.first = TriedStep(0.0, loss, dot(gradient, direction))
        self.tries: list[TriedStep] = []  # In order
        self._with_slope: set[int] = set()  # Indices of the tries whose slope was evaluated
        self._last: tuple[float, tuple[float, ...]] = (0.0, tuple(here))
        self.begin()

    def begin(self, until: float = math.inf) -> None:
        """Let a search begin or start over, to be paused once a new try ends later than ``until``."""
        self._asked, self._until = 0, until

    @property
    def losses(self) -> int:
        """Number of loss evaluations."""
        return len(self.tries)

    @property
    def gradients(self) -> int:
        """Number of gradient evaluations."""
        return len(self._with_slope)

    @property
    def loss_here(self) -> float:
        return self.first.loss

    def start(self) -> tuple[float, float]:
        """Return the loss and the slope at p; raises `Stopped` unless the direction leads downhill."""
        _, loss, slope = self.first
        if not slope < 0.0 or math.isnan(loss):
            raise self._stopped(StopReason.CLIMBS if slope > 0.0 else StopReason.NO_SLOPE)
        return loss, slope

    def found(self, t: float | None) -> float:
        """Return the length of the step found; raises `Stopped` if it is None or changes no parameter."""
        if t is None or self.place(t) == self.place(0.0):
            is_flat = self.tries and all(one.loss == self.first.loss for one in self.tries)
            raise self._stopped(StopReason.FLAT if is_flat else StopReason.NO_STEP)
        return t

    def _stopped(self, reason: StopReason) -> Stopped:
        known = math.isfinite(self.first.loss) and math.isfinite(self.first.slope)
        return Stopped((reason if known else StopReason.UNDEFINED).name)

    def place(self, t: float) -> tuple[float, ...]:
        """Return where a step of length t leads, rounded as ``w + eta*d`` is."""
        return tuple(p + t * d for p, d in zip(self.p, self.d, strict=True))

    def loss(self, t: float) -> float:
        """Try a step; return the loss at its end."""
        is_new = self._asked == len(self.tries)
        if is_new:
            self.tries.append(TriedStep(t, self.sums_at(t)[0]))
        self._asked += 1
        if is_new and time.perf_counter() > self._until:
            raise Paused
        return self.tries[self._asked - 1].loss

    def slope(self, t: float) -> float:
        """Return the slope at the end of the last tried step, whose length is t."""
        place = self._asked - 1
        if place not in self._with_slope:
            self._with_slope.add(place)
            self.tries[place] = self.tries[place]._replace(slope=dot(self.sums_at(t)[1:], self.d))
        return self.tries[place].slope

    def sums_at(self, t: float) -> tuple[float, ...]:
        """Return the loss and gradient at the end of a step, without counting them as evaluations."""
        if self._last[0] != t:
            self._last = t, self._sums(self.place(t))
        return self._last[1]

    def has_slope_at(self, t: float) -> bool:
        """Return whether the gradient at this step length has been evaluated."""
        return any(one.t == t and not math.isnan(one.slope) for one in self.tries)


def step_length(search: Search, eta: float, line: Line, functions: Functions) -> float:
    """Return the length of the step along a line; raises `Stopped` where the search accepts none."""
    if search.definition == FIXED:
        return eta
    t: float = functions[SEARCH_FUNCTIONS[search.id]](line, eta, *search.values)
    return t


def needs_descent(search: Search) -> bool:
    return search.id not in ("fixed", "list")
