"""Which column of a notebook's table is what: sure by plain names, guessed by others, and read as chosen."""

import pytest

from gdsim.core.exercises.check.columns import ColumnPlan, previewing
from gdsim.core.exercises.check.reading import read_values
from gdsim.core.files.table.table import TableFault
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from tests.every import every

MOMENTUM = Run(name="Momentum", optimizer=RULES["momentum"]())


def seen(text, run=MOMENTUM, names=("w", "b")):
    return run_to_end(previewing(text, run, names))


def read(text, plan, run=MOMENTUM, names=("w", "b"), per_epoch=1):
    given = run_to_end(read_values(text, run, names, per_epoch, plan))
    return tuple(tuple(cell.value for cell in line) for line in given.sheet.lines)


@every(
    "text",
    [
        "step,w,b\n0,-2,-2\n1,-1.9,-1.8\n",
        "loss,b,w,epoch,note\n0.5,-2,-2,0,start\n0.4,-1.8,-1.9,1,\n",
        "0 -2 -2\n1 -1.9 -1.8\n",
        "run,step,w,b\nNesterov,0,-1,-1\nMomentum,0,-2,-2\nMomentum,1,-1.9,-1.8\n",
        "run,step,w,b\nmine,0,-2,-2\nmine,1,-1.9,-1.8\n",
    ],
)
def test_plain_names_leave_no_doubt(text):
    preview = seen(text)
    assert preview.is_sure
    assert read(text, preview.plan) == ((0.0, -2.0, -2.0), (1.0, -1.9, -1.8))


@every(
    "text",
    [
        "iter,gd_w,gd_b,momentum_w,momentum_b,loss\n0,-1,-1,-2,-2,0.5\n1,-1,-1,-1.9,-1.8,0.4\n",
        "Bias (Momentum);Step no.;Weight (Momentum);W (Adam);B (Adam)\n-2;0;-2;9;9\n-1,8;1;-1,9;9;9\n",
        "optimizer,step,w,b\nadam,0,-1,-1\nmomentum,0,-2,-2\nmomentum,1,-1.9,-1.8\n",
        "run,step,w,b\nadam,0,-1,-1\nmy momentum,0,-2,-2\nmy momentum,1,-1.9,-1.8\n",
        "n,w,b\n0,-2,-2\n1,-1.9,-1.8\n",
        "count,alpha,beta\n0,-2,-2\n1,-1.9,-1.8\n",
    ],
)
def test_other_names_are_guessed_and_asked_about(text):
    preview = seen(text)
    assert not preview.is_sure
    assert read(text, preview.plan) == ((0.0, -2.0, -2.0), (1.0, -1.9, -1.8))


def test_the_values_of_columns_that_tell_runs_apart_are_listed():
    preview = seen("optimizer,step,w,b\nadam,0,-1,-1\nmomentum,0,-2,-2\n")
    assert preview.runs == {0: ("adam", "momentum")}
    assert preview.plan.run_name == "momentum"
    assert preview.name(0) == "optimizer"


def test_a_chosen_plan_is_followed():
    text = "optimizer,epoch,w,b\nadam,0,-1,-1\nadam,1,-0.9,-0.8\nmomentum,0,-2,-2\n"
    plan = ColumnPlan(1, (2, 3), 0, "adam", by_epoch=True)
    assert read(text, plan, per_epoch=5) == ((0.0, -1.0, -1.0), (5.0, -0.9, -0.8))
    with pytest.raises(TableFault, match="has no run"):
        read(text, ColumnPlan(1, (2, 3), 0, "nesterov"))


def test_too_few_columns_of_numbers_are_refused():
    with pytest.raises(TableFault, match="at least 2 are needed"):
        seen("w,c\n-2,\n-1,\n")


def test_a_number_of_thousands_of_digits_is_no_step():
    assert not seen(f"q,c,d\n1,-2,-2\n{'2' * 5000},-1,-1\n").is_sure


def test_several_weights_are_told_by_their_numbers():
    names = ("w1", "w2", "b")
    text = "k,theta w2,theta w1,theta b\n0,2,1,3\n"
    preview = seen(text, Run(start=(1.0, 2.0, 3.0)), names)
    assert not preview.is_sure
    assert read(text, preview.plan, Run(start=(1.0, 2.0, 3.0)), names) == ((0.0, 1.0, 2.0, 3.0),)
