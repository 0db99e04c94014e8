"""The base of dialogs in which formulas are typed: the field, the fault in it, a check after a pause."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gdsim.core.formulas.syntax import TextSpan
from gdsim.gui.accessible import announce
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.layouts import fill_layout, plain_button
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import text_label
from gdsim.gui.rules.lines_editor import LinesEditor
from gdsim.session.tasks import TaskQueue

# Nobody wants to be told what is wrong with a line that they are still typing.
_PAUSE_MS = 250


class TypingDialog(ScreenDialog):
    """Checks the typed text in a worker thread; it can be taken only once the check has found no fault."""

    def __init__(self, tasks: TaskQueue, lines: LinesEditor, take: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self.lines, self.take = lines, QPushButton(take)
        self.fault = text_label(name="fault")
        self.show_me = plain_button(self.tr("Show me"), act=self.lines.go_to_mark)
        for unknown in (self.fault, self.show_me):
            unknown.hide()  # until the first check is done
        self.pause_timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self.pause_timer.timeout.connect(self.check_now)
        self.lines.textChanged.connect(self._on_typed)
        # Closing makes a field commit its text, which starts new work; `finished` comes after that.
        self.finished.connect(self.pause_timer.stop)
        self.finished.connect(tasks.cancel)

    def check_now(self) -> None:
        """Check the text without waiting for a pause."""
        self.pause_timer.stop()
        self.take.setEnabled(False)
        self.tasks.replace(self._check(), self._on_checked, self._on_failed)

    @abstractmethod
    def _check(self) -> Callable[[], Any]:
        """Return a function that checks the current text; it is called in the worker thread."""

    @abstractmethod
    def _on_checked(self, checked: Any) -> None:  # noqa: ANN401 - what the check returned
        """Show the result of the check."""

    def _on_failed(self, error: Exception) -> None:
        """Say why the text could not be checked, such as for want of memory; it cannot be taken."""
        self._show_fault(str(error), None)

    def _on_typed(self) -> None:
        self.take.setEnabled(False)
        self.pause_timer.start()

    def _fault_row(self, name: str, tip: str) -> QHBoxLayout:
        """Return the row that shows the fault; screen readers call it ``name``."""
        self.fault.setAccessibleName(name)
        set_tip(self.show_me, tip)
        return fill_layout(QHBoxLayout(), (self.fault, 1), self.show_me, gap=6)

    def _show_fault(self, words: str, span: TextSpan | None) -> None:
        self.fault.show_words(f"{words.rstrip('.')}." if words else "")
        self.show_me.setVisible(span is not None)
        self.lines.mark(span)
        if words:
            announce(self.lines, words)
