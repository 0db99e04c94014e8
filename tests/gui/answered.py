"""Automatic answers to file dialogs."""

from pathlib import Path

from gdsim.gui.forms import file_dialog


def answer_file_dialogs(monkeypatch, path, kind=""):
    """Answer every file dialog at once.

    Parameters
    ----------
    path : Path, str or callable
        The file to choose, or "" to cancel. A callable returns one of these, given the title of the dialog.
    """

    def shown(dialog, chosen):
        name = path(dialog.windowTitle()) if callable(path) else path
        dialog.deleteLater()
        if str(name):
            chosen(Path(name), kind)
        return dialog

    monkeypatch.setattr(file_dialog, "_shown", shown)
