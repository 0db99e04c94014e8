"""Edits: pure functions from one experiment to the next.

Each raises `InvalidValue` or `PointsError`, whose text is the sentence to show, if the result would not be a
valid experiment, such as one without points.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import machine_readable
from gdsim.core.language.texts import counted
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.map_overlays import CutWay
from gdsim.core.model.objective import LECTURE, FunctionObjective
from gdsim.core.model.objective_edits import check_has_neuron, use_neuron
from gdsim.core.model.plane import Slice
from gdsim.core.model.points import PointsError, PointSet
from gdsim.core.model.run import LECTURE_EPOCHS, LECTURE_START, Run, lecture_start
from gdsim.core.model.search_checks import takes_search
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.rule import Optimizer, Rule
from gdsim.core.rules.schedules import CONSTANT, CONSTANT_MOMENTUM, Schedule
from gdsim.core.rules.searches import FIXED
from gdsim.core.rules.update_rule import ETA
from gdsim.core.settings import LARGEST, Configured, Definition, Value

_DIGITS = 3
# The least width of a fitted view range, as a share of its distance from 0: its ends must differ.
_LEAST_WIDTH = 1e-6
# Rows of a path that are scanned at once, so that temporary arrays stay in the cache.
_ROWS_AT_ONCE = 1 << 15
# These patterns also match the names of copies: "Adam 2", and "B = 2 (2)".
_ENDS_IN_NUMBER = re.compile(r"(.+) \d+")
_ENDS_IN_VALUE = re.compile(r"(.*= *[^ ]+?)(?: \(\d+\))?")
# The parts of a name that ends in a value: "Momentum, ", "γ", "0.95".
_LETTER_AND_VALUE = re.compile(r"(.*?)(\w+) = ([^ ]+)")


def move_point(experiment: Experiment, row: int, x: Sequence[float], y: float) -> Experiment:
    """Move the point at table row ``row``: training points come first, then validation points."""
    n = len(experiment.points)
    if row < n:
        return replace(experiment, points=experiment.points.replaced(row, x, y))
    return replace(experiment, validation=experiment.validation.replaced(row - n, x, y))


def add_points(experiment: Experiment, new: PointSet) -> Experiment:
    check_has_neuron(experiment)
    return replace(experiment, points=experiment.points.extended(new))


def put_points(
    experiment: Experiment, points: PointSet, validation: PointSet, *, replaces: bool
) -> Experiment:
    """Replace the training and validation points, or append to them.

    If the number of inputs changes, surplus weights of the runs' starts are dropped, and missing ones are
    filled up from the lecture's start. If the objective is a function, the points are always replaced, and
    the objective becomes the lecture's neuron.

    Raises `PointsError` if the points to append have another number of inputs.
    """
    d = points.dimension
    if isinstance(experiment.objective, FunctionObjective):
        experiment, replaces = use_neuron(experiment, LECTURE), True
    if replaces:
        runs = tuple(_run_with_weights(run, d) for run in experiment.runs)
        kept = experiment.slice.fits(d)
        return replace(
            experiment,
            points=points,
            validation=validation,
            runs=runs,
            slice=experiment.slice if kept else Slice(),
        )
    _check_inputs(experiment, points)
    held_out = experiment.validation.extended(validation)
    return replace(experiment, points=experiment.points.extended(points), validation=held_out)


def overwrite_points(experiment: Experiment, row: int, points: PointSet) -> Experiment:
    """Overwrite the points of the table from a row on; surplus points are appended to the training points.

    An overwritten point stays a training or validation point. Raises `PointsError` if the points have another
    number of inputs.
    """
    check_has_neuron(experiment)
    _check_inputs(experiment, points)
    table = experiment.points.extended(experiment.validation)
    here = min(len(points), len(table) - row)
    x, y = table.x.copy(), table.y.copy()
    x[row : row + here], y[row : row + here] = points.x[:here], points.y[:here]
    n = len(experiment.points)
    training = PointSet(x[:n], y[:n]).extended(points.without(np.arange(here)))
    return replace(experiment, points=training, validation=PointSet(x[n:], y[n:]))


def _run_with_weights(run: Run, dimension: int) -> Run:
    """Return a run whose start and nudge, and those of its ancestors, have ``dimension`` weights."""
    fork = run.fork
    if fork is None:
        return replace(run, start=_with_weights(run.start, dimension))
    nudge = (*fork.nudge[:-1][:dimension], *(0.0,) * (dimension + 1 - len(fork.nudge)), *fork.nudge[-1:])
    parent = _run_with_weights(fork.parent, dimension)
    return replace(run, fork=replace(fork, parent=parent, nudge=nudge if fork.nudge else ()))


def _with_weights(start: tuple[float, ...], dimension: int) -> tuple[float, ...]:
    weights = start[:-1][:dimension]
    return (*weights, *(LECTURE_START,) * (dimension - len(weights)), start[-1])


def _check_inputs(experiment: Experiment, new: PointSet) -> None:
    dimensions = (new.dimension, experiment.points.dimension)
    if dimensions[0] != dimensions[1]:
        inputs, inputs2 = (counted(one, "1 input", "{n} inputs") for one in dimensions)
        raise PointsError(
            "points with {inputs} do not go with points with {inputs2}", inputs=inputs, inputs2=inputs2
        )


def add_point(experiment: Experiment) -> Experiment:
    """Add a training point at the middle of the range of each input, with y = 0.5."""
    check_has_neuron(experiment)
    middle = (experiment.points.x.min(axis=0) + experiment.points.x.max(axis=0)) / 2.0
    return add_points(experiment, PointSet(middle[np.newaxis], np.array([0.5])))


def add_point_at(experiment: Experiment, x: float, y: float) -> Experiment:
    """Add a training point with one input at the mouse position, rounded."""
    span = float(np.ptp(experiment.points.x)) or 1.0
    return add_points(
        experiment, PointSet(np.array([rounded_to_pixel(x, span)]), np.array([rounded_to_pixel(y, 1.0)]))
    )


def remove_points(experiment: Experiment, rows: Sequence[int]) -> Experiment:
    """Remove table rows; raises `PointsError` if no training point would be left."""
    n, every = len(experiment.points), np.asarray(rows, dtype=np.intp)
    return replace(
        experiment,
        points=_not_empty(experiment.points.without(every[every < n])),
        validation=experiment.validation.without(every[every >= n] - n),
    )


def set_role(experiment: Experiment, rows: Sequence[int], *, validation: bool) -> Experiment:
    """Make table rows training or validation points; a point that changes goes to the end of its new set."""
    check_has_neuron(experiment)
    n, every = len(experiment.points), np.asarray(rows, dtype=np.intp)
    moving = every[every < n] if validation else every[every >= n] - n
    source, target = experiment.points, experiment.validation
    if not validation:
        source, target = target, source
    target, source = target.extended(source.taken(moving)), source.without(moving)
    points, held_out = (source, target) if validation else (target, source)
    return replace(experiment, points=_not_empty(points), validation=held_out)


def _not_empty(points: PointSet) -> PointSet:
    if not len(points):
        raise PointsError("at least one training point must remain")
    return points


def sort_points(experiment: Experiment, column: int, *, descending: bool) -> Experiment:
    """Sort the points by an input, or by y when ``column`` is d. The sort is stable."""

    def ordered(points: PointSet) -> PointSet:
        keys = points.y if column == points.dimension else points.x[:, column]
        return points.taken(np.argsort(-keys if descending else keys, kind="stable"))

    return replace(experiment, points=ordered(experiment.points), validation=ordered(experiment.validation))


def replace_run(experiment: Experiment, index: int, run: Run) -> Experiment:
    """Replace a run, keeping the name of the new one; forks of the old run become forks of the new one."""
    old, runs = experiment.runs[index], experiment.runs
    is_parent = parent_of(experiment, old) == index
    runs = tuple(
        run if place == index else _with_ancestor_replaced(one, old, run) if is_parent else one
        for place, one in enumerate(runs)
    )
    return replace(experiment, runs=runs)


def _with_ancestor_replaced(run: Run, old: Run, new: Run) -> Run:
    """Return a run in whose ancestry ``new`` has taken the place of ``old``."""
    fork = run.fork
    if fork is None:
        return run
    parent = new if fork.parent == old else _with_ancestor_replaced(fork.parent, old, new)
    return run if parent is fork.parent else replace(run, fork=replace(fork, parent=parent))


def parent_of(experiment: Experiment, parent: Run) -> int | None:
    """Return the index of the run that equals a fork's parent; None if the experiment no longer has it."""
    return next((place for place, one in enumerate(experiment.runs) if one == parent), None)


