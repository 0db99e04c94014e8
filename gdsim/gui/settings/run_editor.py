"""The settings of one run: its rule, batching, schedules, start, epochs, seed."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gdsim.core.analysis.worked import rule_in_letters
from gdsim.core.formulas import numerals
from gdsim.core.formulas.symbols import typeset
from gdsim.core.language.words import translated
from gdsim.core.model.batching import BATCHINGS, MINI_BATCH, Batching
from gdsim.core.model.edits import change_optimizer
from gdsim.core.model.experiment import LECTURE_EPOCHS, Run
from gdsim.core.model.searching import takes_search
from gdsim.core.rules.catalogue import FURTHER_RULES, LECTURE_RULES
from gdsim.core.rules.own_rule import OwnRule
from gdsim.core.rules.rule import Optimizer, Rule
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES, Schedule
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.settings import EPOCHS, SEED, Configured, Definition, InvalidValue, Setting
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.editors import NumberEditor
from gdsim.gui.forms.fields import Content
from gdsim.gui.forms.form import KindForm, column, row
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel, hint_label
from gdsim.gui.settings.fork_editor import ForkEditor
from gdsim.gui.settings.start_editor import StartEditor
from gdsim.gui.style.theme import Theme
from gdsim.gui.translation import translate


class RunEditor(QWidget):
    """Edits one run.

    Signals
    -------
    run_changed(Run, str, str)
        The changed run, the edit's name for undo, and the key under which consecutive edits are undone
        as one (empty: this edit alone).
    edit_finished()
        The next change is another edit.
    lines_requested()
        The lines of the rule are to be edited.
    """

    run_changed = Signal(object, str, str)
    edit_finished = Signal()
    lines_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("runEditor")
        self._run = Run()
        self._has_validation = False
        self._rule = RuleLabel()
        self._optimizer, self._batching, self._schedule, self._momentum = self._choices()
        self._search = KindForm(
            self.tr("step length"),
            self.tr("How far a step goes along its direction. Each try of a search costs a loss."),
            SEARCHES,
            lambda search: self._refusal(lambda: replace(self._run, search=search)),
        )
        self._optimizer.put_below_choice(self._rule)
        self._rule.lines_requested.connect(self.lines_requested)
        self._start, self._fork = StartEditor(1), ForkEditor(1)
        self._points = 1
        self._epochs = NumberEditor(self._epochs_setting())
        self._seed = NumberEditor(self._seed_setting(), slider=False)
        self._start_row = row(self.tr("start"), self._start)
        self._seed_row = row(self.tr("seed"), self._seed)
        self._layout = column(self)
        for choice in (self._optimizer, self._search, self._batching, self._schedule, self._momentum):
            self._layout.addWidget(choice)
        self._layout.addWidget(self._start_row)
        self._layout.addWidget(self._fork)
        self._layout.addWidget(row(self.tr("epochs"), self._epochs))
        self._note = hint_label()
        self._note.hide()
        self._layout.addWidget(self._note)
        self._layout.addWidget(self._seed_row)
        self._layout.addStretch(1)
        self._connect()
        self.set_run(self._run, 1, False)

    def set_run(self, run: Run, dimension: int, has_validation: bool) -> None:
        """Show a run on points with inputs of a dimension, with or without validation points."""
        self._has_validation = has_validation
        if dimension != self._start.dimension:
            self._replace_start(dimension)
        self._show(run)

    def set_own_rules(self, rules: Iterable[Rule]) -> None:
        """Offer the rules of the document, too."""
        self._optimizer.set_own({rule.id: rule for rule in rules})

    def set_points(self, count: int) -> None:
        """Say how many steps an epoch over so many points has."""
        self._points = count
        doc = self.tr("Which points one update uses.")
        self._batching.combo.set_help(f"{doc} {_epoch_words(count, self._run.batching)}")

    def set_room(self, wanted: int, room: int) -> None:
        """Say how many of the wanted steps there is memory for, when it is not all of them."""
        words = self.tr("That is {0} steps. There is room for about {1}; the run will stop there.")
        self._note.setText(words.format(numerals.count(wanted), numerals.count(int(float(f"{room:.3g}")))))
        self._note.setVisible(wanted > room)

    def set_theme(self, theme: Theme) -> None:
        """Do nothing: the style sheet has all colours."""

    def run(self) -> Run:
        return self._run

    def _show(self, run: Run) -> None:
        old, self._run = self._run, run
        same = len(run.start) == len(old.start)
        if same and run != old == replace(run, start=old.start):  # as while its start is dragged
            self._start.set_value(run.start)
            return
        self._rule.show_rule(run.optimizer)
        self._optimizer.set_value(run.optimizer)
        self._search.set_value(run.search)
        self._search.setVisible(takes_search(run.optimizer))
        self._batching.set_value(run.batching)
        self._schedule.set_value(run.schedule)
        self._momentum.set_value(run.momentum_schedule)
        self._start.set_value(run.start)
        self._start_row.setVisible(run.fork is None)
        self._fork.setVisible(run.fork is not None)
        if run.fork:
            self._fork.set_value(run.fork)
            self._fork.show_run(run, self._points)
        self._epochs.set_value(run.epochs)
        self._seed.set_value(run.seed)
        self._momentum.setVisible(run.optimizer.has_momentum)
        self._seed_row.setVisible(run.batching.shuffles)

    def _choices(self) -> tuple[KindForm, KindForm, KindForm, KindForm]:
        return (
            KindForm(
                self.tr("algorithm"),
                self.tr("The rule that makes each step."),
                LECTURE_RULES,
                lambda optimizer: self._refusal(lambda: change_optimizer(self._run, optimizer)),
                further=FURTHER_RULES,
                contrast=SECOND_ORDER_RULES,
            ),
            KindForm(
                self.tr("update on"),
                self.tr("Which points one update uses."),
                BATCHINGS,
                lambda batching: self._refusal(lambda: replace(self._run, batching=batching)),
            ),
            KindForm(
                self.tr("schedule"),
                self.tr("How the learning rate η changes from step to step."),
                SCHEDULES,
                self._schedule_refusal,
            ),
            KindForm(
                self.tr("γ schedule"),
                self.tr("How the momentum γ changes from step to step."),
                MOMENTUM_SCHEDULES,
            ),
        )

    def _connect(self) -> None:
        self._optimizer.value_changed.connect(self._on_optimizer)
        self._search.value_changed.connect(self._on_search)
        self._batching.value_changed.connect(self._on_batching)
        self._schedule.value_changed.connect(self._on_schedule)
        self._momentum.value_changed.connect(self._on_momentum)
        self._epochs.value_changed.connect(self._on_epochs)
        self._seed.value_changed.connect(self._on_seed)
        for editor in (
            self._optimizer,
            self._search,
            self._batching,
            self._schedule,
            self._momentum,
            self._epochs,
            self._seed,
        ):
            editor.edit_finished.connect(self.edit_finished)
        self._connect_start()

    def _connect_start(self) -> None:
        self._start.value_changed.connect(self._on_start)
        self._start.edit_finished.connect(self.edit_finished)
        self._fork.value_changed.connect(self._on_fork)
        self._fork.edit_finished.connect(self.edit_finished)

    def _replace_start(self, dimension: int) -> None:
        old, place = (self._start_row, self._fork), self._layout.indexOf(self._start_row)
        self._start, self._fork = StartEditor(dimension), ForkEditor(dimension)
        self._start_row = row(self.tr("start"), self._start)
        self._layout.insertWidget(place, self._start_row)
        self._layout.insertWidget(place + 1, self._fork)
        self._connect_start()
        for one in old:
            one.hide()
            one.deleteLater()

    def _schedule_refusal(self, schedule: Schedule) -> str:
        if schedule.needs_validation and not self._has_validation:
            return self.tr(
                "This schedule needs validation points: select some of the points, press Rows below them, "
                "and choose “Make validation points”."
            )
        return self._refusal(lambda: replace(self._run, schedule=schedule))

    @staticmethod
    def _refusal(change: Callable[[], Run]) -> str:
        """Return why a change is not possible, as a sentence; empty when it is."""
        try:
            change()
        except InvalidValue as fault:
            words = fault.key.replace("_", " ")
            return f"{words[:1].upper()}{words[1:]} {fault.reason}."
        return ""

    def _on_optimizer(self, optimizer: Content) -> None:
        run = change_optimizer(self._run, optimizer)
        self._become(run, *self._change(self._run.optimizer, optimizer, self.tr("algorithm")))

    def _on_search(self, search: Content) -> None:
        # Two numbers that must be in an order may pass each other while one of them is dragged.
        refusal = self._refusal(lambda: replace(self._run, search=search))
        if refusal:
            self._search.set_value(self._run.search)
            show_fault(self._search.combo, refusal)
            return
        name, key = self._change(self._run.search, search, self.tr("step length"))
        self._become(replace(self._run, search=search), name, key)

    def _on_batching(self, batching: Content) -> None:
        name, key = self._change(self._run.batching, batching, self.tr("points of an update"))
        self._become(replace(self._run, batching=batching), name, key)

    def _on_schedule(self, schedule: Content) -> None:
        name, key = self._change(self._run.schedule, schedule, self.tr("schedule"))
        self._become(replace(self._run, schedule=schedule), name, key)

    def _on_momentum(self, schedule: Content) -> None:
        name, key = self._change(self._run.momentum_schedule, schedule, self.tr("γ schedule"))
        self._become(replace(self._run, momentum_schedule=schedule), name, key)

    def _on_start(self, start: Content) -> None:
        self._become(replace(self._run, start=start), self.tr("Change start"), "start")

    def _on_fork(self, fork: Content) -> None:
        self._become(replace(self._run, fork=fork), self.tr("Change where the run begins"), "fork")

    def _on_epochs(self, epochs: Content) -> None:
        self._become(replace(self._run, epochs=epochs), self.tr("Change epochs"), "epochs")

    def _on_seed(self, seed: Content) -> None:
        self._become(replace(self._run, seed=seed), self.tr("Change seed"), "seed")

    def _become(self, run: Run, name: str, merge: str) -> None:
        if run != self._run:
            self._show(run)
            self.run_changed.emit(run, name, merge)

    def _change(
        self, old: Configured[Definition], new: Configured[Definition], whole: str
    ) -> tuple[str, str]:
        """Return the undo name of a change, and its merge key: none for a change of the kind."""
        change = self.tr("Change {0}")
        if old.definition == new.definition:
            for setting, before, after in zip(new.definition.settings, old.values, new.values, strict=True):
                if before != after:
                    return change.format(typeset(setting.symbol) or translated(setting.label)), setting.name
        return change.format(whole), ""

    def _epochs_setting(self) -> Setting:
        doc = self.tr("How many times to pass over all the points.")
        return Setting("epochs", "", self.tr("epochs"), doc, LECTURE_EPOCHS, EPOCHS, 1.0, 10000.0, log=True)

    def _seed_setting(self) -> Setting:
        doc = self.tr("Each seed gives another order of the points, the same every time.")
        return Setting("seed", "", self.tr("seed"), doc, 0, SEED, 0.0, 100.0, log=False)


class RuleLabel(QWidget):
    """Shows the summary of a rule and its lines; both can be selected and copied.

    Those that a person typed have a button to edit them.
    """

    lines_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._summary = _text("hint")
        self._summary.setWordWrap(True)
        self._lines = _text("formula")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(3)
        layout.addWidget(self._summary)
        layout.addWidget(self._lines)
        self._edit = QPushButton(self.tr("Edit the lines…"))
        set_tip(self._edit, self.tr("Change this rule, its settings and its name, or remove it."))
        self._edit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._edit.clicked.connect(self.lines_requested)
        layout.addWidget(self._edit, 0, Qt.AlignmentFlag.AlignLeft)

    def show_rule(self, optimizer: Optimizer) -> None:
        self._edit.setVisible(isinstance(optimizer.definition, OwnRule))
        self._summary.setText(translated(optimizer.definition.summary))
        self._lines.setText("\n".join(rule_in_letters(optimizer)))


def _epoch_words(points: int, batching: Batching) -> str:
    """Return how many steps one epoch over so many points has, for each way to feed them."""
    mini = batching if batching.definition == MINI_BATCH else MINI_BATCH()
    words = translate(
        "RunEditor",
        "One epoch over N = {n} points is 1 step on all points (batch), {n} steps on one point "
        "(stochastic), and ⌈N / B⌉ = {mini} steps on B = {size} points (mini-batch).",
    )
    steps = mini.updates_per_epoch(points)
    return words.format(n=numerals.count(points), mini=numerals.count(steps), size=mini["size"])


def _text(name: str) -> PlainLabel:
    label = PlainLabel()
    label.setObjectName(name)
    # By mouse alone: Tab does not stop at it.
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
