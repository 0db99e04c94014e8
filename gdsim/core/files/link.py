"""A scene as a link: ``gdsim:1,`` and a code, which opens on any machine without a file or a server.

The code of version 1 is the text of the scene file without spaces, compressed by `packed_text` with the
dictionary in ``resources/links``. It contains the whole scene, so that its meaning survives a change of
defaults.

Links of version 1 stay readable forever: neither their format nor their dictionary may change. A better
format becomes version 2.

No link begins with ``https:``, because it would need a server of ours and break without it. A link or a
code after the ``#`` of any web address is read, though.
"""

import html
import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from urllib.parse import unquote

from gdsim.core.files.checked_json import FileFault, parse_json
from gdsim.core.files.link_letters import LINK_LETTERS
from gdsim.core.files.packed_text import (
    LARGEST_PAYLOAD,
    DamagedCodeError,
    PartialCodeError,
    code_of_payload,
    packed,
    unpacked_text,
)
from gdsim.core.files.scene import read_experiment, scene_pieces
from gdsim.core.formulas.numerals import integer_text
from gdsim.core.hand_over import SCHEME
from gdsim.core.model.experiment import Experiment
from gdsim.core.resources import resource

LINK_VERSION = 1
# The key under which the metadata of a picture holds the link of its scene.
PICTURE_KEY = "gdsim scene"
# The most bytes that are decompressed from a code, and the longest text that is searched for a link.
LARGEST_SCENE = 100_000
LONGEST_TEXT = 200_000
_MOST_TRIED = 100
# What mail and chat programs insert into a long word: line breaks, quotation marks and markup.
_INSERTED = re.compile(r"<w?br ?/?>|[\s\\>=\u00ad\u200b-\u200f\u2060\ufeff]", re.IGNORECASE)
_LINK = re.compile(rf"{SCHEME}:/{{0,3}}([0-9]{{1,6}}),", re.IGNORECASE)
_BARE = re.compile(rf"{LINK_VERSION},(?=[{LINK_LETTERS}]{{12}})")
_CODE = re.compile(rf"[{LINK_LETTERS}]+")
# A bare code must contain a letter, because digits alone may be a row of a table.
_ONLY_BARE = re.compile(rf"([0-9]{{1,6}}),(?=[0-9]*[A-Za-z])[{LINK_LETTERS}]{{12,}}")


class NoLink(FileFault):
    """A text without a link."""


def link_of(experiment: Experiment) -> str:
    """Return the link of a scene; raises `FileFault` if the scene is too large for a link."""
    payload = packed(_text_without_spaces(experiment), _dictionary())
    if len(payload) > LARGEST_PAYLOAD:
        raise _too_large()
    return f"{SCHEME}:{LINK_VERSION},{code_of_payload(payload)}"


def bare_code(link: str) -> str:
    """Return a link without ``gdsim:``, for programs that reject links with an unknown scheme."""
    return link.removeprefix(f"{SCHEME}:")


def _text_without_spaces(experiment: Experiment) -> bytes:
    pieces, size = [], 0
    for piece in scene_pieces(experiment):
        pieces.append(piece)
        size += len(piece)
        if size > 2 * LARGEST_SCENE:  # removing the spaces makes the text only a little shorter
            raise _too_large()
    tree = json.loads("".join(pieces))
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    if len(text) > LARGEST_SCENE:
        raise _too_large()
    return text


def _too_large() -> FileFault:
    return FileFault("the scene is too large for a link: it has too many points; a file can hold it")


def has_link(text: str) -> bool:
    """Return whether a text contains something that `read_link` would open or report as faulty.

    No scene is read, because the window asks before it pastes, and reading a hundred scenes would block it.
    """
    return next(_candidates(cleaned(text[:LONGEST_TEXT])), None) is not None


def read_link(text: str) -> Experiment:
    """Return the scene of the first readable link or bare code in a text.

    Raises `NoLink` if there is none, and the first `FileFault` if none of those found can be read.
    """
    faults: list[FileFault] = []
    plain = cleaned(text[:LONGEST_TEXT])
    for version, begin in islice(_candidates(plain), _MOST_TRIED):
        try:
            return _read_code(version, plain, begin)
        except FileFault as fault:
            faults.append(fault)
    raise faults[0] if faults else NoLink("this text contains no gdsim link")


def cleaned(text: str) -> str:
    """Undo the URL and HTML escapes in a text, and remove what mail and chat programs inserted."""
    for _ in range(2):  # escapes may have been escaped again
        text = unquote(text) if "%" in text else text
        text = html.unescape(text) if "&" in text else text
    return _INSERTED.sub("", text)


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    """Yield, for each possible link, its version and the position at which its code begins."""
    if _LINK.search(text):
        yield from ((int(match[1]), match.end()) for match in _LINK.finditer(text))
    elif only := _ONLY_BARE.fullmatch(text):
        yield int(only[1]), only.end(1) + 1
    else:
        for match in islice(_BARE.finditer(text), _MOST_TRIED):
            if _is_whole(text, match.end()):  # lists of numbers contain similar text
                yield LINK_VERSION, match.end()


def _is_whole(text: str, begin: int) -> bool:
    try:
        _unpacked(text, begin)
    except FileFault:
        return False
    return True


def _read_code(version: int, text: str, begin: int) -> Experiment:
    if version > LINK_VERSION:
        raise FileFault(
            "the link was made by a newer gdsim: it has version {version}, but this gdsim reads version "
            "{version2}",
            version=version,
            version2=LINK_VERSION,
        )
    if version != LINK_VERSION:
        raise _damaged()
    scene = _unpacked(text, begin)
    try:
        return read_experiment(parse_json(scene))
    except FileFault as fault:
        raise FileFault("the scene in the link cannot be read: {fault}", fault=fault) from None


def _unpacked(text: str, begin: int) -> str:
    """Return the text of the scene in the code at ``begin``; anything may follow the code."""
    if not _CODE.match(text, begin):
        raise FileFault("the link is incomplete: its code is missing; please copy all of it")
    try:
        return unpacked_text(text, begin, _dictionary(), LARGEST_SCENE)
    except PartialCodeError as part:
        raise FileFault(
            "the link is incomplete: only {present} of its {wanted} characters are there; please copy all "
            "of it",
            present=integer_text(part.present),
            wanted=integer_text(part.wanted),
        ) from None
    except DamagedCodeError:
        raise _damaged() from None


def _damaged() -> FileFault:
    return FileFault("the link is damaged: some of its characters have changed; please copy it again")


@cache
def _dictionary() -> bytes:
    """Return the compression dictionary of all codes of version 1: texts of scenes, the common ones last."""
    return resource("links", f"dictionary-{LINK_VERSION}.txt").read_bytes()
