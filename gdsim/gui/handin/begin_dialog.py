"""The dialog before the first task: who hands in, and into which file."""

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gdsim.core.handin.answer_file import ANSWER_FILE_ENDING, answer_file_name
from gdsim.core.handin.sheet import LONGEST_NAME
from gdsim.gui.exercises.exercise import show_named
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.file_dialog import ask_to_save
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout, label_for, plain_button
from gdsim.gui.plain_text import hint_label, sentence_label
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr


class BeginDialog(ScreenDialog):
    """Asks for a name. The name of the file follows from it until another file is chosen."""

    chosen = Signal(str, object)  # str, Path

    def __init__(self, name: str, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent, tr("Begin to hand in"), once=True)
        self._folder = folder
        self._path: Path | None = None
        self.name = QLineEdit(name)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName(self.tr("your name"))
        self.file = hint_label()
        self.choose = plain_button(self.tr("&Another file…"), act=self._choose)
        hint = sentence_label()
        show_named(
            hint,
            self.tr(
                "Your points and starts follow from your name, so write it as your lecturer knows it. Your "
                "answers go into a file that you hand in; if you have already begun one, you continue with "
                "it. Nothing is sent."
            ),
        )
        who = fill_layout(QHBoxLayout(), label_for(self.name), (self.name, 1))
        file = fill_layout(QHBoxLayout(), (self.file, 1), self.choose)
        fill_layout(QVBoxLayout(self.content), hint, who, file, None, margins=DIALOG_MARGINS)
        self.begin = self.end_with(self.tr("&Begin"), self._begin)
        self.begin.setDefault(True)
        self.name.textChanged.connect(self._show)
        self._show()
        self.name.setFocus()
        resize_window(self, 520, 260)

    @property
    def path(self) -> Path:
        return self._path or self._folder / answer_file_name(self.name.text())

    @Slot()
    def _show(self) -> None:
        self.begin.setEnabled(bool(self.name.text().strip()))
        self.choose.setEnabled(self.begin.isEnabled())
        words = self.tr("File: {path}").format(path=self.path) if self.begin.isEnabled() else ""
        self.file.setText(words)

    @Slot()
    def _choose(self) -> None:
        kinds = self.tr("Answers (*{ending})").format(ending=ANSWER_FILE_ENDING)
        title = self.tr("The file for your answers")
        ask_to_save(self, title, kinds, self.path, self._take, may_be_there=True)

    def _take(self, path: Path) -> None:
        self._path = path
        self._show()

    @Slot()
    def _begin(self) -> None:
        self.chosen.emit(" ".join(self.name.text().split()), self.path)
        self.accept()
