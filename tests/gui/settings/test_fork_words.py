"""What a run that leaves another one takes over, in words."""

from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.gui.forms.editors import SwitchEditor
from gdsim.gui.settings.fork_editor import ForkEditor, carried_words
from tests.every import every


def test_what_a_method_remembers_goes_on_only_with_the_memory_and_the_same_method():
    parent = Run(SECOND_ORDER_RULES["bfgs"](), name="Parent", epochs=9)
    kept = carried_words(Run(parent.optimizer, fork=Fork(parent, 4)), 2)
    assert kept.startswith("BFGS remembers B,")
    assert kept.endswith("It takes this over from “Parent”.")
    for run in (
        Run(parent.optimizer, fork=Fork(parent, 4, keeps_memory=False)),
        Run(SECOND_ORDER_RULES["conjugate-gradient"](), fork=Fork(parent, 4)),
    ):
        assert carried_words(run, 2).endswith("It starts anew.")
    assert carried_words(Run(SECOND_ORDER_RULES["newton"](), fork=Fork(parent, 4)), 2) == ""


@every(
    ("rule", "remembers"),
    [
        (RULES["gd"], False),
        (RULES["momentum"], True),
        (SECOND_ORDER_RULES["newton"], False),
        (SECOND_ORDER_RULES["bfgs"], True),
    ],
)
def test_a_memory_is_asked_for_where_there_is_one(qtbot, rule, remembers):
    editor = ForkEditor(1)
    qtbot.addWidget(editor)
    editor.show_run(Run(rule(), fork=Fork(Run(rule()), 4)), 2)
    assert editor.findChild(SwitchEditor).isVisibleTo(editor) is remembers
