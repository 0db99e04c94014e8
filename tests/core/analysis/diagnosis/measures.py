"""The claims of a finding's sentence, clause by clause, each checked here against the record alone.

No measurement of `gdsim.core.analysis` is used. Every sentence must consist of these clauses, so that nothing
is said that is not measured.
"""

import math
import re
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.diagnosis import Finding
from gdsim.core.engine.trajectory import RecordColumns, RunStop, StopReason
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.rules.catalogue import RULES
from tests.core.engine import lecture_loops as loops
from tests.core.model.plain_losses import PlainLoss
from tests.core.records import computed

N = r"(−?\d[\d,]*(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(?:e−?\d+)?)"
F = rf"((?:1 − )?{N[1:-1]})"
P = r"(less than 0\.01\xa0%|[\d.,·⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+\xa0%)"
POINT = rf"([\d,]+) \((?:x = {N}, )?f = {F}, y = {N}\)"
MEMORY = (
    rf"he (?:velocity, which keeps (?:γ = )?{N}(?: to {N})? of the step before"
    rf"|average m, which keeps β₁ = {N} of its old value),"
)
_BLOCK = 64
_LOWERED = "₁₂₃₄₅₆₇₈₉"
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


class FalseClaimError(AssertionError):
    """Raised for a clause that is not true, or that nothing measures."""


def holds(condition, *details):
    if not condition:
        raise FalseClaimError(*details)


def read(text):
    """Parse a number or a percentage as the program prints it."""
    text = text.replace("−", "-").replace(",", "")
    if text.startswith("1 - "):
        return 1.0 - read(text.removeprefix("1 - "))
    if text.endswith("\N{NO-BREAK SPACE}%"):
        return 1e-5 if text.startswith("less") else read(text.removesuffix("\N{NO-BREAK SPACE}%")) / 100.0
    mantissa, _, exponent = text.partition("·10")
    return float(f"{mantissa}e{exponent.translate(_RAISED) or 0}")


def like(text, value, share=0.006):
    """Check that a printed number agrees with a value to its digits."""
    if text.startswith("1 − "):
        text, value = text.removeprefix("1 − "), 1.0 - value
    if text.startswith("less"):
        holds(0.0 < value < 1e-4, text, value)
    elif text.endswith("\N{NO-BREAK SPACE}%"):
        holds(
            abs(read(text) - value) <= max(0.06 * value if value < 0.1 else 0.0006, 0.006 * value),
            text,
            value,
        )
    else:
        holds(abs(read(text) - value) <= share * abs(value) + 1e-300, text, value)


class Kind(NamedTuple):
    """The properties of a rule, taken from its paper and not from the program."""

    follows: tuple[str, ...] | None = None  # settings that are above 0 if its steps depend on older gradients
    carries: str = ""  # what it steps by: a "velocity", an "average" of gradients, or something else
    divides: bool = False  # divides each parameter's step by a number of its own, the P of η P⁻¹H
    corrects: bool = False  # corrects its average for the start at zero, if its switch is on
    one_rate: bool = False  # multiplies all gradients by η alone


# Enter a new rule here, and its formulas in `rates_at` and `borne_at`.
KINDS = {
    "gd": Kind(one_rate=True),
    "sam": Kind(one_rate=True),
    "momentum": Kind(("gamma",), "velocity", one_rate=True),
    "nesterov": Kind(("gamma",), "velocity", one_rate=True),
    "lookahead": Kind(("gamma",), one_rate=True),
    "qhm": Kind(("beta", "nu"), one_rate=True),
    "schedule-free": Kind((), one_rate=True),
    "lion": Kind(("beta1",)),
    "adagrad": Kind(divides=True),
    "rmsprop": Kind(divides=True),
    "adadelta": Kind(divides=True),
    **dict.fromkeys(
        ("adam", "amsgrad", "adamax", "radam"), Kind(("beta1",), "average", divides=True, corrects=True)
    ),
    # Their steps contain more than the average.
    **dict.fromkeys(("adamw", "nadam"), Kind(("beta1",), divides=True, corrects=True)),
}


@lru_cache(maxsize=4096)
def borne(matrix, *numbers):
    """Return the largest x up to which the powers of ``matrix(x, *numbers)`` stay bounded."""

    def growing(xs):
        """Return the first x at which the powers grow, and the x before it; None if there is no such x."""
        matrices = np.array([matrix(x, *numbers) for x in xs.tolist()])
        grows = np.abs(np.linalg.eigvals(matrices)).max(axis=-1) > 1.0 + 1e-9
        first = int(np.argmax(grows))
        return (xs[first - 1], xs[first]) if grows[first] else None

    # Each part begins with the x at which the part before ends.
    parts = np.lib.stride_tricks.sliding_window_view(np.geomspace(1e-3, 1.05e5, 385), 33)[::32]
    low, high = next(filter(None, map(growing, parts)))
    # Several steps together may grow in bands of x that are narrower than the distances between these xs.
    low, high = growing(np.linspace(high / 4000.0, high, 4000)) if matrix is _looked_ahead else (low, high)
    for _ in range(10):
        low, high = growing(np.linspace(low, high, 33))
    return float(low)


def _decayed(x, beta, share, kept):
    """Return the matrix of a step of w, which decays by itself, and of the average."""
    return [[kept - x * (1.0 - beta) / share, -beta / share], [x * (1.0 - beta), beta]]


def _ahead(x, beta, share, after):
    """Return the matrix of a step of w, by the average one update ahead, and of the average."""
    return [
        [1.0 - x * (1.0 - beta) * (1.0 / share + beta / after), -beta * beta / after],
        [x * (1.0 - beta), beta],
    ]


def _between(x, beta, share):
    """Return the matrix of a step of z, with the gradient between z and the average w, and of w."""
    fast = [1.0 - x * (1.0 - beta), -x * beta]
    return [fast, [share * fast[0], 1.0 - share + share * fast[1]]]


def _looked_ahead(x, gamma, k, alpha):
    """Return the matrix of k steps of momentum and one step back, for w, v and the slow weights."""
    step = np.array([[1.0 - x, -gamma, 0.0], [x, gamma, 0.0], [0.0, 0.0, 1.0]])
    back = np.array([[alpha, 0.0, 1.0 - alpha], [0.0, 1.0, 0.0], [alpha, 0.0, 1.0 - alpha]])
    return back @ np.linalg.matrix_power(step, k)


class Case(NamedTuple):
    """A run, its record and its findings."""

    experiment: Experiment
    record: RecordColumns
    stop: RunStop
    findings: tuple[Finding, ...]


