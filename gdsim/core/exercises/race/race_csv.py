"""A race as a CSV file with one row per judged run, in full precision."""

import csv
from collections.abc import Generator
from pathlib import Path

from gdsim.core.engine.loop_shape import COSTS
from gdsim.core.exercises.race.result import RaceResult
from gdsim.core.exercises.run_settings import rates_of, setting_value
from gdsim.core.files.atomic import replacing_text
from gdsim.core.model.neuron import parameter_names


def writing_race(path: Path, result: RaceResult) -> Generator[float, None, None]:
    """Write the runs of all entries with the settings that tuning found; yield the share done.

    Evaluations and points count up to the solution, and are empty for unsolved runs. Losses and solves, which
    a search asks for, count up to the solution or the end. The loss is empty if the run diverged.
    """
    plan = result.plan
    keys = list(dict.fromkeys(axis.setting.name for entry in plan.entries for axis in entry.ranges))
    beside = COSTS[1:]
    starts = [f"start_{name}" for name in parameter_names(plan.experiment.points.dimension)]
    with replacing_text(path) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["rule", *keys, *starts, "solved", "evaluations", "points", *beside, "loss"])
        for done, entry in enumerate(result.entries, 1):
            known = {one.name for one in rates_of(entry.run)}
            values = [repr(setting_value(entry.run, key)) if key in known else "" for key in keys]
            columns = (plan.judging_starts, entry.evaluations, entry.losses, entry.solves, entry.loss)
            runs = zip(*(column.tolist() for column in columns), strict=True)
            for start, evaluations, losses, solves, loss in runs:
                solved = evaluations < float("inf")
                cost = (int(evaluations), int(result.points_seen(entry, evaluations))) if solved else ("", "")
                end = repr(loss) if loss < float("inf") else ""
                counts = (int(solved), *cost, losses, solves)
                writer.writerow([entry.name, *values, *map(repr, start), *counts, end])
            yield done / len(result.entries)
