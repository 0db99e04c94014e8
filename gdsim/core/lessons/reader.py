"""The reading of lesson files: from a checked JSON tree to a Lesson, key by key."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from gdsim.core.files.checked_json import FileFault, Node
from gdsim.core.files.scene_reader import read_window
from gdsim.core.lessons.caption import Caption, CaptionFault, read_caption
from gdsim.core.lessons.lesson import USUAL_SPEED, Lesson, Place, Stop
from gdsim.core.lessons.math_text import Math, MathFault, read_math
from gdsim.core.lessons.scene_source import SceneSource
from gdsim.core.lessons.view_reader import read_view
from gdsim.core.model.experiment import Experiment
from gdsim.core.settings import Domain, shown

VERSION = 1
_MOST_STOPS, _MOST_FORMULAS = 500, 6
_STEP = Domain("a whole number of at least 0", int, low=0.0)
_SPEED = Domain("a number of steps a second from 0.5 to 1000", float, low=0.5, high=1000.0)

T = TypeVar("T")


def read_lesson(root: Node, key: str, folder: Path | None) -> Lesson:
    """Return the lesson that the root of a lesson file describes.

    Parameters
    ----------
    root : Node
    key : str
        What progress is kept under.
    folder : Path or None
        Where the lesson's own scenes lie.

    Raises
    ------
    FileFault
        With the stop, the key and what is wrong.
    """
    if not isinstance(root.value, dict):
        raise FileFault(f"a lesson must be an object, not {shown(root.value)}")
    members = root.keys("gdsim-lesson", "title", "about", "stops")
    _demand(members, "", "gdsim-lesson", "title", "stops")
    version = members["gdsim-lesson"]
    if isinstance(version.value, bool) or version.value != VERSION:
        raise version.fault(f"must be {VERSION}, the version of the format, not {shown(version.value)}")
    scenes = SceneSource(folder)
    nodes = list(members["stops"].items())
    if not 1 <= len(nodes) <= _MOST_STOPS:
        raise members["stops"].fault(f"must be from 1 to {_MOST_STOPS} stops, not {len(nodes)}")
    return Lesson(
        key=key,
        title=_title(members["title"]),
        about=members["about"].text() if "about" in members else "",
        stops=_in_chapters([_stop(node, scenes) for node in nodes]),
    )


def _in_chapters(stops: list[Stop]) -> tuple[Stop, ...]:
    """Return stops of which each one without a chapter belongs to that of the one before."""
    chapter, placed = "", []
    for stop in stops:
        chapter = stop.chapter or chapter
        placed.append(replace(stop, chapter=chapter))
    return tuple(placed)


def _stop(node: Node, scenes: SceneSource) -> Stop:
    members = node.keys(
        "title", "chapter", "scene", "window", "show", "select", "caption", "look", "formulas", "step",
        "play", "speed",
        "clock", "page", "curve", "log", "arrows", "part", "camera", "point_at",
    )  # fmt: skip
    _demand(members, f"{node.path}.", "title", "scene", "caption")
    experiment = _changed(scenes.scene(members["scene"]), members)
    selected = _run(members["select"], experiment) if "select" in members else 0
    return Stop(
        title=_title(members["title"]),
        chapter=_title(members["chapter"]) if "chapter" in members else "",
        experiment=experiment,
        selected=selected,
        caption=_caption(members["caption"]),
        look=_caption(members["look"]) if "look" in members else Caption(),
        formulas=_formulas(members["formulas"]) if "formulas" in members else (),
        place=_place(members, experiment),
        view=read_view(members, experiment.runs[selected] if experiment.runs else None),
    )


def _demand(members: Mapping[str, Node], where: str, *keys: str) -> None:
    for key in keys:
        if key not in members:
            raise FileFault(f"{where}{key} is missing")


def _title(node: Node) -> str:
    text = node.text().strip()
    if not text:
        raise node.fault("must not be empty")
    return " ".join(text.split())


def _changed(scene: Experiment, members: Mapping[str, Node]) -> Experiment:
    """Return the scene with the part of the plane and the runs that a stop shows."""
    if "window" in members:
        scene = replace(scene, window=read_window(members["window"]))
    if "show" in members:
        shown_runs = {_run(node, scene) for node in members["show"].items()}
        runs = (replace(run, hidden=index not in shown_runs) for index, run in enumerate(scene.runs))
        scene = replace(scene, runs=tuple(runs))
    return scene


def _run(node: Node, experiment: Experiment) -> int:
    names = [run.name for run in experiment.runs]
    name = node.text()
    if names.count(name) != 1:
        raise node.fault(f"must be one of the scene's runs, {', '.join(names) or 'none'}, not {shown(name)}")
    return names.index(name)


def _text(node: Node) -> str:
    """Return a text that may be written over several lines, as a list."""
    if isinstance(node.value, list):
        return " ".join(item.text().strip() for item in node.items())
    return " ".join(node.text().split())


def _caption(node: Node) -> Caption:
    try:
        return read_caption(_text(node))
    except CaptionFault as fault:
        raise node.fault(str(fault)) from None


def _formulas(node: Node) -> tuple[Math, ...]:
    formulas = tuple(_formula(item) for item in node.items())
    if len(formulas) > _MOST_FORMULAS:
        raise node.fault(f"must be at most {_MOST_FORMULAS}, not {len(formulas)}")
    return formulas


def _formula(node: Node) -> Math:
    try:
        return read_math(node.text())
    except MathFault as fault:
        raise node.fault(str(fault)) from None


def _place(members: Mapping[str, Node], experiment: Experiment) -> Place:
    if "step" in members and "play" in members:
        raise members["play"].fault("does not go with step; a stop stands or plays")
    if "speed" in members and "play" not in members:
        raise members["speed"].fault("goes with play only")
    clock = members["clock"].text() if "clock" in members else "step"
    if clock not in {"step", "epoch"}:
        raise members["clock"].wrong("one of step, epoch")
    steps = [experiment.total_steps(run) for run in experiment.runs]
    epochs = [run.epochs for run in experiment.runs]
    length = max(epochs if clock == "epoch" else steps, default=0)
    first = last = 0
    if "step" in members:
        first = last = _within(members["step"], length, clock)
    if "play" in members:
        ends = [_within(item, length, clock) for item in members["play"].items()]
        if len(ends) != 2 or ends[0] >= ends[1]:  # noqa: PLR2004 - from, to
            raise members["play"].fault("must be two steps, the first before the second")
        first, last = ends
    speed = float(members["speed"].checked(_SPEED)) if "speed" in members else USUAL_SPEED
    return Place(first, last, speed, by_epoch=clock == "epoch")


def _within(node: Node, length: int, clock: str) -> int:
    step = int(node.checked(_STEP))
    if step > length:
        raise node.fault(f"must be at most {length}, the last {clock} of the scene, not {step}")
    return step
