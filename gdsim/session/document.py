"""The document: the current experiment, its history for undo and redo, and the file it is saved in."""

from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Signal

from gdsim.core.files.scene_file import SceneFile
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run_style import with_styles

T = TypeVar("T")

# The most edits that undo keeps; successive values share their unchanged parts.
DEPTH = 500
# The memory that undo may take, because every edit of a point keeps a whole table, and as much again for a
# neuron's copy of it. Some edits are always kept.
_UNDO_BYTES = 500_000_000
_LEAST_DEPTH = 3


class _HistoryStep(NamedTuple, Generic[T]):
    value: T
    name: str


class History(NamedTuple, Generic[T]):
    """The current value, the values before it, and the values that were undone."""

    present: T
    past: tuple[_HistoryStep[T], ...] = ()  # Older values, each with the name of the edit that replaced it
    future: tuple[_HistoryStep[T], ...] = ()  # Undone values, each with the name of the edit that led to it
    merge: str = ""  # While set, edits with the same key are merged, so that a drag is undone as one

    def push(self, value: T, name: str, merge: str = "", depth: int = DEPTH) -> "History[T]":
        """Return the history after an edit, with at most ``depth`` older values."""
        if value == self.present:
            return self
        if merge and merge == self.merge:
            if self.past and value == self.past[-1].value:  # the gesture is back where it began
                return History(self.past[-1].value, self.past[:-1])
            return self._replace(present=value, future=())
        past = (*self.past, _HistoryStep(self.present, name))[-depth:]
        return History(value, past, (), merge)

    def sealed(self) -> "History[T]":
        """Return the history with merging ended: the next edit is a step of its own."""
        return self._replace(merge="")

    def undo(self) -> "History[T]":
        """Return the history before the last edit; unchanged if there is none."""
        if not self.past:
            return self
        last = self.past[-1]
        return History(last.value, self.past[:-1], (_HistoryStep(self.present, last.name), *self.future))

    def redo(self) -> "History[T]":
        """Return the history after the edit that was undone last; unchanged if there is none."""
        if not self.future:
            return self
        following = self.future[0]
        return History(
            following.value, (*self.past, _HistoryStep(self.present, following.name)), self.future[1:]
        )

    def newest_first(self) -> Iterator[T]:
        """Yield the current value, then the older ones, latest first."""
        yield self.present
        for step in reversed(self.past):
            yield step.value

    @property
    def undo_name(self) -> str:
        """The name of the edit that undo takes back; empty if there is none."""
        return self.past[-1].name if self.past else ""

    @property
    def redo_name(self) -> str:
        """The name of the edit that redo makes again; empty if there is none."""
        return self.future[0].name if self.future else ""


class Document(QObject):
    """Owner of the current `Experiment`, through which every change of it passes."""

    # old, new: the experiment was changed, or another one was opened
    changed = Signal(object, object)
    file_changed = Signal()  # it was saved, or another one was opened
    replaced = Signal()  # another one was opened

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = History(with_styles(experiment))
        self._saved: Experiment | None = experiment
        self._file: SceneFile | None = None
        self.opened = 0  # How often a document has replaced another

    @property
    def experiment(self) -> Experiment:
        return self.history.present

    @property
    def file(self) -> SceneFile | None:
        """The file it was opened from or last saved to; None for a scene of the lecture or a new document."""
        return self._file

    @property
    def saved(self) -> Experiment | None:
        """The experiment as it was last opened or saved; None if that is unknown."""
        return self._saved

    @property
    def is_modified(self) -> bool:
        saved = self._saved
        return saved is None or (
            saved is not self.experiment and not saved.equals_but_for_view(self.experiment)
        )

    def open(self, experiment: Experiment, file: SceneFile | None, *, saved: bool = True) -> None:
        """Replace this document by another one, with a new history.

        Pass ``saved=False`` if its file does not hold all of it, as with recovered work.
        """
        self.opened += 1
        old, self.history = self.experiment, History(with_styles(experiment))
        self._file, self._saved = file, experiment if saved else None
        self.changed.emit(old, self.experiment)
        self.file_changed.emit()
        self.replaced.emit()

    def became_saved(self, experiment: Experiment, file: SceneFile) -> None:
        """Record that an experiment, the current one or an earlier one, is now saved in a file."""
        self._file, self._saved = file, experiment
        self.file_changed.emit()

    def edit(self, experiment: Experiment, name: str, merge: str = "") -> None:
        """Replace the experiment; edits with the same ``merge`` key are undone as one."""
        experiment = with_styles(experiment)
        self._set_history(self.history.push(experiment, name, merge, _affordable_depth(self.history)))

    def seal(self) -> None:
        """End a gesture, so that the next edit is undone separately."""
        self.history = self.history.sealed()

    def undo(self) -> None:
        self._set_history(self.history.undo())

    def redo(self) -> None:
        self._set_history(self.history.redo())

    def _set_history(self, history: History[Experiment]) -> None:
        old, self.history = self.history.present, history
        if history.present is not old:
            self.changed.emit(old, history.present)


def _affordable_depth(history: History[Experiment]) -> int:
    """Return how many older experiments undo may keep; tables that they share are counted once."""
    left, seen = _UNDO_BYTES, set[int]()
    for depth, experiment in enumerate(history.newest_first()):
        for table in (experiment.points, experiment.validation):
            if id(table) not in seen:
                seen.add(id(table))
                left -= 2 * (table.x.nbytes + table.y.nbytes)
        if left < 0 and depth >= _LEAST_DEPTH:
            return depth
    return DEPTH
