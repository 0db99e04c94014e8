"""The colour bar beside the contour map: colours are evenly spaced, and numbers give their losses."""

import math
from functools import cached_property

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.core.arrays import Array
from gdsim.core.formulas.nice_ticks import log_texts, nice_ticks, round_number, tick_texts
from gdsim.core.formulas.numerals import number, with_true_minus
from gdsim.core.language.texts import localised
from gdsim.core.surface.contours import even_levels
from gdsim.core.surface.heights import HeightScale
from gdsim.core.surface.surface import Shade
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.style.colours import colour_table, tones_of
from gdsim.gui.style.theme import Theme

_BAR = 12
_GAP = 4


@read_as(Graphic)
class ColourBar(QWidget):
    """A vertical scale of losses."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Colour bar: the loss of each colour"))
        self._shade: Shade | None = None
        self._step = 0.0
        self._log: HeightScale | None = None
        self._theme: Theme | None = None
        self._span: tuple[float, float] | None = None

    @cached_property
    def _colours(self) -> QImage:
        """The colours from top to bottom, made when the first surface is painted."""
        table = colour_table()[::-1].copy()
        return QImage(table.data, 1, len(table), 4, QImage.Format.Format_RGBA8888).copy()

    def picture_in_words(self) -> str:
        texts = [text for _, text in self.labels()]
        if not texts:
            return self.tr("There is no surface yet.")
        return self.tr("From {low} near the bottom to {high} near the top.").format(
            low=texts[0], high=texts[-1]
        )

    def sizeHint(self) -> QSize:
        """Return the width of the bar with its numbers, which get at least six characters."""
        texts = [text for _, text in self.labels()]
        widest = max(map(self.fontMetrics().horizontalAdvance, ("0.0000", *texts)))
        return QSize(_BAR + _GAP + widest, 100)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def stand_beside(self, top: float, bottom: float) -> None:
        """Draw the bar between two heights of this widget, which are those of the map's top and bottom."""
        if self._span != (top, bottom):
            self._span = top, bottom
            self.update()

    def show_shade(self, shade: Shade, step: float = 0.0, heights: HeightScale | None = None) -> None:
        """Show a scale; contour lines are a ``step`` of loss apart, or unevenly spaced if it is 0."""
        before = self.sizeHint()
        self._shade, self._step = shade, step
        self._log = heights if heights is not None and heights.base is not None else None
        set_tip(self, self._words(), self.accessibleName())
        if self.sizeHint() != before:  # else a drag would needlessly lay out the whole window each time
            self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._shade is None or self._theme is None:
            return
        painter = QPainter(self)
        line, bar = self.fontMetrics().height(), self._bar()
        painter.drawImage(bar, self._colours)
        for fraction, text in self.labels():
            y = bar.bottom() - fraction * bar.height()
            (tone,) = tones_of(np.array([fraction]), dark=self._theme.is_dark).tolist()
            painter.setPen(QColor(*tone))
            painter.drawLine(0, int(y), _BAR, int(y))
            painter.setPen(QColor(self._theme.muted))
            room = QRectF(_BAR + _GAP, self._top_of_text(fraction), self.width() - _BAR - _GAP, line)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _bar(self) -> QRectF:
        half = self.fontMetrics().height() / 2
        top, bottom = self._span or (half, self.height() - half)
        return QRectF(0, top, _BAR, bottom - top)

    def labels(self) -> list[tuple[float, str]]:
        most = self._bar().height() / (1.4 * self.fontMetrics().height())
        if self._shade is None:
            return []
        if self._log is not None:
            ticks, base = self._log.round_distances(max(1, int(most))), self._log.base or 0.0
            places = self._shade.fraction(base + ticks).tolist()
            return self._apart(list(zip(places, _texts_above(base, ticks), strict=True)))
        return tick_labels(self._shade, most, self._step)

    def _top_of_text(self, fraction: float) -> float:
        """Return the top of the text at a fraction of the scale, moved to stay within this widget."""
        line, bar = self.fontMetrics().height(), self._bar()
        return min(max(bar.bottom() - fraction * bar.height() - line / 2, 0.0), self.height() - line)

    def _apart(self, labels: list[tuple[float, str]]) -> list[tuple[float, str]]:
        """Drop labels, given from the bottom up, that would touch the one below."""
        kept = labels[:1]
        for fraction, text in labels[1:]:
            if self._top_of_text(kept[-1][0]) - self._top_of_text(fraction) >= self.fontMetrics().height():
                kept.append((fraction, text))
        return kept

    def _words(self) -> str:
        if self._step:
            return self.tr("A contour line for every {0} of loss.").format(number(self._step, 6))
        if self._log is not None:
            return self.tr(
                "Contour lines are at round values of the loss, spaced about evenly in the logarithm."
            )
        return self.tr("Contour lines are not evenly spaced: there are more of them near the bottom.")