class Measures:
    """Measurements of one run, independent of the program's analysis."""

    def __init__(self, case: Case) -> None:
        self.experiment, self.record, self.stop, self.findings = case
        self._products: dict[int, float] = {}
        self._gradients: dict[int, np.ndarray] = {}
        self._hessians: dict[int, np.ndarray] = {}
        self.run = self.experiment.runs[0]
        self.rule, self.settings = _known_id(self.run.optimizer), dict(self.run.optimizer.items())
        assert self.rule in KINDS or self.rule not in RULES, f"KINDS has nothing on {self.rule}"
        self.kind = KINDS.get(self.rule, Kind())
        self.clock = self.experiment.clock(self.run)  # because row 0 of a fork is a later step
        self.x, self.y = self.experiment.points.x, self.experiment.points.y
        self.inputs = np.hstack([self.x, np.ones((len(self.x), 1))])
        self.p, self.loss = self.record.p, self.record.loss
        with np.errstate(over="ignore"):  # because the length of a step may overflow
            self.steps = self.p[1:] - self.p[:-1]
        self.last = len(self.loss) - 1
        batching = dict(self.run.batching.items())
        sizes = {"batch": len(self.y), "stochastic": 1}
        self.used = min(len(self.y), sizes.get(self.run.batching.id) or batching["size"])
        self.uses_all = self.used == len(self.y)
        self.names = ["w"] if self.x.shape[1] == 1 else [f"w{_LOWERED[i]}" for i in range(self.x.shape[1])]
        self.names.append("b")

    def f(self, p):
        with np.errstate(over="ignore"):
            return 1.0 / (1.0 + np.exp(-(self.inputs @ p)))

    def t(self, update):
        """Return the number of an update as the rule counts it."""
        return self.clock.first + update - self.clock.t0

    def remembered(self, update):
        """Return the memories before an update, which are 0 before the first one, except in a fork."""
        if update > 1 or self.run.fork:
            return list(self.record.state[:, update - 1])
        return [np.zeros(len(self.names)) for _ in self.record.state]

    def answer(self, p):
        """Return the output of a sigmoid or tanh neuron for every point."""
        return np.tanh(self.inputs @ p) if self.is_tanh else self.f(p)

    def slope(self, f):
        return 1.0 - f * f if self.is_tanh else f * (1.0 - f)

    @property
    def is_tanh(self):
        return self.plain.activation == "tanh"

    def terms(self, f):
        """Return the term of each point in the loss, up to a common factor."""
        size, delta = np.abs(f - self.y), self.experiment.objective.delta
        match self.experiment.objective.loss:
            case "squared":
                return size**2
            case "absolute":
                return size
        return np.where(size <= delta, size**2 / 2.0, delta * (size - delta / 2.0))

    @property
    def has_flat_neuron(self):
        """Whether the gradient of a point has the slope of a sigmoid or tanh as a factor."""
        loss, l2 = self.experiment.objective.loss, self.experiment.objective.l2
        return self.plain.activation in ("sigmoid", "tanh") and loss != "cross-entropy" and not l2

    @cached_property
    def plain(self):
        return PlainLoss(self.experiment.points, self.experiment.objective)

    def loss_at(self, p):
        return self.plain.loss(p)

    @cached_property
    def minimum(self):
        """The place to which damped Newton steps lead from the end of the run, downhill only."""
        place, damping = self.p[-1], 1e-6
        for _ in range(60):
            bends = self.plain.hessian(place)
            damped = bends + damping * np.abs(bends).max() * np.eye(len(place))
            there = place - np.linalg.solve(damped, self.plain.gradient(place))
            if self.loss_at(there) <= self.loss_at(place):
                place, damping = there, damping / 4.0
            else:
                damping *= 4.0
        return place

    def gradient(self, row):
        if row not in self._gradients:
            self._gradients[row] = self.plain.gradient(self.p[row])
        return self._gradients[row]

    @property
    def of_lecture(self):
        return self.plain.of_lecture

    @property
    def loss_scale(self):
        """The factor of the loss relative to that of the lecture."""
        return {"half-sum": 1.0, "sum": 2.0, "mean": 2.0 / len(self.y)}[self.experiment.objective.reduction]

    @cached_property
    def lowest(self):
        return 0.0 if self.plain.has_floor else self.loss.min()

    def saturated(self, row):
        """Return the points whose neuron has less than a tenth of the steepest slope before the target."""
        f = self.answer(self.p[row])
        return [i for i, output in enumerate(f) if self._is_saturated(output, self.y[i])]

    @property
    def far_and_saturated(self):
        """The points saturated at the end, at least a tenth as far from their targets as the furthest one."""
        errors = np.abs(self.answer(self.p[-1]) - self.y)
        stuck = self.saturated(self.last)
        return [i for i in stuck if errors[i] >= 0.1 * max(errors[stuck])]

    def _is_saturated(self, f, y):
        steepest = max(self.slope(np.linspace(f, y, 513)).max(), self.slope(f))
        return self.slope(f) < 0.1 * steepest

    def stuck_share(self, row):
        terms = self.terms(self.answer(self.p[row]))
        return terms[self.saturated(row)].sum() / terms.sum()

    @cached_property
    def across(self):
        """The direction of largest curvature at the row with the lowest loss; None if two are equal."""
        values, vectors = np.linalg.eigh(self.bends(int(np.argmin(self.loss))))
        return vectors[:, -1] if values[-1] - values[-2] > 1e-6 * abs(values[-1]) else None

    def bends(self, row, side=0):
        """Return the Hessian at a row; for the lecture's neuron, only the Gauss-Newton part of it."""
        if not self.of_lecture:
            return self.plain.hessian(self.p[row], side)
        f = self.f(self.p[row])
        matrix = np.zeros((len(self.names), len(self.names)))
        for slope, x in zip(f * (1.0 - f), self.inputs, strict=True):
            matrix += self.loss_scale * slope**2 * np.outer(x, x)
        return matrix

    def turns(self, first, last):
        """Return the rows at which the step across surely changes sign, and those at which it may."""
        rows = np.arange(max(first, 1), min(last, self.last - 1) + 1)
        across = self.steps @ self.across
        to, back = across[rows - 1], across[rows]
        is_much = np.minimum(np.abs(to), np.abs(back)) > 1e-10 * np.abs(self.p[rows]).max(axis=1) + 1e-300
        turned = to * back < 0.0
        sure, perhaps = rows[turned & is_much].tolist(), rows[turned | ~is_much].tolist()
        return sure, perhaps

    def parts(self, update):
        """Return the parts of a step that come from the old memory and from the gradient."""
        eta, gamma, g = self.record.eta[update], self.record.gamma[update], self.record.gradient[update]
        old = self.remembered(update)[0]
        if self.kind.carries == "velocity":
            return -gamma * old, -eta * g
        holds(self.kind.carries == "average", "no memory of gradients", self.rule)
        b1 = self.settings["beta1"]
        rate = eta * self.scale(self.t(update), [memory[update] for memory in self.record.state[1:]])
        return -rate * b1 * old, -rate * (1.0 - b1) * g

    def scale(self, update, memory, *, corrected=None):
        """Return the factor of η·m in a step of Adam or a relative, given its memories other than m."""
        b1, b2, eps = (self.settings[name] for name in ("beta1", "beta2", "eps"))
        if corrected is None:
            corrected = self.settings.get("bias_correction", True)
        share, shares = (1.0 - b1**update, 1.0 - b2**update) if corrected else (1.0, 1.0)
        if self.rule == "adamax":
            return 1.0 / (memory[0] + eps) / share
        if self.rule == "radam":
            longest = max(2.0 / (1.0 - b2) - 1.0, 5.0)
            length = longest - 2.0 * update * b2**update / (1.0 - b2**update)
            if length <= 5.0:
                return np.full(len(self.names), 1.0 / share)
            above = (length - 4.0) * (length - 2.0) * longest
            below = (longest - 4.0) * (longest - 2.0) * length
            return np.sqrt(above / below) / np.sqrt(memory[0] / shares + eps) / share
        return 1.0 / np.sqrt(memory[-1] / shares + eps) / share

    def follows_older(self, updates):
        """Return whether the directions of all these updates depend on older gradients, too."""
        if min(updates, default=2) < 2 and not (self.run.fork and self.run.fork.keeps_memory):
            return False  # there are no older gradients
        if self.rule == "lookahead" and all(self.t(update) % self.settings["k"] == 0 for update in updates):
            return True  # back over the last k steps
        if self.kind.follows is None:
            return False
        if self.kind.follows == ("gamma",):  # which may follow a schedule
            return all(self.record.gamma[update] > 0.0 for update in updates)
        return all(self.settings[name] > 0.0 for name in self.kind.follows)

    def rates_at(self, update):
        """Return the factor of each parameter's gradient, or average of gradients, at an update."""
        eta, eps = self.record.eta[update], self.settings.get("eps")
        if self.kind.one_rate:
            return np.full(len(self.names), eta)
        state = dict(zip(self.run.optimizer.update_rule.letters, self.record.state[:, update], strict=True))
        if self.rule == "adagrad":
            below = state["v"] + eps
            return eta / (np.sqrt(below) if self.settings["root"] else below)
        if self.rule == "rmsprop":
            return eta / np.sqrt(state["v"] + eps)
        if self.rule == "adadelta":
            place = self.run.optimizer.update_rule.letters.index("u")
            u = self.remembered(update)[place]
            return eta * np.sqrt(u + eps) / np.sqrt(state["v"] + eps)
        holds(self.kind.corrects, "no rates", self.rule)
        memories = [memory[update] for memory in self.record.state[1:]]
        return eta * self.scale(self.t(update), memories) * self.first_share(update)

    def first_share(self, update):
        """Return the divisor that corrects the average of the gradients for its start at zero."""
        corrected = self.kind.corrects and self.settings.get("bias_correction", True)
        return 1.0 - self.settings["beta1"] ** self.t(update) if corrected else 1.0

    def product(self, step):
        """Return η times the largest curvature of P⁻¹H, for the update that begins at a step."""
        if step not in self._products:
            self._products[step] = self._product(step)
        return self._products[step]

    def _product(self, step):
        update = min(step + 1, self.last)
        hessian = self._hessian(step)
        rates = self.rates_at(update) * self.limit(step) / self.borne_at(update)
        return float(np.linalg.eigvals(rates[:, np.newaxis] * hessian).real.max())

    def _hessian(self, step):
        """Return the Hessian at a step, computed with those of a block of steps, most of which are needed."""
        block, place = divmod(step, _BLOCK)
        if block not in self._hessians:
            self._hessians[block] = self.plain.hessians(self.p[block * _BLOCK : (block + 1) * _BLOCK])
        return self._hessians[block][place]

    def grows(self, step, by):
        """Return whether k steps of Lookahead grow, which beyond the limit they need not; else True."""
        if self.rule != "lookahead":
            return True
        k, alpha = round(self.settings["k"]), self.settings["alpha"]
        matrix = _looked_ahead(self.product(step), self.record.gamma[min(step + 1, self.last)], k, alpha)
        return np.abs(np.linalg.eigvals(matrix)).max() > 1.0 + by

    def limit(self, step):
        """Return the rule's stability limit; J. Cohen et al., arXiv 2103.00065 and 2207.14484."""
        return self.borne_at(min(step + 1, self.last), late=True)

    def borne_at(self, update, *, late=False):
        """Return the largest stable η times curvature at an update or, if ``late``, for filled averages."""
        gamma, settings = self.record.gamma[update], self.settings
        beta = settings.get("beta1", settings.get("beta"))
        share = 1.0 if late else self.first_share(update)
        if self.kind.carries == "average" or (self.rule == "adamw" and not settings["decoupled"]):
            return share * 2.0 * (1.0 + beta) / (1.0 - beta)
        if self.rule == "adamw":
            kept = 1.0 - self.record.eta[update] * settings["decay"]
            return borne(_decayed, beta, share, kept)
        if self.rule == "nadam":
            after = 1.0 if late else 1.0 - beta ** (self.t(update) + 1)
            return borne(_ahead, beta, share, after)
        if self.rule == "lookahead":
            return borne(_looked_ahead, gamma, round(settings["k"]), settings["alpha"])
        known = {
            "gd": lambda: 2.0,
            "momentum": lambda: 2.0 * (1.0 + gamma),
            "nesterov": lambda: 2.0 * (1.0 + gamma) / (1.0 + 2.0 * gamma),
            "adagrad": lambda: 2.0,
            "rmsprop": lambda: 2.0,
            "adadelta": lambda: 2.0,
            "qhm": lambda: 2.0 * (1.0 + beta) / (1.0 + beta - 2.0 * beta * settings["nu"]),
            # With the weight that this update has in the average.
            "schedule-free": lambda: borne(_between, beta, 1.0 / (self.t(update) + 1.0)),
        }
        holds(self.rule in known, "borne_at has nothing on", self.rule)
        return known[self.rule]()

    def distance_after(self, steps, product, step):
        """Return how far from the bottom of a parabola steps lead that begin 1 away from it.

        ``product`` is η times its curvature. Rules whose limit is that of a matrix have no loop here.
        """
        rule, settings = loops.gd, self.settings
        if self.kind.carries == "average" or (self.rule == "adamw" and not settings["decoupled"]):
            rule, settings = loops.qhm, {"beta": settings["beta1"], "nu": 1.0}
        elif self.rule in ("momentum", "nesterov", "qhm"):
            rule = loops.RULES[self.rule]
        elif self.rule not in ("gd", "adagrad", "rmsprop", "adadelta"):
            return math.inf
        p, state, farthest = [1.0], {}, 0.0
        gamma = self.record.gamma[min(step + 1, self.last)]
        for t in range(1, steps + 1):
            p, state, _ = rule(settings, state, lambda at: at, p, product, gamma, t)
            # It swings across the bottom, and may be close to it at a step.
            farthest = max(farthest, abs(p[0]))
            if farthest > 1e6:
                break
        return farthest

    # -------------------------------------------------------------------------------- a sentence

    def check(self, finding):
        """Raise `FalseClaimError` for a clause that is not true, or that nothing measures."""
        finding, rest = self._in_rows(finding)
        said = 0
        while rest:
            for pattern, measure in _clauses(finding.kind.name):
                found = re.match(pattern + r"(?: |$)", rest)
                if found:
                    measure(self, finding, *found.groups())
                    rest, said = rest[found.end() :], said + 1
                    break
            else:
                raise FalseClaimError("nobody measures", rest)
        holds(said)

    def _in_rows(self, finding):
        """Return a finding and its sentence, with rows of the record in place of the steps that they name."""
        start = self.clock.first

        def named(found):
            rows = [f"{int(read(step)) - start:,}" for step in found.groups() if step]
            return f"step {' to '.join(rows)}"

        steps = r"\bstep ([\d,]*\d)(?: to ([\d,]*\d)(?= the digits))?"
        sentence = re.sub(steps, named, finding.sentence)
        return replace(finding, first=finding.first - start, last=finding.last - start), sentence


