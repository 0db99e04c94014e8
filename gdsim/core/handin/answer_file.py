"""Writing answer files and codes, and reading them as untrusted input."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from gdsim.core.files.atomic import replacing_text
from gdsim.core.files.checked_json import FileFault, JsonNode, parse_json, read_text
from gdsim.core.files.link import cleaned
from gdsim.core.files.packed_text import DamagedCodeError, PartialCodeError, packed, unpacked_text
from gdsim.core.files.packed_text import code_of_payload as letters_of
from gdsim.core.files.stems import file_stem
from gdsim.core.formulas.numerals import integer_text
from gdsim.core.handin.answers import (
    LONGEST_FIELD,
    MOST_FIELDS,
    MOST_TASKS,
    MOST_TRIES,
    Answer,
    Fields,
    HandIn,
    Try,
)
from gdsim.core.handin.sheet import LONGEST_NAME, name_key
from gdsim.core.settings import whole

ANSWER_FILE_ENDING = ".gdsim-answer"
ANSWER_VERSION = 1
# A typical hand-in has a few kilobytes.
LARGEST_ANSWERS = 1_000_000
# Larger, because it may hold the mails of a whole class, or be a web page without any answers.
_LARGEST_MAIL = 20_000_000
# A code has to fit into a message.
LONGEST_CODE = 1500
_LARGEST_TEXT, _MOST_CODES = 100_000, 1000
# In letters: the ids of sheets and data, and the title of a lesson.
_LONGEST_ID, _LONGEST_TITLE = 64, 1000
_CHECK = 16
_HEAD = f"gdsim-answer:{ANSWER_VERSION},"
_CODE = re.compile(r"gdsim-answer:/{0,3}([0-9]{1,6}),", re.IGNORECASE)
_PACKED_WITH = (
    b'"algorithm":"momentum","hyperparameters":{"eta":0.1,"gamma":0.9},"regime":{"kind":"batch"},'
    b'"schedule":{"kind":"constant"},"start":{"w":-2.0,"b":-2.0},"epochs":1000'
    b'["A","B","C","D"]["-1.99","-0.0"]"since the gradient the loss is lower because the learning rate'
    b'{"gdsim-answer":1,"name":"","sheet":"","lesson":"","answers":[{"task":1,"data":"","fields":[""],'
    b'"count":1,"seconds":10}],"check":""'
)
_NUMBER = whole(1, MOST_TASKS)
_SIZE = whole(0, 1e9)


class AnswersRead(NamedTuple):
    """A hand-in that was read, and whether it is unchanged since gdsim wrote it."""

    hand_in: HandIn
    is_untouched: bool


def answer_file_name(name: str) -> str:
    """Return the name of a student's answer file, made with `file_stem`."""
    return f"{file_stem(name, 'answers')}{ANSWER_FILE_ENDING}"


# ---------------------------------------------------------------------------------------- writing


