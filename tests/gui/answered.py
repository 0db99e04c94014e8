"""Answers for the dialogs that ask for a file."""

from pathlib import Path

from gdsim.gui.forms import file_dialog


def answer_file_dialogs(monkeypatch, path, kind=""):
    """Have each dialog that asks for a file answered at once.

    Parameters
    ----------
    path : Path, str or callable
        The file; an empty text for none. A callable is given the title of the dialog.
    """

    def shown(dialog, chosen):
        name = path(dialog.windowTitle()) if callable(path) else path
        dialog.deleteLater()
        if str(name):
            chosen(Path(name), kind)
        return dialog

    monkeypatch.setattr(file_dialog, "_shown", shown)
