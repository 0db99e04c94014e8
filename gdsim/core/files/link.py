"""A scene as a link: ``gdsim:1,`` and a code, which opens on any machine without a file or a server.

The code of version 1 is the scene file's text without spaces (`packed_text`), with the dictionary of
``resources/links``. The whole scene is in it, so that it means the same when a default changes.

A link of version 1 is read for ever: neither its form nor its dictionary changes. A better one is version 2.

No link is made that begins with ``https:``: it would need a server of ours, and be dead without it.
Behind the ``#`` of somebody's address a link or a code is read.
"""

import html
import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from urllib.parse import unquote

from gdsim.core.files.checked_json import FileFault, parse
from gdsim.core.files.link_letters import LETTERS
from gdsim.core.files.packed_text import (
    LARGEST_PAYLOAD,
    DamagedCodeError,
    PartialCodeError,
    code_of,
    packed,
    unpacked,
)
from gdsim.core.files.scene import read_experiment, scene_pieces
from gdsim.core.formulas.numerals import count
from gdsim.core.hand_over import SCHEME
from gdsim.core.model.experiment import Experiment
from gdsim.core.resources import resource

VERSION = 1
# By this name the metadata of a picture has the link of its scene.
PICTURE_KEY = "gdsim scene"
# No more is unpacked of a code, and no longer text is looked through.
LARGEST_SCENE = 100_000
LONGEST_TEXT = 200_000
_MOST_TRIED = 100
# What mail and chat programs put into a long word: line ends, signs of a quotation or of markup.
_PUT_IN = re.compile(r"<w?br ?/?>|[\s\\>=\u00ad\u200b-\u200f\u2060\ufeff]", re.IGNORECASE)
_LINK = re.compile(rf"{SCHEME}:/{{0,3}}([0-9]{{1,6}}),", re.IGNORECASE)
_BARE = re.compile(rf"{VERSION},(?=[{LETTERS}]{{12}})")
_CODE = re.compile(rf"[{LETTERS}]+")
# Digits alone are a row of a table.
_ONLY_BARE = re.compile(rf"([0-9]{{1,6}}),(?=[0-9]*[A-Za-z])[{LETTERS}]{{12,}}")


class NoLink(FileFault):
    """There is no link in a text."""


def link_of(experiment: Experiment) -> str:
    """Return the link of a scene; a `FileFault` says when it is too large for one."""
    payload = packed(_text_without_spaces(experiment), _dictionary())
    if len(payload) > LARGEST_PAYLOAD:
        raise _too_large()
    return f"{SCHEME}:{VERSION},{code_of(payload)}"


def bare_code(link: str) -> str:
    """Return a link without ``gdsim:``, for programs that take no links of a kind they do not know."""
    return link.removeprefix(f"{SCHEME}:")


def _text_without_spaces(experiment: Experiment) -> bytes:
    pieces, size = [], 0
    for piece in scene_pieces(experiment):
        pieces.append(piece)
        size += len(piece)
        if size > 2 * LARGEST_SCENE:  # without its spaces it is a little shorter
            raise _too_large()
    tree = json.loads("".join(pieces))
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    if len(text) > LARGEST_SCENE:
        raise _too_large()
    return text


def _too_large() -> FileFault:
    return FileFault("the scene is too large for a link: it has too many points; a file can hold it")


def has_link(text: str) -> bool:
    """Return whether there is something in a text that `read_link` opens, or says why not.

    No scene is read: to read a hundred of them would block the window, which asks before it pastes.
    """
    return next(_candidates(cleaned(text[:LONGEST_TEXT])), None) is not None


def read_link(text: str) -> Experiment:
    """Return the scene of the first whole link, or bare code, in a text.

    Raises `NoLink` if there is none, and a `FileFault` with one line if all there are cannot be read.
    """
    faults: list[FileFault] = []
    plain = cleaned(text[:LONGEST_TEXT])
    for version, begin in islice(_candidates(plain), _MOST_TRIED):
        try:
            return _read_code(version, plain, begin)
        except FileFault as fault:
            faults.append(fault)
    raise faults[0] if faults else NoLink("no link of gdsim is in this text")


def cleaned(text: str) -> str:
    """Return a text without what programs on the way have put in, or wrote in another way."""
    for _ in range(2):  # what is quoted may have been quoted before
        text = unquote(text) if "%" in text else text
        text = html.unescape(text) if "&" in text else text
    return _PUT_IN.sub("", text)


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    """Yield the versions of what may be links, and where in the text their codes begin."""
    if _LINK.search(text):
        yield from ((int(match[1]), match.end()) for match in _LINK.finditer(text))
    elif only := _ONLY_BARE.fullmatch(text):
        yield int(only[1]), only.end(1) + 1
    else:
        for match in islice(_BARE.finditer(text), _MOST_TRIED):
            if _is_whole(text, match.end()):  # any list of numbers has something like it
                yield VERSION, match.end()


def _is_whole(text: str, begin: int) -> bool:
    try:
        _unpacked(text, begin)
    except FileFault:
        return False
    return True


def _read_code(version: int, text: str, begin: int) -> Experiment:
    if version > VERSION:
        raise FileFault(
            "the link was made by a newer gdsim: it is of version {version}, and this one reads "
            "version {version2}",
            version=version,
            version2=VERSION,
        )
    if version != VERSION:
        raise _damaged()
    scene = _unpacked(text, begin)
    try:
        return read_experiment(parse(scene))
    except FileFault as fault:
        raise FileFault("the scene in the link cannot be read: {fault}", fault=fault) from None


def _unpacked(text: str, begin: int) -> str:
    """Return the text of the scene in a code, which may be followed by anything."""
    if not _CODE.match(text, begin):
        raise FileFault("the link is not whole: its code is missing; please copy all of it")
    try:
        return unpacked(text, begin, _dictionary(), LARGEST_SCENE)
    except PartialCodeError as part:
        raise FileFault(
            "the link is not whole: {present} of its {wanted} letters are there; please copy all of it",
            present=count(part.present),
            wanted=count(part.wanted),
        ) from None
    except DamagedCodeError:
        raise _damaged() from None


def _damaged() -> FileFault:
    return FileFault("the link is damaged: some of its letters are not as they were; please copy it again")


@cache
def _dictionary() -> bytes:
    """Return what every code of version 1 is packed with: texts of scenes, the usual ones at the end."""
    return resource("links", f"dictionary-{VERSION}.txt").read_bytes()