def _known_id(optimizer):
    """Return the id of the bundled rule with the same lines, which may have been typed, or the own id."""
    if optimizer.id in RULES:
        return optimizer.id
    lines = optimizer.definition.lines.split()
    return next((rule.id for rule in RULES.values() if rule.lines.split() == lines), optimizer.id)


def _clauses(kind):
    return [(pattern, measure) for kinds, pattern, measure in CLAUSES if kind in kinds]


CLAUSES: list[tuple] = []


def clause(kinds, pattern):
    def listed(measure):
        CLAUSES.append((kinds.split(), pattern, measure))
        return measure

    return listed


# ------------------------------------------------------------------------------------------ plateaus


def check_point(m, row, number, x, f, y):
    holds(m.has_flat_neuron)
    place = int(number.replace(",", "")) - 1
    holds(place in m.saturated(row), "saturated", number)
    holds((x is None) == (len(m.names) > 2))
    if x is not None:
        like(x, m.x[place, 0])
    like(f, m.answer(m.p[row])[place])
    like(y, m.y[place])
    return place


@clause("PLATEAU", rf"Point {POINT} is saturated\.")
def one_is_saturated(m, finding, *point):
    place = check_point(m, finding.first, *point)
    holds(m.saturated(finding.first) == [place])


@clause("PLATEAU", rf"Points {POINT} and {POINT} are saturated\.")
def two_are_saturated(m, finding, *points):
    places = [check_point(m, finding.first, *points[4 * k : 4 * k + 4]) for k in (0, 1)]
    holds(sorted(places) == m.saturated(finding.first))


@clause("PLATEAU", rf"([\d,]+) of ([\d,]+) points are saturated and make up {P} of the loss\.")
def some_are_saturated(m, finding, some, of, share):
    holds(m.has_flat_neuron)
    holds(int(some) == len(m.saturated(finding.first)), some)
    holds(int(of) == len(m.y))
    like(share, m.stuck_share(finding.first))


@clause(
    "PLATEAU",
    rf"(?:Its gradient is|Their gradients are) multiplied by (f\(1 − f\)|1 − f²), which is (?:at most )?{N} "
    r"at step ([\d,]+) and (0\.25|1) at best\.",
)
def multiplied(m, finding, words, slope, step, best):
    holds(read(step) == finding.first)
    holds((words, best) == (("1 − f²", "1") if m.is_tanh else ("f(1 − f)", "0.25")), words, best)
    f = m.answer(m.p[finding.first])[m.saturated(finding.first)]
    like(slope, m.slope(f).max(initial=0.0), 0.01)


def check_what_the_loss_does(m, finding, steps, how, before, after):
    first, last = finding.first, finding.last
    holds(read(steps) == last - first)
    loss = m.plain.losses(m.p[first : last + 1])
    like(before, loss[0])
    like(after or before, loss[-1])
    if how == "stays at":
        for value in loss:
            like(before, value)
    return loss


