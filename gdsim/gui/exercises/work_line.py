"""How far a piece of work is, and the button that stops it."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from gdsim.gui.plain_text import PlainLabel

# Work that is done sooner is not worth a word.
_PATIENCE_MS = 250


class WorkLine(QWidget):
    """Is there only while something is at work; its place in the layout is kept.

    Attributes
    ----------
    text : PlainLabel
    bar : QProgressBar
    stop : QPushButton

    Signals
    -------
    stop_requested()
    """

    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = PlainLabel()
        self.text.setObjectName("hint")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("How much is done"))
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setAutoDefault(False)
        self.stop.clicked.connect(self.stop_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.text)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.stop)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self.hide()

    def begin(self, words: str) -> None:
        """Say what is being done, once it has taken a moment."""
        self.text.setText(words)
        self.bar.setValue(0)
        if self.isHidden() and not self._patience.isActive():
            self._patience.start()

    def show_share(self, share: float) -> None:
        """Show how much is done."""
        self.bar.setValue(int(1000 * share))

    def end(self) -> None:
        """Hide the line."""
        self._patience.stop()
        self.hide()
