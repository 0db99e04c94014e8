"""A lesson: ordered stops, and what is seen at each."""

from dataclasses import dataclass, field

from gdsim.core.lessons.caption import Caption
from gdsim.core.lessons.latex import Math
from gdsim.core.lessons.view import StopView
from gdsim.core.model.experiment import Experiment

USUAL_SPEED = 20.0


@dataclass(frozen=True)
class PlaybackRange:
    """Where playback stands, or from where to where it goes."""

    # first, last: steps, or epochs when ``by_epoch``; the same one to stand still.
    first: int = 0
    last: int = 0
    speed: float = USUAL_SPEED  # Of playing: steps a second
    by_epoch: bool = False


@dataclass(frozen=True)
class Stop:
    """A scene as it is shown, and what is said of it."""

    title: str
    experiment: Experiment  # The scene, with the stop's changes made
    chapter: str = ""  # The part of the lesson that it belongs to; empty in a lesson without chapters
    selected: int = 0
    # caption, look: what is said, and what to look at or to try.
    caption: Caption = field(default_factory=Caption)
    look: Caption = field(default_factory=Caption)
    formulas: tuple[Math, ...] = ()  # Those that stand beside the caption
    place: PlaybackRange = field(default_factory=PlaybackRange)
    view: StopView = field(default_factory=StopView)


@dataclass(frozen=True)
class Lesson:
    """Stops to be walked through in their order."""

    key: str  # What progress is kept under: the name of a bundled lesson, or the path of a file
    title: str
    about: str
    stops: tuple[Stop, ...]  # At least one
