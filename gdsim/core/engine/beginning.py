"""The state in which a run begins: for a fork, its parent's parameters and memory at the fork's step.

That state is read from a row of the parent's record. Without a record, the parent is computed again up to
the fork, in a table of a few thousand rows that is overwritten again and again.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from gdsim.core.engine.effort import spent_in
from gdsim.core.engine.loop import Beginning, RunLoop, loss_at, memory_at_start
from gdsim.core.engine.search_loop import SearchLoop
from gdsim.core.engine.trajectory import RecordColumns, RunTable, StopReason
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.run import Fork, Run
from gdsim.core.model.search_checks import is_second_order
from gdsim.core.progress import Progress, run_to_end
from gdsim.core.rules.carried import carried_letters
from gdsim.core.rules.schedules import RISE

_ROWS_AT_ONCE = 4096
# This many steps of a second-order method take a few hundredths of a second.
_SHORT = 1000


AnyLoop: TypeAlias = RunLoop | SearchLoop


def loop_of(run: Run, data: PointLoss, held_out: PointLoss, begins: Beginning) -> AnyLoop:
    return SearchLoop(run, data, begins) if run.is_searched else RunLoop(run, data, held_out, begins)


class Past(NamedTuple):
    """The record of a run so far; its first ``rows`` rows are written and no longer change."""

    table: RunTable
    rows: int


def beginning(
    run: Run, data: PointLoss, held_out: PointLoss, past: Past | None = None
) -> Progress[Beginning]:
    """Return the state in which a run begins; yield the progress while the past of a fork is computed.

    ``past`` is the record of the fork's parent; it may end before the fork, or be None. Where the parent
    stopped before the fork, the state has its `RunStop` and its last parameters.
    """
    if run.fork is None:
        return _from_start(run)
    row = fork_row(run.fork, len(data.targets))
    inherited = None
    # A record does not hold the memory of a second-order method.
    if past is not None and row < past.rows and not is_second_order(run.fork.parent.optimizer):
        inherited = _from_record(run.fork.parent, data, held_out, past.table, row)
    if inherited is None:
        inherited = yield from _from_parent(run.fork, data, held_out)
    return _continued(run, run.fork, inherited)


def recorded_beginning(record: RecordColumns) -> Beginning:
    """Return the state in which a fork began, from its own record, which lacks validation losses."""
    return Beginning(tuple(record.p[0].tolist()), tuple(record.state[:, 0].ravel().tolist()))


def shown_beginning(run: Run, record: RecordColumns, data: PointLoss) -> Beginning:
    """Return the state in which a fork began, as far as it can be had without delay.

    The memory of a second-order method is on no record; it is recomputed only for an early fork.
    """
    begins = recorded_beginning(record)
    if not carries_method(run) or run.needs_validation or (run.fork and run.fork.step > _SHORT):
        return begins
    return run_to_end(beginning(run, data, data))


def carries_method(run: Run) -> bool:
    """Return whether a fork carries on the memory of its parent's second-order method."""
    fork = run.fork
    if fork is None or not is_second_order(run.optimizer):
        return False
    return fork.keeps_memory and fork.parent.optimizer.id == run.optimizer.id


def fork_row(fork: Fork, points: int) -> int:
    """Return the row of the parent's record at which a fork begins."""
    return fork.step - fork.parent.clock(points).first


def _from_start(run: Run) -> Beginning:
    return Beginning(run.start, memory_at_start(run.optimizer, run.start))


def _from_record(
    run: Run, data: PointLoss, held_out: PointLoss, table: RunTable, row: int
) -> Beginning | None:
    """Return the state of a run at a row of its record; None if the record does not suffice."""
    record = table.columns(row + 1)
    p, memory = tuple(record.p[row].tolist()), tuple(record.state[:, row].ravel().tolist())
    if row == 0 and run.fork is None:
        memory = memory_at_start(run.optimizer, p)
    counted = float(record.cost[row, 0]) if run.is_searched else 0.0
    spent = _sum(table.spent.tolist(), spent_in(run, row, len(data.targets), counted))
    if not run.schedule.needs_validation:
        return Beginning(p, memory, spent=spent)
    clock = run.clock(len(data.targets))
    step = clock.first + row
    end = clock.end_of(clock.epoch(step))
    needed = (end, end - clock.per_epoch) if end == step else (end,)
    if run.fork and min(needed) <= clock.first:
        return None  # that loss was evaluated by the run's own parent

    def loss_after(step: int) -> float:
        return loss_at(held_out, record.p[step - clock.first].tolist()) if step > 0 else math.inf

    losses = [loss_after(step) for step in needed]
    rises = table.rises(row)
    if end == step:  # the row has the rises before its update
        rises += losses[0] > RISE * losses[1]
    return Beginning(p, memory, rises, losses[0], spent=spent)


def _from_parent(fork: Fork, data: PointLoss, held_out: PointLoss) -> Progress[Beginning]:
    """Compute the parent of a fork up to the fork; return its state there."""
    parent = fork.parent
    begins = yield from beginning(parent, data, held_out)
    if begins.stop:
        return begins
    loop = loop_of(parent, data, held_out, begins)
    loop.total = max(loop.total, fork.step)  # the parent may have been shortened since it was forked
    table = RunTable(parent, len(data.targets), min(_ROWS_AT_ONCE, max(1, fork.step - loop.done)))
    first, p = loop.done, begins.p
    while loop.done < fork.step:
        before = loop.done
        made, stop = loop.advance(table, 0, min(_ROWS_AT_ONCE, fork.step - before))
        if made:
            p = tuple(table.columns(made).p[-1].tolist())
        if stop and stop.reason is not StopReason.FINISHED and before + made < fork.step:
            return Beginning(p, (), stop=stop)
        yield (loop.done - first) / (fork.step - first)
    counted = float(loop.cost[0]) if isinstance(loop, SearchLoop) else 0.0
    own = spent_in(parent, loop.done - first, len(data.targets), counted)
    return loop.standing._replace(spent=_sum(begins.spent, own))


def _sum(before: Sequence[float], own: tuple[float, float]) -> tuple[float, float]:
    return float(before[0]) + own[0], float(before[1]) + own[1]


def _continued(run: Run, fork: Fork, inherited: Beginning) -> Beginning:
    """Return the state in which a fork begins, given its parent's; memory not carried over is reset."""
    if inherited.stop:
        return inherited._replace(memory=memory_at_start(run.optimizer, inherited.p))
    p = inherited.p
    if fork.nudge:
        p = tuple(place + by for place, by in zip(p, fork.nudge, strict=True))
    old, new, d = fork.parent.optimizer.update_rule, run.optimizer.update_rule, len(p)
    memory = list(memory_at_start(run.optimizer, p))
    for letter in carried_letters(old, new) if fork.keeps_memory else ():
        place, source = new.letters.index(letter) * d, old.letters.index(letter) * d
        memory[place : place + d] = inherited.memory[source : source + d]
    searched = inherited.searched if carries_method(run) else ()
    return inherited._replace(p=p, memory=tuple(memory), searched=searched)
