"""Reading a stop of a lesson key by key, collecting all faults instead of ending at the first."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from gdsim.core.analysis.arrow_lengths import Lengths
from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.checked_json import FileFault, JsonMembers, JsonNode
from gdsim.core.files.scene import read_log_height, read_slice, read_view_range
from gdsim.core.files.scene_overlays import DRAWN_READERS
from gdsim.core.files.scene_runs import one_of
from gdsim.core.language.texts import said, translated
from gdsim.core.lessons.caption import Caption, CaptionFault, read_caption
from gdsim.core.lessons.latex import Math, MathFault, read_math
from gdsim.core.lessons.lesson import (
    EXERCISES,
    HIDEABLE,
    USUAL_SPEED,
    OpenExercise,
    PlaybackRange,
    SecondScene,
    Stop,
)
from gdsim.core.lessons.stop_scene import Scenes, changed_runs, run_of, runs_of
from gdsim.core.lessons.task import TASKS, task_fault
from gdsim.core.lessons.view import FROM_TOP, LAYERS, PAGES, PANES, Arrows, Sight, StopView
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.map_overlays import MapOverlays
from gdsim.core.model.run import Run
from gdsim.core.settings import Domain, between

_SCENE_KEYS = ("scene", "change", "window", "slice", "height", *DRAWN_READERS, "show", "select")
KEYS = (
    "title", "chapter", *_SCENE_KEYS, "caption", "look", "question", "answer", "hide", "reveal", "only",
    "beside", "exercise", "task", "notes", "formulas", "step", "play", "speed", "clock", "page", "memory",
    "curve", "log", "arrows", "part", "camera", "planes", "point_at",
)  # fmt: skip
_MOST_FORMULAS, _MOST_REVEALS = 6, 20
_MOST_LETTERS = 200  # In a title
_STEP = Domain("a whole number of at least 0", int, low=0.0)
_SPEED = Domain("a number of steps a second from {low} to {high}", float, low=0.5, high=1000.0)
_AZIMUTH = Domain("an angle from {low} to {high}", float, low=-360.0, high=360.0)
_ELEVATION = Domain("an angle from {low} to {high}", float, low=5.0, high=90.0)
_DISTANCE = between(0.35, 2.5)

T = TypeVar("T")


class SceneReader:
    """A reader of a scene with its changes, as a stop of a lesson file gives it."""

    def __init__(
        self, node: JsonNode, scenes: Scenes, keys: Collection[str], needed: Collection[str]
    ) -> None:
        # A value with a fault is read as its default.
        self.faults: list[FileFault] = []
        self._scenes = scenes
        self._members = JsonMembers()
        try:
            self._members = node.keys(*keys, needed=needed, tell=self.faults.append)
        except FileFault as fault:
            self.faults.append(fault)

    def scene(self) -> tuple[Experiment | None, int | None]:
        """Return the scene and the index of the selected run; None for what cannot be read."""
        scene = self.read("scene", self._scenes.scene, None)
        selected: int | None = None if "select" in self._members else 0
        if scene is not None:
            scene = self._changed(scene)
            selected = self.read("select", partial(run_of, experiment=scene), selected)
        return scene, selected

    def _changed(self, scene: Experiment) -> Experiment:
        """Return the scene with the stop's changes to runs, plane and drawing."""
        scene = self.read("change", partial(changed_runs, scene=scene), scene)
        scene = replace(scene, view_range=self.read("window", read_view_range, scene.view_range))
        scene = self.read("slice", partial(_sliced, scene=scene), scene)
        scene = replace(scene, log_height=self.read("height", read_log_height, scene.log_height))
        given = {key: self.read(key, read, getattr(scene.drawn, key)) for key, read in DRAWN_READERS.items()}
        scene = replace(scene, drawn=MapOverlays(**given))
        shown_runs = self.read("show", partial(runs_of, experiment=scene), None)
        if shown_runs is not None:
            runs = (replace(run, hidden=index not in shown_runs) for index, run in enumerate(scene.runs))
            scene = replace(scene, runs=tuple(runs))
        return scene

    def read(self, key: str, read: Callable[[JsonNode], T], usual: T) -> T:
        """Return the member as ``read`` converts it, or ``usual`` if the member is missing or faulty."""
        try:
            return self._members.read(key, read, usual=usual)
        except FileFault as fault:
            self.faults.append(fault)
            return usual


