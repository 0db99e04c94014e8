"""Edits of the rules that the user typed; see `gdsim.core.model.edits`."""

import re
from dataclasses import replace

from gdsim.core.model.edits import change_optimizer, changed_values
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import Run
from gdsim.core.rules.own_rule import OwnRule
from gdsim.core.rules.rule import Rule


def change_rule(experiment: Experiment, old: OwnRule, new: OwnRule) -> Experiment:
    """Replace a rule; the runs of the old rule follow the new one from now on.

    They keep the settings that both rules have, as `changed_values` says, and a name that is the old title
    becomes the new title.
    """
    rules = tuple(new if one == old else one for one in experiment.rules)
    runs = tuple(_following(run, old, new) for run in experiment.runs)
    return replace(experiment, rules=rules, runs=runs)


def remove_rule(experiment: Experiment, rule: OwnRule) -> Experiment:
    """Remove a rule, the runs that follow it, and the forks of these runs."""
    rules = tuple(one for one in experiment.rules if one != rule)
    followers = runs_of_rule(experiment, rule)
    runs = tuple(run for run in experiment.runs if run not in followers)
    return replace(experiment, rules=rules, runs=runs)


def runs_of_rule(experiment: Experiment, rule: Rule) -> list[Run]:
    """Return the runs that follow a rule, or have an ancestor that does."""
    return [run for run in experiment.runs if any(one.optimizer.definition == rule for one in run.lineage)]


def _following(run: Run, replaced: OwnRule, rule: OwnRule) -> Run:
    if run.fork:
        run = replace(run, fork=replace(run.fork, parent=_following(run.fork.parent, replaced, rule)))
    if run.optimizer.definition != replaced:
        return run
    old = run.optimizer
    named = re.fullmatch(rf"{re.escape(old.title)}( \d+)?", run.name)
    name = f"{rule.title}{named[1] or ''}" if named else run.name
    return replace(change_optimizer(run, rule(**changed_values(old, rule))), name=name)
