"""What each kind of arrow looks like in a theme."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from gdsim.core.analysis.arrows import Arrow, ArrowKind
from gdsim.core.rules.update_rule import MEMORY
from gdsim.gui.arrows.choice import Layer
from gdsim.gui.style.theme import Theme

_LIT, _DIM = 1.3, 0.22


def round_pen(colour: QColor, width: float) -> QPen:
    """Return a solid pen without corners."""
    return QPen(colour, width, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)


@dataclass(frozen=True)
class ArrowStyle:
    """What an arrow looks like.

    Attributes
    ----------
    colour : str
        ``"#rrggbb"``.
    width : float
        Of its shaft, in pixels.
    dash : tuple of float
        Lengths of lines and gaps in units of the width; empty for a solid shaft.
    head : float
        Length of the head in pixels; 0 for none.
    open : bool
        Whether the head is two lines, not a triangle.
    halo : float
        How far it is set off from what it lies on, at both sides.
    opacity : float
    """

    colour: str
    width: float
    dash: tuple[float, ...] = ()
    head: float = 0.0
    open: bool = False
    halo: float = 1.3
    opacity: float = 1.0

    @cached_property
    def pen(self) -> QPen:
        """The pen of the shaft."""
        pen = round_pen(QColor(self.colour), self.width)
        if self.dash:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(self.dash)
        return pen

    def headless(self) -> "ArrowStyle":
        """Return the style of an arrow that does not end where it seems to."""
        return replace(self, head=0.0)


# What goes into a step is broad and coloured; the step lies above, narrow and dark (or bright), so that
# both are seen where they go the same way.
@lru_cache(maxsize=64)
def arrow_style(kind: ArrowKind, theme: Theme, *, ghost: bool = False) -> ArrowStyle:
    """Return what a kind of arrow looks like."""
    styles = {
        ArrowKind.GRADIENT: ArrowStyle(theme.gradient, 5.2, head=16.0),
        ArrowKind.CARRIED: ArrowStyle(theme.memory, 5.2, (1.5, 0.6), head=16.0),
        ArrowKind.AVERAGE: ArrowStyle(theme.memory, 5.2, (1.5, 0.6), head=16.0),
        ArrowKind.RATES: ArrowStyle(theme.text, 1.2, (4.0, 3.0), halo=0.7),
        ArrowKind.PLAIN: ArrowStyle(theme.muted, 2.0, (1.1, 1.3), head=10.0, open=True),
        ArrowKind.CORRECTION: ArrowStyle(theme.correction, 2.4, head=9.0, open=True),
        ArrowKind.STEP: ArrowStyle(theme.text, 2.0, head=10.0),
    }
    if ghost and kind is ArrowKind.GRADIENT:
        return ArrowStyle(theme.gradient, 2.0, (1.1, 1.3))
    return styles[kind]


def shown_style(arrow: Arrow, part: str, theme: Theme) -> ArrowStyle:
    """Return what an arrow looks like while a part of the rule's work is lit."""
    return _highlighted(
        arrow_style(arrow.kind, theme, ghost=arrow.ghost), highlighted=arrow.part == part, part=part
    )


def layer_style(layer: Layer, theme: Theme) -> ArrowStyle:
    """Return what a line of a layer looks like: one point's pull, or a contour of the batch's loss."""
    if layer is Layer.POINTS:
        return ArrowStyle(theme.accent, 1.8, head=9.0)
    return ArrowStyle(theme.accent, 1.0, (5.0, 4.0))


def rates_style(part: str, theme: Theme) -> ArrowStyle:
    """Return what the ellipse of the rates looks like while a part of the rule's work is lit."""
    return _highlighted(arrow_style(ArrowKind.RATES, theme), highlighted=part == MEMORY, part=part)


def _highlighted(style: ArrowStyle, *, highlighted: bool, part: str) -> ArrowStyle:
    if not part:
        return style
    if not highlighted:
        return replace(style, opacity=_DIM)
    return replace(style, width=_LIT * style.width, head=_LIT * style.head)
