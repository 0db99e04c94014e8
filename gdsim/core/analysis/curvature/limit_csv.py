"""The rate times the curvature of runs at every step, and the limits of their rules, as CSV."""

import csv
from collections.abc import Generator, Sequence
from pathlib import Path

from gdsim.core.analysis.curvature.limit_curve import limit_curve
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.files.atomic import replacing_text
from gdsim.core.files.record_csv import csv_number
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.run import Run
from gdsim.core.progress import part_of

COLUMNS = ("run", "step", "curvature", "product", "limit", "share")
_ROWS_AT_ONCE = 4096


def writing_limits(
    path: Path, data: PointLoss, records: Sequence[tuple[Run, RecordColumns]]
) -> Generator[float, None, None]:
    """Write a line for each step of each record, in full precision; cells are empty where there is no number.

    An existing file is replaced only when everything is written. The share that is done is yielded.
    """
    with replacing_text(path) as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(COLUMNS)
        for number, (run, record) in enumerate(records):
            ends = number / len(records), (number + 1) / len(records)
            curve = yield from part_of(limit_curve(data, run, record), *ends)
            begins = run.clock(len(data.targets)).first
            columns = (curve.curvature, curve.product, curve.limit, curve.gauge)
            for first in range(0, len(record.loss), _ROWS_AT_ONCE):
                here = slice(first, first + _ROWS_AT_ONCE)
                table = zip(*(column[here].tolist() for column in columns), strict=True)
                lines.writerows(
                    [run.name, step, *map(csv_number, row)] for step, row in enumerate(table, begins + first)
                )
                yield ends[1]
