"""A simulated user, who answers questions at once, as scripted."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from gdsim.gui.files.dialogs import SaveDecision


class Person:
    """A stand-in for dialogs.

    Attributes
    ----------
    asked : list of str
        The questions so far, and ``"open"`` or ``"save"`` for file dialogs.
    answers, files : list
        The answers to the next questions, and the files to choose next. Without one, the dialog is cancelled.
    suggestions : list of Path
        What the file dialogs proposed.
    """

    def __init__(self):
        self.asked, self.answers, self.files, self.suggestions = [], [], [], []

    def ask(self, text, _details, choices):
        self.asked.append(text)
        assert self.answers, f"nobody expected {text!r}"
        answer = self.answers.pop(0)
        if answer is not SaveDecision.CANCEL:
            choices[answer]()

    def choose(self, dialog, chosen):
        is_open = dialog.acceptMode() == QFileDialog.AcceptMode.AcceptOpen
        self.asked.append("open" if is_open else "save")
        suggestion = dialog.directory().absolutePath() if is_open else dialog.selectedFiles()[0]
        self.suggestions.append(Path(suggestion))
        dialog.deleteLater()
        if self.files:
            chosen(self.files.pop(0), "")
        return dialog
