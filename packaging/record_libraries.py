# ruff: noqa: ANN401
"""Record what PyTorch, Keras and Optax compute in float64, as test data, with an environment of its own.

    python3 -m venv aside && aside/bin/pip install torch keras optax
    aside/bin/python packaging/record_libraries.py tests/core/rules/data/libraries.json

Each trajectory has 200 updates of w and b on a few points. The gradient of half the sum of the squared errors
is computed here in plain Python, and passed to the optimizer. The signatures of the constructors are
recorded, too. The rates are so small that rounding errors do not grow; where a rule hovers around a minimum,
two correct programs drift apart after a hundred updates.
"""

from __future__ import annotations

import inspect
import json
import math
import os
import sys
import warnings
from functools import partial
from importlib.metadata import version
from itertools import chain
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeAlias

os.environ["KERAS_BACKEND"] = "torch"
os.environ["JAX_PLATFORMS"] = "cpu"
warnings.filterwarnings("ignore")

if TYPE_CHECKING:
    from collections.abc import Iterator

import jax  # type: ignore[import-not-found]  # noqa: E402

jax.config.update("jax_enable_x64", True)  # noqa: FBT003 - the signature is JAX's

import jax.numpy as jnp  # type: ignore[import-not-found]  # noqa: E402
import keras  # type: ignore[import-not-found]  # noqa: E402
import optax  # type: ignore[import-not-found]  # noqa: E402
import torch  # type: ignore[import-not-found]  # noqa: E402

torch.set_default_dtype(torch.float64)
keras.config.set_floatx("float64")

