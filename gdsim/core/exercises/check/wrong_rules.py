"""The wrong rules that mistakes in the lines lead to, without duplicates or any that compute the same."""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.exercises.check.rule_mistakes import RuleMistakes
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.language.texts import kept_by_language
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.update_rule import ETA, GAMMA, NEW, W_NEXT, T, UpdateRule, W


class WrongRule(NamedTuple):
    sentence: str
    rule: UpdateRule


def wrong_rules(optimizer: Optimizer) -> tuple[WrongRule, ...]:
    """Return the mistakes that can be made in the lines of a rule, the likeliest first."""
    definition = optimizer.definition
    deciding = {*definition.conditions, *optimizer.switches()}
    return _wrong_rules(definition(**{name: optimizer[name] for name in deciding}))


@kept_by_language
def _wrong_rules(optimizer: Optimizer) -> tuple[WrongRule, ...]:
    found, known = [], {_fingerprint(optimizer.update_rule)}
    for sentence, rule in RuleMistakes(optimizer).all():
        fingerprint = _fingerprint(rule)
        if fingerprint not in known:  # neither equivalent to the rule, nor to an earlier mistake
            known.add(fingerprint)
            found.append(WrongRule(sentence, rule))
    return tuple(found)


# Rules are compared by what they compute from this many samples of every name.
_SAMPLES = np.arange(8.0)


def _fingerprint(rule: UpdateRule) -> tuple[object, ...]:
    """Return what the lines compute from sample numbers, leaving out memory that does not affect w."""
    settings = dict.fromkeys((ETA, GAMMA, *(one.name for one in rule.settings)))
    names = (*settings, W, *rule.letters)
    values: dict[str, Array] = {name: np.cos(3.7 * place + _SAMPLES) for place, name in enumerate(names)}
    values |= {name: np.abs(values[name]) for name in settings}
    values[T] = 2.0 + _SAMPLES
    for line in rule.program.lines:
        # A gradient, or its direction, may be any function of the place.
        place = rule.gradients.get(line.target) or rule.directions.get(line.target)
        with np.errstate(invalid="ignore"):  # a place may be NaN or infinite
            values[line.target] = np.sin(9.0 * values[place]) if place else evaluate_arrays(line.node, values)
    used, new = frozenset[str](), frozenset({W_NEXT})
    while new - used:
        used |= new
        behind = frozenset[str]().union(*map(rule.program.depends, new))
        new = frozenset(z + NEW for z in rule.letters if z in behind)
    starts = {line.target + NEW: line.node for line in rule.program.starts}
    return tuple((name, starts.get(name), *_shortened(values[name])) for name in sorted(used))


def _shortened(values: Array) -> list[float]:
    numbers: list[float] = np.nan_to_num(np.round(np.broadcast_to(values, _SAMPLES.shape), 9)).tolist()
    return numbers
