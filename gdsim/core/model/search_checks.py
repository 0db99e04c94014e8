"""Which searches, batchings and schedules go with a rule, and what the lines of a rule do not describe."""

from gdsim.core.language.texts import said, translated
from gdsim.core.model.batching import BATCH, Batching
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.schedules import Schedule
from gdsim.core.rules.searches import FIXED, SEARCHES, Search
from gdsim.core.rules.second_order import SecondOrderRule
from gdsim.core.settings import InvalidValue


def is_second_order(optimizer: Optimizer) -> bool:
    """Return whether the direction of a step depends on the curvature as well as the gradient."""
    return isinstance(optimizer.definition, SecondOrderRule)


def goes_to_any_level_point(optimizer: Optimizer) -> bool:
    """Return whether steps lead to a saddle or a maximum as readily as to a minimum."""
    rule = optimizer.definition
    return isinstance(rule, SecondOrderRule) and rule.goes_to_any_level_point


def learns_from_gradients(optimizer: Optimizer) -> bool:
    """Return whether a second-order method uses earlier gradients in place of second derivatives."""
    return isinstance(optimizer.definition, SecondOrderRule) and optimizer.definition.learns_from_gradients


def needs_points(optimizer: Optimizer) -> bool:
    """Return whether a rule needs a loss that is a sum over points, which a function of w and b is not."""
    rule = optimizer.definition
    return isinstance(rule, SecondOrderRule) and rule.needs_points


def searches_itself(optimizer: Optimizer) -> bool:
    """Return whether a rule itself tries several directions, and takes the first that lowers the loss."""
    rule = optimizer.definition
    return isinstance(rule, SecondOrderRule) and rule.searches_itself


def takes_search(optimizer: Optimizer) -> bool:
    """Return whether a step is a rate times one direction, so that a search can choose the rate."""
    if is_second_order(optimizer):
        return not searches_itself(optimizer)
    return optimizer.update_rule.is_plain_descent


def has_tries(search: Search) -> bool:
    """Return whether a search tries step lengths, so that there are tries to show."""
    return search.definition not in (FIXED, SEARCHES["polyak"])


def check_search(optimizer: Optimizer, search: Search) -> None:
    """Raise `InvalidValue` for a rule and a search that do not go together, or for c1 >= c2."""
    searched = search.definition != FIXED
    if searched and not takes_search(optimizer):
        why = (
            said("which chooses its steps itself")
            if searches_itself(optimizer)
            else said("whose step is not a rate times one direction")
        )
        raise InvalidValue("search", "does not go with {name}, {why}", name=optimizer.id, why=why)
    if "c2" in search and search.number("c1") >= search.number("c2"):
        raise InvalidValue("search", "must have a c1 below its c2")


def check_combination(optimizer: Optimizer, search: Search, batching: Batching, schedule: Schedule) -> None:
    """Raise `InvalidValue` for a rule, a search, a batching and a schedule that do not go together."""
    check_search(optimizer, search)
    searched = search.definition != FIXED
    if not (searched or is_second_order(optimizer)):
        return
    what = said("the search {name}", name=search.id) if searched else optimizer.id
    if batching.definition != BATCH:
        raise InvalidValue(
            "batching", "must be all points for {what}: other batches would change during a search", what=what
        )
    if schedule.definition.changes:
        raise InvalidValue("schedule", "must be constant for {what}", what=what)


def remembered_words(optimizer: Optimizer) -> str:
    """Return what a second-order method remembers from step to step, as a sentence; empty if nothing."""
    rule = optimizer.definition
    if not isinstance(rule, SecondOrderRule) or not rule.memory:
        return ""
    return said(
        "{title} remembers {what}. Its lines do not show this.",
        title=translated(rule.title),
        what=translated(rule.memory),
    )


def beyond_lines(optimizer: Optimizer, search: Search) -> str:
    """Return why the lines of a rule do not fully describe a run, as sentences; empty if they do."""
    if is_second_order(optimizer):
        return said(
            "{title} takes its direction from all parameters together, which the lines of a rule do not "
            "show. See the steps on the page This step, and the cut along the step.",
            title=translated(optimizer.title),
        )
    if search.definition != FIXED:
        return said(
            "The length of each step is found by trying (search: {title}), which the lines of a rule do not "
            "show. See the tries in the cut along the step.",
            title=translated(search.title),
        )
    return ""
