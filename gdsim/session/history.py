"""Undo and redo as a pure value."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

T = TypeVar("T")

# Enough for a lecture; values share what they do not differ in.
DEPTH = 500


@dataclass(frozen=True)
class _Step(Generic[T]):
    value: T
    name: str


@dataclass(frozen=True)
class History(Generic[T]):
    """The present value, what was before it, and what was undone.

    Attributes
    ----------
    present : T
    past : tuple
        Older values, each with the name of the edit that left it.
    future : tuple
        Undone values, each with the name of the edit that leads back to it.
    merge : str
        While it is set, edits with the same key become one: a drag is undone at once.
    """

    present: T
    past: tuple[_Step[T], ...] = ()
    future: tuple[_Step[T], ...] = ()
    merge: str = ""

    def push(self, value: T, name: str, merge: str = "", depth: int = DEPTH) -> "History[T]":
        """Return the history after an edit; of the older values, ``depth`` are kept."""
        if value == self.present:
            return self
        if merge and merge == self.merge:
            if self.past and value == self.past[-1].value:  # the gesture is back where it began
                return History(self.past[-1].value, self.past[:-1])
            return replace(self, present=value, future=())
        past = (*self.past, _Step(self.present, name))[-depth:]
        return History(value, past, (), merge)

    def sealed(self) -> "History[T]":
        """Return the history whose next edit is not merged with the last."""
        return replace(self, merge="")

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