def _sliced(node: JsonNode, scene: Experiment) -> Experiment:
    slice_ = read_slice(node, scene.points.dimension)
    with node.naming_keys({"slice": "", "slice.axes": "axes", "slice.held": "held"}):
        return replace(scene, slice=slice_)


class StopReader(SceneReader):
    def __init__(self, node: JsonNode, scenes: Scenes) -> None:
        super().__init__(node, scenes, KEYS, needed=("title", "scene", "caption"))

    def stop(self) -> Stop | None:
        """Return the stop; None if it has no scene that can be read."""
        hidden = self.read("hide", partial(_words, known=HIDEABLE), frozenset[str]())
        question, answer = self._caption("question"), self._caption("answer")
        experiment, selected = self.scene()
        # Keys that depend on the selected run are not checked if that run is unknown.
        run = experiment.runs[selected] if experiment and experiment.runs and selected is not None else None
        place = self._place(experiment)
        stop = partial(
            Stop,
            title=translated(self.read("title", read_title, "")),
            chapter=translated(self.read("chapter", read_title, "")),
            selected=selected or 0,
            caption=self._caption("caption"),
            look=self._caption("look"),
            question=question,
            answer=answer,
            notes=self._caption("notes"),
            formulas=self.read("formulas", _formulas, tuple[Math, ...]()),
            hidden=hidden,
            # With a task, a question without an answer reveals nothing: students answer it in the task.
            reveals=self._reveals(
                hidden, asks=bool(answer.pieces or (question.pieces and "task" not in self._members))
            ),
            exercise=self.read("exercise", _exercise, None),
            beside=self._beside(),
            task=self.read("task", partial(one_of, choices=TASKS), None),
            place=place,
            view=self._view(run),
        )
        if experiment is None:
            return None
        return self._with_task_checked(stop(experiment=experiment))

    def _with_task_checked(self, stop: Stop) -> Stop:
        if stop.task is not None:
            fault = task_fault(
                stop.task, stop.experiment, stop.selected, stop.step if stop.experiment.runs else 0
            )
            if stop.exercise is not None:
                fault = said("does not go with exercise; a stop has one or the other")
            if fault:
                self.faults.append(self._members["task"].fault(fault))
        return stop

    def _beside(self) -> SecondScene | None:
        if "beside" not in self._members:
            return None
        keys = ("title", *_SCENE_KEYS)
        reader = SceneReader(self._members["beside"], self._scenes, keys, needed=("scene",))
        experiment, selected = reader.scene()
        title = translated(reader.read("title", read_title, ""))
        self.faults += reader.faults
        return SecondScene(title, experiment, selected or 0) if experiment is not None else None

    def _caption(self, key: str) -> Caption:
        return self.read(key, _caption, Caption())

    def _reveals(self, hidden: frozenset[str], *, asks: bool) -> tuple[frozenset[str], ...]:
        """Return what each stage reveals; by default, a stop that asks reveals everything at once."""
        usual = (hidden,) if asks else ()
        return self.read("reveal", partial(_steps_of_revealing, hidden=hidden), usual)

    def _place(self, experiment: Experiment | None) -> PlaybackRange:
        """Return the range of playback; only step 0 without an experiment, because its length is unknown."""
        try:
            return _place(self._members, experiment) if experiment is not None else PlaybackRange()
        except FileFault as fault:
            self.faults.append(fault)
            return PlaybackRange()

    def _view(self, run: Run | None) -> StopView:
        """Return the view of a stop; ``run`` is its selected run."""
        usual, rule = StopView(), run.optimizer.update_rule if run else None
        panes = partial(_words, known=PANES)

        def word(key: str, known: Sequence[str]) -> str:
            """Return a word of the run's rule; without a run the word is not checked."""
            return self.read(key, partial(JsonNode.word, known=dict.fromkeys(known)), "") if run else ""

        return StopView(
            page=self.read("page", partial(JsonNode.word, known=PAGES), usual.page),
            memory=word("memory", rule.letters if rule else ()),
            curve=self.read("curve", _curve, usual.curve),
            log=self.read("log", JsonNode.switch, usual.log),
            arrows=self.read("arrows", _arrows, usual.arrows),
            part=word("part", rule.parts if rule else ()),
            sight=self.read("camera", _sight, usual.sight),
            planes=self.read("planes", JsonNode.switch, usual.planes),
            panes=self.read("point_at", panes, usual.panes),
            only=self.read("only", panes, usual.only),
        )


