"""The card of a run's code: the lecture's Python, the highlighted lines, and the numbers of the update."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QPushButton

from gdsim.core.analysis.code_margin import Margin
from gdsim.core.analysis.update import Update
from gdsim.core.engine.beginning import shown_beginning
from gdsim.core.files.script.code_line import CodeLine, lines_unlike
from gdsim.core.files.script.lecture import LectureCode
from gdsim.core.files.script.run_program import code_of_run, shown_lines
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.step.code_view import CodeModel, CodeView
from gdsim.gui.step.update_card import UpdateCard
from gdsim.session.frame import Frame, RunView


class CodeCard(UpdateCard):
    part_requested = Signal(str)  # the part of the chosen line; empty if it was highlighted already
    program_requested = Signal()  # to copy the whole program
    told = Signal(str)  # what was copied
    lines_changed = Signal(object)  # the tuple of lines that are shown; empty while the card is hidden

    def __init__(self) -> None:
        model = CodeModel()
        view = CodeView(model)
        super().__init__(view)
        model.setParent(self)
        self._model, self.view = model, view
        self.setAccessibleName(self.tr("Code"))
        self._code_key: tuple[object, ...] = ()
        self._code: LectureCode | None = None
        self._shown: tuple[Update, str] | None = None
        self._others: tuple[CodeLine, ...] = ()
        self.view.part_chosen.connect(self._on_chosen)
        self.setFocusProxy(self.view)
        self.copy = self._make_copy()
        self._lay_out(self.copy)
        self._say(self.tr("Nothing is computed yet."))

    def compare(self, others: tuple[CodeLine, ...]) -> None:
        """Mark the lines that differ from other code, which is shown beside this; none if it is empty."""
        self._others = others
        self._mark()

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.lines_changed.emit(self._model.lines)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.lines_changed.emit(())

    def _show(self, frame: Frame, update: Update) -> None:
        if self._shown is not None and self._shown[0] is update and self._shown[1] == frame.part:
            return
        code = self._code_of(update, frame.current)
        if self._shown is None or self._shown[0] is not update:
            self._show_steps(update)
            self._model.show_margin(Margin(code, update))
            self.view.update_margin()
        self.copy.setEnabled(True)
        self._shown = update, frame.part
        if frame.part != self._model.part:
            self.view.show_part(frame.part)

    def _code_of(self, update: Update, view: RunView | None) -> LectureCode:
        """Return the code of an update's run; if it has changed, lay it out."""
        begins = None
        if view is not None and update.run.fork:
            begins = shown_beginning(update.run, view.whole, update.data)
        key = update.run, len(update.points), update.objective, begins
        if self._code is None or key != self._code_key:
            code = code_of_run(update.run, update.points, 0, update.objective, begins)
            lines = shown_lines(code)
            if lines != self._model.lines:
                self._model.show_lines(lines)
                self._mark()
                self.view.lay_out()
                self.lines_changed.emit(lines)
            self._code_key, self._code = key, code
        return self._code

    def _mark(self) -> None:
        unlike = lines_unlike(self._model.lines, self._others) if self._others else frozenset[int]()
        self.view.show_unlike(unlike)

    def _say(self, words: str) -> None:
        super()._say(words)
        self._shown = None
        self.copy.setEnabled(False)

    def _on_chosen(self, part: str) -> None:
        update = self._frame.update if self._frame else None
        if self._frame is not None and update is not None and part in update.rule.parts:
            self.part_requested.emit("" if part == self._frame.part else part)

    def _make_copy(self) -> QPushButton:
        button = QPushButton(self.tr("Copy"), self)
        button.setAccessibleName(self.tr("Copy the code"))
        set_tip(
            button,
            self.tr("Copy the code. The whole program includes the points, so Python runs it as it is."),
        )
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(button)
        menu.addAction(self.tr("Whole program")).triggered.connect(self.program_requested)
        menu.addAction(self.tr("What is shown")).triggered.connect(self._copy_shown)
        button.setMenu(menu)
        return button

    def _copy_shown(self) -> None:
        QGuiApplication.clipboard().setText(self.view.text())
        self.told.emit(self.tr("Copied the code."))
