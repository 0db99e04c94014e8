"""A table of numbers from a file or the clipboard, its format, and the fault of one that cannot be read."""

from dataclasses import dataclass
from enum import Enum

from gdsim.core.arrays import Array, Flags
from gdsim.core.language.texts import SaidError, said
from gdsim.core.settings import elided, one_line


@dataclass(frozen=True)
class RequestedFormat:
    """The requested format of a table; what is None is detected."""

    delimiter: str | None = None  # One of `DELIMITERS`
    decimal: str | None = None  # ``"."`` or ``","``
    header: bool | None = None
    left_out: frozenset[int] = frozenset()  # Indices of columns to ignore, whatever they contain


# The delimiters of columns, the most reliable first. A space stands for any number of spaces.
DELIMITERS = ("\t", ";", ",", " ")
DECIMALS = (".", ",")


@dataclass(frozen=True)
class Dialect:
    """The format of a table; not ``sure`` if its commas could be either delimiters or decimal marks."""

    delimiter: str
    decimal: str
    header: bool
    sure: bool = True


class ColumnKind(Enum):
    NUMBERS = "numbers"
    WORDS = "words"
    ROLES = "roles"  # "train" or "val": which points are held out for validation
    EMPTY = "empty"


@dataclass(frozen=True)
class Column:
    """A column; the name is empty if it has none."""

    name: str
    kind: ColumnKind
    has_thousands: bool = False  # Whether one of its numbers has marks that can only be thousands separators


@dataclass(frozen=True)
class Outline:
    """The format, the columns and the first rows of a table."""

    dialect: Dialect
    encoding: str  # Its usual name; empty for a pasted text
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]  # The first rows as they are written
    body_line: int  # The number of the line of the first row, from 1

    def of_kind(self, kind: ColumnKind) -> tuple[int, ...]:
        return tuple(place for place, column in enumerate(self.columns) if column.kind is kind)


@dataclass(frozen=True, eq=False)
class Table:
    """A table that has been read completely."""

    outline: Outline
    numbers: Array  # (N, k): the k columns of numbers, in order
    held_out: Flags | None  # (N,): the rows for validation; None if no column says so

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns of numbers, empty for a column without a name."""
        return tuple(column.name for column in self.outline.columns if column.kind is ColumnKind.NUMBERS)


class TableFault(SaidError):  # noqa: N818 - reads as what it says
    """Why a table cannot be read, and where. The message is a sentence for a pasted text; see `of` for files.

    The reason is the predicate of the sentence, such as ``'must be a number, not "abc"'``. Lines and columns
    are counted from 1. The fault is ``unclear`` if the table may be valid when read with other settings.
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
        """Return the message for the file named ``source``."""
        return f"{', '.join(filter(None, (elided(source), self._place())))} {self.reason}."

    def _place(self) -> str:
        if self.line is None:
            return ""
        name = f" ({short_column_name(self.name)})" if self.name else ""
        return said("line {line}", line=self.line) + (
            said(", column {column}{name}", column=self.column, name=name) if self.column else ""
        )


def short_column_name(name: str) -> str:
    """Return the name of a column on one line, shortened if it is long."""
    return one_line(name, 24)
