"""The race of gradient descent against the guesses, on the surface."""

from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from gdsim.core.exercises.guesses import Guesses, best_of, label_sides, race, steps_to_beat
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import number
from gdsim.core.language.texts import counted
from gdsim.core.model.experiment import Experiment
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.exercises.exercise import show_named
from gdsim.gui.exercises.guess_work.guess_pane import view_of
from gdsim.gui.exercises.marked_map import MapMark, MarkedMap
from gdsim.gui.forms.card import Card
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import sentence_label
from gdsim.gui.playback.player import PlaybackCommands
from gdsim.gui.playback.transport import Transport, connect_transport
from gdsim.gui.runs.run_legend import RunLegend
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.text_size import look_for
from gdsim.gui.style.theme import RunStyle, run_styles
from gdsim.gui.surface.marks import PlaceLabel
from gdsim.gui.surface.painter import SurfacePainter
from gdsim.session.frame import Frame
from gdsim.session.session import Session

_SPEED = 40.0
_DASH = (1.2, 2.2)


class GuessRace(QWidget):
    """Surface, map and player of a race against at least one guess, in a session of its own."""

    def __init__(self, experiment: Experiment, guesses: Guesses) -> None:
        super().__init__()
        self._experiment = experiment
        self._guesses = guesses
        self.session = Session(race(experiment, guesses, all_rules=False), self)
        self.surface = SurfacePainter()
        self.map = MarkedMap()
        self.key = RunLegend(with_step=False)
        self.transport = Transport()
        self.all_rules = QCheckBox(self.tr("&All rules race"))
        set_tip(self.all_rules, self.tr("Start every rule at your first guess, with its usual settings."))
        self.verdict = sentence_label("strong")
        self.surface.set_arrows(ArrowChoice(on=False))
        self._arrange()
        self._connect()
        self._show_guesses()
        ThemeFollower(self, self.show_look)

    def _arrange(self) -> None:
        surface, contours = Card(self.tr("Error surface"), self.surface), Card(self.tr("Contours"), self.map)
        views = fill_layout(QHBoxLayout(), (surface, 1), (contours, 1))
        line = fill_layout(QHBoxLayout(), (self.verdict, 1), self.all_rules)
        line.setAlignment(self.all_rules, Qt.AlignmentFlag.AlignTop)
        fill_layout(QVBoxLayout(self), (views, 1), self.key, line, self.transport)

    def _connect(self) -> None:
        session = self.session
        session.surface_changed.connect(self._on_surface)
        session.frame_changed.connect(self._on_frame)
        session.playhead_changed.connect(lambda _: self._show_transport(session.frame()))
        connect_transport(self.transport, PlaybackCommands(session, self), session)
        self.all_rules.toggled.connect(self._on_rules)

    def begin(self) -> None:
        self.session.begin()
        self.session.play(lambda head: head.at_speed(_SPEED).play())

    def end(self) -> None:
        self.session.close()

    def show_guesses(self, guesses: Guesses) -> None:
        """Replace the guesses; the race starts at the first one."""
        self._guesses = guesses
        self._show_guesses()
        self._edit()

    def _on_rules(self) -> None:
        self._edit()
        self.session.play(lambda head: head.seek(0).play())

    def _edit(self) -> None:
        new = race(self._experiment, self._guesses, all_rules=self.all_rules.isChecked())
        self.session.edit(new, "race")
        self.show_look()
        self._on_frame(self.session.frame())

    def show_look(self) -> None:
        theme = shown_theme()
        own = RunStyle(theme.accent, _DASH, "h")
        runs = self.session.experiment.runs
        styles = run_styles(runs, theme)
        look = look_for(self, (own, *styles))
        self.key.set_look(look_for(self, styles))
        self.key.setVisible(len(runs) > 1)
        for pane in (self.surface, self.map):
            pane.set_look(look)

    def _show_guesses(self) -> None:
        each, sides = self._guesses, label_sides(self._guesses)
        self.surface.set_labels(
            tuple(
                PlaceLabel(*guess, str(number), side)
                for number, (guess, side) in enumerate(zip(each, sides, strict=True), 1)
            )
        )
        best = best_of(self._guesses)
        self.map.set_marks(
            [
                MapMark(guess.w, guess.b, str(index + 1), strong=index == best, side=sides[index])
                for index, guess in enumerate(each)
            ]
        )
        self.map.setAccessibleDescription(
            self.tr("Your guesses, numbered in order; the race starts at number 1.")
        )

    @Slot(object)
    def _on_surface(self, surface: LossSurface) -> None:
        for pane in (self.surface, self.map):
            pane.show_surface(surface)

    @Slot(object)
    def _on_frame(self, frame: Frame) -> None:
        with_guesses = replace(
            frame, views=(view_of(self._guesses), *frame.views), selected=frame.selected + 1, update=None
        )
        for pane in (self.surface, self.map):
            pane.show_frame(with_guesses)
        self.key.show_frame(frame)
        self._show_transport(frame)
        show_named(self.verdict, self._verdict(frame))

    def _show_transport(self, frame: Frame) -> None:
        current = frame.current
        epoch = current.epoch if current else 0
        self.transport.show_playhead(self.session.playhead, frame.by_epoch, epoch)

    def _verdict(self, frame: Frame) -> str:
        best = best_of(self._guesses)
        if best is None or not frame.views:
            return ""
        target = self._guesses[best].loss
        view = frame.views[0]
        needed = steps_to_beat(view.whole.loss, target)
        what = self.tr("your best guess, number {n} with L = {loss}").format(
            n=best + 1, loss=number(target, 4)
        )
        if needed is not None:
            return counted(
                needed,
                "Gradient descent from your first guess needed {n} step to beat {what}.",
                "Gradient descent from your first guess needed {n} steps to beat {what}.",
                what=what,
            )
        if view.trajectory.stop is None:
            return self.tr("Gradient descent has not beaten {what} yet.").format(what=what)
        words = self.tr("Gradient descent from your first guess did not beat {what}, in {n} steps: you won.")
        return words.format(n=numerals.integer_text(view.trajectory.last_step), what=what)
