"""The reading half of scene files: from a checked JSON tree to an Experiment, key by key."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.files.checked_json import FileFault, Node
from gdsim.core.model.batching import BATCH, BATCHINGS
from gdsim.core.model.experiment import (
    COLOUR,
    LECTURE_EPOCHS,
    LECTURE_START,
    LECTURE_WINDOW,
    Experiment,
    Run,
    Window,
)
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.schedules import (
    CONSTANT,
    CONSTANT_MOMENTUM,
    MOMENTUM_SCHEDULES,
    SCHEDULES,
    Schedule,
)
from gdsim.core.settings import EPOCHS, NUMBER, SEED, Definition, InvalidValue, Value, shown

VERSION = 1

D = TypeVar("D", bound=Definition)


def read_experiment(root: Node) -> Experiment:
    """Return the experiment that the root of a scene file describes.

    Raises
    ------
    FileFault
        With the key and what is wrong.
    """
    _check_version(root)
    members = root.keys("gdsim", "title", "about", "points", "validation", "window", "runs")
    if "points" not in members:
        raise FileFault("points is missing")
    points = _points(members["points"], None)
    if len(points) == 0:
        raise FileFault("points must not be empty")
    validation = PointSet.empty(points.dimension)
    if "validation" in members:
        validation = _points(members["validation"], points.dimension)
    runs = members["runs"].items() if "runs" in members else iter(())
    try:
        return Experiment(
            points=points,
            validation=validation,
            runs=tuple(_run(node, points.dimension) for node in runs),
            window=read_window(members["window"]) if "window" in members else LECTURE_WINDOW,
            title=members["title"].text() if "title" in members else "",
            about=members["about"].text() if "about" in members else "",
        )
    except InvalidValue as error:
        raise FileFault(f"{error.key} {error.reason}") from None


def _check_version(root: Node) -> None:
    """Raise when this is no scene of our version; it comes first, as another version has other keys."""
    if not isinstance(root.value, dict):
        raise root.wrong("an object")
    if "gdsim" not in root.value:
        raise FileFault(f"gdsim is missing: the version of the scene format, {VERSION}")
    version = root.value["gdsim"]
    if isinstance(version, int) and version > VERSION:
        raise FileFault(
            f"gdsim is {shown(version)}: the scene was written by a newer gdsim; "
            f"this one reads version {VERSION} of the format"
        )
    if isinstance(version, bool) or version != VERSION:
        raise FileFault(f"gdsim must be {VERSION}, the version of the format, not {shown(version)}")


def _points(node: Node, dimension: int | None) -> PointSet:
    members = node.keys("x", "y")
    for key in ("x", "y"):
        if key not in members:
            raise FileFault(f"{node.path}.{key} is missing")
    x, y = _rows(members["x"], dimension), _numbers(members["y"])
    if len(x) != len(y):
        raise node.fault(f"must have as many x as y, not {len(x)} and {len(y)}")
    return PointSet(x, y)


def _rows(node: Node, dimension: int | None) -> Array:
    first = next(node.items(), None)
    if first is None:
        return np.empty((0, dimension or 1))
    if not isinstance(first.value, list):
        if dimension is not None and dimension > 1:
            raise first.wrong(f"{_list_of(dimension)}, like the points")
        return _numbers(node)[:, np.newaxis]
    wanted = dimension or len(first.value)
    if wanted == 0:
        raise first.fault("must not be empty")
    return np.array([_row(row, wanted) for row in node.items()])


def _row(node: Node, wanted: int) -> Array:
    if not isinstance(node.value, list) or len(node.value) != wanted:
        raise node.fault(f"must be {_list_of(wanted)}, like the other points")
    return _numbers(node)


def _list_of(count: int) -> str:
    return "a list of one number" if count == 1 else f"a list of {count} numbers"


def _numbers(node: Node) -> Array:
    """Read a list of numbers: fast when all is well, slowly to name the one that is not."""
    if not isinstance(node.value, list):
        raise node.wrong("a list of numbers")
    if set(map(type, node.value)) <= {int, float}:
        try:
            array = np.array(node.value, dtype=np.float64)
        except OverflowError:
            pass  # an integer too large for a float: named below
        else:
            if (np.abs(array) <= NUMBER.high).all():
                return array
    # One after the other, and none kept: a list may have millions, and only the last one be wrong.
    return np.fromiter((item.number() for item in node.items()), np.float64, len(node.value))


def read_window(node: Node) -> Window:
    """Return the part of the plane that ``{"w": [-6, 6], "b": [-6, 6]}`` describes."""
    members = node.keys("w", "b")
    ends = {"w": LECTURE_WINDOW[:2], "b": LECTURE_WINDOW[2:]}
    for key, member in members.items():
        pair = tuple(item.number() for item in member.items())
        if len(pair) != 2:  # noqa: PLR2004 - two ends
            raise member.fault(f"must be two numbers, not {len(pair)}")
        ends[key] = (pair[0], pair[1])
    window = Window(*ends["w"], *ends["b"])
    if window.fault():
        raise FileFault(f"{node.path}.{window.fault()}")
    return window


def _run(node: Node, dimension: int) -> Run:
    members = node.keys(
        "name", "algorithm", "hyperparameters", "regime", "seed", "schedule",
        "momentum_schedule", "start", "epochs", "colour", "hidden",
    )  # fmt: skip
    if "algorithm" not in members:
        raise FileFault(f"{node.path}.algorithm is missing")
    rule = members["algorithm"].choice(RULES)
    batching, schedule = BATCH(), CONSTANT()
    if "regime" in members:
        way, values = _kind(members["regime"], BATCHINGS)
        batching = way(**values)
    if "schedule" in members:
        kind, values = _kind(members["schedule"], SCHEDULES)
        schedule = kind(**values)
    return Run(
        optimizer=rule(**_values(members.get("hyperparameters"), rule)),
        batching=batching,
        schedule=schedule,
        momentum_schedule=_momentum_schedule(members.get("momentum_schedule"), rule),
        start=_start(members.get("start"), dimension),
        epochs=int(members["epochs"].checked(EPOCHS)) if "epochs" in members else LECTURE_EPOCHS,
        seed=int(members["seed"].checked(SEED)) if "seed" in members else 0,
        name=members["name"].text() if "name" in members else "",
        colour=_colour(members["colour"]) if "colour" in members else "",
        hidden=members["hidden"].switch() if "hidden" in members else False,
    )


def _momentum_schedule(node: Node | None, rule: Rule) -> Schedule:
    if node is None:
        return CONSTANT_MOMENTUM()
    if not rule().has_momentum:
        raise node.fault(f"does not go with {rule.id}, which has no momentum")
    kind, values = _kind(node, MOMENTUM_SCHEDULES)
    return kind(**values)


def _kind(node: Node, choices: Mapping[str, D]) -> tuple[D, dict[str, Value]]:
    """Read an object whose ``kind`` names an entry of a catalogue; return the entry, and the values given."""
    if not isinstance(node.value, dict):
        raise node.wrong('an object with a "kind"')
    if "kind" not in node.value:
        raise FileFault(f"{node.path}.kind is missing")
    kind = Node(node.value["kind"], f"{node.path}.kind").choice(choices)
    return kind, _values(node, kind, "kind")


def _values(node: Node | None, kind: Definition, *others: str) -> dict[str, Value]:
    """Read values for some of the settings of an entry."""
    members = node.keys(*others, *kind.names) if node else {}
    domains = {setting.name: setting.domain for setting in kind.settings}
    return {key: member.checked(domains[key]) for key, member in members.items() if key not in others}


def _start(node: Node | None, dimension: int) -> tuple[float, ...]:
    members = node.keys("w", "b") if node else {}
    w = (LECTURE_START,) * dimension
    if "w" in members:
        w = _weights(members["w"], dimension)
    return (*w, members["b"].number() if "b" in members else LECTURE_START)


def _weights(node: Node, dimension: int) -> tuple[float, ...]:
    if not isinstance(node.value, list) and dimension == 1:
        return (node.number(),)
    if not isinstance(node.value, list) or len(node.value) != dimension:
        raise node.wrong(_list_of(dimension) if dimension > 1 else "a number")
    return tuple(item.number() for item in node.items())


def _colour(node: Node) -> str:
    text = node.text()
    if text and not COLOUR.fullmatch(text):
        raise node.wrong('a colour such as "#1b6ef3"')
    return text
