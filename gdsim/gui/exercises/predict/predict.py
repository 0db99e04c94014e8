"""The window to predict, and then reveal, at a paused step of the selected run."""

from collections.abc import Mapping

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QTabWidget, QWidget

from gdsim.core.exercises.predict.landing import Landing
from gdsim.core.exercises.predict.ranking import Ranking
from gdsim.core.exercises.quiz.question import Score
from gdsim.core.model.experiment import Experiment
from gdsim.core.settings import Value
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.exercise import Exercise, show_named
from gdsim.gui.exercises.predict.landing_page import LandingPage
from gdsim.gui.exercises.predict.ranking_page import RankingPage
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.plain_text import sentence_label
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr
from gdsim.session.frame import Frame, RunView
from gdsim.session.session import Session

# How close to the true place a mark is a hit, as a share of the distance that the run covers.
_HIT = 0.25


class Predict(Exercise):
    """Window that asks about the selected run of a session."""

    help_page = "predict"
    remembered = (
        *("_marks", "_orders", "_counted", "pages"),
        *("landing.ahead", "ranking.what", "ranking.steps", "landing.close_up"),
    )
    covers_step = True

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Predict, then reveal"))
        self._asked: tuple[object, ...] = ()
        self._edited = ""  # a note on edited points
        self._marks, self._orders = Score(), Score()
        # The questions already counted; asked again, they do not count, because the answer has been seen.
        self._counted: tuple[object, ...] = ()
        self.landing = LandingPage(self.tasks, session.experiment)
        self.ranking = RankingPage(self.tasks, session.experiment)
        self.pages = QTabWidget()
        self.pages.addTab(self.landing, self.tr("Where does it &land?"))
        self.pages.addTab(self.ranking, self.tr("&Which gets lowest?"))
        self.tally = sentence_label()
        self.pages.setDocumentMode(True)
        self.pages.tabBar().setDrawBase(False)
        self.outline.addWidget(self.pages, 1)
        self.set_foot(self.tally)
        self.landing.revealed.connect(self._on_landed)
        self.landing.advance_requested.connect(lambda steps: session.play(lambda head: head.nudge(steps)))
        self.ranking.revealed.connect(self._on_ranked)
        session.frame_changed.connect(self._on_frame)
        session.surface_changed.connect(self._on_surface)
        resize_window(self, 1000, 620)
        if session.surface is not None:
            self._show_surface(session.surface)
        self.landing.frame.setFocus()

    def set_up(self, settings: Mapping[str, Value]) -> None:
        if "lowest" in settings:
            self.pages.setCurrentWidget(self.ranking if settings["lowest"] else self.landing)

    @classmethod
    def refusal(cls, session: Session) -> str:
        if session.experiment.runs:
            return ""
        return tr("Add a run first; then you can predict its steps.")

    def follow(self) -> None:
        self._show_score()
        self._on_frame(self.session.frame())

    def on_enter(self) -> None:
        page = self.pages.currentWidget()
        if isinstance(page, (LandingPage, RankingPage)):
            page.act()

    @Slot(object)
    def _on_surface(self, surface: LossSurface) -> None:
        if self.isVisible():  # a closed window lives on for a moment, and must not start work
            self._show_surface(surface)

    def _show_surface(self, surface: LossSurface) -> None:
        self.landing.show_surface(surface)
        self.ranking.show_surface(surface)

    @Slot(object)
    def _on_frame(self, frame: Frame) -> None:
        """Ask about the step at which the run is paused."""
        if not self.isVisible():
            return
        experiment, view = self.session.experiment, frame.current
        self.landing.goes_on = not frame.by_epoch
        if view is None:
            self._ask(experiment, None, self.tr("There is no run; add one in the main window."))
        elif frame.playing:
            self.show_note(
                self.tr("The run is playing; pause it in the main window to predict its next step.")
            )
            self.pages.setEnabled(False)
        else:
            drawn = experiment.slice, view.run
            asked = (experiment.points, experiment.objective, *drawn, view.step, view.trajectory)
            if asked != self._asked or not self.pages.isEnabled():
                if self._asked and self._asked[0] != experiment.points:
                    self._edited = self.tr(
                        "The points were changed in the main window; the question is about the new ones."
                    )
                self._asked = asked
                self._ask(experiment, view, self._edited)
            else:
                self.landing.follow_growth()

    def _ask(self, experiment: Experiment, view: RunView | None, note: str) -> None:
        self.show_note(note)
        self.pages.setEnabled(view is not None)
        self.landing.show_run(experiment, view)
        self.ranking.show_run(experiment, view)

    @Slot(object)
    def _on_landed(self, result: Landing) -> None:
        if self._is_new(self.landing.ahead):
            self._marks = self._marks.answered(right=result.distance <= _HIT * result.length)
            self._show_score()

    @Slot(object)
    def _on_ranked(self, result: Ranking) -> None:
        if self._is_new(self.ranking.what, self.ranking.steps):
            self._orders = self._orders.answered(right=result.is_right(self.ranking.order))
            self._show_score()

    def _is_new(self, *boxes: ComboBox) -> bool:
        """Return whether the question, made up of the step and the choices in the boxes, is new."""
        question = (*self._asked[:-1], *(box.currentIndex() for box in boxes))
        is_new = question not in self._counted
        self._counted = (*self._counted, question)
        return is_new

    def _show_score(self) -> None:
        marks, orders, parts = self._marks, self._orders, []
        if marks.asked:
            words = self.tr("{hits} of {marks} marks within a quarter of the distance")
            parts.append(words.format(hits=marks.right, marks=marks.asked))
        if orders.asked:
            words = self.tr("{right} of {ranked} orders right")
            parts.append(words.format(right=orders.right, ranked=orders.asked))
        show_named(self.tally, ", ".join(parts))
