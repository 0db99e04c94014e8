"""Whether a run is stable where it is: its rate times the curvature, compared with the limit of its rule."""

import cmath
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.curvature.curvature import Curvature, curvature_at, without_rounding
from gdsim.core.analysis.curvature.limit import Roots, limits, matrices_at, roots_at
from gdsim.core.analysis.curvature.linear_step import LATE, linear_step
from gdsim.core.analysis.update import Update
from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import precise
from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.rules.rule import symbols
from gdsim.core.rules.update_rule import ETA, GAMMA

# A root turns a full circle in 2π / angle updates; one with a smaller angle than this does not swing.
_LEAST_ANGLE = 1e-6


class Mode(NamedTuple):
    """What the distance from the bottom of the parabola does from step to step along one direction."""

    direction: Array  # (d + 1,): a unit vector
    product: float  # Rate times curvature, to be compared with the limit
    growth: float  # The factor by which a step multiplies the distance in the long run; NaN if unknown
    swing: float  # The period of its oscillation in steps; infinite if there is none
    has_rate: bool  # Whether its rate is not 0, to which a schedule may set it


@dataclass(frozen=True, eq=False)
class Stability:
    """An update of a run on the parabola that touches the loss where the run is."""

    update: Update
    curvature: Curvature
    modes: tuple[Mode, ...]  # By their products, the largest last; empty if these are not finite
    limit: float  # Infinite if there is none; NaN if the step is not linear in the gradients
    # (d + 1,): η / P if each parameter has its own rate, and the curvature is then that of P⁻¹H; else None.
    own_rates: Array | None
    # The factor in ``own_rates`` that depends on the number of the step, such as that of the bias correction
    # or of a momentum that rises; 1 if there is none.
    correction: float

    @property
    def product(self) -> float:
        """The largest rate times curvature, or NaN if it is not finite."""
        return self.modes[-1].product if self.modes else math.nan

    @property
    def gauge(self) -> float:
        """The largest product as a share of the limit: below 1 the run settles, above 1 it moves away."""
        return self.product / self.limit if self.limit else math.nan

    @property
    def has_gauge(self) -> bool:
        """Whether there is a limit, and a number to compare with it."""
        return math.isfinite(self.limit) and not math.isnan(self.gauge)

    @property
    def grows(self) -> bool:
        """Whether the distance grows along a direction in which the loss curves up.

        It may shrink beyond the limit, because some rules settle in bands there.
        """
        return any(mode.product > 0.0 and not mode.growth < 1.0 for mode in self.modes)

    @property
    def curves_up_nowhere(self) -> bool:
        """Whether there is no direction in which a rate may be too large."""
        return self.product <= 0.0 and self.has_rates

    @property
    def has_rates(self) -> bool:
        """Whether the rate is 0 in no direction."""
        return all(mode.has_rate for mode in self.modes)

    @property
    def formula(self) -> tuple[str, str]:
        """The limit in letters and in numbers: ``("2·(1 + γ)", "2·(1 + 0.9)")``; empty without a formula."""
        optimizer = self.update.run.optimizer
        node = optimizer.limit_formula
        if node is None:
            return "", ""
        texts = {name: precise(value) for name, value in optimizer.numbers.items()}
        texts |= {ETA: precise(self.update.eta), GAMMA: precise(self.update.gamma)}
        return PLAIN_TEXT.letters(node, symbols(optimizer)), PLAIN_TEXT.numbers(node, texts)


def stability(update: Update, place: Array) -> Stability:
    """Return the stability of an update, with its rates, at a place."""
    curvature = curvature_at(update.data, place)
    rule = update.run.optimizer.update_rule
    holds_rate = linear_step(rule).holds_rate
    own = holds_rate and rule.rate_follows_gradients
    width = len(curvature.place)
    rates = update.value(rule.rate) if holds_rate else np.full(width, update.eta)
    now = np.array([update.eta]), np.array([update.gamma])
    with np.errstate(all="ignore"):
        matrices = matrices_at(update.run.optimizer, *now, np.array([float(update.counted), float(LATE)]))
        here, late = (math.nan, math.nan) if matrices is None else limits(matrices).tolist()
    # With own rates, corrections for the start count as part of the rates, so that the limit stays the same.
    limit, times = (late, late / here) if own else (here, 1.0)
    if math.isnan(times):  # the rule has no limit
        times = 1.0
    if not curvature.is_finite or not np.isfinite(rates).all() or (rates < 0.0).any():
        return Stability(update, curvature, (), limit, times * rates if own else None, times)
    root = np.sqrt(rates)
    products, vectors = np.linalg.eigh(root[:, np.newaxis] * curvature.hessian * root)
    products = without_rounding(products, np.abs(products).max(), width)
    motions = [(math.nan, math.inf)] * width
    if matrices is not None:
        period = matrices.shape[1]
        (roots,) = roots_at(matrices[:1], products[np.newaxis])
        motions = [_motion(some, period) for some in roots]
    modes = []
    for product, vector, motion in zip(products.tolist(), vectors.T, motions, strict=True):
        along = root * vector
        size = float(np.linalg.norm(along))
        has_rate = size > 0.0
        modes.append(Mode(along / size if has_rate else vector, product * times, *motion, has_rate))
    return Stability(update, curvature, tuple(modes), limit, times * rates if own else None, times)


def _motion(roots: Roots, period: int) -> tuple[float, float]:
    """Return the growth and the swing of what remains in the long run; see `Mode`."""
    sizes = np.abs(roots)
    if not np.isfinite(sizes).all():
        return math.inf, math.inf
    # Of two equally large roots, such as a conjugate pair, either will do.
    root = complex(roots[int(np.argmax(sizes))])
    angle = abs(cmath.phase(root))
    swing = period * 2.0 * math.pi / angle if angle > _LEAST_ANGLE else math.inf
    return float(abs(root)) ** (1.0 / period), swing
