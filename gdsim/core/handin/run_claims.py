"""Judging claims about runs: where a run lands, which rate gets it low, and which run reaches a loss."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np

from gdsim.core.analysis.update import update_of
from gdsim.core.arrays import Array
from gdsim.core.engine.effort import evaluations_at, step_after_evaluations
from gdsim.core.engine.loop import loss_at
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import RunStop, StopReason
from gdsim.core.exercises.predict.landing import landing, landing_words
from gdsim.core.exercises.rate_ladder import (
    LADDER,
    RateOutcome,
    Trial,
    best_trial,
    first_columns,
    rates_around,
    trying,
)
from gdsim.core.files.checked_json import FileFault, parse_json
from gdsim.core.files.scene_runs import read_run, run_tree
from gdsim.core.formulas.numerals import NotANumber, exact, integer_text, joined_numbers, number, percent
from gdsim.core.handin.answers import AnswerJudgement, Fields, faulty, number_of
from gdsim.core.handin.sheet import OwnTask
from gdsim.core.language.texts import counted, said, translated
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import in_plane
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.settings import POSITIVE, InvalidValue

# A loss counts as risen at the end if it ends this much above its minimum, as a share of how far it fell.
_RISEN = 0.1

# ----------------------------------------------------------------------------------- landing


def judge_place(own: OwnTask, fields: Fields) -> AnswerJudgement:
    """Judge a prediction of where a run lands: w and b in the drawn plane."""
    try:
        w, b = (number_of(text) for text in fields)
    except NotANumber as fault:
        return faulty(said("A place needs two numbers: it {fault}.", fault=fault))
    experiment, task, run, here = own.stop.experiment, own.task, own.run, own.here
    ahead = int(task["ahead"])
    record, diverged = run_to_end(first_columns(experiment, run, here + ahead + 1))
    if len(record.loss) <= here + ahead:
        words = (
            said("The run ends before that step: a number became infinite or undefined.")
            if diverged
            else said("The run ends before that step.")
        )
        return AnswerJudgement(
            None, (words,)
        )  # only with this student's data, so it is no fault of the student
    plane = experiment.slice.plane(run.start)
    axes, (first, second) = plane.axes, plane.names
    path = in_plane(record.p, axes)
    result = landing(record, here, ahead, (w, b), axes)
    within = float(task["within"]) * result.length
    told = landing_words(result)
    if result.distance <= within:
        return AnswerJudgement(1.0, (told,))
    wrong = [*_common_mistakes(path, here, ahead, plane.names)]
    if ahead == 1:
        update = update_of(experiment, run, record, here + 1, axes)
        plain = in_plane(update.before - update.eta * update.gradient, axes)
        words = said("The memory of the rule was left out: −η·∇ alone leads there.")
        if not update.rule.letters:
            words = said("This is the step of plain gradient descent, −η·∇; the rule makes a different one.")
        wrong.append((words, plain))
    distance, words = min((float(np.hypot(*(place - (w, b)))), words) for words, place in wrong)
    mistake = words if distance <= min(within, 0.5 * result.distance) else ""
    limit = said("It had to be within {within} of the way.", within=percent(float(task["within"])))
    w_true, b_true = (number(value, 4) for value in path[here + ahead].tolist())
    landed = said(
        "It landed at {first} = {w_true}, {second} = {b_true}. {limit}",
        first=first,
        w_true=w_true,
        second=second,
        b_true=b_true,
        limit=limit,
    )
    return AnswerJudgement(0.0, (*filter(None, [mistake]), told, landed), mistake or told)


def _common_mistakes(
    path: Array, here: int, ahead: int, names: tuple[str, str]
) -> Iterator[tuple[str, Array]]:
    """Yield common mistakes, each as a sentence and the place to which it leads."""
    start, end = path[here], path[here + ahead]
    yield said("This leads uphill: a step goes against the gradient."), start - (end - start)
    words = said("The numbers of {first} and {second} are swapped.", first=names[0], second=names[1])
    yield words, end[::-1]
    yield said("This is where the run is before the step."), start
    if here + ahead + 1 < len(path):
        yield said("This is one step too many."), path[here + ahead + 1]
    if ahead > 1:
        yield said("This is one step too few."), path[here + ahead - 1]
        yield said("This is as far as one step leads."), path[here + 1]


# ------------------------------------------------------------------------- learning rate


def rate_fault(text: str) -> str:
    """Return a sentence on why a text is not a learning rate; empty if it is one."""
    try:
        _rate_of(text)
    except (NotANumber, InvalidValue) as fault:
        return said("The rate {fault}.", fault=fault)
    return ""


def _rate_of(text: str) -> float:
    return float(POSITIVE.check(number_of(text)))


def judge_rate(own: OwnTask, fields: Fields) -> AnswerJudgement:
    """Judge a learning rate by its final loss, compared with that of the best rate of `best_of_ladder`."""
    fault = rate_fault(fields[0])
    if fault:
        return faulty(fault)
    rate = _rate_of(fields[0])
    experiment, run, steps = own.stop.experiment, own.run, int(own.task["steps"])
    trial = run_to_end(trying(experiment, run, rate, steps))
    known = best_of_ladder(experiment, run, steps)
    if known is None:
        return AnswerJudgement(
            None, (said("The run stays finite at no rate of the ladder, so a person has to judge this."),)
        )
    # The fall of the loss is compared, because ratios of losses mean nothing where both are nearly 0.
    most = known.last + float(own.task["within"]) * max(0.0, float(known.loss[0]) - known.last)
    there = counted(
        steps,
        "At η = {rate} the loss after {n} step is {last}",
        "At η = {rate} the loss after {n} steps is {last}",
        rate=exact(rate),
        last=number(trial.last, 4),
    )
    ladder = said(
        "the best rate of the ladder and of the finer ones around it, η = {rate}, has {last}",
        rate=exact(known.rate),
        last=number(known.last, 4),
    )
    told = said(
        "{there}; {ladder}, and up to {most} counts as right.",
        there=there,
        ladder=ladder,
        most=number(most, 4),
    )
    if trial.last <= most:
        return AnswerJudgement(1.0, (told,))
    mistake = _rate_mistake(trial, known)
    return AnswerJudgement(0.0, (mistake, told), mistake)


@lru_cache(maxsize=8)  # A hand-in may be judged twice, in two languages
def best_of_ladder(experiment: Experiment, run: Run, steps: int) -> Trial | None:
    """Return the best trial among the ladder and the finer rates around its best; None if all diverge."""
    trials = [run_to_end(trying(experiment, run, rate, steps)) for rate in LADDER]
    first = best_trial(trials)
    if first is None:
        return None
    trials += [run_to_end(trying(experiment, run, rate, steps)) for rate in rates_around(first.rate)]
    return best_trial(trials)


def _rate_mistake(trial: Trial, known: Trial) -> str:
    if trial.outcome is RateOutcome.DIVERGED:
        return said("At this rate the run diverges: it is too large.")
    if trial.rate < known.rate:
        if trial.rise_at_end > _RISEN:
            return said("At this rate the loss was lower before the end: it goes up and down.")
        return said("This rate is too small: the loss falls too slowly.")
    return said("This rate is too large: the loss goes up and down, or does not come as low.")


# --------------------------------------------------------------------------------- reaching a loss


def reach_field(run: Run) -> str:
    """Return a run as the field of an answer, without its name and appearance."""
    tree = run_tree(replace(run, colour="", hidden=False, style=None))
    return json.dumps({key: value for key, value in tree.items() if key != "name"}, separators=(",", ":"))


def reach_run(text: str, experiment: Experiment) -> Run:
    """Return the run in a field made by `reach_field`; raises `FileFault` or `InvalidValue`."""
    return read_run(parse_json(text), experiment.points.dimension, experiment.rules)


def reach_refusal(own: OwnTask, run: Run) -> str:
    """Return a sentence on why a run cannot be an answer; empty if it can."""
    if run.fork:
        return said("The run branches off from another one; it has to begin at the start.")
    if run.start != own.run.start:
        places = [joined_numbers(map(exact, one.start)) for one in (run, own.run)]
        return said(
            "The run starts at ({place}), but the task starts at ({asked}).", place=places[0], asked=places[1]
        )
    return ""


def judge_reached(own: OwnTask, fields: Fields) -> AnswerJudgement:
    """Judge whether a run reaches the loss of the task within the allowed gradient evaluations."""
    experiment = own.stop.experiment
    try:
        run = reach_run(fields[0], experiment)
    except (FileFault, InvalidValue) as fault:
        return faulty(said("The run cannot be read: {fault}.", fault=fault))
    refusal = reach_refusal(own, run)
    if refusal:
        return faulty(refusal)
    most, points = int(own.task["evaluations"]), len(experiment.points)
    # Each step of a searched run costs at least one evaluation.
    steps = most if run.is_searched else int(step_after_evaluations(run, most, points))
    epochs = max(1, -(-steps // run.batching.updates_per_epoch(points)))
    try:
        alone = replace(experiment, runs=(replace(run, epochs=epochs, name=""),))
    except InvalidValue as fault:
        return faulty(said("The run does not fit the scene: {fault}.", fault=fault))
    computed = run_to_end(first_steps(alone, alone.runs[0], max(1, steps)))
    record = computed.whole
    rows = np.arange(len(record.loss), dtype=float)
    spent = record.cost.sum(axis=1) if run.is_searched else evaluations_at(run, rows, points)
    loss = np.where(spent <= most, record.loss, np.nan)
    last = int(np.flatnonzero(spent <= most)[-1])
    if np.isnan(loss[last]):  # with very many points the loss is computed at some steps only
        loss[last] = loss_at(experiment.training, record.p[last].tolist())
    return _judged_losses(own, run, loss, spent, computed.stop)


def _judged_losses(
    own: OwnTask, run: Run, loss: Array, spent: Array, stop: RunStop | None
) -> AnswerJudgement:
    """Judge a run by its losses, NaN beyond the allowed evaluations, and by the evaluations spent so far."""
    target, most = float(own.task["loss"]), int(own.task["evaluations"])
    name, there = translated(run.optimizer.title), np.flatnonzero(loss <= target)
    if len(there):
        row = int(there[0])
        low = number(float(loss[row]), 4)
        told = said("{name} has L = {loss} after step {row}", name=name, loss=low, row=integer_text(row))
        parts = {"told": told, "spent": integer_text(float(spent[row])), "most": integer_text(most)}
        return AnswerJudgement(1.0, (said("{told}, with {spent} of {most} evaluations.", **parts),))
    if not np.isfinite(loss).any():
        return faulty(said("The loss at the start is not a number."))
    lowest = int(np.nanargmin(loss))
    told = said(
        "{name} gets no lower than L = {loss}, at step {lowest}",
        name=name,
        loss=number(float(loss[lowest]), 4),
        lowest=integer_text(lowest),
    )
    wanted = counted(
        most,
        "it should be {target} within {n} evaluation",
        "it should be {target} within {n} evaluations",
        target=exact(target),
    )
    mistake = _reach_mistake(stop, loss, lowest)
    return AnswerJudgement(0.0, (mistake, f"{told}; {wanted}."), mistake)


def _reach_mistake(stop: RunStop | None, loss: Array, lowest: int) -> str:
    if stop is not None and stop.reason is StopReason.DIVERGED:
        return said("The run diverges: its rate is too large.")
    if stop is not None and stop.reason is not StopReason.FINISHED:
        return stop.sentence
    finite = np.flatnonzero(np.isfinite(loss))
    if loss[finite].min() == loss[finite].max():
        return said("Its loss stays the same: no step is large enough to change it.")
    if lowest == 0:
        return said("Its loss never falls below that at the start: its steps are too long, or lead uphill.")
    if lowest == finite[-1]:
        return said("It is still falling when the evaluations are spent: it is too slow.")
    return said("It was lower before it ended: it goes up and down, or past the lowest place.")
