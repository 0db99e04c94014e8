"""The neuron in the hand: its sigmoid follows the mouse."""

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.exercises.guesses import Guess, Guesses
from gdsim.core.model.experiment import Run
from gdsim.gui.neuron.fit_pane import FitPane
from gdsim.session.frame import Frame, RunView


class _HandBox(pg.ViewBox):
    """A view box that says where the mouse drags.

    Signals
    -------
    taken(x)
        A drag began.
    dragged(x, y)
    """

    taken = Signal(float)
    dragged = Signal(float, float)

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)

    def mouseDragEvent(self, event: MouseDragEvent, axis: object = None) -> None:
        """Report the drag."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        if event.isStart():
            self.taken.emit(self.mapToView(event.buttonDownPos()).x())
        place = self.mapToView(event.pos())
        self.dragged.emit(place.x(), place.y())

    def wheelEvent(self, event: object, axis: object = None) -> None:
        """Leave the wheel to the page."""
        event.ignore()  # type: ignore[attr-defined]


class GuessPane(FitPane):
    """Points that stay where they are, and one sigmoid that can be dragged.

    Signals
    -------
    taken(x), dragged(x, y)
    """

    taken = Signal(float)
    dragged = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        box = _HandBox()
        super().__init__(parent, box)
        self._scatter.held_fast = True
        box.taken.connect(self.taken)
        box.dragged.connect(self.dragged)
        self.setAccessibleName(self.tr("The neuron: points and your sigmoid"))
        self.setAccessibleDescription(
            self.tr("Drag near the middle of the points to shift the curve, elsewhere to tilt it.")
        )

    def show_guess(self, guess: Guess) -> None:
        """Draw the sigmoid of a guess, and how far it is from the points."""
        self.show_frame(Frame(0, 0, by_epoch=False, views=(view_of(Guesses((guess,))),), selected=0))


def view_of(guesses: Guesses) -> RunView:
    """Return guesses as panes take them: as a run that went from one to the next."""
    record, first = Trajectory.of(guesses.record()), guesses.each[0]
    return RunView(Run(start=(first.w, first.b), name="Guesses"), record, record.last_step, 1)
