"""A run's settings in a few words, for a window, a screen reader or a page."""

from collections.abc import Iterator, Sequence

from gdsim.core.formulas.numerals import integer_text, joined_numbers, number
from gdsim.core.formulas.symbols import setting_letter
from gdsim.core.language.texts import counted, said, translated
from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.searches import FIXED
from gdsim.core.settings import Configured, Definition, Setting, Value

_DIGITS = 4


def full_settings(run: Run) -> str:
    """Return everything that decides a run's numbers, in one line."""
    *weights, bias = (number(value, 6) for value in run.start)
    parts = [
        translated(run.optimizer.title),
        *_settings_words(run.optimizer),
        *_search_words(run),
        translated(run.batching.title),
        *_settings_words(run.batching),
        *([said("seed {seed}", seed=str(run.seed))] if run.batching.shuffles else []),
        said("schedule {kind}", kind=translated(run.schedule.title)),
        *_settings_words(run.schedule),
    ]
    if run.optimizer.has_momentum:
        parts += [
            said("γ schedule {kind}", kind=translated(run.momentum_schedule.title)),
            *_settings_words(run.momentum_schedule),
        ]
    start = said("start w {weights}, b {bias}", weights=" ".join(weights), bias=bias)
    parts += [
        *(_fork_words(run.fork) if run.fork else [start]),
        counted(run.epochs, "{n} epoch", "{n} epochs"),
    ]
    return ", ".join(parts)


def cost_words(cost: Sequence[float]) -> str:
    """Return the evaluations that a searched run has used so far, as a sentence; empty if there are none."""
    if not len(cost):
        return ""
    gradients, losses, solves = map(round, cost)
    return said(
        "So far it has used {gradients}, {losses} and {solves}.",
        gradients=counted(gradients, "{n} gradient", "{n} gradients"),
        losses=counted(losses, "{n} loss", "{n} losses"),
        solves=counted(solves, "{n} solve", "{n} solves"),
    )


def _fork_words(fork: Fork) -> Iterator[str]:
    yield said("from “{run}” at step {step}", run=fork.parent.shown_name, step=integer_text(fork.step))
    if fork.nudge:
        yield said("nudged by {numbers}", numbers=joined_numbers(number(one, 6) for one in fork.nudge))
    if not fork.keeps_memory:
        yield said("the memory begins anew")


def _search_words(run: Run) -> list[str]:
    if run.search.definition == FIXED:
        return []
    return [said("step length {kind}", kind=translated(run.search.title)), *_settings_words(run.search)]


def run_in_words(run: Run) -> str:
    """Return a run's name and `full_settings`, which already begin with a name that is the rule's title."""
    settings = full_settings(run)
    return settings if run.name == run.optimizer.title else f"{run.shown_name}: {settings}"


def _settings_words(one: Configured[Definition]) -> list[str]:
    return list(map(_setting_words, one.definition.settings, one.values))


def _setting_words(setting: Setting, value: Value) -> str:
    if setting.is_switch:
        label = translated(setting.label)
        return label if value else said("no {label}", label=label)
    return f"{setting_letter(setting)} {number(value, _DIGITS)}"
