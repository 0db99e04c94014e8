"""The document: the present experiment, its history for undo and redo, and what of it is saved."""

from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Signal

from gdsim.core.files.scene_file import SceneFile
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run_style import with_styles

T = TypeVar("T")

# Undo keeps so many edits; values share what they do not differ in.
DEPTH = 500
# What undo may take in memory, since it keeps a whole table for every edit of a point, and once more what a
# neuron takes of it; but some edits always.
_UNDO_BYTES = 500_000_000
_SHALLOWEST = 3


class _Step(NamedTuple, Generic[T]):
    value: T
    name: str


class History(NamedTuple, Generic[T]):
    """The present value, what was before it, and what was undone."""

    present: T
    past: tuple[_Step[T], ...] = ()  # Older values, each with the name of the edit that left it
    future: tuple[_Step[T], ...] = ()  # Undone values, each with the name of the edit that leads back to it
    merge: str = ""  # While it is set, edits with the same key become one: a drag is undone at once

    def push(self, value: T, name: str, merge: str = "", depth: int = DEPTH) -> "History[T]":
        """Return the history after an edit; of the older values, ``depth`` are kept."""
        if value == self.present:
            return self
        if merge and merge == self.merge:
            if self.past and value == self.past[-1].value:  # the gesture is back where it began
                return History(self.past[-1].value, self.past[:-1])
            return self._replace(present=value, future=())
        past = (*self.past, _Step(self.present, name))[-depth:]
        return History(value, past, (), merge)

    def sealed(self) -> "History[T]":
        """Return the history whose next edit is not merged with the last."""
        return self._replace(merge="")

    def undo(self) -> "History[T]":
        """Return the history before the last edit; the same when there is none."""
        if not self.past:
            return self
        last = self.past[-1]
        return History(last.value, self.past[:-1], (_Step(self.present, last.name), *self.future))

    def redo(self) -> "History[T]":
        """Return the history after the edit that was undone last; the same when there is none."""
        if not self.future:
            return self
        following = self.future[0]
        return History(following.value, (*self.past, _Step(self.present, following.name)), self.future[1:])

    def newest_first(self) -> Iterator[T]:
        """Yield the present value and those before it."""
        yield self.present
        for step in reversed(self.past):
            yield step.value

    @property
    def undo_name(self) -> str:
        """The edit that undo takes back; empty when there is none."""
        return self.past[-1].name if self.past else ""

    @property
    def redo_name(self) -> str:
        """The edit that redo makes again; empty when there is none."""
        return self.future[0].name if self.future else ""


class Document(QObject):
    """Holds the present `Experiment`; every change of it passes here."""

    # old, new: the experiment differs from what it was, or another one was opened
    changed = Signal(object, object)
    file_changed = Signal()  # it was saved, or another one was opened
    replaced = Signal()  # another one was opened

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = History(with_styles(experiment))
        self._saved: Experiment | None = experiment
        self._file: SceneFile | None = None
        self.opened = 0  # How many documents took the place of another

    @property
    def experiment(self) -> Experiment:
        return self.history.present

    @property
    def file(self) -> SceneFile | None:
        """Where it was opened from or saved to; None for a scene of the lecture or a new document."""
        return self._file

    @property
    def saved(self) -> Experiment | None:
        """The experiment as it was opened or saved last; None when that is not known."""
        return self._saved

    @property
    def is_modified(self) -> bool:
        """Whether there are changes that no file holds."""
        saved = self._saved
        return saved is None or (saved is not self.experiment and not saved.says_like(self.experiment))

    def open(self, experiment: Experiment, file: SceneFile | None, *, saved: bool = True) -> None:
        """Put another document in place of this one; it has a history of its own.

        It is not ``saved`` when its file does not hold all of it, as with work that was recovered.
        """
        self.opened += 1
        old, self.history = self.experiment, History(with_styles(experiment))
        self._file, self._saved = file, experiment if saved else None
        self.changed.emit(old, self.experiment)
        self.file_changed.emit()
        self.replaced.emit()

    def became_saved(self, experiment: Experiment, file: SceneFile) -> None:
        """Take note that an experiment, this one or an earlier one, is now in a file."""
        self._file, self._saved = file, experiment
        self.file_changed.emit()

    def edit(self, experiment: Experiment, name: str, merge: str = "") -> None:
        """Replace the experiment; edits with the same ``merge`` key are undone as one."""
        experiment = with_styles(experiment)
        self._become(self.history.push(experiment, name, merge, _depth(self.history)))

    def seal(self) -> None:
        """End a gesture: the next edit is a step of its own."""
        self.history = self.history.sealed()

    def undo(self) -> None:
        """Take the last edit back; nothing where there is none."""
        self._become(self.history.undo())

    def redo(self) -> None:
        """Make the edit that was undone last again."""
        self._become(self.history.redo())

    def _become(self, history: History[Experiment]) -> None:
        old, self.history = self.history.present, history
        if history.present is not old:
            self.changed.emit(old, history.present)


def _depth(history: History[Experiment]) -> int:
    """Return how many of the experiments so far undo may keep; tables that they share are counted once."""
    left, seen = _UNDO_BYTES, set[int]()
    for depth, experiment in enumerate(history.newest_first()):
        for table in (experiment.points, experiment.validation):
            if id(table) not in seen:
                seen.add(id(table))
                left -= 2 * (table.x.nbytes + table.y.nbytes)
        if left < 0 and depth >= _SHALLOWEST:
            return depth
    return DEPTH
