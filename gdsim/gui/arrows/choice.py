"""The user's choice of arrows and of their lengths."""

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from gdsim.core.analysis.arrow_lengths import DrawnArrows, Lengths, drawn_arrows
from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.analysis.batch_view import Pulls, PullScale, highlighted_rows, point_pulls, pull_scale
from gdsim.core.model.view_range import ViewRange
from gdsim.session.frame import Frame

if TYPE_CHECKING:
    from gdsim.core.analysis.update import Update

_OFF = "off"
# The ellipse of the rates takes much room, and is drawn anyway while the memory is highlighted. The uphill
# gradient is left out because runs go downhill.
_DEFAULT_KINDS = frozenset(ArrowKind) - {ArrowKind.RATES, ArrowKind.UPHILL}
# During playback, single pulls are computed for updates on at most this many points.
_MOST_POINTS_IN_PLAYBACK = 4096


class Layer(StrEnum):
    """What is drawn besides the arrows: the points that fed an update, their loss, the tries of a search."""

    POINTS = "points"
    BATCH_LOSS = "batch-loss"
    TRIES = "tries"


class ArrowChoice(NamedTuple):
    on: bool = True  # whether anything is drawn
    kinds: frozenset[ArrowKind] = _DEFAULT_KINDS
    lengths: Lengths = Lengths.FIT
    layers: frozenset[Layer] = frozenset({Layer.POINTS, Layer.TRIES})

    def to_text(self) -> str:
        """Return the choice as words for the stored preferences."""
        kinds = [kind.value for kind in ArrowKind if kind in self.kinds]
        layers = [layer.value for layer in Layer if layer in self.layers]
        return " ".join([*([] if self.on else [_OFF]), self.lengths.value, *kinds, *layers])

    @classmethod
    def from_text(cls, text: str) -> "ArrowChoice":
        """Return the choice that `to_text` wrote, or the default if the text is no choice."""
        words = text.split()
        lengths = next((one for one in Lengths if one.value in words), None)
        if lengths is None:
            return cls()
        kinds = frozenset(kind for kind in ArrowKind if kind.value in words)
        layers = frozenset(layer for layer in Layer if layer.value in words)
        return cls(on=_OFF not in words, kinds=kinds, lengths=lengths, layers=layers)


def drawing_of(frame: Frame, choice: ArrowChoice, view_range: ViewRange) -> DrawnArrows | None:
    """Return the arrows that are drawn of a frame's update, or None if it is not drawn."""
    update = update_to_draw(frame, choice)
    return _drawing(update, choice, frame.part, view_range, frame.playing) if update else None


def pulls_of(frame: Frame, choice: ArrowChoice, view_range: ViewRange) -> tuple[Pulls, PullScale] | None:
    """Return the pulls of the points of a frame's update and their scale, or None if they are not drawn.

    They are not drawn for an update that used all points, because their sum is the gradient's arrow.
    """
    update = update_to_draw(frame, choice)
    if update is None or Layer.POINTS not in choice.layers or highlighted_rows(update) is None:
        return None
    return _pulls(update, drawing_of(frame, choice, view_range), view_range, frame.playing)


def update_to_draw(frame: Frame, choice: ArrowChoice) -> "Update | None":
    """Return the update of a frame, or None if it is not drawn: the run is hidden or has not begun."""
    current = frame.current
    return frame.update if choice.on and current and current.begun and not current.run.hidden else None


# Cached because the panes and the legend ask for the same, one after the other.
@lru_cache(maxsize=1)
def _pulls(
    update: "Update", arrows: DrawnArrows | None, view_range: ViewRange, playing: bool
) -> tuple[Pulls, PullScale]:
    pulls = point_pulls(update, affordable=_MOST_POINTS_IN_PLAYBACK if playing else None)
    return pulls, pull_scale(update, pulls, arrows, view_range)


@lru_cache(maxsize=1)
def _drawing(
    update: "Update", choice: ArrowChoice, part: str, view_range: ViewRange, playing: bool
) -> DrawnArrows:
    return drawn_arrows(update, choice.kinds, part, choice.lengths, view_range, playing=playing)
