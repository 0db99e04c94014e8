"""A small arrow: the key that tells which arrow is which, by colour, by line and by head."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.arrays import Array
from gdsim.gui.arrows.choice import Layer
from gdsim.gui.arrows.paint import ArrowShape, paint_shapes
from gdsim.gui.arrows.style import ArrowStyle, arrow_style, layer_style
from gdsim.gui.style.theme import Theme

SAMPLE = QSize(24, 12)
# Samples are painted for screens with small pixels, too.
_RATIO = 2.0
_OFF_OPACITY = 0.3
# A sample is smaller than the arrow.
_SMALLER = 0.65


def sample(kind: ArrowKind, theme: Theme) -> QIcon:
    """Return a small arrow; faint for the switch that is off."""
    style = arrow_style(kind, theme)
    if kind is not ArrowKind.RATES:
        style = replace(style, width=_SMALLER * style.width, head=_SMALLER * style.head)
    return _icon(_ellipse() if kind is ArrowKind.RATES else _line(), style, theme)


def layer_sample(layer: Layer, theme: Theme) -> QIcon:
    """Return a small piece of a layer; faint for the switch that is off."""
    return _icon(_line(), layer_style(layer, theme), theme)


def _icon(line: Array, style: ArrowStyle, theme: Theme) -> QIcon:
    icon = QIcon()
    for state, opacity in ((QIcon.State.On, 1.0), (QIcon.State.Off, _OFF_OPACITY)):
        pixmap = QPixmap(SAMPLE * _RATIO)
        pixmap.setDevicePixelRatio(_RATIO)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_shapes(painter, [ArrowShape(line, replace(style, opacity=opacity, halo=0.0))], theme)
        painter.end()
        icon.addPixmap(pixmap, QIcon.Mode.Normal, state)
    return icon


def _ellipse() -> Array:
    width, middle = SAMPLE.width(), SAMPLE.height() / 2.0
    turn = np.linspace(0.0, 2.0 * np.pi, 33)
    return np.stack(
        [width / 2 + (width / 2 - 2) * np.cos(turn), middle + (middle - 1) * np.sin(turn)], axis=1
    )


def _line() -> Array:
    width, middle = SAMPLE.width(), SAMPLE.height() / 2.0
    return np.array([[3.0, middle], [width - 1.0, middle]])
