"""The code that constructs the optimizer of a run in PyTorch, Keras or Optax, and how the two differ."""

import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import permutations
from types import MappingProxyType
from typing import NamedTuple

from gdsim.core.formulas.numerals import listed
from gdsim.core.language.texts import SaidError, english, said, translated
from gdsim.core.model.objective import LECTURE, FunctionObjective, Objective
from gdsim.core.model.objective_words import loss_formula
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.carried import carried_letters
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.libraries.calls import optimizer_call, scheduler_line
from gdsim.core.rules.libraries.library_rule import LibraryRule
from gdsim.core.rules.libraries.library_schedule import LibraryScheduleKind
from gdsim.core.rules.libraries.lookup import LIBRARIES, find_rule, find_schedule
from gdsim.core.rules.own_rule import OwnRule
from gdsim.core.rules.rule import Optimizer, Rule
from gdsim.core.rules.schedules import CONSTANT_MOMENTUM, Schedule
from gdsim.core.settings import InvalidValue

_Others = Mapping[str, str | float]  # Strings name settings of the rule


class NoForm(SaidError):  # noqa: N818 - reads as what it says
    """A run that has no equivalent in a library; the message is a sentence."""


class _LibraryForm(NamedTuple):
    """An optimizer of a library that is equivalent to a rule of the catalogue, or nearly so.

    Settings with the same name in both have the same value; ``others`` gives the library's further settings.
    """

    id: str
    difference: str = ""
    others: _Others = MappingProxyType({})
    on: str = ""  # A switch of the rule that must be on
    off: str = ""  # A switch of the rule that must be off

    def fits(self, optimizer: Optimizer) -> bool:
        """Return whether the switches of the rule are set as this form requires."""
        return bool((not self.on or optimizer[self.on]) and not (self.off and optimizer[self.off]))


