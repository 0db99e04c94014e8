"""Rows of w and b as somebody works them out, right or with one mistake."""

import math
import re
from dataclasses import replace

import numpy as np

from gdsim.core.engine.ensemble import Ensemble
from gdsim.core.exercises.check.answer_sheet import Submission
from gdsim.core.exercises.check.judgement import judge_submission
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from tests.core.engine import lecture_loops
from tests.core.records import columns_of, one_run

_MOMENTUM, _RMSPROP = "gamma*v + eta*g", "beta*v + (1 - beta)*g**2"
_ADAM_M, _ADAM_V = "beta1*m + (1 - beta1)*g", "beta2*v + (1 - beta2)*g**2"
_ADDED = {"added": {"w - eta": "w + eta"}}
_IN_MOMENTUM = {
    "no-memory": {_MOMENTUM: "eta*g"},
    "no-gamma": {_MOMENTUM: "v + eta*g"},
    "gamma-on-gradient": {_MOMENTUM: "v + gamma*eta*g"},
    "rates-exchanged": {_MOMENTUM: "eta*v + gamma*g"},
    "averaged": {_MOMENTUM: "gamma*v + (1 - gamma)*eta*g"},
    "added": {"w - v_t": "w + v_t"},
    "old-step": {"w - v_t": "w - v"},
}
_IN_ROOT = {
    "not-squared": {"g**2": "g"},
    "size-not-square": {"g**2": "abs(g)"},
    "other-root": {"sqrt(": "("},
    "eps-outside": {"sqrt(v_t + eps)": "(sqrt(v_t) + eps)", "sqrt(v_hat + eps)": "(sqrt(v_hat) + eps)"},
    "no-eps": {" + eps": ""},
}
# Mistakes in the lines of a rule: what stands there, by what should stand there.
WRONG_LINES = {
    "gd": _ADDED,
    "momentum": _IN_MOMENTUM,
    "nesterov": _IN_MOMENTUM
    | {
        "gradient-here": {"grad(look)": "grad(w)"},
        "look-back": {"w - gamma*v": "w + gamma*v"},
        "look-too-far": {"w - gamma*v": "w - v"},
        "step-from-look": {"w - v_t": "look - v_t"},
    },
    "adagrad": _ADDED
    | _IN_ROOT
    | {
        "no-memory": {"v + g**2": "g**2"},
        "decay": {"v + g**2": "0.9*v + 0.1*g**2"},
        "other-root": {"if root": "if not root", "if not root": "if root"},
    },
    "rmsprop": _ADDED
    | _IN_ROOT
    | {
        "no-memory": {"beta*v + ": ""},
        "no-decay": {_RMSPROP: "v + g**2"},
        "no-beta": {"beta*v": "v"},
        "no-share": {"(1 - beta)*g**2": "g**2"},
        "last-only": {_RMSPROP: "g**2"},
        "shares-exchanged": {_RMSPROP: "(1 - beta)*v + beta*g**2"},
    },
    "adam": _ADDED
    | _IN_ROOT
    | {
        "betas-exchanged": {_ADAM_M: "beta2*m + (1 - beta2)*g", _ADAM_V: "beta1*v + (1 - beta1)*g**2"},
        "betas-exchanged-everywhere": {"beta1": "beta2", "beta2": "beta1"},
        "no-memory": {"beta1*m + ": "", "beta2*v + ": ""},
        "no-m": {_ADAM_M: "g"},
        "m-summed": {_ADAM_M: "m + g"},
        "m-not-shared": {_ADAM_M: "beta1*m + g"},
        "other-correction": {"if bias": "if not bias", "if not bias": "if bias"},
        "m-corrected-only": {" / (1 - beta2**t)": ""},
        "v-corrected-only": {" / (1 - beta1**t)": ""},
        "corrected-twice": {
            _ADAM_M: f"({_ADAM_M}) / (1 - beta1**t)",
            _ADAM_V: f"({_ADAM_V}) / (1 - beta2**t)",
            "m_t / (1 - beta1**t)": "m_t",
            "v_t / (1 - beta2**t)": "v_t",
        },
        "divided-twice": {"**t)": "**t)**2"},
        "correction-without-power": {"**t": ""},
        "correction-ahead": {"**t": "**(t + 1)"},
        "exchanged": {
            "sqrt(v_hat + eps) * m_hat": "sqrt(abs(m_hat) + eps) * v_hat",
            "sqrt(v_t + eps) * m_t": "sqrt(abs(m_t) + eps) * v_t",
        },
        "along-gradient": {"* m_hat": "* g"},
    },
}


