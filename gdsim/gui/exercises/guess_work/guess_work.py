"""Guess work: moving the neuron by hand, writing guesses down, then seeing them on the surface."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.exercises.guesses import CurveGrip, Guesses, guess_at
from gdsim.core.formulas.numerals import exact, joined_numbers, number
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.run import LECTURE_START
from gdsim.core.settings import Value
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.exercise import Exercise, show_named
from gdsim.gui.exercises.guess_work.guess_list import GuessList
from gdsim.gui.exercises.guess_work.guess_pane import GuessPane, PlaceEditor
from gdsim.gui.exercises.guess_work.guess_race import GuessRace
from gdsim.gui.exercises.key_frame import KeyFrame, nudged, on_grid
from gdsim.gui.exercises.side_panel import SidePanel
from gdsim.gui.forms.card import Card
from gdsim.gui.forms.layouts import fill_layout, plain_button
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.forms.window_visibility import WindowVisibility
from gdsim.gui.plain_text import sentence_label
from gdsim.gui.style.text_size import FontScaler, look_for, resize_window
from gdsim.gui.style.theme import RunStyle
from gdsim.gui.translation import tr
from gdsim.session.document import History
from gdsim.session.session import Session

_SIDE_WIDTH, _CURVE_HEIGHT = 370, 210


class GuessWork(Exercise):
    """Window of the exercise, which keeps the points and the loss with which it began."""

    help_page = "guess-work"

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Guess work"))
        self.race: GuessRace | None = None
        self._seen = WindowVisibility(self)
        self.pane = GuessPane()
        self.frame = KeyFrame(
            self.pane,
            self.tr("Your neuron"),
            self.tr(
                "Drag the curve: near the middle of the points to shift it, elsewhere to tilt it. "
                "Left and right change w, up and down change b; with Shift by more."
            ),
        )
        self.editor = PlaceEditor(session.experiment.view_range)
        self.readout = sentence_label("cardTitle")
        self.write = plain_button(
            self.tr("&Write it down (Enter)"),
            self.tr("Add w, b and L to your guesses."),
            self.on_enter,
            is_primary=True,
        )
        self.list = GuessList()
        self.reveal = plain_button(self.tr("&Show the surface"), act=self.show_surface)
        self.again = plain_button(
            self.tr("Start again with the present points and loss"), act=self._start_again
        )
        self._hidden = sentence_label()
        self._arrange()
        self._connect()
        self._take_points(session.experiment)
        self._move(LECTURE_START, LECTURE_START)
        self._taken = 0.0, self._guess
        self._show_guesses(self.list.guesses)
        resize_window(self, 1160, 640)
        self.frame.setFocus()

    @classmethod
    def refusal(cls, session: Session) -> str:
        return _why_not(session.experiment)

    def _arrange(self) -> None:
        show_named(
            self._hidden,
            self.tr(
                "Find w and b with the smallest loss L. Write down the places that you try; when you have "
                "some, show the surface, and see how gradient descent does from your first guess."
            ),
        )
        self.again.hide()
        FontScaler(self.pane, QWidget.setMaximumHeight, _CURVE_HEIGHT)
        title = self.tr("Your neuron  f(x) = σ(w·x + b)")
        neuron = Card(title, self.frame, self.editor, self.readout, self.write)
        guesses = Card(self.tr("Your guesses"), self.list)
        side = SidePanel(_SIDE_WIDTH, neuron, (guesses, 1), self.reveal)
        self._hidden.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._place = Card(self.tr("The surface is hidden"), self._hidden)
        self._row = fill_layout(QHBoxLayout(), side, (self._place, 1))
        self.outline.addWidget(self.again)
        self.outline.addLayout(self._row, 1)

    def _connect(self) -> None:
        self.pane.taken.connect(self._on_taken)
        self.pane.dragged.connect(self._on_dragged)
        self.frame.nudged.connect(self._on_nudged)
        self.editor.value_changed.connect(self._move)
        self.list.changed.connect(self._show_guesses)
        self._seen.changed.connect(self._watch)

    # --------------------------------------------------------------------------- state and document

    def save_state(self) -> dict[str, Any]:
        kept = {"experiment": self._experiment, "guess": self._guess, "history": self.list.history}
        return kept | {"is_revealed": self.race is not None}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        self._take_points(state["experiment"])
        self._move(state["guess"].w, state["guess"].b)
        self.list.set_history(state["history"])
        if state["is_revealed"]:
            self.show_surface()

    def set_up(self, settings: Mapping[str, Value]) -> None:
        now, kept = self.experiment, self._experiment
        if (now.points, now.objective) != (kept.points, kept.objective) and not _why_not(now):
            self._start_again()
        self._move(float(settings.get("w", self._guess.w)), float(settings.get("b", self._guess.b)))

    def show_look(self) -> None:
        self.pane.set_look(look_for(self, (RunStyle(self.theme.accent, (), "h"),)))

    def follow(self) -> None:
        now, kept, sentence = self.experiment, self._experiment, _why_not(self.experiment)
        if sentence:
            sentence += " " + self.tr("This exercise keeps what it began with.")
        elif now.points != kept.points:
            sentence = self.tr(
                "The points were changed in the main window. This exercise keeps its first points."
            )
        elif now.objective != kept.objective:
            sentence = self.tr("The loss was changed in the main window. This exercise keeps its first one.")
        self.show_note(sentence)
        self.again.setVisible(bool(sentence) and not _why_not(now))

    def end(self) -> None:
        if self.race:
            self.race.end()
        super().end()

    def _watch(self, seen: bool) -> None:
        if self.race:
            self.race.session.set_watched(seen)

    def stop_work(self) -> None:
        if self.race:
            self.race.session.play(lambda head: head.pause())

    # ------------------------------------------------------------------------------------ user actions

    def on_enter(self) -> None:
        self.list.write_down(self._guess)

    def show_surface(self) -> None:
        if self.race or not self.list.guesses:
            return
        self.race = GuessRace(self._experiment, self.list.guesses)
        self._row.replaceWidget(self._place, self.race)
        self.race.show_look()
        self._place.hide()
        self._row.setStretchFactor(self.race, 1)
        self.reveal.setEnabled(False)
        self._watch(bool(self._seen))
        self.race.begin()

    def _on_taken(self, x: float) -> None:
        self._taken = x, self._guess
        self.frame.setFocus()

    def _on_dragged(self, x: float, y: float) -> None:
        taken, guess = self._taken
        w, b = self._hand.moved(guess.w, guess.b, taken, (x, y))
        self._move(*on_grid(w, b, self._experiment.view_range))

    def _on_nudged(self, across: int, up: int, large: bool) -> None:
        view_range = self._experiment.view_range
        place = nudged((self._guess.w, self._guess.b), across, up, view_range, large=large)
        self._move(*on_grid(*place, view_range))

    def _move(self, w: float, b: float) -> None:
        """Move the neuron to w and b, and compute its loss there."""
        self._guess = guess_at(self._loss, w, b)
        self._show_guess()

    def _start_again(self) -> None:
        if self.race:
            self.race.end()
            self._row.replaceWidget(self.race, self._place)
            self.race.deleteLater()
            self.race = None
            self._place.show()
        self._take_points(self.experiment)
        self.list.set_history(History[Guesses](()))
        self._move(self._guess.w, self._guess.b)
        self.follow()
        self._show_guesses(self.list.guesses)

    def _take_points(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._loss = experiment.training
        self._hand = CurveGrip.over(experiment.points)
        self.editor.set_view_range(experiment.view_range)
        self.pane.show_points(experiment.points, experiment.validation.taken([]))

    # ------------------------------------------------------------------------------ showing

    def _show_guess(self) -> None:
        guess = self._guess
        self.editor.set_value(guess.w, guess.b)
        self.pane.show_guess(guess)
        place = joined_numbers(map(exact, (guess.w, guess.b)))
        show_named(self.readout, f"L({place}) = {number(guess.loss, 6)}")
        self.frame.setAccessibleDescription(self.readout.text())

    def _show_guesses(self, guesses: Guesses) -> None:
        self.reveal.setEnabled(self.race is None and bool(guesses))
        set_tip(self.reveal, self.tr("Write a guess down first.") if not guesses else "")
        if self.race and guesses:
            self.race.show_guesses(guesses)


def _why_not(experiment: Experiment) -> str:
    """Return why the exercise does not fit an experiment, as a sentence; empty if it does."""
    objective = experiment.objective
    if isinstance(objective, FunctionObjective) or objective.activation != "sigmoid":
        return tr("Guess work is about a sigmoid that is dragged by hand: choose the sigmoid as the neuron.")
    if experiment.points.dimension != 1:
        return tr("Guess work is for points with one input: two numbers to guess, w and b.")
    return ""
