"""One part of an update on the card of the step: its name, its formulas, and their numbers."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gdsim.core.analysis.update import MOST_SHOWN, GradientTerms, Update, gradient_terms
from gdsim.core.language.texts import counted
from gdsim.gui.accessible import announce, is_listened_to, one_after_another
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.drawing import painting
from gdsim.gui.paint.formula_picture import FormulaPicture
from gdsim.gui.step.step_rows import RowLayout, Segment, StepRow
from gdsim.gui.step.step_terms import term_lines
from gdsim.gui.step.step_text import StepText
from gdsim.gui.style import icons as assets
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.text_size import FontScaler

LEFT, RIGHT = 9, 2
_TOP, _BOTTOM = 4, 6
_BAR, _ROUND = 3.0, 5.0
# This many terms can be summed within a frame; more are summed only once playback rests for a moment.
_QUICK = 20_000
_REST_MS = 150


class Picture(NamedTuple):
    """The typeset picture of a line, and its text."""

    svg: bytes
    text: str


class Chip(QToolButton):
    """The name of a part as a button. A click requests the part; the card decides whether it is checked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setObjectName("chip")
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def nextCheckState(self) -> None:
        """Do nothing on a click, because the card checks the button of the highlighted part."""


class StepSection(QWidget):
    """The lines of one part, with a coloured background and a bar while it is highlighted."""

    requested = Signal()  # the name was clicked

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__()
        self._highlighted = False
        self._lines: list[_FormulaLine] = []
        self._line_count = 0
        self._explain: Callable[[int], str] = lambda _line: ""
        self.chip = Chip(name)
        set_tip(self.chip, sentence)
        self.chip.setAccessibleName(self.tr("Part of the update: {0}").format(name))
        self.chip.clicked.connect(self.requested)
        self.header = fill_layout(QHBoxLayout(), self.chip, None, gap=6)
        margins = (LEFT, _TOP, RIGHT, _BOTTOM)
        self._layout = fill_layout(QVBoxLayout(self), self.header, gap=3, margins=margins)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def bind(self, explain: Callable[[int], str]) -> None:
        """Set the function that returns the tooltip of a line, given its index."""
        self._explain = explain

    def set_highlighted(self, highlighted: bool) -> None:
        if highlighted != self._highlighted:
            self._highlighted = highlighted
            self.chip.setChecked(highlighted)
            self.update()
            if highlighted and is_listened_to():
                lines = (line.text.toPlainText() for line in self._lines[: self._line_count])
                announce(self, one_after_another((self.chip.text(), *lines)))

    def show_lines(self, lines: Sequence[tuple[Picture, Sequence[StepRow]]], columns: int) -> None:
        while len(self._lines) < len(lines):
            self._add_line()
        for line, (picture, rows) in zip(self._lines, lines, strict=False):
            line.picture.show_formula(*picture)
            line.text.set_lines(line.layout.lines(rows, columns))
        if len(lines) != self._line_count:
            self._line_count = len(lines)
            for place, line in enumerate(self._lines):
                line.picture.setVisible(place < self._line_count)
                line.text.setVisible(place < self._line_count)

    def forget_widths(self) -> None:
        for line in self._lines:
            line.layout.forget()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._highlighted:
            return
        painter = painting(self)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QRectF(self.rect())
        painter.setBrush(QColor(shown_theme().accent_soft))
        painter.drawRoundedRect(ground, _ROUND, _ROUND)
        painter.setBrush(QColor(shown_theme().accent))
        painter.drawRoundedRect(QRectF(0, 0, _BAR, ground.height()), _BAR / 2, _BAR / 2)

    def _add_line(self) -> None:
        place = len(self._lines)
        line = _FormulaLine(FormulaPicture(), StepText(), RowLayout())
        line.text.explain = lambda: self._explain(place)
        self._lines.append(line)
        # Below the header and the existing lines.
        self._layout.insertWidget(1 + 2 * place, line.picture)
        self._layout.insertWidget(2 + 2 * place, line.text)


class _FormulaLine(NamedTuple):
    picture: FormulaPicture
    text: StepText
    layout: RowLayout


class GradientSection(StepSection):
    """The section of the gradient, which can show the terms of its sum over points."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(name, sentence)
        self._update: Update | None = None
        self._digits: int | None = None
        self._columns = 0
        self.opener = QToolButton()
        self.opener.setObjectName("opener")
        self.opener.setCheckable(True)
        self.opener.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.opener.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # puts the arrow after the text
        FontScaler(self.opener, QToolButton.setIconSize, QSize(13, 13))
        self.opener.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.opener.setCursor(Qt.CursorShape.PointingHandCursor)
        set_tip(self.opener, self.tr("Show the sum term by term, a term for each point."))
        self.opener.toggled.connect(self._open)
        self.header.addWidget(self.opener)
        ThemeFollower(self.opener, self._show_arrow)
        self.terms = StepText()
        self.terms.setAccessibleName(self.tr("Terms of the gradient"))
        self.terms.hide()
        self._layout.addWidget(self.terms)
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._write)

    def show_update(self, update: Update, digits: int | None, columns: int) -> None:
        self._update, self._digits, self._columns = update, digits, columns
        self.opener.setVisible(update.has_terms)
        self.terms.setVisible(update.has_terms and self.opener.isChecked())
        if not update.has_terms:
            return
        count = len(update.rows)
        words = counted(count, "{n} term", "{n} terms")
        if words != self.opener.text():
            self.opener.setText(words)
            self.opener.setAccessibleName(self.tr("Terms of the gradient: {0}").format(words))
        if self.opener.isChecked():
            self._write_soon()

    def open_terms(self) -> GradientTerms | None:
        """Return the terms that are shown; None while they are folded."""
        if self._update is None or not self._update.has_terms or not self.opener.isChecked():
            return None
        return gradient_terms(self._update, _most_shown(self._update.points.dimension))

    def _open(self, shown: bool) -> None:
        self.terms.setVisible(shown)
        self._show_arrow()
        if shown and self._update is not None:
            self._write()

    def _write_soon(self) -> None:
        if self._update is not None and len(self._update.rows) > _QUICK:
            # No numbers are better than those of an earlier step.
            self.terms.set_lines([(Segment(self.tr("shown when playback pauses"), "muted"),)])
            self._rest.start(_REST_MS)
        else:
            self._write()

    def _write(self) -> None:
        terms = self.open_terms()
        if self._update is not None and terms is not None:
            gradient = self._update.gradient.tolist()
            self.terms.set_lines(term_lines(terms, gradient, self._digits, self._columns))

    def _show_arrow(self) -> None:
        name = "chevron-down" if self.opener.isChecked() else "chevron-right"
        self.opener.setIcon(assets.icon(name, shown_theme().muted, shown_theme().faint))


def _most_shown(dimension: int) -> int:
    """Return how many points to show: fewer if each takes a line for every weight."""
    return MOST_SHOWN if dimension == 1 else max(2, 3 * MOST_SHOWN // (dimension + 2))
