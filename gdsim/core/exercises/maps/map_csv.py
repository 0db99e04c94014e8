"""Maps as CSV files with one row per pixel, in full precision."""

import csv
from collections.abc import Generator, Sequence
from pathlib import Path

from gdsim.core.exercises.maps.outcome import Outcome, OutcomeMap
from gdsim.core.files.atomic import replacing_text
from gdsim.core.model.neuron import parameter_names


def writing_maps(
    path: Path, maps: Sequence[OutcomeMap], names: Sequence[str]
) -> Generator[float, None, None]:
    """Write maps of the same two settings, each under the name of its run; yield the share done."""
    plan = maps[0].plan
    ends = [f"end_{name}" for name in parameter_names(len(plan.run.start) - 1)]
    rows = sum(outcomes.side for outcomes in maps)
    done = 0
    with replacing_text(path) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(
            ["run", plan.x.setting.name, plan.y.setting.name, "class", "minimum", "steps", "loss", *ends]
        )
        for name, outcomes in zip(names, maps, strict=True):
            x, basin = outcomes.at(outcomes.plan.x).tolist(), outcomes.basin
            for row, y in enumerate(outcomes.at(outcomes.plan.y).tolist()):
                columns = (
                    outcomes.kind[row],
                    basin[row],
                    outcomes.steps[row],
                    outcomes.loss[row],
                    outcomes.p[row],
                )
                writer.writerows(
                    [name, across, y, Outcome(kind).words, minimum or "", steps, loss, *p]
                    for across, kind, minimum, steps, loss, p in zip(
                        x, *(column.tolist() for column in columns), strict=True
                    )
                )
                done += 1
                yield done / rows