_OUTSIDE = "the lecture has ε within the square root, {0} adds it to the root"
_RATE = (
    "in {0} the rate is outside of the velocity: w and b are the same as long as the rate stays the same, "
    "and differ once it changes"
)
_AHEAD = (
    "{0} does not take the gradient at the look-ahead place: at a constant rate its w and b are those of "
    "that place, w − γ·v"
)
_START = "the lecture begins with v₀ = 0 and {0} with 0.1, so it is set here"
_UNCORRECTED = f"{_OUTSIDE} of v before its correction"
_RISES = (
    "in {0} the momentum rises from step to step, to β₁, where Dozat's is β₁ at once; and {0} adds ε to the "
    "root"
)
_LARGEST = "{0} takes the largest of the corrected averages, here the largest average is corrected"
_OF_SIZE = "{0} adds ε to the size of each gradient, here it is added to u"
# Two libraries with the same difference from the lecture are equivalent to each other: always for those in
# _ALIKE, while the rate is constant for _STEADILY_ALIKE. A form with one in _EXACT is exactly the lecture's.
_ALIKE = ("", _START, _OF_SIZE, _OUTSIDE)
_STEADILY_ALIKE, _EXACT = (_RATE, _AHEAD), ("", _START)
# Optax calls an ε within the root, where the lecture has it, eps_root.
_WITHIN: _Others = {"eps": 0.0, "eps_root": "eps"}
_MOMENTUM: _Others = {"momentum": "gamma"}
_NESTEROV: _Others = {"momentum": "gamma", "nesterov": True}
_FROM_ZERO: _Others = {"initial_accumulator_value": 0.0}
_DECAY: _Others = {"weight_decay": "decay"}
_FORMS: Mapping[str, tuple[_LibraryForm, ...]] = {
    "gd": (_LibraryForm("torch.optim.SGD"), _LibraryForm("keras.optimizers.SGD"), _LibraryForm("optax.sgd")),
    "momentum": (
        _LibraryForm("torch.optim.SGD", _RATE, _MOMENTUM),
        _LibraryForm("keras.optimizers.SGD", "", _MOMENTUM),
        _LibraryForm("optax.sgd", _RATE, _MOMENTUM),
    ),
    "nesterov": (
        _LibraryForm("torch.optim.SGD", _AHEAD, _NESTEROV),
        _LibraryForm("keras.optimizers.SGD", _AHEAD, _NESTEROV),
        _LibraryForm("optax.sgd", _AHEAD, _NESTEROV),
    ),
    "adagrad": (
        _LibraryForm("torch.optim.Adagrad", _OUTSIDE, on="root"),
        _LibraryForm("keras.optimizers.Adagrad", _START, _FROM_ZERO, on="root"),
        _LibraryForm("optax.adagrad", _START, _FROM_ZERO, on="root"),
    ),
    "rmsprop": (
        _LibraryForm("torch.optim.RMSprop", _OUTSIDE, {"alpha": "beta"}),
        _LibraryForm("keras.optimizers.RMSprop", "", {"rho": "beta"}),
        _LibraryForm("optax.rmsprop"),
        _LibraryForm("optax.rmsprop", _OUTSIDE, {"eps_in_sqrt": False}),
    ),
    "adam": (
        _LibraryForm("torch.optim.Adam", _OUTSIDE, on="bias_correction"),
        _LibraryForm("keras.optimizers.Adam", _UNCORRECTED, on="bias_correction"),
        _LibraryForm("optax.adam", "", _WITHIN, on="bias_correction"),
        _LibraryForm("optax.adam", _OUTSIDE, on="bias_correction"),
    ),
    "adamw": (
        _LibraryForm("torch.optim.AdamW", _OUTSIDE, _DECAY, on="decoupled"),
        _LibraryForm("torch.optim.Adam", _OUTSIDE, _DECAY, off="decoupled"),
        _LibraryForm("keras.optimizers.AdamW", _UNCORRECTED, _DECAY, on="decoupled"),
        _LibraryForm("optax.adamw", "", {**_WITHIN, **_DECAY}, on="decoupled"),
        _LibraryForm("optax.adamw", _OUTSIDE, _DECAY, on="decoupled"),
    ),
    "amsgrad": (
        _LibraryForm("torch.optim.Adam", _OUTSIDE, {"amsgrad": True}, on="bias_correction"),
        _LibraryForm("keras.optimizers.Adam", _UNCORRECTED, {"amsgrad": True}, on="bias_correction"),
        _LibraryForm("optax.amsgrad", _LARGEST, _WITHIN, on="bias_correction"),
        _LibraryForm(
            "optax.amsgrad",
            "",
            {**_WITHIN, "bias_correction_mu": False, "bias_correction_nu": False},
            off="bias_correction",
        ),
    ),
    "nadam": (
        _LibraryForm("torch.optim.NAdam", _RISES),
        _LibraryForm("keras.optimizers.Nadam", _RISES),
        _LibraryForm("optax.nadam", "", _WITHIN),
    ),
    "adadelta": (
        _LibraryForm("torch.optim.Adadelta"),
        _LibraryForm("keras.optimizers.Adadelta"),
        _LibraryForm("optax.adadelta"),
    ),
    "adamax": (
        _LibraryForm("torch.optim.Adamax", _OF_SIZE),
        _LibraryForm("keras.optimizers.Adamax"),
        _LibraryForm("optax.adamax", _OF_SIZE),
    ),
    "radam": (_LibraryForm("torch.optim.RAdam", _UNCORRECTED), _LibraryForm("optax.radam", "", _WITHIN)),
    "lion": (_LibraryForm("keras.optimizers.Lion"), _LibraryForm("optax.lion", "", {"weight_decay": 0.0})),
}
_Arguments = Callable[[Schedule, int], dict[str, object]]


def _in_stairs(steps: str) -> _Arguments:
    def arguments(one: Schedule, epoch: int) -> dict[str, object]:
        return {steps: int(one["every"]) * epoch, "decay_rate": one["factor"], "staircase": True}

    return arguments


def _at_each_step(steps: str) -> _Arguments:
    return lambda one, _: {steps: 1, "decay_rate": math.exp(-one.number("k"))}


