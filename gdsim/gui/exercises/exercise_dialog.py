"""What the exercises have in common: a window of their own, a thread, and calm before work begins."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from gdsim.core.model.experiment import Experiment, Run
from gdsim.gui.exercises.work_line import WorkLine
from gdsim.gui.style.theme import Theme
from gdsim.session.chore import Chore

# After the last key or edit, so long nothing is begun.
_CALM_MS = 250


class ExerciseDialog(QDialog):
    """A dialog about the selected run. What a person did in it stays when it is closed.

    Attributes
    ----------
    chore : Chore
    calm : QTimer
        Started by every change; at its end the work is begun.
    work : WorkLine

    Signals
    -------
    run_chosen(int)
    """

    run_chosen = Signal(int)

    help_page = "index"

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.theme = theme
        self.experiment: Experiment | None = None
        self.selected = 0
        self.chore = Chore(self)
        self.calm = QTimer(self)
        self.calm.setSingleShot(True)
        self.calm.setInterval(_CALM_MS)
        self.work = WorkLine()
        self.chore.progressed.connect(self.work.show_share)

    @property
    def run(self) -> Run | None:
        """The run that it is about; None when there are no runs."""
        return self.experiment.runs[self.selected] if self.experiment and self.experiment.runs else None

    def rest(self) -> None:
        """Stop all work."""
        self.calm.stop()
        self.chore.cancel()
        self.work.end()

    def fault_words(self, fault: Exception) -> str:
        """Return why the work failed, as a sentence."""
        words = str(fault) or self.tr("there is not enough memory for this")
        return f"{words[:1].upper()}{words[1:].rstrip('.')}."

    def end(self) -> None:
        """Close for good, and end the thread."""
        self.rest()
        self.hide()
        self.chore.close()

    def showEvent(self, event: QShowEvent) -> None:
        """Look at what may have changed meanwhile."""
        super().showEvent(event)
        self.calm.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop all work."""
        self.rest()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """Stop all work, and close."""
        self.rest()
        super().done(result)
