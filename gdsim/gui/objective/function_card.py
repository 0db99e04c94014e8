"""The pane shown instead of the points while the objective is a function of w and b."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from gdsim.core.language.texts import translated
from gdsim.core.model.gallery import known_function
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.gui.forms.layouts import fill_layout, plain_button
from gdsim.gui.objective.words import gallery_minima_words, noise_words
from gdsim.gui.plain_text import hint_label, text_label
from gdsim.gui.style.text_size import FontScaler

_HEIGHT = 110


class FunctionPane(QWidget):
    """Shows a function's text, minima and noise, with buttons for choosing another function or a neuron."""

    function_requested = Signal()
    neuron_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QPlainTextEdit()
        self.text.setObjectName("lines")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("The function"))
        self.title, self.minima, self.noise = text_label(name="strong"), text_label(), hint_label()
        FontScaler(self.text, QWidget.setFixedHeight, _HEIGHT)
        layout = fill_layout(QVBoxLayout(self), self.title, self.text, self.minima, self.noise)
        for text, sentence, signal in (
            (
                self.tr("Another function…"),
                self.tr("Choose a function from the gallery or type one, and set its noise."),
                self.function_requested,
            ),
            (
                self.tr("A neuron over points…"),
                self.tr("Go back to a neuron and its loss, over the lecture's two points."),
                self.neuron_requested,
            ),
        ):
            layout.addWidget(plain_button(text, sentence, signal))
        layout.addStretch(1)

    def show_function(self, objective: FunctionObjective, slopes: PointSet) -> None:
        known = known_function(objective)
        self.title.setText(translated(known.title) if known else self.tr("A function of your own"))
        self.text.setPlainText(objective.text)
        self.minima.show_words(gallery_minima_words(known))
        self.noise.show_words(noise_words(slopes))
