"""Scene files: an `Experiment` as JSON, version 1, checked key by key.

Every key but ``gdsim``, ``points`` and ``runs[].algorithm`` has a default. Unknown keys are refused, because
silently ignoring a misspelt key would give wrong numbers.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.files.checked_json import FileFault, JsonNode, parse_json, read_text
from gdsim.core.files.own_rules import read_own_rule, rule_tree
from gdsim.core.files.scene_overlays import DRAWN_READERS, drawn_tree
from gdsim.core.files.scene_runs import list_of, read_runs, run_tree
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.kept import NOTHING_KEPT, KeptWindows
from gdsim.core.model.map_overlays import MapOverlays
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import LECTURE, FunctionObjective, NeuronObjective, Objective
from gdsim.core.model.plane import Slice
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE, ViewRange
from gdsim.core.settings import NUMBER, shown_name

SCENE_VERSION = 1
# The suffixes of scene files. Only gdsim uses the first, so that a double click on the desktop can open it.
SUFFIXES = (".gdsim", ".json")
_PIECE_ROWS = 4096


class LessonGiven(FileFault):
    """A lesson file where a scene was expected."""


def load_scene(path: Path) -> Experiment:
    """Read a scene file; raises `FileFault`, which names the file, the key and what is wrong."""
    try:
        return parse_scene(read_text(path))
    except FileFault as error:
        kind = LessonGiven if isinstance(error, LessonGiven) else FileFault
        raise kind(f"{shown_name(path)}: {error}") from None


def parse_scene(text: str) -> Experiment:
    """Return the experiment in a scene's text; raises `FileFault`, which names the key and what is wrong."""
    return read_experiment(parse_json(text))


# --------------------------------------------------------------------------------------- reading


def read_experiment(root: JsonNode) -> Experiment:
    """Return the experiment in the root of a scene file; raises `FileFault`, which names the key."""
    _check_version(root)
    members = root.keys(
        "gdsim", "title", "about", "points", "validation", "window", "slice", "height", "rules", "runs",
        *DRAWN_READERS, *OBJECTIVE_KEYS, *KeptWindows._fields,
        needed=() if "function" in root.value else ("points",),
    )  # fmt: skip
    points = members.read("points", lambda node: _points(node, None), usual=ORIGIN)
    dimension = points.dimension
    rules = members.read("rules", lambda node: tuple(map(read_own_rule, node.items())), usual=())
    fields: dict[str, tuple[str, Callable[[JsonNode], object]]] = {
        "validation": ("validation", lambda node: _points(node, dimension)),
        "view_range": ("window", read_view_range),
        "slice": ("slice", lambda node: read_slice(node, dimension)),
        "log_height": ("height", read_log_height),
        "runs": ("runs", lambda node: read_runs(node, dimension, rules)),
        "title": ("title", JsonNode.text),
        "about": ("about", JsonNode.text),
    }
    given = members.fields(fields)
    drawn = {key: read(members[key]) for key, read in DRAWN_READERS.items() if key in members}
    given["drawn"] = MapOverlays(**drawn)
    given["objective"] = _objective(root, members)
    if any(key in members for key in KeptWindows._fields):
        from gdsim.core.files.scene_kept import read_kept  # noqa: PLC0415 - few scenes keep anything

        given["kept"] = read_kept(members, rules)
    with root.naming_keys():
        return Experiment(points, **{"validation": PointSet.empty(dimension), "rules": rules, **given})


def _check_version(root: JsonNode) -> None:
    """Raise unless this is a scene of our version; comes first, because other versions have other keys."""
    if not isinstance(root.value, dict):
        raise root.wrong("an object")
    if "gdsim-lesson" in root.value:
        raise LessonGiven("is a lesson, which gdsim --lesson opens, not a scene")
    if "gdsim-answer" in root.value:
        raise FileFault("holds answers: open their lesson, and begin to hand in with the same name and file")
    if "gdsim" not in root.value:
        raise FileFault(
            "{within} is missing: the version of the scene format, {version}",
            within=root.within("gdsim"),
            version=SCENE_VERSION,
        )
    root.member("gdsim").check_version(SCENE_VERSION)


# The scales on which the height of a loss is drawn.
HEIGHTS = ("linear", "log")
# The keys of an objective other than the lecture's.
OBJECTIVE_KEYS = ("neuron", "loss", "function")


