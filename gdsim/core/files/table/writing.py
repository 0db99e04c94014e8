"""Points as a table in full precision, which `reading` reads back exactly."""

from collections.abc import Generator, Iterator
from io import StringIO
from pathlib import Path
from typing import TextIO

import numpy as np

from gdsim.core.files.atomic import replacing
from gdsim.core.formulas.numerals import precise
from gdsim.core.model.points import PointSet

_ROWS = 4096


def rows_text(points: PointSet) -> str:
    """Return points as tab-separated lines, as spreadsheets have them in the clipboard."""
    rows = np.column_stack([points.x, points.y]).tolist()
    return "".join("\t".join(map(precise, row)) + "\n" for row in rows)


def table_text(points: PointSet, validation: PointSet) -> str:
    """Return all points under a row of names, as spreadsheets have them in the clipboard."""
    out = StringIO()
    for _ in writing(out, points, validation, "\t"):
        pass
    return out.getvalue()


def writing(out: TextIO, points: PointSet, validation: PointSet, delimiter: str = ",") -> Iterator[float]:
    """Write points under a row of names, and yield the share that is written.

    When there are validation points, a last column says of each row whether it is for training or for
    validation; training points come first.
    """
    has_roles, d = len(validation) > 0, points.dimension
    names = ["x"] if d == 1 else [f"x{place + 1}" for place in range(d)]
    out.write(delimiter.join([*names, "y", *(["role"] if has_roles else [])]) + "\n")
    done, total = 0, len(points) + len(validation)
    for part, role in ((points, "train"), (validation, "val")):
        end = f"{delimiter}{role}\n" if has_roles else "\n"
        for start in range(0, len(part), _ROWS):
            piece = slice(start, start + _ROWS)
            rows = np.column_stack([part.x[piece], part.y[piece]]).tolist()
            out.write("".join(delimiter.join(map(precise, row)) + end for row in rows))
            done += len(rows)
            yield done / total


def writing_file(path: Path, points: PointSet, validation: PointSet) -> Generator[float, None, None]:
    """Write points into a file as `writing` does. What was there stays until all is written.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as out:
        yield from writing(out, points, validation)
