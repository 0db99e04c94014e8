"""What the commands share that open a dialog in which formulas may be typed."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gdsim.gui.actions import UserActions
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.rules.known_rules import KnownRules
from gdsim.gui.rules.typing_dialog import TypingDialog
from gdsim.gui.style.theme import LIGHT, Theme
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue


class TypingCommands(QObject):
    """Opens one dialog at a time, and deletes it when it is closed."""

    def __init__(
        self, window: QWidget, session: Session, user_actions: UserActions, known: KnownRules
    ) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._user_actions, self._known = user_actions, known
        self._theme: Theme = LIGHT
        self._tasks = TaskQueue(self)
        self.dialog: ScreenDialog | None = None

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if isinstance(self.dialog, TypingDialog):
            self.dialog.set_theme(theme)

    def close(self) -> None:
        self._tasks.close()

    def _open(self, dialog: ScreenDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._forget)
        dialog.open()

    def _forget(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None
