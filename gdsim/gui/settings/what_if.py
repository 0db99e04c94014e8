"""The dialog "What if", which forks a run at a step and asks what is to differ from there on."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.formulas import numerals
from gdsim.core.model import forks
from gdsim.core.model.experiment import Experiment
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout
from gdsim.gui.plain_text import text_label
from gdsim.gui.settings.run_editor import RunEditor
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr

_WIDTH = 420


class WhatIfDialog(ScreenDialog):
    run_chosen = Signal(object)  # Run: the fork
    help_page = "what-if"
    makes_late = True  # the form of the settings of a rule

    def __init__(self, experiment: Experiment, index: int, step: int, parent: QWidget | None = None) -> None:
        super().__init__(parent, tr("What if…"), once=True)
        words = text_label(
            self.tr(
                "A new run shares the steps of “{name}” up to step {step}. Change what is to differ from "
                "there on: the rule, its rate, the points of an update, a schedule; or nudge the ball."
            ).format(name=experiment.runs[index].shown_name, step=numerals.integer_text(step))
        )
        self.editor = RunEditor(edits_lines=False)
        self.editor.set_own_rules(experiment.rules)
        self.editor.set_run(forks.fork_run(experiment, index, step), experiment)
        fill_layout(QVBoxLayout(self.content), words, (self.editor, 1), gap=10, margins=DIALOG_MARGINS)
        self.make = self.end_with(self.tr("Make the run"), self._on_make)
        resize_window(self, _WIDTH)

    def _on_make(self) -> None:
        self.run_chosen.emit(self.editor.run())
        self.accept()
