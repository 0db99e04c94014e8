"""A text as a word of letters and digits: a count, then so many bytes, written as in `link_letters`.

The bytes are a CRC-32 and a raw deflate stream, both of the text; the stream begins with a dictionary, which
writer and reader have to share.
"""

import re
import zlib

from gdsim.core.files.link_letters import (
    LETTERS,
    count_letters,
    letters_for,
    read_count,
    to_bytes,
    to_letters,
)

LARGEST_PAYLOAD = 60_000
_LETTERS = re.compile(f"[{LETTERS}]+")
_SUM = 4
_RAW_DEFLATE = -15


class DamagedCodeError(ValueError):
    """Some letters of a code are not as they were."""


class PartialCodeError(ValueError):
    """The end of a code is missing: so many of its letters are there."""

    def __init__(self, present: int, wanted: int) -> None:
        super().__init__(present, wanted)
        self.present, self.wanted = present, wanted


def packed(text: bytes, dictionary: bytes) -> bytes:
    """Return the bytes of a code."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW_DEFLATE, 9, zlib.Z_DEFAULT_STRATEGY, dictionary)
    return zlib.crc32(text).to_bytes(_SUM, "big") + packer.compress(text) + packer.flush()


def code_of(payload: bytes) -> str:
    """Return the letters of what `packed` has made."""
    return count_letters(len(payload)) + to_letters(payload)


def unpacked(text: str, begin: int, dictionary: bytes, largest: int) -> str:
    """Return what the code at a place of a text stands for; anything may follow it.

    Whatever a code says of itself, no more than ``largest`` bytes are unpacked. Raises `DamagedCodeError` or
    `PartialCodeError`.
    """
    head = read_count(text, begin, LARGEST_PAYLOAD)
    if head is None:
        raise DamagedCodeError
    size, begin = head
    wanted = letters_for(size)
    letters = _LETTERS.match(text, begin, begin + wanted)
    present = len(letters[0]) if letters else 0
    if letters is None or present < wanted:
        raise PartialCodeError(present, wanted)
    try:
        return _checked(to_bytes(letters[0], size), dictionary, largest)
    except (ValueError, zlib.error):  # no such bytes, no such text
        raise DamagedCodeError from None


def _checked(payload: bytes, dictionary: bytes, largest: int) -> str:
    unpacker = zlib.decompressobj(_RAW_DEFLATE, dictionary)
    text = unpacker.decompress(payload[_SUM:], largest)
    if not unpacker.eof or zlib.crc32(text) != int.from_bytes(payload[:_SUM], "big"):
        raise DamagedCodeError
    return text.decode()
