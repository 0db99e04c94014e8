"""A flat button with one of our icons."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from gdsim.gui.forms.tips import set_tip
from gdsim.gui.style import icons as assets
from gdsim.gui.style.text_size import Scaled
from gdsim.gui.style.theme import Theme

ICON_SIZE = QSize(16, 16)


class IconButton(QToolButton):
    """A flat tool button, with a name for screen readers and a sentence for the tooltip."""

    def __init__(self, icon: str, name: str, sentence: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._theme: Theme | None = None
        self.setObjectName("flat")
        self.setAccessibleName(name)
        set_tip(self, sentence or name, name if sentence else "")
        Scaled(self, QToolButton.setIconSize, ICON_SIZE)
        # By Tab alone: a click does not take the focus.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setIcon(assets.icon(self._icon, theme.text, theme.faint))

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        if self._theme:
            self.set_theme(self._theme)
