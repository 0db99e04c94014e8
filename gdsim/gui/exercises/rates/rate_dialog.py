"""Finding a learning rate as the lecture does: on a ladder of powers of ten, then finer around the best."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QModelIndex, Slot
from PySide6.QtWidgets import QWidget

from gdsim.core.exercises.rate_ladder import LADDER, Trial, at_rate, best, finer, trying
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.exercise import Exercise, failure_words
from gdsim.gui.exercises.rates.rate_layout import MOST_STEPS, RateLayout
from gdsim.gui.exercises.rates.rate_words import trying_words, what_came_of_it
from gdsim.gui.style.theme import Theme
from gdsim.session.session import Session


class RateDialog(Exercise):
    """Rates are tried one after the other; what was tried follows every edit of the run or the points."""

    help_page = "find-rate"

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Find a rate"))
        self._tried: tuple[object, ...] = ()
        self._trials: dict[float, Trial] = {}
        self._waiting: list[float] = []
        self._asked = 0
        self._wanted: float | None = None
        self._steps_typed = self._is_showing = False
        self.cards = RateLayout(self, self.outline, self.work)
        self._connect()

    def _connect(self) -> None:
        cards = self.cards
        cards.runs.chosen.connect(self.session.select)
        cards.steps.committed.connect(self._on_steps)
        cards.ladder.clicked.connect(self._try_ladder)
        cards.finer.clicked.connect(self._try_finer)
        cards.rate.committed.connect(self._try_typed)
        cards.add.clicked.connect(self._try_typed)
        cards.log.toggled.connect(cards.charts.set_log)
        cards.table.selectionModel().currentRowChanged.connect(self._on_row)
        cards.table.clicked.connect(self._take)
        cards.table.activated.connect(self._take)
        cards.charts.focused.connect(self._choose)
        cards.charts.pressed.connect(self._on_pressed)
        cards.new.clicked.connect(self._add)
        cards.close.clicked.connect(self.close)
        self.work.stop_requested.connect(self.rest)
        self.calm.timeout.connect(self._try_again)

    def set_theme(self, theme: Theme) -> None:
        """Show everything in the colours of a theme."""
        super().set_theme(theme)
        self.cards.charts.set_theme(theme)

    @property
    def trials(self) -> tuple[Trial, ...]:
        """What was tried, the smallest rate first."""
        return tuple(trial for _, trial in sorted(self._trials.items()))

    @property
    def rate(self) -> float | None:
        """The rate that is chosen."""
        row, shown = self.cards.table.currentIndex().row(), self.cards.model.trials
        return shown[row].rate if 0 <= row < len(shown) else None

    # ---------------------------------------------------------------------------- what it is about

    def follow(self) -> None:
        """Look for a rate of another run, or over other points."""
        run = self.run
        self.cards.runs.show_runs(self.experiment.runs, self.session.selected)
        if run is not None and not self._steps_typed:
            self.cards.steps.set_value(min(self.experiment.total_steps(run), MOST_STEPS))
        for control in (self.cards.ladder, self.cards.add, self.cards.rate, self.cards.steps):
            control.setEnabled(run is not None)
        if self._is_stale:
            self.calm.start()
        self._show()

    @property
    def _is_stale(self) -> bool:
        """Whether the numbers are of another run, or over other points."""
        return bool(self._trials or self._waiting) and self._subject() != self._tried

    def _subject(self) -> tuple[object, ...]:
        """Return all that the numbers depend on, but the rate."""
        experiment, run = self.experiment, self.run
        if run is None:
            return ()
        plain = replace(at_rate(run, 1.0), name="", colour="", hidden=False)
        return plain, experiment.points, experiment.validation, self.cards.steps.value()

    @Slot()
    def _try_again(self) -> None:
        """Try everything again when the run or the points are others."""
        if not self._is_stale:
            return
        if self.run is not None:
            self._try([])
        else:
            self._trials.clear()
            self.rest()

    @Slot()
    def _on_steps(self) -> None:
        self._steps_typed = True
        self._try_again()

    # --------------------------------------------------------------------------------------- trying

    @Slot()
    def _try_ladder(self) -> None:
        self._try(LADDER)

    @Slot()
    def _try_finer(self) -> None:
        found = best(self.trials)
        if found is not None:
            self._try(finer(found.rate))

    @Slot()
    def _try_typed(self) -> None:
        if not self.cards.rate.fault():
            self._try([float(self.cards.rate.read(self.cards.rate.text()))])

    def _try(self, rates: Iterable[float]) -> None:
        if self._subject() != self._tried:
            rates = [*self._trials, *self._waiting, *rates]
            self._trials.clear()
            self._waiting.clear()
            self.tasks.cancel()
            self._tried = self._subject()
        known = {*self._trials, *self._waiting}
        new = [rate for rate in dict.fromkeys(rates) if rate not in known]
        self._waiting += new
        self._asked = len(new) if not self.tasks.is_busy else self._asked + len(new)
        if not self.tasks.is_busy:
            self._try_next()

    def _try_next(self) -> None:
        if not self._waiting or self.run is None:
            self.work.end()
            return
        steps, rate = int(self.cards.steps.value()), self._waiting[0]
        self.work.begin(trying_words(rate, steps, len(self.experiment.points)))
        work = partial(trying, self.experiment, self.session.selected, rate, steps)
        self.tasks.submit(work, self._on_tried, self._on_failed, self._on_progress)

    def _on_progress(self, share: float) -> None:
        done = self._asked - len(self._waiting)
        self.work.show_share((done + share) / max(1, self._asked))

    def _on_tried(self, trial: Trial) -> None:
        self._waiting.pop(0)
        self._trials[trial.rate] = trial
        self._show()
        self._try_next()

    def _on_failed(self, fault: Exception) -> None:
        self.rest()
        self.cards.words.setText(failure_words(fault))

    def rest(self) -> None:
        """Stop all work; what was tried stays."""
        self._waiting.clear()
        self.calm.stop()
        self.tasks.cancel()
        self.work.end()
        self._show()

    # -------------------------------------------------------------------------------------- choosing

    def _show(self) -> None:
        trials = self.trials
        found = best(trials)
        self._is_showing = True
        if trials != self.cards.model.trials:
            self.cards.model.set_trials(trials)
            self.cards.charts.show_trials(trials)
        self._choose(self._wanted if self._wanted in self._trials else found.rate if found else 0.0)
        self._is_showing = False
        self.cards.finer.setEnabled(found is not None and self.run is not None)
        self.cards.words.setText(what_came_of_it(self.run, trials, stale=self._is_stale))

    @Slot(float)
    def _choose(self, rate: float) -> None:
        row = next((row for row, trial in enumerate(self.trials) if trial.rate == rate), -1)
        if row >= 0 and row != self.cards.table.currentIndex().row():
            self.cards.table.selectRow(row)
        self._on_row()

    @Slot()
    def _on_row(self) -> None:
        rate = self.rate
        if not self._is_showing:
            self._wanted = rate
        self.cards.charts.set_current(rate)
        self.cards.new.setEnabled(rate is not None and self.run is not None)

    @Slot(float)
    def _on_pressed(self, rate: float) -> None:
        self._choose(rate)
        self._load(rate)

    @Slot(QModelIndex)
    def _take(self, index: QModelIndex) -> None:
        self._load(self.cards.model.trials[index.row()].rate)

    def _load(self, rate: float) -> None:
        """Give the run a rate, once: a double click is a click and an activation."""
        if self.run is not None and self.run.optimizer["eta"] != rate:
            self.user_actions.change_selected(at_rate(self.run, rate), self.tr("Change η"), "")

    @Slot()
    def _add(self) -> None:
        if self.rate is not None and self.run is not None:
            self.user_actions.add_like(at_rate(self.run, self.rate))
