"""Lesson files: which there are, and their reading from a checked JSON tree, key by key."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

from gdsim.core.analysis.arrow_lengths import Lengths
from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.checked_json import FileFault, Node, parse, read_text
from gdsim.core.files.scene import bundled_scenes, load_scene, read_view_range
from gdsim.core.lessons.caption import Caption, CaptionFault, numbers_of, read_caption
from gdsim.core.lessons.latex import Math, MathFault, read_math
from gdsim.core.lessons.lesson import USUAL_SPEED, Lesson, PlaybackRange, Stop
from gdsim.core.lessons.quantities import Measurements
from gdsim.core.lessons.view import FORMER_PANES, FROM_TOP, LAYERS, PAGES, PANES, Arrows, Sight, StopView
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.resources import resource
from gdsim.core.settings import Domain, shown, shown_name

# Explicit, as the catalog of scenes is.
BUNDLED = ("lecture",)
VERSION = 1
_MOST_STOPS, _MOST_FORMULAS = 500, 6
_MOST_LETTERS = 200  # Of a title
_STEP = Domain("a whole number of at least 0", int, low=0.0)
_SPEED = Domain("a number of steps a second from 0.5 to 1000", float, low=0.5, high=1000.0)
_AZIMUTH = Domain("an angle from -360 to 360", float, low=-360.0, high=360.0)
_ELEVATION = Domain("an angle from 5 to 90", float, low=5.0, high=90.0)
_DISTANCE = Domain("a number from 0.35 to 2.5", float, low=0.35, high=2.5)

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def bundled_lessons() -> dict[str, Path]:
    """Return the lessons that come with gdsim, by name."""
    return {name: resource("lessons", f"{name}.json") for name in BUNDLED}


def load_lesson(name: str) -> Lesson:
    """Read a bundled lesson, or a lesson file; a `FileFault` names the file, the key and what is wrong."""
    path = bundled_lessons().get(name, Path(name))
    key = name if name in BUNDLED else str(path.absolute())
    try:
        return _lesson(parse(read_text(path, "lesson")), key, None if name in BUNDLED else path.parent)
    except FileFault as fault:
        raise FileFault(f"{shown_name(path)}: {fault}") from None


def check_lesson(name: str) -> Lesson:
    """Read a lesson and compute every number of its captions; a `FileFault` is as that of `load_lesson`."""
    lesson = load_lesson(name)
    for index, stop in enumerate(lesson.stops):
        try:
            caption_numbers(stop)
        except CaptionFault as fault:
            raise FileFault(f"{shown_name(Path(name))}: stops[{index}].{fault}") from None
    return lesson


def caption_numbers(stop: Stop) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the numbers of a stop's caption and of what to look at, as they are written.

    Raises `CaptionFault` if one cannot be computed; it begins with the key.
    """
    measurements = Measurements(stop.experiment, stop.place.last, by_epoch=stop.place.by_epoch)
    found = []
    for key, caption in (("caption", stop.caption), ("look", stop.look)):
        try:
            found.append(numbers_of(caption, measurements.value))
        except CaptionFault as fault:
            raise CaptionFault(f"{key}: {fault}") from None
    return found[0], found[1]


# ------------------------------------------------------------------------- from a tree to a lesson


def _lesson(root: Node, key: str, folder: Path | None) -> Lesson:
    """Return the lesson that the root of a lesson file describes; its own scenes lie in the folder."""
    if not isinstance(root.value, dict):
        raise FileFault(f"a lesson must be an object, not {shown(root.value)}")
    needed = ["gdsim-lesson", "title", "stops"]
    members = root.keys("gdsim-lesson", "title", "about", "stops", needed=needed)
    version = members["gdsim-lesson"]
    if isinstance(version.value, bool) or version.value != VERSION:
        raise version.fault(f"must be {VERSION}, the version of the format, not {shown(version.value)}")
    scenes = _Scenes(folder)
    nodes = list(members["stops"].items())
    if not 1 <= len(nodes) <= _MOST_STOPS:
        raise members["stops"].fault(f"must be from 1 to {_MOST_STOPS} stops, not {len(nodes)}")
    return Lesson(
        key=key,
        title=_title(members["title"]),
        about=_read(members, "about", Node.text, ""),
        stops=_in_chapters([_stop(node, scenes) for node in nodes]),
    )


def _in_chapters(stops: list[Stop]) -> tuple[Stop, ...]:
    """Return stops of which each one without a chapter belongs to that of the one before."""
    chapter, placed = "", []
    for stop in stops:
        chapter = stop.chapter or chapter
        placed.append(replace(stop, chapter=chapter))
    return tuple(placed)


def _stop(node: Node, scenes: "_Scenes") -> Stop:
    members = node.keys(
        "title", "chapter", "scene", "window", "show", "select", "caption", "look", "formulas", "step",
        "play", "speed",
        "clock", "page", "curve", "log", "arrows", "part", "camera", "point_at",
        needed=["title", "scene", "caption"],
    )  # fmt: skip
    experiment = _changed(scenes.scene(members["scene"]), members)
    selected = _run(members["select"], experiment) if "select" in members else 0
    return Stop(
        title=_title(members["title"]),
        chapter=_read(members, "chapter", _title, ""),
        experiment=experiment,
        selected=selected,
        caption=_caption(members["caption"]),
        look=_read(members, "look", _caption, Caption()),
        formulas=_read(members, "formulas", _formulas, ()),
        place=_place(members, experiment),
        view=_view(members, experiment.runs[selected] if experiment.runs else None),
    )


def _read(members: Mapping[str, Node], key: str, read: Callable[[Node], T], usual: T) -> T:
    return read(members[key]) if key in members else usual


