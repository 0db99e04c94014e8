"""A scene as a link: the same scene comes back, whatever was done to the link on its way, and for ever."""

import builtins
import hashlib
import html
import io
import json
import os
import pathlib
import re
import time
import zlib
from random import Random
from textwrap import wrap
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.core.files import link as links
from gdsim.core.files.bundled import BUNDLED_SCENES, bundled_scenes, find_scene
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.link import NoLink, bare_code, has_link, link_of, read_link
from gdsim.core.files.link_letters import (
    LINK_LETTERS,
    count_letters,
    letters_for,
    read_count,
    to_bytes,
    to_letters,
)
from gdsim.core.files.scene import load_scene, parse_scene
from gdsim.core.model.experiment import Experiment, new_experiment
from gdsim.core.model.points import PointSet
from gdsim.core.resources import resource
from tests.core.strategies import experiments
from tests.every import WHOLE, every

LONGEST_OF_BUNDLED = 1200
# By hand: GDSIM_LINKS=100000 pytest -n 0 -o faulthandler_timeout=0 tests/core/files/test_link.py
MANY = int(os.environ.get("GDSIM_LINKS", "0"))
GOLDEN = json.loads(pathlib.Path(__file__).with_name("data").joinpath("links-1.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def scene():
    return load_scene(find_scene("sparse"))


@pytest.fixture(scope="module")
def link(scene):
    return link_of(scene)


def refusal(text):
    with pytest.raises(FileFault) as told:
        read_link(text)
    sentence = str(told.value)
    assert sentence.isprintable()
    return sentence


# ------------------------------------------------------------------------------------- the same comes back


@every("name", BUNDLED_SCENES)
def test_every_bundled_scene_has_a_short_link(name):
    scene = load_scene(bundled_scenes()[name])
    assert len(link_of(scene)) <= LONGEST_OF_BUNDLED
    assert read_link(link_of(scene)) == scene
    assert read_link(bare_code(link_of(scene))) == scene


@settings(max_examples=MANY // 10 or (200 if WHOLE else 25))
@given(experiments())
def test_any_scene_comes_back(scene):
    text = link_of(scene)
    assert re.fullmatch(r"gdsim:1,[0-9A-Za-z]+", text)
    assert read_link(text) == scene


@every("name", GOLDEN)
def test_links_of_version_1_open_for_ever(name):
    """Never make the data of this test anew: people have sent such links."""
    assert read_link(GOLDEN[name]["link"]) == parse_scene(json.dumps(GOLDEN[name]["scene"]))


def test_the_dictionary_is_what_links_were_made_with():
    content = resource("links", "dictionary-1.txt").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert digest == "cb2c3fdd7e37cc5b15184c0f0e4bfe0e49aa17349f4edab19ebffc1f29e5395d"


@given(st.binary(max_size=200))
def test_bytes_come_back_from_their_letters(data):
    letters = to_letters(data)
    assert len(letters) == letters_for(len(data))
    assert to_bytes(letters, len(data)) == data


@given(st.integers(0, 10**9), st.text(LINK_LETTERS))
def test_a_count_ends_by_itself(count, more):
    letters = count_letters(count)
    assert read_count(letters + more, 0, 10**9) == (count, len(letters))


# ------------------------------------------------------------------------------------- on its way

WAYS = {
    "quoted": lambda text: quote(text, safe=""),
    "quoted but its colon": quote,
    "quoted twice": lambda text: quote(quote(text, safe=""), safe=""),
    "in capitals": lambda text: text.replace("gdsim:", "GDSIM:"),
    "as an address": lambda text: text.replace("gdsim:", "gdsim://"),
    "behind another address": lambda text: f"see https://example.org/scenes/#{text}",
    "in a sentence": lambda text: f"Look at this: {text}. It is the scene of 1,5 and more",
    "in brackets": lambda text: f"(see <{text}>)",
    "in HTML": lambda text: f'<p>See <a href="{text}">the scene</a> &amp; tell me</p>',
    "as HTML text": lambda text: html.escape(f"<{text}> & more").replace(":", "&#58;"),
    "in Markdown": lambda text: f"**[the scene]({text})**, `{text}`",
    "escaped Markdown": lambda text: re.sub(r"([^0-9A-Za-z])", r"\\\1", text),
    "broken at 76": lambda text: "\n".join(wrap(text * 1, 76)),
    "broken at 9": lambda text: "\r\n".join(wrap(text, 9)),
    "quoted mail": lambda text: "\n".join(f"> > {line}" for line in wrap(text, 40)),
    "quoted-printable": lambda text: "=\r\n".join(wrap(text, 75)),
    "with breaks": lambda text: "<br>".join(wrap(text, 20)),
    "with soft places": lambda text: "\u200b".join(wrap(text, 3)),
    "with words after it": lambda text: f"{text} and then",
    "after a broken one": lambda text: f"{text[:30]}! {text}",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_link_survives_its_way(link, scene, way):
    assert read_link(WAYS[way](link)) == scene


@pytest.mark.parametrize(
    "way",
    [
        "behind another address",
        "in a sentence",
        "in brackets",
        "in Markdown",
        "broken at 76",
        "quoted mail",
        "with words after it",
    ],
)
def test_a_bare_code_survives_its_way(link, scene, way):
    assert read_link(WAYS[way](bare_code(link))) == scene


# ------------------------------------------------------------------------------------- what is no link


@every(
    "text",
    ["", "gdsim", "see gdsim: it is good", "1,2\n3,4\n", "1,23456789012345\n", "x,y\n1,1234567890\n2,0.5\n"],
)
def test_other_texts_have_no_link(text):
    assert not has_link(text)
    with pytest.raises(NoLink):
        read_link(text)


def test_whether_there_is_a_link_is_told_without_reading_scenes(link, monkeypatch):
    monkeypatch.setattr(links, "parse_json", lambda _: pytest.fail("a scene was read"))
    assert has_link(link)
    assert has_link(bare_code(link))
    assert has_link(f"{link[:-1]}! {link[:-1]}")


def test_a_newer_link_is_named_so(link):
    told = "the link was made by a newer gdsim: it has version 2, but this gdsim reads version 1"
    assert refusal(link.replace(":1,", ":2,")) == told
    assert refusal(link.replace("gdsim:1,", "2,")) == told


def test_half_a_link_is_named_so(link):
    assert (
        refusal(link[:60])
        == "the link is incomplete: only 50 of its 120 characters are there; please copy all of it"
    )
    assert refusal("gdsim:1,") == "the link is incomplete: its code is missing; please copy all of it"


def test_any_other_letter_is_noticed(link):
    random = Random(1)
    for place in range(8, len(link)):
        other = random.choice(LINK_LETTERS.replace(link[place], ""))
        assert re.search("damaged|not whole", refusal(link[:place] + other + link[place + 1 :]))


def test_what_is_too_large_is_said_when_the_link_is_made():
    many = PointSet([index / 7 for index in range(5000)], [0.5] * 5000)
    with pytest.raises(FileFault, match="too large for a link"):
        link_of(Experiment(many, PointSet.empty()))


def code_of(text):
    """Return the link of any text, as somebody may make it who means no good."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, links._dictionary())
    payload = zlib.crc32(text).to_bytes(4, "big") + packer.compress(text) + packer.flush()
    return f"gdsim:1,{count_letters(len(payload))}{to_letters(payload)}"


def test_a_scene_in_a_link_is_read_as_strictly_as_a_file():
    told = refusal(code_of(b'{"gdsim":1,"points":{"x":[1],"y":[1]},"path":"/etc"}'))
    assert told.startswith(
        "the scene in the link cannot be read: path is not a known key; the known keys are gdsim, "
    )
    assert "is not JSON" in refusal(code_of(b"{"))
    assert "damaged" in refusal(code_of(b"\xff\xff"))


def test_a_link_unpacks_to_no_more_than_a_scene(monkeypatch):
    """A hundred megabytes of spaces go into a link of a megabyte's letters; none of it is unpacked."""
    unpacked = []
    real = zlib.decompressobj

    class Unpacker:
        def __init__(self, *given):
            self._real = real(*given)

        def decompress(self, data, most):
            unpacked.append(len(text := self._real.decompress(data, most)))
            return text

        @property
        def eof(self):
            return self._real.eof

    monkeypatch.setattr(zlib, "decompressobj", Unpacker)
    assert "damaged" in refusal(code_of(b" " * 10_000_000))
    assert unpacked == [links.LARGEST_SCENE]


# ------------------------------------------------------------------------------------- fuzzed

HOSTILE = (
    b'{"gdsim":1,"points":{"x":[0,1],"y":[0,1]},"runs":[' + b'{"algorithm":"gd"},' * 5000 + b"{}]}",
    b"[" * 90_000,
    b'{"a":' * 19_000,
    b'{"gdsim":1,"points":{"x":[' + b"1" * 90_000 + b'],"y":[1]}}',
    b'{"gdsim":1,"title":"' + b"a" * 90_000 + b'","points":{"x":[1],"y":[1]}}',
)
_SLOW = 0.5  # Seconds of the processor, which other programs take no part of; ordinary is a hundredth of it.


def fuzzed(link, random):
    """Return a link with something done to it: letters, lengths, bytes or the text itself."""
    body = list(link)
    kind = random.randrange(5)
    if kind == 0:
        for _ in range(random.randint(1, 6)):
            body[random.randrange(len(body))] = chr(random.choice([*range(32, 127), 0, 233, 0x2019, 0x1F600]))
    elif kind == 1:
        cut, end = sorted(random.randrange(len(body)) for _ in range(2))
        del body[cut:end]
    elif kind == 2:
        return "gdsim:1," + "".join(random.choices(LINK_LETTERS, k=random.randint(0, 400)))
    elif kind == 3:
        data = random.randbytes(random.randint(0, 80))
        return f"gdsim:1,{count_letters(random.choice([len(data), 59_999]))}{to_letters(data)}"
    else:
        text = bytearray(json.dumps(GOLDEN[random.choice(sorted(GOLDEN))]["scene"]).encode())
        for _ in range(random.randint(1, 4)):
            text[random.randrange(len(text))] = random.randrange(32, 256)
        return code_of(bytes(text))
    return "".join(body)


def test_no_code_crashes_opens_a_file_or_takes_long(monkeypatch):
    links._dictionary()
    random, slowest, told = Random(7), 0.0, set()
    sources = [one["link"] for one in GOLDEN.values()]
    cases = [code_of(text) for text in HOSTILE]
    cases += [fuzzed(random.choice(sources), random) for _ in range(MANY or 2000)]

    def refuse(*given, **_):
        raise AssertionError(f"opened {given}")

    for module, name in ((builtins, "open"), (io, "open"), (os, "open"), (pathlib.Path, "open")):
        monkeypatch.setattr(module, name, refuse)
    for text in cases:
        begun = time.thread_time()
        try:
            read_link(text)
        except FileFault as fault:
            told.add(str(fault))
        slowest = max(slowest, time.thread_time() - begun)
    monkeypatch.undo()
    assert slowest < _SLOW
    assert len(told) > 100
    assert all(sentence.isprintable() for sentence in told)


def test_a_new_document_has_a_link_of_a_few_letters():
    assert len(link_of(new_experiment())) < 30
