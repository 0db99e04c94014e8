"""The commands that open dialogs about runs."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from gdsim.core.model import forks
from gdsim.gui.actions import UserActions
from gdsim.gui.playback.player import PlaybackCommands
from gdsim.gui.window.view_commands import ViewCommands
from gdsim.session.session import Session


class RunCommands(QObject):
    """Opens the dialogs, and passes their results to the user's actions."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        user_actions: UserActions,
        player: PlaybackCommands,
        view: ViewCommands,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._view = window, session, view
        self._user_actions, self._player = user_actions, player

    def what_if(self, index: int) -> None:
        """Ask what a fork of this run at the current step is to change."""
        from gdsim.gui.settings.what_if import WhatIfDialog  # noqa: PLC0415 - seldom asked for

        self._session.play(lambda head: head.pause())  # stay at the step that the dialog is about
        experiment, step = self._session.experiment, self._user_actions.step_to_leave(index)
        words = forks.why_not_left(experiment.runs[index])
        if step is None:
            words = self.tr("This run has not begun at the step shown: move on to a later step.")
        if step is None or words:
            self._user_actions.refused.emit(words)
            return
        dialog = WhatIfDialog(experiment, index, step, self._window)
        dialog.run_chosen.connect(self._user_actions.add_fork)
        dialog.open()

    @Slot(int)
    def what_if_at(self, place: int) -> None:
        """Ask what a fork of the selected run at a step or an epoch is to change."""
        self._player.seek(place)
        self.what_if(self._session.selected)

    def compare(self, index: int) -> None:
        """Show where this run and another one first differ."""
        from gdsim.gui.runs.compare import CompareDialog  # noqa: PLC0415 - seldom asked for

        if len(self._session.experiment.runs) < 2:
            self._user_actions.refused.emit(self.tr("There is no other run to compare with; add one first."))
            return
        dialog = CompareDialog(self._session, index, self._window)
        dialog.step_wanted.connect(self._show_step)
        dialog.open()

    @Slot(int)
    def _show_step(self, step: int) -> None:
        """Show the update that follows a step."""
        if self._session.by_epoch:
            self._view.toggle_by_epoch()
        self._player.seek(step)
