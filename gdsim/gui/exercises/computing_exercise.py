"""The base of exercises with long computations: progress display and a way to stop."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.exercise import Exercise, failure_words
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import fill_layout, keep_place, plain_button
from gdsim.gui.plain_text import PlainLabel
from gdsim.session.session import Session
from gdsim.session.tasks import Callback

# The progress of shorter work is not shown.
_PATIENCE_MS = 250


class WorkLine(QWidget):
    """A progress bar with a Stop button, shown during work; its space stays reserved otherwise."""

    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = PlainLabel(name="hint")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 100)  # percent, because screen readers get the raw value
        self.bar.setAccessibleName(self.tr("How much is done, in percent"))
        self.stop = plain_button(self.tr("Stop"), act=self.stop_requested)
        fill_layout(QHBoxLayout(self), self.text, (self.bar, 1), self.stop)
        keep_place(self)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self.hide()

    def begin(self, words: str) -> None:
        """Show the progress and what is being done, once it has taken a moment."""
        self.text.setText(words)
        self.bar.setValue(0)
        if self.isHidden() and not self._patience.isActive():
            self._patience.start()

    def show_share(self, share: float) -> None:
        self.bar.setValue(int(100 * share))

    def end(self) -> None:
        self._patience.stop()
        self.hide()


class Computing(Exercise):
    """An exercise that runs one computation at a time, and none while it is hidden."""

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.work = WorkLine(self)
        self.work.stop_requested.connect(self.stop_work)

    def _set_foot(self, *words: QWidget, buttons: Sequence[QPushButton], close: str) -> None:
        """Set the foot: ``words``, and below them the progress, the buttons and Close with its tooltip."""
        last, row = plain_button(self.tr("Close"), close), QWidget()
        last.clicked.connect(self.close)
        line = Flow(row, gap=8, ends=True)  # wraps if the font is large
        for button in (*buttons, last):
            line.addWidget(button)
        self.set_foot(*words, fill_layout(QHBoxLayout(), (self.work, 1), row))

    def _compute(
        self, words: str, work: Callable[[], Any], done: Callback, progressed: Callback | None = None
    ) -> None:
        """Start work in place of any still under way, with ``words`` beside the progress bar.

        See `TaskQueue.submit` for the callbacks.
        """

        def end(result: object) -> None:
            self.work.end()
            done(result)

        self.work.begin(words)
        self.tasks.replace(work, end, self._on_failed, progressed or self.work.show_share)

    def _on_failed(self, fault: Exception) -> None:
        self.stop_work()
        self.tell(failure_words(fault))

    @Slot()
    def stop_work(self) -> None:
        self.pause_timer.stop()
        self.tasks.cancel()
        self.work.end()
