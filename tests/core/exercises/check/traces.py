"""Runs worked by plain loops written from the lecture, rightly or with one slip."""

import math
from functools import partial


def neuron(w, b, x):
    z = w * x + b
    return 0.0 if z < -700.0 else 1.0 / (1.0 + math.exp(-z))


def gradient(points, w, b, slip):
    """Return the gradient over some points."""
    grad_w = grad_b = 0.0
    for x, y in points:
        f = neuron(w, b, x)
        slope = {"no-slope": 1.0, "half-slope": f}.get(slip, f * (1.0 - f))
        error = (y - f) if slip == "sign" else (f - y)
        grad_w += error * slope * (1.0 if slip == "no-input" else x)
        grad_b += error * slope
    factor = {"mean": 1.0 / len(points), "missing-half": 2.0, "extra-half": 0.5}.get(slip, 1.0)
    return factor * grad_w, factor * grad_b


def batch(points, size, t, slip):
    """Return the points of update ``t``, in table order."""
    n = len(points)
    if slip == "all-points":
        return points
    if slip == "one-point":
        return [points[(t - 1) % n]]
    order = list(points)
    if slip == "backwards":
        order.reverse()
    if slip == "from-the-second":
        order = order[1:] + order[:1]
    first = (t - 1) % math.ceil(n / size) * size
    return order[first : first + size]


def root_of(number):
    """Return a square root, as array programs do: NaN of a negative number."""
    return math.sqrt(number) if number >= 0.0 else math.nan


def moved(rule, h, w, old, g, t, slip):  # noqa: C901 - all rules and slips in one place
    """Return a parameter and what is remembered of it after an update; ``g`` is a function of the shift."""
    eta = 1.0 if slip == "no-rate" else h["eta"]
    if rule == "gd":
        return w - eta * g(0.0), old
    if rule in {"momentum", "nesterov"}:
        v, gamma = old[0], h["gamma"]
        look = {"gradient-here": 0.0, "look-back": gamma * v, "look-too-far": -v}.get(slip, -gamma * v)
        slope = g(look if rule == "nesterov" else 0.0)
        v = {
            "no-momentum": eta * slope,
            "no-gamma": v + eta * slope,
            "gamma-on-gradient": v + gamma * eta * slope,
            "rates-exchanged": eta * v + gamma * slope,
            "averaged": gamma * v + (1.0 - gamma) * eta * slope,
        }.get(slip, gamma * v + eta * slope)
        if slip == "step-from-look":
            return w + look - v, (v,)
        return (w + v if slip == "added" else w - v), (v,)
    slope, eps = g(0.0), h["eps"]
    square = {"not-squared": slope, "size-not-square": abs(slope)}.get(slip, slope * slope)

    def root(v):
        if slip == "no-root":
            return v + eps
        if slip == "eps-outside":
            return root_of(v) + eps
        return root_of(v) if slip == "no-eps" else root_of(v + eps)

    if rule == "adagrad":
        v = {"no-accumulation": square, "decay": 0.9 * old[0] + 0.1 * square}.get(slip, old[0] + square)
        return w - eta / root(v) * slope, (v,)
    if rule == "rmsprop":
        beta, v = h["beta"], old[0]
        v = {
            "no-accumulation": (1.0 - beta) * square,
            "no-decay": v + square,
            "no-share": beta * v + square,
            "shares-exchanged": (1.0 - beta) * v + beta * square,
        }.get(slip, beta * v + (1.0 - beta) * square)
        return w - eta / root(v) * slope, (v,)
    beta1, beta2 = h["beta1"], h["beta2"]
    if slip == "betas-exchanged":
        beta1, beta2 = beta2, beta1
    m, v = (0.0, 0.0) if slip == "no-accumulation" else old
    m = slope if slip == "no-m" else beta1 * m + (1.0 - beta1) * slope
    v = beta2 * v + (1.0 - beta2) * square
    power = {"correction-without-power": 1, "correction-ahead": t + 1}.get(slip, t)
    by_m, by_v = 1.0 - h["beta1"] ** power, 1.0 - h["beta2"] ** power
    if slip in {"no-correction", "v-corrected-only"}:
        by_m = 1.0
    if slip in {"no-correction", "m-corrected-only"}:
        by_v = 1.0
    if slip == "divided-twice":
        by_m, by_v = by_m**2, by_v**2
    m_hat, v_hat = m / by_m, v / by_v
    if slip == "exchanged":
        return w - eta / root_of(abs(m_hat) + eps) * v_hat, (m, v)
    return w - eta / root(v_hat) * m_hat, (m_hat, v_hat) if slip == "corrected-twice" else (m, v)


def trace(rule, hyperparameters, points, start, size, steps, slip=""):
    """Return (w, b) after 0, 1, .. steps of a run."""
    w, b = start
    memory = {"gd": (), "adam": (0.0, 0.0)}.get(rule, (0.0,))
    of_w = of_b = memory
    rows = [(w, b)]
    per_epoch = math.ceil(len(points) / size)
    for t in range(1, steps + 1):
        if slip == "forgetful" and (t - 1) % per_epoch == 0:
            of_w = of_b = memory
        used = batch(points, size, t, slip)
        # Nesterov looks ahead with both parameters at once.
        ahead = _shifts(rule, hyperparameters, of_w, of_b, slip)

        def at(index, shift, moved_w=0.0, used=used, ahead=ahead, w=w, b=b):
            here = (w, b) if shift == 0.0 else (w + ahead[0], b + ahead[1])
            return gradient(used, here[0] + moved_w, here[1], slip)[index]

        new_w, new_of_w = moved(rule, hyperparameters, w, of_w, partial(at, 0), t, slip)
        late = new_w - w if slip == "bias-after-weights" else 0.0
        new_b, new_of_b = moved(rule, hyperparameters, b, of_b, partial(at, 1, moved_w=late), t, slip)
        w, b, of_w, of_b = new_w, new_b, new_of_w, new_of_b
        rows.append((w, b))
    return rows


def _shifts(rule, h, of_w, of_b, slip):
    if rule != "nesterov":
        return 0.0, 0.0
    factor = {"gradient-here": 0.0, "look-back": h["gamma"], "look-too-far": -1.0}.get(slip, -h["gamma"])
    return factor * of_w[0], factor * of_b[0]
