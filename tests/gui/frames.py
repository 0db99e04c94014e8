"""Frames for the tests of panes: experiments computed to their end, without a thread."""

from gdsim.core.analysis.update import update_of
from gdsim.core.arrays import Array
from gdsim.core.engine.sparse_loss import loss_interval
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.files.scene import find_scene, load_scene
from gdsim.core.model.experiment import Experiment
from gdsim.gui.style.theme import LIGHT, Look, run_styles
from gdsim.session.frame import Frame, RunView
from tests.core.records import computed


def scene(name: str) -> Experiment:
    return load_scene(find_scene(name))


def frame_at(experiment: Experiment, step: int, trajectories: tuple[Trajectory, ...] | None = None) -> Frame:
    records = trajectories or computed(experiment)
    views = tuple(
        RunView(
            run,
            record,
            min(step, record.last_step),
            experiment.updates_per_epoch(run),
            loss_interval(len(experiment.points), run.batching.batch_size(len(experiment.points))),
        )
        for run, record in zip(experiment.runs, records, strict=True)
    )
    length = max((record.last_step for record in records), default=0)
    update = None
    if views and length:
        first = views[0]
        t = min(first.step + 1, first.trajectory.last_step)
        update = update_of(experiment, first.run, first.whole, t) if t else None
    return Frame(step, length, by_epoch=False, views=views, selected=0, update=update)


def altered(record: Trajectory, **columns: Array) -> Trajectory:
    """Return a record with other numbers in some of its columns."""
    whole = record.until(record.last_step)
    return Trajectory(whole._replace(**columns), len(record), record.stop)


def look_of(experiment: Experiment, theme=LIGHT) -> Look:
    return Look(theme, run_styles(experiment.runs, theme))
