"""Which arrows a person wants to see, and how long."""

from dataclasses import dataclass
from functools import lru_cache

from gdsim.core.arrow_lengths import Drawing, Lengths, drawing
from gdsim.core.arrows import Kind
from gdsim.core.experiment import Window
from gdsim.core.formula import parts
from gdsim.core.update import Update
from gdsim.session.frame import Frame

_OFF = "off"
# The ellipse of the rates takes much room; it shows itself when the memory is lit.
_USUAL = frozenset(Kind) - {Kind.RATES}


@dataclass(frozen=True)
class ArrowChoice:
    """What is drawn of an update.

    Attributes
    ----------
    on : bool
        Whether anything is.
    kinds : frozenset of Kind
    lengths : Lengths
    """

    on: bool = True
    kinds: frozenset[Kind] = _USUAL
    lengths: Lengths = Lengths.FIT

    def to_text(self) -> str:
        """Return the choice as words, to be kept in settings."""
        kinds = [kind.value for kind in Kind if kind in self.kinds]
        return " ".join([*([] if self.on else [_OFF]), self.lengths.value, *kinds])

    @classmethod
    def from_text(cls, text: str) -> "ArrowChoice":
        """Return the choice that `to_text` wrote. What is not a choice at all gives the usual one."""
        words = text.split()
        lengths = next((one for one in Lengths if one.value in words), None)
        if lengths is None:
            return cls()
        kinds = frozenset(kind for kind in Kind if kind.value in words)
        return cls(on=_OFF not in words, kinds=kinds, lengths=lengths)


def drawing_of(frame: Frame, choice: ArrowChoice, window: Window) -> Drawing | None:
    """Return what is drawn of a frame's update, if anything: nothing of a run that is hidden."""
    current = frame.current
    if current is None or current.run.hidden or frame.update is None or not choice.on:
        return None
    return _drawing(frame.update, choice, lit_part(frame), window)


def lit_part(frame: Frame) -> str:
    """Return which part of the update is lit; none when the rule of another run has no such part."""
    known = frame.update is not None and frame.part in parts(frame.update.run.optimizer)
    return frame.part if known else ""


# Panes and legend ask for the same, one after the other.
@lru_cache(maxsize=1)
def _drawing(update: Update, choice: ArrowChoice, part: str, window: Window) -> Drawing:
    return drawing(update, choice.kinds, part, choice.lengths, window)
