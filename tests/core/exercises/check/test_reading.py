"""Own values come in from texts of all kinds."""

import math

import pytest

from gdsim.core.exercises.check import reading
from gdsim.core.exercises.check.checked import check_sheet
from gdsim.core.exercises.check.reading import read_values
from gdsim.core.files.record_csv import writing_record
from gdsim.core.files.table.table import TableFault
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from tests.every import every

RUN = Run(name="Mine")
LINES = ((0.0, -2.0, -2.0), (1.0, -1.9811, -1.9843))

WHOLE = "must be a whole number from 0 to 10000000000"
FOUR = (
    "The text has 4 columns of numbers without names; there must be 2 for w and b, "
    "or one more in front for the step."
)


def read(text, run=RUN, names=("w", "b"), per_epoch=1):
    return run_to_end(read_values(text, run, names, per_epoch))


def values(given):
    return tuple(tuple(cell.value for cell in line) for line in given.sheet.lines)


def test_zeros_at_the_end_of_a_number_count():
    given = read("step,w,b\n0,-2.000,-2\n1,-1.9,-1.80\n")
    assert given.sheet.submission().precision.tolist() == [[0.0005, 0.005]] * 2


@every(
    "text",
    [
        "step,w,b\n0,-2,-2\n1,-1.9811,-1.9843\n",
        "b;w;k\n-2;-2;0\n-1,9843;-1,9811;1\n",
        "T\tloss\tW 1\tBias\n1\t0.4\t-1.9811\t-1.9843\n0\t0.5\t-2\t-2\n",
        "0 -2 -2\n1 -1.9811 -1.9843\n",
        "step,note,w,b\n0,start,-2,-2\n1,,-1.9811,-1.9843\n",
        "epoch,w,b,loss\n0,-2,-2,\n1,-1.9811,-1.9843,0.1\n",
        b"\xef\xbb\xbfstep,w,b\r\n0,-2,-2\r\n1,-1.9811,-1.9843\r\n",
    ],
)
def test_columns_are_found_by_name_or_place(text):
    given = read(text)
    assert values(given) == LINES
    assert given.remarks == ()


def test_without_steps_the_first_row_is_the_start_or_step_1():
    given = read("-2,-2\n-1.9811,-1.9843\n")
    assert values(given) == LINES
    assert given.remarks == ("There is no column of steps; the first row is the start, so it is step 0.",)
    given = read(",w,b\n0,-1.9811,-1.9843\n1,-1.96,-1.97\n")
    assert [line[0] for line in values(given)] == [1.0, 2.0]
    assert "not the start of the run, so it is step 1." in given.remarks[0]


def test_epochs_are_counted_in_steps():
    given = read("epoch,w,b\n0,-2,-2\n1,-1.9,-1.8\n2,-1.8,-1.7\n", per_epoch=5)
    assert [line[0] for line in values(given)] == [0.0, 5.0, 10.0]
    assert given.remarks == ("The rows count epochs, and an epoch has 5 steps.",)


def test_several_inputs_have_a_column_each():
    names = ("w1", "w2", "b")
    given = read("w_2,w[1],b,step\n3,2,4,1\n", names=names)
    assert values(given) == ((1.0, 2.0, 3.0, 4.0),)
    assert values(read("2 3 4\n5 6 7\n", Run(start=(2.0, 3.0, 4.0)), names))[1] == (1.0, 5.0, 6.0, 7.0)


def test_a_number_that_is_none_is_kept_as_such():
    line = values(read("step,w,b\n1,0.5,0.5\n2,nan,-inf\n"))[1]
    assert line[0] == 2.0
    assert all(map(math.isnan, line[1:]))


POINTS = PointSet([0.5, 2.5, 1.0], [0.2, 0.9, 0.4])


@pytest.fixture
def record(tmp_path):
    """The record that the command line writes of two runs."""
    runs = Run(epochs=4, name="Plain, old"), Run(RULES["momentum"](), STOCHASTIC(), epochs=4, name="Momentum")
    experiment = Experiment(POINTS, PointSet.empty(), runs)
    run_to_end(writing_record(tmp_path / "record.csv", experiment))
    return experiment, (tmp_path / "record.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("index", [0, 1])
def test_a_record_of_this_program_is_its_runs(record, index):
    experiment, text = record
    run = experiment.runs[index]
    given = read(text, run, per_epoch=experiment.updates_per_epoch(run))
    assert given.remarks == (f'Only the rows of the run "{run.name}" were taken.',)
    assert len(given.sheet.lines) == experiment.total_steps(run) + 1
    assert run_to_end(check_sheet(experiment, index, given.sheet)).judgement.is_right


def test_a_record_of_a_run_by_another_name(record):
    _, text = record
    with pytest.raises(TableFault, match='has no run "Mine"; it has "Plain, old", "Momentum"'):
        read(text)
    alone = "\n".join(line for line in text.splitlines() if "Momentum" not in line)
    assert read(alone).remarks == ('All rows belong to a run "Plain, old".',)


@every(
    ("text", "sentence"),
    [
        ("", "The text holds no numbers."),
        (
            "step,w,b\n",
            ("The text has no cell that is a number; "
            "cells are separated by a tab, a semicolon, a comma or a space."),
        ),
        ("w\n1\n2\n", "Line 2 has 1 column of numbers, but at least 2 are needed."),
        ("x,y\n1,2\n", 'The text has no columns w and b; it has "x", "y".'),
        ("step,w\n1,2\n", 'The text has no column b; it has "step", "w".'),
        ("1,2,3,4\n", FOUR),
        ("step,w,b\n0,1,2\n1,x,2\n", 'Line 3, column 2 (w) must be a number, not "x".'),
        ("step,w,b\n0,1,2\n1,,2\n", "Line 3, column 2 (w) is empty."),
        ("step,w,b\n0,1,2\n0,1,2\n", "Line 3, column 1 (step) has step 0 a second time."),
        ("step,w,b\n0.5,1,2\n", f"Line 2, column 1 (step) {WHOLE}, not 0.5."),
        ("step,w,b\n0,1,2\n1,1\n", "Line 3 has no cell in the column b."),
    ],
)  # fmt: skip
def test_a_wrong_text_is_refused_with_its_place(text, sentence):
    with pytest.raises(TableFault) as refused:
        read(text)
    assert str(refused.value) == sentence


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 1000)
    assert len(read("w,b\n" + "1,2\n" * 1000).sheet.lines) == 1000
    with pytest.raises(TableFault, match="more than the 1,000 that are checked"):
        read("w,b\n" + "1,2\n" * 1001)
