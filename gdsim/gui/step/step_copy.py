"""The button that copies a step: as plain text, as Markdown or as LaTeX."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from gdsim.core.analysis.update import Update
from gdsim.core.analysis.worked import WorkedStep, worked
from gdsim.core.analysis.worked_text import as_latex, as_markdown, as_text
from gdsim.gui.forms.tips import tip


class CopyButton(QPushButton):
    """Copies the step that is shown, with all its digits or with those that are shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._update: Update | None = None
        self._digits: int | None = None
        self.setText(self.tr("Copy"))
        self.setAccessibleName(self.tr("Copy this step"))
        self.setToolTip(tip(self.tr("Copy the step: the rule, its numbers, the results.")))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        for name, write in (
            (self.tr("Plain text"), as_text),
            (self.tr("Markdown"), as_markdown),
            (self.tr("LaTeX"), as_latex),
        ):
            menu.addAction(name).triggered.connect(self._copier(write))
        menu.addSeparator()
        self.all_digits = QAction(self.tr("With all digits"), menu, checkable=True, checked=True)
        menu.addAction(self.all_digits)
        self.setMenu(menu)
        self.setEnabled(False)

    def show_update(self, update: Update | None, digits: int | None) -> None:
        """Copy this update from now on; None when there is none."""
        self._update, self._digits = update, digits
        if self.isEnabled() != (update is not None):
            self.setEnabled(update is not None)

    def _copier(self, write: Callable[[WorkedStep], str]) -> Callable[[], None]:
        def copy() -> None:
            if self._update is not None:
                digits = None if self.all_digits.isChecked() else self._digits
                QGuiApplication.clipboard().setText(write(worked(self._update, digits)))

        return copy
