"""The dialogs about files. None of them blocks; they pass the answer to a callback."""

from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget
from shiboken6 import isValid

from gdsim.gui.forms.file_dialog import ask_to_open, ask_to_save
from gdsim.gui.plain_text import PlainMessageBox
from gdsim.gui.translation import tr


class SaveDecision(Enum):
    SAVE = "save"
    SAVE_AS = "save as"
    DISCARD = "discard"
    OVERWRITE = "overwrite"
    CANCEL = "cancel"


class FileDialogs:
    """Asks one question at a time; a new question replaces an open one.

    For example, a link may arrive while a question about the document is open, and replace the document.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._open: QDialog | None = None

    @property
    def is_open(self) -> bool:
        return self._open is not None and isValid(self._open) and self._open.isVisible()

    def ask(self, text: str, details: str, choices: Mapping[SaveDecision, Callable[[], object]]) -> None:
        """Ask a question, and call the function of the answer. The first is the default; Escape cancels."""
        box = PlainMessageBox(self._window)
        box.setWindowTitle("gdsim")
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(text)
        box.setInformativeText(details)
        words, role = _labels(), QMessageBox.ButtonRole
        roles = {SaveDecision.DISCARD: role.DestructiveRole, SaveDecision.CANCEL: role.RejectRole}
        buttons = {answer: box.addButton(words[answer], roles.get(answer, role.AcceptRole))
                   for answer in (*choices, SaveDecision.CANCEL)}  # fmt: skip
        box.setDefaultButton(next(iter(buttons.values())))
        box.setEscapeButton(buttons[SaveDecision.CANCEL])

        def carry_out(_code: int) -> None:
            pressed = box.clickedButton()
            for answer, then in choices.items():
                if buttons[answer] is pressed:
                    then()

        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.finished.connect(carry_out)
        self._wait_for(box)
        box.open()

    def ask_open(self, folder: Path, chosen: Callable[[Path], object]) -> None:
        """Ask for a scene file to open; ``chosen`` is not called if the user cancels."""
        title = tr("Open scene")
        self._wait_for(ask_to_open(self._window, title, _filters(), chosen, folder))

    def ask_save(self, suggestion: Path, chosen: Callable[[Path], object]) -> None:
        """Ask for the file to save to; ``chosen`` is not called if the user cancels."""
        title = tr("Save scene as")
        self._wait_for(ask_to_save(self._window, title, _filters(), suggestion, chosen, asks=self._wait_for))

    def _wait_for(self, dialog: QDialog) -> None:
        if self._open is not None and self.is_open:
            self._open.reject()
        self._open = dialog


def _filters() -> str:
    return ";;".join((tr("Scenes (*.gdsim *.json)"), tr("All files (*)")))


def _labels() -> dict[SaveDecision, str]:
    return {
        SaveDecision.SAVE: tr("&Save"),
        SaveDecision.SAVE_AS: tr("Save &as…"),
        SaveDecision.DISCARD: tr("&Discard"),
        SaveDecision.OVERWRITE: tr("&Overwrite"),
        SaveDecision.CANCEL: tr("Cancel"),
    }
