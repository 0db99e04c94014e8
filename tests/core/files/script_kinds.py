"""Experiments for the tests of scripts: every rule with every batching and schedule, and hostile names."""

import ast
import dataclasses
import re
from itertools import product

import numpy as np
from hypothesis import strategies as st

from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.experiment import MOST_RUNS, Experiment
from gdsim.core.model.objective import ACTIVATIONS, LOSSES, FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES, eta
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.schedules import CONSTANT_MOMENTUM, MOMENTUM_SCHEDULES, SCHEDULES, ScheduleKind
from gdsim.core.settings import POSITIVE, Setting
from tests.core.other_rules import ADAMW
from tests.core.strategies import batching_variants, rule_variants
from tests.core.strategies import experiments as any_experiments
from tests.every import WHOLE, covering

HOSTILE = [
    "'; import os; os.abort() #",
    '"""',
    "'''",
    '"""\nimport os\nos.abort()\n"""',
    "\\",
    '\\"',
    "'\"\\",
    "\\N{BULLET} \\x41 \\u0041 \\",
    "{1/0} {name!r} %s",
    "line\nline\r\nline\rline",
    "line\u2028line\u2029line\x85line\x0bline\x0cline\x1cline",
    "null\0null",
    "\u202eright to left\u202c \u2066isolated\u2069",
    "# -*- coding: utf-7 -*-",
    "coding=rot13",
    "\x1b[31mred\x07",
    "\ufeffmark",
    "naïve Größe η 学习 😀",
    "a,b;c\td",
    " ",
]


def noisy_points(dimension, n, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-2.0, 3.0, (n, dimension)), rng.uniform(0.05, 0.95, n)
    return PointSet(x.round(3), y.round(3))


def experiment_with(*runs, dimension=1, points=7, validation=3):
    held_out = noisy_points(dimension, validation, seed=dimension)
    return Experiment(noisy_points(dimension, points, seed=10 * dimension), held_out, runs)


def experiments_with(runs, **kinds):
    """Return experiments with the given runs, in each as many as an experiment may have."""
    runs = tuple(runs)
    return [
        experiment_with(*runs[first : first + MOST_RUNS], **kinds) for first in range(0, len(runs), MOST_RUNS)
    ]


BATCHINGS = [
    *batching_variants(),
    *(MINI_BATCH(size=size, shuffle=shuffle) for size in (3, 51) for shuffle in (False, True)),
]


def kinds_of(dimension, rules, schedules, momentum_schedules):
    """Yield runs that contain every pair of a rule, a batching, a schedule and a momentum schedule."""
    start = tuple(np.linspace(-2.0, 1.0, dimension + 1).tolist())
    kinds = [
        (rule, batching, schedule, momentum)
        for rule, batching, schedule in product(rules, BATCHINGS, schedules)
        for momentum in (momentum_schedules if rule.has_momentum else [CONSTANT_MOMENTUM])
    ]
    for number, (rule, batching, schedule, momentum) in enumerate(covering(kinds)):
        settings = {"every": 2} if "every" in schedule.names else {}  # so that it has an effect in 3 epochs
        name = f"{rule}, {batching}, {schedule.id}, {momentum.id}"
        fields = {"start": start, "epochs": 3, "seed": number, "name": name}
        yield Run(rule, batching, schedule(**settings), momentum(), **fields)


def all_kinds(dimension):
    return kinds_of(dimension, rule_variants(), SCHEDULES.values(), MOMENTUM_SCHEDULES.values())


def neurons(penalties):
    """Return combinations of activation, loss, reduction and penalty with every pair; in a whole run, all."""
    combinations = [
        (activation, loss, reduction, penalty)
        for activation, loss in product(ACTIVATIONS, LOSSES)
        for reduction in NeuronObjective.reductions_of(loss)
        for penalty in penalties
    ]
    return combinations if WHOLE else covering(combinations)


NEURONS = [
    NeuronObjective(activation, loss, reduction, l2, 1.0 if loss != "huber" or l2 == 0.0 else 0.4)
    for activation, loss, reduction, l2 in neurons((0.0, 0.3))
]
FUNCTIONS = [
    FunctionObjective(text)
    for text in (
        "w**2 + sin(b)*w",
        "abs(w) + max(b, w)**2/10",
        "where(w > b, w, exp(b))",
        "log(w)",
        "20 + w**2 - 10*cos(2*pi*w) + b**2 - 10*cos(2*pi*b)",
        "log1p(w**2) + where(b > 0, b**3, abs(b)) + sign(w)*max(w, 0.5)",
    )
]


def with_objective(objective, points, *, turned=False):
    """Return an experiment with a run for each batching, by several rules, and one run that uses validation.

    If ``turned``, the batchings are in reverse order, so that each rule has another one.
    """
    dimension = points.dimension
    start = (*(0.5, -0.3, 0.2)[:dimension], 0.8)
    rules = [
        RULES["gd"](eta=0.1),
        RULES["nesterov"](eta=0.05),
        RULES["adam"](),
        RULES["sam"](),
        RULES["lookahead"](),
    ]
    runs = tuple(
        Run(rules[place % len(rules)], batching, start=start, epochs=5, seed=place)
        for place, batching in enumerate(BATCHINGS[::-1] if turned else BATCHINGS)
    )
    last = Run(RULES["gd"](eta=0.01), schedule=SCHEDULES["validation"](), start=start, epochs=5)
    held_out = noisy_points(dimension, 6, seed=9)
    return Experiment(points, held_out, (*runs, last), objective=objective)


