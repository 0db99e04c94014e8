"""Instrument flight: descending without seeing the surface, which is shown afterwards."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QWidget

from gdsim.core.exercises.flight.course import FLIGHT_LEVELS, FUEL, Course
from gdsim.core.exercises.flight.flight import (
    LENGTHS,
    TURNS,
    USUAL_LENGTH,
    Flight,
    Move,
    code_of_flights,
    read_code,
)
from gdsim.core.exercises.flight.words import flight_ending, rules_words, spoken_readings
from gdsim.core.formulas.numerals import number
from gdsim.core.language.texts import translated
from gdsim.core.settings import SEED, Value
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.exercise import Exercise, show_named
from gdsim.gui.exercises.flight.instruments import Dial, DialFrame, Readings
from gdsim.gui.exercises.flight.sound_box import SoundBox
from gdsim.gui.exercises.flight.surface_page import (
    SurfacePage,
    UncoveredSurface,
    fill_page,
    pilot_runs,
    pilot_styles,
    titled_card,
    uncovering,
)
from gdsim.gui.exercises.loss_chart import LossChart
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.fields import CheckedField, Refused
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import fill_layout, labelled, plain_button
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import hint_label, sentence_label
from gdsim.gui.style.text_size import FontScaler, resize_window
from gdsim.gui.style.theme import RunStyle
from gdsim.session.session import Session

_SEED_WIDTH, _CODE_WIDTH = 56, 150
_GOAL_DASH = (1.5, 2.0)
# An arrow key turns the step by one of the `TURNS`, with Shift by a right angle.
_LARGE_TURN = TURNS // 4
_FIRST_MOVE = Move(0, USUAL_LENGTH)


class CodeField(CheckedField):
    def read(self, text: str) -> str:
        try:
            read_code(text)
        except ValueError as error:
            raise Refused(str(error)) from None
        return text.strip()

    def written(self) -> str:
        return str(self._value)


class LevelChoice(ComboBox):
    """A combo box whose arrow keys open the list; by default they would begin a flight at each level."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.showPopup()
        else:
            super().keyPressEvent(event)


