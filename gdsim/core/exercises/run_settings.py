"""The numbers of a run that maps and races vary, each with a key: its start, and settings of its parts."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gdsim.core.arrays import Array
from gdsim.core.engine.ensemble import Differences
from gdsim.core.formulas.symbols import letter_of
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.kept_windows import SEARCH
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.run import Run
from gdsim.core.rules.update_rule import ETA, GAMMA
from gdsim.core.settings import NUMBER, Setting

# The range of a start's parameters that are not drawn is from minus this to this.
_FAR = 6.0


def settings_of(experiment: Experiment, run: Run) -> dict[str, Setting]:
    """Return the numbers of a run that can vary by their keys: start, rule, schedules and search.

    The key of a setting is the field of the run, a dot, and the setting's name; for a setting of the rule,
    the name alone.
    """
    return {one.name: one for one in (*starts_of(experiment), *rates_of(run))}


def starts_of(experiment: Experiment) -> tuple[Setting, ...]:
    """Return the parameters of a start as settings, labelled with their letters.

    The two that are drawn range over the view range.
    """
    names, view = parameter_names(experiment.points.dimension), experiment.view_range
    ends = [(-_FAR, _FAR)] * len(names)
    for axis, pair in zip(experiment.slice.axes, (view[:2], view[2:]), strict=True):
        ends[axis] = pair
    return tuple(
        Setting(f"start.{name}", letter_of(name), letter_of(name), "", 0.0, NUMBER, *pair)
        for name, pair in zip(names, ends, strict=True)
    )


def rates_of(run: Run) -> tuple[Setting, ...]:
    """Return the numeric settings of the rule, schedules and search that affect the run."""
    return tuple(_rates_of(run))


def _rates_of(run: Run) -> Iterator[Setting]:
    schedules = {ETA: run.schedule, GAMMA: run.momentum_schedule}
    for setting in run.optimizer.definition.settings:
        schedule = schedules.get(setting.name)
        ignored = schedule is not None and f"{setting.name}0" not in schedule.definition.program.free
        if not setting.is_switch and not ignored:
            yield setting
    parts = {"schedule.": run.schedule, "momentum_schedule.": run.momentum_schedule, SEARCH: run.search}
    for prefix, part in parts.items():
        for one in part.definition.settings:
            # The c1 of a strong Wolfe search must be below its c2, so c1 cannot vary freely.
            if not one.is_switch and not (one.name == "c1" and "c2" in part):
                yield one._replace(name=f"{prefix}{one.name}")


def with_setting(run: Run, key: str, value: float) -> Run:
    """Return the run with another value of a setting; raises `InvalidValue` if it cannot have it."""
    part, name = part_and_name(key)
    if part == "start":
        place = parameter_names(len(run.start) - 1).index(name)
        return replace(run, start=(*run.start[:place], value, *run.start[place + 1 :]))
    changed: Any = getattr(run, part).replace(**{name: value})
    return replace(run, **{part: changed})


def setting_value(run: Run, key: str) -> float:
    part, name = part_and_name(key)
    if part == "start":
        return run.start[parameter_names(len(run.start) - 1).index(name)]
    value: float = getattr(run, part).number(name)
    return value


def part_and_name(key: str) -> tuple[str, str]:
    """Split a key into the field of `Run` that has the setting, and the setting's name."""
    part, _, name = key.rpartition(".")
    return part or "optimizer", name


def is_of_start(setting: Setting) -> bool:
    return part_and_name(setting.name)[0] == "start"


def differences_in(values: Mapping[str, Array]) -> Differences:
    """Sort values by key into the parts of a run; parameters of the start are left out."""
    fields = ("optimizer", "schedule", "momentum_schedule", "search")  # in the order of `Differences`
    parts: dict[str, dict[str, Array]] = {part: {} for part in fields}
    for key, numbers in values.items():
        part, name = part_and_name(key)
        if part in parts:
            parts[part][name] = numbers
    return Differences(*parts.values())