STEPS = 200
# Every one of the first places is recorded, and every tenth of the later ones.
EACH = 10
Places: TypeAlias = "Iterator[list[float]]"
SETS: dict[str, Any] = {
    "lecture": {"x": [0.5, 2.5], "y": [0.2, 0.9], "start": [-2.0, -2.0]},
    "noisy": {"x": [-2.0, -0.5, 0.3, 1.7, 3.0], "y": [0.1, 0.7, 0.2, 0.95, 0.6], "start": [0.5, 3.0]},
}
# The arguments with which each optimizer is tried.
TORCH: dict[str, Any] = {
    "SGD": (
        {"lr": 1.0},
        {"lr": 0.5, "momentum": 0.9, "nesterov": True},
        {"lr": 0.5, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.01},
        {"lr": 0.5, "momentum": 0.9},
    ),
    "Adagrad": (
        {"lr": 0.5},
        {"lr": 0.5, "lr_decay": 0.01, "weight_decay": 0.01, "initial_accumulator_value": 0.2},
        {"lr": 0.5, "eps": 0.01},
    ),
    "RMSprop": (
        {"lr": 0.01},
        {"lr": 0.01, "alpha": 0.9, "centered": True, "eps": 1e-3},
        {"lr": 0.01, "momentum": 0.5, "weight_decay": 0.01, "eps": 1e-3},
        {"lr": 0.005, "momentum": 0.9, "centered": True, "eps": 1e-2},
    ),
    "Adam": (
        {"lr": 0.1},
        {"lr": 0.1, "betas": [0.9, 0.99], "amsgrad": True},
        {"lr": 0.1, "weight_decay": 0.01, "eps": 1e-3},
        {"lr": 0.1, "weight_decay": 0.01, "decoupled_weight_decay": True, "amsgrad": True},
    ),
    "AdamW": ({"lr": 0.1}, {"lr": 0.05, "betas": [0.8, 0.9], "weight_decay": 0.1, "amsgrad": True}),
    "NAdam": (
        {"lr": 0.1},
        {"lr": 0.1, "momentum_decay": 0.5, "weight_decay": 0.01},
        {"lr": 0.1, "weight_decay": 0.05, "decoupled_weight_decay": True},
    ),
    "RAdam": (
        {"lr": 0.1},
        {"lr": 0.1, "betas": [0.9, 0.9], "weight_decay": 0.01},
        {"lr": 0.1, "betas": [0.9, 0.99], "weight_decay": 0.05, "decoupled_weight_decay": True, "eps": 1e-3},
        {"lr": 0.1, "betas": [0.5, 0.6]},
    ),
    "Adamax": ({"lr": 0.1}, {"lr": 0.02, "betas": [0.8, 0.9], "weight_decay": 0.01, "eps": 1e-3}),
    "Adadelta": ({}, {"lr": 5.0, "rho": 0.95, "eps": 1e-4, "weight_decay": 0.01}),
}
KERAS: dict[str, Any] = {
    "SGD": (
        {"learning_rate": 1.0},
        {"learning_rate": 0.5, "momentum": 0.9, "nesterov": True},
        {"learning_rate": 0.5, "momentum": 0.9, "weight_decay": 0.01},
    ),
    "Adagrad": (
        {"learning_rate": 0.5},
        {"learning_rate": 0.5, "initial_accumulator_value": 0.0, "epsilon": 1e-3, "weight_decay": 0.01},
    ),
    "RMSprop": (
        {"learning_rate": 0.01},
        {"learning_rate": 0.01, "centered": True, "momentum": 0.5, "epsilon": 1e-3},
        {"learning_rate": 0.01, "rho": 0.99, "momentum": 0.9, "weight_decay": 0.01, "epsilon": 1e-3},
    ),
    "Adam": (
        {"learning_rate": 0.1},
        {"learning_rate": 0.1, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-3, "amsgrad": True},
        {"learning_rate": 0.1, "weight_decay": 0.01},
    ),
    "AdamW": ({"learning_rate": 0.1}, {"learning_rate": 0.1, "weight_decay": 0.1, "amsgrad": True}),
    "Nadam": ({"learning_rate": 0.1}, {"learning_rate": 0.1, "beta_1": 0.8, "weight_decay": 0.01}),
    "Adamax": ({"learning_rate": 0.1}, {"learning_rate": 0.1, "epsilon": 1e-2, "weight_decay": 0.01}),
    "Adadelta": ({}, {"learning_rate": 5.0, "epsilon": 1e-4, "weight_decay": 0.001}),
    "Lion": ({"learning_rate": 0.01}, {"learning_rate": 0.01, "beta_1": 0.5, "weight_decay": 0.1}),
}
OPTAX: dict[str, Any] = {
    "sgd": (
        {"learning_rate": 1.0},
        {"learning_rate": 0.5, "momentum": 0.9},
        {"learning_rate": 0.5, "momentum": 0.9, "nesterov": True},
    ),
    "adagrad": (
        {"learning_rate": 0.5},
        {"learning_rate": 0.5, "initial_accumulator_value": 0.0, "eps": 1e-8},
        {"learning_rate": 0.5, "initial_accumulator_value": 0.3, "eps": 0.0},
    ),
    "rmsprop": (
        {"learning_rate": 0.01},
        {"learning_rate": 0.01, "eps_in_sqrt": False, "eps": 1e-3, "initial_scale": 1.0},
        {"learning_rate": 0.01, "centered": True, "momentum": 0.5, "eps": 1e-3},
        {"learning_rate": 0.01, "centered": True, "bias_correction": True, "eps": 1e-2},
        {"learning_rate": 0.005, "momentum": 0.9, "nesterov": True, "bias_correction": True, "eps": 1e-3},
    ),
    "adam": (
        {"learning_rate": 0.1},
        {"learning_rate": 0.1, "eps": 0.0, "eps_root": 1e-8},
        {"learning_rate": 0.1, "b1": 0.8, "nesterov": True},
    ),
    "adamw": ({"learning_rate": 0.1}, {"learning_rate": 0.1, "weight_decay": 0.1, "eps_root": 1e-4}),
    "amsgrad": (
        {"learning_rate": 0.1},
        {"learning_rate": 0.1, "bias_correction_mu": False, "bias_correction_nu": False, "eps": 1e-3},
        {"learning_rate": 0.1, "b2": 0.99, "eps_root": 1e-4},
    ),
    "nadam": ({"learning_rate": 0.1}, {"learning_rate": 0.1, "b1": 0.5, "eps_root": 1e-4}),
    "nadamw": ({"learning_rate": 0.1}, {"learning_rate": 0.02, "eps_root": 1e-3, "weight_decay": 0.2}),
    "adamax": ({"learning_rate": 0.1}, {"learning_rate": 0.1, "b2": 0.9, "eps": 1e-3}),
    "adamaxw": (
        {"learning_rate": 0.1, "weight_decay": 0.05},
        {"learning_rate": 0.02, "weight_decay": 0.5, "b1": 0.7},
    ),
    "radam": (
        {"learning_rate": 0.1},
        {"learning_rate": 0.1, "b2": 0.9, "threshold": 4.5},
        {"learning_rate": 0.1, "b2": 0.99, "nesterov": True, "eps_root": 1e-6},
    ),
    "adadelta": ({"learning_rate": 1.0}, {"learning_rate": 5.0, "eps": 1e-4, "weight_decay": 0.01}),
    "lion": ({"learning_rate": 0.01}, {"learning_rate": 0.01, "weight_decay": 0.1, "b1": 0.5}),
}
TORCH_SCHEDULES: dict[str, Any] = {
    "StepLR": ({"step_size": 30}, {"step_size": 7, "gamma": 0.9}),
    "MultiStepLR": ({"milestones": [20, 50, 51], "gamma": 0.5}, {"milestones": [1, 2, 150]}),
    "ExponentialLR": ({"gamma": 0.97}, {"gamma": 1.001}),
    "CosineAnnealingLR": ({"T_max": 60}, {"T_max": 150, "eta_min": 0.05}),
    "CosineAnnealingWarmRestarts": (
        {"T_0": 30},
        {"T_0": 7, "T_mult": 2, "eta_min": 0.01},
        {"T_0": 4, "T_mult": 3},
    ),
    "PolynomialLR": ({"total_iters": 120, "power": 2.0}, {}),
    "LinearLR": ({}, {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 90}),
    "ConstantLR": ({}, {"factor": 0.5, "total_iters": 40}),
}
KERAS_SCHEDULES: dict[str, Any] = {
    "ExponentialDecay": (
        {"decay_steps": 50, "decay_rate": 0.5},
        {"decay_steps": 20, "decay_rate": 0.8, "staircase": True},
    ),
    "InverseTimeDecay": (
        {"decay_steps": 50, "decay_rate": 0.5},
        {"decay_steps": 20, "decay_rate": 0.8, "staircase": True},
    ),
    "CosineDecay": (
        {"decay_steps": 120, "alpha": 0.1},
        {"decay_steps": 100, "warmup_target": 1.5, "warmup_steps": 30},
    ),
    "CosineDecayRestarts": (
        {"first_decay_steps": 20},
        {"first_decay_steps": 30, "t_mul": 1.0, "m_mul": 0.8, "alpha": 0.1},
        {"first_decay_steps": 25, "t_mul": 1.5, "m_mul": 0.9},
    ),
    "PolynomialDecay": (
        {"decay_steps": 90},
        {"decay_steps": 40, "end_learning_rate": 0.1, "power": 2.0, "cycle": True},
    ),
    "PiecewiseConstantDecay": (
        {"boundaries": [20, 70], "values": [0.5, 0.2, 0.05]},
        {"boundaries": [90], "values": [0.5, 0.2]},
    ),
}
OPTAX_SCHEDULES: dict[str, Any] = {
    "exponential_decay": (
        {"transition_steps": 50, "decay_rate": 0.5},
        {
            "transition_steps": 20,
            "decay_rate": 0.8,
            "transition_begin": 30,
            "staircase": True,
            "end_value": 0.3,
        },
    ),
    "cosine_decay_schedule": ({"decay_steps": 120, "alpha": 0.1}, {"decay_steps": 150, "exponent": 2.0}),
    "polynomial_schedule": (
        {"end_value": 0.1, "power": 2.0, "transition_steps": 90, "transition_begin": 20},
        {"end_value": 1.0, "power": 0.5, "transition_steps": 40},
    ),
    "linear_schedule": (
        {"end_value": 0.1, "transition_steps": 120},
        {"end_value": 1.0, "transition_steps": 30, "transition_begin": 40},
    ),
    "piecewise_constant_schedule": (
        {"boundaries_and_scales": {"20": 0.5, "90": 0.2}},
        {"boundaries_and_scales": {"1": 0.5, "2": 0.5, "150": 1.5}},
    ),
}


