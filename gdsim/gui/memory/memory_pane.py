"""The memory of the selected run: the weights of past gradients, and the lecture's two arguments."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from gdsim.core.analysis.memory_lessons import BiasCurves, bias_curves, root_lesson
from gdsim.core.analysis.memory_weights import past_weights
from gdsim.core.formulas.symbols import of_name
from gdsim.core.language.texts import translated
from gdsim.core.model.search_checks import remembered_words
from gdsim.gui.forms.layouts import grid
from gdsim.gui.memory import memory_words as words
from gdsim.gui.memory.lesson_charts import BiasChart, RootChart
from gdsim.gui.memory.memory_bars import MOST_BARS, MemoryBars
from gdsim.gui.memory.memory_choice import CORRECTION, ROOT, MemoryChoice
from gdsim.gui.paint.words import why_nothing
from gdsim.gui.paint.wrapped_text import WordsBox
from gdsim.gui.plain_text import hint_label
from gdsim.session.frame import Frame, RunView

# Above this ratio of width to height, the text stands beside the picture instead of below it.
_WIDE = 1.7
_WORDS_SHARE = 0.42


class MemoryPane(QWidget):
    """Bars of the weights of past gradients; for Adam also the correction, for AdaGrad also the root.

    It shows the update that the frame explains, or else the last one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Memory"))
        self.choice = MemoryChoice()
        self.choice.changed.connect(self._redraw)
        self.bars, self.bias, self.root = MemoryBars(), BiasChart(), RootChart()
        self.words = WordsBox()
        self._message = hint_label()
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pictures = QStackedWidget()
        for picture in (self._message, self.bars, self.bias, self.root):
            self._pictures.addWidget(picture)
        self._layout = grid(self, 12, 5)
        self._frame: Frame | None = None
        self._curves: BiasCurves | None = None
        # What the curves were computed from, and the number of steps at that time.
        self._curves_key: tuple[object, ...] = ()
        self._curves_until = 0
        self._is_wide: bool | None = None
        self.words.hide()
        self._arrange(wide=False)
        self.setMinimumSize(200, 100)

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        view = frame.current
        if view is None:
            self._show_message(why_nothing(frame))
            return
        t = frame.update.t if frame.update else view.step
        t = min(t, view.trajectory.last_step)
        self.choice.show_run(view.run)
        if not view.run.optimizer.update_rule.letters:
            self._show_no_memory(view)
        elif t < 1:
            self._show_message(why_nothing(frame))
        else:
            shows = {CORRECTION: self._show_bias, ROOT: self._show_root}
            shows.get(self.choice.view, self._show_weights)(view, t)

    def _show_weights(self, view: RunView, t: int) -> None:
        record, letter = view.whole, self.choice.letter
        weights = past_weights(view.run, record, t, letter, MOST_BARS)
        if weights is None:
            sentence = self.tr(
                "{letter} is not a weighted sum of past gradients, so none of them has a weight in it. The "
                "curves under State show its values."
            )
            self._show_message(sentence.format(letter=of_name(letter).text))
            return
        # The effective number of gradients in the memory, which is at most the number so far.
        length = t if weights.length >= t else max(1, round(weights.length))
        listed = weights
        if len(weights.last) < length < t:
            listed = past_weights(view.run, record, t, letter, length) or weights
        share = listed.share(length) if length < t else 1.0
        first = view.clock.first
        self.bars.show_weights(weights, length, share, first, first - view.clock.t0)
        self._show(self.bars, words.weights_words(weights, length, share, first))

    def _show_bias(self, view: RunView, t: int) -> None:
        letter, parameter = self.choice.letter, self.choice.parameter
        curves = self._bias_curves(view, letter, parameter)
        if curves is None:
            self._show_weights(view, t)
            return
        weights = past_weights(view.run, view.whole, t, letter, 1)
        power, corrected = (weights.power, weights.corrected) if weights else (1, True)
        self.bias.show_curves(curves, letter, power)
        self.bias.show_update(t)
        self._show(self.bias, words.bias_words(curves, t, letter, power, corrected=corrected))

    def _bias_curves(self, view: RunView, letter: str, parameter: int) -> BiasCurves | None:
        """Return the curves of the first steps, cached once the record has all of these steps."""
        known, last = (view.trajectory, view.run.optimizer, letter, parameter), view.trajectory.last_step
        whole = self._curves is not None and len(self._curves.value) < self._curves_until
        if known != self._curves_key or not (whole or last == self._curves_until):
            self._curves_key, self._curves_until = known, last
            self._curves = bias_curves(view.run, view.whole, letter, parameter)
        return self._curves

    def _show_root(self, view: RunView, t: int) -> None:
        lesson = root_lesson(view.run, view.whole, t)
        if lesson is not None:
            self.root.show_lesson(lesson)
            self._show(self.root, words.root_words(lesson))

    def _show_no_memory(self, view: RunView) -> None:
        sentence = self.tr("{0} keeps nothing of past gradients: each step uses the newest one only.")
        optimizer = view.run.optimizer
        self._show_message(remembered_words(optimizer) or sentence.format(translated(optimizer.title)))

    def _show_message(self, said: str) -> None:
        if self._message.text() != said:
            self._message.setText(said)
        self._show(self._message, "")

    def _show(self, picture: QWidget, said: str) -> None:
        if self._pictures.currentWidget() is not picture:
            self._pictures.setCurrentWidget(picture)
            self.words.setVisible(bool(said))
            self.words.shrink()
        self.words.say(said)

    def _redraw(self) -> None:
        if self._frame is not None:
            self.words.shrink()
            self.show_frame(self._frame)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(wide=self.width() > _WIDE * self.height())
        self.words.fill(int(_WORDS_SHARE * self.width()) if self._is_wide else 0)

    def _arrange(self, *, wide: bool) -> None:
        if wide == self._is_wide:
            return
        self._is_wide = wide
        for widget in (self.choice, self._pictures, self.words):
            self._layout.removeWidget(widget)
        if wide:
            self._layout.addWidget(self._pictures, 0, 0, 2, 1)
            self._layout.addWidget(self.choice, 0, 1)
            self._layout.addWidget(self.words, 1, 1)
        else:
            self._layout.addWidget(self.choice, 0, 0)
            self._layout.addWidget(self._pictures, 1, 0)
            self._layout.addWidget(self.words, 2, 0)
        self._layout.setRowStretch(1, 1)
        self._layout.setColumnStretch(0, 1)
