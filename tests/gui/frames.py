"""Frames for the tests of panes, from experiments computed to their end without a thread."""

from dataclasses import replace
from functools import cache, lru_cache

import numpy as np

from gdsim.core.analysis.arrows import is_raw, kinds_of
from gdsim.core.analysis.searched import searched_step
from gdsim.core.analysis.update import update_of
from gdsim.core.arrays import Array
from gdsim.core.engine.sparse_loss import loss_interval
from gdsim.core.engine.trajectory import RecordColumns, Trajectory
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import Run, RunClock
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.style.theme import LIGHT, Look, run_styles
from gdsim.session.frame import Frame, RunView
from tests.core.records import computed

# The first rule of the catalogue with each set of arrows, for tests too slow to try every rule.
_BY_ARROWS = {
    (kinds_of(lines), is_raw(lines)): key
    for key, lines in ((key, rule().update_rule) for key, rule in reversed(RULES.items()))
}
RULES_BY_ARROWS = tuple(key for key in RULES if key in _BY_ARROWS.values())


@cache
def scene(name: str) -> Experiment:
    return load_scene(find_scene(name))


def frame_at(experiment: Experiment, step: int, trajectories: tuple[Trajectory, ...] | None = None) -> Frame:
    records = trajectories or _records(experiment)
    views = tuple(
        RunView(
            run,
            record,
            min(step, record.last_step),
            RunClock(per_epoch=experiment.updates_per_epoch(run)),
            loss_interval(len(experiment.points), run.batching.batch_size(len(experiment.points))),
            points=len(experiment.points),
        )
        for run, record in zip(experiment.runs, records, strict=True)
    )
    length = max((record.last_step for record in records), default=0)
    update = None
    if views and length:
        first = views[0]
        t = min(first.step + 1, first.trajectory.last_step)
        update = update_of(experiment, first.run, first.whole, t) if t else None
    search = searched_step(update) if update else None
    return Frame(step, length, by_epoch=False, views=views, selected=0, update=update, search=search)


@lru_cache(maxsize=64)
def _records(experiment: Experiment) -> tuple[Trajectory, ...]:
    return tuple(computed(experiment))


@cache
def runs_of_every_rule() -> tuple[Experiment, tuple[Trajectory, ...]]:
    """Return the lecture's first neuron with a run of every rule, and the records of the runs."""
    runs = tuple(Run(rule(), epochs=40) for rule in RULES.values())
    experiment = replace(scene("first-neuron"), runs=runs)
    return experiment, computed(experiment)


def frame_of_rule(rule: str, part: str = "", step: int = 28) -> Frame:
    """Return a frame in which the run of one rule is selected, and all other runs are hidden."""
    experiment, records = runs_of_every_rule()
    index = list(RULES).index(rule)
    frame = frame_at(experiment, step, records)
    view = frame.views[index]
    views = tuple(
        replace(other, run=replace(other.run, hidden=number != index))
        for number, other in enumerate(frame.views)
    )
    update = update_of(experiment, view.run, view.whole, min(step + 1, view.trajectory.last_step))
    return replace(frame, views=views, selected=index, update=update, part=part)


def altered(record: Trajectory, **columns: Array) -> Trajectory:
    """Return a record with some of its columns replaced."""
    whole = record.until(record.last_step)
    return Trajectory(whole._replace(**columns), len(record), record.stop)


def look_of(experiment: Experiment, theme=LIGHT) -> Look:
    return Look(theme, run_styles(experiment.runs, theme))


def scribbles(runs, steps, stride=0.1):
    """Return an experiment with random runs all over the map, and its frame at the last step."""
    experiment = replace(scene("first-neuron"), runs=(Run(RULES["gd"](), epochs=steps),) * runs)
    turns = np.random.default_rng(4).normal(0.0, stride, (runs, steps + 1, 2)).cumsum(axis=1)
    records = [
        Trajectory.of(RecordColumns.of_path(path, np.zeros(steps + 1))) for path in 5.0 * np.sin(turns)
    ]
    return experiment, frame_at(experiment, steps, tuple(records))
