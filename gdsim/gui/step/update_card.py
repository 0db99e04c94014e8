"""The base of the cards on the current update: its step numbers, and a body or why there is none."""

from abc import abstractmethod

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gdsim.core.analysis.update import Update
from gdsim.core.formulas.numerals import integer_text
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.paint.words import why_nothing
from gdsim.gui.plain_text import SteadyLabel, hint_label
from gdsim.gui.step.step_section import LEFT
from gdsim.session.frame import Frame


class UpdateCard(QWidget):
    """Shows the update of each frame while it is visible."""

    def __init__(self, body: QWidget) -> None:
        super().__init__()
        self._frame: Frame | None = None
        self._is_covered = False
        self._steps = SteadyLabel()
        self._steps.setObjectName("strong")
        self._message = hint_label()
        self._message.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._message)
        self._pages.addWidget(body)

    def _lay_out(self, *controls: QWidget) -> None:
        """Put the controls beside the step numbers and above the body, in their tab order."""
        above = fill_layout(QHBoxLayout(), self._steps, None, *controls, gap=6, margins=(LEFT, 0, 0, 0))
        fill_layout(QVBoxLayout(self), above, self._pages, gap=6)

    def set_covered(self, *, covered: bool) -> None:
        """Hide the numbers of the update while an exercise asks for them, or show them."""
        if covered != self._is_covered:
            self._is_covered = covered
            self._show_again()

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        self._show_again()

    def sizeHint(self) -> QSize:
        return QSize(300, 380)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_again()

    def _show_again(self) -> None:
        frame = self._frame
        if frame is None or not self.isVisible():
            return
        if self._is_covered:
            self._say(self.tr("The numbers of this step are hidden while an exercise asks for them."))
        elif frame.update is None:
            self._say(why_nothing(frame))
        else:
            self._pages.setCurrentIndex(1)
            self._show(frame, frame.update)

    @abstractmethod
    def _show(self, frame: Frame, update: Update) -> None:
        """Show the update of a frame."""

    def _show_steps(self, update: Update) -> None:
        self._steps.show_text(
            self.tr("step {0} → {1}").format(*map(integer_text, (update.step - 1, update.step)))
        )

    def _say(self, words: str) -> None:
        """Show a sentence instead of the body."""
        self._steps.show_text("")
        if self._message.text() != words:
            self._message.setText(words)
        self._pages.setCurrentWidget(self._message)