# For each schedule of the lecture and each library: the library's schedule, and a function that makes its
# arguments from the schedule and the number of updates per epoch.
_SCHEDULES: Mapping[str, Mapping[str, tuple[str, _Arguments]]] = {
    "step": {
        "torch": (
            "torch.optim.lr_scheduler.StepLR",
            lambda one, _: {"step_size": one["every"], "gamma": one["factor"]},
        ),
        "keras": ("keras.optimizers.schedules.ExponentialDecay", _in_stairs("decay_steps")),
        "optax": ("optax.exponential_decay", _in_stairs("transition_steps")),
    },
    "exponential": {
        "torch": (
            "torch.optim.lr_scheduler.ExponentialLR",
            lambda one, _: {"gamma": math.exp(-one.number("k")), "every": "update"},
        ),
        "keras": ("keras.optimizers.schedules.ExponentialDecay", _at_each_step("decay_steps")),
        "optax": ("optax.exponential_decay", _at_each_step("transition_steps")),
    },
    "inverse": {
        "keras": (
            "keras.optimizers.schedules.InverseTimeDecay",
            lambda one, _: {"decay_steps": 1, "decay_rate": one["k"]},
        )
    },
}


def library_code(
    run: Run, library: str, per_epoch: int, objective: Objective = LECTURE, points: PointSet = ORIGIN
) -> str:
    """Return the code that constructs the optimizer of a run in "torch", "keras" or "optax", with comments.

    ``per_epoch`` is the number of updates per epoch; ``objective`` is minimized over ``points``. The code is
    in English. Raises `NoForm`, in the chosen language, if no equivalent of the run in the library is known.
    """
    if run.beyond_lines:
        raise NoForm(run.beyond_lines)
    made, difference = library_run(run, library, per_epoch)
    with english():
        comments = filter(None, [difference, _beginning_words(run), _objective_words(objective, points)])
        return _lines(made, library, comments)


def _lines(made: Run, library: str, comments: Iterable[str]) -> str:
    optimizer, schedule = made.optimizer, made.schedule if made.schedule.definition.changes else None
    lines = [f"# {one}." for one in comments]
    if library == "torch" and schedule:
        lines += [f"optimizer = {optimizer_call(optimizer)}", scheduler_line(schedule, optimizer.eta)]
    else:
        lines.append(f"optimizer = {optimizer_call(optimizer, schedule)}")
    return "\n".join(lines) + "\n"


def _beginning_words(run: Run) -> str:
    """Return the comment on where a fork begins and with which state; empty for a run that is no fork."""
    fork = run.fork
    if fork is None:
        return ""
    moved = f", with {list(fork.nudge)} added to its parameters" if fork.nudge else ""
    old, new = fork.parent.optimizer.update_rule, run.optimizer.update_rule
    kept = carried_letters(old, new) if fork.keeps_memory else ()
    if set(kept) == set(new.letters):
        state = ": load that state first"
    else:
        state = f": load {', '.join(kept)} of that state first" if kept else ": its state starts afresh"
    return f"It continues after step {fork.step:,} of another run{moved}{state}"


def library_run(run: Run, library: str, per_epoch: int) -> tuple[Run, str]:
    """Return a run with the optimizer and schedule of a library, and how it differs, or an empty text.

    The difference is a sentence without its full stop. Raises `NoForm` if the library has no equivalent.
    """
    title = LIBRARIES[library]
    optimizer, difference = run.optimizer, ""
    if isinstance(optimizer.definition, LibraryRule):
        if not optimizer.id.startswith(f"{library}."):
            optimizer, difference = _from_other_library(run, library)
    else:
        if isinstance(optimizer.definition, OwnRule):
            raise NoForm(
                "{library} has no form of {rule}, whose lines were typed here; export a Python script "
                "instead.",
                library=title,
                rule=optimizer.title,
            )
        forms = (one for one in _FORMS.get(optimizer.id, ()) if one.id.startswith(f"{library}."))
        form = next((one for one in forms if one.fits(optimizer)), None)
        made = _translated(optimizer, form) if form else None
        if form is None or made is None:
            words = said(
                "No form of {rule} in {library} is known here.",
                rule=_title_with_switches(optimizer),
                library=title,
            )
            raise NoForm(words)
        optimizer, difference = made, form.difference.format(title)
    if run.momentum_schedule.definition.changes:
        raise NoForm("{library} has no schedule of the momentum.", library=title)
    schedule = _schedule(run, library, per_epoch)
    changed = replace(run, optimizer=optimizer, momentum_schedule=CONSTANT_MOMENTUM(), schedule=schedule)
    return changed, f"{difference[:1].upper()}{difference[1:]}"


