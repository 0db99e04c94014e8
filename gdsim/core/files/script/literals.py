"""Texts and numbers of a document as Python literals and comments, so that they never become code."""

import textwrap

from gdsim.core.settings import one_line

# The width that formatters of Python agree on.
WIDTH = 88
# Longer lists of numbers stay on one line, because wrapping them would take long.
_MOST_FILLED = 2000


def text_literal(text: str) -> str:
    """Return a text as a string literal on one line, in double quotes unless the text contains one.

    Everything that is not printable is escaped: line breaks of every kind, marks that change the direction of
    writing, lone surrogates.
    """
    literal = repr(text)
    return f'"{literal[1:-1]}"' if literal[0] == "'" and '"' not in text and "'" not in text else literal


def comment(text: str) -> list[str]:
    return textwrap.wrap(one_line(text), WIDTH, initial_indent="# ", subsequent_indent="# ")


def docstring(summary: str, *lines: str) -> list[str]:
    """Return the lines of a docstring; quotes and backslashes in the texts are escaped."""
    return [f'"""{_quoted(summary)}', *map(_quoted, lines), '"""']


def _quoted(text: str) -> str:
    return one_line(text).replace("\\", r"\\").replace('"""', r"\"\"\"")


def number_list(name: str, values: list[float] | list[list[float]]) -> list[str]:
    """Return the lines that assign a list of numbers or of rows to a name, in full precision."""
    line = f"{name} = {values!r}"
    if len(line) <= WIDTH:
        return [line]
    if values and isinstance(values[0], list):
        return [f"{name} = [", *(f"    {row!r}," for row in values), "]"]
    if len(values) > _MOST_FILLED:
        return [f"{line}  # fmt: skip"]
    # Break between numbers only, not at a minus sign or within an exponent.
    filled = textwrap.wrap(repr(values)[1:-1], WIDTH - 4, break_on_hyphens=False, break_long_words=False)
    return [f"{name} = [", *(f"    {one}" for one in filled), "]  # fmt: skip"]
