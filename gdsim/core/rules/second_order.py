"""Second-order methods, as a contrast to the rules: their directions depend on the curvature.

The lines of a rule are computed for each parameter alone, from the gradient without the curvature. Therefore
the engine computes the line of the direction. The run's `search` chooses the length of a step along it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from gdsim.core.formulas.algebra import product_of_factors
from gdsim.core.formulas.program import Program
from gdsim.core.formulas.syntax import Binary, Call, Formula, Name
from gdsim.core.language.texts import to_say
from gdsim.core.rules.catalogue import eta
from gdsim.core.rules.rule import Rule, Switches
from gdsim.core.rules.update_rule import ETA, W_NEXT, G, UpdateRule, W
from gdsim.core.settings import POSITIVE, Setting, by_id

DIRECTION = "d"
LEVENBERG_MARQUARDT = "levenberg-marquardt"
# Methods that approximate the curvature by squares of slopes, which exist only for sums over points.
_NEED_POINTS = ("gauss-newton", LEVENBERG_MARQUARDT)
# Methods whose steps lead to a saddle or a maximum as readily as to a minimum.
_TO_ANY_LEVEL_POINT = ("newton", "damped-newton")
# The argument of a method for what it has learnt from the gradients of earlier steps.
_LEARNT = "known"


@dataclass(frozen=True, repr=False)
class SecondOrderRule(Rule):
    """A direction over all parameters, times η: ``w_next = w + eta*d``."""

    # Arguments of its function besides a place and the gradient there: settings, and last what it remembers.
    takes: tuple[str, ...] = ()
    memory: str = ""  # What it remembers from step to step, which its lines do not show

    __hash__ = Rule.__hash__

    @property
    def function(self) -> str:
        """The name of the function that the line for the direction calls."""
        return self.id.replace("-", "_")

    @property
    def remembers(self) -> str:
        """The name of what its function returns for the next step; empty if it returns nothing."""
        return self.takes[-1] if self.memory else ""

    @property
    def needs_points(self) -> bool:
        """Whether it needs a loss that is a sum over points, which a function of w and b is not."""
        return self.id in _NEED_POINTS

    @property
    def goes_to_any_level_point(self) -> bool:
        """Whether its steps lead to a saddle or a maximum as readily as to a minimum."""
        return self.id in _TO_ANY_LEVEL_POINT

    @property
    def learns_from_gradients(self) -> bool:
        """Whether it learns from the gradients of earlier steps, in place of using second derivatives."""
        return self.remembers == _LEARNT

    @property
    def searches_itself(self) -> bool:
        """Whether it tries several directions itself, and takes the first that lowers the loss."""
        return self.id == LEVENBERG_MARQUARDT

    def update_rule(self, switches: Switches) -> UpdateRule:
        """Return the rule's two lines, the direction and the step. A second-order rule has no switches."""
        del switches
        return self._made

    @cached_property
    def _made(self) -> UpdateRule:
        step = Binary("+", Name(W), product_of_factors([Name(ETA), Name(DIRECTION)]))
        direction = Formula(DIRECTION, Call(self.function, (Name(G),)))
        return UpdateRule.of(Program((direction, Formula(W_NEXT, step))), self.settings)


def _rule(
    id_: str,
    title: str,
    summary: str,
    reference: str,
    own: Iterable[Setting] = (),
    takes: tuple[str, ...] = (),
    memory: str = "",
) -> SecondOrderRule:
    rate = eta(1.0, "How far to go along the direction d; a search begins there.")
    return SecondOrderRule(id_, title, summary, (rate, *own), "", reference, takes=takes, memory=memory)


_NOCEDAL = "J. Nocedal, S. J. Wright, Numerical optimization, 2nd edition, 2006, {}."
_RULES = (
    _rule(
        "newton",
        "Newton",
        "Go to the level point of the parabola with the slope and curvature H found here: a minimum, a "
        "saddle or a maximum.",
        _NOCEDAL.format("section 3.3"),
    ),
    _rule(
        "damped-newton",
        "Damped Newton",
        "Newton with λ added to every curvature: a large λ makes it gradient descent with rate η/λ.",
        _NOCEDAL.format("section 3.4"),
        (
            Setting(
                "damping",
                "λ",
                "damping",
                "What is added to the curvature in every direction.",
                0.1,
                POSITIVE,
                1e-6,
                100.0,
                log=True,
            ),
        ),
        takes=("damping",),
    ),
    _rule(
        "saddle-free-newton",
        "Saddle-free Newton",
        "Newton with the absolute value of each curvature, so that it moves away from saddles and maxima.",
        "Y. Dauphin et al., Identifying and attacking the saddle point problem, NeurIPS 2014.",
    ),
    _rule(
        "gauss-newton",
        "Gauss-Newton",
        "Newton with the part G of the curvature that is never negative: the part from the slopes of the "
        "outputs.",
        _NOCEDAL.format("section 10.3"),
    ),
    _rule(
        LEVENBERG_MARQUARDT,
        "Levenberg-Marquardt",
        "Gauss-Newton with μ added: μ grows tenfold until a step lowers the loss, then falls to a tenth.",
        "D. W. Marquardt, An algorithm for least-squares estimation of nonlinear parameters, 1963.",
        (
            Setting(
                "mu",
                "μ₀",
                "first damping",
                "What is added to the curvature at the first try.",
                0.01,
                POSITIVE,
                1e-6,
                100.0,
                log=True,
            ),
        ),
        takes=(ETA, "mu"),
        memory=to_say("its damping μ"),
    ),
    _rule(
        "bfgs",
        "BFGS",
        "Learns B, the inverse of the curvature, from how the gradient changes from step to step.",
        _NOCEDAL.format("section 6.1"),
        takes=(_LEARNT,),
        memory=to_say("B, which it has learnt from the gradients of all steps so far"),
    ),
    _rule(
        "conjugate-gradient",
        "Conjugate gradient",
        "Keeps a share β of the last direction (Polak-Ribière+): on a parabola in two parameters two exact "
        "steps are enough.",
        _NOCEDAL.format("section 5.2"),
        takes=(_LEARNT,),
        memory=to_say("its last direction and its last gradient"),
    ),
)
SECOND_ORDER_RULES: dict[str, SecondOrderRule] = by_id(_RULES)
