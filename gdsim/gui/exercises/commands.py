"""The commands that open the exercises, and what comes of them in the window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from gdsim.core.exercises.rate_ladder import at_rate
from gdsim.gui.exercises.windows import ExerciseWindows
from gdsim.gui.style.theme import LIGHT, Theme
from gdsim.gui.window.actions import Intents
from gdsim.session.session import Session

# Windows are loaded when they are first opened: the start of the program does not wait for them.
if TYPE_CHECKING:
    from gdsim.gui.exercises.check.check_dialog import CheckDialog
    from gdsim.gui.exercises.rates.rate_dialog import RateDialog


class ExerciseCommands(QObject):
    """Opens each dialog once, beside the window, and keeps it up to date.

    Signals
    -------
    update_requested(int)
        A person wants to see this update of the selected run worked out.
    refused(str)
        Why an exercise cannot be done with this document, as a sentence.
    """

    update_requested = Signal(int)
    refused = Signal(str)

    def __init__(self, window: QWidget, session: Session, intents: Intents) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._intents = intents
        self._theme: Theme = LIGHT
        self.check: CheckDialog | None = None
        self.rates: RateDialog | None = None
        self.windows = ExerciseWindows(window, session)
        self.windows.refused.connect(self.refused)
        session.experiment_changed.connect(self._on_changed)
        session.selected_changed.connect(self._on_changed)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its name."""
        return self.windows.handlers() | {"check_work": self.open_check, "find_rate": self.open_rates}

    def set_theme(self, theme: Theme) -> None:
        """Show the dialogs in the theme's colours."""
        self._theme = theme
        self.windows.set_theme(theme)
        for dialog in self._open:
            dialog.set_theme(theme)

    def close(self) -> None:
        """Close everything, and stop all work."""
        self.windows.close()
        for dialog in self._open:
            dialog.end()

    def open_check(self) -> None:
        """Let somebody's own values be checked."""
        from gdsim.gui.exercises.check.check_dialog import CheckDialog  # noqa: PLC0415

        if self.check is None:
            self.check = CheckDialog(self._theme, self._window)
            self.check.run_chosen.connect(self._session.select)
            self.check.step_requested.connect(self.update_requested)
        self._show(self.check)

    def open_rates(self) -> None:
        """Let a rate be found."""
        from gdsim.gui.exercises.rates.rate_dialog import RateDialog  # noqa: PLC0415

        if self.rates is None:
            self.rates = RateDialog(self._theme, self._window)
            self.rates.run_chosen.connect(self._session.select)
            self.rates.rate_chosen.connect(self._set_rate)
            self.rates.rate_added.connect(self._add_rate)
        self._show(self.rates)

    @property
    def _open(self) -> "tuple[CheckDialog | RateDialog, ...]":
        return tuple(dialog for dialog in (self.check, self.rates) if dialog is not None)

    def _show(self, dialog: "CheckDialog | RateDialog") -> None:
        dialog.show_document(self._session.experiment, self._session.selected)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    @Slot()
    def _on_changed(self) -> None:
        for dialog in self._open:
            if dialog.isVisible():
                dialog.show_document(self._session.experiment, self._session.selected)

    @Slot(float)
    def _set_rate(self, rate: float) -> None:
        run = self._session.selected_run
        if run is not None:
            self._intents.change_selected(at_rate(run, rate), self.tr("Change η"), "")

    @Slot(float)
    def _add_rate(self, rate: float) -> None:
        run = self._session.selected_run
        if run is not None:
            self._intents.add_like(at_rate(run, rate))