def write_answers(path: Path, hand_in: HandIn) -> None:
    """Write an answer file atomically; raises `OSError` if that fails.

    Older tries are dropped if the file would otherwise be too large to be read.
    """
    text = _text_of(hand_in)
    while len(text.encode()) > LARGEST_ANSWERS and any(one.tries for one in hand_in.answers):
        answers = (replace(one, tries=one.tries[(len(one.tries) + 1) // 2 :]) for one in hand_in.answers)
        hand_in = replace(hand_in, answers=tuple(answers))
        text = _text_of(hand_in)
    with replacing_text(path) as out:
        out.write(text)


def _text_of(hand_in: HandIn) -> str:
    return json.dumps(_tree(hand_in, tries=True), ensure_ascii=False, indent=1) + "\n"


def code_of_answers(hand_in: HandIn) -> str:
    """Return the last answers as a code, without earlier tries.

    Raises `FileFault` if the code would be too long for a message.
    """
    text = json.dumps(_tree(hand_in, tries=False), ensure_ascii=False, separators=(",", ":")).encode()
    code = f"{_HEAD}{letters_of(packed(text, _PACKED_WITH))}"
    if len(code) > LONGEST_CODE:
        raise FileFault(
            "the answers are too long for a code of {most} letters; hand in the file",
            most=integer_text(LONGEST_CODE),
        )
    return code


def _tree(hand_in: HandIn, *, tries: bool) -> dict[str, Any]:
    tree: dict[str, Any] = {
        "gdsim-answer": ANSWER_VERSION,
        "name": hand_in.name,
        "sheet": hand_in.sheet,
        "lesson": hand_in.lesson,
        "answers": [_answer_tree(one, tries=tries) for one in hand_in.answers],
    }
    return tree | {"check": _check(tree)}


def _answer_tree(answer: Answer, *, tries: bool) -> dict[str, Any]:
    tree = {
        "task": answer.number,
        "data": answer.data,
        "fields": list(answer.fields),
        "count": answer.count,
        "seconds": answer.seconds,
    }
    if tries:
        tree["tries"] = [{"seconds": one.seconds, "fields": list(one.fields)} for one in answer.tries]
    return tree


def _check(tree: dict[str, Any]) -> str:
    """Return a checksum of the rest of the file, which reveals changes by hand. It is not a signature."""
    text = json.dumps(tree, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(f"gdsim answers {name_key(tree['name'])}\n{text}".encode()).hexdigest()[:_CHECK]


# ---------------------------------------------------------------------------------------- reading


def read_answers(path: Path) -> AnswersRead:
    """Read an answer file, or the first code in a text file; raises `FileFault`, which says what is wrong."""
    text = read_text(path, "answer", most=LARGEST_ANSWERS)
    if text.lstrip().startswith("{"):
        return _received(text)
    found = next(codes_in(text), FileFault("has no answers in it"))
    if isinstance(found, FileFault):
        raise found
    return found


def read_many(path: Path) -> Iterator[AnswersRead | FileFault]:
    """Yield the hand-in of each code in a text file, or the fault of a code that cannot be read."""
    try:
        text = read_text(path, "answer", lenient=True, most=_LARGEST_MAIL)
    except FileFault as fault:
        yield fault
    else:
        yield from codes_in(text)


def codes_in(text: str) -> Iterator[AnswersRead | FileFault]:
    """Yield the hand-in of each code in a text, or the fault of a code that cannot be read."""
    text = cleaned(text)
    for place, match in enumerate(_CODE.finditer(text)):
        if place == _MOST_CODES:
            yield FileFault(
                "has more than {most} codes; the others are left out", most=integer_text(_MOST_CODES)
            )
            return
        try:
            yield _code_at(text, match)
        except FileFault as fault:
            yield fault


def _code_at(text: str, match: "re.Match[str]") -> AnswersRead:
    if int(match[1]) != ANSWER_VERSION:
        raise FileFault(
            "has a code of version {version}, but this gdsim reads version {own}",
            version=int(match[1]),
            own=ANSWER_VERSION,
        )
    try:
        return _received(unpacked_text(text, match.end(), _PACKED_WITH, _LARGEST_TEXT))
    except PartialCodeError as part:
        raise FileFault(
            "has an incomplete code: only {there} of its {wanted} characters are there",
            there=integer_text(part.present),
            wanted=integer_text(part.wanted),
        ) from None
    except DamagedCodeError:
        raise FileFault("has a damaged code: some of its characters have changed") from None


def _received(text: str) -> AnswersRead:
    root = parse_json(text)
    if not isinstance(root.value, dict) or "gdsim-answer" not in root.value:
        raise FileFault("has no answers in it")
    version = root.value["gdsim-answer"]
    if isinstance(version, bool) or version != ANSWER_VERSION:
        raise FileFault(
            "was written by another version of gdsim: this one reads answers of version {own}",
            own=ANSWER_VERSION,
        )
    try:
        return _checked(root)
    except FileFault as fault:
        raise FileFault("has a mistake in it: {fault}", fault=fault) from None


def _checked(root: JsonNode) -> AnswersRead:
    keys = ("gdsim-answer", "name", "sheet", "lesson", "answers", "check")
    members = root.keys(*keys, needed=keys)
    hand_in = HandIn(
        members["name"].line(LONGEST_NAME),
        members["sheet"].text(_LONGEST_ID),
        members["lesson"].text(_LONGEST_TITLE),
        tuple(_answer(item) for item in members["answers"].items(MOST_TASKS)),
    )
    numbers = [one.number for one in hand_in.answers]
    if len(set(numbers)) < len(numbers):
        raise members["answers"].fault("has two answers to one task")
    tree = {key: value for key, value in root.value.items() if key != "check"}
    return AnswersRead(hand_in, members["check"].value == _check(tree))


def _answer(node: JsonNode) -> Answer:
    keys = ("task", "data", "fields", "count", "seconds")
    members = node.keys(*keys, "tries", needed=keys)
    tries = members.read("tries", partial(JsonNode.items, most=MOST_TRIES), usual=())
    return Answer(
        int(members["task"].checked(_NUMBER)),
        members["data"].text(_LONGEST_ID),
        _fields(members["fields"]),
        int(members["count"].checked(_SIZE)),
        int(members["seconds"].checked(_SIZE)),
        tuple(_try(one) for one in tries),
    )


def _try(node: JsonNode) -> Try:
    members = node.keys("seconds", "fields", needed=("seconds", "fields"))
    return Try(int(members["seconds"].checked(_SIZE)), _fields(members["fields"]))


def _fields(node: JsonNode) -> Fields:
    return tuple(item.text(LONGEST_FIELD) for item in node.items(MOST_FIELDS))
