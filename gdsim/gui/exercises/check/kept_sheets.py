"""The sheets that were written on: one for each number of inputs, each with its own undo."""

from gdsim.core.exercises.check.answer_sheet import AnswerSheet
from gdsim.session.document import History


class KeptSheets:
    """Values for another number of inputs are kept aside until the points have as many again."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ("w", "b")
        self._histories: dict[tuple[str, ...], History[AnswerSheet]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters of the sheet that is on top."""
        return self._names

    @property
    def present(self) -> AnswerSheet:
        """The sheet that is on top."""
        return self._history.present

    def turn_to(self, names: tuple[str, ...]) -> None:
        """Put the sheet of other parameters on top."""
        self._names = names

    def put(self, sheet: AnswerSheet) -> None:
        """Take another sheet; the one before can be had back."""
        self._histories[self._names] = self._history.push(sheet, "")

    def undo(self) -> None:
        """Take the last change back."""
        self._histories[self._names] = self._history.undo()

    def redo(self) -> None:
        """Make the change that was undone last again."""
        self._histories[self._names] = self._history.redo()

    @property
    def _history(self) -> History[AnswerSheet]:
        return self._histories.get(self._names, History(AnswerSheet(self._names)))
