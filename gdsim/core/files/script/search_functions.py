"""The functions in scripts for step searches: the engine's own searches and methods, and a class ``Line``."""

from gdsim.core.engine.directions import known_at_first
from gdsim.core.engine.search_source import SEARCH_FUNCTIONS, filled_source, search_source
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.searches import FIXED, Search

STOPPED = "Stopped"
LINE = "Line"
# The functions for second derivatives; see `search_source`.
CURVATURES = ("curvature", "flat_curvature")


def reason_words(reason: StopReason) -> str:
    """Return why a run stopped, without the step at which it did."""
    return reason.value.partition(": ")[2]


# Names that the code of a search uses, so that nothing else may have them.
RESERVED = (
    STOPPED, LINE, *CURVATURES, *(f"array_{name}" for name in CURVATURES),
    *search_source(1, *CURVATURES, reason_words),
    "known", "eta0", "c1", "c2", "shrink", "most", "lowest",
)  # fmt: skip


def search_function(search: Search) -> str:
    """Return the name of the function that searches for the rate; empty for a fixed rate."""
    return "" if search.definition == FIXED else SEARCH_FUNCTIONS[search.id]


def memory_at_first(optimizer: Optimizer, width: int, searched: tuple[float, ...]) -> str:
    """Return the source of what a method remembers at first; ``searched`` is the state a fork inherits."""
    return repr(known_at_first(optimizer, width, searched))


def searching(dimension: int, *, arrays: bool) -> dict[str, str]:
    """Return the sources of the functions by name; ``arrays`` says whether NumPy sums all points."""
    place = "*p" if dimension == 1 else "p[:-1], p[-1]"
    points, prefix = ("X_all, Y_all", "array_") if arrays else ("X, Y", "")
    bent, flat = (f"{prefix}{name}({place}, {points})" for name in CURVATURES)
    line = {reason.name.lower(): reason_words(reason) for reason in StopReason} | {
        "star": "" if dimension == 1 else "*",
        "here": place,
    }
    own = {STOPPED: _STOPPED, LINE: filled_source(_LINE, line)}
    return own | search_source(dimension + 1, bent, flat, reason_words)


_STOPPED = '''\
class Stopped(Exception):
    """Why there is no further step."""'''

_LINE = '''\
class Line:
    """The loss along a direction d from a place p: t is how far it goes, as a multiple of d."""

    def __init__(self, p, d, g):
        self.p, self.d, self.slope_here = p, d, dot(g, d)
        self.loss_here = error(«here»)
        self.tried = []

    def place(self, t):
        return [number + t * along for number, along in zip(self.p, self.d)]

    def loss(self, t):
        «star»w, b = self.place(t)
        self.tried.append(error(w, b))
        return self.tried[-1]

    def slope(self, t):
        «star»w, b = self.place(t)
        dw, db = gradient(w, b)
        return dot([«star»dw, db], self.d)

    def start(self):
        """The loss and the slope where it begins; the search ends unless d leads down."""
        if not self.slope_here < 0 or math.isnan(self.loss_here):
            raise self.stopped(
                "«climbs»"
                if self.slope_here > 0
                else "«no_slope»"
            )
        return self.loss_here, self.slope_here

    def found(self, t):
        """The step that a search found, if it moves anything."""
        if t is None or self.place(t) == self.place(0.0):
            same = all(loss == self.loss_here for loss in self.tried)
            raise self.stopped(
                "«flat»"
                if self.tried and same
                else "«no_step»"
            )
        return t

    def stopped(self, why):
        known = math.isfinite(self.loss_here) and math.isfinite(self.slope_here)
        return Stopped(
            why
            if known
            else "«undefined»"
        )'''
