"""From a sheet to a judgement and a picture: three steps of each rule, worked by hand to four decimals."""

import math
from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.exercises.check.answer_sheet import AnswerSheet, Submission, Written, read_written
from gdsim.core.exercises.check.checked import check_sheet, view_range_of_check
from gdsim.core.exercises.check.judgement import judge_submission
from gdsim.core.exercises.check.report import sentences
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from tests.core.engine import lecture_loops
from tests.core.exercises.check.by_hand import by_hand
from tests.core.records import LECTURE, columns_of, one_run, run_of
from tests.every import every

POINTS = PointSet([0.5, 2.5], [0.2, 0.9])
PAIRS = [(0.5, 0.2), (2.5, 0.9)]
START = (-2.0, -2.0)
# A mistake of each rule that shows within three steps, and a part of its sentence.
MISTAKES = {
    "gd": ("sign", "The error was taken as y − f"),
    "momentum": ("no-gamma", "All of the old v was kept"),
    "nesterov": ("no-gamma", "All of the old v was kept"),
    "adagrad": ("no-memory", "v forgets the step before"),
    "rmsprop": ("no-decay", "v was computed as a plain sum"),
    "adam": ("other-correction", "m and v were not corrected"),
}


def worked(rule, mistake=""):
    run = run_of(RULES[rule], start=START)
    rows = by_hand(rule, dict(run.optimizer.items()), PAIRS, START, 2, 3, mistake)
    return one_run(run, POINTS), sheet_of((step, f"{w:.4f}", f"{b:.4f}") for step, (w, b) in enumerate(rows))


def sheet_of(lines):
    return AnswerSheet(("w", "b"), tuple(tuple(read_written(str(cell)) for cell in line) for line in lines))


@every("rule", LECTURE)
def test_three_right_steps_pass(rule):
    experiment, sheet = worked(rule)
    checked = run_to_end(check_sheet(experiment, 0, sheet))
    assert checked.judgement.is_right
    assert (checked.wrong_step, checked.beyond) == (None, 0)
    true = columns_of(replace(experiment.runs[0], epochs=3), POINTS)
    assert np.array_equal(checked.record.p, true.p)


@every("rule", MISTAKES)
def test_a_mistake_in_three_steps_is_found(rule):
    mistake, words = MISTAKES[rule]
    experiment, sheet = worked(rule, mistake)
    checked = run_to_end(check_sheet(experiment, 0, sheet))
    assert checked.wrong_step in (1, 2, 3)
    assert words in "".join(sentences(checked.judgement, sheet.names))
    assert f"Step {checked.wrong_step} is the first" in sentences(checked.judgement, sheet.names)[0]


def test_the_losses_are_those_of_the_submission():
    experiment, sheet = worked("gd", "sign")
    checked = run_to_end(check_sheet(experiment, 0, sheet))
    for (_, w, b), loss in zip(sheet.lines, checked.loss, strict=True):
        expected = lecture_loops.loss([([x], y) for x, y in PAIRS], [w.value, b.value])
        assert loss == pytest.approx(expected, rel=1e-12)


def test_rows_beyond_the_end_are_counted():
    experiment, sheet = worked("gd")
    experiment = replace(experiment, runs=(replace(experiment.runs[0], epochs=2),))
    checked = run_to_end(check_sheet(experiment, 0, sheet))
    assert checked.judgement.is_right
    assert checked.beyond == 1
    with pytest.raises(ValueError, match="this run has 2 steps"):
        run_to_end(check_sheet(experiment, 0, sheet_of([(3, 1, 1)])))


def test_a_table_one_step_late_is_seen_at_the_end_of_the_run():
    experiment, sheet = worked("momentum")
    late = AnswerSheet(sheet.names, tuple((Written(step.value - 1), w, b) for step, w, b in sheet.lines[2:]))
    assert "one step late" in run_to_end(check_sheet(experiment, 0, late)).judgement.reading


@pytest.mark.parametrize("rows", [3, 6])
@pytest.mark.parametrize("first", [0, 1])
def test_a_table_with_a_row_for_each_epoch_is_said_to_count_epochs(rows, first):
    pairs = [*PAIRS, (1.0, 0.4), (-1.0, 0.1), (0.0, 0.3)]
    run = run_of(RULES["momentum"], batching=STOCHASTIC(), start=START)
    p = by_hand("momentum", dict(run.optimizer.items()), pairs, START, 1, 5 * rows)[::5]
    sheet = sheet_of((step, f"{w:.5f}", f"{b:.5f}") for step, (w, b) in enumerate(p[:rows]) if step >= first)
    checked = run_to_end(check_sheet(one_run(run, PointSet(*zip(*pairs, strict=True))), 0, sheet))
    assert checked.wrong_step == 1
    assert checked.judgement.reading == "The table counts epochs: its step k is the run's step 5·k."


def test_a_wrong_end_alone_is_not_a_table_one_step_late():
    experiment, _ = worked("gd")
    experiment = replace(experiment, runs=(replace(experiment.runs[0], epochs=9),))
    last = sheet_of([(9, "1.0000", "1.0000")])
    assert run_to_end(check_sheet(experiment, 0, last)).judgement.reading == ""


