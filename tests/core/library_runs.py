"""Runs of the libraries' optimizers and schedules, with the settings that were recorded."""

import json
from functools import cache
from pathlib import Path

from gdsim.core.model.run import Run
from gdsim.core.rules.libraries.lookup import find_rule, find_schedule


@cache
def record():
    """Return what the libraries computed, as packaging/record_libraries.py has recorded it."""
    return json.loads(
        (Path(__file__).parent / "rules" / "data" / "libraries.json").read_text(encoding="utf-8")
    )


def name_of(case):
    return " ".join(str(case[key]) for key in ("set", "id", "arguments", "schedule", "of_schedule"))


def recorded_run(case, **fields):
    """Return the run of a recorded case; ``fields`` are further fields of the run."""
    schedule = case["schedule"]
    if schedule:
        fields["schedule"] = find_schedule(schedule).given(case["of_schedule"])
    data = record()["sets"][case["set"]]
    optimizer = find_rule(case["id"]).given(case["arguments"])
    return Run(optimizer, **{"start": tuple(data["start"]), **fields})


def library_runs(**fields):
    """Return a run for each recorded case with the points of the lecture."""
    return [recorded_run(case, **fields) for case in record()["runs"] if case["set"] == "lecture"]
