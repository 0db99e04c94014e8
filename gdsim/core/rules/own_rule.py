"""Rules that a person typed: lines that are checked, and the settings that are found in them.

Such a rule is like one of the catalogue, but belongs to a document. Its text is never run: see
`gdsim.core.formulas.language`. The limits keep what follows from the lines within what a window can show.
"""

import hashlib
import json
import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

from gdsim.core.formulas.language import (
    FUNCTIONS,
    PI,
    FormulaError,
    Name,
    Node,
    Span,
    names_in,
    terms_of,
    walk,
)
from gdsim.core.formulas.numerals import count
from gdsim.core.formulas.program import GRADIENT_AT, Program, conditions_in, is_gradient, read_program
from gdsim.core.formulas.symbols import LATEX_LETTERS, letter_of
from gdsim.core.language.words import counted, kept_by_language, said, to_say, translated
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.update_rule import CORRECTED, ETA, GAMMA, NEW, W_NEXT, G, T, UpdateRule, W
from gdsim.core.settings import (
    BELOW_ONE,
    COUNT,
    NOT_NEGATIVE,
    NUMBER,
    POSITIVE,
    SWITCH,
    UP_TO_ONE,
    Definition,
    Domain,
    InvalidValue,
    Setting,
    Value,
    printable,
)

