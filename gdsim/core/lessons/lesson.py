"""A lesson: ordered stops, and what is seen at each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gdsim.core.lessons.caption import Caption
from gdsim.core.lessons.latex import Math
from gdsim.core.lessons.task import DIGITS, Task
from gdsim.core.lessons.view import PANES, StopView
from gdsim.core.model.experiment import Experiment, Typed
from gdsim.core.model.kept_windows import BUDGET, MAP_STEPS, STARTS, TRIALS
from gdsim.core.settings import NUMBER, POSITIVE, SEED, SWITCH, Domain, Value, whole

USUAL_SPEED = 20.0
# What a stop may hide until it is revealed: panes, what lies ahead of the cursor on the curves, the marks
# above them, the lowest place on map and surface, and what the stop itself says.
WORDS = ("caption", "look", "formulas")
HIDEABLE = (*PANES, "future", "marks", "minimum", *WORDS)
# The exercises that a stop may open, and what may be set in each.
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
    """Where playback stands, or from where to where it goes."""

    # first, last: steps, or epochs when ``by_epoch``; the same one to stand still.
    first: int = 0
    last: int = 0
    speed: float = USUAL_SPEED  # Of playing: steps a second
    by_epoch: bool = False


@dataclass(frozen=True)
class OpenExercise:
    """An exercise that a stop opens, one of the `EXERCISES`, and what is set in it."""

    name: str
    settings: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Beside:
    """A second scene that is shown beside a stop's own, with the stop's changes made."""

    title: str
    experiment: Experiment
    selected: int = 0


@dataclass(frozen=True)
class Stop:
    """A scene as it is shown, and what is said of it.

    A stop may ask and then reveal: it has stages, from 0, with something more to be seen at each. The last
    one opens its exercise or its task, if it has one.
    """

    title: str
    experiment: Experiment  # The scene, with the stop's changes made
    chapter: str = ""  # The part of the lesson that it belongs to; empty in a lesson without chapters
    selected: int = 0
    # caption, look: what is said, and what to look at or to try.
    caption: Caption = field(default_factory=Caption)
    look: Caption = field(default_factory=Caption)
    # question, answer: said until everything is revealed, and from then on.
    question: Caption = field(default_factory=Caption)
    answer: Caption = field(default_factory=Caption)
    notes: Caption = field(default_factory=Caption)  # For the speaker alone
    formulas: tuple[Math, ...] = ()  # Those that stand beside the caption
    hidden: frozenset[str] = frozenset()  # Which of the `HIDEABLE` are hidden at first
    reveals: tuple[frozenset[str], ...] = ()  # What each stage after the first shows of them
    exercise: OpenExercise | None = None
    task: Task | None = None  # What is to be handed in
    beside: Beside | None = None
    place: PlaybackRange = field(default_factory=PlaybackRange)
    view: StopView = field(default_factory=StopView)

    @property
    def last_stage(self) -> int:
        """How many times something is revealed or opened."""
        return len(self.reveals) + (self.exercise is not None or self.task is not None)

    @property
    def step(self) -> int:
        """The step of the selected run at which the stop stands, or to which it plays."""
        last, runs = self.place.last, self.experiment.runs
        return self.experiment.clock(runs[self.selected]).end_of(last) if self.place.by_epoch else last

    @property
    def captions(self) -> dict[str, Caption]:
        """What is said, by the keys of a lesson file."""
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
        """Return whether something is still to be revealed."""
        return stage < len(self.reveals)


@dataclass(frozen=True)
class Lesson:
    """Stops to be walked through in their order."""

    key: str  # What progress is kept under: the name of a bundled lesson, or the path of a file
    title: str
    about: str
    stops: tuple[Stop, ...]  # At least one
    source_title: str = ""  # As the file has it, whatever is spoken where it was read

    @property
    def tasks(self) -> tuple[int, ...]:
        """The places of the stops that have something to be handed in."""
        return tuple(place for place, stop in enumerate(self.stops) if stop.task is not None)

    @property
    def typed(self) -> tuple[Typed, ...]:
        """The rules and functions that a person typed for the lesson's scenes, each once."""
        scenes = [stop.experiment for stop in self.stops]
        scenes += [stop.beside.experiment for stop in self.stops if stop.beside]
        return tuple(dict.fromkeys(one for scene in scenes for one in scene.typed))
