"""Whatever somebody types: what follows from the lines of any rule follows from these, too."""

import numpy as np
from hypothesis import HealthCheck, given, settings

from gdsim.core.analysis.arrows import arrows
from gdsim.core.analysis.memory_weights import past_weights
from gdsim.core.analysis.update import update_of
from gdsim.core.analysis.worked import rule_in_letters, worked
from gdsim.core.analysis.worked_text import as_latex, as_text
from gdsim.core.exercises.check.mistakes import mistakes
from gdsim.core.files.scene import parse_scene, scene_text
from gdsim.core.formulas.printing import IN_LATEX
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.run import Run
from tests.core.files.script_runs import check_code
from tests.core.records import computed, diagnose, one_run
from tests.core.typed_rules import typed_rules


@given(typed_rules())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_everything_follows_from_lines_that_anybody_types(rule):
    run = Run(rule(eta=0.1), epochs=12)
    experiment = one_run(run)
    assert parse_scene(scene_text(experiment)) == experiment
    assert all(rule_in_letters(run.optimizer))
    (record,) = computed(experiment)
    check_code(experiment, [record])
    for t in range(1, min(record.last_step, 3) + 1):
        update = update_of(experiment, run, record.whole, t)
        np.testing.assert_array_equal(update.at("w_next"), record.whole.p[t])
        assert as_text(worked(update, 4))
        assert as_latex(worked(update, 4, IN_LATEX)).isascii()
        assert arrows(update) or (update.after == update.before).all()
        for letter in run.optimizer.update_rule.letters:
            weights = past_weights(run, record.whole, t, letter)
            assert weights is None or len(weights) > 0
    assert all(finding.sentence for finding in diagnose(experiment, run, record.whole, record.stop))
    assert all(mistake.sentence for mistake in mistakes(run, Neuron.fitting(experiment.points)))
