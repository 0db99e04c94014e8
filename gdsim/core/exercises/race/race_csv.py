"""A race as CSV: a row for each run that was judged, in full precision."""

import csv
from collections.abc import Generator
from pathlib import Path

from gdsim.core.exercises.race.result import RaceResult
from gdsim.core.files.atomic import replacing
from gdsim.core.language.words import english_throughout
from gdsim.core.model.neuron import parameter_names


@english_throughout
def writing_race(path: Path, result: RaceResult) -> Generator[float, None, None]:
    """Write the runs of all entries, each with the settings that tuning found; yield the share done.

    Evaluations and points are those until it was solved: empty where it was not. The loss is empty where it
    diverged.
    """
    plan = result.plan
    keys = list(dict.fromkeys(axis.setting.key for entry in plan.entries for axis in entry.ranges))
    starts = [f"start_{name}" for name in parameter_names(plan.experiment.points.dimension)]
    with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["rule", *keys, *starts, "solved", "evaluations", "points", "loss"])
        for done, entry in enumerate(result.entries, 1):
            optimizer = entry.run.optimizer
            values = [repr(optimizer.number(key)) if key in optimizer else "" for key in keys]
            runs = zip(
                plan.judging_starts.tolist(), entry.evaluations.tolist(), entry.loss.tolist(), strict=True
            )
            for start, evaluations, loss in runs:
                solved = evaluations < float("inf")
                cost = (int(evaluations), int(result.points_seen(entry, evaluations))) if solved else ("", "")
                end = repr(loss) if loss < float("inf") else ""
                writer.writerow([entry.name, *values, *map(repr, start), int(solved), *cost, end])
            yield done / len(result.entries)
