"""What exercises share that compute what a person waits for: how far it is, and how it is stopped."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.exercise import Exercise, failure_words
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import filled, keep_place, plain_button
from gdsim.gui.plain_text import PlainLabel
from gdsim.session.session import Session
from gdsim.session.tasks import Callback

# Work that is done sooner is not announced.
_PATIENCE_MS = 250


class WorkLine(QWidget):
    """How far work is, and the button that stops it: shown during work, its place is kept otherwise."""

    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = PlainLabel(name="hint")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 100)  # screen readers are told the value as it is
        self.bar.setAccessibleName(self.tr("How much is done, in percent"))
        self.stop = plain_button(self.tr("Stop"), act=self.stop_requested)
        filled(QHBoxLayout(self), self.text, (self.bar, 1), self.stop)
        keep_place(self)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self.hide()

    def begin(self, words: str) -> None:
        """Show what is being done, once it has taken a moment."""
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
    """Computes one thing at a time, and nothing while it is hidden."""

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.work = WorkLine(self)
        self.work.stop_requested.connect(self.rest)

    def _set_foot(self, *words: QWidget, buttons: Sequence[QPushButton], close: str) -> None:
        """Put words at the bottom, and below them the work and buttons; the last, Close, says what stays."""
        last, row = plain_button(self.tr("Close"), close), QWidget()
        last.clicked.connect(self.close)
        line = Flow(row, gap=8, ends=True)  # in several lines where letters are large
        for button in (*buttons, last):
            line.addWidget(button)
        self.set_foot(*words, filled(QHBoxLayout(), (self.work, 1), row))

    def _compute(
        self, words: str, work: Callable[[], Any], done: Callback, progressed: Callback | None = None
    ) -> None:
        """Compute in place of what is under way, and say in words what is done; see `TaskQueue.submit`."""

        def end(result: object) -> None:
            self.work.end()
            done(result)

        self.work.begin(words)
        self.tasks.replace(work, end, self._on_failed, progressed or self.work.show_share)

    def _on_failed(self, fault: Exception) -> None:
        self.rest()
        self.tell(failure_words(fault))

    @Slot()
    def rest(self) -> None:
        self.calm.stop()
        self.tasks.cancel()
        self.work.end()
