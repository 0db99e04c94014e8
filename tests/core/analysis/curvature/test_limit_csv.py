"""The limits as CSV: every step of every run, in full precision."""

import csv

import numpy as np

from gdsim.core.analysis.curvature.limit_csv import COLUMNS, writing_limits
from gdsim.core.analysis.curvature.limit_curve import limit_curve
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from tests.core.records import columns_of, run_of, scene, scene_records


def test_every_step_of_every_run_has_a_line_in_full_precision(tmp_path):
    experiment, records = scene("valley"), scene_records("valley")
    pairs = [(run, records[run.name]) for run in experiment.runs]
    shares = list(writing_limits(tmp_path / "limits.csv", experiment.training, pairs))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    with (tmp_path / "limits.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == COLUMNS
    assert len(rows) == sum(len(record.loss) for _, record in pairs)
    for run, record in pairs:
        curve = run_to_end(limit_curve(experiment.training, run, record))
        mine = [row for row in rows if row[0] == run.name]
        assert [int(row[1]) for row in mine] == list(range(len(record.loss)))
        table = np.array([[float(cell) for cell in row[2:]] for row in mine])
        assert (table == np.stack([*curve, curve.gauge], axis=1)).all()


def test_what_is_not_known_is_an_empty_cell(tmp_path):
    run = run_of(RULES["lion"], epochs=3)
    record = columns_of(run)
    list(writing_limits(tmp_path / "limits.csv", scene("first-neuron").training, [(run, record)]))
    lines = (tmp_path / "limits.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 5
    assert lines[1].endswith(",,")