def gradient(points: Any, p: list[float]) -> list[float]:
    """Return the gradient of half the sum of the squared errors."""
    (w, b), total = p, [0.0, 0.0]
    for x, y in zip(points["x"], points["y"], strict=True):
        f = 1.0 / (1.0 + math.exp(-(w * x + b)))
        slope = (f - y) * f * (1.0 - f)
        total = [total[0] + slope * x, total[1] + slope]
    return total


def by_torch(points: Any, make: Any, make_schedule: Any = None) -> Places:
    p = torch.nn.Parameter(torch.tensor(points["start"]))
    optimizer = make([p])
    schedule = make_schedule(optimizer) if make_schedule else None
    for _ in range(STEPS):
        p.grad = torch.tensor(gradient(points, p.tolist()))
        optimizer.step()
        if schedule:
            schedule.step()
        yield p.tolist()


def by_keras(points: Any, make: Any) -> Places:
    p, optimizer = keras.Variable(points["start"], dtype="float64"), make()
    for _ in range(STEPS):
        optimizer.apply([torch.tensor(gradient(points, p.value.tolist()))], [p])
        yield p.value.tolist()


def by_optax(points: Any, make: Any) -> Places:
    p, optimizer = jnp.array(points["start"]), make()
    state = optimizer.init(p)
    for _ in range(STEPS):
        updates, state = optimizer.update(jnp.array(gradient(points, p.tolist())), state, p)
        p = optax.apply_updates(p, updates)
        yield p.tolist()