def _objective(root: JsonNode, members: Mapping[str, JsonNode]) -> Objective:
    """Read the neuron and its loss, or the function of w and b that replaces them."""
    if "function" in members:
        for key in ("neuron", "loss"):
            if key in members:
                raise members[key].fault("does not go with a function of w and b")
        with root.naming_keys():
            return FunctionObjective(members["function"].text())
    arguments: dict[str, Any] = {}
    for key, names in (("neuron", {"activation": "activation"}), ("loss", _LOSS_KEYS)):
        if key in members:
            given = members[key].keys(*names.values())
            arguments |= {name: given[own].value for name, own in names.items() if own in given}
            with members[key].naming_keys(names):
                NeuronObjective(**arguments)
    return NeuronObjective(**arguments)


# The fields of a neuron's objective that the key "loss" holds, and their keys in the file.
_LOSS_KEYS = {"loss": "kind", "reduction": "reduction", "delta": "delta", "l2": "l2"}


def _points(node: JsonNode, dimension: int | None) -> PointSet:
    members = node.keys("x", "y", needed=["x", "y"])
    x, y = _rows(members["x"], dimension), _numbers(members["y"])
    if len(x) != len(y):
        raise node.fault("must have as many x as y, not {x} and {y}", x=len(x), y=len(y))
    return PointSet(x, y)


def _rows(node: JsonNode, dimension: int | None) -> Array:
    first = next(node.items(), None)
    if first is None:
        return np.empty((0, dimension or 1))
    if not isinstance(first.value, list):
        if dimension is not None and dimension > 1:
            raise first.wrong("{list_of}, like the points", list_of=list_of(dimension))
        return _numbers(node)[:, np.newaxis]
    wanted = dimension or len(first.value)
    if wanted == 0:
        raise first.fault("must not be empty")
    rows = node.value
    if all(isinstance(row, list) and len(row) == wanted for row in rows):
        numbers = _plain_numbers(list(chain.from_iterable(rows)))
        if numbers is not None:
            return numbers.reshape(-1, wanted)
    return np.array([_row(row, wanted) for row in node.items()])


def _row(node: JsonNode, wanted: int) -> Array:
    if not isinstance(node.value, list) or len(node.value) != wanted:
        raise node.fault("must be {list_of}, like the other points", list_of=list_of(wanted))
    return _numbers(node)


def _numbers(node: JsonNode) -> Array:
    """Read a list of numbers: fast if all are valid, else one by one to name the first invalid one."""
    if not isinstance(node.value, list):
        raise node.wrong("a list of numbers")
    numbers = _plain_numbers(node.value)
    if numbers is not None:
        return numbers
    # Without a list of the nodes, because there may be millions of numbers with only the last one invalid.
    return np.fromiter((item.number() for item in node.items()), np.float64, len(node.value))


def _plain_numbers(values: list[Any]) -> Array | None:
    """Return a list as an array, or None if any item is not a number that a point may have."""
    if not set(map(type, values)) <= {int, float}:
        return None
    try:
        numbers = np.array(values, dtype=np.float64)
    except OverflowError:  # an integer too large for a float
        return None
    return numbers if (np.abs(numbers) <= NUMBER.high).all() else None  # NaN fails the comparison, too


def read_view_range(node: JsonNode) -> ViewRange:
    """Read a part of the plane, such as ``{"w": [-6, 6], "b": [-6, 6]}``."""
    ends = {"w": LECTURE_VIEW_RANGE[:2], "b": LECTURE_VIEW_RANGE[2:]}
    for key, member in node.keys("w", "b").items():
        ends[key] = member.pair()
    view_range = ViewRange(*ends["w"], *ends["b"])
    if view_range.fault():
        raise FileFault(f"{node.path}.{view_range.fault()}")
    return view_range


def read_slice(node: JsonNode, dimension: int) -> Slice:
    """Read a slice, such as ``{"axes": ["w1", "b"], "held": [0, 0, 0]}``.

    Without ``held`` the slice follows the selected run.
    """
    members, names = node.keys("axes", "held"), parameter_names(dimension)
    given: dict[str, Any] = {}
    if "axes" in members:
        axes = tuple(_place(item, names) for item in members["axes"].items())
        if len(axes) != 2:  # noqa: PLR2004 - horizontal and vertical
            raise members["axes"].fault("must be two parameters, not {axes}", axes=len(axes))
        given["axes"] = axes
    if "held" in members:
        given["held"] = tuple(item.number() for item in members["held"].items())
    return Slice(**given)


