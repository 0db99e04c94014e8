"""The loss on the record of a run whose updates use some of the points: it is the loss over all of them."""

import numpy as np
import pytest

from gdsim.core.engine.runs import first_steps
from gdsim.core.model.batching import BATCHINGS
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.progress import run_to_end

POINTS = PointSet([-1.0, 0.5, 1.0, 2.0, 2.5, 4.0], [0.1, 0.2, 0.9, 0.3, 0.9, 0.7])


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("kind", ["stochastic", "mini-batch"])
def test_it_is_the_loss_over_all_points(kind, shuffle):
    run = Run(batching=BATCHINGS[kind](shuffle=shuffle), epochs=10)
    record = run_to_end(first_steps(Experiment(POINTS, PointSet.empty(1), (run,)), 0, 60)).until(60)
    np.testing.assert_allclose(record.loss, Neuron.fitting(POINTS).loss(record.p), rtol=1e-13)
