"""A lesson: ordered stops, and what is seen at each."""

from dataclasses import dataclass, field

from gdsim.core.arrow_lengths import Lengths
from gdsim.core.arrows import Kind as ArrowKind
from gdsim.core.experiment import Experiment
from gdsim.core.lesson.caption import Caption
from gdsim.core.lesson.math_text import Math
from gdsim.core.series import Kind as CurveKind

# The pages of the selected run in the right column, and the layers of the points that fed an update.
PAGES = ("settings", "step", "why", "memory")
LAYERS = ("points", "batch-loss")
# The parts of the window that a stop may point at.
PANES = ("points", "neuron", "runs", "surface", "contours", "curves", "playback", "page", "state")
USUAL_SPEED = 20.0


@dataclass(frozen=True)
class Arrows:
    """Which arrows of the step are drawn.

    Attributes
    ----------
    on : bool
    kinds : frozenset of Kind, or None for the usual ones
    layers : frozenset of str, or None for the usual ones
    lengths : Lengths
    """

    on: bool = True
    kinds: frozenset[ArrowKind] | None = None
    layers: frozenset[str] | None = None
    lengths: Lengths = Lengths.FIT


@dataclass(frozen=True)
class Sight:
    """Where the surface is looked at from: degrees, and a distance of 1 where it fills its pane."""

    azimuth: float = -60.0
    elevation: float = 30.0
    distance: float = 1.0


FROM_TOP = Sight(-90.0, 90.0)


@dataclass(frozen=True)
class View:
    """How a stop is looked at.

    Attributes
    ----------
    page : str
        One of the `PAGES`.
    curve : Kind
    log : bool
        Whether the curves are on a logarithmic scale.
    arrows : Arrows
    part : str
        Which part of the step is lit; empty for all of it.
    sight : Sight
    panes : frozenset of str
        Those of the `PANES` that are pointed at.
    """

    page: str = PAGES[0]
    curve: CurveKind = CurveKind.LOSS
    log: bool = True
    arrows: Arrows = field(default_factory=Arrows)
    part: str = ""
    sight: Sight = field(default_factory=Sight)
    panes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Place:
    """Where playback stands, or from where to where it goes.

    Attributes
    ----------
    first, last : int
        Steps, or epochs when ``by_epoch``; the same one to stand still.
    speed : float
        Of playing: steps a second.
    by_epoch : bool
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
    title : str
    experiment : Experiment
        The scene, with the stop's changes made.
    chapter : str
        The part of the lesson that it belongs to; empty in a lesson without chapters.
    selected : int
        Index of the selected run.
    caption, look : Caption
        What is said, and what to look at or to try.
    formulas : tuple of Math
        Those that stand beside the caption.
    place : Place
    view : View
    """

    title: str
    experiment: Experiment
    chapter: str = ""
    selected: int = 0
    caption: Caption = field(default_factory=Caption)
    look: Caption = field(default_factory=Caption)
    formulas: tuple[Math, ...] = ()
    place: Place = field(default_factory=Place)
    view: View = field(default_factory=View)


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Attributes
    ----------
    key : str
        What progress is kept under: the name of a bundled lesson, or the path of a file.
    title, about : str
    stops : tuple of Stop
        At least one.
    """

    key: str
    title: str
    about: str
    stops: tuple[Stop, ...]