def read_title(node: JsonNode) -> str:
    """Return a title, which must be one non-empty line."""
    return node.line(_MOST_LETTERS)


# ---------------------------------------------------------------------------- texts and reveals


def _text(node: JsonNode) -> str:
    """Return a text, which may be written on several lines as a list."""
    lines = node.items() if isinstance(node.value, list) else (node,)
    return " ".join(word for line in lines for word in line.text().split())


def _caption(node: JsonNode) -> Caption:
    text = _text(node)
    try:
        caption = read_caption(text)
    except CaptionFault as fault:
        raise node.fault(str(fault)) from None
    try:
        return read_caption(translated(text))
    except CaptionFault:  # the translation is faulty, so fall back to the text in the file
        return caption


def _formulas(node: JsonNode) -> tuple[Math, ...]:
    return tuple(_formula(item) for item in node.items(_MOST_FORMULAS))


def _formula(node: JsonNode) -> Math:
    try:
        return read_math(node.text())
    except MathFault as fault:
        raise node.fault(str(fault)) from None


def _steps_of_revealing(node: JsonNode, hidden: frozenset[str]) -> tuple[frozenset[str], ...]:
    items = node.items(_MOST_REVEALS)
    return tuple(_words(item, sorted(hidden)) if hidden else _nothing(item) for item in items)


def _nothing(node: JsonNode) -> frozenset[str]:
    raise node.fault("reveals what hide does not name")


def _exercise(node: JsonNode) -> OpenExercise:
    if not isinstance(node.value, dict):
        return OpenExercise(node.word(EXERCISES))
    name = node.member("open").word(EXERCISES)
    members = node.keys("open", *EXERCISES[name])
    settings = {
        key: members[key].checked(domain) for key, domain in EXERCISES[name].items() if key in members
    }
    return OpenExercise(name, settings)


# ---------------------------------------------------------------------------- playback


def _place(members: JsonMembers, experiment: Experiment) -> PlaybackRange:
    if "step" in members and "play" in members:
        raise members["play"].fault("does not go with step; a stop stands still or plays")
    if "speed" in members and "play" not in members:
        raise members["speed"].fault("goes with play only")
    clock = members.read("clock", partial(JsonNode.word, known=("step", "epoch")), usual="step")
    steps = [experiment.clock(run).first + experiment.total_steps(run) for run in experiment.runs]
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
    speed = float(members.read("speed", partial(JsonNode.checked, domain=_SPEED), usual=USUAL_SPEED))
    return PlaybackRange(first, last, speed, by_epoch=clock == "epoch")


def _within(node: JsonNode, length: int, clock: str) -> int:
    step = int(node.checked(_STEP))
    if step > length:
        raise node.fault(
            "must be at most {length}, the last {clock} of the scene, not {step}",
            length=length,
            clock=clock,
            step=step,
        )
    return step


# ---------------------------------------------------------------------------- view


def _words(node: JsonNode, known: Collection[str]) -> frozenset[str]:
    return frozenset(item.word(known) for item in node.items())


def _curve(node: JsonNode) -> CurveKind:
    # A cut is drawn over the surface, too, and has its own key.
    return CurveKind(node.word([kind for kind in CurveKind if kind is not CurveKind.CUT]))


def _arrows(node: JsonNode) -> Arrows:
    if isinstance(node.value, bool):
        return Arrows(on=node.value)
    members = node.keys("kinds", "layers", "lengths")
    return Arrows(
        kinds=members.read("kinds", _arrow_kinds, usual=None),
        layers=members.read("layers", partial(_words, known=LAYERS), usual=None),
        lengths=members.read("lengths", partial(JsonNode.choice, kinds=Lengths), usual=Lengths.FIT),
    )


def _arrow_kinds(node: JsonNode) -> frozenset[ArrowKind]:
    return frozenset(item.choice(ArrowKind) for item in node.items())


def _sight(node: JsonNode) -> Sight:
    if isinstance(node.value, str):
        node.word(["top"])
        return FROM_TOP
    domains = {"azimuth": _AZIMUTH, "elevation": _ELEVATION, "distance": _DISTANCE}
    members = node.keys(*domains)
    return Sight(**{key: float(member.checked(domains[key])) for key, member in members.items()})
