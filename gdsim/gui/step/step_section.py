"""One part of an update on the step's card: its name, its formulas, and the numbers in them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gdsim.gui.forms.tips import tip
from gdsim.gui.paint.formula_picture import FormulaPicture
from gdsim.gui.step.step_rows import RowLayout, StepRow
from gdsim.gui.step.step_text import StepText
from gdsim.gui.style.theme import LIGHT, Theme

LEFT, RIGHT = 9, 2
_TOP, _BOTTOM = 4, 6
_BAR, _ROUND = 3.0, 5.0


class Picture(NamedTuple):
    """The picture of a line, and the line in letters."""

    svg: bytes
    text: str


class Chip(QToolButton):
    """The name of a part. Pressed is what the card says, not what a click makes it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def nextCheckState(self) -> None:
        """Stay as it is until the part is lit."""


class StepSection(QWidget):
    """The lines of one part; lit, it stands on a ground of its own with a bar before it.

    Signals
    -------
    requested()
        A person clicked on the name.
    """

    requested = Signal()

    def __init__(self, name: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._highlighted = False
        self._lines: list[_Line] = []
        self._used = 0
        self._explain: Callable[[int], str] = lambda _line: ""
        self.chip = Chip(name)
        self.chip.setToolTip(tip(sentence))
        self.chip.setAccessibleName(self.tr("Part of the update: {0}").format(name))
        self.chip.clicked.connect(self.requested)
        self.header = QHBoxLayout()
        self.header.setSpacing(6)
        self.header.addWidget(self.chip)
        self.header.addStretch(1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(LEFT, _TOP, RIGHT, _BOTTOM)
        self._layout.setSpacing(3)
        self._layout.addLayout(self.header)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def bind(self, explain: Callable[[int], str]) -> None:
        """Say what the tooltip of a line says."""
        self._explain = explain

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._theme = theme
        for line in self._lines:
            line.text.set_theme(theme)
        self.update()

    def set_lit(self, highlighted: bool) -> None:
        """Stand out, or not."""
        if highlighted != self._highlighted:
            self._highlighted = highlighted
            self.chip.setChecked(highlighted)
            self.update()

    @property
    def is_highlighted(self) -> bool:
        """Whether it stands out."""
        return self._highlighted

    def add_below(self, widget: QWidget) -> None:
        """Put a widget below all lines."""
        self._layout.addWidget(widget)

    def show_lines(self, lines: Sequence[tuple[Picture, Sequence[StepRow]]], columns: int) -> None:
        """Show formulas, each with its rows of numbers."""
        while len(self._lines) < len(lines):
            self._add_line()
        for line, (picture, rows) in zip(self._lines, lines, strict=False):
            line.picture.show_formula(*picture, self._theme.text)
            line.text.set_lines(line.layout.lines(rows, columns))
        if len(lines) != self._used:
            self._used = len(lines)
            for place, line in enumerate(self._lines):
                line.picture.setVisible(place < self._used)
                line.text.setVisible(place < self._used)

    def forget_widths(self) -> None:
        """Lay the next numbers out anew."""
        for line in self._lines:
            line.layout.forget()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the bar of a lit part."""
        if not self._highlighted:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QRectF(self.rect())
        painter.setBrush(QColor(self._theme.accent_soft))
        painter.drawRoundedRect(ground, _ROUND, _ROUND)
        painter.setBrush(QColor(self._theme.accent))
        painter.drawRoundedRect(QRectF(0, 0, _BAR, ground.height()), _BAR / 2, _BAR / 2)

    def _add_line(self) -> None:
        place = len(self._lines)
        line = _Line(FormulaPicture(), StepText(), RowLayout())
        line.text.set_theme(self._theme)
        line.text.explain = lambda: self._explain(place)
        self._lines.append(line)
        # Below the header and the lines there are already.
        self._layout.insertWidget(1 + 2 * place, line.picture)
        self._layout.insertWidget(2 + 2 * place, line.text)


class _Line(NamedTuple):
    picture: FormulaPicture
    text: StepText
    layout: RowLayout
