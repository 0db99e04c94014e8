"""The lecture's rules as plain loops over lists of floats: slow, obvious, and sharing no code with gdsim.

Points are pairs ([x1, .., xd], y); parameters are lists [w1, .., wd, b].
"""

import math
from typing import NamedTuple


class Row(NamedTuple):
    """What one update left behind. The start has a loss only."""

    p: list
    loss: float
    gradient: list | None = None
    eta: float | None = None
    gamma: float | None = None
    state: dict | None = None


def f(x, p):
    """f(x) = 1 / (1 + exp(-(w.x + b)))."""
    z = p[-1]
    for weight, value in zip(p[:-1], x, strict=True):
        z += weight * value
    return 1.0 / (1.0 + math.exp(-z))


def loss(points, p):
    """L = 1/2 sum (f(x_i) - y_i)^2."""
    total = 0.0
    for x, y in points:
        total += (f(x, p) - y) ** 2
    return 0.5 * total


def gradient(points, p):
    """grad_w = sum (f - y) f (1 - f) x, and the same without x for b."""
    grad = [0.0] * len(p)
    for x, y in points:
        fx = f(x, p)
        common = (fx - y) * fx * (1.0 - fx)
        for i, value in enumerate(x):
            grad[i] += common * value
        grad[-1] += common
    return grad


# Each rule: (settings, state, gradient as a function, p, eta, gamma, t) -> (p, state, gradient used).


def gd(settings, state, grad, p, eta, gamma, t):
    g = grad(p)
    return [a - eta * da for a, da in zip(p, g, strict=True)], {}, g


def momentum(settings, state, grad, p, eta, gamma, t):
    g = grad(p)
    old = state.get("v", [0.0] * len(p))
    v = [gamma * a + eta * da for a, da in zip(old, g, strict=True)]
    return [a - b for a, b in zip(p, v, strict=True)], {"v": v}, g


def nesterov(settings, state, grad, p, eta, gamma, t):
    old = state.get("v", [0.0] * len(p))
    look = [a - gamma * b for a, b in zip(p, old, strict=True)]
    g = grad(look)
    v = [gamma * a + eta * da for a, da in zip(old, g, strict=True)]
    return [a - b for a, b in zip(p, v, strict=True)], {"v": v}, g


def adagrad(settings, state, grad, p, eta, gamma, t):
    g = grad(p)
    v, new = [], []
    for i, da in enumerate(g):
        v.append(state.get("v", [0.0] * len(p))[i] + da**2)
        under = math.sqrt(v[i] + settings["eps"]) if settings.get("root", True) else v[i] + settings["eps"]
        new.append(p[i] - eta / under * da)
    return new, {"v": v}, g


def rmsprop(settings, state, grad, p, eta, gamma, t):
    g = grad(p)
    v, new = [], []
    for i, da in enumerate(g):
        old = state.get("v", [0.0] * len(p))[i]
        v.append(settings["beta"] * old + (1.0 - settings["beta"]) * da**2)
        new.append(p[i] - eta / math.sqrt(v[i] + settings["eps"]) * da)
    return new, {"v": v}, g


def adam(settings, state, grad, p, eta, gamma, t):
    beta1, beta2 = settings["beta1"], settings["beta2"]
    g = grad(p)
    m, v, new = [], [], []
    for i, da in enumerate(g):
        old_m, old_v = (state.get(name, [0.0] * len(p))[i] for name in ("m", "v"))
        m.append(beta1 * old_m + (1.0 - beta1) * da)
        v.append(beta2 * old_v + (1.0 - beta2) * da**2)
        m_hat, v_hat = m[i], v[i]
        if settings.get("bias_correction", True):
            m_hat, v_hat = m[i] / (1.0 - math.pow(beta1, t)), v[i] / (1.0 - math.pow(beta2, t))
        new.append(p[i] - eta / math.sqrt(v_hat + settings["eps"]) * m_hat)
    return new, {"m": m, "v": v}, g


# Each rule with a learning rate at which 200 steps amplify no rounding: at larger ones two correct programs
# drift apart.
RATES = {gd: 0.5, momentum: 0.1, nesterov: 0.1, adagrad: 0.1, rmsprop: 0.01, adam: 0.1}
RULES = {rule.__name__: rule for rule in RATES}


# The rate of an update, by the names of the schedules: t counts updates from 0, epoch finished epochs, rises
# those whose validation loss was above that of the one before.
SCHEDULES = {
    "constant": lambda settings, eta0, t, epoch, rises: eta0,
    "step": lambda settings, eta0, t, epoch, rises: (
        eta0 * settings["factor"] ** math.floor(epoch / settings["every"])
    ),
    "validation": lambda settings, eta0, t, epoch, rises: eta0 / 2**rises,
    "exponential": lambda settings, eta0, t, epoch, rises: eta0 * math.exp(-settings["k"] * t),
    "inverse": lambda settings, eta0, t, epoch, rises: eta0 / (1.0 + settings["k"] * t),
}
MOMENTUM_SCHEDULES = {
    "constant": lambda settings, gamma0, t, epoch: gamma0,
    "sutskever": lambda settings, gamma0, t, epoch: min(
        1.0 - 2.0 ** (-1.0 - math.log2(math.floor(t / 250) + 1)), settings["gamma_max"]
    ),
}


def table_order(n, size, epochs):
    """The rows of every update: in table order, the last batch of an epoch may be smaller."""
    batches = []
    for _ in range(epochs):
        batches += [list(range(first, min(first + size, n))) for first in range(0, n, size)]
    return batches


CONSTANT = {"kind": "constant"}


def compute(
    rule, settings, points, start, batches, *, schedule=CONSTANT, momentum_schedule=CONSTANT, validation=()
):
    """Run a rule; ``batches`` holds the rows of each update."""
    p, state = list(start), {}
    rows = [Row(p, loss(points, p))]
    epoch, seen, rises, before = 0, 0, 0, None
    for t, batch in enumerate(batches):
        chosen = [points[row] for row in batch]
        eta = SCHEDULES[schedule["kind"]](schedule, settings["eta"], t, epoch, rises)
        gamma = MOMENTUM_SCHEDULES[momentum_schedule["kind"]](
            momentum_schedule, settings.get("gamma"), t, epoch
        )
        p, state, g = RULES[rule](settings, state, lambda q, c=chosen: gradient(c, q), p, eta, gamma, t + 1)
        rows.append(Row(p, loss(points, p), g, eta, gamma, state))
        seen += len(batch)
        if seen == len(points):
            epoch, seen = epoch + 1, 0
            now = loss(validation, p)
            if before is not None and now > 1.000000000001 * before:
                rises += 1
            before = now
    return rows
