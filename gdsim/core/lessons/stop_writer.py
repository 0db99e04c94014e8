"""Writing stops into new or existing lesson files."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from gdsim.core.files.atomic import replacing_text
from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.checked_json import FileFault, read_text
from gdsim.core.files.scene import HEIGHTS, load_scene, scene_text, slice_tree, view_range_tree
from gdsim.core.files.scene_overlays import drawn_tree
from gdsim.core.files.scene_runs import kind_tree
from gdsim.core.lessons.files import LESSON_VERSION, load_lesson
from gdsim.core.lessons.lesson import PlaybackRange
from gdsim.core.lessons.task import LessonTask
from gdsim.core.lessons.view import Arrows, StopView
from gdsim.core.model.experiment import Experiment

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')


def stop_tree(
    title: str,
    caption: str,
    experiment: Experiment,
    selected: int,
    place: PlaybackRange,
    view: StopView,
    task: LessonTask | None = None,
) -> dict[str, Any]:
    """Return a stop as an item of ``stops``, without defaults except for the step.

    A bundled scene is given by its name; any other scene becomes part of the stop.
    """
    tree: dict[str, Any] = {"title": title, **_scene(experiment)}
    if selected:
        tree["select"] = _run_name(experiment, selected)
    tree["step"] = place.first
    if place.by_epoch:
        tree["clock"] = "epoch"
    tree |= _view_tree(view)
    tree["caption"] = caption
    return tree | {"task": kind_tree(task)} if task else tree


def _scene(experiment: Experiment) -> dict[str, Any]:
    for name, path in bundled_scenes().items():
        scene = load_scene(path)
        if _without_look(scene) == _without_look(experiment):
            tree: dict[str, Any] = {"scene": name}
            if scene.view_range != experiment.view_range:
                tree["window"] = view_range_tree(experiment.view_range)
            if scene.slice != experiment.slice:
                tree["slice"] = slice_tree(experiment.slice, experiment.points.dimension)
            if scene.log_height != experiment.log_height:
                tree["height"] = HEIGHTS[experiment.log_height]
            tree |= drawn_tree(experiment.drawn, scene.drawn)
            if scene.runs != experiment.runs:  # they differ only in which are hidden
                shown = [index for index, run in enumerate(experiment.runs) if not run.hidden]
                tree["show"] = [_run_name(experiment, index) for index in shown]
            return tree
    return {"scene": json.loads(scene_text(experiment))}


def _without_look(experiment: Experiment) -> Experiment:
    runs = tuple(replace(run, hidden=False) for run in experiment.runs)
    return replace(experiment.without_view(), runs=runs)


def _run_name(experiment: Experiment, index: int) -> str | int:
    """Return the name of a run, or its number from 1 if another run has the same name."""
    names = [run.name for run in experiment.runs]
    return names[index] if names.count(names[index]) == 1 else index + 1


def _view_tree(view: StopView) -> dict[str, Any]:
    usual = StopView()
    tree: dict[str, Any] = {
        key: getattr(view, key)
        for key in ("page", "curve", "log", "part", "planes")
        if getattr(view, key) != getattr(usual, key)
    }
    if view.page == "memory" and view.memory:
        tree["memory"] = view.memory
    if view.arrows != usual.arrows:
        tree["arrows"] = _arrows(view.arrows)
    if view.sight != usual.sight:
        tree["camera"] = view.sight._asdict()
    for key, panes in (("point_at", view.panes), ("only", view.only)):
        if panes:
            tree[key] = sorted(panes)
    return tree


def _arrows(arrows: Arrows) -> dict[str, Any] | bool:
    if not arrows.on:
        return False
    tree: dict[str, Any] = {"lengths": arrows.lengths}
    if arrows.kinds is not None:
        tree["kinds"] = sorted(arrows.kinds)
    if arrows.layers is not None:
        tree["layers"] = sorted(arrows.layers)
    return tree


# ------------------------------------------------------------------------ writing to a file


def append_stop(path: Path, stop: dict[str, Any]) -> int:
    """Append a stop to a lesson file, or create the file; return the number of the stop.

    The rest of the file is preserved letter by letter. Raises `FileFault` if the file is not a readable
    lesson, and `OSError` if it cannot be written, which leaves it unchanged.
    """
    if path.exists():
        number = len(load_lesson(str(path)).stops) + 1
        old = read_text(path, "lesson")
        text = _with_stop(old, stop)
    else:
        number = 1
        text = _new_lesson(path.stem or "lesson", stop)
    with replacing_text(path) as file:
        file.write(text)
    return number


def _new_lesson(title: str, stop: dict[str, Any]) -> str:
    head = f'{{"gdsim-lesson": {LESSON_VERSION},\n "title": {_json(title)},\n "stops": [\n'
    return f"{head}{_stop_text(stop)}\n]}}\n"


def _with_stop(text: str, stop: dict[str, Any]) -> str:
    end = _end_of_stops(text)
    before = text[:end].rstrip()
    return f"{before},\n\n{_stop_text(stop)}{text[len(before) : end] or chr(10)}{text[end:]}"


def _end_of_stops(text: str) -> int:
    """Return the position, in the text of a lesson, of the bracket that closes the list of stops."""
    depth, key, is_inside = 0, "", False
    for token in _TOKEN.finditer(text):
        match token[0]:
            case "[" | "{":
                is_inside = is_inside or (depth == 1 and token[0] == "[" and key == "stops")
                depth += 1
            case "]" | "}":
                depth -= 1
                if is_inside and depth == 1:
                    return token.start()
            case quoted if depth == 1 and text[token.end() :].lstrip().startswith(":"):
                key = json.loads(quoted)
    raise FileFault("has no list of stops")


def _stop_text(stop: dict[str, Any]) -> str:
    """Return a stop as text with a line for each key."""
    lines = (f"{_json(key)}: {_json(value)}" for key, value in stop.items())
    return "  {" + ",\n   ".join(lines) + "}"


def _json(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False)
