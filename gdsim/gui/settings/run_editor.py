"""The settings of one run: its rule, batching, schedules, start, epochs, seed."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gdsim.core.analysis.worked import rule_in_letters
from gdsim.core.formulas import numerals
from gdsim.core.formulas.symbols import setting_letter
from gdsim.core.language.texts import translated
from gdsim.core.model.batching import BATCHINGS, MINI_BATCH, Batching
from gdsim.core.model.edits import change_optimizer
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import LECTURE_EPOCHS, Run
from gdsim.core.model.search_checks import takes_search
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
from gdsim.gui.forms.form import KindForm, form_column, form_row
from gdsim.gui.forms.layouts import fill_layout, window_button
from gdsim.gui.plain_text import PlainLabel, hint_label
from gdsim.gui.settings.fork_editor import ForkEditor
from gdsim.gui.settings.start_editor import StartEditor
from gdsim.gui.translation import tr


class RunEditor(QWidget):
    # Run, str, str: the changed run, the name of the edit for undo, and the merge key: consecutive edits with
    # the same key are undone as one, an edit with an empty key alone.
    run_changed = Signal(object, str, str)
    edit_finished = Signal()  # the next change begins a new edit
    lines_requested = Signal()  # to edit the lines of the rule

    def __init__(self, *, edits_lines: bool = True) -> None:
        super().__init__()
        self._run = Run()
        self._points, self._has_validation = 0, False
        self._rule = RuleLabel(edits_lines=edits_lines)
        # A form for each field of a run whose value is an entry of a catalogue, by the name of the field.
        self.kinds = self._make_kinds()
        self.kinds["optimizer"].put_below_choice(self._rule)
        self._rule.lines_requested.connect(self.lines_requested)
        self._start, self._fork = StartEditor(1), ForkEditor(1)
        self._epochs = NumberEditor(self._epochs_setting())
        self._seed = NumberEditor(self._seed_setting(), slider=False)
        self._start_row = form_row(self.tr("start"), self._start)
        self._seed_row = form_row(self.tr("seed"), self._seed)
        self._layout = form_column(self)
        for choice in self.kinds.values():
            self._layout.addWidget(choice)
        self._layout.addWidget(self._start_row)
        self._layout.addWidget(self._fork)
        self._layout.addWidget(form_row(self.tr("epochs"), self._epochs))
        self._note = hint_label()
        self._note.hide()
        self._layout.addWidget(self._note)
        self._layout.addWidget(self._seed_row)
        self._layout.addStretch(1)
        self._connect()
        self._show(self._run)

    def set_run(self, run: Run, experiment: Experiment) -> None:
        """Show a run on the points of an experiment."""
        points, has_validation = experiment.points, len(experiment.validation) > 0
        if (run, len(points), has_validation) == (self._run, self._points, self._has_validation):
            return  # so that dragging a point is fast
        self._points, self._has_validation = len(points), has_validation
        if points.dimension != self._start.dimension:
            self._replace_start(points.dimension)
        self._show(run)
        doc = self.tr("Which points one update uses.")
        self.kinds["batching"].combo.set_help(f"{doc} {_epoch_words(self._points, run.batching)}")

    def set_own_rules(self, rules: Iterable[Rule]) -> None:
        self.kinds["optimizer"].set_own({rule.id: rule for rule in rules})

    def set_room(self, wanted: int, room: int) -> None:
        """Say how many steps there is memory for, if fewer than wanted."""
        words = self.tr("That is {0} steps. There is room for about {1}; the run will stop there.")
        self._note.setText(
            words.format(numerals.integer_text(wanted), numerals.integer_text(int(float(f"{room:.3g}"))))
        )
        self._note.setVisible(wanted > room)

    def run(self) -> Run:
        return self._run

    def _show(self, run: Run) -> None:
        old, self._run = self._run, run
        same = len(run.start) == len(old.start)
        if same and run != old == replace(run, start=old.start):  # only the start differs, as during a drag
            self._start.set_value(run.start)
            return
        self._rule.show_rule(run.optimizer)
        for field, choice in self.kinds.items():
            choice.set_value(getattr(run, field))
        self.kinds["search"].setVisible(takes_search(run.optimizer))
        self.kinds["momentum_schedule"].setVisible(run.optimizer.has_momentum)
        self._start.set_value(run.start)
        self._start_row.setVisible(run.fork is None)
        self._fork.setVisible(run.fork is not None)
        if run.fork:
            self._fork.set_value(run.fork)
            self._fork.show_run(run, self._points)
        self._epochs.set_value(run.epochs)
        self._seed.set_value(run.seed)
        self._seed_row.setVisible(run.batching.shuffles)

    def _make_kinds(self) -> dict[str, KindForm]:
        return {
            "optimizer": KindForm(
                self.tr("algorithm"),
                self.tr("The rule that makes each step."),
                LECTURE_RULES,
                partial(self._refusal, "optimizer"),
                further=FURTHER_RULES,
                contrast=SECOND_ORDER_RULES,
            ),
            "search": KindForm(
                self.tr("step length"),
                self.tr("How far a step goes along its direction. Each try of a search costs a loss."),
                SEARCHES,
                partial(self._refusal, "search"),
            ),
            "batching": KindForm(
                self.tr("update on"),
                self.tr("Which points one update uses."),
                BATCHINGS,
                partial(self._refusal, "batching"),
            ),
            "schedule": KindForm(
                self.tr("schedule"),
                self.tr("How the learning rate η changes from step to step."),
                SCHEDULES,
                self._schedule_refusal,
            ),
            "momentum_schedule": KindForm(
                self.tr("γ schedule"),
                self.tr("How the momentum γ changes from step to step."),
                MOMENTUM_SCHEDULES,
            ),
        }

    def _connect(self) -> None:
        names = {field: choice.combo.accessibleName() for field, choice in self.kinds.items()}
        names["batching"] = self.tr("points of an update")
        for field, choice in self.kinds.items():
            choice.value_changed.connect(partial(self._on_kind, field, names[field]))
        self._epochs.value_changed.connect(partial(self._set, "epochs", self.tr("Change epochs"), "epochs"))
        self._seed.value_changed.connect(partial(self._set, "seed", self.tr("Change seed"), "seed"))
        for editor in (*self.kinds.values(), self._epochs, self._seed):
            editor.edit_finished.connect(self.edit_finished)
        self._connect_start()

    def _connect_start(self) -> None:
        change = self.tr("Change where the run begins")
        self._start.value_changed.connect(partial(self._set, "start", self.tr("Change start"), "start"))
        self._fork.value_changed.connect(partial(self._set, "fork", change, "fork"))
        for editor in (self._start, self._fork):
            editor.edit_finished.connect(self.edit_finished)

    def _replace_start(self, dimension: int) -> None:
        old, place = (self._start_row, self._fork), self._layout.indexOf(self._start_row)
        self._start, self._fork = StartEditor(dimension), ForkEditor(dimension)
        self._start_row = form_row(self.tr("start"), self._start)
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
        return self._refusal("schedule", schedule)

    def _changed(self, field: str, value: Content) -> Run:
        """Return the run with another value of a field; raises `InvalidValue` if they do not fit."""
        if field == "optimizer":
            return change_optimizer(self._run, value)
        return replace(self._run, **{field: value})

    def _refusal(self, field: str, value: Content) -> str:
        """Return a sentence that says why a change is not possible; empty if it is."""
        try:
            self._changed(field, value)
        except InvalidValue as fault:
            label = self.kinds[fault.key].combo.accessibleName()
            return self.tr("“{setting}” {reason}.").format(setting=label, reason=fault.reason)
        return ""

    def _on_kind(self, field: str, whole: str, value: Content) -> None:
        old, refusal = getattr(self._run, field), self._refusal(field, value)
        if refusal:  # such as when the lower of two ordered numbers is dragged above the other
            self.kinds[field].set_value(old)
            show_fault(self.kinds[field].combo, refusal)
        else:
            self._set(field, *self._change(old, value, whole), value)

    def _set(self, field: str, name: str, merge: str, value: Content) -> None:
        run = self._changed(field, value)
        if run != self._run:
            self._show(run)
            self.run_changed.emit(run, name, merge)

    def _change(
        self, old: Configured[Definition], new: Configured[Definition], whole: str
    ) -> tuple[str, str]:
        """Return the undo name of a change and its merge key, which is empty if the kind has changed."""
        change = self.tr("Change {0}")
        if old.definition == new.definition:
            for setting, before, after in zip(new.definition.settings, old.values, new.values, strict=True):
                if before != after:
                    return change.format(setting_letter(setting)), setting.name
        return change.format(whole), ""

    def _epochs_setting(self) -> Setting:
        doc = self.tr("How many times to pass over all the points.")
        return Setting("epochs", "", self.tr("epochs"), doc, LECTURE_EPOCHS, EPOCHS, 1.0, 10000.0, log=True)

    def _seed_setting(self) -> Setting:
        doc = self.tr("Each seed gives another order of the points, the same every time.")
        return Setting("seed", "", self.tr("seed"), doc, 0, SEED, 0.0, 100.0, log=False)


class RuleLabel(QWidget):
    """Shows the summary and the lines of a rule as selectable text.

    With ``edits_lines``, a user-defined rule has a button to edit its lines.
    """

    lines_requested = Signal()

    def __init__(self, *, edits_lines: bool) -> None:
        super().__init__()
        self._edits_lines = edits_lines
        self._summary = _selectable_text("hint")
        self._summary.setWordWrap(True)
        self._lines = _selectable_text("formula")
        layout = fill_layout(QVBoxLayout(self), self._summary, self._lines, gap=3, margins=(0, 0, 0, 2))
        self._edit = window_button(
            self.tr("Edit the lines…"),
            self.tr("Change this rule, its settings and its name, or remove it."),
            self.lines_requested,
        )
        layout.addWidget(self._edit, 0, Qt.AlignmentFlag.AlignLeft)

    def show_rule(self, optimizer: Optimizer) -> None:
        self._edit.setVisible(self._edits_lines and isinstance(optimizer.definition, OwnRule))
        self._summary.setText(translated(optimizer.definition.summary))
        self._lines.setText("\n".join(rule_in_letters(optimizer)))


def _epoch_words(points: int, batching: Batching) -> str:
    """Say how many steps an epoch over this number of points has, for each kind of batching."""
    mini = batching if batching.definition == MINI_BATCH else MINI_BATCH()
    words = tr(
        "One epoch over N = {n} points is 1 step on all points (batch), {n} steps on one point "
        "(stochastic), and ⌈N / B⌉ = {mini} steps on B = {size} points (mini-batch)."
    )
    steps = mini.updates_per_epoch(points)
    return words.format(n=numerals.integer_text(points), mini=numerals.integer_text(steps), size=mini["size"])


def _selectable_text(name: str) -> PlainLabel:
    label = PlainLabel(name=name)
    # Selectable by mouse only, so that Tab does not stop at it.
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
