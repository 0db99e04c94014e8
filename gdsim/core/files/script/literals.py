"""Python source: what a document holds is a literal or a comment, never code; and where long lines break."""

import re
import textwrap
from collections.abc import Iterable

from gdsim.core.settings import one_line

# The width that formatters of Python agree on.
WIDTH = 88
# An assignment of a call or of a list.
_BRACKETED = re.compile(r"( *[^=]+ = [\w.]*[(\[])(.+)([)\]])")


def text_literal(text: str) -> str:
    """Return a text as a literal of one line, in double quotes where that needs no backslash.

    Whatever is no visible letter is written as an escape: line ends of every kind, marks that turn the
    direction of writing, halves of a surrogate pair.
    """
    literal = repr(text)
    return f'"{literal[1:-1]}"' if literal[0] == "'" and '"' not in text and "'" not in text else literal


def comment(text: str) -> list[str]:
    """Return a text as the lines of a comment, whatever it holds."""
    return textwrap.wrap(one_line(text), WIDTH, initial_indent="# ", subsequent_indent="# ")


def docstring(summary: str, *lines: str) -> list[str]:
    """Return the lines of a docstring, whatever they hold."""
    return [f'"""{_quoted(summary)}', *map(_quoted, lines), '"""']


def _quoted(text: str) -> str:
    return one_line(text).replace("\\", r"\\").replace('"""', r"\"\"\"")


def number_list(name: str, values: list[float] | list[list[float]]) -> list[str]:
    """Return the lines that give a list of numbers, or of rows, a name; in full precision."""
    line = f"{name} = {values!r}"
    if len(line) <= WIDTH:
        return [line]
    if values and isinstance(values[0], list):
        return [f"{name} = [", *(f"    {row!r}," for row in values), "]"]
    # Broken between numbers only: a minus and an exponent belong to theirs.
    filled = textwrap.wrap(repr(values)[1:-1], WIDTH - 4, break_on_hyphens=False, break_long_words=False)
    return [f"{name} = [", *(f"    {one}" for one in filled), "]  # fmt: skip"]


def listed(opening: str, items: Iterable[str], closing: str, indent: int = 0) -> list[str]:
    """Return a call or a signature on one line, or where that is too long, on several."""
    items, margin = tuple(items), " " * indent
    line = f"{margin}{opening}{', '.join(items)}{closing}"
    if len(line) <= WIDTH:
        return [line]
    inner = f"{margin}    {', '.join(items)}"
    within = [inner] if len(inner) <= WIDTH else [f"{margin}    {item}," for item in items]
    target, found, called = opening.partition(" = ")
    if found and len(margin) + len(opening) > WIDTH:  # a name too long to stand beside its target
        return [f"{margin}{target} = (", *listed(called, items, closing, indent + 4), f"{margin})"]
    return [f"{margin}{opening}", *within, f"{margin}{closing}"]


def fitted(line: str, last: str) -> list[str]:
    """Return an assignment on several lines where one has no room for it, as formatters of Python do.

    Where nothing else helps, the end of a list that begins with ``last`` gets a line of its own.
    """
    if len(line) <= WIDTH or " = " not in line:
        return [line]
    margin = " " * (len(line) - len(line.lstrip()))
    target, right = line.split(" = ", 1)
    match = _BRACKETED.fullmatch(line)
    head, inner, end = match.groups() if match and _is_closed(match[2]) else (f"{target} = (", right, ")")
    if len(margin) + 4 + len(inner) > WIDTH:
        term, found, rest = inner.partition(f" {last}")
        within = [term, *([f"{last}{rest}"] if found else [])]
    else:
        within = [inner]
    return [head, *(f"{margin}    {one}" for one in within), f"{margin}{end}"]


def _is_closed(text: str) -> bool:
    """Return whether each bracket that a text closes is one that it opened."""
    depth = 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if depth < 0:
            return False
    return True
