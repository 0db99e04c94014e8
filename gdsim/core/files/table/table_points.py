"""Points from a table: choosing inputs, y and the rows held out for validation. Also points as a table."""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import NamedTuple, TextIO, TypeAlias

import numpy as np

from gdsim.core.arrays import Flags
from gdsim.core.files.atomic import replacing_text
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.table.reader import reading_table_file
from gdsim.core.files.table.table import Table, TableFault
from gdsim.core.formulas.numerals import integer_text, machine_readable
from gdsim.core.language.texts import said
from gdsim.core.model.experiment import MOST_INPUTS
from gdsim.core.model.neuron import input_names
from gdsim.core.model.points import PointsError, PointSet
from gdsim.core.progress import run_to_end
from gdsim.core.settings import BELOW_ONE, SEED, Configured, Definition, Setting, shown_name

_INPUT = re.compile(r"x[ _]?\d*|x\[\d+\]", re.IGNORECASE)
# Names of columns with row numbers.
_COUNTERS = frozenset({"", "#", "id", "index", "no.", "nr", "nr."})
_ROWS = 4096

_SHARE = "The share of the rows that is set aside for validation, drawn at random."
SPLIT = Definition(
    "split",
    "Split",
    _SHARE,
    (
        Setting("share", "share", "share for validation", _SHARE, 0.0, BELOW_ONE, 0.0, 0.9),
        Setting("seed", "seed", "seed", "The same seed sets the same rows aside again.", 0, SEED, 0, 100),
    ),
)
Split: TypeAlias = Configured[Definition]
NOTHING_ASIDE = SPLIT()


@dataclass(frozen=True)
class PointColumns:
    """How points are made from a table; columns are indices into the columns of numbers."""

    x: tuple[int, ...]  # The inputs, in order
    y: int
    split: Split = NOTHING_ASIDE
    by_role: bool = False  # Whether a column of the table, not the split, says which rows are held out


def guessed_columns(table: Table) -> PointColumns:
    """Return the choice suggested by the names of the columns; without a column "y", the last one is y."""
    names = [name.strip() for name in table.names]
    lower = [name.lower() for name in names]
    y = lower.index("y") if "y" in lower else len(names) - 1
    others = [place for place in range(len(names)) if place != y]
    inputs = [place for place in others if _INPUT.fullmatch(names[place])]
    if not inputs and any(names):
        inputs = [place for place in others if lower[place] not in _COUNTERS]
    return PointColumns(tuple(inputs or others), y, by_role=table.held_out is not None)


def points_of_columns(table: Table, choice: PointColumns) -> tuple[PointSet, PointSet]:
    """Return the training points and the validation points, in the order of the table.

    Raises `PointsError` if there are no inputs or too many, y is one of them, or no training point is left.
    """
    if not choice.x:
        raise PointsError("Choose at least one column for x.")
    if len(choice.x) > MOST_INPUTS:
        raise PointsError(
            "There may be at most {most_inputs} inputs, not {x}.",
            most_inputs=MOST_INPUTS,
            x=integer_text(len(choice.x)),
        )
    if choice.y in choice.x:
        raise PointsError("A column cannot be both x and y.")
    held_out = _held_out(table, choice)
    if held_out.all():
        raise PointsError("No point is left for training: all are set aside for validation.")
    x, y = table.numbers[:, choice.x], table.numbers[:, choice.y]
    if not held_out.any():
        return PointSet(x, y), PointSet.empty(len(choice.x))
    return PointSet(x[~held_out], y[~held_out]), PointSet(x[held_out], y[held_out])


def _held_out(table: Table, choice: PointColumns) -> Flags:
    if choice.by_role and table.held_out is not None:
        return table.held_out
    flags = np.zeros(len(table), dtype=np.bool_)
    count = round(choice.split.number("share") * len(table))
    # Rounding must not leave the training set empty.
    drawn = np.random.default_rng(int(choice.split["seed"])).permutation(len(table))[
        : min(count, len(table) - 1)
    ]
    flags[drawn] = True
    return flags


class PointsRead(NamedTuple):
    """The points of a table whose columns were chosen by name."""

    points: PointSet
    validation: PointSet
    # The names of the columns; one without a name is called by its number among the columns of numbers.
    x: tuple[str, ...]
    y: str


def read_points(path: Path) -> PointsRead:
    """Return the points in a file; raises `FileFault`, which names the file, the place and what is wrong."""
    name = shown_name(path)
    try:
        table = run_to_end(reading_table_file(path))
        choice = guessed_columns(table)
        points, validation = points_of_columns(table, choice)
    except TableFault as fault:
        raise FileFault(fault.of(name)) from None
    except PointsError as fault:
        raise FileFault(f"{name}: {fault}") from None
    names = [column or said("column {column}", column=place) for place, column in enumerate(table.names, 1)]
    return PointsRead(points, validation, tuple(names[place] for place in choice.x), names[choice.y])


# ------------------------------------------------------------------------------- points as a table


def rows_text(points: PointSet) -> str:
    """Return points as tab-separated lines, the format in which spreadsheets copy cells."""
    rows = np.column_stack([points.x, points.y]).tolist()
    return "".join("\t".join(map(machine_readable, row)) + "\n" for row in rows)


def table_text(points: PointSet, validation: PointSet) -> str:
    """Return all points as tab-separated lines under a row of names."""
    out = StringIO()
    for _ in writing_points(out, points, validation, "\t"):
        pass
    return out.getvalue()


def writing_points(
    out: TextIO, points: PointSet, validation: PointSet, delimiter: str = ","
) -> Iterator[float]:
    """Write points under a row of names, and yield the share written so far.

    If there are validation points, a last column "role" says whether a row is for training or for validation.
    Training points come first.
    """
    has_roles, d = len(validation) > 0, points.dimension
    out.write(delimiter.join([*input_names(d), "y", *(["role"] if has_roles else [])]) + "\n")
    done, total = 0, len(points) + len(validation)
    for part, role in ((points, "train"), (validation, "val")):
        end = f"{delimiter}{role}\n" if has_roles else "\n"
        for start in range(0, len(part), _ROWS):
            piece = slice(start, start + _ROWS)
            rows = np.column_stack([part.x[piece], part.y[piece]]).tolist()
            out.write("".join(delimiter.join(map(machine_readable, row)) + end for row in rows))
            done += len(rows)
            yield done / total


def writing_points_file(path: Path, points: PointSet, validation: PointSet) -> Generator[float, None, None]:
    """Write points as `writing_points` does into a file that replaces an old one when it is complete."""
    with replacing_text(path) as out:
        yield from writing_points(out, points, validation)
