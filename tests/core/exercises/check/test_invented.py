"""Invented mistakes, written to a table by plain loops: none is called right, and most are named.

The loops share the rules' updates with `lecture_loops`, and nothing with the program.
"""

import math
from functools import lru_cache

import numpy as np
import pytest

from gdsim.core.exercises.check.answer_sheet import Submission
from gdsim.core.exercises.check.checked import check_sheet
from gdsim.core.exercises.check.judgement import judging_sheet
from gdsim.core.exercises.check.reading import read_values
from gdsim.core.exercises.check.report import sentences
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.points import PointSet
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from tests.core.engine import lecture_loops
from tests.core.exercises.check.by_hand import by_hand
from tests.core.records import one_run, run_of, scene
from tests.every import WHOLE, covering, every

POINTS = [(3.5, 0.5), (0.35, 0.7), (3.2, 0.4), (-2.0, 0.9), (1.5, 0.1)]
START = (-2.0, -1.0)
STEPS = 12
SIZES = {"batch": 5, "stochastic": 1, "mini-batch": 2}
BATCHINGS = {"batch": BATCH(), "stochastic": STOCHASTIC(), "mini-batch": MINI_BATCH(size=2)}
# The rate of an update after so many steps and epochs, as a factor.
RATES = {
    "constant": (SCHEDULES["constant"](), lambda step, epoch: 1.0),
    "step": (SCHEDULES["step"](every=2), lambda step, epoch: 0.5 ** (epoch // 2)),
    "exponential": (SCHEDULES["exponential"](k=0.05), lambda step, epoch: math.exp(-0.05 * step)),
}
PLANS = [
    (rule, batching, schedule)
    for rule in ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
    for batching in BATCHINGS
    for schedule in RATES
]
TEXTS = ("{!r}", "{:.6f}", "{:.3f}")
WRITTEN = [(*plan, text) for plan in PLANS for text in TEXTS]
WRITTEN = WRITTEN if WHOLE else covering(WRITTEN)
WITH_MEMORY = ("momentum", "nesterov", "adagrad", "rmsprop", "adam")
LAST_ONLY = "each point replaced the one before (= instead of +=)"
# Each mistake with words of its sentence, or with none where nobody is expected to guess it; and where it is
# one.
MISTAKES = {
    "w never": ("w was never updated", lambda *_: True),
    "b never": ("b was never updated", lambda *_: True),
    "nothing ever": ("No parameter was ever updated.", lambda *_: True),
    "last point": (f"In the sum of the gradient {LAST_ONLY}", lambda r, b, s: b != "stochastic"),
    "last point for b": (f"In the sum of the gradient of b {LAST_ONLY}", lambda r, b, s: b != "stochastic"),
    "never zeroed": ("not set to zero before each update", lambda *_: True),
    "zeroed each epoch": ("set to zero at the start of each epoch", lambda r, b, s: b != "batch"),
    "each point": ("after every point, with its gradient alone", lambda r, b, s: b != "stochastic"),
    "each point so far": ("after every point, with the sum so far", lambda r, b, s: b != "stochastic"),
    "y reversed": ("The y were taken in the reverse order of the x.", lambda *_: True),
    "y moved": ("Each x was paired with the y of the point after it.", lambda *_: True),
    "y sorted": ("The y were sorted without their x.", lambda *_: True),
    "x sorted": ("The x were sorted without their y.", lambda *_: True),
    "y of two": ("The y of the points 2 and 4 are swapped.", lambda *_: True),
    "x squared": ("The gradient of w was computed with x²", lambda *_: True),
    "memory of w": ("of w; b should have its own", lambda r, b, s: r in WITH_MEMORY),
    "one memory": ("each should have its own", lambda r, b, s: r in WITH_MEMORY),
    "betas": ("β₁ and β₂ are swapped", lambda r, b, s: r == "adam"),
    "betas of the correction": ("swapped in the correction of m and v", lambda r, b, s: r == "adam"),
    "epoch late": ("is one epoch late", lambda r, b, s: s == "step"),
    "epoch early": ("is one epoch early", lambda r, b, s: s == "step"),
    "step late": ("is one update late", lambda r, b, s: s == "exponential"),
    "step early": ("counts the first update as t = 1", lambda r, b, s: s == "exponential"),
    "as in PyTorch": ("These are the values of PyTorch", lambda r, b, s: r == "nesterov"),
    "look without gamma": ("The look-ahead went the whole old step", lambda r, b, s: r == "nesterov"),
    # What nobody can guess.
    "rate of 0.9": ("", lambda *_: True),
    "gradients of each other": ("", lambda *_: True),
    "a neuron without b": ("", lambda *_: True),
    "a tangent": ("", lambda *_: True),
    "a point forgotten": ("", lambda r, b, s: b == "batch"),
}  # fmt: skip


def settings_of(rule):
    return {"eta": 0.4 if rule in ("gd", "momentum", "nesterov") else 0.1}


def paired(mistake):
    """Return the points as they are taken: with their own y, or with others."""
    x, y = map(list, zip(*POINTS, strict=True))
    if mistake == "y reversed":
        y.reverse()
    elif mistake == "y moved":
        y = y[1:] + y[:1]
    elif mistake == "y sorted":
        y.sort()
    elif mistake == "x sorted":
        x.sort()
    elif mistake == "y of two":
        y[1], y[3] = y[3], y[1]
    return list(zip(x, y, strict=True))


def term(point, w, b, mistake):
    """Return what a point adds to the gradient of w and of b."""
    x, y = point
    z = w * x + (0.0 if mistake == "a neuron without b" else b)
    f = math.tanh(z) if mistake == "a tangent" else 1.0 / (1.0 + math.exp(-z))
    slope = (f - y) * f * (1.0 - f)
    of_w = slope * x * (x if mistake == "x squared" else 1.0)
    return (slope, of_w) if mistake == "gradients of each other" else (of_w, slope)


class Worker:
    """Somebody who works a run out, with a mistake."""

    def __init__(self, rule, batching, schedule, mistake):
        self.rule, self.size, self.mistake = rule, SIZES[batching], mistake
        self.rate = RATES[schedule][1]
        self.settings = dict(run_of(RULES[rule], **settings_of(rule)).optimizer.items())
        self.memory = [{}, {}]
        self.place, self.total, self.made = list(START), [0.0, 0.0], 0

    def rows(self):
        points = paired(self.mistake)
        if self.mistake == "a point forgotten":
            points = points[:-1]
        per_epoch = math.ceil(len(points) / self.size)
        yield tuple(self.place)
        for step in range(STEPS):
            first = step % per_epoch * self.size
            batch, epoch = points[first : first + self.size], step // per_epoch
            by = {
                "epoch late": (0, -1),
                "epoch early": (0, 1),
                "step late": (-1, 0),
                "step early": (1, 0),
            }.get(self.mistake, (0, 0))
            factor = self.rate(max(0, step + by[0]), max(0, epoch + by[1]))
            if self.mistake == "rate of 0.9":
                factor *= 0.9
            if self.mistake != "never zeroed" and (
                self.mistake != "zeroed each epoch" or step % per_epoch == 0
            ):
                self.total = [0.0, 0.0]
            for some in [[one] for one in batch] if self.mistake.startswith("each point") else [batch]:
                if self.mistake == "each point":
                    self.total = [0.0, 0.0]
                self.update(some, factor)
            yield tuple(self.place)

    def update(self, batch, factor):
        self.made += 1
        h = self.settings | {"eta": self.settings["eta"] * factor}
        if self.mistake == "betas":
            h |= {"beta1": h["beta2"], "beta2": h["beta1"]}
        ahead = [self.place[k] - self.look(h, k) for k in (0, 1)]
        for point in batch:
            for k, one in enumerate(term(point, *ahead, self.mistake)):
                overwrites = self.mistake == "last point" or (self.mistake == "last point for b" and k == 1)
                self.total[k] = one if overwrites else self.total[k] + one
        old = list(self.place)
        for k in (0, 1):
            if self.mistake == "nothing ever" or self.mistake == f"{'wb'[k]} never":
                continue
            used = self.memory[k]
            if self.mistake == "one memory" and k == 1:
                used = self.memory[0]
            new, kept = self.moved(h, old[k], used, self.total[k])
            if self.mistake == "memory of w" and k == 1:
                new = self.with_memory(h, old[k], self.memory[0], self.total[k])
            self.place[k], self.memory[k] = new, kept
            if self.mistake == "one memory" and k == 1:
                self.memory[0] = kept

    def look(self, h, k):
        """Return how far the gradient is taken from where the run stands."""
        if self.rule != "nesterov" or self.mistake == "as in PyTorch":
            return 0.0
        v = self.memory[k].get("v", [0.0])[0]
        return v if self.mistake == "look without gamma" else h["gamma"] * v

    def moved(self, h, w, old, slope):
        if self.mistake == "as in PyTorch":
            v = h["gamma"] * old.get("v", [0.0])[0] + h["eta"] * slope
            return w - h["gamma"] * v - h["eta"] * slope, {"v": [v]}
        if self.mistake == "betas of the correction":
            old_m, old_v = (old.get(letter, [0.0])[0] for letter in "mv")
            m = h["beta1"] * old_m + (1 - h["beta1"]) * slope
            v = h["beta2"] * old_v + (1 - h["beta2"]) * slope**2
            m_hat, v_hat = m / (1 - h["beta2"] ** self.made), v / (1 - h["beta1"] ** self.made)
            return w - h["eta"] / math.sqrt(v_hat + h["eps"]) * m_hat, {"m": [m], "v": [v]}
        loop = lecture_loops.RULES[self.rule]
        (new,), kept, _ = loop(h, old, lambda _: [slope], [w], h["eta"], h.get("gamma"), self.made)
        return new, kept

    def with_memory(self, h, w, memory, slope):
        """Return where a step leads that is made with a new memory, which another parameter has."""
        if self.rule in ("momentum", "nesterov"):
            return w - memory["v"][0]
        if self.rule in ("adagrad", "rmsprop"):
            return w - h["eta"] / math.sqrt(memory["v"][0] + h["eps"]) * slope
        m_hat = memory["m"][0] / (1 - h["beta1"] ** self.made)
        v_hat = memory["v"][0] / (1 - h["beta2"] ** self.made)
        return w - h["eta"] / math.sqrt(v_hat + h["eps"]) * m_hat


@lru_cache
def experiment_of(rule, batching, schedule):
    run = run_of(
        RULES[rule], batching=BATCHINGS[batching], schedule=RATES[schedule][0], start=START, epochs=30,
        **settings_of(rule),
    )  # fmt: skip
    return one_run(run, PointSet(*map(list, zip(*POINTS, strict=True))))


def checked(plan, mistake="", text="{!r}"):
    """Return the judgement on a table that somebody's program wrote."""
    rows = (
        ",".join((str(step), *map(text.format, p))) for step, p in enumerate(Worker(*plan, mistake).rows())
    )
    experiment = experiment_of(*plan)
    per_epoch = math.ceil(len(POINTS) / SIZES[plan[1]])
    table = "\n".join(("step,w,b", *rows))
    sheet = run_to_end(read_values(table, experiment.runs[0], ("w", "b"), per_epoch)).sheet
    return run_to_end(judging_sheet(experiment, experiment.runs[0], sheet))[1]


def said(judgement):
    return " ".join(sentences(judgement, ("w", "b")))


@every(("rule", "batching", "schedule", "text"), WRITTEN, ids=str)
def test_right_work_is_called_right(rule, batching, schedule, text):
    judgement = checked((rule, batching, schedule), text=text)
    assert judgement.is_right
    assert not judgement.hidden or text != "{!r}"


def _some(mistake):
    """Return plans for a mistake, another choice for each: three, or as many as it is one in."""
    plans = [plan for plan in PLANS if MISTAKES[mistake][1](*plan)]
    first = 5 * list(MISTAKES).index(mistake)
    chosen = {plans[(first + place * 7) % len(plans)] for place in range(4)}
    return sorted(chosen)


CASES = [(mistake, plan) for mistake in MISTAKES for plan in _some(mistake)]
SOME = [CASES[4 * number + number % 4] for number in range(len(MISTAKES))]  # each mistake once


def test_there_are_many_of_all_kinds():
    assert len(CASES) >= 100
    assert {one for _, plan in CASES for one in plan} == {one for plan in PLANS for one in plan}


@every(("mistake", "plan"), CASES if WHOLE else SOME, ids=str)
def test_no_mistake_is_called_right_and_most_are_named(mistake, plan):
    judgement = checked(plan, mistake)
    assert not judgement.is_right
    assert MISTAKES[mistake][0] in said(judgement)


def test_a_column_that_never_changes_is_as_exact_as_the_others():
    """NumPy writes -2 as -2.0, which is not the -2.0 of somebody who rounds to one decimal."""
    steps = np.arange(4)
    frozen = np.column_stack([-2.0 + 0.12345678901234 * steps, np.full(4, -2.0)])
    assert Submission.of(steps, frozen).precision[:, 1].max() < 1e-13
    by_hand = np.column_stack([-2.0 + 0.125 * steps, np.full(4, -2.0)])
    assert Submission.of(steps, by_hand, (3, 1)).precision.tolist() == [[0.0005, 0.0005]] * 4
    assert Submission.of(steps, by_hand[:, ::-1], (0, 3)).precision.tolist() == [[0.0005, 0.0005]] * 4
    # Of a row alone, and where both change, each column has its own.
    assert Submission.of(steps[:1], by_hand[:1], (3, 1)).precision.tolist() == [[0.0005, 0.05]]
    assert Submission.of(steps, by_hand[:, [0, 0]], (3, 1)).precision.tolist() == [[0.0005, 0.05]] * 4


def test_small_numbers_beside_large_ones_make_no_program_of_who_wrote_them():
    """Of w = 1.33e-9 the decimals are eleven, and the digits three."""
    small = Submission.of(np.arange(2), np.array([[1.33e-9, -1.63], [-0.01, -1.64]]), (11, 2))
    assert small.precision[0] == pytest.approx([5e-12, 0.005])
    # A bias that never changes has the digits of the others, not their decimals.
    frozen = Submission.of(np.arange(2), np.array([[-0.00020213, 2.04], [-0.00017381, 2.04]]), (8, 2))
    assert frozen.precision == pytest.approx(np.array([[5e-9, 5e-5], [5e-9, 5e-5]]))


def test_a_bias_that_is_never_updated_is_named_in_the_first_scene():
    """Ten steps of plain descent as a notebook writes them; only w moves."""
    experiment = scene("first-neuron")
    index = [run.name for run in experiment.runs].index("Gradient descent")
    w, b = experiment.runs[index].start
    lines = ["step,w,b", f"0,{w!r},{b!r}"]
    for step in range(1, 11):
        gradient = 0.0
        for x, y in zip(experiment.points.x[:, 0].tolist(), experiment.points.y.tolist(), strict=True):
            f = 1.0 / (1.0 + math.exp(-(w * x + b)))
            gradient += (f - y) * f * (1.0 - f) * x
        w -= experiment.runs[index].optimizer.eta * gradient
        lines.append(f"{step},{w!r},{b!r}")
    sheet = run_to_end(read_values("\n".join(lines), experiment.runs[index], ("w", "b"), 1)).sheet
    judgement = run_to_end(check_sheet(experiment, index, sheet)).judgement
    assert judgement.wrong == 1
    assert "b was never updated." in said(judgement)
    assert lines[1:3] == ["0,-2.0,-2.0", "1,-1.99450768078436,-2.0"]


@every("batching", BATCHINGS)
def test_right_work_is_told_which_mistakes_its_decimals_hide(batching):
    """Nesterov's look-ahead without γ is near the right one where the surface is even."""
    plan = ("nesterov", batching, "constant")
    found = set()
    for decimals in (2, 3, 4, 5, 15):
        judgement = checked(plan, text=f"{{:.{decimals}f}}")
        assert judgement.is_right
        told = said(judgement)
        assert ("more digits would reveal" in told) == bool(judgement.hidden)
        found |= {one.sentence for one in judgement.hidden}
    assert not judgement.hidden  # with all digits
    assert any("The gradient was taken where the run is" in one for one in found)


def test_nesterov_without_gamma_on_a_plateau_asks_for_more_digits():
    """The first steps of the first neuron: the gradient hardly changes from place to place."""
    points = [(0.5, 0.2), (2.5, 0.9)]
    run = run_of(RULES["nesterov"], start=(-2.0, -2.0))
    rows = by_hand("nesterov", dict(run.optimizer.items()), points, (-2.0, -2.0), 2, 3, "look-too-far")
    experiment = one_run(run, PointSet([0.5, 2.5], [0.2, 0.9]))
    judgements = []
    for decimals in (4, 17):
        lines = (f"{step},{w:.{decimals}f},{b:.{decimals}f}" for step, (w, b) in enumerate(rows))
        sheet = run_to_end(read_values("\n".join(("step,w,b", *lines)), run, ("w", "b"), 1)).sheet
        judgements.append(run_to_end(check_sheet(experiment, 0, sheet)).judgement)
    assert [judgement.is_right for judgement in judgements] == [True, False]
    whole = "The look-ahead went the whole old step"
    assert "more digits would reveal" in said(judgements[0])
    assert whole in said(judgements[0])
    assert whole in said(judgements[1])
