"""What the cards of the present update share: the step it leads to, and a body, or why there is none."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gdsim.core.analysis.update import Update
from gdsim.gui.plain_text import SteadyLabel, hint_label
from gdsim.gui.step.step_section import LEFT
from gdsim.session.frame import Frame


class UpdateCard(QWidget):
    """Shows the update of each frame, and does nothing while it is hidden. A `Pane` that draws no surface."""

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
        """Put the controls beside the step, and the body below; so they are walked through, too."""
        above = QHBoxLayout()
        above.setContentsMargins(LEFT, 0, 0, 0)
        above.addWidget(self._steps)
        above.addStretch(1)
        for control in controls:
            above.addWidget(control)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(above)
        layout.addWidget(self._pages)

    def show_frame(self, frame: Frame) -> None:
        """Show the update of the frame; nothing is done while the card is hidden."""
        self._frame = frame
        if self.isVisible():
            self._show(frame)

    def sizeHint(self) -> QSize:
        return QSize(300, 380)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._frame is not None:
            self._show(self._frame)

    def _show(self, frame: Frame) -> None:
        raise NotImplementedError

    def _show_steps(self, update: Update) -> None:
        self._steps.show_text(self.tr("step {0} → {1}").format(update.step - 1, update.step))

    def _show_body(self) -> None:
        self._pages.setCurrentIndex(1)

    def _say(self, words: str) -> None:
        """Show a sentence instead of the body."""
        self._steps.show_text("")
        if self._message.text() != words:
            self._message.setText(words)
        self._pages.setCurrentWidget(self._message)