def read_log_height(node: JsonNode) -> bool:
    """Read whether heights show the logarithm of the loss."""
    if node.value not in HEIGHTS:
        raise node.wrong('"{one}" or "{other}"', one=HEIGHTS[0], other=HEIGHTS[1])
    return bool(node.value == HEIGHTS[1])


def _place(node: JsonNode, names: tuple[str, ...]) -> int:
    """Read the name of a parameter as its index; -1 for the bias."""
    name = node.text()
    if name not in names:
        raise node.wrong("a parameter: {names}", names=", ".join(names))
    return -1 if name == names[-1] else names.index(name)


# --------------------------------------------------------------------------------------- writing


def scene_text(experiment: Experiment) -> str:
    """Return the scene file of an experiment; `parse_scene` returns an equal experiment."""
    return "".join(scene_pieces(experiment))


def scene_pieces(experiment: Experiment) -> Iterator[str]:
    """Yield the text of a scene file in pieces, each of which takes a few milliseconds to make."""
    yield f'{{"gdsim": {SCENE_VERSION},\n "title": {_json(experiment.title)}'
    yield f',\n "about": {_json(experiment.about)}'
    for key, points in (("points", experiment.points), ("validation", experiment.validation)):
        yield f',\n "{key}": {{"x": '
        yield from _list_pieces(points.x[:, 0] if points.dimension == 1 else points.x)
        yield ', "y": '
        yield from _list_pieces(points.y)
        yield "}"
    for key, tree in _objective_trees(experiment.objective).items():
        yield f',\n "{key}": {_json(tree)}'
    yield f',\n "window": {_json(view_range_tree(experiment.view_range))}'
    if experiment.slice != Slice():
        yield f',\n "slice": {_json(slice_tree(experiment.slice, experiment.points.dimension))}'
    if experiment.log_height:
        yield f',\n "height": {_json(HEIGHTS[1])}'
    for key, tree in drawn_tree(experiment.drawn).items():
        yield f',\n "{key}": {_json(tree)}'
    if experiment.rules:
        trees = ",\n  ".join(_json(rule_tree(rule)) for rule in experiment.rules)
        yield f',\n "rules": [\n  {trees}]'
    yield ',\n "runs": ['
    for index, run in enumerate(experiment.runs):
        yield f"{',' if index else ''}\n  {_json(run_tree(run, experiment.runs))}"
    yield "]"
    if experiment.kept != NOTHING_KEPT:
        from gdsim.core.files.scene_kept import kept_trees  # noqa: PLC0415

        for key, tree in kept_trees(experiment.kept, experiment.rules).items():
            yield f',\n "{key}": {_json(tree)}'
    yield "}\n"


def view_range_tree(view_range: ViewRange) -> dict[str, list[float]]:
    return {"w": [view_range.w_min, view_range.w_max], "b": [view_range.b_min, view_range.b_max]}


def slice_tree(slice_: Slice, dimension: int) -> dict[str, object]:
    names = parameter_names(dimension)
    held = {} if slice_.held is None else {"held": list(slice_.held)}
    return {"axes": [names[axis] for axis in slice_.axes], **held}


def _objective_trees(objective: Objective) -> dict[str, object]:
    """Return the keys of an objective, without those whose value is the lecture's."""
    if isinstance(objective, FunctionObjective):
        return {"function": objective.text}
    loss: dict[str, object] = {"kind": objective.loss, "reduction": objective.reduction}
    if objective.loss == "huber":
        loss["delta"] = objective.delta
    if objective.l2:
        loss["l2"] = objective.l2
    neuron = {"activation": objective.activation}
    is_usual = loss == {"kind": LECTURE.loss, "reduction": LECTURE.reduction}
    return ({} if neuron["activation"] == LECTURE.activation else {"neuron": neuron}) | (
        {} if is_usual else {"loss": loss}
    )


def _list_pieces(array: Array) -> Iterator[str]:
    yield "["
    for row in range(0, len(array), _PIECE_ROWS):
        piece = _json(array[row : row + _PIECE_ROWS].tolist())
        yield f"{', ' if row else ''}{piece[1:-1]}"
    yield "]"


def _json(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False)
