"""How far a file is, how long it still takes, and the button that stops it."""

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gdsim.gui.export.words import left_text
from gdsim.gui.plain_text import PlainLabel

_PARTS = 1000
# Work that is done sooner is not worth a window.
_PATIENCE_MS = 400
# The rest is not guessed at before so much is known.
_KNOWN_SHARE, _KNOWN_MS = 0.02, 1000


class ProgressDialog(QDialog):
    """Lies over the window, which is left alone meanwhile; Escape stops the work as the button does.

    Qt's own dialog of this kind goes through all events whenever it is told a number.

    Signals
    -------
    stopped()
        A person wants no more of it.
    """

    stopped = Signal()

    def __init__(self, title: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._begun = QElapsedTimer()
        self._begun.start()
        writing = PlainLabel(self.tr("Writing {name}").format(name=name))
        writing.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, _PARTS)
        self.bar.setAccessibleName(title)
        self.left = PlainLabel(left_text(None))
        self.left.setObjectName("hint")
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        for widget in (writing, self.bar, self.left):
            layout.addWidget(widget)
        layout.addWidget(cancel, 0, Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(380)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self.open)
        self._patience.start(_PATIENCE_MS)

    def show_share(self, share: float) -> None:
        """Show the share that is done, and how long the rest takes if it goes on like this."""
        self.bar.setValue(int(_PARTS * share))
        spent = self._begun.elapsed()
        known = share > _KNOWN_SHARE and spent > _KNOWN_MS
        self.left.setText(left_text(spent / 1000.0 * (1.0 - share) / share if known else None))

    def reject(self) -> None:
        """Stop the work."""
        self.stopped.emit()

    def end(self) -> None:
        """Go away."""
        self._patience.stop()
        self.hide()
        self.deleteLater()
