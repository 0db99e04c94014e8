"""The lecture's rules as plain loops over lists of floats: slow, obvious, and sharing no code with gdsim.

Points are pairs ([x1, .., xd], y); parameters are lists [w1, .., wd, b].
"""

import math
from typing import NamedTuple


class Row(NamedTuple):
    """The state after an update. The row of the start has only ``p`` and ``loss``."""

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
    return 1.0 / (1.0 + math.exp(-z)) if z > -700.0 else 0.0  # e^710 would overflow


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


# Each rule is a function of (settings, state, gradient function, p, eta, gamma, t) that returns the new p,
# the new state, and the gradient that the update used.


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


# The rules beyond the lecture, written from their papers.


def _old(state, name, p):
    return state.get(name, [0.0] * len(p))


def _averages(settings, state, g):
    """Return Adam's averages m and v after a gradient g."""
    beta1, beta2 = settings["beta1"], settings["beta2"]
    m = [beta1 * a + (1.0 - beta1) * b for a, b in zip(_old(state, "m", g), g, strict=True)]
    v = [beta2 * a + (1.0 - beta2) * b * b for a, b in zip(_old(state, "v", g), g, strict=True)]
    return m, v


def adamw(settings, state, grad, p, eta, gamma, t):
    g = grad(p)
    decay, decoupled = settings["decay"], settings.get("decoupled", True)
    regularized = g if decoupled else [a + decay * b for a, b in zip(g, p, strict=True)]
    m, v = _averages(settings, state, regularized)
    new = []
    for i, old in enumerate(p):
        m_hat = m[i] / (1.0 - settings["beta1"] ** t)
        v_hat = v[i] / (1.0 - settings["beta2"] ** t)
        shrunk = old * (1.0 - eta * decay) if decoupled else old
        new.append(shrunk - eta * m_hat / math.sqrt(v_hat + settings["eps"]))
    return new, {"m": m, "v": v}, g


def amsgrad(settings, state, grad, p, eta, gamma, t):
    g = grad(p)
    m, v = _averages(settings, state, g)
    largest = [max(pair) for pair in zip(_old(state, "u", p), v, strict=True)]
    corrected = settings.get("bias_correction", True)
    by_m = 1.0 - settings["beta1"] ** t if corrected else 1.0
    by_u = 1.0 - settings["beta2"] ** t if corrected else 1.0
    new = [p[i] - eta * (m[i] / by_m) / math.sqrt(largest[i] / by_u + settings["eps"]) for i in range(len(p))]
    return new, {"m": m, "v": v, "u": largest}, g


def nadam(settings, state, grad, p, eta, gamma, t):
    beta1 = settings["beta1"]
    g = grad(p)
    m, v = _averages(settings, state, g)
    new = []
    for i, da in enumerate(g):
        ahead = beta1 * m[i] / (1.0 - beta1 ** (t + 1)) + (1.0 - beta1) * da / (1.0 - beta1**t)
        v_hat = v[i] / (1.0 - settings["beta2"] ** t)
        new.append(p[i] - eta * ahead / math.sqrt(v_hat + settings["eps"]))
    return new, {"m": m, "v": v}, g


def adadelta(settings, state, grad, p, eta, gamma, t):
    rho, eps = settings["rho"], settings["eps"]
    g = grad(p)
    v, u, new = [], [], []
    for i, da in enumerate(g):
        v.append(rho * _old(state, "v", p)[i] + (1.0 - rho) * da * da)
        before = _old(state, "u", p)[i]
        step = da * math.sqrt(before + eps) / math.sqrt(v[i] + eps)
        u.append(rho * before + (1.0 - rho) * step * step)
        new.append(p[i] - eta * step)
    return new, {"v": v, "u": u}, g


def adamax(settings, state, grad, p, eta, gamma, t):
    beta1 = settings["beta1"]
    g = grad(p)
    m = [beta1 * a + (1.0 - beta1) * b for a, b in zip(_old(state, "m", p), g, strict=True)]
    u = [max(settings["beta2"] * a, abs(b)) for a, b in zip(_old(state, "u", p), g, strict=True)]
    new = [p[i] - eta / (1.0 - beta1**t) * m[i] / (u[i] + settings["eps"]) for i in range(len(p))]
    return new, {"m": m, "u": u}, g


