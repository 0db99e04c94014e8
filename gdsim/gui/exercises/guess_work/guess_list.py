"""The list of guesses, with undo."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QVBoxLayout, QWidget

from gdsim.core.exercises.guesses import Guess, Guesses, best_of
from gdsim.core.formulas.numerals import exact, number
from gdsim.core.language.texts import counted
from gdsim.gui.exercises.result_table import ResultTable
from gdsim.gui.forms.layouts import fill_layout, plain_button
from gdsim.gui.forms.tables import REMOVING, on_removing
from gdsim.gui.forms.tips import with_keys
from gdsim.session.document import History

_LOSS = 2  # The column of the loss
# Standard keys, because the key sequences of the system are only known once there is an application.
_UNDO, _REDO = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo


class GuessList(QWidget):
    """A table of guesses with the best one marked, and buttons to remove, undo and redo."""

    changed = Signal(object)  # Guesses

    def __init__(self) -> None:
        super().__init__()
        self.history = History[Guesses](())
        self.table = ResultTable(self.tr("Guesses"), ("w", "b", "L", ""), numbers=(0, 1, _LOSS))
        self.table.verticalHeader().show()  # guesses have numbers on the map
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)  # it would push the other columns out of view
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        # Small losses have exponents, which need the room.
        header.setSectionResizeMode(_LOSS, QHeaderView.ResizeMode.ResizeToContents)
        self.remove = plain_button(
            self.tr("Remove"),
            with_keys(self.tr("Remove the selected guess."), REMOVING[0]),
            self.remove_selected,
        )
        undo, redo = self.tr("Undo the last change."), self.tr("Redo the change that was undone last.")
        self.undo = plain_button(self.tr("Undo"), with_keys(undo, QKeySequence(_UNDO)), self.take_back)
        self.redo = plain_button(self.tr("Redo"), with_keys(redo, QKeySequence(_REDO)), self.make_again)
        line = fill_layout(QHBoxLayout(), self.remove, self.undo, self.redo, None)
        fill_layout(QVBoxLayout(self), (self.table, 1), line)
        self._connect()
        self._show()

    def _connect(self) -> None:
        self.table.itemSelectionChanged.connect(self._show_buttons)
        for keys, act in ((_UNDO, self.take_back), (_REDO, self.make_again)):
            QShortcut(QKeySequence(keys), self, act, context=Qt.ShortcutContext.WindowShortcut)
        on_removing(self.table, self.remove_selected)

    @property
    def guesses(self) -> Guesses:
        return self.history.present

    def write_down(self, guess: Guess) -> None:
        """Append a guess and select it; a guess that is in the list already is only selected."""
        if guess not in self.guesses:
            self._become(self.history.push((*self.guesses, guess), "write down"))
        self.table.selectRow(self.guesses.index(guess))

    def set_history(self, history: History[Guesses]) -> None:
        self._become(history)

    def remove_selected(self) -> None:
        row = self.table.currentRow()
        if 0 <= row < len(self.guesses):
            fewer = (*self.guesses[:row], *self.guesses[row + 1 :])
            self._become(self.history.push(fewer, "remove"))
            self.table.selectRow(min(row, len(self.guesses) - 1))

    def take_back(self) -> None:
        self._become(self.history.undo())

    def make_again(self) -> None:
        self._become(self.history.redo())

    def _become(self, history: History[Guesses]) -> None:
        before, self.history = self.history.present, history
        self._show()
        if history.present != before:
            self.changed.emit(history.present)

    def _show(self) -> None:
        guesses, best = self.guesses, best_of(self.guesses)
        rows = [
            (exact(w), exact(b), number(loss, 4), self.tr("best") if row == best else "")
            for row, (w, b, loss) in enumerate(guesses)
        ]
        self.table.show_rows(
            rows,
            strong=() if best is None else (best,),
            in_full={_LOSS: [exact(guess.loss) for guess in guesses]},
        )
        count = counted(len(guesses), "{n} guess", "{n} guesses")
        if best is not None:
            count = self.tr("{guesses}, the best is number {n}").format(guesses=count, n=best + 1)
        self.table.setAccessibleDescription(count)
        self._show_buttons()

    def _show_buttons(self) -> None:
        self.remove.setEnabled(0 <= self.table.currentRow() < len(self.guesses))
        self.undo.setEnabled(bool(self.history.past))
        self.redo.setEnabled(bool(self.history.future))
