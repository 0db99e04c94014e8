"""A scene for programs and notebooks: its computed results, and changed copies of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import SupportsIndex

import numpy.typing as npt

from gdsim.api.arguments import as_given, number_array, path_of, whole_number
from gdsim.api.changes import changed_run, changed_scene, new_run, point_set
from gdsim.api.checking import verdict_of
from gdsim.api.figure import Ball, Figure, FigureDrawing
from gdsim.api.html_tables import html_table, html_text
from gdsim.api.record import RunRecord, run_record_of
from gdsim.api.results import Step, Surface, Verdict
from gdsim.core.analysis.update import update_of
from gdsim.core.analysis.worked import worked
from gdsim.core.arrays import Array
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import RunStop, StopReason, Trajectory, steps_with_room
from gdsim.core.files.bundled import bundled_titles
from gdsim.core.files.link import link_of
from gdsim.core.files.scene import scene_text
from gdsim.core.files.scene_file import save_scene
from gdsim.core.files.sources import open_source
from gdsim.core.files.table.table_points import read_points
from gdsim.core.formulas.numerals import listed, rounded
from gdsim.core.model import edits
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.forks import add_fork, forked
from gdsim.core.model.plane import Plane, in_plane
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.settings import NUMBER, as_in_file, one_line, quoted
from gdsim.core.surface.sampling import surface_of
from gdsim.core.surface.surface import GRID

_LONGEST = 60
_SMALLEST_GRID, _LARGEST_GRID = 3, 2000
# All that a double needs to survive a round trip through text.
MOST_DIGITS = 17


class NoSuchRun(KeyError):  # noqa: N818 - reads as what it says
    """A name that no run of a scene has, or several; the message lists the runs of the scene."""

    def __str__(self) -> str:
        """Return the sentence, without the quotation marks that `KeyError` adds."""
        return str(self.args[0])


@dataclass(frozen=True, repr=False)
class Scene:
    """Points, an objective to minimize over them, and runs.

    A scene is immutable: its ``with_…`` methods return another one. Runs are given by name, or by index
    from 0. Computed runs are cached.
    """

    experiment: Experiment
    _trajectories: dict[int, Trajectory] = field(default_factory=dict, init=False, compare=False)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Pickle the scene as its file, without computed runs."""
        return open_scene, (self.text,)

    @property
    def title(self) -> str:
        """The title, which may be empty."""
        return self.experiment.title

    @property
    def run_names(self) -> tuple[str, ...]:
        """The names of the runs, in order."""
        return tuple(run.name for run in self.experiment.runs)

    @property
    def x(self) -> Array:
        """The inputs of the points, shape (N,); with several inputs per point (N, d)."""
        x = self.experiment.points.x
        return x[:, 0] if x.shape[1] == 1 else x

    @property
    def y(self) -> Array:
        """The targets of the points, shape (N,)."""
        return self.experiment.points.y

    @property
    def text(self) -> str:
        """The text of the scene file."""
        return scene_text(self.experiment)

    @property
    def link(self) -> str:
        """The scene as a link; raises `ValueError` if the scene is too large for one."""
        return link_of(self.experiment)

    def place_of(self, run: str | SupportsIndex) -> int:
        """Return the index of a run from 0; case is ignored if no name matches exactly.

        Raises `NoSuchRun` if there is no such run, or more than one.
        """
        names = self.run_names
        if not isinstance(run, str):
            try:
                place = whole_number(run, "run")
            except TypeError:
                raise TypeError(f"a run is its name or its place from 0, not {as_given(run)}") from None
            if 0 <= place < len(names):
                return place
            raise NoSuchRun(f"there is no run {place}: the scene has {len(names)}, counted from 0")
        places = [place for place, name in enumerate(names) if name == run]
        if not places:
            places = [place for place, name in enumerate(names) if name.casefold() == run.casefold()]
        if len(places) == 1:
            return places[0]
        known = listed(quoted(name, _LONGEST) for name in names)
        which = f"{len(places)} runs have the name" if places else "no run has the name"
        there = f"the runs are {known}" if known else "the scene has none"
        raise NoSuchRun(f"{which} {quoted(run, _LONGEST)}; {there}")

    def save(self, path: str | Path) -> None:
        """Write the scene file; raises `OSError` if it cannot be written."""
        save_scene(self.experiment, path_of(path))

    # ------------------------------------------------------------------------------ results

    def __getitem__(self, run: str | SupportsIndex) -> RunRecord:
        """Return the record of a run, which is computed on first use."""
        index = self.place_of(run)
        trajectory = self._trajectory(index)
        return run_record_of(self.experiment, self.experiment.runs[index], trajectory)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the runs."""
        return iter(self.run_names)

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self.experiment.runs)

    def surface(self, *, fixed: npt.ArrayLike | None = None, grid: int = GRID) -> Surface:
        """Return the loss over the part of the plane that the scene draws, on a ``grid`` by ``grid`` mesh.

        ``fixed`` gives the parameters that are not drawn. By default they are those of the scene's slice, or
        else of the start of the first run; without runs they are 0.
        """
        side = whole_number(grid, "grid")
        if not _SMALLEST_GRID <= side <= _LARGEST_GRID:
            raise ValueError(f"grid must be from {_SMALLEST_GRID} to {_LARGEST_GRID}, not {as_given(side)}")
        plane = self._plane(fixed)
        one = surface_of(self.experiment, plane, side)
        return Surface(one.w, one.b, one.loss, one.lowest, plane.held, one.error_bound, plane.names)

    def figure(
        self,
        runs: str | SupportsIndex | Iterable[str | SupportsIndex] | None = None,
        *,
        step: SupportsIndex | None = None,
        theme: str = "light",
        size: tuple[int, int] | None = None,
    ) -> Figure:
        """Return the contours of the loss, to scale, with the paths of runs; by default all visible runs.

        With ``step`` the paths end at that step. The theme is ``"light"`` or ``"dark"``. The size is the
        width and height in pixels; by default the height includes room for the names of the runs. With
        several inputs the loss is that in the plane of `surface`, and the paths are projected onto it.
        """
        up_to = None if step is None else whole_number(step, "step")
        if up_to is not None and up_to < 0:
            raise ValueError(f"step must be a whole number of at least 0, not {as_given(up_to)}")
        all_runs = self.experiment.runs
        if runs is None:
            chosen = [place for place, run in enumerate(all_runs) if not run.hidden]
        elif isinstance(runs, Iterable) and not isinstance(runs, str):
            chosen = [self.place_of(run) for run in runs]
        else:
            chosen = [self.place_of(runs)]
        paths: dict[int, Array] = {}
        ball = None
        for index in chosen:
            first, trajectory = self.experiment.clock(all_runs[index]).first, self._trajectory(index)
            last = min(trajectory.last_step, trajectory.last_step if up_to is None else up_to - first)
            if last >= 0:
                p = trajectory.until(trajectory.last_step).p
                paths[index] = in_plane(p[: last + 1], self.experiment.slice.axes)
                next_ = min(last + 1, trajectory.last_step)
                ball = ball or Ball(p[last], p[next_] - p[max(0, next_ - 1)])
        surface = surface_of(self.experiment, self._plane())
        return FigureDrawing(self.experiment, paths, ball, surface, theme, size).figure()

    def step(self, run: str | SupportsIndex, step: SupportsIndex, digits: int | None = 6) -> Step:
        """Work out the update that leads to a step, with ``digits`` significant digits, or all for None."""
        index, step = self.place_of(run), whole_number(step, "step")
        shown = None if digits is None else whole_number(digits, "digits")
        if shown is not None and not 1 <= shown <= MOST_DIGITS:
            wanted = f"from 1 to {MOST_DIGITS}, or None for all"
            raise ValueError(f"digits must be {wanted}, not {as_given(shown)}")
        one = self.experiment.runs[index]
        first = self.experiment.clock(one).first
        last = first + self.experiment.total_steps(one)
        if not first < step <= last:
            raise ValueError(f"the step of {one.name} must be from {first + 1:,} to {last:,}, not {step:,}")
        trajectory = self._trajectory(index, step - first)
        if trajectory.last_step < step - first:
            why = trajectory.stop.sentence if trajectory.stop else ""
            raise ValueError(f"{one.name} has no step {step:,}. {why}")
        return Step(worked(update_of(self.experiment, one, trajectory.whole, step - first), digits))

    def check(self, run: str | SupportsIndex, work: str | Path | npt.ArrayLike) -> Verdict:
        """Judge a user's own values of a run, as *Check my work* does in the window.

        ``work`` is a CSV file, the text of one, or rows of parameters beginning at the start.
        """
        return verdict_of(self.experiment, self.place_of(run), work)

    # ------------------------------------------------------------------------------ other scenes

    def with_points(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        validation: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    ) -> "Scene":
        """Return the scene over other points; the runs start with as many weights as there are inputs."""
        points = point_set(x, y)
        held_out = PointSet.empty(points.dimension) if validation is None else _held_out(validation)
        return Scene(edits.put_points(self.experiment, points, held_out, replaces=True))

    def with_points_from(self, path: str | Path) -> "Scene":
        """Return the scene over the points of a CSV file, whose columns are chosen by name."""
        read = read_points(path_of(path))
        return Scene(edits.put_points(self.experiment, read.points, read.validation, replaces=True))

    def with_run(self, run: str | SupportsIndex, **changes: object) -> "Scene":
        """Return the scene with a changed run.

        The changes are settings of its rule or keys of a run in a scene file, such as ``eta=0.5, epochs=200,
        start=(0, 6), algorithm="adam", schedule={"kind": "step", …}``. Its forks continue from the changed
        run.
        """
        index = self.place_of(run)
        changed = changed_run(self.experiment, self.experiment.runs[index], changes)
        return Scene(edits.change_run(self.experiment, index, changed))

    def with_new_run(self, algorithm: str, **changes: object) -> "Scene":
        """Return the scene with another run, which by default starts where the first does; see `with_run`."""
        run = new_run(self.experiment, {"algorithm": algorithm, **changes})
        return Scene(edits.insert_run(self.experiment, len(self), run))

    def with_fork(self, run: str | SupportsIndex, step: SupportsIndex, **changes: object) -> "Scene":
        """Return the scene with a fork of a run, which continues with changes after a step."""
        index = self.place_of(run)
        for key in ("start", "fork"):
            if key in changes:
                raise ValueError(f"{key} does not go with with_fork, which says where the run begins")
        changed = changed_run(self.experiment, self.experiment.runs[index], changes)
        fork = forked(self.experiment, index, whole_number(step, "step"), changed)
        return Scene(add_fork(self.experiment, fork)[0])

    def without_run(self, run: str | SupportsIndex) -> "Scene":
        """Return the scene without a run."""
        return Scene(edits.remove_run(self.experiment, self.place_of(run)))

    def with_keys(self, **changes: object) -> "Scene":
        """Return the scene with other values for keys of its file.

        Examples are ``window={"w": [-2, 12], "b": [-14, 8]}``, ``loss={"kind": "cross-entropy"}`` and
        ``function="w**2 + b**2"``.
        """
        return Scene(changed_scene(self.experiment, changes))

    # ---------------------------------------------------------------------------- display

    def __repr__(self) -> str:
        points, runs = len(self.experiment.points), len(self)
        counts = f"{points:,} point{'s' * (points != 1)}, {runs} run{'s' * (runs != 1)}"
        return f"<scene {quoted(self.title, _LONGEST)}: {counts}>"

    def _repr_html_(self) -> str:
        rows = (
            (run.name, run.optimizer.title, _settings(run), f"{run.epochs:,}") for run in self.experiment.runs
        )
        about = (
            f"<p>{html_text(one_line(self.experiment.about))}</p>" if self.experiment.about.strip() else ""
        )
        return about + html_table(
            self.title or "A scene", ("run", "rule", "settings", "epochs"), rows, "left"
        )

    # ------------------------------------------------------------------------------ private helpers

    def _trajectory(self, index: int, steps: int | None = None) -> Trajectory:
        """Return the record of a run; only its first ``steps``, if given and if the run is not cached."""
        if index in self._trajectories:
            return self._trajectories[index]
        run = self.experiment.runs[index]
        room = steps_with_room(self.experiment, run) - 1
        total = min(self.experiment.total_steps(run), room)
        if steps is not None and steps < total:
            return run_to_end(first_steps(self.experiment, run, steps))
        whole = run_to_end(first_steps(self.experiment, run, total))
        if whole.stop is None:
            whole.stop = RunStop(StopReason.FULL, self.experiment.clock(run).first + whole.last_step)
        self._trajectories[index] = whole
        return whole

    def _plane(self, fixed: npt.ArrayLike | None = None) -> Plane:
        plane = self.experiment.plane(0)
        if fixed is None:
            return plane
        held = number_array(fixed, "fixed")
        count = len(plane.held)
        if held.shape != (count,):
            raise ValueError(f"fixed must be {count} number{'s' * (count != 1)}, not {as_given(fixed)}")
        return plane._replace(held=tuple(float(NUMBER.check(one, "fixed")) for one in held.tolist()))


def open_scene(source: str | Path) -> Scene:
    """Return the scene of a bundled name or title, a file, a link, or the text of a scene file.

    Opening a scene never runs code: the rules that a file defines are formulas. Raises `ValueError` with a
    message of one line.
    """
    if not isinstance(source, str | Path):
        raise TypeError(f"a scene is a name, a path, a link or the text of a file, not {as_given(source)}")
    if isinstance(source, str) and not source.strip():
        raise ValueError("a scene is a name, a path, a link or the text of a file, and not empty")
    return Scene(open_source(source))


def scenes() -> dict[str, str]:
    """Return the titles of the bundled scenes by name."""
    return dict(bundled_titles())


def _held_out(validation: tuple[npt.ArrayLike, npt.ArrayLike]) -> PointSet:
    """Return validation points from a pair of arrays; raises `ValueError` if they are invalid."""
    try:
        x, y = validation
    except (TypeError, ValueError):
        raise ValueError(f"validation must be a pair, x and y, not {as_given(validation)}") from None
    try:
        return point_set(x, y)
    except ValueError as fault:
        raise ValueError(f"validation: {fault}") from None


def _settings(run: Run) -> str:
    """Return the settings of a run in a few words, with its start, or its parent for a fork."""
    parts = [f"{name} {as_in_file(value)}" for name, value in run.optimizer.items()]
    parts += [run.batching.title.lower()] if run.batching.id != "batch" else []
    parts += [run.schedule.title.lower()] if run.schedule.definition.changes else []
    if run.fork:
        parts.append(f"from {run.fork.parent.name} at step {run.fork.step:,}")
    else:
        parts.append(f"start ({', '.join(map(rounded, run.start[:4]))}{', …' if len(run.start) > 4 else ''})")  # noqa: PLR2004
    return ", ".join(parts)
