"""Values as Python source: whatever a document holds becomes a literal, never code."""

import textwrap
from collections.abc import Iterable, Sequence

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.settings import printable

# The width that formatters of Python agree on.
WIDTH = 88


def text_literal(text: str) -> str:
    """Return a text as a literal of one line, in double quotes where that needs no backslash.

    Whatever is no visible letter is written as an escape: line ends of every kind, marks that turn the
    direction of writing, halves of a surrogate pair.
    """
    literal = repr(text)
    return f'"{literal[1:-1]}"' if literal[0] == "'" and '"' not in text and "'" not in text else literal


def comment(text: str) -> list[str]:
    """Return a text as the lines of a comment, whatever it holds."""
    return textwrap.wrap(
        printable(" ".join(text.split())), WIDTH, initial_indent="# ", subsequent_indent="# "
    )


def numbers(values: Array) -> str:
    """Return an array as a list of numbers in full precision; one list for each row of a table."""
    return repr(values.tolist())


def array(name: str, values: Array) -> list[str]:
    """Return the lines that give an array a name: on one line, or filled into several."""
    line = f"{name} = np.array({numbers(values)})"
    if len(line) <= WIDTH:
        return [line]
    if values.ndim > 1:
        rows = [f"        {numbers(row)}," for row in values]
        return [f"{name} = np.array(", "    [", *rows, "    ]", ")"]
    # Broken between numbers only: a minus and an exponent belong to theirs.
    filled = textwrap.wrap(numbers(values)[1:-1], WIDTH - 4, break_on_hyphens=False, break_long_words=False)
    return [f"{name} = np.array([", *(f"    {one}" for one in filled), "])"]


def start(values: Sequence[float]) -> str:
    """Return the start of the weights: a number, or an array where there are several."""
    return repr(values[0]) if len(values) == 1 else f"np.array({numbers(np.array(values))})"


def listed(opening: str, items: Iterable[str], closing: str, indent: int = 0) -> list[str]:
    """Return a call or a signature on one line, or where that is too long, on several."""
    items, margin = tuple(items), " " * indent
    line = f"{margin}{opening}{', '.join(items)}{closing}"
    if len(line) <= WIDTH:
        return [line]
    inner = f"{margin}    {', '.join(items)}"
    within = [inner] if len(inner) <= WIDTH else [f"{margin}    {item}," for item in items]
    return [f"{margin}{opening}", *within, f"{margin}{closing}"]