def change_run(experiment: Experiment, index: int, run: Run) -> Experiment:
    """Replace a run, and update a name that came from its rule or states a value, such as ``B = 2``."""
    old = experiment.runs[index]
    name = name_after(old, run)
    if run.name == old.name != name:
        run = replace(run, name=free_name(remove_run(experiment, index), name))
    return replace_run(experiment, index, run)


def name_after(old: Run, new: Run) -> str:
    """Return what the name of the old run becomes when it gets the settings of the new one."""
    is_another = new.optimizer.definition != old.optimizer.definition
    if old.is_named_by_rule:
        return new.optimizer.title if is_another else old.name
    valued = _ENDS_IN_VALUE.fullmatch(old.name)
    stated = valued and _LETTER_AND_VALUE.fullmatch(valued[1])
    if not stated:
        return old.name
    lead, letter, value = stated.groups()
    before, after = _values_by_letter(old), _values_by_letter(new)
    if before.get(letter) != value or (not is_another and after.get(letter) == value):
        return old.name
    return new.optimizer.title if is_another or letter not in after else f"{lead}{letter} = {after[letter]}"


def _values_by_letter(run: Run) -> dict[str, str]:
    """Return the values of a run's settings as text, as in names of runs, by symbol."""
    kinds = (run.momentum_schedule, run.schedule, run.batching, run.optimizer)
    pairs = (pair for kind in kinds for pair in zip(kind.definition.settings, kind.values, strict=True))
    return {setting.symbol: machine_readable(float(value)) for setting, value in pairs if setting.symbol}