def _title(node: Node) -> str:
    text = node.text().strip()
    if not text:
        raise node.fault("must not be empty")
    if len(text) > _MOST_LETTERS:
        raise node.fault(f"must have at most {_MOST_LETTERS} letters, not {len(text):,}")
    return " ".join(text.split())


def _changed(scene: Experiment, members: Mapping[str, Node]) -> Experiment:
    """Return the scene with the part of the plane and the runs that a stop shows."""
    if "window" in members:
        scene = replace(scene, view_range=read_view_range(members["window"]))
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
    lines = node.items() if isinstance(node.value, list) else (node,)
    return " ".join(word for line in lines for word in line.text().split())


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


def _place(members: Mapping[str, Node], experiment: Experiment) -> PlaybackRange:
    if "step" in members and "play" in members:
        raise members["play"].fault("does not go with step; a stop stands or plays")
    if "speed" in members and "play" not in members:
        raise members["speed"].fault("goes with play only")
    clock = _read(members, "clock", partial(_word, known=("step", "epoch")), "step")
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
    speed = _read(members, "speed", partial(_number, domain=_SPEED), USUAL_SPEED)
    return PlaybackRange(first, last, speed, by_epoch=clock == "epoch")


def _number(node: Node, domain: Domain) -> float:
    return float(node.checked(domain))


def _within(node: Node, length: int, clock: str) -> int:
    step = int(node.checked(_STEP))
    if step > length:
        raise node.fault(f"must be at most {length}, the last {clock} of the scene, not {step}")
    return step


# ---------------------------------------------------------------------------- how a stop is looked at


def _view(members: Mapping[str, Node], run: Run | None) -> StopView:
    """Return how a stop is looked at whose selected run is ``run``."""
    usual = StopView()
    parts = dict.fromkeys(run.optimizer.update_rule.parts) if run else ()
    return StopView(
        page=_read(members, "page", partial(_word, known=PAGES), usual.page),
        curve=_read(members, "curve", partial(_kind, kinds=CurveKind), usual.curve),
        log=_read(members, "log", Node.switch, usual.log),
        arrows=_read(members, "arrows", _arrows, usual.arrows),
        part=_read(members, "part", partial(_word, known=parts), usual.part),
        sight=_read(members, "camera", _sight, usual.sight),
        panes=_read(members, "point_at", _panes, usual.panes),
    )


def _word(node: Node, known: Collection[str]) -> str:
    if not isinstance(node.value, str) or node.value not in known:
        raise node.wrong(f"one of {', '.join(known)}")
    return node.value


def _words(node: Node, known: Collection[str]) -> frozenset[str]:
    return frozenset(_word(item, known) for item in node.items())


def _panes(node: Node) -> frozenset[str]:
    named = _words(node, known=(*PANES, *FORMER_PANES))
    return frozenset(FORMER_PANES.get(name, name) for name in named)


def _kind(node: Node, kinds: type[E]) -> E:
    return kinds(_word(node, [kind.value for kind in kinds]))


def _arrows(node: Node) -> Arrows:
    if isinstance(node.value, bool):
        return Arrows(on=node.value)
    members = node.keys("kinds", "layers", "lengths")
    return Arrows(
        kinds=_read(members, "kinds", _arrow_kinds, None),
        layers=_read(members, "layers", partial(_words, known=LAYERS), None),
        lengths=_read(members, "lengths", partial(_kind, kinds=Lengths), Lengths.FIT),
    )


def _arrow_kinds(node: Node) -> frozenset[ArrowKind]:
    return frozenset(_kind(item, ArrowKind) for item in node.items())


def _sight(node: Node) -> Sight:
    if isinstance(node.value, str):
        _word(node, ["top"])
        return FROM_TOP
    members = node.keys("azimuth", "elevation", "distance")
    usual = Sight()
    return Sight(
        azimuth=_read(members, "azimuth", partial(_number, domain=_AZIMUTH), usual.azimuth),
        elevation=_read(members, "elevation", partial(_number, domain=_ELEVATION), usual.elevation),
        distance=_read(members, "distance", partial(_number, domain=_DISTANCE), usual.distance),
    )


# ------------------------------------------------------------------------------- which scene it shows


class _Scenes:
    """The scenes of one lesson, each read once: bundled ones, or files in its own folder and nowhere else."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._known: dict[str, Experiment] = {}

    def scene(self, node: Node) -> Experiment:
        """Return the scene that a value names."""
        name = node.text()
        if name not in self._known:
            path = bundled_scenes().get(name) or self._own(node, name)
            try:
                self._known[name] = load_scene(path)
            except FileFault as fault:
                raise node.fault(f"is {shown(name)}, and {fault}") from None
        return self._known[name]

    def _own(self, node: Node, name: str) -> Path:
        if not name.endswith(".json"):
            known = ", ".join(bundled_scenes())
            raise node.fault(f"must be a file that ends in .json or one of {known}, not {shown(name)}")
        # A lesson is passed on as a folder: what it opens must be in there, and nothing else may be.
        path = PurePosixPath(name)
        if "\\" in name or ":" in name or path.is_absolute() or ".." in path.parts or "\0" in name:
            raise node.fault(
                f"must be a path within the lesson's folder, with / and without .., not {shown(name)}"
            )
        if self._folder is None:
            raise node.fault(f"must be the name of a bundled scene, not {shown(name)}")
        found = self._folder.joinpath(*path.parts)
        try:
            inside = found.resolve().is_relative_to(self._folder.resolve())
        except (OSError, RuntimeError):  # a link that leads to itself
            inside = False
        if not inside:
            raise node.fault(f"must not lead out of the lesson's folder, as {shown(name)} does")
        return found
