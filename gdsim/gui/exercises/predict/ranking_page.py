"""Which gets lowest: putting three rates or three rules in order, before they are computed."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.exercises.predict.ranking import (
    Ranking,
    ranking,
    ranking_words,
    rates_to_rank,
    rules_to_rank,
    view_range_of_paths,
    why_they_rank,
)
from gdsim.core.formulas import numerals
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import Axes
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress
from gdsim.core.settings import NUMBER
from gdsim.core.surface.sampling import sampled_elsewhere, surface_of
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.exercises.exercise import say_aloud, show_named
from gdsim.gui.exercises.marked_map import MapMark, MarkedMap
from gdsim.gui.exercises.side_panel import SidePanel
from gdsim.gui.forms.card import Card
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.layouts import fill_layout, plain_button
from gdsim.gui.forms.tips import native_keys, set_tip
from gdsim.gui.plain_text import sentence_label
from gdsim.gui.runs.run_legend import RunLegend
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.text_size import FontScaler, look_for
from gdsim.gui.style.theme import run_styles
from gdsim.session.frame import RunView
from gdsim.session.tasks import Task, TaskQueue

STEP_CHOICES = (10, 50, 200)
_LIST_WIDTH, _MAP_WIDTH = 340, 230

# Keys to move an entry up and down.
_MOVES = QKeySequence("Ctrl+Up"), QKeySequence("Ctrl+Down")


class RankingMap(QWidget):
    """A map with a key above; until the reveal it shows only the common start."""

    def __init__(self) -> None:
        super().__init__()
        self._views: tuple[RunView, ...] = ()
        self._best = 0
        self.key, self.map = RunLegend(with_step=False), MarkedMap()
        fill_layout(QVBoxLayout(self), self.key, (self.map, 1), gap=4)
        ThemeFollower(self, self._show_look)

    def show_start(self, surface: LossSurface | None, start: tuple[float, float] | None) -> None:
        self._views = ()
        if surface is not None:
            self.map.show_surface(surface)
        self.map.set_marks([MapMark(*start, self.tr("start"))] if start else [])
        self._show_look()

    def show_paths(self, result: Ranking, runs: tuple[Run, ...], surface: LossSurface) -> None:
        """Show the paths with names at their ends; ``runs`` are in the order of ``result.each``."""
        self._views = tuple(
            _view(run, one.label, one.record, surface.plane.axes)
            for run, one in zip(runs, result.each, strict=True)
        )
        self._best = result.order[0]
        self.map.show_surface(surface)
        self.map.set_marks(
            [
                MapMark(*view.place, one.label, strong=index == self._best, side=(-1, 0, 1)[index % 3])
                for index, (one, view) in enumerate(zip(result.each, self._views, strict=True))
                if surface.view_range.holds(*view.place)
            ]
        )
        self._show_look()

    def _show_look(self) -> None:
        runs = tuple(view.run for view in self._views)
        look = look_for(self, run_styles(runs, shown_theme()))
        for part in (self.map, self.key):
            part.set_look(look)
        self.key.show_frame(self.map.show_runs(self._views, self._best))


def _view(run: Run, label: str, record: RecordColumns, axes: Axes) -> RunView:
    """Return the view of a run for the panes, without its own colour, which all three may share."""
    own = replace(run, name=label, colour="", style=None, hidden=False, fork=None)
    return RunView.at_end(own, record, axes)


class RankingPage(QWidget):
    """The page with a list of three contenders to put in order, lowest loss first."""

    revealed = Signal(object)  # Ranking

    def __init__(self, tasks: TaskQueue, experiment: Experiment) -> None:
        super().__init__()
        self._experiment = experiment
        self._view: RunView | None = None
        self._surface: LossSurface | None = None
        self._runs: tuple[tuple[str, Run], ...] = ()
        self._tasks = tasks
        self._task: Task | None = None
        self._sampling: Task | None = None  # the sampling of the slice through the start
        self.result: Ranking | None = None
        self.what = ComboBox(self.tr("What to rank"), self.tr("What you put in order."))
        self.steps = ComboBox(
            self.tr("After how many steps"), self.tr("The step at which the losses are compared.")
        )
        self.list = QListWidget()
        self.up, self.down = plain_button(self.tr("Move &up")), plain_button(self.tr("Move &down"))
        self.reveal = plain_button(self.tr("&Reveal (Enter)"), act=self.act, is_primary=True)
        self.place, self.words = sentence_label(), sentence_label("strong")
        self.reasons = sentence_label()
        self.paths = RankingMap()
        self.card = Card("", self.paths)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.what.addItems([self.tr("Three rates"), self.tr("Three rules")])
        self.steps.addItems([self.tr("After {n} steps").format(n=steps) for steps in STEP_CHOICES])
        self.list.setObjectName("framed")
        self.list.setAccessibleName(self.tr("Your order, the lowest loss first"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        keys = map(native_keys, _MOVES)
        set_tip(self.list, self.tr("Drag, or press {0} and {1}, to put them in order.").format(*keys))
        FontScaler(self.list, QWidget.setFixedHeight, 96)
        moves = fill_layout(QHBoxLayout(), self.up, self.down)
        above, below = (self.what, self.steps, self.place, self.list), (self.reveal, self.words, self.reasons)
        left = SidePanel(_LIST_WIDTH, *above, moves, *below, None)
        FontScaler(self.card, QWidget.setMinimumWidth, _MAP_WIDTH)
        fill_layout(QHBoxLayout(self), left, (self.card, 1), gap=10).setContentsMargins(0, 10, 0, 0)

    def _connect(self) -> None:
        self.what.activated.connect(self.ask)
        self.steps.activated.connect(self.ask)
        self.up.clicked.connect(partial(self._shift, -1))
        self.down.clicked.connect(partial(self._shift, 1))
        for keys, offset in zip(_MOVES, (-1, 1), strict=True):
            shortcut = QShortcut(keys, self.list, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(partial(self._shift, offset))

    def show_surface(self, surface: LossSurface) -> None:
        self._surface = surface
        if self.result is None:
            self._show_start()

    def show_run(self, experiment: Experiment, view: RunView | None) -> None:
        self._experiment, self._view = experiment, view
        self.ask()

    def ask(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = self.result = None
        self.list.clear()
        for label in (self.words, self.reasons):
            show_named(label, "")
        view = self._view
        if view is None:
            self._runs = ()
            show_named(self.place, self.tr("There is no run to predict."))
        elif not all(map(NUMBER.takes, view.p.tolist())):
            self._runs = ()
            show_named(
                self.place,
                self.tr(
                    "The run is so far out here that no other run can start there. Go back in the main "
                    "window."
                ),
            )
        else:
            choose = rates_to_rank if self.what.currentIndex() == 0 else rules_to_rank
            self._runs = choose(view.run)
            words = self.tr(
                "All begin anew where “{name}” is now, at step {step}: steps, schedules and memory begin "
                "there. Put them in order, the lowest loss first."
            )
            show_named(
                self.place, words.format(name=view.run.shown_name, step=numerals.integer_text(view.number))
            )
        for index, (name, _) in enumerate(self._runs):
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, index)
            self.list.addItem(item)
        if self._runs:
            self.list.setCurrentRow(0)
        self._show_start()
        self._show_buttons()

    def _show_start(self) -> None:
        self.card.set_title(self.tr("The start"))
        view, surface = self._view, self._surface
        if self._sampling is not None:
            self._sampling.cancel()
        if view is None or surface is None:
            self.paths.show_start(surface, None)
            return
        plane = self._experiment.slice.through(view.p.tolist())
        if plane == surface.plane:
            self.paths.show_start(surface, view.place)
        else:
            work = partial(sampled_elsewhere, surface, self._experiment, plane, surface.view_range)
            self._sampling = self._tasks.submit(work, partial(self._show_slice, view.place))

    def _show_slice(self, place: tuple[float, float], surface: LossSurface) -> None:
        if self.result is None:
            self.paths.show_start(surface, place)

    @property
    def order(self) -> tuple[int, ...]:
        """The chosen order, as indices of contenders, lowest loss first."""
        rows = (self.list.item(row) for row in range(self.list.count()))
        return tuple(int(item.data(Qt.ItemDataRole.UserRole)) for item in rows)

    def act(self) -> None:
        """Reveal the ranking, or, after that, ask again."""
        if self.result is None:
            self.compute()
        else:
            self.ask()

    def compute(self) -> None:
        if self._view is None or not self._runs or self.result or self._task:
            return
        steps = STEP_CHOICES[self.steps.currentIndex()]
        start = tuple(self._view.p.tolist())
        show_named(self.words, self.tr("Computing…"))
        work = partial(_ranking_on_map, self._experiment, self._runs, start, steps)
        self._task = self._tasks.submit(work, self._on_computed)
        self._show_buttons()

    def _on_computed(self, computed: tuple[Ranking, LossSurface]) -> None:
        result, surface = computed
        self._task, self.result = None, result
        self.card.set_title(self.tr("The true paths"))
        self.paths.show_paths(result, tuple(run for _, run in self._runs), surface)
        say_aloud(self.words, ranking_words(result, self.order))
        say_aloud(self.reasons, "\n\n".join(why_they_rank(result)))
        self._show_buttons()
        self.revealed.emit(result)

    def _shift(self, offset: int) -> None:
        row = self.list.currentRow()
        if self.result is None and row >= 0 and 0 <= row + offset < self.list.count():
            self.list.insertItem(row + offset, self.list.takeItem(row))
            self.list.setCurrentRow(row + offset)

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
    result = yield from ranking(experiment, runs, start, steps)
    plane = experiment.slice.through(start)
    view_range = view_range_of_paths(result, experiment.view_range, plane.axes)
    return result, surface_of(replace(experiment, view_range=view_range), plane)
