"""The table of a race as a file."""

import csv

import numpy as np

from gdsim.core.exercises.race.race_csv import writing_race
from tests.core.exercises.race.test_race import plan_of, race


def test_every_judged_run_has_a_row_with_its_settings_and_its_cost(tmp_path):
    result = race(plan_of("gd", "nesterov", "sam", budget=200, below=1e-2))
    shares = list(writing_race(tmp_path / "race.csv", result))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    with (tmp_path / "race.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * 9
    for entry in result.entries:
        own = [row for row in rows if row["rule"] == entry.name]
        assert {float(row["eta"]) for row in own} == {entry.run.optimizer.eta}
        assert {row["gamma"] for row in own} == (
            {repr(entry.run.optimizer.gamma)} if entry.run.optimizer.has_momentum else {""}
        )
        starts = [[float(row["start_w"]), float(row["start_b"])] for row in own]
        assert starts == result.plan.judging_starts.tolist()
        assert [float(row["evaluations"] or "inf") for row in own] == entry.evaluations.tolist()
        assert [row["solved"] == "1" for row in own] == np.isfinite(entry.evaluations).tolist()
        # Two points in each evaluation.
        assert all(int(row["points"]) == 2 * int(row["evaluations"]) for row in own if row["points"])
        assert [float(row["loss"]) for row in own] == entry.loss.tolist()
