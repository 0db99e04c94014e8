"""The lines of a rule that the user typed: checks that they are a rule, and the names that need a value.

The text is never run: see `gdsim.core.formulas.syntax`. The limits keep what follows from the lines small
enough to be shown in a window.
"""

import keyword
import re
import string
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from gdsim.core.formulas.numerals import integer_text, listed
from gdsim.core.formulas.program import (
    GRADIENT_AT,
    Program,
    check_target,
    conditions_in,
    is_gradient,
    read_program,
    uncommented,
    unconditional,
)
from gdsim.core.formulas.symbols import LATEX_LETTERS, of_letter, of_name, symbol_text
from gdsim.core.formulas.syntax import (
    FUNCTIONS,
    PI,
    WRITTEN,
    FormulaError,
    Name,
    Node,
    TextSpan,
    names_in,
    terms_of,
)
from gdsim.core.language.texts import said, to_say, translated
from gdsim.core.rules.own_settings import usual_setting
from gdsim.core.rules.update_rule import CORRECTED, ETA, GAMMA, NEW, W_NEXT, G, T, UpdateRule, W
from gdsim.core.settings import Setting, printable

MOST_LINES, MOST_SETTINGS, MOST_SWITCHES, MOST_MEMORIES, MOST_GRADIENTS = 40, 12, 6, 6, 4
_MOST_LETTERS = 4000
# Limits for the size and depth of each result with all lines inlined, in terms of memories, gradients and
# settings. A few dozen lines of the form ``b = a + a`` would exhaust any computer's memory.
_MOST_INLINED, _DEEPEST_INLINED = 1500, 60
# A name: letters, then digits, and further words after single underscores.
_NAME = re.compile(r"[A-Za-z]+[A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
_LONGEST_NAME = 32
# Names that a user may try for w after the update, instead of `W_NEXT`.
_WRONG_NAMES_OF_NEW_W = (W, f"{W}{NEW}", f"{W}_new")
# The name that a line computes, and the right side.
_ASSIGNED = re.compile(rf"\s*(\w{{1,{_LONGEST_NAME}}})\s*=(?!=)(.*)")
# The characters of lines; numbers, with all characters directly after a digit; and valid numbers.
_CHARACTERS = frozenset(string.ascii_letters + string.digits + "_+-*/().,=<>! \t")
_NUMBER_LIKE = re.compile(r"(?<![\w.])\.?\d(?:[eE][+-]?\d|[\w.])*")
_NUMBER = re.compile(r"(?!0\d*[1-9]\d*$)(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"(?<![\w.])[A-Za-z]\w*")
# Letters whose names are not those of LaTeX: ε has a short one, and lambda is a keyword of Python.
_OWN_NAMES = {"ε": "eps", "λ": "lam"}
# What to write instead of characters of other notations.
_WRITTEN = {
    **WRITTEN,
    ";": to_say("each formula needs a line of its own"),
    "∇": to_say("the gradient is written g"),
}


# Whether each switch is on, for one combination of the switches.
_SwitchStates = tuple[tuple[str, bool], ...]


class NamesToSet(NamedTuple):
    """The names in some lines that need a value as settings, in order of their first occurrence."""

    numbers: tuple[str, ...]
    switches: tuple[str, ...]


def names_to_set(lines: str) -> NamesToSet:
    """Return the names in lines that need a value; raises `FormulaError`, with the place, for a fault."""
    try:
        return _names_to_set(lines)
    except FormulaError as error:
        raise _with_place(error, lines) from error


def _names_to_set(lines: str) -> NamesToSet:
    _check_letters(lines)
    _check_no_line_uses_its_result(lines)
    conditions = conditions_in(lines)
    if len(conditions) > MOST_SWITCHES:
        raise FormulaError(
            "a rule may have at most {most_switches} switches",
            most_switches=MOST_SWITCHES,
            about=conditions[-1],
        )
    combinations: list[_SwitchStates] = [
        tuple(zip(conditions, values, strict=True))
        for values in product((True, False), repeat=len(conditions))
    ]
    programs = {states: read_program(lines, states) for states in combinations}
    for program in programs.values():
        _check_names(program)
    names = _names_of(lines, conditions, programs.values())
    settings = tuple(usual_setting(name) for name in names.numbers)
    for states, program in programs.items():
        _check_with_switches(states, program, settings)
    if ETA not in names.numbers:
        raise FormulaError("no line uses {eta}, the learning rate: multiply the step by it", eta=ETA)
    return names


def _names_of(lines: str, conditions: Iterable[str], programs: Iterable[Program]) -> NamesToSet:
    """Return the names that need a value: those that no line computes, and the switches."""
    programs = tuple(programs)
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
            "a rule may have at most {most_settings} settings",
            most_settings=MOST_SETTINGS,
            about=numbers[-1],
        )
    _check_distinct_symbols(numbers, letters, programs)
    return NamesToSet(numbers, switches)


def _check_distinct_symbols(numbers: Iterable[str], letters: set[str], programs: Iterable[Program]) -> None:
    """Reject two names that look alike in formulas, such as beta1 and beta_1."""
    looks = {name: of_letter(usual_setting(name).symbol) for name in numbers}
    for program in programs:
        places = {min(names_in(line.node)) for line in program.lines if is_gradient(line.node)}
        for line in program.lines:
            name = line.target.removesuffix(NEW)
            has_hat = name.endswith(CORRECTED) and name.removesuffix(CORRECTED) in letters
            if not (is_gradient(line.node) or name in places or has_hat):
                looks[name] = of_name(name)
    seen: dict[str, str] = {}
    for name, symbol in looks.items():
        other = seen.setdefault(symbol_text(symbol), name)
        if other != name:
            about = f"{name}{NEW}" if name in letters else name
            raise FormulaError(
                "{name} and {other} look alike in formulas", name=name, other=other, about=about
            )


def _check_with_switches(states: _SwitchStates, program: Program, settings: tuple[Setting, ...]) -> None:
    """Reject lines that are not a rule for one setting of the switches, and say which are off."""
    try:
        _check_rule(UpdateRule.of(program, settings))
    except FormulaError as error:
        off = [name for name, on in states if not on]
        if not off:
            raise
        words = said("{error} with {names} off", error=error, names=listed(off))
        raise FormulaError(words, at=error.span, about=error.name) from error


def _check_letters(lines: str) -> None:
    """Reject characters and words that no line may contain, and say what to write instead."""
    if len(lines) > _MOST_LETTERS:
        raise FormulaError(
            "the lines of a rule may have at most {most_letters} characters, not {lines}",
            most_letters=integer_text(_MOST_LETTERS),
            lines=integer_text(len(lines)),
        )
    rows = lines.splitlines()
    if sum(bool(uncommented(row).strip()) for row in rows) > MOST_LINES:
        raise FormulaError(
            "a rule may have at most {most_lines} lines", most_lines=MOST_LINES, at=TextSpan(MOST_LINES)
        )
    for row, text in enumerate(rows):
        code = uncommented(text)
        for place, letter in enumerate(code):
            if letter not in _CHARACTERS:
                before = code[max(place - 1, 0) : place]
                raise FormulaError(_how_to_write(letter, before), at=TextSpan(row, place, place + 1))
        for word in _NUMBER_LIKE.finditer(code):
            if not _NUMBER.fullmatch(word[0]):
                shown = word[0][:_LONGEST_NAME]
                words = (
                    said("{word} is not a number: write * between a number and a name", word=shown)
                    if re.search(r"[A-Za-z]", shown)
                    else said("{word} is not a number", word=shown)
                )
                raise FormulaError(words, at=TextSpan(row, *word.span()))
        for word in _WORD.finditer(unconditional(code)):
            if keyword.iskeyword(word[0]):
                raise FormulaError(_why_no_name(word[0]), at=TextSpan(row, *word.span()))


def _why_no_name(word: str) -> str:
    if word in ("if", "else"):
        return said("write a switch after if; a choice between numbers is written where(a < b, x, y)")
    return said("{word} is a word of Python and cannot be a name", word=word)


def _how_to_write(letter: str, before: str) -> str:
    if before + letter == "_{":
        return said(
            "values before the update are written v or w, values after it v_t or w_next, without { and }"
        )
    if letter in _WRITTEN:
        return translated(_WRITTEN[letter])
    latex = LATEX_LETTERS.get(letter)
    if latex:
        return said("{letter} is written {name}", letter=letter, name=_OWN_NAMES.get(letter, latex[1:]))
    return said("{letter} is not a letter or sign of a formula", letter=printable(letter))


def _check_no_line_uses_its_result(lines: str) -> None:
    """Reject a line that uses the name it computes, as in programs: a new value has a name of its own."""
    for row, text in enumerate(lines.splitlines()):
        match = _ASSIGNED.fullmatch(uncommented(text))
        if match is None or not re.search(rf"(?<!\w){match[1]}(?!\w)", match[2]):
            continue
        name = match[1]
        before = name.removesuffix(NEW).removesuffix("_next")
        check_target(before, (ETA, GAMMA, T), name)
        if before == G:
            words = said("{g} is the gradient: give a value computed from it another name", g=G)
        elif name in _WRONG_NAMES_OF_NEW_W:
            words = _new_w_hint(name)
        elif before != name:
            words = said(
                "this line computes {name}; its value before the line is written {before}",
                name=name,
                before=before,
            )
        else:
            words = _new_memory_hint(name.removesuffix("_new"), name)
        raise FormulaError(words, at=TextSpan(row), about=name)


def _new_w_hint(target: str) -> str:
    return said("{w} after the update is written {w_next}, not {target}", w=W, w_next=W_NEXT, target=target)


def _new_memory_hint(name: str, after: str) -> str:
    return said(
        "a memory after the update is written {name}{new}, not {after}", name=name, new=NEW, after=after
    )


def _check_names(program: Program) -> None:
    if any(start.target == W for start in program.starts):
        raise FormulaError("where w starts is a setting of the run, not of its rule", about=f"{W}_0")
    for line in (*program.lines, *program.starts):
        if line.target in _WRONG_NAMES_OF_NEW_W:
            raise FormulaError(_new_w_hint(line.target), about=line.target)
        if line.target == "b_next":
            words = said("each line holds for w and for b alike: {w_next} is enough", w_next=W_NEXT)
            raise FormulaError(words, about=line.target)
        for name in (line.target, *sorted(names_in(line.node))):
            if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
                words = said(
                    "a name has up to {longest_name} letters and digits, with single _ between them",
                    longest_name=_LONGEST_NAME,
                )
                raise FormulaError(
                    "{words}; {name} does not",
                    words=words,
                    name=printable(name[:_LONGEST_NAME]),
                    about=name,
                )


def _check_free(free: set[str], computed: set[str]) -> None:
    """Reject names that cannot be meant as settings."""
    for name in sorted(free):
        if name in computed:
            words = said(
                "{name} is not computed in every case: a line without if must come first, or if not",
                name=name,
            )
            raise FormulaError(words, about=name)
        if name in (f"{W}{NEW}", f"{G}{NEW}"):
            raise FormulaError(
                "{name} is written without _t: {w} is before the update", name=name[0], w=W, about=name
            )
        after = next((one for one in sorted(computed) if one in _wrong_names_of_new(name)), "")
        if after:
            raise FormulaError(_new_memory_hint(name, after), about=after)
        before = name.removesuffix(NEW).removesuffix(CORRECTED)
        if before != name:
            raise FormulaError("no line computes {name}", name=name, about=name)


def _wrong_names_of_new(name: str) -> tuple[str, ...]:
    return tuple(f"{name}{end}" for end in ("_next", "_new", "new", "_hat"))


def _check_setting(name: str, computed: set[str]) -> None:
    if name == GRADIENT_AT:
        raise FormulaError("the gradient is written g", about=name)
    if name in FUNCTIONS:
        raise FormulaError(
            "{name} is a function: write its terms in parentheses after it", name=name, about=name
        )
    if name in (W, W_NEXT, T, G, PI, *computed):
        raise FormulaError("{name} is not a switch", name=name, about=name)


def _check_rule(rule: UpdateRule) -> None:
    if len(rule.letters) > MOST_MEMORIES:
        words = said(
            "a rule may remember at most {most_memories} numbers for each parameter",
            most_memories=MOST_MEMORIES,
        )
        raise FormulaError(words, about=rule.letters[-1] + NEW)
    if len(rule.gradients) > MOST_GRADIENTS:
        words = said(
            "a rule may ask for at most {most_gradients} gradients at a step", most_gradients=MOST_GRADIENTS
        )
        raise FormulaError(words, about=tuple(rule.gradients)[-1])
    sizes: dict[str, tuple[int, int]] = {}
    for line in rule.program.lines:
        size, depth = (1, 1) if is_gradient(line.node) else _inlined_size(line.node, sizes)
        if size > _MOST_INLINED or depth > _DEEPEST_INLINED:
            words = said(
                "{target} becomes too long when all lines before it are put into one formula",
                target=line.target,
            )
            raise FormulaError(words, about=line.target)
        sizes[line.target] = size, depth


def _inlined_size(node: Node, sizes: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    """Return the number of nodes and the depth of a formula with all lines before it inlined."""
    if isinstance(node, Name):
        return sizes.get(node.name, (1, 1))
    within = [_inlined_size(term, sizes) for term in terms_of(node)]
    return 1 + sum(size for size, _ in within), 1 + max((depth for _, depth in within), default=0)


# --------------------------------------------------------------------------- places of errors


def _in_order(lines: str) -> list[str]:
    """Return the distinct words of some lines, in order of their first occurrence."""
    code = "\n".join(uncommented(row) for row in lines.splitlines())
    return list(dict.fromkeys(re.findall(r"[A-Za-z]\w*", code)))


def _with_place(error: FormulaError, lines: str) -> FormulaError:
    """Return an error with a place: its own, or that of the name it is about, or the last line."""
    rows = [uncommented(row) for row in lines.splitlines()]
    span = error.span
    if error.name and (span is None or not span.end):
        span = _place_of(error.name, rows, range(len(rows)) if span is None else [span.line]) or span
    if span is None:
        span = TextSpan(max((row for row, text in enumerate(rows) if text.strip()), default=0))
    text = rows[span.line] if span.line < len(rows) else ""
    start = min(span.start, len(text))
    end = min(span.end, len(text)) or len(text.rstrip())
    if end <= start:  # the place is after the last character
        start = max(0, min(start, len(text.rstrip())) - 1)
        end = max(start + 1, len(text.rstrip())) if text.strip() else start
    return FormulaError(str(error), at=TextSpan(span.line, start, end), about=error.name)


def _place_of(name: str, rows: Sequence[str], among: Iterable[int]) -> TextSpan | None:
    """Return the first occurrence of a name in the rows with the given indices."""
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    found = ((row, whole.search(rows[row])) for row in among)
    return next((TextSpan(row, *match.span()) for row, match in found if match), None)
