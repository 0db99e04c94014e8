"""Points are made up: a generator, its settings, a picture of what comes out."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gdsim.core.model.generators import DRAW, GENERATORS, Generator, GeneratorKind
from gdsim.core.model.points import PointSet
from gdsim.core.settings import Configured, Definition
from gdsim.gui.forms.dialog import buttons, heading, side_column
from gdsim.gui.forms.form import Form, KindForm
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.points.placing import Placing
from gdsim.gui.points.point_plot import PointPlot
from gdsim.gui.points.words import counted_points
from gdsim.gui.style.theme import Theme
from gdsim.session.tasks import TaskQueue


@dataclass(frozen=True)
class _Made:
    generator: Generator
    draw: Configured[Definition]
    points: PointSet


class GenerateDialog(QDialog):
    """Every change is drawn at once; what is drawn is what is taken.

    Parameters
    ----------
    dimension : int
        How many inputs the present points have.
    tasks : TaskQueue
        Where the points are made.

    Signals
    -------
    points_chosen(PointSet, PointSet, bool)
        Training points, no validation points, and whether they replace those there are.
    """

    points_chosen = Signal(object, object, bool)

    def __init__(self, dimension: int, tasks: TaskQueue, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Generate points"))
        self._tasks = tasks
        self._made: _Made | None = None
        self.kind = KindForm(self.tr("kind"), self.tr("What the points are like."), GENERATORS)
        self.kind.set_value(next(iter(GENERATORS.values()))())
        self.draw_form = Form(DRAW)
        self.placing = Placing(dimension)
        self.plot = PointPlot(theme)
        self._about, self._hint, self._fault = PlainLabel(), PlainLabel(), PlainLabel()
        self._take = QPushButton(self.tr("Take the points"))
        self._arrange()
        for form in (self.kind, self.draw_form):
            form.value_changed.connect(self._make)
        self._take.clicked.connect(self._on_take)
        self.resize(820, 540)
        self._make()

    def _arrange(self) -> None:
        for label, name in ((self._about, ""), (self._hint, "hint"), (self._fault, "fault")):
            label.setObjectName(name)
            label.setWordWrap(True)
        self._fault.hide()
        side = side_column(
            heading(self.tr("What is made")),
            self.kind,
            heading(self.tr("How many")),
            self.draw_form,
            heading(self.tr("Where the points go")),
            self.placing,
        )
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(self._about)
        right.addWidget(self.plot, 1)
        right.addWidget(self._hint)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(side)
        middle.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addLayout(middle, 1)
        layout.addWidget(self._fault)
        layout.addLayout(buttons(self, self._take))

    def _make(self) -> None:
        """Make the points that the settings describe; until they are there, none can be taken."""
        generator, draw = self.kind.value(), self.draw_form.value()
        if not isinstance(generator, Generator):
            return
        self._made = None
        self._take.setEnabled(False)
        self._about.setText(described(generator.definition))
        self._tasks.replace(partial(_made, generator, draw), self._on_made, self._on_failed)

    def _on_made(self, made: _Made) -> None:
        self._made = made
        points = made.points
        self.plot.show_points(points)
        self.placing.fit(points.dimension)
        words = counted_points(len(points))
        if self.plot.shown < len(points):
            words = self.tr("{points}, of which {n} are drawn").format(points=words, n=f"{self.plot.shown:,}")
        self._hint.setText(words)
        self._fault.hide()
        self._take.setEnabled(True)

    def _on_failed(self, fault: Exception) -> None:
        self._fault.setText(str(fault) or self.tr("There is not enough memory for so many points."))
        self._fault.show()

    def _on_take(self) -> None:
        if self._made is not None:
            points = self._made.points
            self.points_chosen.emit(points, PointSet.empty(points.dimension), self.placing.replaces)
            self.accept()

    def done(self, result: int) -> None:
        """Stop making points, and close."""
        self._tasks.cancel()
        super().done(result)


def described(kind: GeneratorKind) -> str:
    """Return what a generator makes, in two paragraphs."""
    return f"{kind.summary}\n\n{kind.details}"


def _made(generator: Generator, draw: Configured[Definition]) -> _Made:
    return _Made(generator, draw, generator.points(draw))
