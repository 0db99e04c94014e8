"""Lines of PyTorch, Keras and Optax in the window: pasted, shown with the library's names, and copied."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox

from gdsim.core.files.scene import parse_scene, scene_text
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.libraries.lookup import find_rule, find_schedule
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.gui.forms.form import RowLabel
from tests.core.records import FIRST_NEURON, one_run
from tests.gui.shared_window import shared

pytestmark = pytest.mark.usefixtures("all_undressed")

LINE = "torch.optim.SGD(params, lr=0.5, momentum=0.9, nesterov=True)"


@pytest.fixture
def window(qtbot):
    window, _ = shared(qtbot, one_run(Run(), FIRST_NEURON), painted=False)
    return window


def paste(window, text):
    QGuiApplication.clipboard().setText(text)
    window.commands["paste_optimizer"].trigger()


def test_a_pasted_line_is_the_optimizer_of_the_selected_run(window):
    paste(window, LINE)
    run = window.session.selected_run
    assert run.optimizer == find_rule("torch.optim.SGD").given({"lr": 0.5, "momentum": 0.9, "nesterov": True})
    assert run.name == "PyTorch SGD"
    window.commands["copy_torch"].trigger()
    assert f"optimizer = {LINE}\n" in QGuiApplication.clipboard().text()
    assert window.notice.text() == "Copied the optimizer of “PyTorch SGD” as a line of PyTorch."
    assert parse_scene(scene_text(window.session.experiment)).runs == window.session.experiment.runs


def test_the_settings_have_the_library_s_names(window):
    paste(window, LINE)
    editor = window.cards.editor
    labels = {
        one.text().replace("\n", "") for one in editor.findChildren(RowLabel) if one.isVisibleTo(editor)
    }
    assert {"lr", "momentum", "dampening", "weight_decay"} <= labels
    boxes = [one for one in editor.findChildren(QCheckBox) if one.text() == "nesterov"]
    assert [one.isChecked() for one in boxes] == [True]
    assert "PyTorch SGD" in [one.currentText() for one in editor.findChildren(QComboBox)]


def test_a_scheduler_is_pasted_beside_the_optimizer(window):
    paste(window, LINE)
    paste(window, "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=7)")
    run = window.session.selected_run
    assert run.optimizer.id == "torch.optim.SGD"
    assert run.schedule == find_schedule("torch.optim.lr_scheduler.StepLR").given({"step_size": 7})
    paste(window, "optax.sgd(optax.linear_schedule(0.5, 0.1, 30))")
    assert window.session.selected_run.schedule.id == "optax.linear_schedule"
    paste(window, "optax.sgd(0.5)")
    assert window.session.selected_run.schedule.id == "constant"


def test_a_line_is_pasted_where_there_is_no_run(window):
    window.user_actions.remove_run(0)
    paste(window, LINE)
    assert [run.name for run in window.session.experiment.runs] == ["PyTorch SGD"]


def test_what_cannot_be_pasted_or_copied_is_said(window, qtbot):
    before = window.session.experiment
    with qtbot.waitSignal(window.user_actions.refused) as refused:
        paste(window, "torch.optim.SGD(params, rate=0.5)")
    assert refused.args[0].startswith(
        "torch.optim.SGD: rate is not an argument of torch.optim.SGD; it takes lr"
    )
    assert window.session.experiment == before
    paste(window, LINE)
    window.commands["copy_keras"].trigger()
    keras = "keras.optimizers.SGD(learning_rate=0.5, momentum=0.9, nesterov=True)"
    assert f"optimizer = {keras}\n" in QGuiApplication.clipboard().text()
    paste(window, "torch.optim.SGD(params, lr=0.5, dampening=0.1, momentum=0.5)")
    with qtbot.waitSignal(window.user_actions.refused) as refused:
        window.commands["copy_keras"].trigger()
    assert refused.args[0] == "No form of PyTorch SGD with these arguments in Keras is known here."


def test_a_pasted_schedule_brings_the_rate_that_it_begins_with(window):
    paste(window, "keras.optimizers.schedules.ExponentialDecay(0.25, 100, 0.9)")
    run = window.session.selected_run
    assert (run.optimizer.eta, run.schedule.id) == (0.25, "keras.optimizers.schedules.ExponentialDecay")


def test_a_pasted_optimizer_looks_for_no_step(window):
    index = window.session.selected
    window.user_actions.replace_run(index, Run(search=SEARCHES["armijo"]()), "")
    paste(window, "optax.sgd(optax.linear_schedule(0.5, 0.1, 30))")
    run = window.session.selected_run
    assert (run.search.id, run.schedule.id) == ("fixed", "optax.linear_schedule")


def test_a_schedule_that_does_not_go_with_the_run_is_said(window, qtbot):
    index = window.session.selected
    window.user_actions.replace_run(index, Run(SECOND_ORDER_RULES["newton"]()), "")
    with qtbot.waitSignal(window.user_actions.refused) as refused:
        paste(window, "optax.linear_schedule(0.5, 0.1, 30)")
    assert refused.args[0] == "Newton: schedule must be constant for newton."


def test_a_copy_tells_of_the_noise_of_a_function(qtbot):
    slopes = PointSet([1.0, -1.0], [0.5, -0.5])
    noisy = replace(one_run(Run(), slopes), objective=FunctionObjective("w**2 + b**2"))
    window, _ = shared(qtbot, noisy, painted=False)
    window.commands["copy_torch"].trigger()
    assert "an update adds the mean of its points, which are slopes." in QGuiApplication.clipboard().text()


def test_a_pasted_optimizer_can_be_left_and_taken_back(window):
    first = window.session.experiment
    paste(window, LINE)
    window.commands["undo"].trigger()
    assert window.session.experiment == first
