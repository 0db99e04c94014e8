"""A lesson: its ordered stops, and what is shown at each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gdsim.core.lessons.caption import Caption
from gdsim.core.lessons.latex import Math
from gdsim.core.lessons.task import DIGITS, LessonTask
from gdsim.core.lessons.view import PANES, StopView
from gdsim.core.model.experiment import Experiment, Typed
from gdsim.core.model.kept_windows import BUDGET, MAP_STEPS, STARTS, TRIALS
from gdsim.core.settings import NUMBER, POSITIVE, SEED, SWITCH, Domain, Value, whole

USUAL_SPEED = 20.0
# What a stop may hide until it is revealed: panes, the curves ahead of the cursor, the marks above the
# curves, the minimum on map and surface, and texts of the stop itself.
CAPTION_KEYS = ("caption", "look", "formulas")
HIDEABLE = (*PANES, "future", "marks", "minimum", *CAPTION_KEYS)
# The exercises that a stop may open, with their settings.
EXERCISES: dict[str, dict[str, Domain]] = {
    "guess_work": {"w": NUMBER, "b": NUMBER},
    "flight": {"level": whole(1, 6), "seed": SEED},
    "quiz": {"level": whole(1, 5), "seed": SEED},
    "predict": {"lowest": SWITCH},
    "fill_in": {"digits": DIGITS},
    "wrong_line": {"seed": SEED},
    "check_work": {},
    "maps": {"settings": SWITCH, "steps": MAP_STEPS},
    "fair_race": {"budget": BUDGET, "trials": TRIALS, "starts": STARTS, "seed": SEED},
    "find_rate": {"rate": POSITIVE, "steps": whole(1, 1000)},
}


@dataclass(frozen=True)
class PlaybackRange:
    """The position of playback, or the range that it plays."""

    # first, last: steps, or epochs if ``by_epoch``; equal if nothing is played.
    first: int = 0
    last: int = 0
    speed: float = USUAL_SPEED  # Steps per second
    by_epoch: bool = False


@dataclass(frozen=True)
class OpenExercise:
    """One of the `EXERCISES`, with its settings, which a stop opens."""

    name: str
    settings: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class SecondScene:
    """A second scene, with its changes applied, which is shown beside the scene of a stop."""

    title: str
    experiment: Experiment
    selected: int = 0


@dataclass(frozen=True)
class Stop:
    """A scene as it is shown, and the texts about it.

    A stop may ask and then reveal: it has stages, counted from 0, each of which shows more. The last stage
    opens the exercise or the task, if there is one.
    """

    title: str
    experiment: Experiment  # The scene, with the stop's changes applied
    chapter: str = ""  # The part of the lesson that it belongs to; empty in a lesson without chapters
    selected: int = 0
    # caption, look: the text, and what to look at or to try.
    caption: Caption = field(default_factory=Caption)
    look: Caption = field(default_factory=Caption)
    # question, answer: shown until everything is revealed, and from then on.
    question: Caption = field(default_factory=Caption)
    answer: Caption = field(default_factory=Caption)
    notes: Caption = field(default_factory=Caption)  # For the speaker alone
    formulas: tuple[Math, ...] = ()  # Shown beside the caption
    hidden: frozenset[str] = frozenset()  # The members of `HIDEABLE` that are hidden at first
    reveals: tuple[frozenset[str], ...] = ()  # Which of them each stage after the first reveals
    exercise: OpenExercise | None = None
    task: LessonTask | None = None  # What students hand in
    beside: SecondScene | None = None
    place: PlaybackRange = field(default_factory=PlaybackRange)
    view: StopView = field(default_factory=StopView)

    @property
    def last_stage(self) -> int:
        """The number of the last stage: how many times something is revealed or opened."""
        return len(self.reveals) + (self.exercise is not None or self.task is not None)

    @property
    def step(self) -> int:
        """The step of the selected run at which the stop pauses, or to which it plays."""
        last, runs = self.place.last, self.experiment.runs
        return self.experiment.clock(runs[self.selected]).end_of(last) if self.place.by_epoch else last

    @property
    def captions(self) -> dict[str, Caption]:
        """The captions by their keys in a lesson file."""
        return {
            "caption": self.caption,
            "look": self.look,
            "question": self.question,
            "answer": self.answer,
            "notes": self.notes,
        }

    def hidden_at(self, stage: int) -> frozenset[str]:
        return self.hidden.difference(*self.reveals[:stage])

    def is_asking(self, stage: int) -> bool:
        """Return whether something remains to be revealed."""
        return stage < len(self.reveals)


@dataclass(frozen=True)
class Lesson:
    """An ordered sequence of stops."""

    key: str  # The key for storing progress: the name of a bundled lesson, or the path of a file
    title: str
    about: str
    stops: tuple[Stop, ...]  # At least one
    source_title: str = ""  # As written in the file, not translated

    @property
    def tasks(self) -> tuple[int, ...]:
        """The indices of the stops with a task."""
        return tuple(place for place, stop in enumerate(self.stops) if stop.task is not None)

    @property
    def typed(self) -> tuple[Typed, ...]:
        """The user-defined rules and functions in the scenes of the lesson, each once."""
        scenes = [stop.experiment for stop in self.stops]
        scenes += [stop.beside.experiment for stop in self.stops if stop.beside]
        return tuple(dict.fromkeys(one for scene in scenes for one in scene.typed))
