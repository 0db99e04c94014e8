"""What a file or a paste holds, once it is understood; and the fault of one that cannot be."""

from dataclasses import dataclass
from enum import Enum

from gdsim.core.arrays import Array, Flags
from gdsim.core.language.words import SaidError, said
from gdsim.core.settings import elided, one_line


@dataclass(frozen=True)
class Wish:
    """How a table is to be read; what is None is found out."""

    delimiter: str | None = None  # One of `DELIMITERS`
    decimal: str | None = None  # ``"."`` or ``","``
    header: bool | None = None
    left_out: frozenset[int] = frozenset()  # Places of columns that may hold anything


# What may part the columns, the surest sign first. A space stands for any number of them.
DELIMITERS = ("\t", ";", ",", " ")
DECIMALS = (".", ",")


@dataclass(frozen=True)
class Dialect:
    """How a table is written; not ``sure`` where commas may as well be decimal as part the columns."""

    delimiter: str
    decimal: str
    header: bool
    sure: bool = True


class ColumnKind(Enum):
    NUMBERS = "numbers"
    WORDS = "words"
    ROLES = "roles"  # "train" or "val": which points are set aside for validation
    EMPTY = "empty"


@dataclass(frozen=True)
class Column:
    """One column; its name is empty when it has none."""

    name: str
    kind: ColumnKind
    has_thousands: bool = False  # Whether one of its numbers has marks that can only part thousands


@dataclass(frozen=True)
class Outline:
    """What is seen of a table at a glance."""

    dialect: Dialect
    encoding: str  # Its usual name; empty for a text that was pasted
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]  # The first rows as they are written
    body_line: int  # The line on which the first row stands, counted from 1

    def of_kind(self, kind: ColumnKind) -> tuple[int, ...]:
        """Return the places of the columns that hold something of this kind."""
        return tuple(place for place, column in enumerate(self.columns) if column.kind is kind)


@dataclass(frozen=True, eq=False)
class Table:
    """A table that was read to its end."""

    outline: Outline
    numbers: Array  # (N, k): the k columns of numbers, in their order
    held_out: Flags | None  # (N,): which rows are for validation, if a column says so

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns of numbers, empty where there is none."""
        return tuple(column.name for column in self.outline.columns if column.kind is ColumnKind.NUMBERS)


class TableFault(SaidError):  # noqa: N818 - reads as what it says
    """Why a table cannot be read, and where. Its text is a sentence about a text that was pasted.

    The reason says what is wrong with the place, such as ``'must be a number, not "abc"'``; lines and columns
    are counted from 1. It is ``unclear`` where the table may be right when it is read with other settings.
    """

    def __init__(
        self,
        reason: str,
        /,
        *,
        line: int | None = None,
        column: int | None = None,
        named: str = "",
        unclear: bool = False,
        **parts: object,
    ) -> None:
        super().__init__(reason, **parts)
        self.reason = str(self.args[0])
        self.line, self.column, self.name, self.unclear = line, column, named, unclear
        self.outline: Outline | None = None

    def __str__(self) -> str:
        place = self._place() or said("the text")
        return f"{place[:1].upper()}{place[1:]} {self.reason}."

    def of(self, source: str) -> str:
        """Return the sentence about a file of this name."""
        return f"{', '.join(filter(None, (elided(source), self._place())))} {self.reason}."

    def _place(self) -> str:
        if self.line is None:
            return ""
        name = f" ({short(self.name)})" if self.name else ""
        return said("line {line}", line=self.line) + (
            said(", column {column}{name}", column=self.column, name=name) if self.column else ""
        )


def short(name: str) -> str:
    """Return the name of a column on one line, shortened when it is long."""
    return one_line(name, 24)
