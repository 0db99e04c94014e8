"""The gradient on the step's card: its sum, which opens up to the terms it is the sum of."""

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QToolButton, QWidget

from gdsim.core.analysis.gradient_terms import MOST_SHOWN, gradient_terms
from gdsim.core.analysis.update import Update
from gdsim.gui.forms.tips import tip
from gdsim.gui.step.step_rows import Segment
from gdsim.gui.step.step_section import StepSection
from gdsim.gui.step.step_terms import term_lines
from gdsim.gui.step.step_text import StepText
from gdsim.gui.style import icons as assets
from gdsim.gui.style.theme import Theme

# So many terms are summed within a frame; for more, the steps have to stand still for a moment.
_QUICK = 20_000
_REST_MS = 150


class GradientSection(StepSection):
    """The part that is a sum over points."""

    def __init__(self, name: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(name, sentence, parent)
        self._update: Update | None = None
        self._digits: int | None = None
        self._columns = 0
        self.opener = QToolButton()
        self.opener.setObjectName("opener")
        self.opener.setCheckable(True)
        self.opener.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.opener.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow after the words
        self.opener.setIconSize(QSize(12, 12))
        self.opener.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.opener.setCursor(Qt.CursorShape.PointingHandCursor)
        self.opener.setToolTip(tip(self.tr("Show the sum term by term, a term for each point.")))
        self.opener.toggled.connect(self._open)
        self.header.addWidget(self.opener)
        self.terms = StepText()
        self.terms.setAccessibleName(self.tr("Terms of the gradient"))
        self.terms.hide()
        self.add_below(self.terms)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._write)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        super().set_theme(theme)
        self.terms.set_theme(theme)
        self._show_arrow()

    def show_update(self, update: Update, digits: int | None, columns: int) -> None:
        """Show the terms of an update, if they are open."""
        self._update, self._digits, self._columns = update, digits, columns
        count = len(update.rows)
        words = self.tr("1 term") if count == 1 else self.tr("{0} terms").format(f"{count:,}")
        if words != self.opener.text():
            self.opener.setText(words)
            self.opener.setAccessibleName(self.tr("Terms of the gradient: {0}").format(words))
        if self.opener.isChecked():
            self._write_soon()

    def _open(self, shown: bool) -> None:
        self.terms.setVisible(shown)
        self._show_arrow()
        if shown and self._update is not None:
            self._write()

    def _write_soon(self) -> None:
        if self._update is not None and len(self._update.rows) > _QUICK:
            # Rather no numbers than those of another step.
            self.terms.set_lines([(Segment(self.tr("when the steps stand still"), "muted"),)])
            self._rest.start(_REST_MS)
        else:
            self._write()

    def _write(self) -> None:
        if self._update is None or not self.opener.isChecked():
            return
        gradient = self._update.gradient.tolist()
        terms = gradient_terms(self._update, _most_shown(len(gradient) - 1))
        self.terms.set_lines(term_lines(terms, gradient, self._digits, self._columns))

    def _show_arrow(self) -> None:
        name = "chevron-down" if self.opener.isChecked() else "chevron-right"
        self.opener.setIcon(assets.icon(name, self._theme.muted, self._theme.faint))


def _most_shown(dimension: int) -> int:
    """Return how many points to show: fewer where each takes a line for every weight."""
    return MOST_SHOWN if dimension == 1 else max(2, 3 * MOST_SHOWN // (dimension + 2))
