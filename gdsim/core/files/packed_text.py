"""A compressed text as a word of letters and digits: a byte count, then the bytes, encoded by `link_letters`.

The bytes are the CRC-32 of the text and a raw deflate stream of it. Writer and reader must use the same
preset dictionary.
"""

import re
import zlib

from gdsim.core.files.link_letters import (
    LINK_LETTERS,
    count_letters,
    letters_for,
    read_count,
    to_bytes,
    to_letters,
)

LARGEST_PAYLOAD = 60_000
_LETTERS = re.compile(f"[{LINK_LETTERS}]+")
_SUM = 4
_RAW_DEFLATE = -15


class DamagedCodeError(ValueError):
    """A code in which some letters have changed."""


class PartialCodeError(ValueError):
    """A code whose end is missing: only ``present`` of the ``wanted`` letters are there."""

    def __init__(self, present: int, wanted: int) -> None:
        super().__init__(present, wanted)
        self.present, self.wanted = present, wanted


def packed(text: bytes, dictionary: bytes) -> bytes:
    """Return the checksum and the compressed text as bytes, which `code_of_payload` encodes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW_DEFLATE, 9, zlib.Z_DEFAULT_STRATEGY, dictionary)
    return zlib.crc32(text).to_bytes(_SUM, "big") + packer.compress(text) + packer.flush()


def code_of_payload(payload: bytes) -> str:
    """Encode the bytes that `packed` returned as a code."""
    return count_letters(len(payload)) + to_letters(payload)


def unpacked_text(text: str, begin: int, dictionary: bytes, largest: int) -> str:
    """Decode the code that begins at position ``begin`` of a text; anything may follow it.

    At most ``largest`` bytes are decompressed, however large the code claims to be. Raises `DamagedCodeError`
    or `PartialCodeError`.
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
    except (ValueError, zlib.error):
        raise DamagedCodeError from None


def _checked(payload: bytes, dictionary: bytes, largest: int) -> str:
    unpacker = zlib.decompressobj(_RAW_DEFLATE, dictionary)
    text = unpacker.decompress(payload[_SUM:], largest)
    if not unpacker.eof or zlib.crc32(text) != int.from_bytes(payload[:_SUM], "big"):
        raise DamagedCodeError
    return text.decode()
