"""Finding a rate as the lecture does: on a ladder of powers of ten, then finer around the best."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QModelIndex, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from gdsim.core.exercises.rate_ladder import (
    LADDER,
    Trial,
    at_rate,
    best_lowering_trial,
    best_trial,
    rates_around,
    trying,
    written_losses,
)
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import exact, number, told_apart
from gdsim.core.language.texts import counted, translated
from gdsim.core.settings import POSITIVE, Value, whole
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.computing_exercise import Computing
from gdsim.gui.exercises.exercise import say_aloud, show_named
from gdsim.gui.exercises.rates.rate_charts import RateCharts
from gdsim.gui.exercises.result_table import ResultTable
from gdsim.gui.exercises.run_choice import RunChoice
from gdsim.gui.exercises.side_panel import SidePanel
from gdsim.gui.exercises.usual_fields import UsualField
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout, labelled, plain_button
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import text_label
from gdsim.gui.style.text_size import FontScaler, resize_window
from gdsim.session.session import Session

_MOST_STEPS = 1000
_STEPS = whole(1, _MOST_STEPS)
_SIZE = (1020, 600)
_TABLE_WIDTH, _FIELD_WIDTH = 370, 74
# With more points times steps, a trial takes long enough to say so.
_MANY = 20_000_000


class RateDialog(Computing):
    """Dialog that tries rates one after another, and all of them again after an edit of run or points."""

    help_page = "find-rate"
    remembered = ("_tried", "_trials", "_wanted", "steps", "steps.is_typed", "rate_field", "log")

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Find a rate"))
        self._tried: tuple[object, ...] = ()
        self._trials: dict[float, Trial] = {}
        self._waiting: list[float] = []
        self._asked = 0
        self._shown: tuple[Trial, ...] = ()
        self._wanted: float | None = None
        self._is_showing = False
        self.runs, self.charts = RunChoice(session), RateCharts()
        titles = (self.tr("rate η"), self.tr("loss at the end"), self.tr("what it does"))
        self.table = ResultTable(self.tr("Rates that were tried"), titles, numbers=(0, 1))
        self.table.setAccessibleDescription(self.tr("Enter gives the run the rate of the row."))
        self._make_controls()
        self._arrange()
        self._connect()

    def _make_controls(self) -> None:
        self.steps = UsualField(
            self.tr("steps"), self.tr("How many steps are tried, at most 1000."), _STEPS, _MOST_STEPS
        )
        self.ladder = plain_button(
            self.tr("Try the ladder"),
            self.tr("0.0001, 0.001, 0.01, 0.1 and 1: one for each power of ten."),
            lambda: self._try(LADDER),
            is_primary=True,
        )
        self.finer = plain_button(
            self.tr("Finer around the best"),
            self.tr("Tries half, twice and three times the best rate: 0.05, 0.2 and 0.3 around 0.1."),
            self._try_finer,
        )
        self.rate_field = NumberField(
            self.tr("rate"), self.tr("Any positive number; Enter tries it."), POSITIVE, 0.5
        )
        self.add = plain_button(self.tr("Try it"), self.tr("Tries the rate in the field."), self._try_typed)
        self.log = QCheckBox(self.tr("Logarithmic scale"))
        self.log.setChecked(True)
        set_tip(
            self.log,
            self.tr(
                "All curves share one scale, logarithmic or linear: where a loss is below 0 it is linear."
            ),
        )
        self.words = text_label()
        self.new = plain_button(
            self.tr("Add as a new run"),
            self.tr("Adds a copy of the run with the rate of the chosen row."),
            self._add,
        )

    def _arrange(self) -> None:
        for field in (self.steps, self.rate_field):
            field.gives_back = False  # `on_enter` has to see which field has the focus
            FontScaler(field, QWidget.setFixedWidth, _FIELD_WIDTH)
        tools = Flow(gap=14, ends=True)  # wraps if the font is large
        tools.add_groups(
            labelled(self.steps, self.ladder, self.finer), labelled(self.rate_field, self.add), (self.log,)
        )
        middle = fill_layout(QHBoxLayout(), SidePanel(_TABLE_WIDTH, self.table), (self.charts, 1), gap=12)
        fill_layout(self.outline, self.runs, tools, (middle, 1), gap=10, margins=DIALOG_MARGINS)
        close = self.tr("The results stay until the program ends.")
        self._set_foot(self.words, buttons=(self.new,), close=close)
        resize_window(self, *_SIZE)

    def _connect(self) -> None:
        self.steps.committed.connect(self._try_again)
        self.rate_field.committed.connect(self._try_typed)
        self.log.toggled.connect(self.charts.set_log)
        self.table.currentCellChanged.connect(self._on_row)
        self.table.clicked.connect(self._take)
        self.table.activated.connect(self._take)
        self.charts.focused.connect(self._choose)
        self.charts.pressed.connect(self._on_pressed)
        self.pause_timer.timeout.connect(self._try_again)

    def set_up(self, settings: Mapping[str, Value]) -> None:
        if "steps" in settings:
            self.steps.set_typed(settings["steps"])
        if "rate" in settings:
            self.rate_field.set_value(settings["rate"])

    @property
    def trials(self) -> tuple[Trial, ...]:
        """The trials so far, smallest rate first."""
        return tuple(trial for _, trial in sorted(self._trials.items()))

    @property
    def rate(self) -> float | None:
        row = self.table.currentRow()
        return self._shown[row].rate if 0 <= row < len(self._shown) else None

    # ------------------------------------------------------------------------------- the document

    def follow(self) -> None:
        run = self.run
        self.runs.follow()
        if run is not None:
            self.steps.show_usual(min(self.experiment.total_steps(run), _MOST_STEPS))
        for control in (self.ladder, self.add, self.rate_field, self.steps):
            control.setEnabled(run is not None)
        if self._is_stale:
            self.pause_timer.start()
        self._show()

    @property
    def _is_stale(self) -> bool:
        """Whether the trials belong to another run or other points."""
        return bool(self._trials or self._waiting) and self._subject() != self._tried

    def _subject(self) -> tuple[object, ...]:
        """Return everything but the rate that the trials depend on."""
        experiment, run = self.experiment, self.run
        if run is None:
            return ()
        plain = replace(at_rate(run, 1.0), name="", colour="", style=None, hidden=False)
        return plain, experiment.points, experiment.validation, experiment.objective, self.steps.value()

    @Slot()
    def _try_again(self) -> None:
        if not self._is_stale:
            return
        if self.run is not None:
            self._try([])
        else:
            self._trials.clear()
            self.stop_work()

    # ------------------------------------------------------------------------------ trying

    def on_enter(self) -> None:
        """Try the typed rate if its field has the focus, and otherwise the ladder.

        In the table, Enter activates the row instead.
        """
        focused = self.focusWidget()
        if self.run is None or focused is self.table:
            return
        if focused is self.rate_field:
            self._try_typed()  # an unchanged rate is not committed
        elif not (focused is self.steps and self.steps.fault()):
            self._try(LADDER)

    @Slot()
    def _try_finer(self) -> None:
        found = best_trial(self.trials)
        if found is not None:
            self._try(rates_around(found.rate))

    @Slot()
    def _try_typed(self) -> None:
        if not self.rate_field.fault():
            self._try([float(self.rate_field.read(self.rate_field.text()))])

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
        steps, rate = int(self.steps.value()), self._waiting[0]
        self.work.begin(self._trying_words(rate, steps))
        work = partial(trying, self.experiment, self.run, rate, steps)
        self.tasks.submit(work, self._on_tried, self._on_failed, self._on_progress)

    def _on_progress(self, share: float) -> None:
        done = self._asked - len(self._waiting)
        self.work.show_share((done + share) / max(1, self._asked))

    def _on_tried(self, trial: Trial) -> None:
        self._waiting.pop(0)
        self._trials[trial.rate] = trial
        self._show()
        self._try_next()

    def tell(self, sentence: str) -> None:
        say_aloud(self.words, sentence)

    def stop_work(self) -> None:
        self._waiting.clear()
        super().stop_work()
        self._show()

    # ------------------------------------------------------------------------------ choosing

    def _show(self) -> None:
        trials = self.trials
        found = best_trial(trials)
        self._is_showing = True
        if trials != self._shown:
            self._fill_table(trials)
            self.charts.show_trials(trials)
        self._choose(self._wanted if self._wanted in self._trials else found.rate if found else 0.0)
        self._is_showing = False
        self.finer.setEnabled(found is not None and self.run is not None)
        (show_named if self._waiting else say_aloud)(self.words, self._result_words())

    @Slot(float)
    def _choose(self, rate: float) -> None:
        row = next((row for row, trial in enumerate(self.trials) if trial.rate == rate), -1)
        if row >= 0 and row != self.table.currentRow():
            self.table.selectRow(row)
        self._on_row()

    @Slot()
    def _on_row(self) -> None:
        rate = self.rate
        if not self._is_showing:
            self._wanted = rate
        self.charts.set_current(rate)
        self.new.setEnabled(rate is not None and self.run is not None)

    @Slot(float)
    def _on_pressed(self, rate: float) -> None:
        self._choose(rate)
        self._load(rate)

    @Slot(QModelIndex)
    def _take(self, index: QModelIndex) -> None:
        self._load(self._shown[index.row()].rate)

    def _load(self, rate: float) -> None:
        """Give the run a rate, unless it has it: a double click both clicks and activates."""
        if self.run is not None and self.run.optimizer["eta"] != rate:
            self.user_actions.change_selected(at_rate(self.run, rate), self.tr("Change η"), "")

    @Slot()
    def _add(self) -> None:
        if self.rate is not None and self.run is not None:
            self.user_actions.add_like(at_rate(self.run, self.rate))

    # ------------------------------------------------------------------------------ words

    def _fill_table(self, trials: tuple[Trial, ...]) -> None:
        self._shown, found = trials, best_lowering_trial(trials)
        rows = []
        for trial, loss in zip(trials, written_losses(trials), strict=True):
            outcome = translated(trial.outcome.value)
            if trial.diverged:
                outcome = self.tr("{words} after step {n}").format(
                    words=outcome, n=numerals.integer_text(trial.steps)
                )
            elif trial is found:
                outcome = self.tr("the best: {words}").format(words=outcome)
            rows.append((exact(trial.rate), "–" if trial.diverged else loss, outcome))
        self.table.setRowCount(0)  # also clears the selection
        self.table.show_rows(
            rows,
            strong=[row for row, trial in enumerate(trials) if trial is found],
            in_full={1: [exact(float(trial.loss[-1])) for trial in trials]},
        )

    def _trying_words(self, rate: float, steps: int) -> str:
        points = len(self.experiment.points)
        if steps * points <= _MANY:
            return self.tr("trying {rate}").format(rate=exact(rate))
        sentence = self.tr("trying {rate} over {n} points, which takes a while")
        return sentence.format(rate=exact(rate), n=numerals.integer_text(points))

    def _result_words(self) -> str:
        if self.run is None:
            return self.tr("There is no run to find a rate for. Add one in the window first.")
        if not self._trials:
            return self.tr(
                "The lecture tries rates on a logarithmic scale first, and then finer ones around the best. "
                "Begin with the ladder (Enter)."
            )
        if self._is_stale:
            return self.tr(
                "The run, the points or the loss have changed; the rates are tried again in a moment."
            )
        found = best_trial(self.trials)
        if found is None:
            if not any(trial.steps for trial in self.trials):
                return self.tr("All of these diverge at the first step; try smaller rates, or another start.")
            return self.tr("All of these diverge; try smaller rates.")
        if best_lowering_trial(self.trials) is None:
            return counted(
                found.steps,
                "None of these rates lowers the loss in {n} step: it begins at {first}.",
                "None of these rates lowers the loss in {n} steps: it begins at {first}.",
                first=number(float(found.loss[0]), 4),
            )
        first, last = told_apart((float(found.loss[0]), found.last), 4)
        return counted(
            found.steps,
            "Of these, η {rate} is the best: the loss goes from {first} to {last} in {n} step. "
            "The run itself has η {own}; click a row or a curve, or press Enter on it, to give it that rate.",
            "Of these, η {rate} is the best: the loss goes from {first} to {last} in {n} steps. "
            "The run itself has η {own}; click a row or a curve, or press Enter on it, to give it that rate.",
            rate=exact(found.rate),
            first=first,
            last=last,
            own=exact(self.run.optimizer["eta"]),
        )
