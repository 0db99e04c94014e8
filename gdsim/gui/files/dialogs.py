"""The dialogs about files. None of them blocks: the answer is passed to a function."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from gdsim.gui.files.words import SUFFIX
from gdsim.gui.plain_text import PlainMessageBox
from gdsim.gui.translation import translate


class Answer(Enum):
    SAVE = "save"
    SAVE_AS = "save as"
    DISCARD = "discard"
    OVERWRITE = "overwrite"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Question:
    """A question with its answers: the first is the default, Escape cancels."""

    text: str
    details: str
    answers: tuple[Answer, ...]


class FileDialogs:
    """Asks one question at a time."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._open: QDialog | None = None

    @property
    def is_open(self) -> bool:
        return self._open is not None

    def ask(self, question: Question, answered: Callable[[Answer], object]) -> None:
        box = PlainMessageBox(self._window)
        box.setWindowTitle("gdsim")
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(question.text)
        box.setInformativeText(question.details)
        words, role = _labels(), QMessageBox.ButtonRole
        roles = {Answer.DISCARD: role.DestructiveRole, Answer.CANCEL: role.RejectRole}
        buttons = {answer: box.addButton(words[answer], roles.get(answer, role.AcceptRole))
                   for answer in question.answers}  # fmt: skip
        box.setDefaultButton(buttons[question.answers[0]])
        box.setEscapeButton(buttons[Answer.CANCEL])

        def answer_of(_code: int) -> None:
            pressed = box.clickedButton()
            answered(next((one for one, button in buttons.items() if button is pressed), Answer.CANCEL))

        self._show(box, answer_of)

    def ask_open(self, folder: Path, chosen: Callable[[Path], object]) -> None:
        """Ask for a scene file; ``chosen`` is not called when there is none."""
        dialog = QFileDialog(self._window, translate("Files", "Open scene"), str(folder), _filters())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._show(dialog, lambda code: _pass_on(dialog, code, chosen))

    def ask_save(self, suggestion: Path, chosen: Callable[[Path], object]) -> None:
        """Ask for the file to save to; ``chosen`` is not called when there is none."""
        dialog = QFileDialog(
            self._window, translate("Files", "Save scene as"), str(suggestion.parent), _filters()
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        dialog.selectFile(suggestion.name)
        self._show(dialog, lambda code: _pass_on(dialog, code, chosen))

    def _show(self, dialog: QDialog, finished: Callable[[int], object]) -> None:
        def end(code: int) -> None:
            self._open = None
            dialog.deleteLater()
            finished(code)

        self._open = dialog
        dialog.finished.connect(end)
        dialog.open()


def _pass_on(dialog: QFileDialog, code: int, chosen: Callable[[Path], object]) -> None:
    files = dialog.selectedFiles()
    if code and files:
        chosen(Path(files[0]))


def _filters() -> str:
    return ";;".join((translate("Files", "Scenes (*.gdsim *.json)"), translate("Files", "All files (*)")))


def _labels() -> dict[Answer, str]:
    return {
        Answer.SAVE: translate("Files", "&Save"),
        Answer.SAVE_AS: translate("Files", "Save &as…"),
        Answer.DISCARD: translate("Files", "&Discard"),
        Answer.OVERWRITE: translate("Files", "&Overwrite"),
        Answer.CANCEL: translate("Files", "Cancel"),
    }
