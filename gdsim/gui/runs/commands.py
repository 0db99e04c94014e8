"""The commands that open dialogs about runs."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gdsim.gui.actions import UserActions
from gdsim.session.session import Session


class RunCommands(QObject):
    """Opens the dialogs, and gives the actions what they ask for."""

    def __init__(self, window: QWidget, session: Session, user_actions: UserActions) -> None:
        super().__init__(window)
        self._window, self._session, self._user_actions = window, session, user_actions

    def what_if(self, index: int) -> None:
        """Ask what is to differ after the step at which a run stands."""
        from gdsim.gui.runs.what_if import WhatIfDialog  # noqa: PLC0415 - seldom asked for

        experiment, step = self._session.experiment, self._user_actions.step_to_leave(index)
        if step is None:
            words = self.tr("This run has not begun at the step shown: move on to a later step.")
            self._user_actions.refused.emit(words)
            return
        dialog = WhatIfDialog(experiment, index, step, self._window)
        dialog.run_chosen.connect(self._user_actions.add_fork)
        dialog.open()
