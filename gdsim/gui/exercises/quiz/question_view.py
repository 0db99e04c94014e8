"""The view of a quiz question, with its subject on the left and four answers on the right."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gdsim.core.exercises.quiz.question import ANSWER_LETTERS, Question, QuestionKind
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.exercises.answer_card import AnswerCard
from gdsim.gui.exercises.marked_map import MapMark, MarkedMap
from gdsim.gui.forms.layouts import fill_layout, grid, plain_button
from gdsim.gui.style.shown_theme import ThemeFollower
from gdsim.gui.style.text_size import look_for
from gdsim.gui.surface.mesh import Mesh
from gdsim.gui.surface.painter import SurfacePainter
from gdsim.gui.surface.projection import Projection
from gdsim.gui.translation import tr

# A press and a release this close together, in pixels, are a click instead of a turn.
_CLICK = 4.0
# The grey of level ground, and the exponent that strengthens the light compared to a coloured surface.
_GREY, _CONTRAST = 178.0, 2.6
_ARROW = 1.5
_COLOUR_BAR = 60
# The time between two answers shown, long enough to paint the one before.
_TURN_MS = 16
_GAP = 10  # between the subject and the answers
# From this level on, surfaces have no colours, which would help to match them.
_GREY_FROM = 3


class QuizSurface(SurfacePainter):
    """A surface without its minimum marked; if plain, also without colours and contour lines."""

    clicked = Signal()
    _marks_lowest = False
    # Few samples, because several surfaces are painted for each question.
    _samples = 41

    def __init__(self) -> None:
        super().__init__()
        self._is_plain = False
        self._pressed = QPointF()
        self.setMinimumSize(150, 120)

    def set_plain(self, plain: bool) -> None:
        """Show the surface in grey, or with the colours and contour lines of the loss."""
        if plain != self._is_plain:
            self._is_plain = plain
            self.repaint_surface()

    def _surface_image(self, mesh: Mesh, view: Projection, pixel_ratio: float, *, dark: bool) -> QImage:
        return super()._surface_image(_grey(mesh) if self._is_plain else mesh, view, pixel_ratio, dark=dark)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if (event.position() - self._pressed).manhattanLength() <= _CLICK:
            self.clicked.emit()


def _grey(mesh: Mesh) -> Mesh:
    """Return the mesh in grey, without lines, so that only its shape shows."""
    colours = np.full_like(mesh.colours, 255)
    colours[..., :3] = np.clip(_GREY * mesh.light[..., np.newaxis] ** _CONTRAST, 40.0, 245.0)
    return replace(
        mesh,
        colours=colours,
        light=np.ones_like(mesh.light),
        lines=mesh.lines[:0],
        line_ground=mesh.line_ground[:0],
    )


class QuestionView(QWidget):
    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.map, self.surface = MarkedMap(plain=True), QuizSurface()
        self.surfaces = tuple(QuizSurface() for _ in ANSWER_LETTERS)
        self.maps = tuple(MarkedMap(plain=True) for _ in ANSWER_LETTERS)
        self.cards = tuple(
            AnswerCard(index, _button(index), *views)
            for index, views in enumerate(zip(self.surfaces, self.maps, strict=True))
        )
        self._subject, answers = QStackedWidget(), QWidget()
        for view in (self.map, self.surface):
            self._subject.addWidget(view)
        self.subject = QFrame()  # the frame around the subject
        self.subject.setObjectName("card")
        fill_layout(QVBoxLayout(self.subject), self._subject, margins=(8, 8, 8, 8))
        self._places = grid(answers, 8, 8)
        for index, card in enumerate(self.cards):
            self._places.addWidget(card, *divmod(index, 2))
        fill_layout(QHBoxLayout(self), (self.subject, 1), (answers, 1), gap=_GAP)
        self._has_views = True
        self._waiting: list[tuple[MarkedMap | QuizSurface, LossSurface]] = []
        self._turn = QTimer(self, interval=_TURN_MS)
        self._turn.timeout.connect(self._show_next)
        self._connect()
        ThemeFollower(self, self._show_look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_subject()

    def _fit_subject(self) -> None:
        """Keep the map about square if the answers are only letters."""
        widest = self.width() if self._has_views else self.height() + _COLOUR_BAR
        self.subject.setMinimumWidth(min(widest, (self.width() - _GAP) // 2))
        self.subject.setMaximumWidth(widest)

    def _connect(self) -> None:
        for card, surface, flat in zip(self.cards, self.surfaces, self.maps, strict=True):
            card.picked.connect(self.picked)
            surface.clicked.connect(card.pick)
            flat.picked.connect(card.pick)
            flat.hide()
        self.map.mark_picked.connect(self.picked)

    def _show_look(self) -> None:
        look = look_for(self)
        for flat in (self.map, *self.maps):
            flat.set_look(look)
        for surface in (self.surface, *self.surfaces):
            surface.set_look(look)

    def show_question(self, question: Question) -> None:
        matches_map = question.kind is QuestionKind.MAP
        self._subject.setCurrentWidget(self.surface if matches_map else self.map)
        self._has_views = bool(question.candidates)
        for surface, flat in zip(self.surfaces, self.maps, strict=True):
            surface.setVisible(self._has_views and not matches_map)
            flat.setVisible(matches_map)
        self._places.setRowStretch(2, int(not self._has_views))  # letters alone stay at the top
        self._fit_subject()
        grey = question.level >= _GREY_FROM
        views: Sequence[MarkedMap | QuizSurface] = self.maps if matches_map else self.surfaces
        for surface in (self.surface, *self.surfaces):
            surface.set_plain(grey)
        if matches_map:
            self.surface.show_surface(question.subject)
        else:
            self._show_map(question)
        self._waiting = list(zip(views, question.candidates, strict=False))
        self._turn.start()
        for card in self.cards:
            card.show_open()

    @Slot()
    def _show_next(self) -> None:
        """Show the next answer; showing all at once would block the event loop."""
        if self._waiting:
            view, surface = self._waiting.pop(0)
            view.show_surface(surface)
        else:
            self._turn.stop()

    def _show_map(self, question: Question) -> None:
        # Lines alone do not tell which side is lower, so "downhill" needs colours.
        self.map.set_plain(question.kind is not QuestionKind.DOWNHILL)
        self.map.show_surface(question.subject)
        self.map.set_marks(_marks(question))

    def show_chosen(self, chosen: int | None) -> None:
        """Show which answer is chosen, without telling whether it is right."""
        for index, card in enumerate(self.cards):
            card.show_chosen(chosen=index == chosen)

    def show_answer(self, question: Question, chosen: int) -> None:
        for index, card in enumerate(self.cards):
            card.show_answered(right=index == question.answer, chosen=index == chosen)
        self.map.set_marks(_marks(question, question.answer))


def _button(index: int) -> QPushButton:
    letter = ANSWER_LETTERS[index]
    button = plain_button(letter, tr("Key {letter} or {n}").format(letter=letter, n=index + 1))
    button.setAccessibleName(tr("Answer {letter}").format(letter=letter))
    return button


def question_words(kind: QuestionKind) -> str:
    return {
        QuestionKind.SURFACE: tr("Which surface belongs to this contour map?"),
        QuestionKind.MAP: tr("Which contour map belongs to this surface?"),
        QuestionKind.STEEPEST: tr("At which of these places is the surface steepest?"),
        QuestionKind.GENTLEST: tr("At which of these places is the surface gentlest?"),
        QuestionKind.DOWNHILL: tr("Which way does the negative gradient point?"),
    }[kind]


def _marks(question: Question, strong: int = -1) -> list[MapMark]:
    if question.places is not None:
        return [
            MapMark(w, b, letter, strong=index == strong)
            for index, (letter, (w, b)) in enumerate(
                zip(ANSWER_LETTERS, question.places.tolist(), strict=True)
            )
        ]
    if question.arrows is None or question.place is None:
        return []
    ends = question.place + _ARROW * question.arrows
    w, b = question.place.tolist()
    return [
        MapMark(end_w, end_b, ANSWER_LETTERS[index], origin=(w, b), strong=index == strong)
        for index, (end_w, end_b) in enumerate(ends.tolist())
    ]