def tick_labels(shade: Shade, most: float, step: float = 0.0) -> list[tuple[float, str]]:
    """Return places on the scale, from the bottom up, and texts of about ``most`` round losses or fewer.

    If contour lines are a ``step`` of loss apart, the losses are those of contour lines.
    """
    low, high = float(shade.heights[0]), float(shade.heights[-1])
    chosen: list[tuple[float, float]] = []
    numbers = _round_multiples(step, low, high) if step else _round_numbers(low, high)
    for loss, fraction in zip(numbers, shade.fraction(np.array(numbers)).tolist(), strict=True):
        if all(abs(fraction - other) * most >= 1.0 for other, _ in chosen):
            chosen.append((fraction, loss))
    # If the range of losses is small, there are hardly any such numbers in it.
    ticks = nice_ticks(low, high, max(2, int(most))) if len(chosen) < 2 else np.array([])
    if len(ticks) > len(chosen):
        return list(zip(shade.fraction(ticks).tolist(), tick_texts(ticks), strict=True))
    chosen.sort()
    losses = np.array([loss for _, loss in chosen])
    if step:
        texts = tick_texts(losses, step)
    elif low < 0.0:
        texts = [text for loss in losses for text in tick_texts(loss[np.newaxis])]
    else:
        texts = log_texts(np.log10(losses).tolist())
    return [(fraction, text) for (fraction, _), text in zip(chosen, texts, strict=True)]


def _texts_above(base: float, distances: Array) -> list[str]:
    """Format losses at round distances above a base, with as many digits as tell them apart."""
    if not base:
        return log_texts(np.log10(distances).tolist())
    apart = np.minimum(np.diff(distances, prepend=0.0), np.diff(distances, append=np.inf))
    decimals = np.maximum(0.0, 1.0 - np.ceil(np.log10(apart) - 1e-9)).astype(int).tolist()
    pairs = zip((base + distances).tolist(), decimals, strict=True)
    # Adding 0 turns −0 into 0.
    return [localised(with_true_minus(f"{round(loss, places) + 0.0:.{places}f}")) for loss, places in pairs]


def _round_multiples(step: float, low: float, high: float) -> list[float]:
    """Return the contour levels between two losses: every tenth first, then every fifth, and so on."""
    levels = even_levels(low, high)
    return [level for stride in (10, 5, 2, 1) for level in levels if round(level / step) % stride == 0]


def _round_numbers(low: float, high: float) -> list[float]:
    """Return round numbers between two losses: powers of ten first, then their halves, then the rest."""
    largest = max(abs(low), abs(high))
    top = math.floor(math.log10(largest)) if largest else 0
    signs = (1.0, -1.0) if low < 0.0 else (1.0,)
    numbers = [
        sign * round_number(digit, exponent)
        for digits in ((1,), (5,), (2,), (3, 7), (4, 6, 8, 9))
        for exponent in range(top, top - 5, -1)
        for digit in digits
        for sign in signs
    ]
    zero = [0.0] if low < 0.0 <= high else []
    return [number for number in (*zero, *numbers) if low <= number <= high]
