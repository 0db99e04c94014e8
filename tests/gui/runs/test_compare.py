"""What the dialog "Compare with" says of two runs."""

from dataclasses import replace

from gdsim.core.analysis.first_difference import DifferenceKind, first_difference
from gdsim.core.model.run import Fork, Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.gui.runs.compare import difference_words
from tests.core.records import computed, scene


def test_what_a_method_remembers_is_named_where_it_was_cleared():
    run = Run(SECOND_ORDER_RULES["levenberg-marquardt"](), name="A", start=(3.0, -5.0), epochs=8)
    cleared = replace(run, name="B", fork=Fork(run, 3, keeps_memory=False))
    experiment = replace(scene("valley"), runs=(run, cleared))
    first, second = (one.whole for one in computed(experiment))
    found = run_to_end(first_difference(experiment, (run, cleared), (first, second)))
    assert (found.kind, found.step, found.causes) == (DifferenceKind.LINE, 4, ())
    assert "Levenberg-Marquardt remembers its damping μ" in difference_words(run, cleared, found)
