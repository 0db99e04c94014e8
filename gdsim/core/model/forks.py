"""Forks, runs that branch off from others: how they are made and ordered. Pure functions, as in `edits`."""

from collections.abc import Sequence
from dataclasses import replace

from gdsim.core.language.texts import said
from gdsim.core.model.edits import fresh, insert_run, name_after, parent_of, replace_run, rounded_to_pixel
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import MOST_FORKS, Fork, Run


def depths(runs: Sequence[Run]) -> tuple[int, ...]:
    """Return the fork depth of each run, counting only parents that are among ``runs``."""

    def depth(run: Run) -> int:
        return 1 + depth(run.fork.parent) if run.fork and run.fork.parent in runs else 0

    return tuple(map(depth, runs))


def why_not_left(run: Run) -> str:
    """Return why no run can be forked from this one, as a sentence; empty if one can."""
    if run.fork is None or run.fork.depth < MOST_FORKS:
        return ""
    return said("This run comes from {n} uses of “What if” in a row: no more are possible.", n=MOST_FORKS)


def fork_run(experiment: Experiment, index: int, step: int) -> Run:
    """Return a fork of a run after a step, with nothing changed yet."""
    return forked(experiment, index, step, experiment.runs[index])


def forked(experiment: Experiment, index: int, step: int, changed: Run) -> Run:
    """Return a fork of a run after a step that goes on with the settings of ``changed``."""
    run = replace(changed, fork=Fork(experiment.runs[index], step), hidden=False)
    old = experiment.runs[index].optimizer.definition
    same = run.optimizer.definition == old
    name = name_after(experiment.runs[index], changed) if same else run.optimizer.title
    return fresh(experiment, replace(run, name=name))


def add_fork(experiment: Experiment, run: Run) -> tuple[Experiment, int]:
    """Insert a fork below its parent and the parent's other forks; return also its index."""
    runs, fork = experiment.runs, run.fork
    place = parent_of(experiment, fork.parent) if fork else None
    if place is None:
        place = len(runs) - 1
    depth = depths(runs)
    after = place + 1
    while after < len(runs) and depth[after] > depth[place]:
        after += 1
    return insert_run(experiment, after, run), after


def set_fork_nudge(experiment: Experiment, index: int, w: float, b: float) -> Experiment:
    """Move the start of a fork by (w, b) in the drawn plane, rounded to a tenth of a pixel."""
    run = experiment.runs[index]
    fork = run.fork
    if fork is None:
        return experiment
    nudge = list(fork.nudge or (0.0,) * len(run.start))
    for axis, by, span in zip(experiment.slice.axes, (w, b), experiment.view_range.extent, strict=True):
        nudge[axis] = rounded_to_pixel(nudge[axis] + by, span / 10.0)
    return replace_run(experiment, index, replace(run, fork=replace(fork, nudge=tuple(nudge))))
