"""The limit of the selected run: a gauge, and what it says in words."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.gui.arrows.stability import last_step_of, stability_of
from gdsim.gui.forms.layouts import filled
from gdsim.gui.forms.scrolling import Scrolled
from gdsim.gui.paint.wrapped_text import WordsBox
from gdsim.gui.step.limit_gauge import LimitGauge
from gdsim.gui.step.limit_words import (
    alpha_words,
    hessian_words,
    limit_words,
    modes_words,
    notes_words,
    product_words,
    verdict_words,
)
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame

# Product, limit, verdict, as many as four directions, the last step, notes.
_MOST_BOXES = 9


class LimitPane(QWidget):
    """A `Pane`. It shows the limit where the selected run stands, and the last step that it made."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("limitPane")
        self.setAccessibleName(self.tr("Limit"))
        self.gauge = LimitGauge()
        self._boxes = [WordsBox() for _ in range(_MOST_BOXES)]
        inside = QWidget()
        for box in self._boxes:
            box.hide()
        filled(QVBoxLayout(inside), self.gauge, *self._boxes, None)
        filled(QVBoxLayout(self), Scrolled(inside))

    def set_look(self, look: Look) -> None:
        self.gauge.set_theme(look.theme, look.ui_scale)
        for box in self._boxes:
            box.set_theme(look.theme, look.ui_scale)

    def show_frame(self, frame: Frame) -> None:
        found = stability_of(frame)
        self.gauge.show_stability(found)
        self.gauge.setVisible(found is not None and found.has_gauge)  # else it is an empty strip
        if found is None:
            parts = [self.tr("There is no run, or no update of it yet.")]
        else:
            parts = [product_words(found), limit_words(found), verdict_words(found)]
            parts += [*modes_words(found), hessian_words(found)]
            parts += [alpha_words(last_step_of(frame)), notes_words(found)]
        said = [part for part in parts if part]
        for place, box in enumerate(self._boxes):
            words = said[place] if place < len(said) else ""
            box.say(words)
            box.setVisible(bool(words))
            if not frame.playing:  # then what is below would go up and down
                box.settle()