RESTARTS = ScheduleKind(
    "restarts",
    "cosine with restarts",
    "The rate falls along a cosine, and begins anew.",
    (Setting("period", "T", "period", "", 3.5, POSITIVE), Setting("k", "k", "floor", "", 0.01, POSITIVE)),
    """
        cycle = floor(step/period)
        place = mod(step, period) / period
        eta = k + (eta0 - k)*(1 + cos(pi*place)) / 2 / (1 + cycle)
    """,
)


def own_rule(lines, *names):
    settings = (eta(0.3), *(Setting(name, name, name, "", 0.02, POSITIVE) for name in names))
    return Rule(id="own", title="Own rule", summary="A rule of one's own.", settings=settings, lines=lines)


RULES_OF_OTHERS = {
    "Decayed Adam": ADAMW,
    "a line that is the same for w and b": own_rule(
        """
            mu = gamma*(1 - 0.5*0.96**(t/250))
            mu2 = gamma*(1 - 0.5*0.96**((t + 1)/250))
            m_t = decay*m + (1 - decay)*g
            w_next = w - eta*(mu*m_t + mu2*g)
        """,
        "gamma",
        "decay",
    ),
    "two gradients": own_rule(
        """
            g1 = grad(w)
            look = w - eta*g1
            g2 = grad(look)
            w_next = w - eta*g2
        """
    ),
    "a gradient after the step": own_rule(
        """
            g1 = grad(w)
            w_next = w - eta*g1
            g2 = grad(w_next)
            v_t = g1 + g2 - v
            q_t = w - w_next + v
        """
    ),
    "a memory with a start, used after it was replaced": own_rule(
        """
            v_0 = 0.1
            u_0 = abs(w) + eta
            v_t = gamma*v + eta*g
            u_t = where(g < u, max(u, 0.2), min(v, 1)*sign(g)) + mod(t, 3)*abs(g)
            w_next = w + gamma*v - (1 + gamma)*v_t - 0.01*tanh(u)
        """,
        "gamma",
    ),
    "a choice within a choice": own_rule(
        "w_next = w - eta*where(g > 0, where(g > k, k, g), where(g < -0.1, -0.1, g))", "k"
    ),
    "several lines and no memory": own_rule(
        "size = abs(g) + k\nstep = eta*g/size**0.5\nw_next = w - step", "k"
    ),
    "a velocity that is added": own_rule("v_0 = w\nv_t = 0.9*v - eta*g\nw_next = w + v_t"),
    "a gradient that is the same for any w": own_rule(
        """
            look = eta*t
            g1 = grad(look)
            w_next = w - eta*(g + g1)
        """
    ),
    "names that a script has for itself": own_rule(
        """
            loss = eta*X + order
            x = g*loss + b
            f = x - dw
            new_v = v + f
            v_t = gamma*v + x*f
            w_next = w - v_t + 0.1*new_v*inputs*first*range*exp(-lambda_*exp)
            gradient = v + w
        """,
        *("gamma", "X", "order", "b", "dw", "inputs", "first", "range", "lambda_", "exp"),
    ),
}
SCHEDULES_OF_OTHERS = (
    RESTARTS,
    ScheduleKind(
        "logistic",
        "S curve",
        "",
        (Setting("k", "k", "", "", 0.002, POSITIVE),),
        "eta = eta0 / (1 + exp((step - 3)/k))",
    ),
    ScheduleKind(
        "counts",
        "all that can be counted",
        "",
        (Setting("name", "n", "", "", 0.01, POSITIVE),),
        "eta = eta0*0.5**rises / (1 + name*step + epoch)",
    ),
)
MOMENTA_OF_OTHERS = (
    CONSTANT_MOMENTUM,
    ScheduleKind(
        "own",
        "own",
        "",
        (Setting("k", "k", "", "", 0.001, POSITIVE),),
        "place = 1 - k\ngamma = min(gamma0, place - k / (1 + step + epoch))",
    ),
)


# Lines with an operation that raises an error in Python, but gives an infinity or NaN in the program, which
# does not reach w.
REFUSED = {
    "divide": "w_next = w - eta*g/(1 + 0.01/v)\nv_t = v + g**2",
    "ln": "w_next = w - eta*g*exp(log(v))\nv_t = v + g**2",
    "ln_of_more": "w_next = w - eta*tanh(log1p(v - 1))\nv_t = v + g**2",
    "binary_log": "w_next = w - eta*tanh(log2(v))\nv_t = v + g**2",
    "power": "w_next = w - eta*g/(1 + (1e200*g)**3)",
    "a power of a negative number": "w_next = w - eta*where(g**0.5 < 1, g, sign(g))",
    "square_root": "root = sqrt(g)\nw_next = w - eta*min(g, root)",
    "sine": "w_next = w - eta*g*max(-1, sin(1/v))\nv_t = v + g**2",
    "cosine": "w_next = w - eta*g*min(1, cos(1/v))\nv_t = v + g**2",
    "remainder": "w_next = w - eta*max(g, mod(g, t - 1))",
    "whole": "w_next = w - eta*g/floor(1 + 1/v)\nv_t = v + g**2",
    "sign": "w_next = w - eta*where(sign(v*(1/v)) > 2, g, 0.1*g)\nv_t = v + g**2",
}


@st.composite
def short_experiments(draw):
    drawn = draw(any_experiments())
    runs = [dataclasses.replace(run, epochs=draw(st.integers(1, 6))) for run in drawn.runs]
    return dataclasses.replace(drawn, runs=tuple(runs))


def without_texts(source):
    """Return the syntax tree of a script with all strings emptied, so that only code is left."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    # The names of functions contain the letters and digits of the titles of their rules.
    return re.sub(r"'do[a-z0-9_]*'", "'do'", ast.dump(tree))
