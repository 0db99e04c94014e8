"""Answer files and codes: what is written is read, and whatever else is refused in a sentence."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.core.files.checked_json import FileFault
from gdsim.core.handin.answer_file import (
    ANSWER_FILE_ENDING,
    LARGEST_ANSWERS,
    LONGEST_CODE,
    code_of_answers,
    codes_in,
    read_answers,
    read_many,
    write_answers,
)
from gdsim.core.handin.answers import LONGEST_FIELD, MOST_TRIES, Answer, HandIn, Try
from tests.core.handin.students import handed_in, right_fields, sheet
from tests.every import WHOLE

FIELD = st.text(st.characters(codec="utf-8"), max_size=40)
ANSWER = st.builds(
    Answer,
    number=st.integers(1, 200),
    data=st.text("0123456789abcdef", max_size=16),
    fields=st.lists(FIELD, max_size=5).map(tuple),
    count=st.integers(0, 10**6),
    seconds=st.integers(0, 10**8),
    tries=st.lists(
        st.builds(Try, st.integers(0, 10**8), st.lists(FIELD, max_size=2).map(tuple)), max_size=3
    ).map(tuple),
)
HAND_IN = st.builds(
    HandIn,
    name=FIELD.map(lambda text: " ".join(text.split())).filter(bool),
    sheet=st.text("0123456789abcdef", max_size=16),
    lesson=FIELD,
    answers=st.lists(ANSWER, max_size=4, unique_by=lambda one: one.number).map(tuple),
)


@given(HAND_IN)
def test_what_is_written_is_read_again(tmp_path_factory, hand_in):
    path = tmp_path_factory.mktemp("answers") / f"x{ANSWER_FILE_ENDING}"
    write_answers(path, hand_in)
    assert read_answers(path) == (hand_in, True)


@given(HAND_IN)
def test_a_code_has_all_but_the_tries(hand_in):
    bare = HandIn(
        hand_in.name,
        hand_in.sheet,
        hand_in.lesson,
        tuple(Answer(one.number, one.data, one.fields, one.count, one.seconds) for one in hand_in.answers),
    )
    try:
        code = code_of_answers(hand_in)
    except FileFault:  # too long for one
        code = ""
    assert not code or list(codes_in(f"Dear all, {code} thanks")) == [(bare, True)]


def test_a_sheet_of_seven_tasks_has_a_code_that_fits_and_survives_mail(tmp_path):
    hand_in = handed_in("Émilie du Châtelet")
    code = code_of_answers(hand_in)
    assert len(code) <= LONGEST_CODE
    broken = "\n> ".join(code[at : at + 70] for at in range(0, len(code), 70))
    other = code_of_answers(handed_in("Bob"))
    path = tmp_path / "codes.txt"
    path.write_text(
        f"From: Émilie\n> {broken}\n\nBob: {other}\n{code[:-5]}\n{code[:60]}z{code[61:]}", encoding="utf-8"
    )
    found = list(read_many(path))
    assert [one.hand_in.name for one in found[:2]] == ["Émilie du Châtelet", "Bob"]
    assert all(isinstance(one, FileFault) for one in found[2:])
    assert len(found) == 4
    (tmp_path / f"one{ANSWER_FILE_ENDING}").write_text(code)
    assert read_answers(tmp_path / f"one{ANSWER_FILE_ENDING}").hand_in.name == "Émilie du Châtelet"


def test_every_try_is_kept_in_its_order_and_the_first_of_very_many_go():
    own = sheet().own_task(5, "Ada")
    hand_in = handed_in("Ada", numbers=())
    for number in range(MOST_TRIES + 5):
        hand_in = hand_in.kept(own, (str(number),), 2)
    answer = hand_in.answer(5)
    assert (answer.fields, answer.count, answer.seconds) == (("34",), 35, 70)
    assert [one.fields[0] for one in answer.tries] == [str(number) for number in range(5, 35)]
    assert [one.seconds for one in answer.tries] == list(range(12, 72, 2))


def test_a_file_that_would_be_too_large_to_be_read_is_written_without_the_older_tries(tmp_path):
    path = tmp_path / f"ada{ANSWER_FILE_ENDING}"
    tries = tuple(Try(number, (f"{number:02}" + "é" * (LONGEST_FIELD - 2),)) for number in range(MOST_TRIES))
    answers = tuple(Answer(number, "", tries[-1].fields, 30, 30, tries) for number in range(1, 11))
    write_answers(path, HandIn("Ada", "", "", answers))
    assert LARGEST_ANSWERS / 2 < path.stat().st_size <= LARGEST_ANSWERS
    hand_in, is_untouched = read_answers(path)
    assert is_untouched
    assert [one.fields for one in hand_in.answers] == [one.fields for one in answers]
    assert all(0 < len(one.tries) < MOST_TRIES for one in hand_in.answers)
    assert all(one.tries == tries[-len(one.tries) :] for one in hand_in.answers)


def edited(tmp_path, change):
    path = tmp_path / f"ada{ANSWER_FILE_ENDING}"
    write_answers(path, handed_in("Ada", numbers=(5,)))
    tree = json.loads(path.read_text(encoding="utf-8"))
    change(tree)
    path.write_text(json.dumps(tree))
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree.update(name="Bob"),
        lambda tree: tree["answers"][0].update(fields=["3"]),
        lambda tree: tree["answers"][0].update(count=1000),
        lambda tree: tree.update(check="0" * 16),
        lambda tree: tree.update(check=None),
    ],
    ids=["name", "answer", "count", "check", "no check"],
)
def test_a_file_that_was_changed_is_read_and_known(tmp_path, change):
    assert not read_answers(edited(tmp_path, change)).is_untouched


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda tree: tree.clear(), "has no answers in it"),
        (lambda tree: tree.update({"gdsim-answer": 2}), "another version of gdsim"),
        (lambda tree: tree.update(more=1), "more is not a known key"),
        (lambda tree: tree.pop("sheet"), "sheet is missing"),
        (lambda tree: tree.update(name=""), "name must not be empty"),
        (lambda tree: tree.update(name="x" * 101), "name must have at most 100 letters"),
        (lambda tree: tree.update(name=["Ada"]), "name must be text"),
        (lambda tree: tree.update(answers={}), "answers must be a list"),
        (lambda tree: tree.update(answers=tree["answers"] * 2), "two answers to one task"),
        (lambda tree: tree.update(answers=[{}] * 1000), "answers must have at most 200 entries"),
        (lambda tree: tree["answers"][0].update(task=0), "task must be a whole number from 1"),
        (lambda tree: tree["answers"][0].update(fields=["x" * 5000]), "must have at most 4,000 letters"),
        (lambda tree: tree["answers"][0].update(fields=["x"] * 3000), "must have at most 2,100 entries"),
        (lambda tree: tree["answers"][0].update(tries=[{}] * 31), "must have at most 30 entries"),
        (lambda tree: tree["answers"][0].update(seconds=-1), "seconds must be"),
    ],
    ids=[str(number) for number in range(15)],
)
def test_a_file_with_something_else_in_it_is_refused(tmp_path, change, words):
    path = edited(tmp_path, change)
    with pytest.raises(FileFault, match=words):
        read_answers(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no answers"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"{", "is not JSON"),
        (b"[" * 100_000, "has no answers"),
        (b"{" + b'"a":{' * 100_000, "nested too deeply|is not JSON"),
        (b" " * 2_000_000, "larger than 1 MB"),
        (b"gdsim-answer:1,", "incomplete|damaged"),
        (b"gdsim-answer:9,abc", "version 9"),
    ],
    ids=["empty", "no text", "cut", "list", "deep", "large", "head", "newer"],
)
def test_a_file_that_is_none_is_refused(tmp_path, content, words):
    path = tmp_path / f"x{ANSWER_FILE_ENDING}"
    path.write_bytes(content)
    with pytest.raises(FileFault, match=words):
        read_answers(path)


@settings(max_examples=300 if WHOLE else 40)
@given(st.data())
def test_a_file_with_bytes_changed_or_cut_off_never_does_more_than_fault(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("answers") / f"x{ANSWER_FILE_ENDING}"
    write_answers(path, handed_in("Ada", numbers=(5, 7)))
    content = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        received = read_answers(path)
    except FileFault:
        pass
    else:
        assert received.is_untouched is (received.hand_in == handed_in("Ada", right_fields, (5, 7)))
