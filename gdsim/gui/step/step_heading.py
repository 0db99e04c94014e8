"""Whose step the card shows."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.paint.run_sample import SAMPLE_WIDTH, paint_sample
from gdsim.gui.style.theme import RunStyle


class _Sample(QWidget):
    """The run's line."""

    def __init__(self) -> None:
        super().__init__()
        self.line: RunStyle | None = None

    def sizeHint(self) -> QSize:
        """Return the room of a line."""
        return QSize(SAMPLE_WIDTH, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        if self.line:
            paint_sample(QPainter(self), QRect(0, 0, self.width(), self.height()), self.line)


class StepHeading(QWidget):
    """The run's line and name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sample = _Sample()
        self._name = ElidedLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(7)
        layout.addWidget(self._sample)
        layout.addWidget(self._name, 1)

    def show_run(self, name: str, line: RunStyle | None) -> None:
        """Show another run."""
        if self._name.whole() != " ".join(name.split()):
            self._name.set_whole(name)
        if line != self._sample.line:
            self._sample.line = line
            self._sample.update()
