"""Runs computed by plain loops written from the lecture, correctly or with one mistake."""

import math
from functools import partial

import numpy as np

from gdsim.core.exercises.check.answer_sheet import Submission
from gdsim.core.exercises.check.judgement import judge_submission
from gdsim.core.progress import run_to_end
from tests.core.records import columns_of, one_run


def judged(run, points, rows, steps=None, decimals=()):
    """Judge rows of w and b that were submitted for ``steps`` of a run, by default for its first steps."""
    steps = np.arange(len(rows)) if steps is None else steps
    submission = Submission.of(steps, np.array(rows), decimals)
    return run_to_end(judge_submission(one_run(run, points), run, columns_of(run, points), submission))


def neuron(w, b, x, mistake=""):
    z = w * x + b
    if mistake == "sigmoid-turned":
        z = -z
    return 0.0 if z < -700.0 else 1.0 / (1.0 + math.exp(-z))


def gradient(points, w, b, mistake):
    grad_w = grad_b = 0.0
    for x, y in points:
        f = neuron(w, b, x, mistake)
        slope = {"no-slope": 1.0, "half-slope": f, "other-half-slope": 1.0 - f}.get(mistake, f * (1.0 - f))
        error = (y - f) if mistake == "sign" else (f - y)
        grad_w += error * slope * (1.0 if mistake == "no-input" else x)
        grad_b += error * slope
    factor = {"mean": 1.0 / len(points), "missing-half": 2.0, "extra-half": 0.5}.get(mistake, 1.0)
    return factor * grad_w, factor * grad_b


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
    first = (t - 1) % math.ceil(n / size) * size
    return order[first : first + size]


def root_of(number):
    """Return a square root, which is NaN for a negative number, as with NumPy."""
    return math.sqrt(number) if number >= 0.0 else math.nan


def moved(rule, h, w, old, g, t, mistake):  # noqa: C901, PLR0912 - all rules and mistakes in one place
    """Return a parameter and its memory after an update; ``g`` is the gradient as a function of a shift."""
    eta = 1.0 if mistake == "no-rate" else h["eta"]
    sign = -1.0 if mistake == "added" else 1.0
    if rule == "gd":
        return w - sign * eta * g(0.0), old
    if rule in {"momentum", "nesterov"}:
        v, gamma = old[0], h["gamma"]
        look = {"gradient-here": 0.0, "look-back": gamma * v, "look-too-far": -v}.get(mistake, -gamma * v)
        slope = g(look if rule == "nesterov" else 0.0)
        new = {
            "no-memory": eta * slope,
            "no-gamma": v + eta * slope,
            "gamma-on-gradient": v + gamma * eta * slope,
            "rates-exchanged": eta * v + gamma * slope,
            "averaged": gamma * v + (1.0 - gamma) * eta * slope,
        }.get(mistake, gamma * v + eta * slope)
        if mistake == "step-from-look":
            return w + look - new, (new,)
        return w - sign * (v if mistake == "old-step" else new), (new,)
    slope, eps = g(0.0), h["eps"]
    square = {"not-squared": slope, "size-not-square": abs(slope)}.get(mistake, slope * slope)

    def divisor(v):
        rooted = h.get("root", True)
        if mistake == "other-root":
            rooted = not rooted
        if mistake == "eps-outside":
            return root_of(v) + eps
        under = v if mistake == "no-eps" else v + eps
        return root_of(under) if rooted else under

    if rule == "adagrad":
        v = {"no-memory": square, "decay": 0.9 * old[0] + 0.1 * square}.get(mistake, old[0] + square)
        return w - sign * eta / divisor(v) * slope, (v,)
    if rule == "rmsprop":
        beta, v = h["beta"], old[0]
        v = {
            "no-memory": (1.0 - beta) * square,
            "no-decay": v + square,
            "no-beta": v + (1.0 - beta) * square,
            "no-share": beta * v + square,
            "last-only": square,
            "shares-exchanged": (1.0 - beta) * v + beta * square,
        }.get(mistake, beta * v + (1.0 - beta) * square)
        return w - sign * eta / divisor(v) * slope, (v,)
    beta1, beta2 = h["beta1"], h["beta2"]
    if mistake in {"betas-exchanged", "betas-exchanged-everywhere"}:
        beta1, beta2 = beta2, beta1
    m, v = (0.0, 0.0) if mistake == "no-memory" else old
    m = {"no-m": slope, "m-summed": m + slope, "m-not-shared": beta1 * m + slope}.get(
        mistake, beta1 * m + (1.0 - beta1) * slope
    )
    v = beta2 * v + (1.0 - beta2) * square
    if mistake != "betas-exchanged-everywhere":
        beta1, beta2 = h["beta1"], h["beta2"]
    power = {"correction-without-power": 1, "correction-ahead": t + 1}.get(mistake, t)
    by_m, by_v = 1.0 - beta1**power, 1.0 - beta2**power
    if h["bias_correction"] is (mistake == "other-correction"):
        by_m = by_v = 1.0
    if mistake == "v-corrected-only":
        by_m = 1.0
    if mistake == "m-corrected-only":
        by_v = 1.0
    if mistake == "divided-twice":
        by_m, by_v = by_m**2, by_v**2
    m_hat, v_hat = m / by_m, v / by_v
    if mistake == "exchanged":
        return w - eta / root_of(abs(m_hat) + eps) * v_hat, (m, v)
    if mistake == "along-gradient":
        m_hat = slope
    kept = (m_hat, v_hat) if mistake == "corrected-twice" else (m, v)
    return w - sign * eta / divisor(v_hat) * m_hat, kept


def by_hand(rule, settings, points, start, size, steps, mistake=""):
    """Return (w, b) after 0, 1, .. steps of a run.

    ``settings`` are those of the rule, by name; ``size`` is the batch size.
    """
    w, b = start
    memory = {"gd": (), "adam": (0.0, 0.0)}.get(rule, (0.0,))
    of_w = of_b = memory
    rows = [(w, b)]
    per_epoch = math.ceil(len(points) / size)
    for t in range(1, steps + 1):
        if mistake == "forgetful" and (t - 1) % per_epoch == 0:
            of_w = of_b = memory
        used = batch(points, size, t, mistake)
        # Nesterov looks ahead with both parameters at once.
        ahead = _shifts(rule, settings, of_w, of_b, mistake)

        def at(index, shift, moved_w=0.0, used=used, ahead=ahead, w=w, b=b):
            here = (w, b) if shift == 0.0 else (w + ahead[0], b + ahead[1])
            return gradient(used, here[0] + moved_w, here[1], mistake)[index]

        new_w, new_of_w = moved(rule, settings, w, of_w, partial(at, 0), t, mistake)
        late = new_w - w if mistake == "bias-after-weights" else 0.0
        new_b, new_of_b = moved(rule, settings, b, of_b, partial(at, 1, moved_w=late), t, mistake)
        w, b, of_w, of_b = new_w, new_b, new_of_w, new_of_b
        rows.append((w, b))
    return rows


def _shifts(rule, h, of_w, of_b, mistake):
    if rule != "nesterov":
        return 0.0, 0.0
    factor = {"gradient-here": 0.0, "look-back": h["gamma"], "look-too-far": -1.0}.get(mistake, -h["gamma"])
    return factor * of_w[0], factor * of_b[0]