MOST_RULES = 20  # Of a document
MOST_TITLE_LETTERS = 60
MOST_LINES, MOST_SETTINGS, MOST_SWITCHES, MOST_MEMORIES, MOST_GRADIENTS = 40, 12, 6, 6, 4
_MOST_LETTERS, _MOST_NODES = 4000, 600
# What each result comes to when nothing but memories, gradients and settings is left in it. A few lines of
# the form ``b = a + a`` would come to more than any memory holds.
_MOST_INLINED, _DEEPEST_INLINED = 1500, 60
# A name: letters, digits behind them, and words behind single underscores.
_NAME = re.compile(r"[A-Za-z]+[A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
_LONGEST_NAME = 32
# What lines are made of, and numbers; what stands directly behind one is taken for a part of it.
_LETTERS = frozenset(string.ascii_letters + string.digits + "_+-*/().,=<>! ")
_DIGITS_AND_MORE = re.compile(r"(?<![\w.])\.?\d(?:[eE][+-]?\d|[\w.])*")
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_ID = 40
# A slider is logarithmic where its ends are so many times apart.
_LOGARITHMIC = 100.0
# What a setting may be, by its name in files.
VALUES: dict[str, Domain] = {
    "number": NUMBER,
    "positive": POSITIVE,
    "not-negative": NOT_NEGATIVE,
    "below-one": BELOW_ONE,
    "up-to-one": UP_TO_ONE,
    "count": COUNT,
    "switch": SWITCH,
}
# The slider of a setting that nobody said more about.
_ENDS: dict[Domain, tuple[float, float]] = {POSITIVE: (1e-3, 10.0), COUNT: (1.0, 50.0)}
_FIRST: dict[Domain, Value] = {POSITIVE: 1.0, COUNT: 5, SWITCH: True}
# How signs and letters are written here that a keyboard or another program may bring.
_WRITTEN = {
    "\N{MINUS SIGN}": to_say("a minus is written -"),
    "\N{EN DASH}": to_say("a minus is written -"),
    "·": to_say("a product is written *"),
    "×": to_say("a product is written *"),
    "÷": to_say("a quotient is written /"),
    "²": to_say("a square is written **2"),
    "^": to_say("a power is written **"),
    "%": to_say("a remainder is written mod(a, b)"),
    "[": to_say("only ( and ) group terms"),
    "{": to_say("only ( and ) group terms"),
    ";": to_say("each formula has a line of its own"),
    "√": to_say("a root is written sqrt(...)"),
    "∇": to_say("the gradient is written g"),
    "π": to_say("π is written pi"),
    "≤": to_say("≤ is written <="),
    "≥": to_say("≥ is written >="),
    "≠": to_say("≠ is written !="),
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class OwnRule(Rule):
    """A rule that a person typed; `own_rule` makes it. It belongs to the documents whose runs follow it."""

    __hash__ = Definition.__hash__

    @property
    def fingerprint(self) -> str:
        """What is the same for the same lines and settings, whatever they are called."""
        settings = [(one.name, one.default, one.domain.words, one.low, one.high) for one in self.settings]
        content = json.dumps([self.lines, settings], ensure_ascii=True)
        return hashlib.sha256(content.encode()).hexdigest()


class Names(NamedTuple):
    """The names in some lines that are given a value as settings, in the order in which they come."""

    numbers: tuple[str, ...]
    switches: tuple[str, ...]


def own_rule(title: str, lines: str, settings: Iterable[Setting] = (), id_: str = "") -> OwnRule:
    """Return the rule of lines that a person typed.

    Of ``settings`` those are kept whose names are in the lines; others that are, are as usual. Raises
    `FormulaError` for lines that are none of a rule, with the place, and `InvalidValue` for the rest.
    """
    title = checked_title(title)
    lines = tidy(lines)
    names = names_to_set(lines)
    given = {one.name: one for one in settings}
    found = [name for name in given if name in names.numbers or name in names.switches]
    found += [name for name in (*names.numbers, *names.switches) if name not in given]
    found.sort(key=lambda name: name != ETA)
    chosen = tuple(_fitting(name, given.get(name), names) for name in found)
    return OwnRule(
        checked_id(id_ or free_id(title, ())), title, to_say("A rule of this document."), chosen, lines
    )


def checked_title(title: str) -> str:
    """Return a title without spaces around it; raises `InvalidValue` for one that cannot be."""
    title = title.strip()
    if not 0 < len(title) <= MOST_TITLE_LETTERS or not title.isprintable():
        raise InvalidValue(
            "title",
            said(
                "must be one line of 1 to {most_title_letters} letters", most_title_letters=MOST_TITLE_LETTERS
            ),
        )
    return title


def checked_id(id_: str) -> str:
    """Return an id; raises `InvalidValue` for one that cannot be, or belongs to a rule of the program."""
    if len(id_) > _LONGEST_ID or not _ID.fullmatch(id_):
        raise InvalidValue(
            "id",
            said(
                "must be small letters and digits with - between them, up to {longest_id}",
                longest_id=_LONGEST_ID,
            ),
        )
    if id_ in RULES:
        raise InvalidValue("id", said("must not be {name}, which is a rule of gdsim", name=id_))
    return id_


def free_id(title: str, taken: Iterable[str]) -> str:
    """Return an id for a title that is neither taken nor that of a rule of the program."""
    words = re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")[: _LONGEST_ID - 8].strip("-")
    stem = words if _ID.fullmatch(words) else f"own-{words}".strip("-")
    used, id_, number = {*taken, *RULES}, stem, 1
    while id_ in used:
        number += 1
        id_ = f"{stem}-{number}"
    return id_


def tidy(lines: str) -> str:
    """Return lines without empty ones around them, and without spaces that all of them begin or end with."""
    rows = [row.rstrip() for row in lines.expandtabs(4).splitlines()]
    while rows and not rows[0]:
        rows.pop(0)
    while rows and not rows[-1]:
        rows.pop()
    margin = min((len(row) - len(row.lstrip()) for row in rows if row), default=0)
    return "\n".join(row[margin:] for row in rows)


# ------------------------------------------------------------------------------------- settings


@kept_by_language
def usual_settings() -> Mapping[str, tuple[Setting, ...]]:
    """Return the settings of the catalogue by their names, each once; the lecture's come first."""
    known: dict[str, tuple[Setting, ...]] = {}
    for rule in RULES.values():
        for one in rule.settings:
            if one.domain not in (other.domain for other in known.get(one.name, ())):
                known[one.name] = (*known.get(one.name, ()), one)
    return known


def usual_setting(name: str, domain: Domain | None = None) -> Setting:
    """Return what a setting is at first: as in the catalogue where it is known there."""
    known = usual_settings().get(name, ())
    if known and domain is None:
        return known[0]
    same = next((one for one in known if one.domain == domain), None)
    if same:
        return same
    domain = domain or NUMBER
    low, high = _ENDS.get(domain, (0.0, 1.0))
    symbol = "" if domain == SWITCH else known[0].symbol if known else letter_of(name)
    return Setting(
        name,
        symbol,
        name.replace("_", " "),
        to_say("As it is used in the lines of the rule."),
        _FIRST.get(domain, 0.5),
        domain,
        low,
        high,
        log=_is_logarithmic(domain, low, high),
    )


def fixed_values(name: str) -> Domain | None:
    """Return what a setting has to be, since schedules change it; None for all others."""
    return {ETA: POSITIVE, GAMMA: BELOW_ONE}.get(name)


def made_setting(name: str, domain: Domain, default: Value, low: float, high: float) -> Setting:
    """Return a setting with what a person says of it; raises `InvalidValue` for what cannot be."""
    fixed = fixed_values(name)
    if fixed and domain != fixed:
        raise InvalidValue(
            "values", said("of {name} must be {fixed}: schedules change it", name=name, fixed=_key_of(fixed))
        )
    usual = usual_setting(name, domain)
    default = domain.check(default, "default")
    if domain == SWITCH:
        return replace(usual, default=default)
    low, high = float(domain.check(low, "low")), float(domain.check(high, "high"))
    if not low < high:
        raise InvalidValue(
            "high", said("must be above low, which is {low}, not {high}", low=f"{low:g}", high=f"{high:g}")
        )
    return replace(
        usual, default=default, low=low, high=high, log=_is_logarithmic(domain, low, high), argument=""
    )


def _fitting(name: str, given: Setting | None, names: Names) -> Setting:
    """Return a setting as it is given, if the lines can do with it, or as it is usually."""
    if given is None or (given.is_switch and name in names.numbers):
        return usual_setting(name, SWITCH if name in names.switches else None)
    # What decides which lines there are may be a number, too: 0 is off.
    return made_setting(name, VALUES[values_of(given)], given.default, given.low, given.high)


def _key_of(domain: Domain) -> str:
    return next(key for key, one in VALUES.items() if one == domain)


def values_of(setting: Setting) -> str:
    """Return what the values of a setting are called in files."""
    return next((key for key, one in VALUES.items() if one == setting.domain), "number")


def _is_logarithmic(domain: Domain, low: float, high: float) -> bool:
    return domain == POSITIVE and low > 0.0 and high >= _LOGARITHMIC * low


# ---------------------------------------------------------------------------------------- lines


def names_to_set(lines: str) -> Names:
    """Return the names in lines that need a value; raises `FormulaError`, with the place, for wrong lines."""
    try:
        return _names_to_set(lines)
    except FormulaError as error:
        raise _placed(error, lines) from error


def _names_to_set(lines: str) -> Names:
    _check_letters(lines)
    conditions = conditions_in(lines)
    if len(conditions) > MOST_SWITCHES:
        raise FormulaError(
            said("a rule may have {most_switches} switches, not more", most_switches=MOST_SWITCHES),
            name=conditions[-1],
        )
    ways = [
        tuple(zip(conditions, values, strict=True))
        for values in product((True, False), repeat=len(conditions))
    ]
    programs = [read_program(lines, way) for way in ways]
    for program in programs:
        _check_names(program)
    computed = {line.target for program in programs for line in program.lines}
    letters = {name.removesuffix(NEW) for name in computed if name.endswith(NEW)}
    free = {name for program in programs for name in program.free} - {W, T, G} - letters
    _check_free(free, computed)
    numbers = tuple(name for name in _in_order(lines) if name in free)
    switches = tuple(name for name in conditions if name not in free)
    for name in (*numbers, *switches):
        _check_setting(name, computed | letters)
    if len(numbers) + len(switches) > MOST_SETTINGS:
        raise FormulaError(
            said("a rule may have {most_settings} settings, not more", most_settings=MOST_SETTINGS),
            name=numbers[-1],
        )
    settings = tuple(usual_setting(name) for name in numbers)
    for program, way in zip(programs, ways, strict=True):
        try:
            _check_rule(UpdateRule.of(program, settings))
        except FormulaError as error:
            off = [name for name, on in way if not on]
            words = (
                counted(
                    len(off),
                    "{error} when {names} is off",
                    "{error} when {names} are off",
                    error=error,
                    names=said("{one} and {other}", one=off[0], other=off[1]) if len(off) > 1 else off[0],
                )
                if off
                else str(error)
            )
            raise FormulaError(words, error.span, error.name) from error
    if ETA not in numbers:
        raise FormulaError(said("no line uses {eta}, the learning rate: multiply the step by it", eta=ETA))
    return Names(numbers, switches)


def _check_letters(lines: str) -> None:
    """Refuse what no line can hold, with the way in which it is written."""
    if len(lines) > _MOST_LETTERS:
        raise FormulaError(
            said(
                "the lines of a rule may have {most_letters} letters, not {lines}",
                most_letters=count(_MOST_LETTERS),
                lines=count(len(lines)),
            )
        )
    rows = lines.splitlines()
    if sum(bool(row.partition("#")[0].strip()) for row in rows) > MOST_LINES:
        raise FormulaError(
            said("a rule may have {most_lines} lines, not more", most_lines=MOST_LINES), Span(MOST_LINES)
        )
    for row, text in enumerate(rows):
        code = text.partition("#")[0]
        for place, letter in enumerate(code):
            if letter not in _LETTERS:
                raise FormulaError(_way_to_write(letter), Span(row, place, place + 1))
        for word in _DIGITS_AND_MORE.finditer(code):
            if not _NUMBER.fullmatch(word[0]):
                raise FormulaError(
                    said("{word} is no number", word=word[0][:_LONGEST_NAME]), Span(row, *word.span())
                )


def _way_to_write(letter: str) -> str:
    if letter in _WRITTEN:
        return translated(_WRITTEN[letter])
    latex = LATEX_LETTERS.get(letter)
    if latex:
        name = "eps" if letter == "ε" else latex[1:].removeprefix("var")
        return said("{letter} is written {name}", letter=letter, name=name)
    return said("{letter} is no letter or sign of a formula", letter=printable(letter))


def _check_names(program: Program) -> None:
    for line in (*program.lines, *program.starts):
        if line.target in (W, f"{W}{NEW}", f"{W}_new"):
            words = said(
                "{w} after the update is written {w_next}, not {target}",
                w=W,
                w_next=W_NEXT,
                target=line.target,
            )
            raise FormulaError(words, name=line.target)
        for name in (line.target, *sorted(names_in(line.node))):
            if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
                words = said(
                    "a name has up to {longest_name} letters and digits, with single _ between them",
                    longest_name=_LONGEST_NAME,
                )
                raise FormulaError(
                    said("{words}, and {name} has not", words=words, name=printable(name[:_LONGEST_NAME])),
                    name=name,
                )


def _check_free(free: set[str], computed: set[str]) -> None:
    """Refuse names that nobody would mean as settings."""
    for name in sorted(free):
        if name in computed:
            words = said(
                "{name} is not computed in every case: a line without if must come first, or if not",
                name=name,
            )
            raise FormulaError(words, name=name)
        if name in (f"{W}{NEW}", f"{G}{NEW}"):
            raise FormulaError(
                said("{name} is written without _t: {w} is before the update", name=name[0], w=W), name=name
            )
        after = next((one for one in sorted(computed) if one in _other_afters(name)), "")
        if after:
            words = said(
                "a memory after the update is written {name}{new}, not {after}",
                name=name,
                new=NEW,
                after=after,
            )
            raise FormulaError(words, name=after)
        before = name.removesuffix(NEW).removesuffix(CORRECTED)
        if before != name:
            raise FormulaError(said("no line computes {name}", name=name), name=name)


def _other_afters(name: str) -> tuple[str, ...]:
    return tuple(f"{name}{end}" for end in ("_next", "_new", "new", "_hat"))


def _check_setting(name: str, computed: set[str]) -> None:
    if name in FUNCTIONS or name == GRADIENT_AT:
        raise FormulaError(
            said("{name} is a function, and its terms stand in parentheses behind it", name=name), name=name
        )
    if name in (W, W_NEXT, T, G, PI, *computed):
        raise FormulaError(said("{name} is no switch", name=name), name=name)


def _check_rule(rule: UpdateRule) -> None:
    if len(rule.letters) > MOST_MEMORIES:
        words = said(
            "a rule may remember {most_memories} numbers of a parameter, not more",
            most_memories=MOST_MEMORIES,
        )
        raise FormulaError(words, name=rule.letters[-1] + NEW)
    if len(rule.gradients) > MOST_GRADIENTS:
        words = said(
            "a rule may ask for {most_gradients} gradients at a step, not more", most_gradients=MOST_GRADIENTS
        )
        raise FormulaError(words, name=tuple(rule.gradients)[-1])
    lines = rule.program.lines
    if sum(1 for line in (*lines, *rule.program.starts) for _ in walk(line.node)) > _MOST_NODES:
        raise FormulaError(
            said(
                "all lines together may have {most_nodes} names, numbers and signs, not more",
                most_nodes=_MOST_NODES,
            )
        )
    sizes: dict[str, tuple[int, int]] = {}
    for line in lines:
        size, depth = (1, 1) if is_gradient(line.node) else _inlined(line.node, sizes)
        if size > _MOST_INLINED or depth > _DEEPEST_INLINED:
            words = said(
                "{target} becomes too long when all lines before it are put into one formula",
                target=line.target,
            )
            raise FormulaError(words, name=line.target)
        sizes[line.target] = size, depth


def _inlined(node: Node, sizes: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    """Return how many nodes a formula has with other lines put in for their names, and how deep they are."""
    if isinstance(node, Name):
        return sizes.get(node.name, (1, 1))
    within = [_inlined(term, sizes) for term in terms_of(node)]
    return 1 + sum(size for size, _ in within), 1 + max((depth for _, depth in within), default=0)


# --------------------------------------------------------------------------------- where it is


def _in_order(lines: str) -> list[str]:
    """Return the words of some lines, each once, in the order in which they come."""
    code = "\n".join(row.partition("#")[0] for row in lines.splitlines())
    return list(dict.fromkeys(re.findall(r"[A-Za-z]\w*", code)))


def _placed(error: FormulaError, lines: str) -> FormulaError:
    """Return an error with a place: that of the name that it is about, where it has none of its own."""
    rows = [row.partition("#")[0] for row in lines.splitlines()]
    span = error.span
    if error.name and (span is None or not span.end):
        for row in range(len(rows)) if span is None else [span.line]:
            match = re.search(rf"(?<!\w){re.escape(error.name)}(?!\w)", rows[row])
            if match:
                span = Span(row, *match.span())
                break
    if span is None:
        last = max((row for row, text in enumerate(rows) if text.strip()), default=0)
        span = Span(last)
    text = rows[span.line] if span.line < len(rows) else ""
    start = min(span.start, len(text))
    end = min(span.end, len(text)) or len(text.rstrip())
    if end <= start:  # behind the last letter
        start = max(0, min(start, len(text.rstrip())) - 1)
        end = max(start + 1, len(text.rstrip())) if text.strip() else start
    return FormulaError(str(error), Span(span.line, start, end), error.name)
