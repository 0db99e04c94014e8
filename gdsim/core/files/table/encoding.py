"""Finding out in which encoding a text is written."""

import codecs
import io
from typing import TextIO

from gdsim.core.files.table.table import TableFault

_CHUNK = 1 << 20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def opened(content: bytes | str) -> tuple[TextIO, str]:
    """Return a stream of the text, whose lines all end in a line feed, and the name of its encoding.

    Raises
    ------
    TableFault
        If the bytes are no text.
    """
    if isinstance(content, str):
        return io.StringIO(content.removeprefix("\ufeff"), newline=None), ""
    if content.startswith(_WORKBOOKS):
        raise TableFault("is a workbook, not a text; save the sheet as CSV and take that")
    codec, name = _encoding(content)
    return io.TextIOWrapper(io.BytesIO(content), encoding=codec, newline=None), name


def _encoding(content: bytes) -> tuple[str, str]:
    for mark, codec, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            if _decodes(content, codec):
                return codec, name
            raise TableFault(f"begins like a text in {name}, but is none")
    if b"\0" in content:
        raise TableFault("is no text, or in UTF-16 without a byte order mark; save it as CSV in UTF-8")
    for codec, name in (("utf-8", "UTF-8"), ("cp1252", "Windows-1252")):
        if _decodes(content, codec):
            return codec, name
    raise TableFault("is no text in UTF-8, UTF-16 or Windows-1252; save it as CSV in UTF-8")


def _decodes(content: bytes, codec: str) -> bool:
    # By pieces, so that other threads have their turn.
    decoder = codecs.getincrementaldecoder(codec)()
    view = memoryview(content)
    try:
        for start in range(0, len(view), _CHUNK):
            decoder.decode(view[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
