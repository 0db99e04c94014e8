"""The question whether to compute with formulas that the user has not seen."""

from collections.abc import Iterable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.model.experiment import Typed
from gdsim.core.model.objective import FunctionObjective
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout
from gdsim.gui.forms.typed_formulas import shown_formulas
from gdsim.gui.plain_text import hint_label, text_label
from gdsim.gui.style.text_size import resize_window


class RulesQuestion(ScreenDialog):
    """Shows rules and functions that come from elsewhere, and asks whether to compute with them."""

    def __init__(self, typed: Iterable[Typed], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        typed = tuple(typed)
        functions = sum(isinstance(one, FunctionObjective) for one in typed)
        self.setWindowTitle(
            self.tr("A function from elsewhere") if functions else self.tr("A rule from elsewhere")
        )
        if functions == len(typed) == 1:
            first = self.tr("This document has a function that somebody typed. Nothing is computed yet.")
        elif functions:
            first = self.tr("This document has {n} formulas that somebody typed. Nothing is computed yet.")
        elif len(typed) == 1:
            first = self.tr("This document follows a rule that somebody typed. Nothing is computed yet.")
        else:
            first = self.tr("This document has {n} rules that somebody typed. Nothing is computed yet.")
        said = text_label(first.format(n=len(typed)))
        safe = hint_label(
            self.tr(
                "Lines are formulas: they are read as numbers, names and signs, and never run as a program. "
                "You are asked only once about the same lines."
            )
        )
        fill_layout(
            QVBoxLayout(self.content), said, safe, *shown_formulas(typed), None, margins=DIALOG_MARGINS
        )
        self.take = self.end_with(self.tr("Open and compute"), self.accept)
        resize_window(self, 560, 380)