class InstrumentFlight(Exercise):
    """Window to fly over the `FLIGHT_LEVELS`; it does not depend on the document."""

    help_page = "flight"
    remembered = ("flights", "_is_given_up", "next_move", "sound")

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Instrument flight"))
        self.flights: tuple[Flight, ...] = (Flight(Course(0, 1)),)
        self.next_move = _FIRST_MOVE
        self.uncovered: UncoveredSurface | None = None
        self._is_given_up = False
        self._asked, self.sentence = sentence_label("cardTitle"), sentence_label()
        self.level = LevelChoice(self.tr("level"), self.tr("The surface to fly over, from easy to hard."))
        self.seed = NumberField(
            self.tr("seed"),
            self.tr(
                "The seed decides how the surface is moved and turned: always the same way for the same seed."
            ),
            SEED,
            1,
        )
        self.two, self.sound = QCheckBox(self.tr("Two &pilots")), SoundBox()
        self.code = CodeField(
            self.tr("code"), self.tr("The steps so far. Paste the code of a flight here to see it."), ""
        )
        self.dial, self.readings, self.losses = Dial(), Readings(), LossChart()
        keys = self.tr(
            "Left and Right turn the next step, Up and Down make it longer or shorter, Home turns it to "
            "steepest descent, and Enter makes the step."
        )
        self.frame = DialFrame(self.dial, self.tr("Instruments"), keys)
        self.hint = hint_label(keys)
        self.surface, self.pages = SurfacePage(), QStackedWidget()
        self.give_up = plain_button(
            self.tr("&Uncover"), self.tr("End the flight and show the surface."), self._on_given_up
        )
        self.step = plain_button(self.tr("&Make the step (Enter)"), act=self.make_step, is_primary=True)
        self.again = plain_button(self.tr("&Next flight (Enter)"), act=self._on_again, is_primary=True)
        self._arrange()
        self._connect()
        resize_window(self, 940, 620)
        self._show()

    def _arrange(self) -> None:
        self.level.addItems([translated(level.title) for level in FLIGHT_LEVELS])
        self.level.fit_entries()
        set_tip(self.two, self.tr("Two pilots take turns at one keyboard, one step each."))
        FontScaler(self.seed, QWidget.setFixedWidth, _SEED_WIDTH)
        FontScaler(self.code, QWidget.setFixedWidth, _CODE_WIDTH)
        tools = Flow(gap=14)
        tools.add_groups(*map(labelled, (self.level, self.seed, self.code)), (self.two,), (self.sound,))
        self.outline.addWidget(self._asked)
        self.outline.addLayout(tools)
        if not self.sound.isEnabled():  # a disabled box gets no focus, so its tooltip would not be read aloud
            self.outline.addWidget(hint_label(self.sound.accessibleDescription()))
        instruments = QWidget()
        picture = titled_card(self.tr("Instruments"), (self.frame, 1), self.hint)
        fill_page(instruments, picture, titled_card(self.tr("Readings"), self.readings, (self.losses, 1)))
        self.pages.addWidget(instruments)
        self.pages.addWidget(self.surface)
        self.outline.addWidget(self.pages, 1)
        self.set_foot(
            fill_layout(QHBoxLayout(), (self.sentence, 1), self.give_up, self.step, self.again, gap=10)
        )
        self.sentence.setMinimumHeight(3 * self.sentence.fontMetrics().lineSpacing() + 6)

    def _connect(self) -> None:
        self.seed.committed.connect(self._on_course)
        for choice, act in (
            (self.level.activated, self._on_course),
            (self.two.clicked, self._on_course),
            (self.sound.clicked, self._on_sound),
        ):
            choice.connect(act)
            choice.connect(self._take_keys)
        self.sound.failed.connect(self.show_note)
        self.code.committed.connect(self._on_code)
        self.frame.nudged.connect(self._on_nudged)
        self.frame.step_requested.connect(self.make_step)
        self.frame.descent_requested.connect(partial(self._turn_to, 0))
        self.dial.pointed.connect(self._on_pointed)
        for button in (self.give_up, self.step, self.again):
            button.clicked.connect(self._take_keys)

    # ------------------------------------------------------------------------------ state and focus

    def show_look(self) -> None:
        self._show()

    def restore_state(self, state: Mapping[str, Any]) -> None:
        super().restore_state(state)
        self._go_on(self.flights, is_given_up=self._is_given_up, next_move=self.next_move)

    def set_up(self, settings: Mapping[str, Value]) -> None:
        course = self.flights[0].course
        number = int(settings.get("level", course.number + 1)) - 1
        self._begin(Course(number, int(settings.get("seed", course.seed))))

    def show_up(self) -> None:
        super().show_up()
        self._take_keys()

    def end(self) -> None:
        super().end()
        self.sound.player.close()

    def on_enter(self) -> None:
        if not isinstance(self.focusWidget(), CheckedField):  # it refused its text
            self._take_keys()

    @Slot()
    def _take_keys(self) -> None:
        """Give the focus to the dial, or to the button for the next flight."""
        (self.again if self.uncovered else self.frame).setFocus()

    # ------------------------------------------------------------------------------ flying

    @property
    def is_over(self) -> bool:
        """Whether all flights have ended or were given up."""
        return self._is_given_up or all(one.is_over for one in self.flights)

    @property
    def pilot(self) -> int:
        """Index of the flight whose turn it is."""
        flying = [index for index, one in enumerate(self.flights) if not one.is_over]
        return min(flying, key=lambda index: self.flights[index].steps, default=0)

    @Slot()
    def make_step(self) -> None:
        if self.is_over:
            return
        pilot, flights = self.pilot, list(self.flights)
        flights[pilot] = flights[pilot].after(self.next_move)
        self.flights, self.next_move = tuple(flights), self.next_move._replace(turn=0)
        self._show()
        self.sound.play(flights[pilot])

    def _on_nudged(self, across: int, up: int, large: bool) -> None:
        length = min(max(self.next_move.length + up, 0), len(LENGTHS) - 1)
        self.next_move = self.next_move._replace(length=length)
        self._turn_to(self.next_move.turn - across * (_LARGE_TURN if large else 1))

    def _on_pointed(self, degrees: float) -> None:
        away = degrees - self.flights[self.pilot].heading(0)
        self._turn_to(round(away * TURNS / 360.0))

    def _turn_to(self, turn: int) -> None:
        self.next_move = self.next_move._replace(turn=turn % TURNS)
        if not self.is_over:
            self._show_instruments(step_first=True)

    def _on_course(self) -> None:
        self._begin(Course(self.level.currentIndex(), int(self.seed.value())))

    def _on_again(self) -> None:
        course = self.flights[0].course
        self._begin(replace(course, seed=(course.seed + 1) % int(SEED.high + 1)))

    def _begin(self, course: Course) -> None:
        self._go_on((Flight(course),) * (2 if self.two.isChecked() else 1), is_given_up=False)
        self.sound.play(self.flights[0])

    def _on_code(self, code: str) -> None:
        """Show the flights of a code, as given up if they are not over."""
        self._go_on(read_code(code), is_given_up=True)

    def _on_given_up(self) -> None:
        self._is_given_up = True
        self._show()

    def _go_on(
        self, flights: tuple[Flight, ...], *, is_given_up: bool, next_move: Move = _FIRST_MOVE
    ) -> None:
        self.tasks.cancel()
        self.uncovered = None
        self.flights, self._is_given_up = flights, is_given_up
        self.next_move = next_move
        course = flights[0].course
        self.level.setCurrentIndex(course.number)
        self.seed.set_value(course.seed)
        self.two.setChecked(len(flights) > 1)
        self._show()

    @Slot()
    def _on_sound(self) -> None:
        """Play the current sound, as an example."""
        self.show_note("")
        self.sound.play(self.flights[self.pilot])

    # ------------------------------------------------------------------------------ showing

    def _show(self) -> None:
        """Show the instruments of the current pilot, or the surface once all flights are over."""
        self.code.set_value(code_of_flights(self.flights))
        self.pages.setCurrentIndex(int(self.uncovered is not None))
        for button in (self.give_up, self.step):
            button.setVisible(not self.is_over)
        self.again.setVisible(self.is_over)
        if self.uncovered:
            self._show_surface(self.uncovered)
        else:
            self._show_instruments()
        if self.is_over and not self.uncovered and not self.tasks.is_busy:
            self.tasks.replace(partial(uncovering, self.flights), self._on_uncovered)

    def _show_instruments(self, *, step_first: bool = False) -> None:
        flight = self.flights[self.pilot]
        asked, words, heard = self._words(flight, step_first=step_first)
        show_named(self._asked, asked)
        show_named(self.sentence, words)
        self.frame.say(heard)
        self.dial.show_flight(flight, self.next_move.turn)
        self.readings.show_flight(flight, self.next_move)
        styles = pilot_styles(pilot_runs(self.flights, self._names), self.theme)
        losses = [one.loss for one in self.flights]
        curves = zip(self._names, losses, styles, strict=True)
        goal = np.full(FUEL + 1, flight.course.level.goal)
        self.losses.show_curves(*curves, (self.tr("goal"), goal, RunStyle(self.theme.muted, _GOAL_DASH, "o")))

    def _words(self, flight: Flight, *, step_first: bool) -> tuple[str, str, str]:
        """Return the task, the readings, and what a screen reader says about both."""
        if self.is_over:
            return translated(flight.course.level.about), self._endings(), self._endings()
        asked = self.tr("Fly down to a loss of {goal}: you see only the instruments.").format(
            goal=number(flight.course.level.goal)
        )
        words = spoken_readings(flight, self.next_move)
        heard = words if flight.steps else f"{asked} {words}"
        if len(self.flights) > 1:
            asked, heard = (
                self.tr("{name}, your step. {asked}").format(name=self._names[self.pilot], asked=one)
                for one in (asked, heard)
            )
        return asked, words, spoken_readings(flight, self.next_move, step_first=True) if step_first else heard

    def _show_surface(self, uncovered: UncoveredSurface) -> None:
        words = f"{self._endings()} {rules_words(uncovered.autopilots)}"
        show_named(self.sentence, words)
        self.again.setAccessibleDescription(words)
        self.surface.show_flights(self.flights, self._names, uncovered, self.theme)

    def _endings(self) -> str:
        if len(self.flights) == 1:
            return flight_ending(self.flights[0])
        words = self.tr("{name}: {ending}")
        return " ".join(
            words.format(name=name, ending=flight_ending(one))
            for name, one in zip(self._names, self.flights, strict=True)
        )

    @property
    def _names(self) -> tuple[str, ...]:
        if len(self.flights) == 1:
            return (self.tr("You"),)
        return tuple(self.tr("Pilot {n}").format(n=index + 1) for index in range(len(self.flights)))

    def _on_uncovered(self, uncovered: UncoveredSurface) -> None:
        self.uncovered = uncovered
        has_keys = self.focusWidget() is self.frame
        self._show()
        if has_keys:
            self._take_keys()
