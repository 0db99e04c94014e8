"""Reading a long JSON text piece by piece, so that the other threads have their turn in between.

Python's own reader holds the interpreter until it is done: for half a second with a million points.
"""

import json
import re
from collections.abc import Callable
from json.decoder import JSONArray  # type: ignore[attr-defined]  # the types know only what is documented
from json.scanner import py_make_scanner  # type: ignore[attr-defined]

Scan = Callable[[str, int], tuple[object, int]]
Pairs = Callable[[list[tuple[str, object]]], object]

# Characters that are read at once: about a millisecond's work.
PIECE = 1 << 16
_LIST_OF_NUMBERS = re.compile(r"\s*[-0-9]")
_LIST_OF_ROWS = re.compile(r"\s*\[")
_END_OF_NUMBERS = re.compile(r"(?=\])")
_END_OF_ROWS = re.compile(r"\](?=\s*\])")
_CLOSING = re.compile(r"\s*\]")


class _Unusual(Exception):  # noqa: N818 - no error, but the way out
    """The text is wrong, or nobody writes numbers like this; Python's own reader knows."""


class _Decoder(json.JSONDecoder):
    """Reads lists of numbers, and of rows of numbers, in pieces, and all else as the usual decoder."""

    def __init__(self, pairs: Pairs, whole_number: Callable[[str], object]) -> None:
        super().__init__(object_pairs_hook=pairs, parse_int=whole_number)
        self._pieces = json.JSONDecoder(object_pairs_hook=pairs, parse_int=whole_number)
        self.parse_array = self._array
        self.scan_once = py_make_scanner(self)

    def _array(self, begun: tuple[str, int], scan: Scan) -> tuple[list[object], int]:
        text, start = begun
        if _LIST_OF_NUMBERS.match(text, start):
            return self._list(text, start, _END_OF_NUMBERS, ",")
        if _LIST_OF_ROWS.match(text, start):
            return self._list(text, start, _END_OF_ROWS, "],")
        values, end = JSONArray(begun, scan)
        return values, end

    def _list(self, text: str, start: int, last: re.Pattern[str], seam: str) -> tuple[list[object], int]:
        values: list[object] = []
        while True:
            end = last.search(text, start, start + PIECE)
            if end:
                values += self._piece(text[start : end.end()])
                closing = _CLOSING.match(text, end.end())
                if closing is None:
                    raise _Unusual
                return values, closing.end()
            comma = text.rfind(seam, start, start + PIECE) + len(seam) - 1
            if comma < start:
                raise _Unusual
            values += self._piece(text[start:comma])
            start = comma + 1

    def _piece(self, text: str) -> list[object]:
        """Return some items of a list. A piece that was cut in a wrong place is no list."""
        values: list[object] = self._pieces.decode(f"[{text}]")
        if not values:  # two commas in a row
            raise _Unusual
        return values


def loads(text: str, pairs: Pairs, whole_number: Callable[[str], object]) -> object:
    """Return what ``json.loads`` does.

    Parameters
    ----------
    text : str
    pairs : callable
        Makes an object of its keys and values.
    whole_number : callable
        Makes a number of its digits.

    Raises
    ------
    json.JSONDecodeError
    RecursionError
    """
    if len(text) > PIECE:
        try:
            return _Decoder(pairs, whole_number).decode(text)
        except (_Unusual, json.JSONDecodeError, RecursionError):
            pass  # the usual reader says what is wrong, and where
    return json.loads(text, object_pairs_hook=pairs, parse_int=whole_number)
