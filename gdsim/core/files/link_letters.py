"""Base 62: bytes as letters and digits, encoded in blocks, and back.

Base64url would be one per cent shorter, but its two signs do not survive: Markdown removes "_", smart
punctuation joins "--", and a double click selects only up to one of them. A word of letters and digits passes
through everything.
"""

LINK_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE = len(LINK_LETTERS)
_VALUES = {letter: value for value, letter in enumerate(LINK_LETTERS)}
# 29 bytes fill 39 letters with less than one bit to spare.
_BLOCK = 29
# The number of letters that encode a block, by its number of bytes.
_WIDTHS = tuple(
    next(width for width in range(2 * _BLOCK) if _BASE**width >= 256**count) for count in range(_BLOCK + 1)
)
# A count is written most significant digit first, with this added to every digit but the last.
_MORE = _BASE // 2


def to_letters(data: bytes) -> str:
    """Encode bytes as `letters_for` many letters; `to_bytes` decodes them."""
    return "".join(_block_letters(data[at : at + _BLOCK]) for at in range(0, len(data), _BLOCK))


def to_bytes(letters: str, count: int) -> bytes:
    """Decode ``count`` bytes; raises ValueError if `to_letters` never makes such letters."""
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
    """Return how many letters encode ``count`` bytes."""
    return (count // _BLOCK) * _WIDTHS[_BLOCK] + _WIDTHS[count % _BLOCK]


def count_letters(count: int) -> str:
    """Encode a number so that its last letter is recognizable without a delimiter."""
    letters = LINK_LETTERS[count % _MORE]
    while count := count // _MORE:
        letters = LINK_LETTERS[_MORE + count % _MORE] + letters
    return letters


def read_count(text: str, at: int, largest: int) -> tuple[int, int] | None:
    """Decode a number that `count_letters` wrote at position ``at``.

    Returns the number and the position after it, or None if there is none or it is greater than ``largest``.
    """
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
        letters.append(LINK_LETTERS[digit])
    return "".join(reversed(letters))