def radam(settings, state, grad, p, eta, gamma, t):
    beta1, beta2 = settings["beta1"], settings["beta2"]
    g = grad(p)
    m, v = _averages(settings, state, g)
    longest = 2.0 / (1.0 - beta2) - 1.0
    length = longest - 2.0 * t * beta2**t / (1.0 - beta2**t)
    new = []
    for i, old in enumerate(p):
        step = eta * m[i] / (1.0 - beta1**t)
        if length > 5.0:
            above = (length - 4.0) * (length - 2.0) * longest
            below = (longest - 4.0) * (longest - 2.0) * length
            step *= math.sqrt(above / below) / math.sqrt(v[i] / (1.0 - beta2**t) + settings["eps"])
        new.append(old - step)
    return new, {"m": m, "v": v}, g


def qhm(settings, state, grad, p, eta, gamma, t):
    beta, nu = settings["beta"], settings["nu"]
    g = grad(p)
    m = [beta * a + (1.0 - beta) * b for a, b in zip(_old(state, "m", p), g, strict=True)]
    return [p[i] - eta * ((1.0 - nu) * g[i] + nu * m[i]) for i in range(len(p))], {"m": m}, g


def lion(settings, state, grad, p, eta, gamma, t):
    beta1, beta2 = settings["beta1"], settings["beta2"]
    g = grad(p)
    m, new = [], []
    for i, da in enumerate(g):
        old = _old(state, "m", p)[i]
        mixed = beta1 * old + (1.0 - beta1) * da
        if mixed > 0.0:
            new.append(p[i] - eta)
        elif mixed < 0.0:
            new.append(p[i] + eta)
        else:
            new.append(p[i])
        m.append(beta2 * old + (1.0 - beta2) * da)
    return new, {"m": m}, g


def schedule_free(settings, state, grad, p, eta, gamma, t):
    beta = settings["beta"]
    z = state.get("z", p)
    g = grad([(1.0 - beta) * a + beta * b for a, b in zip(z, p, strict=True)])
    z = [a - eta * da for a, da in zip(z, g, strict=True)]
    return [(t * a + b) / (t + 1.0) for a, b in zip(p, z, strict=True)], {"z": z}, g


def sam(settings, state, grad, p, eta, gamma, t):
    g = grad(p)
    steepness = math.hypot(*g)
    uphill = [
        a + (settings["rho"] * da / steepness if steepness else 0.0) for a, da in zip(p, g, strict=True)
    ]
    g = grad(uphill)
    return [a - eta * da for a, da in zip(p, g, strict=True)], {}, g


def lookahead(settings, state, grad, p, eta, gamma, t):
    slow = state.get("s", p)
    fast, inner, g = momentum(settings, state, grad, p, eta, gamma, t)
    if t % settings["k"] == 0:
        slow = [a + settings["alpha"] * (b - a) for a, b in zip(slow, fast, strict=True)]
        fast = slow
    return fast, {**inner, "s": slow}, g


# Each rule with a learning rate at which 200 steps do not amplify rounding errors. At larger rates, two
# correct programs would drift apart.
RATES = {
    gd: 0.5, momentum: 0.1, nesterov: 0.1, adagrad: 0.1, rmsprop: 0.01, adam: 0.1,
    adamw: 0.1, amsgrad: 0.1, nadam: 0.1, adadelta: 1.0, adamax: 0.1, radam: 0.1, qhm: 0.5, lion: 0.01,
    schedule_free: 0.5, sam: 0.1, lookahead: 0.1,
}  # fmt: skip
RULES = {rule.__name__.replace("_", "-"): rule for rule in RATES}


# The rate of an update by schedule: t counts the earlier updates, epoch the finished epochs, and rises those
# epochs that ended with a higher validation loss than the epoch before.
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
    """Return the rows of each update's batch, in table order; the last batch of an epoch may be smaller."""
    batches = []
    for _ in range(epochs):
        batches += [list(range(first, min(first + size, n))) for first in range(0, n, size)]
    return batches


CONSTANT = {"kind": "constant"}


def compute(
    rule, settings, points, start, batches, *, schedule=CONSTANT, momentum_schedule=CONSTANT, validation=()
):
    """Run a rule, and return a `Row` for the start and for each update; ``batches`` has the rows of each."""
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