def kept(rows: Places) -> list[list[float]]:
    """Return the first ten places, and every tenth one of the others."""
    return [row for t, row in enumerate(rows, 1) if t <= EACH or t % EACH == 0]


BY = {"torch.optim": by_torch, "keras.optimizers": by_keras, "optax": by_optax}
LIBRARIES = SimpleNamespace(torch=torch, keras=keras, optax=optax)
# By the module that has them.
OPTIMIZERS = {"torch.optim": TORCH, "keras.optimizers": KERAS, "optax": OPTAX}
SCHEDULES = {
    "torch.optim.lr_scheduler": TORCH_SCHEDULES,
    "keras.optimizers.schedules": KERAS_SCHEDULES,
    "optax": OPTAX_SCHEDULES,
}


def tried(table: Any) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield the module and the id of each constructor, itself, and the arguments with which it is tried."""
    for module, names in table.items():
        for name, each in names.items():
            for given in each:
                id_ = f"{module}.{name}"
                yield module, id_, attrgetter(id_)(LIBRARIES), given


def trajectories() -> Iterator[Any]:
    """Yield each case: set, id, arguments, schedule, the schedule's arguments, and the places."""
    for set_name, points in SETS.items():
        for module, id_, made, given in tried(OPTIMIZERS):
            yield set_name, id_, given, None, {}, BY[module](points, partial(made, **given))
    for module, id_, made, given in tried(SCHEDULES):
        optimizer, arguments, run = SCHEDULED[module](SETS["lecture"], made, given)
        yield "lecture", optimizer, arguments, id_, given, run


def scheduled_by_torch(points: Any, made: Any, given: Any) -> tuple[str, Any, Places]:
    sgd = {"lr": 0.8, "momentum": 0.5}
    return "torch.optim.SGD", sgd, by_torch(points, partial(torch.optim.SGD, **sgd), partial(made, **given))


def scheduled_by_keras(points: Any, made: Any, given: Any) -> tuple[str, Any, Places]:
    first = {} if "values" in given else {"initial_learning_rate": 0.8}
    sgd = partial(keras.optimizers.SGD, made(**first, **given), momentum=0.5)
    return "keras.optimizers.SGD", {"learning_rate": 0.8, "momentum": 0.5}, by_keras(points, sgd)


def scheduled_by_optax(points: Any, made: Any, given: Any) -> tuple[str, Any, Places]:
    scales = "boundaries_and_scales"
    steps = {scales: {int(step): scale for step, scale in given[scales].items()}} if scales in given else {}
    rate = made(init_value=0.8, **{**given, **steps})
    # Convert Optax's step count first, which has 32 bits and would give some rates 32 bits as well.
    sgd = partial(optax.sgd, lambda count: rate(count.astype(jnp.float64)), momentum=0.5)
    return "optax.sgd", {"learning_rate": 0.8, "momentum": 0.5}, by_optax(points, sgd)


SCHEDULED = {
    "torch.optim.lr_scheduler": scheduled_by_torch,
    "keras.optimizers.schedules": scheduled_by_keras,
    "optax": scheduled_by_optax,
}


def signatures() -> dict[str, Any]:
    """Return the parameters of each constructor: name, whether keyword-only, and the default, if any."""
    return {
        id_: [
            [one.name, one.kind is one.KEYWORD_ONLY, *([] if one.default is one.empty else [one.default])]
            for one in inspect.signature(made).parameters.values()
            if one.kind is not one.VAR_KEYWORD and one.name not in ("params", "optimizer")
        ]
        for _, id_, made, _ in chain(tried(OPTIMIZERS), tried(SCHEDULES))
    }


def main() -> None:
    record = {
        "versions": {name: version(name) for name in ("torch", "keras", "optax", "jax")},
        "sets": SETS,
        "signatures": signatures(),
        "runs": [
            {
                "set": set_name,
                "id": id_,
                "arguments": given,
                "schedule": schedule,
                "of_schedule": schedule_arguments,
                "places": kept(rows),
            }
            for set_name, id_, given, schedule, schedule_arguments, rows in trajectories()
        ],
    }
    lines = [f'"{key}": {json.dumps(value)}' for key, value in record.items() if key != "runs"]
    runs = ",\n".join(map(json.dumps, record["runs"]))
    Path(sys.argv[1]).write_text("{" + ",\n".join(lines) + f',\n"runs": [\n{runs}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
