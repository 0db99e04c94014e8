"""What this program is, what it is made of, and how it draws."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

import gdsim
from gdsim.gui.help.versions import parts_line
from gdsim.gui.plain_text import PlainMessageBox
from gdsim.gui.style import icons as assets


def _tr(text: str) -> str:
    return QCoreApplication.translate("Help", text)


def show_about(parent: QWidget, means: str) -> None:
    """Show what this is, the versions of its parts, and by what means the surface is drawn.

    Parameters
    ----------
    parent : QWidget
    means : str
        A sentence.
    """
    box = PlainMessageBox(parent)
    box.setWindowTitle(_tr("About gdsim"))
    box.setIconPixmap(assets.app_icon().pixmap(64, 64))
    box.setText(f"gdsim {gdsim.__version__}\n{_tr('The flight simulator of gradient descent.')}")
    surface = _tr("The error surface: {means}").format(means=means)
    licence = _tr("MIT licence. Works offline: it asks for nothing and sends nothing.")
    qt = _tr("Qt and PySide6 are used under the GNU LGPL, version 3; they may be replaced by others.")
    box.setInformativeText(f"{parts_line()}\n\n{surface}\n\n{licence}\n{qt}")
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
