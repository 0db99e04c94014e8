"""The dialogs for a received link: one to paste it into, and one that shows its scene before it opens."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from gdsim.core.formulas import numerals
from gdsim.core.language.texts import counted, translated
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.run_words import run_in_words
from gdsim.core.settings import one_line
from gdsim.gui.forms.dialog import ScreenDialog, heading
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout
from gdsim.gui.forms.typed_formulas import shown_formulas
from gdsim.gui.plain_text import text_label
from gdsim.gui.style.text_size import FontScaler, resize_window
from gdsim.gui.translation import tr

_LONGEST = 400


class ArrivalDialog(ScreenDialog):
    """A dialog that shows what a received scene contains. Nothing is computed before the user agrees."""

    agreed = Signal(object)  # Experiment

    def __init__(self, scene: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent, tr("Open this scene?"), once=True)
        self.scene = scene
        widgets = (*self._about(), *self._typed(), *self._points(), *self._runs())
        fill_layout(QVBoxLayout(self.content), *widgets, None, margins=DIALOG_MARGINS)
        self.open_scene = self.end_with(self.tr("Open"), self._agree)
        self.open_scene.setDefault(True)
        self.open_scene.setFocus()
        resize_window(self, 560, 360)

    def _about(self) -> list[QWidget]:
        title = one_line(translated(self.scene.title), _LONGEST) or self.tr("A scene without a title")
        about = one_line(translated(self.scene.about), _LONGEST)
        return [text_label(title, "cardTitle"), *([text_label(about)] if about else [])]

    def _points(self) -> list[QWidget]:
        if isinstance(self.scene.objective, FunctionObjective):  # its points only add noise to the gradient
            return []
        count, held_out = len(self.scene.points), len(self.scene.validation)
        inputs = self.scene.points.dimension
        said = [counted(count, "{n} point", "{n} points"), counted(inputs, "{n} input", "{n} inputs")]
        if held_out:
            said.insert(1, self.tr("{n} for validation").format(n=numerals.integer_text(held_out)))
        return [heading(self.tr("Points")), text_label(", ".join(said))]

    def _runs(self) -> list[QWidget]:
        runs = self.scene.runs
        return [
            heading(self.tr("Runs")),
            *(
                [text_label(one_line(run_in_words(run), _LONGEST)) for run in runs]
                or [text_label(self.tr("None"))]
            ),
        ]

    def _typed(self) -> list[QWidget]:
        """Return widgets with the whole text of all typed formulas, which are not evaluated yet."""
        shown = shown_formulas(self.scene.typed)
        return [heading(self.tr("Formulas that somebody typed")), *shown] if shown else []

    def _agree(self) -> None:
        self.accept()
        self.agreed.emit(self.scene)


class LinkDialog(ScreenDialog):
    """A dialog that asks for a text with a link in it."""

    given = Signal(str)

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, tr("Open a link"), once=True)
        self.text = QPlainTextEdit(text)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Link or code"))
        FontScaler(self.text, QWidget.setMinimumSize, QSize(320, 90))
        words = text_label(
            self.tr("Paste a link that begins with gdsim:, or a code. Other text around it does no harm.")
        )
        self.fault = text_label(name="fault")
        self.fault.setAccessibleName(self.tr("Why it was not opened"))
        fill_layout(QVBoxLayout(self.content), words, (self.text, 1), self.fault, margins=DIALOG_MARGINS)
        self.text.textChanged.connect(lambda: self.say(""))
        self.open_link = self.end_with(self.tr("Open"), lambda: self.given.emit(self.text.toPlainText()))
        self.text.selectAll()
        self.text.setFocus()
        resize_window(self, 520, 260)

    def say(self, sentence: str) -> None:
        self.fault.setText(sentence)
        self.fault.setAccessibleDescription(sentence)
