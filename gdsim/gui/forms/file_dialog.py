"""Dialogs that ask for a file. They do not block, but pass the chosen path to a callback.

A blocking dialog, such as `QFileDialog.getSaveFileName`, runs a nested event loop, during which the window
that opened it may be destroyed.
"""

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileInfo, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from gdsim.core.settings import shown_name
from gdsim.gui.plain_text import PlainMessageBox
from gdsim.gui.preferences import documents_folder
from gdsim.gui.translation import tr

# The folder of the last chosen file, where dialogs without a given folder start.
_last_folder: Path | None = None


def ask_to_open(
    parent: QWidget, title: str, kinds: str, chosen: Callable[[Path], object], folder: Path | None = None
) -> QFileDialog:
    """Ask for an existing file; ``chosen`` is not called if the user cancels.

    ``kinds`` are filters in Qt's syntax: ``"Tables (*.csv *.tsv);;All files (*)"``.
    """
    dialog = QFileDialog(parent, title, str(folder or _usual_folder()), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _shown(dialog, lambda path, _kind: chosen(path))


def ask_to_save(
    parent: QWidget,
    title: str,
    kinds: str,
    usual: Path,
    chosen: Callable[[Path], object],
    *,
    may_be_there: bool = False,
    asks: Callable[[QDialog], object] = lambda _box: None,
) -> QFileDialog:
    """Ask for a file to write; ``chosen`` is not called if the user cancels.

    A name without an ending of any of the ``kinds`` gets the ending of the selected kind. The dialog starts
    with the ``usual`` path; if that is relative, in the folder of the last file. With ``may_be_there``, an
    existing file is accepted without a question. If the question has to come after the dialog, ``asks``
    receives the message box.
    """
    path = usual if usual.is_absolute() else _usual_folder() / usual
    dialog = QFileDialog(parent, title, str(path.parent), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, may_be_there)
    dialog.selectFile(path.name)

    def follow(kind: str) -> None:
        dialog.setDefaultSuffix((_endings(kind) or _endings(kinds) or ("",))[0].removeprefix("."))

    dialog.filterSelected.connect(follow)
    follow(dialog.selectedNameFilter())

    def take(path: Path, kind: str) -> None:
        named = _with_ending(path, kinds, kind)
        # If the ending is added only here, the dialog has not asked whether to replace the file of this name.
        if named == path or may_be_there or not QFileInfo(str(named)).exists():
            chosen(named)
        else:
            asks(_ask_to_replace(parent, named, chosen))

    return _shown(dialog, take)


def _usual_folder() -> Path:
    return _last_folder or documents_folder()


def _with_ending(path: Path, kinds: str, kind: str) -> Path:
    endings = _endings(kinds)
    if not endings or path.name.lower().endswith(endings):
        return path
    return path.with_name(path.name + (_endings(kind) or endings)[0])


def _endings(kinds: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\*(\.[\w-]+)", kinds))


def _ask_to_replace(parent: QWidget, path: Path, chosen: Callable[[Path], object]) -> QDialog:
    words = tr("{name} already exists. Replace it?").format(name=shown_name(path))
    box = PlainMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("gdsim")
    box.setText(words)
    replace = box.addButton(tr("&Overwrite"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    replace.clicked.connect(lambda: chosen(path))
    box.open()
    return box


def _shown(dialog: QFileDialog, chosen: Callable[[Path, str], object]) -> QFileDialog:
    def end(code: int) -> None:
        global _last_folder  # noqa: PLW0603 - one for the whole program, as in Qt's own functions
        files = dialog.selectedFiles()
        dialog.deleteLater()
        if code and files:
            path = Path(files[0])
            _last_folder = path.parent
            chosen(path, dialog.selectedNameFilter())

    dialog.finished.connect(end)
    dialog.open()
    return dialog