def judged(run, points, rows, steps=None, decimals=()):
    """Judge rows of w and b that were submitted for ``steps`` of a run, by default for its first steps."""
    steps = np.arange(len(rows)) if steps is None else steps
    submission = Submission.of(steps, np.array(rows), decimals)
    return run_to_end(judge_submission(one_run(run, points), run, columns_of(run, points), submission))


def with_changes(rule, changes):
    """Return a rule in whose lines other texts stand in the place of some."""
    pattern = "|".join(map(re.escape, changes))
    lines, count = re.subn(pattern, lambda found: changes[found[0]], rule.lines)
    assert count, f"{rule.id} has none of {list(changes)} in its lines"
    return replace(rule, lines=lines)


def rows_of(run, points, steps):
    """Return (w, b) after 0, 1, .. steps, also those that are no numbers, at which the engine ends a run."""
    made, rows = Ensemble(run, Neuron.fitting(points), np.array([run.start])), [run.start]
    for _ in range(steps):
        with np.errstate(all="ignore"):
            made.advance()
        rows.append(tuple(made.p[0].tolist()))
    return rows


def gradient(points, w, b, mistake):
    grad_w = grad_b = 0.0
    for x, y in points:
        f = lecture_loops.f([x], [-w, -b] if mistake == "sigmoid-turned" else [w, b])
        slope = {"no-slope": 1.0, "half-slope": f, "other-half-slope": 1.0 - f}.get(mistake, f * (1.0 - f))
        error = (y - f) if mistake == "sign" else (f - y)
        grad_w += error * slope * (1.0 if mistake == "no-input" else x)
        grad_b += error * slope
    factor = {"mean": 1.0 / len(points), "missing-half": 2.0, "extra-half": 0.5}.get(mistake, 1.0)
    return [factor * grad_w, factor * grad_b]


def batch(points, size, t, mistake):
    """Return the points of update ``t``, in table order."""
    n = len(points)
    if mistake == "all-points":
        return points
    if mistake == "one-point":
        return [points[(t - 1) % n]]
    order = list(points)
    if mistake == "backwards":
        order.reverse()
    if mistake == "from-the-second":
        order = order[1:] + order[:1]
    batches = n // size if mistake == "no-rest" else math.ceil(n / size)
    first = (t - 1) % batches * size
    return order[first : first + size]


def by_hand(rule, settings, points, start, size, steps, mistake=""):
    """Return (w, b) after 0, 1, .. steps of a run.

    ``settings`` are those of the rule, by name; ``size`` is the batch size. Without a mistake in the lines
    the rows are those of plain loops.
    """
    if mistake in WRONG_LINES[rule]:
        wrong = with_changes(RULES[rule], WRONG_LINES[rule][mistake])
        run = Run(wrong(**settings), MINI_BATCH(size=size), start=tuple(start), epochs=steps)
        return rows_of(run, PointSet(*zip(*points, strict=True)), steps)
    p, state, rows = list(start), {}, [tuple(start)]
    eta = 1.0 if mistake == "no-rate" else settings["eta"]
    per_epoch = math.ceil(len(points) / size)
    for t in range(1, steps + 1):
        if mistake == "forgetful" and (t - 1) % per_epoch == 0:
            state = {}
        used = batch(points, size, t, mistake)

        def update(late=0.0, used=used, p=p, state=state, t=t):
            """Make an update whose gradient is taken where w has moved on already."""

            def slopes(at):
                return gradient(used, at[0] + late, at[1], mistake)

            return lecture_loops.RULES[rule](settings, state, slopes, p, eta, settings.get("gamma"), t)

        new, memory, _ = update()
        if mistake == "bias-after-weights":
            late, of_late, _ = update(new[0] - p[0])
            new, memory = [new[0], late[1]], {key: [memory[key][0], of_late[key][1]] for key in memory}
        p, state = new, memory
        rows.append(tuple(p))
    return rows
