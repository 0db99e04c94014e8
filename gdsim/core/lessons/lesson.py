"""A lesson: ordered stops, and what is seen at each."""

from dataclasses import dataclass, field

from gdsim.core.lessons.caption import Caption
from gdsim.core.lessons.latex import Math
from gdsim.core.lessons.view import StopView
from gdsim.core.model.experiment import Experiment

USUAL_SPEED = 20.0


@dataclass(frozen=True)
class PlaybackRange:
    """Where playback stands, or from where to where it goes.

    Attributes
    ----------
    first, last : int
        Steps, or epochs when ``by_epoch``; the same one to stand still.
    speed : float
        Of playing: steps a second.
    """

    first: int = 0
    last: int = 0
    speed: float = USUAL_SPEED
    by_epoch: bool = False


@dataclass(frozen=True)
class Stop:
    """One stop of a lesson.

    Attributes
    ----------
    experiment : Experiment
        The scene, with the stop's changes made.
    chapter : str
        The part of the lesson that it belongs to; empty in a lesson without chapters.
    caption, look : Caption
        What is said, and what to look at or to try.
    formulas : tuple of Math
        Those that stand beside the caption.
    """

    title: str
    experiment: Experiment
    chapter: str = ""
    selected: int = 0
    caption: Caption = field(default_factory=Caption)
    look: Caption = field(default_factory=Caption)
    formulas: tuple[Math, ...] = ()
    place: PlaybackRange = field(default_factory=PlaybackRange)
    view: StopView = field(default_factory=StopView)


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Attributes
    ----------
    key : str
        What progress is kept under: the name of a bundled lesson, or the path of a file.
    stops : tuple of Stop
        At least one.
    """

    key: str
    title: str
    about: str
    stops: tuple[Stop, ...]