def change_optimizer(run: Run, optimizer: Optimizer) -> Run:
    """Change a run's rule or its settings; a momentum schedule or search that does not fit is reset."""
    momentum_schedule = run.momentum_schedule if optimizer.has_momentum else CONSTANT_MOMENTUM()
    search = run.search if takes_search(optimizer) else FIXED()
    return replace(run, optimizer=optimizer, momentum_schedule=momentum_schedule, search=search)


def changed_values(old: Configured[Definition], kind: Definition) -> dict[str, Value]:
    """Return the values to carry over to another entry of a catalogue: the changed ones that it accepts.

    A value at the old entry's default becomes the new entry's default, because the usual learning rate of one
    rule does not suit another. A setting whose domain and label both differ is not carried over, because the
    same name may mean something else: ρ is a radius in one rule and a decay rate in another.
    """
    if old.definition == kind:
        return dict(old.items())
    settings = {setting.name: setting for setting in kind.settings}
    kept: dict[str, Value] = {}
    for before in old.definition.settings:
        now, value = settings.get(before.name), old[before.name]
        if now is None or value == before.default or not now.domain.takes(value):
            continue
        if now.domain == before.domain or now.label == before.label:
            kept[before.name] = value
    return kept


def with_optimizer(
    run: Run, optimizer: Optimizer | None, schedule: Schedule | None = None, rate: float | None = None
) -> Run:
    """Return a run with another optimizer and schedule; without an optimizer, another schedule and rate.

    Raises `InvalidValue` for a schedule that does not go with the run.
    """
    if optimizer is None:
        scheduled = replace(run, schedule=schedule or run.schedule)
        if rate is None:
            return scheduled
        values = {**dict(run.optimizer.items()), ETA: rate}
        return replace(scheduled, optimizer=run.optimizer.definition(**values))
    # The optimizers of libraries take no step-length search.
    changed = change_optimizer(replace(run, schedule=CONSTANT(), search=FIXED()), optimizer)
    return replace(changed, schedule=schedule or CONSTANT())


def add_with_optimizer(
    experiment: Experiment,
    optimizer: Optimizer | None,
    schedule: Schedule | None = None,
    rate: float | None = None,
) -> Experiment:
    start = lecture_start(experiment.points.dimension)
    run = with_optimizer(Run(start=start), optimizer, schedule, rate)
    return add_like(experiment, replace(run, name=run.optimizer.title))


def insert_run(experiment: Experiment, index: int, run: Run) -> Experiment:
    """Insert a run before ``index``."""
    runs = experiment.runs
    return replace(experiment, runs=(*runs[:index], run, *runs[index:]))


def add_run(experiment: Experiment, rule: Rule, like: Run | None) -> Experiment:
    """Append a run of a rule, with the start and the epochs of ``like``, or else of the lecture."""
    name = free_name(experiment, rule.title)
    start = like.start if like else lecture_start(experiment.points.dimension)
    run = Run(optimizer=rule(), name=name, start=start, epochs=like.epochs if like else LECTURE_EPOCHS)
    return insert_run(experiment, len(experiment.runs), run)


def add_like(experiment: Experiment, run: Run) -> Experiment:
    """Append a run with a name and a colour of its own."""
    return insert_run(experiment, len(experiment.runs), fresh(experiment, run))


