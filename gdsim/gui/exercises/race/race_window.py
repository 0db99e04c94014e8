"""The window of the fair race, which tunes every rule with equally many trials and judges it afterwards."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gdsim.core.exercises.race.plan import RaceEntry, RacePlan
from gdsim.core.exercises.race.race_csv import writing_race
from gdsim.core.exercises.race.racing import racing
from gdsim.core.exercises.race.result import RaceResult
from gdsim.core.model.batching import BATCH
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.kept_windows import KeptRace
from gdsim.core.model.run import Run
from gdsim.core.model.search_checks import is_second_order
from gdsim.core.rules.catalogue import LECTURE_RULES, RULES
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.settings import Value
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.computing_exercise import Computing
from gdsim.gui.exercises.exercise import say_aloud, show_named
from gdsim.gui.exercises.keep_button import KeepButton
from gdsim.gui.exercises.race.entry_list import EntryList
from gdsim.gui.exercises.race.profile_chart import ProfileChart
from gdsim.gui.exercises.race.race_controls import RaceControls
from gdsim.gui.exercises.race.race_words import (
    conclusion,
    race_table_row,
    race_table_titles,
    terms_words,
    unfit_words,
    with_shown_names,
    within_words,
)
from gdsim.gui.exercises.result_table import ResultTable
from gdsim.gui.exercises.side_panel import SidePanel
from gdsim.gui.forms.fields import CheckedField
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout, plain_button
from gdsim.gui.plain_text import sentence_label
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.style.theme import run_styles
from gdsim.session.session import Session

_SIDE = 290
_BESIDE = 7  # the column of the losses and solves that searches need


class FairRace(Computing):
    """Window of a race over the points of the document, with the batching of the selected run."""

    help_page = "race"
    writes_files = True
    makes_late = True  # the rows of tuned settings
    remembered = ("_entries", "raced", "keep.seen", "controls.terms", "controls.tolerance.is_typed")

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Fair race"))
        self._entries = tuple(RaceEntry.of(RULES[rule]) for rule in LECTURE_RULES)
        self.raced: RaceResult | None = None
        self.entries, self.controls = EntryList(), RaceControls(session)
        self.profile = ProfileChart()
        self.table = ResultTable(self.tr("Result of the race"), race_table_titles(), numbers=range(1, 8))
        self.readout, self.points = sentence_label("hint"), sentence_label("hint")
        self.words = sentence_label()
        self.new = plain_button(
            self.tr("Add median runs"),
            self.tr("Adds the median run of each rule to the document, as one edit."),
            self._add,
        )
        edits = self.tr("Keep race"), self.tr("Take out race")
        self.keep = KeepButton[KeptRace](session, user_actions, "race", self.tr("this race"), edits)
        self.picture = plain_button(
            self.tr("Picture…"), self.tr("The profile with its key, as PNG."), self._picture
        )
        self.file = plain_button(
            self.tr("Table…"), self.tr("A row for each run that was judged, as CSV."), self._table
        )
        self._arrange()
        self._connect()
        self._show()

    def _arrange(self) -> None:
        side, right = SidePanel(_SIDE, self.entries), QWidget()
        fill_layout(QVBoxLayout(right), (self.profile, 3), self.readout, (self.table, 2), gap=6)
        middle = fill_layout(QHBoxLayout(), side, (right, 1), gap=12)
        fill_layout(self.outline, self.controls, self.points, (middle, 1), margins=DIALOG_MARGINS)
        buttons = (self.new, self.picture, self.file, self.keep)
        self._set_foot(self.words, buttons=buttons, close=self.tr("The result stays until the program ends."))
        self.table.setMinimumHeight(110)
        resize_window(self, 1200, 700)

    def _connect(self) -> None:
        self.entries.changed.connect(self._on_entries)
        self.controls.changed.connect(self._show)
        self.controls.race.clicked.connect(self.race)
        self.profile.line_moved.connect(self._read)
        self.session.surface_changed.connect(self._on_changed)

    def set_up(self, settings: Mapping[str, Value]) -> None:
        changes: dict[str, Any] = dict(settings)
        self.controls.terms = replace(self.controls.terms, **changes)

    def show_look(self) -> None:
        self._show()

    def plan(self) -> RacePlan:
        scene, run = self.experiment, self.run
        return RacePlan(
            # Only what a race depends on: the points, the loss, and the range of the starts.
            Experiment(
                scene.points,
                scene.validation,
                objective=scene.objective,
                view_range=scene.view_range,
                slice=scene.slice,
            ),
            self._entries,
            self.controls.terms,
            run.batching if run is not None else BATCH(),
        )

    # ------------------------------------------------------------------------------- the document

    def follow(self) -> None:
        if (kept := self.keep.news()) is not None:
            self._show_kept(kept)
        own = self._rules_of_document()
        known = {rule.id: rule for rule in (*RULES.values(), *SECOND_ORDER_RULES.values(), *own)}
        # Replace entries whose rule was edited, and drop those whose rule is gone.
        self._entries = tuple(
            entry
            if known[entry.optimizer.id] == entry.optimizer.definition
            else RaceEntry.of(known[entry.optimizer.id])
            for entry in self._entries
            if entry.optimizer.id in known
        )
        self.entries.show_rules(own)
        self.controls.tolerance.follow()
        self._show()

    def _rules_of_document(self) -> tuple[Rule, ...]:
        """Return the document's own rules, and the library rules that its runs use."""
        optimizers = (run.optimizer for run in self.experiment.runs)
        followed = (one.definition for one in optimizers if not is_second_order(one))
        rules = dict.fromkeys((*self.experiment.rules, *followed))
        return tuple(rule for rule in rules if rule.id not in RULES)

    def _on_entries(self, entries: tuple[RaceEntry, ...]) -> None:
        self._entries = entries
        self._show()

    # ----------------------------------------------------------------------------- saved in the document

    def _show_kept(self, kept: KeptRace) -> None:
        self._entries = tuple(map(RaceEntry.of_kept, kept.entries))
        self.controls.tolerance.is_typed = True
        self.controls.terms = kept.terms

    def _shown(self) -> KeptRace:
        """Return what is shown, as saved in a document."""
        return KeptRace(tuple(entry.kept for entry in self._entries), self.controls.terms)

    # ------------------------------------------------------------------------------ racing

    @Slot()
    def race(self) -> None:
        """Compute the race that the fields describe, stopping any that is under way."""
        if not self._entries or self.plan().unfit:
            return
        self._compute(self.tr("racing"), partial(racing, self.plan()), self._on_done)

    def on_enter(self) -> None:
        field = self.focusWidget()
        if not (isinstance(field, CheckedField) and field.fault()):
            self.race()

    def _on_done(self, result: RaceResult) -> None:
        self.raced = result
        self._show()

    # ------------------------------------------------------------------------------ showing

    @Slot()
    def _show(self) -> None:
        result, plan = with_shown_names(self.raced) if self.raced else None, self.plan()
        self.entries.show_entries(self._entries)
        unfit = plan.unfit
        self.controls.race.setEnabled(bool(self._entries) and unfit is None)
        show_named(self.points, terms_words(plan))
        runs = [Run(entry.run.optimizer) for entry in result.entries] if result else []
        self.profile.show_result(result, run_styles(runs, self.theme))
        self.table.show_rows([race_table_row(result, entry) for entry in result.entries] if result else [])
        self.table.setColumnHidden(_BESIDE, not (result and result.plan.is_searched))
        for button in (self.new, self.picture, self.file):
            button.setEnabled(result is not None)
        self.keep.offer(self._shown() if self._entries else None)
        stale = result is not None and result.plan != plan
        self.show_note(
            self.tr("The result below is for other settings or points: race again.") if stale else ""
        )
        if unfit is not None:
            say_aloud(self.words, unfit_words(unfit))
        else:
            say_aloud(self.words, conclusion(result) if result else self.tr("Press Race, or Enter."))
        self._read()

    @Slot()
    def _read(self) -> None:
        result, at = self.raced, self.profile.at
        if result is None:
            show_named(self.readout, "")
        else:
            at = float(result.plan.terms.budget) if at is None else at
            show_named(self.readout, within_words(with_shown_names(result), at))

    # ---------------------------------------------------------------------------------- results

    @Slot()
    def _add(self) -> None:
        if self.raced is not None:
            self.user_actions.add_runs(list(self.raced.median_runs), self.tr("Add median runs"))

    @Slot(str)
    def tell(self, sentence: str) -> None:
        say_aloud(self.words, sentence)

    @Slot()
    def _picture(self) -> None:
        self.export.picture(self.tr("Export the profile as a picture"), self.profile.picture())

    @Slot()
    def _table(self) -> None:
        if self.raced is not None:
            writing = partial(writing_race, result=self.raced)
            self.export.table(self.tr("Export the race as a table"), writing)
