"""Which gets lowest: three rates or three rules are put in order, and then computed."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.core.exercises.predict.ranking import (
    Ranking,
    ranking,
    ranking_words,
    rates_to_rank,
    rules_to_rank,
    view_range_of_paths,
    why_they_rank,
)
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.progress import Progress
from gdsim.core.surface.surface import LossSurface, sample_surface
from gdsim.gui.exercises.exercise import say, sentence_label
from gdsim.gui.exercises.predict.ranking_map import RankingMap
from gdsim.gui.forms.card import Card
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.style.theme import Theme
from gdsim.session.frame import RunView
from gdsim.session.tasks import Task, TaskQueue

STEPS = (10, 50, 200)
_LIST_WIDTH = 340


class RankingPage(QWidget):
    """A list of three to put in order, the lowest loss first.

    Signals
    -------
    revealed(Ranking)
    """

    revealed = Signal(object)

    def __init__(self, tasks: TaskQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._experiment: Experiment | None = None
        self._view: RunView | None = None
        self._surface: LossSurface | None = None
        self._runs: tuple[tuple[str, Run], ...] = ()
        self._tasks = tasks
        self._task: Task | None = None
        self.result: Ranking | None = None
        self.what = ComboBox(self.tr("What to rank"))
        self.steps = ComboBox(self.tr("After how many steps"))
        self.list = QListWidget()
        self.up, self.down = QPushButton(self.tr("Move &up")), QPushButton(self.tr("Move &down"))
        self.reveal = QPushButton(self.tr("&Reveal (Enter)"))
        self.place, self.words = sentence_label(), sentence_label("strong")
        self.reasons = sentence_label()
        self.ways = RankingMap()
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.what.addItems([self.tr("three rates"), self.tr("three rules")])
        self.what.set_help(self.tr("What is put in order."))
        self.steps.addItems([self.tr("after {n} steps").format(n=steps) for steps in STEPS])
        self.steps.set_help(self.tr("When their losses are compared."))
        self.list.setObjectName("framed")
        self.list.setAccessibleName(self.tr("Your order, the lowest loss first"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setToolTip(self.tr("Drag, or press Ctrl+Up and Ctrl+Down, to put them in order."))
        self.list.setFixedHeight(96)
        self.reveal.setObjectName("primary")
        for button in (self.up, self.down, self.reveal):
            button.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 10, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._side())
        card = Card(self.tr("The true ways"))
        card.set_body(self.ways)
        row.addWidget(card, 1)

    def _side(self) -> QWidget:
        left = QWidget()
        left.setFixedWidth(_LIST_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        moves = QHBoxLayout()
        for button in (self.up, self.down):
            moves.addWidget(button)
        for widget in (self.what, self.steps, self.place, self.list):
            column.addWidget(widget)
        column.addLayout(moves)
        for below in (self.reveal, self.words, self.reasons):
            column.addWidget(below)
        column.addStretch(1)
        return left

    def _connect(self) -> None:
        self.what.activated.connect(self.ask)
        self.steps.activated.connect(self.ask)
        self.up.clicked.connect(partial(self._shift, -1))
        self.down.clicked.connect(partial(self._shift, 1))
        self.reveal.clicked.connect(self.act)
        self.list.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move the chosen one with Ctrl and an arrow key."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            way = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if way is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._shift(way)
                return True
        return super().eventFilter(watched, event)

    def set_theme(self, theme: Theme) -> None:
        """Show everything in the colours of a theme."""
        self.ways.set_theme(theme)

    def show_surface(self, surface: LossSurface) -> None:
        """Ask on another surface; what is revealed keeps its own."""
        self._surface = surface
        if self.result is None:
            self._show_start()

    def show_run(self, experiment: Experiment, view: RunView | None) -> None:
        """Ask about a run where it stands."""
        self._experiment, self._view = experiment, view
        self.ask()

    def ask(self) -> None:
        """Forget the order, and ask anew."""
        if self._task is not None:
            self._task.cancel()
        self._task = self.result = None
        self.list.clear()
        for label in (self.words, self.reasons):
            say(label, "")
        view = self._view
        if view is None:
            self._runs = ()
            say(self.place, self.tr("There is no run to predict."))
        else:
            choose = rates_to_rank if self.what.currentIndex() == 0 else rules_to_rank
            self._runs = choose(view.run)
            words = self.tr(
                "All start where {name} stands now, at step {step}, with no memory of earlier steps."
            )
            say(self.place, words.format(name=view.run.name, step=f"{view.step:,}"))
        for index, (name, _) in enumerate(self._runs):
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, index)
            self.list.addItem(item)
        if self._runs:
            self.list.setCurrentRow(0)
        self._show_start()
        self._show_buttons()

    def _show_start(self) -> None:
        view = self._view
        self.ways.show_start(self._surface, (float(view.p[0]), float(view.p[-1])) if view else None)

    @property
    def order(self) -> tuple[int, ...]:
        """The order that was chosen, as indices, the lowest loss first."""
        rows = (self.list.item(row) for row in range(self.list.count()))
        return tuple(int(item.data(Qt.ItemDataRole.UserRole)) for item in rows)

    def act(self) -> None:
        """Reveal; after that, ask again."""
        if self.result is None:
            self.compute()
        else:
            self.ask()

    def compute(self) -> None:
        """Compute all three, beside the window."""
        if self._view is None or self._experiment is None or self.result is not None or self._task:
            return
        steps = STEPS[self.steps.currentIndex()]
        start = tuple(self._view.p.tolist())
        say(self.words, self.tr("Computing…"))
        work = partial(_ranking_on_map, self._experiment, self._runs, start, steps)
        self._task = self._tasks.submit(work, self._on_computed)
        self._show_buttons()

    def _on_computed(self, computed: tuple[Ranking, LossSurface]) -> None:
        result, surface = computed
        self._task, self.result = None, result
        self.ways.show_ways(result, tuple(run for _, run in self._runs), surface)
        say(self.words, ranking_words(result, self.order))
        say(self.reasons, "\n\n".join(why_they_rank(result)))
        self._show_buttons()
        self.revealed.emit(result)

    def _shift(self, way: int) -> None:
        row = self.list.currentRow()
        if self.result is None and row >= 0 and 0 <= row + way < self.list.count():
            self.list.insertItem(row + way, self.list.takeItem(row))
            self.list.setCurrentRow(row + way)

    def _show_buttons(self) -> None:
        open_ = bool(self._runs) and self.result is None and self._task is None
        for widget in (self.up, self.down, self.list):
            widget.setEnabled(open_)
        self.reveal.setEnabled(bool(self._runs) and self._task is None)
        self.reveal.setText(
            self.tr("&Reveal (Enter)") if self.result is None else self.tr("Ask &again (Enter)")
        )


def _ranking_on_map(
    experiment: Experiment, runs: Sequence[tuple[str, Run]], start: Sequence[float], steps: int
) -> Progress[tuple[Ranking, LossSurface]]:
    """Compute some runs, and sample the surface around their paths."""
    result = yield from ranking(experiment, runs, start, steps)
    return result, sample_surface(experiment.points, view_range_of_paths(result, experiment.view_range))
