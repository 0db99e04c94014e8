"""A run as the line that makes its optimizer in PyTorch, Keras or Optax, and where the two forms differ."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from gdsim.core.language.words import english
from gdsim.core.model.experiment import Run
from gdsim.core.rules.libraries.calls import optimizer_call, schedule_call
from gdsim.core.rules.libraries.library_rule import LibraryRule
from gdsim.core.rules.libraries.library_schedule import LibraryScheduleKind
from gdsim.core.rules.libraries.lookup import LIBRARIES, find_rule, find_schedule
from gdsim.core.rules.own_rule import OwnRule
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.schedules import CONSTANT_MOMENTUM, Schedule


class NoForm(ValueError):  # noqa: N818 - reads as what it says
    """A run that a library has no form of; its text is a sentence."""


class _Form(NamedTuple):
    """An optimizer of a library that does what a rule of the catalogue does, or nearly."""

    id: str
    arguments: Mapping[str, str | float | tuple[str, ...]]  # Texts name settings of the rule
    difference: str = ""
    switch: str = ""  # What must be on


_OUTSIDE = "the lecture has ε within the square root, {0} adds it to the root"
_RATE = (
    "in {0} the rate stands outside of the velocity: w and b are the same while the rate is, "
    "and others once it changes"
)
_AHEAD = (
    "{0} does not take the gradient at the look-ahead place: at a constant rate its w and b are those of "
    "that place, w − γ·v"
)
_START = "the lecture begins with v₀ = 0 and {0} with 0.1, so it is set here"
_FORMS: Mapping[str, tuple[_Form, ...]] = {
    "gd": (
        _Form("torch.optim.SGD", {"lr": "eta"}),
        _Form("keras.optimizers.SGD", {"learning_rate": "eta"}),
        _Form("optax.sgd", {"learning_rate": "eta"}),
    ),
    "momentum": (
        _Form("torch.optim.SGD", {"lr": "eta", "momentum": "gamma"}, _RATE),
        _Form("keras.optimizers.SGD", {"learning_rate": "eta", "momentum": "gamma"}),
        _Form("optax.sgd", {"learning_rate": "eta", "momentum": "gamma"}, _RATE),
    ),
    "nesterov": (
        _Form("torch.optim.SGD", {"lr": "eta", "momentum": "gamma", "nesterov": True}, _AHEAD),
        _Form(
            "keras.optimizers.SGD", {"learning_rate": "eta", "momentum": "gamma", "nesterov": True}, _AHEAD
        ),
        _Form("optax.sgd", {"learning_rate": "eta", "momentum": "gamma", "nesterov": True}, _AHEAD),
    ),
    "adagrad": (
        _Form("torch.optim.Adagrad", {"lr": "eta", "eps": "eps"}, _OUTSIDE, "root"),
        _Form(
            "keras.optimizers.Adagrad",
            {"learning_rate": "eta", "initial_accumulator_value": 0.0, "epsilon": "eps"},
            _START,
            "root",
        ),
        _Form(
            "optax.adagrad",
            {"learning_rate": "eta", "initial_accumulator_value": 0.0, "eps": "eps"},
            _START,
            "root",
        ),
    ),
    "rmsprop": (
        _Form("torch.optim.RMSprop", {"lr": "eta", "alpha": "beta", "eps": "eps"}, _OUTSIDE),
        _Form("keras.optimizers.RMSprop", {"learning_rate": "eta", "rho": "beta", "epsilon": "eps"}),
        _Form("optax.rmsprop", {"learning_rate": "eta", "decay": "beta", "eps": "eps"}),
    ),
    "adam": (
        _Form(
            "torch.optim.Adam",
            {"lr": "eta", "betas": ("beta1", "beta2"), "eps": "eps"},
            _OUTSIDE,
            "bias_correction",
        ),
        _Form(
            "keras.optimizers.Adam",
            {"learning_rate": "eta", "beta_1": "beta1", "beta_2": "beta2", "epsilon": "eps"},
            f"{_OUTSIDE} of v before its correction",
            "bias_correction",
        ),
        _Form(
            "optax.adam",
            {"learning_rate": "eta", "b1": "beta1", "b2": "beta2", "eps": 0.0, "eps_root": "eps"},
            "",
            "bias_correction",
        ),
    ),
}
_Arguments = Callable[[Schedule, int], dict[str, object]]
# The schedules of the lecture: of how a schedule and the updates of an epoch make the library's arguments.
_SCHEDULES: Mapping[str, Mapping[str, tuple[str, _Arguments]]] = {
    "step": {
        "torch": (
            "torch.optim.lr_scheduler.StepLR",
            lambda one, _: {"step_size": one["every"], "gamma": one["factor"]},
        ),
        "keras": (
            "keras.optimizers.schedules.ExponentialDecay",
            lambda one, epoch: {
                "decay_steps": int(one["every"]) * epoch,
                "decay_rate": one["factor"],
                "staircase": True,
            },
        ),
        "optax": (
            "optax.exponential_decay",
            lambda one, epoch: {
                "transition_steps": int(one["every"]) * epoch,
                "decay_rate": one["factor"],
                "staircase": True,
            },
        ),
    },
    "exponential": {
        "torch": (
            "torch.optim.lr_scheduler.ExponentialLR",
            lambda one, _: {"gamma": math.exp(-one.number("k")), "every": "update"},
        ),
        "keras": (
            "keras.optimizers.schedules.ExponentialDecay",
            lambda one, _: {"decay_steps": 1, "decay_rate": math.exp(-one.number("k"))},
        ),
        "optax": (
            "optax.exponential_decay",
            lambda one, _: {"transition_steps": 1, "decay_rate": math.exp(-one.number("k"))},
        ),
    },
    "inverse": {
        "keras": (
            "keras.optimizers.schedules.InverseTimeDecay",
            lambda one, _: {"decay_steps": 1, "decay_rate": one["k"]},
        )
    },
}


@english()
def library_code(run: Run, library: str, per_epoch: int) -> str:
    """Return the lines that make the optimizer of a run in "torch", "keras" or "optax", with comments.

    ``per_epoch`` is how many updates an epoch has. Raises `NoForm` if the library has no form of the run.
    """
    if run.beyond_lines:
        raise NoForm(run.beyond_lines)
    made, difference = library_run(run, library, per_epoch)
    optimizer, schedule = made.optimizer, made.schedule if made.schedule.definition.changes else None
    lines = [f"# {difference}."] if difference else []
    if run.fork:
        lines.append(f"# It goes on after step {run.fork.step:,} of another run: load that state first.")
    lines.append("# The lecture's loss: half the sum of the squared errors over the points of an update.")
    if library == "torch" and schedule:
        every = "update" if schedule.arguments.get("every") == "update" else "epoch"
        lines += [
            f"optimizer = {optimizer_call(optimizer)}",
            f"scheduler = {schedule_call(schedule, optimizer.eta)}  # scheduler.step() after every {every}",
        ]
    else:
        lines.append(f"optimizer = {optimizer_call(optimizer, schedule)}")
    return "\n".join(lines) + "\n"


def library_run(run: Run, library: str, per_epoch: int) -> tuple[Run, str]:
    """Return a run as a library makes it, and in what it differs, as the beginning of a sentence or empty.

    Raises `NoForm` if the library has no form of it.
    """
    title = LIBRARIES[library]
    optimizer, difference = run.optimizer, ""
    if isinstance(optimizer.definition, LibraryRule):
        if not optimizer.id.startswith(f"{library}."):
            raise NoForm(f"{run.name} is an optimizer of another library; {title} has no form of it here.")
    else:
        form = next(
            (one for one in _FORMS.get(run.optimizer.id, ()) if one.id.startswith(f"{library}.")), None
        )
        if isinstance(optimizer.definition, OwnRule):
            words = "{0} has no form of {1}, whose lines were typed here; export a Python script instead."
            raise NoForm(words.format(title, optimizer.title))
        if form is None or (form.switch and not run.optimizer[form.switch]):
            raise NoForm(f"{title} has no form of {_with_switches(run)}.")
        optimizer, difference = _translated(run, form), form.difference.format(title)
    if run.momentum_schedule.definition.changes:
        raise NoForm(f"{title} has no schedule of the momentum.")
    schedule = _schedule(run, library, per_epoch)
    made = replace(run, optimizer=optimizer, momentum_schedule=CONSTANT_MOMENTUM(), schedule=schedule)
    return made, f"{difference[:1].upper()}{difference[1:]}"


def _translated(run: Run, form: _Form) -> Optimizer:
    rule = find_rule(form.id)

    def value(of: str | float | tuple[str, ...]) -> object:
        if isinstance(of, tuple):
            return [run.optimizer[name] for name in of]
        return run.optimizer[of] if isinstance(of, str) else of

    return rule.given({name: value(of) for name, of in form.arguments.items()})


def _with_switches(run: Run) -> str:
    off = [
        one.label
        for one in run.optimizer.definition.settings
        if one.is_switch and not run.optimizer[one.name]
    ]
    return f"{run.optimizer.title} without {' and '.join(off)}" if off else run.optimizer.title


def _schedule(run: Run, library: str, per_epoch: int) -> Schedule:
    schedule = run.schedule
    if not schedule.definition.changes:
        return schedule
    if isinstance(schedule.definition, LibraryScheduleKind):
        if schedule.id.startswith(f"{library}."):
            return schedule
    elif library in _SCHEDULES.get(schedule.id, {}):
        id_, arguments = _SCHEDULES[schedule.id][library]
        return find_schedule(id_).given(arguments(schedule, per_epoch))
    raise NoForm(f"{LIBRARIES[library]} has no form of the schedule “{schedule.title}”.")