def test_a_wrong_start_of_few_digits_is_not_a_table_one_step_late():
    experiment, _ = worked("gd")
    for row in (("1", "-1.99"), ("0", "-2.0"), ("-1", "-1.9")):
        assert run_to_end(check_sheet(experiment, 0, sheet_of([(0, *row)]))).judgement.reading == ""
    late = run_to_end(
        check_sheet(experiment, 0, sheet_of([(0, "-1.994", "-1.992"), (1, "-1.989", "-1.985")]))
    )
    assert "one step late" in late.judgement.reading


def test_values_that_rounding_alone_may_lead_to_are_not_called_right():
    experiment, _ = worked("gd")
    far, near = (
        run_to_end(check_sheet(experiment, 0, sheet_of([(1000, *row)]))) for row in (("7", "9"), ("2", "-2"))
    )
    (told,) = sentences(far.judgement, ("w", "b"))
    assert told.startswith("Step 1,000 is at w = 2, b = −2, not at w = 7, b = 9; rounding at every step may")
    assert sentences(near.judgement, ("w", "b"))[0] == "The one row is right, to the decimals given."


def test_a_slip_is_not_explained_by_what_rounding_leads_anywhere():
    """With η and γ exchanged v is multiplied by 3.6 for each point, and the last digit with it."""
    x = [0.6, -2.9, -0.8, 1.4, 0.1, -0.2, 1.0, 0.4, -1.4, -1.4, -2.5, 2.2, -0.5, -2.5, -1.1, 1.1, -1.3]
    points = PointSet(x, [round(1.0 / (1.0 + math.exp(2.0 * one + 2.4)), 3) for one in x])
    run = run_of(RULES["lookahead"], eta=3.6, gamma=0.0, start=(3.41, 2.73))
    experiment = one_run(run, points)
    rows = columns_of(run, points).p[:9].copy()
    rows[6, 0] += 2.9
    sheet = sheet_of((step, f"{w:.6f}", f"{b:.6f}") for step, (w, b) in enumerate(rows.tolist()))
    judgement = run_to_end(check_sheet(experiment, 0, sheet)).judgement
    assert int(judgement.submission.steps[judgement.wrong]) == 6
    assert judgement.mistakes == ()


def test_the_map_holds_both_paths():
    checked = run_to_end(check_sheet(*_args(worked("momentum", "no-gamma"))))
    view_range = checked.surface.view_range
    for places in (checked.record.p, checked.judgement.submission.p):
        assert (places[:, 0] > view_range.w_min).all()
        assert (places[:, 0] < view_range.w_max).all()
        assert (places[:, 1] > view_range.b_min).all()
        assert (places[:, 1] < view_range.b_max).all()


def test_the_map_has_the_logarithm_of_its_scene():
    experiment, sheet = worked("gd")
    for log in (False, True):
        checked = run_to_end(check_sheet(replace(experiment, log_height=log), 0, sheet))
        assert (checked.surface.heights.base is not None) is log


def test_the_start_alone_has_some_of_the_map_around_it():
    experiment, sheet = worked("gd")
    start = AnswerSheet(sheet.names, sheet.lines[:1])
    view_range = run_to_end(check_sheet(experiment, 0, start)).surface.view_range
    assert min(view_range.extent) >= 1.0


def _args(pair):
    return pair[0], 0, pair[1]


def test_a_wild_submission_does_not_hide_the_true_run():
    true = np.array([[0.0, 0.0], [1.0, 1.0]])
    wild = np.array([[0.0, 0.0], [1e9, -1e9], [np.nan, 0.0]])
    view_range = view_range_of_check(true, wild)
    assert view_range.w_max < 10.0
    assert view_range.b_min > -10.0
    assert not view_range_of_check(true[:1], np.full((1, 2), np.nan)).fault()
    assert view_range_of_check(np.full((1, 2), 1e100), np.full((1, 2), 1e100)) == LECTURE_VIEW_RANGE


def test_progress_does_not_go_back_while_mistakes_are_looked_for_that_few_decimals_hide():
    experiment = one_run(run_of(RULES["adam"], epochs=300), POINTS)
    record = columns_of(experiment.runs[0], POINTS)
    handed_in = Submission.of(np.arange(300), np.round(record.p[:300], 3))
    shares = list(judge_submission(experiment, experiment.runs[0], record, handed_in))
    assert max(shares) > 0.6
    assert shares == sorted(shares)


def test_checking_many_points_can_be_stopped_between_its_steps():
    many = PointSet(np.linspace(-1, 1, 40_000), np.full(40_000, 0.5))
    run = run_of(RULES["gd"], eta=1e-6, start=START)
    sheet = sheet_of([(0, *START), (1, 0, 0)])
    shares = list(check_sheet(one_run(run, many), 0, sheet))
    assert len(shares) > 30
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] < shares[-1] <= 1.0
