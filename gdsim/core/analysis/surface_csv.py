"""The cut through the surface and the gradient field on the map, as CSV in full precision."""

import csv
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

import numpy as np

from gdsim.core.analysis.searched import SearchedStep
from gdsim.core.files.atomic import replacing_text
from gdsim.core.files.record_csv import csv_number
from gdsim.core.surface.cut import Cut
from gdsim.core.surface.field import gradient_field
from gdsim.core.surface.surface import LossSurface

# Places along each side of the field in a file.
FIELD_SIDE = 41


def writing_cut(
    path: Path, names: Sequence[str], cut: Cut, found: SearchedStep | None = None
) -> Generator[float, None, None]:
    """Write the loss along a cut, and the tries of a search on it in their order.

    ``names`` are those of the two parameters. The column ``along`` has the position on the axis of the plot.
    ``try`` has the number of a try, from 1, and is empty on the curve.
    """
    through, direction = np.array(cut.through), np.array(cut.direction)
    zero = cut.here.at
    places = through + (cut.at - zero)[:, np.newaxis] * direction
    rows: list[list[float | str]] = [
        [*row, ""] for row in np.column_stack([cut.at, places, cut.loss]).tolist()
    ]
    if found is not None and found.tries:
        along = zero + (found.places - through) @ direction
        tries = np.column_stack([along, found.places, found.losses]).tolist()
        rows += [[*row, str(number)] for number, row in enumerate(tries, 1)]
    yield from _written(path, ("along", *names, "loss", "try"), rows)


def writing_field(path: Path, names: Sequence[str], surface: LossSurface) -> Generator[float, None, None]:
    """Write the gradient at evenly spaced places of the view range; cells are empty where it is not known."""
    view = surface.view_range
    across = np.linspace(view.w_min, view.w_max, FIELD_SIDE)
    up = np.linspace(view.b_min, view.b_max, FIELD_SIDE)
    places = np.stack(np.meshgrid(across, up, indexing="ij"), axis=-1).reshape(-1, 2)
    with np.errstate(all="ignore"):
        gradient = gradient_field(surface, places)
    columns = (*names, *(f"gradient_{name}" for name in names))
    yield from _written(path, columns, np.column_stack([places, gradient]).tolist())


def _written(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[float | str]]
) -> Generator[float, None, None]:
    yield 0.0
    with replacing_text(path) as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(columns)
        lines.writerows([csv_number(one) if isinstance(one, float) else one for one in row] for row in rows)
    yield 1.0
