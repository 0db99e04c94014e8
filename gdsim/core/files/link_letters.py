"""Bytes as letters and digits, and back: base 62, in blocks.

Base64 would be a hundredth shorter, but its two signs do not last: Markdown takes "_" away, smart punctuation
joins "--", and a double click ends at either. A word of letters and digits goes through everything.
"""

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE = len(LETTERS)
_VALUES = {letter: value for value, letter in enumerate(LETTERS)}
# 29 bytes fit into 39 letters with hardly a bit left over.
_BLOCK = 29
# How many letters so many bytes of a block need.
_WIDTHS = tuple(
    next(width for width in range(2 * _BLOCK) if _BASE**width >= 256**count) for count in range(_BLOCK + 1)
)
# A count is written with the highest digit first; all but the last have this added.
_MORE = _BASE // 2


def to_letters(data: bytes) -> str:
    """Return the letters of some bytes, which `to_bytes` reads; see `letters_for`."""
    return "".join(_block_letters(data[at : at + _BLOCK]) for at in range(0, len(data), _BLOCK))


def to_bytes(letters: str, count: int) -> bytes:
    """Return the ``count`` bytes that the letters stand for; raises a ValueError if they stand for none."""
    data, at = bytearray(), 0
    for begin in range(0, count, _BLOCK):
        size = min(_BLOCK, count - begin)
        value = 0
        for letter in letters[at : at + _WIDTHS[size]]:
            value = value * _BASE + _VALUES[letter]
        at += _WIDTHS[size]
        if value >= 256**size:
            raise ValueError("no such bytes")
        data += value.to_bytes(size, "big")
    return bytes(data)


def letters_for(count: int) -> int:
    """Return how many letters so many bytes need."""
    return (count // _BLOCK) * _WIDTHS[_BLOCK] + _WIDTHS[count % _BLOCK]


def count_letters(count: int) -> str:
    """Return a number so written that its end is known without a sign after it."""
    letters = LETTERS[count % _MORE]
    while count := count // _MORE:
        letters = LETTERS[_MORE + count % _MORE] + letters
    return letters


def read_count(text: str, at: int, largest: int) -> tuple[int, int] | None:
    """Return the number that `count_letters` wrote at a place, and where it ends; None if there is none."""
    count = 0
    for place in range(at, len(text)):
        value = _VALUES.get(text[place], -1)
        count = count * _MORE + value % _MORE
        if value < 0 or count > largest:
            return None
        if value < _MORE:
            return count, place + 1
    return None


def _block_letters(block: bytes) -> str:
    value, letters = int.from_bytes(block, "big"), []
    for _ in range(_WIDTHS[len(block)]):
        value, digit = divmod(value, _BASE)
        letters.append(LETTERS[digit])
    return "".join(reversed(letters))