def duplicate_run(experiment: Experiment, index: int) -> Experiment:
    """Insert a copy of a run after it, with a name and a colour of its own."""
    return insert_run(experiment, index + 1, fresh(experiment, experiment.runs[index]))


def fresh(experiment: Experiment, run: Run) -> Run:
    """Return a run with a free name, and without the colour and style of the original."""
    return replace(run, name=free_name(experiment, run.name), colour="", style=None)


def remove_run(experiment: Experiment, index: int) -> Experiment:
    runs = experiment.runs
    return replace(experiment, runs=(*runs[:index], *runs[index + 1 :]))


def free_name(experiment: Experiment, wanted: str) -> str:
    """Return ``wanted``, or ``wanted 2``, ``wanted 3`` and so on if a run has that name already.

    A name that ends in a value, such as ``B = 2``, becomes ``B = 2 (2)``, because ``B = 3`` would state
    another value. The number at the end of a typed rule's title stays, because another rule may have the
    next number.
    """
    taken = {run.name for run in experiment.runs}
    valued = _ENDS_IN_VALUE.fullmatch(wanted)
    is_title = any(rule.title == wanted for rule in experiment.rules)
    numbered = valued or (None if is_title else _ENDS_IN_NUMBER.fullmatch(wanted))
    stem = numbered[1] if numbered else wanted
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{stem} ({count})" if valued else f"{stem} {count}"
    return name


def set_start(experiment: Experiment, index: int, w: float, b: float) -> Experiment:
    """Start a run at a rounded position in the drawn plane; its other parameters are unchanged."""
    run, start = experiment.runs[index], list(experiment.runs[index].start)
    for axis, value, span in zip(experiment.slice.axes, (w, b), experiment.view_range.extent, strict=True):
        start[axis] = rounded_to_pixel(value, span)
    return replace_run(experiment, index, replace(run, start=tuple(start)))


def usual_cut(run: Run | None) -> CutWay:
    """Return the default direction of the cut: along the step of a searched run, otherwise along w."""
    return CutWay.STEP if run is not None and run.is_searched else CutWay.W


def drag_point(experiment: Experiment, row: int, x: float | None, y: float) -> Experiment:
    """Move the point at table row ``row`` to the mouse position, rounded; see `rounded_to_pixel`.

    ``x`` is the first input; None leaves all inputs as they are.
    """
    n = len(experiment.points)
    points = experiment.points if row < n else experiment.validation
    inputs = points.x[row if row < n else row - n].copy()
    if x is not None:
        inputs[0] = rounded_to_pixel(x, float(np.ptp(points.x[:, 0])) or 1.0)
    return move_point(experiment, row, tuple(inputs), rounded_to_pixel(y, 1.0))


def fit_view_range(experiment: Experiment, paths: Iterable[Array]) -> Experiment:
    """Fit the view range to some (n, 2) paths, with a margin; huge and non-finite places are ignored."""
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for path in paths:
        for first in range(0, len(path), _ROWS_AT_ONCE):
            # Transposed, because reducing along the short axis would be slow.
            piece = path[first : first + _ROWS_AT_ONCE].T.copy()
            lowest, highest = piece.min(axis=1), piece.max(axis=1)
            if not (np.abs([lowest, highest]) < LARGEST / 10).all():  # some are too far away or not finite
                near = (np.abs(piece) < LARGEST / 10).all(axis=0)
                lowest = piece[:, near].min(axis=1, initial=np.inf)
                highest = piece[:, near].max(axis=1, initial=-np.inf)
            low, high = np.minimum(low, lowest), np.maximum(high, highest)
    if low[0] > high[0]:  # no place is left
        return experiment
    least = _LEAST_WIDTH * np.maximum(np.abs(low), np.abs(high))
    span = np.maximum(np.maximum(high - low, 1.0), least)
    ends = np.stack([low - 0.15 * span, high + 0.15 * span])
    w_min, w_max = (rounded_to_pixel(end, span[0]) for end in ends[:, 0])
    b_min, b_max = (rounded_to_pixel(end, span[1]) for end in ends[:, 1])
    return replace(experiment, view_range=ViewRange(w_min, w_max, b_min, b_max))


def rounded_to_pixel(value: float, span: float) -> float:
    """Round a value picked with the mouse to the precision of a pixel.

    A pixel is about a thousandth of the drawn span, so further digits would be noise.
    """
    digits = _DIGITS - 1 - int(np.floor(np.log10(span)))
    return round(float(value), digits)