def _from_other_library(run: Run, library: str) -> tuple[Optimizer, str]:
    """Translate the optimizer of another library, by way of a rule of the catalogue.

    Returns the optimizer in this library and the difference between the two.
    """
    theirs, title = LIBRARIES[run.optimizer.id.partition(".")[0]], LIBRARIES[library]
    is_steady = not run.schedule.definition.changes
    for rule, forms in _FORMS.items():
        for own, other in permutations(forms, 2):
            if own.id != run.optimizer.id or not other.id.startswith(f"{library}."):
                continue
            through = _inverted(RULES[rule], own, run.optimizer)
            made = _translated(through, other) if through else None
            if through is None or made is None or not other.fits(through):
                continue
            if own.difference == other.difference:
                if own.difference in _ALIKE or (is_steady and own.difference in _STEADILY_ALIKE):
                    return made, ""
            elif own.difference in _EXACT or (is_steady and own.difference == _RATE):
                difference = other.difference.replace("the lecture", theirs).format(title)
                return made, difference
    raise NoForm(
        "No form of {rule} with these arguments in {library} is known here.",
        rule=run.optimizer.title,
        library=title,
    )


def _inverted(rule: Rule, form: _LibraryForm, optimizer: Optimizer) -> Optimizer | None:
    """Return the optimizer of a catalogue rule that a form translates into ``optimizer``, or None."""
    settings = {name: optimizer[name] for name in optimizer.definition.names if name in rule.names}
    settings |= {of: optimizer[name] for name, of in form.others.items() if isinstance(of, str)}
    settings |= dict.fromkeys(filter(None, [form.off]), False)
    try:
        found = rule(**settings)
        return found if _translated(found, form) == optimizer else None
    except InvalidValue:  # the rule does not accept these numbers
        return None


def _translated(optimizer: Optimizer, form: _LibraryForm) -> Optimizer | None:
    """Return the library's optimizer for a rule, or None if the library does not accept its numbers."""
    rule = find_rule(form.id)
    settings = {name: optimizer[name] for name in rule.names if name in optimizer}
    others = form.others.items()
    settings |= {name: optimizer[of] if isinstance(of, str) else of for name, of in others}
    try:
        return rule(**settings)
    except InvalidValue:
        return None


def _title_with_switches(optimizer: Optimizer) -> str:
    """Return the title of a rule, with the names of the switches that are off."""
    switches = [one for one in optimizer.definition.settings if one.is_switch]
    off = [translated(one.label) for one in switches if not optimizer[one.name]]
    title = translated(optimizer.title)
    return said("{rule} without {switches}", rule=title, switches=listed(off)) if off else title


def _objective_words(objective: Objective, points: PointSet) -> str:
    if objective == LECTURE:
        return "The lecture's loss: half the sum of the squared errors over the points of an update"
    if isinstance(objective, FunctionObjective):
        noise = "; an update adds the mean of its points, which are slopes" * (points != ORIGIN)
        return f"What is minimised: {loss_formula(objective)}{noise}"
    return f"The loss over the points of an update: {loss_formula(objective)}"


def _schedule(run: Run, library: str, per_epoch: int) -> Schedule:
    schedule = run.schedule
    if not schedule.definition.changes:
        return schedule
    if isinstance(schedule.definition, LibraryScheduleKind):
        if schedule.id.startswith(f"{library}."):
            return schedule
    elif library in _SCHEDULES.get(schedule.id, {}):
        id_, arguments = _SCHEDULES[schedule.id][library]
        with suppress(InvalidValue):  # the library may not accept these numbers
            return find_schedule(id_).given(arguments(schedule, per_epoch))
    raise NoForm(
        "{library} has no form of the schedule “{schedule}”.",
        library=LIBRARIES[library],
        schedule=translated(schedule.title),
    )
