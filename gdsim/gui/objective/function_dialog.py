"""The dialog in which a function of w and b is chosen from the gallery, or typed."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.formulas.symbols import of_letter
from gdsim.core.formulas.syntax import FormulaError, TextSpan
from gdsim.core.language.texts import translated
from gdsim.core.model.gallery import GALLERY, GalleryFunction, known_function
from gdsim.core.model.objective import FunctionObjective, read_function
from gdsim.core.model.objective_edits import COPIES, FUNCTION_NOISE, NOISE_SPREAD, noisy_slopes, spread_of
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.settings import InvalidValue
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.dialog import dialog_buttons, heading
from gdsim.gui.forms.form import SettingsForm, form_row
from gdsim.gui.forms.layouts import ABOVE_HEADING, DIALOG_MARGINS, fill_layout
from gdsim.gui.objective.words import gallery_minima_words, rate_words
from gdsim.gui.plain_text import hint_label, text_label
from gdsim.gui.rules.lines_editor import LinesEditor
from gdsim.gui.rules.typing_dialog import TypingDialog
from gdsim.gui.style.text_size import FontScaler, resize_window
from gdsim.gui.translation import tr
from gdsim.session.tasks import TaskQueue

# A longer derivative is not shown, because nobody could read it.
_MOST_CHARACTERS = 300
_TEXT_HEIGHT = 110
_LETTERS = {name: of_letter(name) for name in ("w", "b")}


class CheckedFunction(NamedTuple):
    """The result of checking a text: a function with its gradient and known facts, or the fault."""

    objective: FunctionObjective | None = None
    gradient: str = ""
    known: GalleryFunction | None = None
    rate: str = ""
    words: str = ""
    span: TextSpan | None = None


class ChosenFunction(NamedTuple):
    objective: FunctionObjective
    slopes: PointSet
    known: GalleryFunction | None


def check_function(text: str) -> CheckedFunction:
    try:
        read_function(text)
        objective = FunctionObjective(text)
    except FormulaError as error:
        return CheckedFunction(words=str(error), span=_span_in_line(text, error.span))
    except InvalidValue as error:
        return CheckedFunction(words=str(error))
    lines = [f"∂L/∂{name} = {_derivative_text(objective, name)}" for name in ("w", "b")]
    known = known_function(objective)
    return CheckedFunction(objective, "\n".join(lines), known, rate_words(objective))


def _derivative_text(objective: FunctionObjective, parameter: str) -> str:
    text = PLAIN_TEXT.letters(objective.lines.by(parameter), _LETTERS)
    return text if len(text) <= _MOST_CHARACTERS else tr("(too long to be read here)")


def _span_in_line(text: str, span: TextSpan | None) -> TextSpan | None:
    """Convert a span of the whole text into a span of the line in which it starts."""
    if span is None:
        return None
    line, line_start = text.count("\n", 0, span.start), text.rfind("\n", 0, span.start) + 1
    is_in_one_line = span.end and "\n" not in text[span.start : span.end]
    return TextSpan(line, span.start - line_start, span.end - line_start if is_in_one_line else 0)


class FunctionDialog(TypingDialog):
    """Checks the typed function and shows its gradient, its minima and the rate below which descent settles.

    It begins with the function of the document and its noise, or else with the first of the gallery.
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
        self._checked = CheckedFunction()
        known = [(translated(function.title), key) for key, function in GALLERY.items()]
        self.gallery = ComboBox(
            self.tr("Gallery"),
            self.tr("Puts a known function here, drawn over its own part of the plane."),
            [(self.tr("what is typed here"), ""), *known],
        )
        self.about, self.gradient, self.known = hint_label(), text_label(name="formula"), text_label()
        self.noise = SettingsForm(FUNCTION_NOISE)
        self._fill_noise()
        self._arrange()
        self.gallery.activated.connect(self._on_gallery)
        self.take.clicked.connect(self._on_take)
        self.lines.replace_all(objective.text if objective else next(iter(GALLERY.values())).text)
        self._shown_noise = self.noise.value()
        self.check_now()
        self.lines.setFocus()
        resize_window(self, 640, 600)

    def _fill_noise(self) -> None:
        count = len(self._slopes)
        if count > 1:
            # A scene file may hold more slopes, with a wider spread, than this form can make.
            spread = min(float(f"{spread_of(self._slopes):.6g}"), NOISE_SPREAD.high)
            count = min(count, int(COPIES.high))
            self.noise.set_value(FUNCTION_NOISE(spread=spread, copies=count))

    def _arrange(self) -> None:
        for unknown in (self.about, self.known):
            unknown.hide()  # until the first check is done
        self.gradient.setAccessibleName(self.tr("Its gradient"))
        self.lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        FontScaler(self.lines, QWidget.setMaximumHeight, _TEXT_HEIGHT)
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
                "With noise σ the function is the mean of N tilted copies of it. A run that uses only one "
                "or some copies per update follows their slopes; all copies together are the function "
                "itself."
            )
        )
        fill_layout(
            QVBoxLayout(self.content),
            form_row(self.tr("gallery"), self.gallery),
            self.about,
            self.lines,
            fault,
            names,
            ABOVE_HEADING,
            heading(self.tr("Its gradient")),
            self.gradient,
            self.known,
            ABOVE_HEADING,
            heading(self.tr("Noise")),
            hint,
            self.noise,
            None,
            gap=6,
            margins=DIALOG_MARGINS,
        )
        self.set_foot(dialog_buttons(self, self.take))

    def _on_gallery(self, index: int) -> None:
        key = self.gallery.itemData(index)
        if key:
            self.lines.replace_all(GALLERY[key].text)
            self.check_now()

    def _check(self) -> Callable[[], CheckedFunction]:
        return partial(check_function, self.lines.toPlainText())

    def _on_checked(self, checked: CheckedFunction) -> None:
        self._checked = checked
        self._show_fault(checked.words[:1].upper() + checked.words[1:], checked.span)
        self.take.setEnabled(checked.objective is not None)
        # The last result stays visible while the user types, so that the layout does not jump; it is disabled
        # because it belongs to an earlier text.
        for label in (self.about, self.gradient, self.known):
            label.setEnabled(checked.objective is not None)
        known = checked.known
        self.gallery.choose(known.id if known else "")
        if checked.objective is None:
            return
        self.gradient.setText(checked.gradient)
        for label, said in (
            (self.about, translated(known.about) if known else ""),
            (self.known, f"{gallery_minima_words(known)} {checked.rate}".strip()),
        ):
            label.show_words(said)

    def _on_take(self) -> None:
        if self._checked.objective is not None:
            noise = self.noise.value()
            # Untouched noise keeps its slopes exactly, even those that this form could not make.
            slopes = self._slopes if noise == self._shown_noise else noisy_slopes(noise)
            self.chosen.emit(ChosenFunction(self._checked.objective, slopes, self._checked.known))
            self.accept()
