"""The words of a race: its table, and what can be concluded from it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from gdsim.core.exercises.race.plan import RaceEntry, RacePlan, entry_title, numbered_names
from gdsim.core.exercises.race.result import Comparison, EntryResult, RaceResult, compared
from gdsim.core.exercises.run_settings import setting_value
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import exact, in_percent, joined_numbers, listed, number, percent
from gdsim.core.formulas.symbols import setting_letter
from gdsim.core.language.texts import counted, translated
from gdsim.gui.translation import tr


def race_table_titles() -> tuple[str, ...]:
    return (
        tr("rule"),
        tr("solved"),
        tr("95\N{NO-BREAK SPACE}% interval"),
        tr("evaluations"),
        tr("quartiles"),
        tr("points seen"),
        tr("loss"),
        tr("losses, solves"),
        tr("tuned to"),
    )


def shown_names(entries: Sequence[RaceEntry]) -> tuple[str, ...]:
    return numbered_names([entry_title(entry, translated) for entry in entries])


def with_shown_names(result: RaceResult) -> RaceResult:
    """Return the result with the names shown in the window; its own names are for files."""
    names = shown_names(result.plan.entries)
    entries = (replace(entry, name=name) for entry, name in zip(result.entries, names, strict=True))
    return replace(result, entries=tuple(entries))


def race_table_row(result: RaceResult, entry: EntryResult) -> tuple[str, ...]:
    budget = result.plan.terms.budget
    first, median, last = entry.quartiles
    low, high = (f"{100.0 * end:.0f}" for end in entry.interval)
    return (
        entry.name,
        tr("{0} of {1}").format(entry.solved, entry.starts),
        tr("{0} to {1}").format(low, in_percent(high)),
        _count(median, budget),
        tr("{0} to {1}").format(_count(first, budget), _count(last, budget)),
        _count(result.points_seen(entry, median), result.points_seen(entry, float(budget))),
        number(entry.median_loss),
        ", ".join(map(numerals.integer_text, entry.median_beside)),
        tuned_words(result, entry),
    )


def tuned_words(result: RaceResult, entry: EntryResult) -> str:
    """Return the tuned settings with their values."""
    ranges = result.plan.entries[result.entries.index(entry)].ranges
    words = (
        f"{setting_letter(axis.setting)} {number(setting_value(entry.run, axis.setting.name), 4)}"
        for axis in ranges
    )
    return ", ".join(words) or tr("nothing was tuned")


def _count(evaluations: float, most: float) -> str:
    """Return the text of a count; an infinite one is only known to be over ``most``."""
    return (
        tr("over {0}").format(numerals.integer_text(most))
        if math.isinf(evaluations)
        else numerals.integer_text(evaluations)
    )


def within_words(result: RaceResult, evaluations: float) -> str:
    """Say which shares are solved within a number of evaluations."""
    parts = (f"{entry.name} {percent(entry.solved_within(evaluations))}" for entry in result.entries)
    return counted(
        int(evaluations),
        "Solved within {n} evaluation: {shares}.",
        "Solved within {n} evaluations: {shares}.",
        shares=joined_numbers(parts),
    )


def conclusion(result: RaceResult) -> str:
    """Say in sentences what can and cannot be concluded from a race."""
    entries = result.entries
    if not any(entry.solved for entry in entries):
        return tr(
            "No rule solved a start, so nothing can be concluded. A larger budget, other ranges or a higher "
            "“solved below” may help."
        )
    if len(entries) == 1:
        return tr("One rule alone: there is nothing to compare it with. {0}").format(_holds(result))
    return " ".join((*_differences(entries), _holds(result)))


def _differences(entries: Sequence[EntryResult]) -> list[str]:
    more: dict[str, list[str]] = {}
    faster: dict[str, list[str]] = {}
    alike = 0
    for pair in combinations(entries, 2):
        kind, better, worse = compared(*pair)
        if kind is Comparison.NOTHING:
            alike += 1
        else:
            found = more if kind is Comparison.SOLVES_MORE else faster
            found.setdefault(better.name, []).append(worse.name)
    solves = tr("{0} solves more starts than {1}: the intervals do not overlap.")
    sooner = tr("{0} is faster than {1}: three quarters of its runs are solved before a quarter of theirs.")
    said = [solves.format(name, listed(others)) for name, others in more.items()]
    said += [sooner.format(name, listed(others)) for name, others in faster.items()]
    if not said:
        said = [tr("No difference is shown: the intervals overlap.")]
    elif alike:
        said.append(tr("Among all others no difference is shown: their intervals overlap."))
    return said


def _holds(result: RaceResult) -> str:
    plan = result.plan
    budget = counted(plan.terms.budget, "at most {n} evaluation", "at most {n} evaluations")
    if any(entry.ranges for entry in plan.entries):
        rules = counted(
            plan.terms.trials,
            "rules tuned by {n} trial in these ranges",
            "rules tuned by {n} trials in these ranges",
        )
    else:
        rules = tr("rules with these settings")
    words = tr(
        "This holds for these points, for starts in this view range, for {budget}, and for {rules}; it says "
        "nothing about others."
    )
    return words.format(budget=budget, rules=rules)


def terms_words(plan: RacePlan) -> str:
    """Say in sentences what a race counts, and which points feed its updates."""
    if plan.is_searched:
        measure = tr(
            "A run is solved at the first step whose loss is below {0}. Each gradient counts as one "
            "evaluation, also within a search. Losses that a search looks at and equations that are solved "
            "are listed separately."
        )
        points = tr(
            "Runs take the points as the selected run does: {0}. Runs that search for their steps or use "
            "the curvature take all points."
        )
    else:
        measure = tr(
            "A run is solved at the first step whose loss is below {0}. Each gradient that a rule takes "
            "counts as one evaluation; looking at the loss costs nothing."
        )
        points = tr("All runs take the points as the selected run does: {0}.")
    batching = translated(plan.batching.title)
    return f"{measure.format(exact(plan.terms.solved_below))} {points.format(batching)}"


def unfit_words(entry: RaceEntry) -> str:
    """Say why a rule cannot race over a function of w and b."""
    sentence = tr(
        "{0} needs squared errors over points, which a function of w and b does not have. Remove it to race."
    )
    return sentence.format(translated(entry.optimizer.title))
