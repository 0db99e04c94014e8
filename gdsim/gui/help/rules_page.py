"""The page of the guide that lists rules and schedules, generated from their lines."""

from collections.abc import Iterator, Mapping
from itertools import product

from gdsim.core.analysis.worked import rule_in_letters
from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.formulas.symbols import setting_letter, typeset
from gdsim.core.language.texts import said, translated
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES, ScheduleKind
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.settings import Definition
from gdsim.gui.plain_text import capitalized

RULES_PAGE = "rules"


def rules_page() -> str:
    return "\n\n".join(
        [
            "# " + said("The rules and their formulas"),
            said(
                "The program computes exactly these lines. t counts updates from 1, and ∇w is the "
                "gradient of the loss. Every line holds for each weight and for the bias."
            ),
            *(part for rule in RULES.values() for part in _rule(rule)),
            "# " + said("Second order, for contrast"),
            said(
                "H is the curvature, G the part of it that is a sum of squares, I the identity; d is of all "
                "parameters together. See [choosing the step](choosing-the-step.md)."
            ),
            *(part for rule in SECOND_ORDER_RULES.values() for part in _rule(rule)),
            "# " + said("How long a step is"),
            *_searches(),
            "# " + said("Schedules of the learning rate"),
            said(
                "Here t counts the updates made so far, from 0, and n the epochs whose validation loss rose."
            ),
            *_schedules(SCHEDULES),
            "# " + said("Schedules of the momentum"),
            *_schedules(MOMENTUM_SCHEDULES),
            said("See also [settings](settings.md) and [this step](step.md)."),
        ]
    )


def _rule(rule: Rule) -> Iterator[str]:
    yield f"## {translated(rule.title)}"
    yield translated(rule.summary)
    switches = [setting for setting in rule.settings if setting.is_switch]
    for values in product((True, False), repeat=len(switches)):
        if not all(values):
            off = (translated(one.label) for one, value in zip(switches, values, strict=True) if not value)
            yield said("Without {switches}:", switches=", ".join(off))
        optimizer = rule(**{one.name: value for one, value in zip(switches, values, strict=True)})
        yield _code(rule_in_letters(optimizer))
    yield _settings(rule)
    if rule.reference:
        yield f"*{rule.reference}*"


def _searches() -> Iterator[str]:
    for kind in SEARCHES.values():
        yield f"## {capitalized(translated(kind.title))}"
        yield translated(kind.summary)
        if kind.settings:
            yield _settings(kind)


def _schedules(kinds: Mapping[str, ScheduleKind]) -> Iterator[str]:
    for kind in kinds.values():
        yield f"## {capitalized(translated(kind.title))}"
        yield translated(kind.summary)
        yield _code(PLAIN_TEXT.line(line, kind.symbols) for line in kind.program.lines)
        if kind.settings:
            yield _settings(kind)


def _settings(definition: Definition) -> str:
    return "\n".join(
        f"- **{setting_letter(one)}**: {typeset(translated(one.doc))}" for one in definition.settings
    )


def _code(lines: Iterator[str] | tuple[str, ...]) -> str:
    return "\n".join(f"    {line}" for line in lines)