@clause("PLATEAU", rf"In these ([\d,]+) steps the loss (goes from|stays at) {N}(?: to {N})?\.")
def the_loss_goes(m, finding, *goes):
    loss = check_what_the_loss_does(m, finding, *goes)
    # On a plateau, the loss hardly changes in most epochs.
    epoch = min(-(-len(m.y) // m.used), len(loss) - 1)
    changes = [abs(after / before - 1.0) for before, after in zip(loss, loss[epoch:], strict=False)]
    holds(np.median(changes) <= 0.0101, "flat", changes)


@clause("PLATEAU", rf"From there plain gradient descent with η = {N} brings it to {N} in ([\d,]+) steps\.")
def plain_descent_leaves(m, finding, eta, after, steps):
    holds(finding.last == m.last)
    p = m.p[m.last].copy()
    for _ in range(int(read(steps))):
        f = m.f(p)
        p -= m.loss_scale * read(eta) * (((f - m.y) * f * (1.0 - f)) @ m.inputs)
    like(after, m.loss_at(p), 0.02)
    holds(m.loss_at(p) < 0.9901 * m.loss[-1], "lower")


@clause(
    "PLATEAU DEAD",
    rf"In these ([\d,]+) steps the loss lies between {N} and {N}, and ends where it began, at {N}\.",
)
def the_loss_comes_back(m, finding, steps, low, high, start):
    holds(read(steps) == finding.last - finding.first)
    loss = m.plain.losses(m.p[finding.first : finding.last + 1])
    for said, value in ((low, loss.min()), (high, loss.max()), (start, loss[0]), (start, loss[-1])):
        like(said, value)
    holds(low != high)


# ----------------------------------------------------------------------------------------- dead neurons


@clause(
    "DEAD",
    r"From step ([\d,]+) on w·x \+ b is "
    r"(?:not above 0 at the only point|above 0 at none of the ([\d,]+) points): there ReLU is "
    r"0 and so is its slope, and (?:the point adds nothing|no point adds) to the gradient\.",
)
def is_dead(m, finding, step, points):
    holds(m.plain.activation == "relu")
    holds(int(read(step)) == finding.first)
    holds(int(read(points or "1")) == len(m.y))
    holds(finding.last == m.last)
    l2 = m.experiment.objective.l2
    for row in range(finding.first, m.last + 1):
        holds((m.inputs @ m.p[row] <= 0.0).all(), "dead", row)
        holds(np.allclose(m.gradient(row)[:-1], l2 * m.p[row][:-1], rtol=1e-12, atol=0.0), "gradient", row)
        holds(m.gradient(row)[-1] == 0.0)
    asked = m.record.gradient[:, -1]  # where the rule evaluates it, which may be off the path
    holds((asked[finding.first + 1 :] == 0.0).all(), "asked elsewhere")
    before = finding.first - 1
    holds(before < 0 or (m.inputs @ m.p[before] > 0.0).any() or asked[before + 1] != 0.0, "since when")
    holds(("Only the penalty" in finding.sentence) == bool(l2))


@clause("DEAD", r"Only the penalty is left in it\.")
def is_left(m, finding):
    holds(m.experiment.objective.l2 > 0.0)


@clause("DEAD", rf"The run stays where it is, at a loss of {N}\.")
def it_stays(m, finding, loss):
    holds((m.p[finding.first :] == m.p[finding.first]).all())
    like(loss, m.loss_at(m.p[-1]))


@clause("DEAD", rf"In these ([\d,]+) steps the loss (goes from|stays at) {N}(?: to {N})?\.")
def it_moves_on(m, finding, *goes):
    holds((m.p[finding.first :] != m.p[finding.first]).any())
    check_what_the_loss_does(m, finding, *goes)


# ------------------------------------------------------------------------------------- false valleys


@clause(
    "FALSE_VALLEY",
    rf"The loss comes to rest at {N}, because point {POINT} is saturated {N} away from its target\.",
)
def comes_to_rest(m, finding, loss, number, x, f, y, away):
    holds(len(m.far_and_saturated) == 1, "the only one", m.far_and_saturated)
    rests_at(m, finding, loss, away, number, x, f, y)


@clause(
    "FALSE_VALLEY",
    rf"The loss comes to rest at {N} at a (saddle|top), w = {N}, b = {N}: the slope is 0 there, but the loss "
    rf"curves down in a direction \({N}\)\. .* goes to level points of any kind\.",
)
def rests_on_a_saddle(m, finding, loss, kind, w, b, curvature):
    like(loss, m.loss_at(m.p[-1]))
    like(w, m.p[-1][0])
    like(b, m.p[-1][1])
    least, largest = np.linalg.eigvalsh(m.plain.hessian(m.p[-1]))
    like(curvature, least, 0.01)
    holds((largest > 0.0) == (kind == "saddle"), kind)
    holds(np.abs(m.plain.gradient(m.p[-1])).max() < 1e-9, "level")


@clause(
    "FALSE_VALLEY",
    rf"The loss comes to rest at {N}, because ([\d,]+) of ([\d,]+) points are saturated far from their "
    rf"targets, the furthest {N} away: point {POINT}\.",
)
def some_are_held(m, finding, loss, some, of, away, *point):
    holds(read(some) == len(m.far_and_saturated) > 1, "as many", m.far_and_saturated)
    holds(read(of) == len(m.y))
    rests_at(m, finding, loss, away, *point)
    errors = np.abs(m.f(m.p[-1]) - m.y)
    holds(errors[int(read(point[0])) - 1] >= 0.999999 * errors[m.saturated(m.last)].max(), "the furthest")


def rests_at(m, finding, loss, away, *point):
    like(loss, m.loss_at(m.p[-1]))
    holds(finding.last == m.last)
    place = check_point(m, m.last, *point)
    like(away, abs(m.f(m.p[-1])[place] - m.y[place]))
    level = m.plain.losses(m.p[-11:])
    holds(level.max() - level.min() <= 0.02 * level[-1], "rests")
    holds(m.stuck_share(m.last) >= 0.5, "because")
    # No learning rate leads away, except one so large that the walls throw the run out.
    f = m.f(m.p[-1])
    scaled = (f * (1.0 - f))[:, None] * m.inputs
    steepest = np.linalg.eigvalsh(scaled.T @ scaled)[-1]
    allowed = min(16000.0 / (m.inputs**2).sum(), 1.0 / max(steepest, 1e-300))  # of the lecture's loss
    rates = np.geomspace(1e-5, 1.0, 11) * allowed
    p, before, falls = np.repeat(m.p[-1:], len(rates), axis=0), np.inf, np.ones(len(rates), dtype=bool)
    for _ in range(400):
        with np.errstate(over="ignore"):
            f = 1.0 / (1.0 + np.exp(-(p @ m.inputs.T)))
        now = ((f - m.y) ** 2).sum(axis=1)
        falls &= now <= before * (1.0 + 1e-9)  # a run that is thrown about may land anywhere
        p -= rates[:, None] * (((f - m.y) * f * (1.0 - f)) @ m.inputs)
        before = now
    holds((~falls | (0.5 * m.loss_scale * before > 0.98 * m.loss[-1])).all(), "a way out", rates, before)


@clause(
    "FALSE_VALLEY",
    rf"(?:There f\(1 − f\) is|Their f\(1 − f\) is at most) {N}, so {P} of the loss gives almost no "
    r"gradient\.",
)
def almost_no_gradient(m, finding, slope, share):
    f = m.f(m.p[-1])
    like(slope, max(f[i] * (1.0 - f[i]) for i in m.far_and_saturated), 0.01)
    like(share, m.stuck_share(m.last))
    holds(all(f[i] * (1.0 - f[i]) < 0.025 for i in m.saturated(m.last)))


@clause("FALSE_VALLEY", rf"Another ([\d,]+) steps would leave it at {N}\.")
def would_leave_it(m, finding, steps, loss):
    epochs = m.clock.epoch(m.clock.first + m.last + int(read(steps)))
    longer = replace(m.experiment, runs=(replace(m.run, epochs=epochs),))
    (further,) = computed(longer)
    holds(further.last_step == m.last + read(steps))
    like(loss, further.whole.loss[-1])
    holds(abs(further.whole.loss[-1] - m.loss[-1]) <= 0.0101 * m.loss[-1])


@clause("FALSE_VALLEY", rf"At ((?:\w+ = {N[1:-1]}(?:, )?)+) the loss is {N}\.")
def elsewhere(m, finding, place, loss):
    pairs = [pair.split(" = ") for pair in place.split(", ")]
    holds([name for name, _ in pairs] == m.names)
    lower = m.loss_at(np.array([read(value) for _, value in pairs]))
    like(loss, lower, 0.01)
    holds(lower < 0.9901 * m.loss[-1], "lower")


@clause("FALSE_VALLEY", rf"Elsewhere the loss is {N}\.")
def somewhere(m, finding, loss):
    """The place has too many numbers for a sentence; as the loss is continuous, a loss as low is enough."""
    holds(len(m.names) > 4, "few enough to be named")
    holds(read(loss) < 0.9901 * m.loss[-1], "lower")
    starts = np.random.default_rng(0).normal(size=(8, len(m.names)))
    holds(min(low_near(m, start) for start in starts) <= 1.006 * read(loss), "so low")


def low_near(m, q):
    """Return the loss that damped least-squares steps reach from a place ``q``, scaled by the inputs."""
    units, damping = np.abs(m.inputs).max(axis=0), 1.0
    for _ in range(200):
        f = m.answer(q / units)
        slopes = (f * (1.0 - f))[:, None] * m.inputs / units
        step = np.linalg.solve(slopes.T @ slopes + damping * np.eye(len(q)), slopes.T @ (f - m.y))
        if m.loss_at((q - step) / units) < m.loss_at(q / units):
            q, damping = q - step, max(damping / 3.0, 1e-9)
        else:
            damping = min(3.0 * damping, 1e9)
    return m.loss_at(q / units)


# ---------------------------------------------------------------------------------------- overshoots


def raising(m, finding):
    loss = m.plain.losses(m.p[finding.first : finding.last + 1])
    return loss, [
        finding.first + k
        for k in range(len(loss) - 1)
        if m.loss[finding.first + k + 1] > m.loss[finding.first + k]
    ]


def uphill(m, finding):
    return [row for row in raising(m, finding)[1] if m.steps[row] @ m.gradient(row) > 0.0]


TOP = rf"A parabola that fits the loss along d curves down \({N}\), and d points to its top\."
RISES = rf"the loss rises, (?:at first )?with g·d = \+{N}\. {TOP}"


@clause("STOPPED", r"Stopped after ([\d,]+) steps?: .*")
def no_further_step(m, finding, steps):
    holds(read(steps) == finding.last == finding.first == m.last)


@clause(
    "UPHILL",
    rf".+? goes uphill at (?:([\d,]+) steps, the first at )?step ([\d,]+): along its direction d {RISES}",
)
def goes_uphill(m, finding, steps, first, slope, curvature):
    slopes = [m.steps[row] @ m.gradient(row) for row in range(finding.first, finding.last)]
    rounding = 1e-16 * np.abs(m.steps).sum(axis=1).max()  # of the gradient here, which is a plain sum
    sure, perhaps = (sum(slope > least for slope in slopes) for least in (rounding, -rounding))
    holds(sure <= (read(steps) if steps else 1) <= perhaps, "steps", steps)
    holds(read(first) == finding.first)
    holds(slopes[0] > 0.0 > read(curvature))
    step = m.steps[finding.first]
    along = step / np.linalg.norm(step)
    like(slope, slopes[0] / m.record.eta[finding.first + 1], 0.02)
    like(curvature, along @ m.plain.hessian(m.p[finding.first]) @ along, 0.02)


@clause(
    "UPHILL",
    rf".+? stops at step ([\d,]+): its direction d leads uphill, with g·d = \+{N}, and a search only "
    rf"goes downhill\. {TOP}",
)
def stops_uphill(m, finding, at, slope, curvature):
    holds(read(at) == finding.first == finding.last == m.last)
    holds(read(slope) > 0.0 > read(curvature))
    hessian, gradient = m.plain.hessian(m.p[-1]), m.gradient(-1)
    solved = hessian + m.settings.get("damping", 0.0) * np.eye(len(gradient))
    if np.linalg.cond(solved) < 1e8:  # otherwise the direction is ill-determined
        direction = -np.linalg.solve(solved, gradient)
        along = direction / np.linalg.norm(direction)
        like(slope, gradient @ direction, 0.02)
        like(curvature, along @ hessian @ along, 0.02)


@clause("OVERSHOOT", rf"(?:In ([\d,]+) steps|In one step) the loss rose from {N} to {N}(?: \((.*?)\))?\.")
def rose(m, finding, steps, before, after, growth):
    loss, rows = raising(m, finding)
    holds(len(rows) == finding.last - finding.first == (read(steps) if steps else 1))
    like(before, loss[0])
    like(after, loss[-1])
    if growth and growth.startswith("+"):
        like(growth.removeprefix("+"), loss[-1] / loss[0] - 1.0)
    elif growth:
        like(growth.removesuffix(" times as high"), loss[-1] / loss[0], 0.06)


@clause("OVERSHOOT", rf"(?:In ([\d,]+) steps|In one step) the loss rose from nearly 0 to {N}\.")
def rose_from_nothing(m, finding, steps, after):
    loss, rows = raising(m, finding)
    holds(len(rows) == finding.last - finding.first == (read(steps) if steps else 1))
    holds(loss[0] < 1e-20)
    like(after, loss[-1])


@clause("OVERSHOOT", rf"([\d,]+) of ([\d,]+) steps raised the loss, up to {N}\.")
def some_raised(m, finding, some, steps, highest):
    loss, rows = raising(m, finding)
    holds(read(steps) == finding.last - finding.first)
    holds(read(some) == len(rows))
    like(highest, loss.max())


@clause(
    "OVERSHOOT",
    r"Each step uses (one point only|at most ([\d,]+) points), and may raise the loss of the others\.",
)
def uses_few(m, finding, _, points):
    holds(not m.uses_all)
    holds(m.used == (int(points) if points else 1))


@clause("OVERSHOOT", r"The step that raised the loss also raised the loss of its own points\.")
def raised_its_own(m, finding):
    raised_their_own(m, finding, "1", "1")


@clause(
    "OVERSHOOT",
    r"([\d,]+) of the ([\d,]+) steps that raised the loss also raised the loss of their own points\.",
)
def raised_their_own(m, finding, some, of):
    """The loss of a step's own points is the sum of the losses over each of them alone."""
    _, rows = raising(m, finding)
    holds(read(of) == len(rows))
    sure = perhaps = 0
    for row in rows:
        used = m.run.batching.rows(len(m.y), m.clock.first + row + 1 - m.clock.epoch0, m.run.seed)
        alone = [PlainLoss(m.experiment.points.taken([point]), m.experiment.objective) for point in used]
        before, after = (sum(term.loss(m.p[at]) for term in alone) for at in (row, row + 1))
        room = 1e-9 * (abs(before) + abs(after)) + 2e-9 * abs(m.loss[row])
        sure, perhaps = sure + (after > before + room), perhaps + (after > before - room)
    holds(sure <= read(some) <= perhaps or m.experiment.objective.l2, some, sure, perhaps)


@clause(
    "OVERSHOOT",
    rf"(The|In ([\d,]+) of them the) gradient pointed back(?:, but t({MEMORY}) carried the run on)?\.",
)
def pointed_back(m, finding, who, some, memory, *keeps):
    holds(m.uses_all)
    rows = uphill(m, finding)
    said = read(some) if some else len(raising(m, finding)[1])
    # A neuron that is saturated to the last digit has a slope of 0 in floating point.
    sure = [row for row in rows if np.abs(m.gradient(row)).max() > 1e-15]
    holds(len(sure) <= said <= len(rows), who, said, len(rows))
    if memory:
        check_memory(m, rows[0] + 1, rows[-1] + 1, memory, *keeps)
        for row in rows:
            old, _ = m.parts(row + 1)
            holds(old @ m.gradient(row) > 0.0, "carried on", row)


def check_memory(m, first, last, memory, keep, keep_at_last, beta):
    if "velocity" in memory:
        holds(m.kind.carries == "velocity", m.rule)
        like(keep, m.record.gamma[first])
        like(keep_at_last or keep, m.record.gamma[last])
    else:
        holds(m.kind.carries == "average", m.rule)
        like(beta, m.settings["beta1"])


HALVES = [0.5**k for k in range(1, 1074)]


@clause(
    "OVERSHOOT",
    r"The (?:direction was right, but the step was|directions were right, but the steps were) too long: "
    rf"(it|the first one) moved (\w+) by {N}(?:, {N} of it by its gradient and the "
    rf"rest by the velocity)?\.",
)
def too_long(m, finding, which, name, moved, by_gradient):
    holds(m.uses_all)
    rows = raising(m, finding)[1]
    holds(all(m.steps[row] @ m.gradient(row) < 0.0 for row in rows), "right")
    holds((which == "it") == (len(rows) == 1))
    step = m.steps[rows[0]]
    like(moved, abs(step[m.names.index(name)]))
    holds(abs(step[m.names.index(name)]) == np.abs(step).max())
    # A step was too long if a part of it would have lowered the loss.
    for row in rows:
        holds(any(m.loss_at(m.p[row] + share * m.steps[row]) < m.loss[row] for share in HALVES), "shorter")
    if by_gradient:
        old, new = (part[m.names.index(name)] for part in m.parts(rows[0] + 1))
        like(by_gradient, abs(new))
        holds(old * new > 0.0)


# ------------------------------------------------------------------------------------------- u-turns


def corners(m, finding):
    return m.turns(finding.first + 1, finding.last - 1)


def is_seen(m, row):
    """Return whether both legs of a turn are at least a pixel long where the path is 600 pixels wide.

    A leg is at most ten steps long, and all lengths are measured across the valley.
    """
    place = [float(p @ m.across) for p in m.p[: row + 11]]
    legs = []
    for way in (-1, 1):
        end = row + way
        while 0 < end < len(place) - 1 and abs(end - row) < 10 and _goes_on(place, end, way, row):
            end += way
        legs.append((abs(place[end] - place[row]), end))
    path = place[: legs[1][1] + 1]
    return min(leg for leg, _ in legs) * 600.0 >= max(path) - min(path)


def _goes_on(place, end, way, row):
    """Return whether the next step prolongs a leg, whose direction is unknown while it is only rounding."""
    leg = place[end] - place[row]
    return (place[end + way] - place[end]) * leg >= 0.0 or abs(leg) < 1e-12 * max(map(abs, place))


@clause(
    "U_TURN",
    rf"Turn ([\d,]+) of ([\d,]+), at step ([\d,]+): one step went {N} across the valley, the next "
    rf"{N} back\.",
)
def one_turn(m, finding, number, of, step, there, back):
    if m.across is None:
        return
    row = int(read(step))
    holds((finding.first, finding.last) == (row - 1, row + 1))
    sure, perhaps = m.turns(0, m.last)
    holds(row in perhaps, "turns")
    holds(len(sure) <= read(of) <= len(perhaps), of, len(sure), len(perhaps))
    before = [sum(turn <= row for turn in rows) for rows in (sure, perhaps)]
    holds(before[0] <= read(number) <= before[1], number, before)
    like(there, abs(m.steps[row - 1] @ m.across), 0.01)
    like(back, abs(m.steps[row] @ m.across), 0.01)
    holds(is_seen(m, row), "seen", row)


@clause("U_TURN", r"In ([\d,]+) steps, the step across the valley changed sign ([\d,]+) times\.")
def turns_in_steps(m, finding, steps, often):
    if m.across is None:
        return
    holds(read(steps) == finding.last - finding.first)
    sure, perhaps = corners(m, finding)
    holds(len(sure) <= read(often) <= len(perhaps), often, len(sure), len(perhaps))
    holds(is_seen(m, finding.first + 1) and is_seen(m, finding.last - 1), "seen", finding.first, finding.last)


@clause("U_TURN", r"Each step uses only some of the points, which may pull in different directions\.")
def uses_some(m, finding):
    holds(not m.uses_all)


def pulls(m, finding):
    """Return the corners, the directions of the steps to them, and the slopes before and after these steps.

    A slope is measured across the valley in the direction of the step: above 0 it leads uphill.
    """
    holds(m.uses_all)
    rows = corners(m, finding)[0]
    to = [np.sign(m.steps[row - 1] @ m.across) for row in rows]
    before = [m.gradient(row - 1) @ m.across * sign for row, sign in zip(rows, to, strict=True)]
    behind = [m.gradient(row) @ m.across * sign for row, sign in zip(rows, to, strict=True)]
    return rows, to, before, behind


@clause("U_TURN", rf"T({MEMORY}) led the run up the wall, until the gradients there outweighed it\.")
def led_up_the_wall(m, finding, memory, *keeps):
    if m.across is None:
        return
    rows, to, _, behind = pulls(m, finding)
    holds(all(slope > 0.0 for slope in behind), "up the wall", behind)
    if not rows:
        return
    check_memory(m, rows[0], rows[-1], memory, *keeps)
    for row, sign in zip(rows, to, strict=True):
        old, new = (sign * part @ m.across for part in m.parts(row))
        kept, turned = (sign * part @ m.across for part in m.parts(row + 1))
        holds(old > 0.0 and old > new, "led", row, old, new)
        holds(kept > 0.0 > turned and -turned > kept, "outweighed", row, kept, turned)


@clause("U_TURN", r"The gradient pointed back, but the direction of (.*?) depends on older gradients, too\.")
def follows_from_older(m, finding, title):
    holds(title == m.run.optimizer.title)
    if m.across is not None:
        holds(m.follows_older(corners(m, finding)[0]), m.rule)
        holds(all(slope > 0.0 for slope in pulls(m, finding)[2]), "pointed back")


@clause(
    "U_TURN",
    r"The step passed the bottom and ended on the other wall\.",
)
def passed_the_bottom(m, finding):
    if m.across is not None:
        _, _, before, behind = pulls(m, finding)
        holds(all(slope <= 0.0 for slope in before), "downhill first", before)
        holds(all(slope > 0.0 for slope in behind), "uphill then", behind)


@clause(
    "U_TURN",
    rf"At step ([\d,]+) η times the curvature across the valley is {N}: above 1 a step passes the bottom, "
    r"above 2 it ends higher\.",
)
def curvature(m, finding, step, reach):
    holds(m.rule == "gd")
    holds(read(step) == corners(m, finding)[0][0], "the first turn")
    passed_the_bottom(m, finding)
    if m.across is None:
        return
    row = corners(m, finding)[0][0]
    reaches = [m.record.eta[row] * (m.across @ m.bends(row, side) @ m.across) for side in (0, 1, -1)]
    like(reach, min(reaches, key=lambda value: abs(value - read(reach))), 0.01)
    holds(read(reach) >= 1.0)
    before, after = (m.loss_at(m.p[at]) for at in (row - 1, row))
    holds(
        (after > before * (1.0 - 1e-12)) if read(reach) > 2.0 else (after < before * (1.0 + 1e-12)), "higher"
    )


# ------------------------------------------------------------------------------- how long steps are


@clause(
    "HOVERING",
    rf"The path goes to and fro: it is {N} long and ends {N} from where it began\. (.*?) divides "
    rf"by the size of recent "
    rf"gradients, so small gradients do not make small steps: with η = {N}(, which the schedule "
    rf"takes to {N},)? a "
    rf"typical step is {N} long in the first half and {N} in the second, and a typical loss {N} and {N}\.",
)
def hovers(m, finding, *said):
    length, net, title, eta, changes, then, step, later_step, loss, later_loss = said
    first, last = finding.first, finding.last
    holds(title == m.run.optimizer.title and m.rule == "rmsprop")
    lengths = [float(np.sqrt((step**2).sum())) for step in m.steps[first:last]]
    like(length, sum(lengths))
    distance = float(np.sqrt(((m.p[last] - m.p[first]) ** 2).sum()))
    like(net, distance)
    holds(distance < 0.1 * sum(lengths), "to and fro")
    like(eta, m.record.eta[first + 1])
    holds(bool(changes) == (m.record.eta[first + 1] != m.record.eta[last]))
    like(then or eta, m.record.eta[last])
    half = len(lengths) // 2
    typical = [sorted(part)[len(part) // 2] for part in (lengths[:half], lengths[half:])]
    like(step, np.median(lengths[:half]))
    like(later_step, np.median(lengths[half:]))
    holds(min(typical) > 0.04 * m.record.eta[first + 1], "not small", typical)
    losses = m.plain.losses(m.p[first + 1 : last + 1]).tolist()
    like(loss, np.median(losses[:half]))
    like(later_loss, np.median(losses[half:]))


@clause(
    "DECAYED_RATE",
    rf"(.*?) divides by (the root of the sum|the whole sum) of all squared gradients, which only "
    rf"grows\. From step "
    rf"([\d,]+) on a rate(, leaving its schedule aside,)? is below a tenth of its first value; by "
    rf"step ([\d,]+) the rate of (\w+) "
    rf"is {P} of it \({N} → {N}\), and it never comes back\.",
)
def decayed(m, finding, *said):
    title, what, first, aside, last, name, left, before, now = said
    holds(title == m.run.optimizer.title and m.rule == "adagrad")
    holds((what == "the whole sum") == (not m.settings["root"]))
    holds(bool(aside) == (m.run.schedule.id != "constant"))
    sums = m.remembered(1)[0] + np.cumsum(m.record.gradient[1:] ** 2, axis=0) + m.settings["eps"]
    rates = m.settings["eta"] / (np.sqrt(sums) if m.settings["root"] else sums)
    below = (rates < 0.1 * rates[0]).any(axis=1)
    step = int(read(first))
    holds(below[step - 1] and not below[: step - 1].any(), "from step", first)
    holds(below[step - 1 :].all())
    holds(read(last) == m.last)
    column = m.names.index(name)
    like(left, rates[-1, column] / rates[0, column])
    like(before, rates[0, column])
    like(now, rates[-1, column])


@clause("DECAYED_RATE", r"The sum began with what another rule held in v\.")
def the_sum_began_elsewhere(m, finding):
    earlier, run = [], m.run
    while run.fork:
        run = run.fork.parent
        earlier.append(run.optimizer.id)
    holds(any(rule != "adagrad" for rule in earlier))
    holds((m.remembered(1)[0] > 0.0).all())


@clause(
    "MOMENTUM_CAP",
    rf"From step ([\d,]+) on the momentum is at its cap, γ = {N}\.(?: Each step keeps {P} of the "
    rf"one before, so (?:about the "
    r"last ([\d,]+) gradients count|the last gradient counts most)\.)?",
)
def capped(m, finding, step, cap, keeps, gradients):
    step = int(read(step))
    like(cap, dict(m.run.momentum_schedule.items())["gamma_max"])
    gamma = m.record.gamma
    holds((gamma[step:] == gamma[-1]).all() and (gamma[1:step] < gamma[-1]).all(), "from", step)
    like(cap, gamma[-1])
    if keeps:
        holds(m.rule in ("momentum", "nesterov"))
        holds(abs(read(keeps) - gamma[-1]) <= 0.0006, keeps)
        holds(abs((read(gradients) if gradients else 1.0) - 1.0 / (1.0 - gamma[-1])) <= 0.51)


def first_step(m, *, corrected):
    """Return how far the first step of Adam or a relative moves a parameter at most, corrected or not."""
    eta, g, shrinks = m.record.eta[1], m.record.gradient[1], 0.0
    if m.rule == "adamw" and m.settings["decoupled"]:
        shrinks = eta * m.settings["decay"] * m.p[0]
    elif m.rule == "adamw":
        g = g + m.settings["decay"] * m.p[0]
    largest = np.abs(g) if m.rule == "adamax" else (1.0 - m.settings["beta2"]) * g * g
    rate = eta * m.scale(1, [largest], corrected=corrected)
    return float(np.abs(rate * (1.0 - m.settings["beta1"]) * g + shrinks).max())


@clause(
    "FIRST_STEPS",
    rf"(.*?) starts m(?: and ([uv]))? at zero, so step 1 leaves only {P} of the gradient"
    rf"(?: and {P} of its square)? there\.",
)
def hold_only(m, finding, title, other, average, square):
    holds(title == m.run.optimizer.title)
    holds(bool(other) == bool(square))
    holds(m.kind.corrects, "KINDS does not say that it corrects", m.rule)
    holds(abs(read(average) - (1.0 - m.settings["beta1"])) <= 0.0006, average)
    if square:
        holds(other == ("u" if m.rule == "amsgrad" else "v"), other)
        holds(abs(read(square) - (1.0 - m.settings["beta2"])) <= 0.0006, square)
    else:
        holds(m.settings["beta2"] == 0.0 or m.rule == "adamax")


@clause(
    "FIRST_STEPS",
    rf"The correction divides by just as much: the first step moves a parameter by up to {N} "
    rf"\(η = {N}\); uncorrected it would be {N}\.",
)
def corrected(m, finding, moved, eta, uncorrected):
    holds(m.settings.get("bias_correction", True))
    like(moved, np.abs(m.steps[0]).max())
    holds(
        abs(read(moved) - first_step(m, corrected=True))
        <= 0.006 * read(moved) + np.spacing(np.abs(m.p[0])).max()
    )
    like(eta, m.record.eta[1])
    like(uncorrected, first_step(m, corrected=False))


@clause(
    "FIRST_STEPS",
    rf"The correction is off: the first step moves a parameter by up to {N}, {N} times the {N} it "
    rf"should be\.",
)
def uncorrected(m, finding, moved, factor, should):
    holds(not m.settings["bias_correction"])
    like(moved, np.abs(m.steps[0]).max())
    like(should, first_step(m, corrected=True))
    like(factor, first_step(m, corrected=False) / first_step(m, corrected=True))


@clause(
    "DIVERGENCE",
    rf"The last step moved a parameter by (more than )?{N}(?:; (?:the last ([\d,]+) steps were, on average,|"
    rf"it was) {N} times as long as the one before)?\.",
)
def last_step_moved(m, finding, more, moved, steps, growth):
    lengths = np.abs(m.steps).max(axis=1)
    if more:
        before, after = ([Fraction(value) for value in place] for place in m.p[-2:].tolist())
        longest = max(abs(to - at) for at, to in zip(before, after, strict=True))
        holds(longest > Fraction(read(moved)), "more than")
        holds(np.isinf(lengths[-1]), "than any float")
        return
    like(moved, lengths[-1])
    if growth:
        count = int(read(steps)) if steps else 1
        holds((np.diff(lengths[-count - 1 :]) > 0.0).all(), "grew")
        like(growth, math.exp((math.log(lengths[-1]) - math.log(lengths[-1 - count])) / count))


@clause("DIVERGENCE", r"At step ([\d,]+) a number became infinite or undefined\.(?: Try a smaller η\.)?")
def became_infinite(m, finding, step):
    holds(m.stop.reason is StopReason.DIVERGED)
    holds(m.last + 1 == read(step))


@clause(
    "DIVERGENCE",
    rf"With (η|η₀) = {N} a number became infinite or undefined as early as step ([\d,]+), so there is no "
    rf"step\. Try a smaller η, or smaller inputs\.",
)
def became_infinite_at_once(m, finding, name, eta, step):
    like(eta, m.settings["eta"])
    holds((name == "η₀") == (m.run.schedule.definition.id != "constant"), name)
    holds(m.stop.reason is StopReason.DIVERGED and m.last == 0)
    holds(read(step) == m.stop.step - m.clock.first, step)


@clause(
    "DIVERGENCE",
    r"“(.*?)” diverges at step (-?[\d,]+), so this run has nowhere to begin\. Let it branch off earlier\.",
)
def parent_diverged(m, finding, title, step):
    parent = m.run.fork.parent
    holds(title == parent.name)
    # The parent may have been shortened since.
    parent = replace(parent, epochs=max(parent.epochs, m.run.fork.step))
    stop = computed(replace(m.experiment, runs=(parent,)))[0].stop
    holds(stop.reason is StopReason.DIVERGED and stop.step == int(step.replace(",", "")) + m.clock.first)
    holds(stop.step <= m.clock.first)


@clause(
    "DIVERGENCE",
    rf"In the last (?:([\d,]+) steps|step) the loss fell, to {N}: "
    r"it may fall without end, or have no value further on\.",
)
def may_fall_without_end(m, finding, steps, loss):
    holds(not m.plain.has_floor)
    holds((np.diff(m.loss[-int(read(steps or "1")) - 1 :]) < 0.0).all())
    like(loss, m.loss[-1])


@clause(
    "DIVERGENCE",
    rf"With (?:η|η₀) = {N} a number became infinite or undefined as early as step 1, so there is no step\."
    r"(?: Try a smaller η\.)?",
)
def no_step_on_a_function(m, finding, eta):
    like(eta, m.settings["eta"])
    holds(m.stop.reason is StopReason.DIVERGED and m.last == 0)
    holds(isinstance(m.experiment.objective, FunctionObjective))
    holds(np.isfinite([m.loss_at(m.p[0]), *m.gradient(0)]).all())


@clause(
    "DIVERGENCE",
    rf"The function or its slope is infinite or undefined where the run starts, at w = {N}, b = {N}\.",
)
def starts_nowhere(m, finding, w, b):
    like(w, m.p[0, 0])
    like(b, m.p[0, 1])
    holds(not np.isfinite([m.loss_at(m.p[0]), *m.gradient(0)]).all())


@clause(
    "ROUNDING",
    rf"(?:From|At) step ([\d,]+)(?: on| to ([\d,]+)|) the digits of the loss mean nothing, because they "
    rf"depend on how numbers are rounded: with "
    rf"b = {N} instead of {N} at the start, the kind of difference that rounding makes at every step, the "
    rf"loss would be {N} at step ([\d,]+) and not {N}\.",
)
def rounding_decides(m, finding, *said):
    first, last, other, start, would, step, has = said
    holds(float(read(start)) == m.run.start[-1])
    other = read(other)
    holds(0.0 < abs(other - m.run.start[-1]) <= np.spacing(max(1.0, abs(m.run.start[-1]))))
    twin = replace(m.run, start=(*m.run.start[:-1], other))
    loss = computed(replace(m.experiment, runs=(twin,)))[0].whole.loss
    like(would, loss[int(read(step))])
    like(has, m.loss[int(read(step))])
    rows = range(finding.first, min(finding.last + 1, len(loss)))  # a search may end the other run earlier
    alone = finding.sentence.startswith("At")
    holds((finding.first, finding.last) == (read(first), read(first if alone else last or str(m.last))))
    size = np.maximum(np.abs(m.loss), m.loss - m.lowest)
    apart = [row for row in rows if abs(loss[row] - m.loss[row]) > 0.1 * size[row]]
    holds(apart[0] == finding.first and (apart[-1] == finding.last or not last))
    holds(all(after - before <= 21 for before, after in pairwise([*apart, finding.last])))


# ---------------------------------------------------------------------------------------- limits


@clause(
    "BEYOND_LIMIT",
    rf"At (all|[\d,]+ of) ([\d,]+) updates from step ([\d,]+) on, η times the largest curvature( of P⁻¹H)? "
    rf"is beyond the limit of ([\w -]+): it is {N} at step ([\d,]+), and the limit is {N}\.",
)
def it_is_beyond_the_limit(m, finding, some, of, first, *others):
    own, title, product, step, limit = others
    holds(read(first) == finding.first)
    rows = range(finding.first, finding.first + int(read(of)))
    holds(rows[-1] + 1 == finding.last)
    beyond = sum(m.product(row) > m.limit(row) * (1.0 + 1e-7) and m.grows(row, 1e-7) for row in rows)
    perhaps = sum(m.product(row) > m.limit(row) * (1.0 - 1e-7) and m.grows(row, -1e-7) for row in rows)
    said = int(read(of)) if some == "all" else int(read(some.removesuffix(" of")))
    holds(beyond <= said <= perhaps, beyond, said, perhaps)
    holds(bool(own) == m.kind.divides, m.rule)
    holds(title == m.run.optimizer.title)
    holds(int(read(step)) in rows)
    like(product, m.product(int(read(step))))
    like(limit, m.limit(int(read(step))))
    holds(m.grows(int(read(step)), -1e-7), "grows", step)


@clause("BEYOND_LIMIT", r"Beyond it a small distance from the bottom of a parabola grows from step to step\.")
def a_distance_grows(m, finding):
    step = next(
        row for row in range(finding.first, finding.last) if m.product(row) > m.limit(row) * (1.0 + 1e-7)
    )
    holds(m.grows(step, 1e-7), "grows")
    # By a hundredth beyond the limit, because what lies closer takes too many steps.
    holds(m.distance_after(5000, max(m.product(step), 1.01 * m.limit(step)), step) > 1e6)
    # A step found by a search may be too long for one parabola, and right for the next.
    if m.run.search.id != "fixed":
        holds(m.loss_at(m.p[finding.first]) <= m.loss_at(m.p[finding.last]), "grows")


@clause(
    "LIMIT_CAME",
    rf"The limit caught up with a run at rest: η is {N} at step ([\d,]+) and at step ([\d,]+), but "
    rf"([\w -]+)'s rate of (\w+) grew from {N} to {N}\.",
)
def the_rate_grew(m, finding, eta, before, after, *others):
    title, name, low, high = others
    rows = int(read(before)), int(read(after))
    holds(rows[0] == finding.first < rows[1] < finding.last)
    holds(title == m.run.optimizer.title)
    holds(m.record.eta[rows[0] + 1] == m.record.eta[rows[1] + 1])
    like(eta, m.record.eta[rows[0] + 1])
    place = m.names.index(name)
    rates = [float(m.rates_at(row + 1)[place]) for row in rows]
    holds(rates[0] < rates[1])
    like(low, rates[0])
    like(high, rates[1])
    holds(m.plain.losses(m.p[rows[0] : rows[1] + 1]).max() <= max(1.01e-6 * m.loss.max(), 1e-28))


@clause(
    "LIMIT_CAME",
    rf"So η times the largest curvature of P⁻¹H went from {N} to {N}, past the limit of {N}\.",
)
def the_product_grew(m, finding, low, high, limit):
    like(low, m.product(finding.first))
    there = next(
        row for row in range(finding.first, finding.last) if m.product(row) > m.limit(row) * (1.0 - 1e-9)
    )
    like(high, m.product(there))
    like(limit, m.limit(there))
    holds(m.product(finding.first) < 0.51 * m.limit(there))


@clause("LIMIT_CAME", rf"At step ([\d,]+) the loss is up at {N} again\.")
def the_loss_is_up_again(m, finding, step, loss):
    holds(int(read(step)) == finding.last)
    like(loss, m.loss_at(m.p[finding.last]), 0.01)
    holds(m.loss[finding.last] > m.loss[finding.first])


# ---------------------------------------------------------------------------------------- convergence


@clause(
    "CONVERGENCE",
    rf"The loss falls from {N} at step ([\d,]+) towards {N} at a minimum"
    rf"(?:, ((?:\S+ = {N[1:-1]}(?:, )?)+))?\.",
)
def falls_to_a_minimum(m, finding, before, step, least, place):
    holds(read(step) == 0)
    like(before, m.loss[0])
    minimum = m.minimum
    bends = np.linalg.eigvalsh(m.plain.hessian(minimum))
    holds(bends[0] > 0.0, "rises on all sides", bends)
    lowest = m.loss_at(minimum)
    # No place around the minimum is lower.
    around = (
        np.random.default_rng(0).normal(size=(200, len(m.names))) * 1e-3 * max(1.0, np.abs(minimum).max())
    )
    around /= np.sqrt(bends[-1] / bends[0])
    holds((m.plain.losses(minimum + around) >= lowest - 1e-12 * abs(lowest)).all(), "the lowest around")
    holds(lowest < m.loss[0], "falls")
    if read(least) == 0.0:
        holds(abs(lowest) <= 1e-14 * m.loss[0], lowest)
    else:
        like(least, lowest)
    if place is None:
        holds(len(m.names) > 4, "few enough to be named")
        return
    pairs = [pair.split(" = ") for pair in place.split(", ")]
    written = ["w"] if len(m.names) == 2 else [f"w{'₁₂₃'[i]}" for i in range(len(m.names) - 1)]
    holds([name for name, _ in pairs] == [*written, "b"], pairs)
    for (_, value), at in zip(pairs, minimum.tolist(), strict=True):
        holds(abs(read(value) - at) <= 0.006 * abs(at) + 1e-7, value, at)


@clause(
    "CONVERGENCE",
    r"From step ([\d,]+) on less than a millionth of this fall is left, "
    rf"and the run ends (less than )?{N} away\.",
)
def little_is_left(m, finding, step, less, distance):
    first, lowest = int(read(step)), m.loss_at(m.minimum)
    holds(finding.first == first, "from")
    holds(finding.last == m.last, "on")
    left = (m.loss - lowest) / (m.loss[0] - lowest)
    holds((left[first:] <= 1.001e-6).all(), "so little is left")
    holds(first == 0 or left[first - 1] > 0.999e-6, "not before")
    away = float(np.linalg.norm(m.p[-1] - m.minimum))
    holds(away <= 0.0101 * np.linalg.norm(m.p[0] - m.minimum), "near", away)
    if less:
        holds(away <= 1.01 * read(distance), away)
    else:
        like(distance, away, 0.02)


# ---------------------------------------------------------------------------------------- still falling


@clause(
    "STILL_FALLING",
    rf"The run ends while its loss still falls: from {N} to {N} in the last ([\d,]+) (steps|epochs), "
    r"(?:at each|in each) of them\.",
)
def ends_while_it_falls(m, finding, before, after, many, unit):
    holds(m.stop.reason is StopReason.FINISHED, "the run has ended")
    holds((unit == "steps") == m.uses_all)
    epoch = 1 if m.uses_all else -(-len(m.y) // m.used)
    count = int(read(many))
    holds(finding.last == m.last and finding.first == m.last - count * epoch, "the last ones")
    holds(0 <= 0.1 * m.last - count * epoch < epoch, "a tenth of all", count, m.last)
    losses = m.plain.losses(m.p[finding.first :: epoch])
    holds((np.diff(losses) <= 1e-12 * np.abs(losses[1:])).all(), "falls", losses)
    like(before, losses[0])
    like(after, losses[-1])
    # The fall is visible, compared with the loss if it cannot be negative, otherwise with the whole fall.
    height = losses[0] if m.plain.has_floor else m.plain.losses(m.p).max() - losses[-1]
    lost = losses[0] - losses[-1]
    if lost < 0.0499 * height:
        # A smaller fall is reported if the loss falls faster later on.
        (later,) = [loss for name, loss in finding.numbers.items() if name.endswith("steps later")]
        holds(m.plain.has_floor and lost >= 0.0099 * height and later <= 0.51 * losses[-1], "noticed")
    # No other finding there says that the run hardly moves, has arrived, or is only rounding.
    ends = {"PLATEAU", "FALSE_VALLEY", "DEAD", "CONVERGENCE", "DIVERGENCE", "ROUNDING", "HOVERING"}
    others = [other.kind.name for other in m.findings if other.last - m.clock.first > finding.first]
    holds(not ends & set(others), "contradicted", others)


@clause("STILL_FALLING", rf"Another ([\d,]+) steps would take it to {N}\.")
def would_take_it_to(m, finding, steps, loss):
    longer = replace(m.run, epochs=m.clock.epoch(m.clock.first + m.last + int(read(steps))))
    (further,) = computed(replace(m.experiment, runs=(longer,)))
    holds(further.last_step == m.last + read(steps) >= 2 * m.last, "as many again")
    there = m.loss_at(further.whole.p[-1])
    like(loss, there)
    holds(there < m.loss_at(m.p[-1]), "lower")
