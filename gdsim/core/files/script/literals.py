"""Python source: what a document holds is a literal or a comment, never code."""

import textwrap

from gdsim.core.settings import one_line

# The width that formatters of Python agree on.
WIDTH = 88
# More numbers are written in one line, which takes a moment alone.
_MOST_FILLED = 2000


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
    if len(values) > _MOST_FILLED:
        return [f"{line}  # fmt: skip"]
    # Broken between numbers only: a minus and an exponent belong to theirs.
    filled = textwrap.wrap(repr(values)[1:-1], WIDTH - 4, break_on_hyphens=False, break_long_words=False)
    return [f"{name} = [", *(f"    {one}" for one in filled), "]  # fmt: skip"]
