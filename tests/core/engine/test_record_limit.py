"""The room for records is foreseen."""

from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.engine import chunks
from gdsim.core.engine.record_limit import RECORD_BYTES, rows_with_room, steps_with_room
from gdsim.core.engine.trajectory import row_bytes
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES


def experiment_of(*runs, dimension=1):
    return Experiment(PointSet(np.ones((3, dimension)), np.ones(3)), PointSet.empty(dimension), runs)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dimension", [1, 4])
def test_a_row_takes_what_the_columns_of_a_record_take(rule, dimension):
    run = Run(RULES[rule](), start=(0.1,) * (dimension + 1), epochs=7)
    made = [chunk.columns for chunk in chunks(experiment_of(run, dimension=dimension))]
    variables = len(run.optimizer.State._fields)
    rows = sum(len(columns.loss) for columns in made)
    assert sum(column.nbytes for columns in made for column in columns) == rows * row_bytes(
        dimension + 1, variables
    )


def test_runs_share_the_room_and_those_that_compute_alike_have_one_record():
    run, other = Run(), Run(epochs=5)
    alone = steps_with_room(experiment_of(run), run)
    assert alone == rows_with_room(run, 1) == RECORD_BYTES // row_bytes(2, 0)
    assert steps_with_room(experiment_of(run, replace(run, name="again")), run) == alone
    assert steps_with_room(experiment_of(run, other), run) == alone // 2
