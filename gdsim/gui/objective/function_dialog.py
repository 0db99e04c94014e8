"""The dialog in which a function of w and b is chosen from the gallery, or typed."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from gdsim.core.formulas.language import FormulaError, Span
from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.formulas.symbols import of_letter
from gdsim.core.language.words import translated
from gdsim.core.model.gallery import GALLERY, GalleryFunction, known_function
from gdsim.core.model.objective import FunctionObjective, read_function
from gdsim.core.model.objective_edits import COPIES, NOISE, SPREAD, noisy_slopes, spread_of
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.settings import InvalidValue
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.dialog import buttons, heading
from gdsim.gui.forms.form import Form, row
from gdsim.gui.forms.layouts import DIALOG_MARGINS, filled
from gdsim.gui.objective.words import minima_words, rate_words
from gdsim.gui.plain_text import hint_label, text_label
from gdsim.gui.rules.lines_editor import LinesEditor
from gdsim.gui.rules.typing_dialog import TypingDialog
from gdsim.gui.style.text_size import Scaled, resize_window
from gdsim.gui.translation import tr
from gdsim.session.tasks import TaskQueue

# A longer derivative is not shown: nobody could read it.
_LONGEST = 300
_TEXT_HEIGHT = 110
_LETTERS = {name: of_letter(name) for name in ("w", "b")}


class Checked(NamedTuple):
    """What a text came to: a function with its gradient and what is known of it, or why it is none."""

    objective: FunctionObjective | None = None
    gradient: str = ""
    known: GalleryFunction | None = None
    rate: str = ""
    words: str = ""
    span: Span | None = None


class ChosenFunction(NamedTuple):
    objective: FunctionObjective
    slopes: PointSet
    known: GalleryFunction | None


def check(text: str) -> Checked:
    try:
        read_function(text)
        objective = FunctionObjective(text)
    except FormulaError as error:
        return Checked(words=str(error), span=_placed(text, error.span))
    except InvalidValue as error:
        return Checked(words=str(error))
    lines = [f"∂L/∂{name} = {_written(objective, name)}" for name in ("w", "b")]
    known = known_function(objective)
    return Checked(objective, "\n".join(lines), known, rate_words(objective))


def _written(objective: FunctionObjective, parameter: str) -> str:
    text = PLAIN_TEXT.letters(objective.lines.by(parameter), _LETTERS)
    return text if len(text) <= _LONGEST else tr("(too long to be read here)")


def _placed(text: str, span: Span | None) -> Span | None:
    """Return a piece of a whole text as one of its lines."""
    if span is None:
        return None
    line, begins = text.count("\n", 0, span.start), text.rfind("\n", 0, span.start) + 1
    is_within = span.end and "\n" not in text[span.start : span.end]
    return Span(line, span.start - begins, span.end - begins if is_within else 0)


class FunctionDialog(TypingDialog):
    """Checks what is typed, and says what is known of it.

    Begins with a function and its noise, or with the first one of the gallery.
    """

    chosen = Signal(object)  # ChosenFunction

    def __init__(
        self,
        objective: FunctionObjective | None,
        slopes: PointSet,
        tasks: TaskQueue,
        parent: QWidget | None = None,
    ) -> None:
        lines = LinesEditor(self.tr("The function"), _TEXT_HEIGHT)
        super().__init__(tasks, lines, self.tr("Use this function"), parent)
        self.setWindowTitle(self.tr("A function of w and b"))
        self._slopes = slopes if objective is not None else ORIGIN
        self._checked = Checked()
        known = [(translated(function.title), key) for key, function in GALLERY.items()]
        self.gallery = ComboBox(
            self.tr("Gallery"),
            self.tr("Puts a known function here, with its part of the plane."),
            [(self.tr("what is typed here"), ""), *known],
        )
        self.about, self.gradient, self.known = hint_label(), text_label(name="formula"), text_label()
        self.noise = Form(NOISE)
        self._fill()
        self._arrange()
        self.gallery.activated.connect(self._on_gallery)
        self.take.clicked.connect(self._on_take)
        self.lines.replace_all(objective.text if objective else next(iter(GALLERY.values())).text)
        self._shown_noise = self.noise.value()
        self.check_now()
        self.lines.setFocus()
        resize_window(self, 640, 600)

    def _fill(self) -> None:
        count = len(self._slopes)
        if count > 1:
            # The slopes of a scene file may be more, and farther apart, than can be made here.
            spread = min(float(f"{spread_of(self._slopes):.6g}"), SPREAD.high)
            count = min(count, int(COPIES.high))
            self.noise.set_value(NOISE(spread=spread, copies=count))

    def _arrange(self) -> None:
        for unknown in (self.about, self.known):
            unknown.hide()  # until something is checked
        self.gradient.setAccessibleName(self.tr("Its gradient"))
        self.lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        Scaled(self.lines, QWidget.setMaximumHeight, _TEXT_HEIGHT)
        names = hint_label(
            self.tr(
                "w and b are the two parameters. Signs: + - * / and ** for powers. Functions: sqrt exp log "
                "log1p log2 sin cos tanh abs sign floor max min mod, where(a < b, x, y); and pi."
            )
        )
        fault = self._fault_row(
            self.tr("What is wrong with the function"),
            self.tr("Puts the cursor where the function is wrong."),
        )
        hint = hint_label(
            self.tr(
                "With noise σ the function is the mean of N tilted copies of it, and a run that updates by "
                "one or some at a time follows their slopes. All copies together are the function itself."
            )
        )
        filled(
            QVBoxLayout(self.content),
            row(self.tr("gallery"), self.gallery),
            self.about,
            self.lines,
            fault,
            names,
            heading(self.tr("Its gradient")),
            self.gradient,
            self.known,
            heading(self.tr("Noise")),
            hint,
            self.noise,
            None,
            gap=6,
            margins=DIALOG_MARGINS,
        )
        self.set_foot(buttons(self, self.take))

    def _on_gallery(self, index: int) -> None:
        key = self.gallery.itemData(index)
        if key:
            self.lines.replace_all(GALLERY[key].text)
            self.check_now()

    def _check(self) -> Callable[[], Checked]:
        return partial(check, self.lines.toPlainText())

    def _on_failed(self, error: Exception) -> None:
        self._on_checked(Checked(words=str(error)))

    def _on_checked(self, checked: Checked) -> None:
        self._checked = checked
        self._show_fault(checked.words[:1].upper() + checked.words[1:], checked.span)
        self.take.setEnabled(checked.objective is not None)
        # What was said last stays, so that nothing jumps while one types; but pale, as of another text.
        for label in (self.about, self.gradient, self.known):
            label.setEnabled(checked.objective is not None)
        known = checked.known
        self.gallery.choose(known.id if known else "")
        if checked.objective is None:
            return
        self.gradient.setText(checked.gradient)
        for label, said in (
            (self.about, translated(known.about) if known else ""),
            (self.known, f"{minima_words(known)} {checked.rate}".strip()),
        ):
            label.show_words(said)

    def _on_take(self) -> None:
        if self._checked.objective is not None:
            noise = self.noise.value()
            # What was not touched stays as it is, whatever it was made from.
            slopes = self._slopes if noise == self._shown_noise else noisy_slopes(noise)
            self.chosen.emit(ChosenFunction(self._checked.objective, slopes, self._checked.known))
            self.accept()
