"""Where a line of code breaks that has no room."""

import re
from collections.abc import Set as AbstractSet
from itertools import accumulate, pairwise

# Qt begins a line behind it.
_BREAK = "\N{LINE SEPARATOR}"
# The spaces at which lines may break, from those that break best to those that hold most together.
_SPACES = tuple(
    map(
        re.compile,
        (
            r"(?<=,) | (?=(?:for|or|in|if|else)\b)|(?<= ) (?=#)",
            r" (?=(?:[=!<>]=|[<>]) )",
            r" (?=[-+] )",
            r" (?=[*/%] )",
            r" (?=\*\* )",
            r"(?<=[^=!<>]=) ",
        ),
    )
)


def wrapped(text: str, first: int, further: int) -> str:
    """Return a line of code with line separators in the place of some spaces.

    The first line has room for so many letters, each ``further`` one for so many. As far out of brackets as
    there is room, it breaks after commas, or else before an operator that binds weakly; a comment breaks
    between words.
    """
    if len(text) <= first:
        return text
    depths = list(accumulate((letter in "([") - (letter in ")]") for letter in text))
    mark = text.find("#")
    places = {place for place, letter in enumerate(text) if letter == " " and place > mark >= 0}
    for deepest in range(max(depths) + 1):
        for spaces in _SPACES:
            found = (one.start() for one in spaces.finditer(text))
            places |= {place for place in found if depths[place] == deepest}
            ends = [-1, *sorted(places), len(text)]
            if max(end - start - 1 for start, end in pairwise(ends)) <= further:
                return _broken(text, places, first, further)
    return _broken(text, places, first, further)


def _broken(text: str, places: AbstractSet[int], first: int, further: int) -> str:
    """Return a text that breaks at the last of the places that has room, again and again."""
    pieces, start, room = [], 0, first
    while len(text) - start > room:
        fitting = [place for place in places if start < place <= start + room]
        end = max(fitting, default=min((place for place in places if place > start), default=len(text)))
        if end == len(text):
            break
        pieces.append(text[start:end])
        start, room = end + 1, further
    return _BREAK.join([*pieces, text[start:]])
