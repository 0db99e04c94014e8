"""The document: a frozen description of what to compute."""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import integer_text
from gdsim.core.model.kept import NOTHING_KEPT, KeptWindows
from gdsim.core.model.map_overlays import NOTHING_DRAWN, MapOverlays
from gdsim.core.model.objective import LECTURE, FunctionObjective, Objective
from gdsim.core.model.plane import USUAL_SLICE, Plane, Slice
from gdsim.core.model.point_loss import PointLoss, point_loss
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run, RunClock
from gdsim.core.model.search_checks import needs_points
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE, ViewRange
from gdsim.core.rules.own_rule import MOST_RULES, OwnRule
from gdsim.core.settings import LARGEST, InvalidValue, check_count, check_text

# Every run is drawn in every pane, and has a row in the list of runs.
MOST_RUNS = 50
# Each input has a column in the table of points, and in the table of a step.
MOST_INPUTS = 100

# What the user types as formulas.
Typed: TypeAlias = OwnRule | FunctionObjective


@dataclass(frozen=True)
class Experiment:
    """Points, the runs to compute on them, and the part of the plane to draw.

    ``rules`` are those that the user typed; the typed rules of the runs are added to them. If there are more
    than two parameters, ``slice`` selects the plane that is drawn. ``log_height`` says whether heights are
    logarithms, ``drawn`` what is drawn over the surface besides the runs, and ``kept`` what the windows
    beside the main one show.
    """

    points: PointSet
    validation: PointSet
    runs: tuple[Run, ...] = ()
    view_range: ViewRange = LECTURE_VIEW_RANGE
    title: str = ""
    about: str = ""
    objective: Objective = LECTURE
    rules: tuple[OwnRule, ...] = ()
    slice: Slice = USUAL_SLICE
    log_height: bool = False
    drawn: MapOverlays = NOTHING_DRAWN
    kept: KeptWindows = NOTHING_KEPT

    def __post_init__(self) -> None:
        followed = (one.optimizer.definition for run in self.runs for one in run.lineage)
        rules = dict.fromkeys((*self.rules, *(one for one in followed if isinstance(one, OwnRule))))
        object.__setattr__(self, "rules", tuple(rules))
        self._check_points()
        if self.view_range.fault():
            raise InvalidValue("view_range", self.view_range.fault())
        self.slice.check(self.points.dimension)
        check_count("runs", len(self.runs), MOST_RUNS)
        check_text("title", self.title)
        check_text("about", self.about)
        check_count("rules", len(rules), MOST_RULES)
        if len({rule.id for rule in rules}) < len(rules):
            raise InvalidValue("rules", "must each have an id of their own")
        for index, run in enumerate(self.runs):
            self._check_run(run, f"runs[{index}]")

    def _check_points(self) -> None:
        if len(self.points) == 0:
            raise InvalidValue("points", "must not be empty")
        if self.points.dimension > MOST_INPUTS:
            raise InvalidValue(
                "points",
                "must have at most {most_inputs} inputs, not {dimension}",
                most_inputs=MOST_INPUTS,
                dimension=integer_text(self.points.dimension),
            )
        if self.validation.dimension != self.points.dimension:
            raise InvalidValue("validation", "must have as many inputs as the points")
        if isinstance(self.objective, FunctionObjective) and self.points.dimension != 1:
            raise InvalidValue("points", "must have one input: they are slopes of the function of w and b")

    def _check_run(self, run: Run, key: str) -> None:
        wanted = self.points.dimension + 1
        if len(run.start) != wanted:
            raise InvalidValue(
                f"{key}.start", "must have {wanted} numbers, not {there}", wanted=wanted, there=len(run.start)
            )
        for one in run.lineage:
            if needs_points(one.optimizer) and isinstance(self.objective, FunctionObjective):
                raise InvalidValue(
                    f"{key}.algorithm", "needs a loss that is a sum over points, not a function of w and b"
                )
        if run.needs_validation and len(self.validation) == 0:
            raise InvalidValue(f"{key}.schedule", "needs validation points, but there are none")

    @cached_property
    def training(self) -> PointLoss:
        """The loss over the training points."""
        return point_loss(self.points, self.objective)

    @cached_property
    def held_out(self) -> PointLoss:
        """The loss over the validation points."""
        return point_loss(self.validation, self.objective)

    def plane(self, selected: int, place: Array | None = None) -> Plane:
        """Return the plane that is drawn while the selected run stands at a place (d + 1,).

        Without a place, or if it is too far out to be drawn, the run's start is used instead; without runs,
        the origin.
        """
        if self.runs and place is not None and (np.abs(place) <= LARGEST).all():  # also false for NaN
            return self.slice.plane(place.tolist())
        start = self.runs[selected].start if self.runs else (0.0,) * (self.points.dimension + 1)
        return self.slice.plane(start)

    @property
    def typed(self) -> tuple[Typed, ...]:
        """What the user typed as formulas: the rules, and the function if the objective is one."""
        function = (self.objective,) if isinstance(self.objective, FunctionObjective) else ()
        return (*self.rules, *function)

    def without_view(self) -> "Experiment":
        """Return the experiment with the default view of the surface, and only the runs drawn over it."""
        return replace(self, **_USUAL_LOOK)

    def equals_but_for_view(self, other: "Experiment") -> bool:
        """Return whether both experiments are equal apart from the view of the surface."""
        return all(getattr(self, name) == getattr(other, name) for name in _CONTENT)

    def updates_per_epoch(self, run: Run) -> int:
        return run.batching.updates_per_epoch(len(self.points))

    def clock(self, run: Run) -> RunClock:
        return run.clock(len(self.points))

    def total_steps(self, run: Run) -> int:
        """Return how many updates ``run`` makes if nothing stops it; for a fork, since it left its parent."""
        clock = self.clock(run)
        return max(0, clock.end_of(run.epochs) - clock.first)


# The default view of the surface, with nothing but the runs over it; all other fields are content.
_USUAL_LOOK: dict[str, Any] = {
    "view_range": LECTURE_VIEW_RANGE,
    "slice": USUAL_SLICE,
    "log_height": False,
    "drawn": NOTHING_DRAWN,
}
_CONTENT = [field.name for field in fields(Experiment) if field.name not in _USUAL_LOOK]


def new_experiment() -> Experiment:
    """Return the content of a new document: the lecture's two points, and gradient descent over them."""
    return Experiment(PointSet([0.5, 2.5], [0.2, 0.9]), PointSet.empty(), (Run(),))
