"""The room for records is foreseen."""

from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.engine.record_limit import RECORD_BYTES, rows_with_room, steps_with_room
from gdsim.core.engine.trajectory import RunTable, row_bytes
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES


def experiment_of(*runs, dimension=1):
    return Experiment(PointSet(np.ones((3, dimension)), np.ones(3)), PointSet.empty(dimension), runs)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dimension", [1, 4])
def test_a_row_takes_what_the_table_of_a_record_takes(rule, dimension):
    run = Run(RULES[rule](), start=(0.1,) * (dimension + 1))
    assert RunTable(run, 3, 7).cells.nbytes == 7 * row_bytes(run, 3)


def test_runs_share_the_room_and_those_that_compute_alike_have_one_record():
    run, other = Run(), Run(epochs=5)
    experiment = experiment_of(run)
    alone = steps_with_room(experiment, run)
    assert alone == rows_with_room(experiment, run, 1) == RECORD_BYTES // row_bytes(run, 3)
    assert steps_with_room(experiment_of(run, replace(run, name="again")), run) == alone
    assert steps_with_room(experiment_of(run, other), run) == alone // 2
