"""Keys and mouse at a glance."""

import itertools
from collections.abc import Callable
from html import escape

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from gdsim.gui.plain_text import HtmlLabel

# Of shortcuts: so that all of them fit on a low screen.
_COLUMNS = 3


def _tr(text: str) -> str:
    return QCoreApplication.translate("Help", text)


def show_keys(parent: QWidget, actions: list[QAction], show_guide: Callable[[], None]) -> None:
    """Show every shortcut, what the mouse does where, and a way on to the user guide."""
    rows = [(action.iconText(), action.shortcut().toString()) for action in actions]
    rows = [(text, keys) for text, keys in rows if keys]
    mouse = [
        (_tr("Contour map: click"), _tr("set the start of the selected run")),
        (_tr("Contour map: drag the ring"), _tr("move that start")),
        (_tr("Contour map: wheel, drag"), _tr("zoom, move")),
        (_tr("Error surface: drag, wheel, double-click"), _tr("turn, zoom, reset")),
        (_tr("Neuron: drag a point, double-click"), _tr("move it, add one")),
        (_tr("Loss curves: click, drag"), _tr("go to a step")),
        (_tr("Map with the focus (Tab): Shift and arrows"), _tr("move that start (+ and − zoom)")),
        (_tr("Surface with the focus: Shift and arrows"), _tr("turn it (+ and − zoom)")),
        (_tr("Neuron with the focus: up, down; Shift and arrows"), _tr("choose a point; move it")),
        (_tr("Curves with the focus: Shift and arrows, Enter"), _tr("read values, go to that step")),
        (_tr("Title of a pane: double-click"), _tr("show the pane alone, and all again (Escape)")),
        (_tr("Button with the focus: Enter"), _tr("press it (Space plays)")),
    ]
    third = -(-len(rows) // _COLUMNS)
    columns = [rows[at : at + third] for at in range(0, len(rows), third)]
    lines = itertools.zip_longest(*columns, fillvalue=("", ""))
    body = "".join(f"<tr>{'<td width=28></td>'.join(map(_cells, line))}</tr>" for line in lines)
    body += "<tr><td>&nbsp;</td></tr>" + "".join(f"<tr>{_mouse_cells(row)}</tr>" for row in mouse)
    dialog = QDialog(parent)
    dialog.setWindowTitle(_tr("Keys and mouse"))
    text = HtmlLabel(f"<table cellspacing=3>{body}</table>")
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    guide = buttons.addButton(_tr("&User guide"), QDialogButtonBox.ButtonRole.HelpRole)
    guide.setObjectName("primary")
    buttons.rejected.connect(dialog.reject)
    # It is modal: the guide could not be used beside it.
    guide.clicked.connect(dialog.accept)
    guide.clicked.connect(show_guide)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(20, 16, 20, 16)
    layout.addWidget(text)
    layout.addWidget(buttons)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def _cells(row: tuple[str, str]) -> str:
    text, keys = map(escape, row)
    return f"<td>{text}</td><td width=14></td><td><b>{keys}</b></td>"


def _mouse_cells(row: tuple[str, str]) -> str:
    text, does = map(escape, row)
    return f"<td>{text}</td><td width=14></td><td colspan=9>{does}</td>"
