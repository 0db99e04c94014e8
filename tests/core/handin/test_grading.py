"""Grading a folder: marks, what is odd about a hand-in, the table and the pages."""

import csv
import html
import io
import json
import os
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from gdsim.core.handin.answer_file import ANSWER_FILE_ENDING, answer_file_name, code_of_answers, write_answers
from gdsim.core.handin.answers import HandIn, new_hand_in
from gdsim.core.handin.feedback import feedback_page, writing_feedback
from gdsim.core.handin.grading import grading, write_grades
from gdsim.core.handin.judging import answer_lines, judged
from gdsim.core.handin.sheet import TaskSheet
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.lessons.files import load_lesson
from gdsim.core.progress import run_to_end
from tests.bench.timing import calls
from tests.core.handin.students import handed_in, right_fields, sheet, wrong_fields
from tests.every import every


def written(folder, name, fields_of=right_fields, numbers=(1, 3, 5, 7), file=""):
    folder.mkdir(exist_ok=True)
    path = folder / (file or answer_file_name(name))
    write_answers(path, handed_in(name, fields_of, numbers))
    return path


def graded(folder, beside=None):
    return {one.file: one for one in run_to_end(grading(folder, [sheet()], beside))}


def remarks(grade):
    return " ".join(grade.for_teacher)


def test_marks_are_those_of_the_tasks(tmp_path):
    written(tmp_path, "Ada", numbers=range(1, 8))
    written(tmp_path, "Bob", wrong_fields, numbers=range(1, 8))
    written(tmp_path, "Cid", numbers=(5,))
    found = graded(tmp_path)
    ada, bob, cid = (found[f"{name}{ANSWER_FILE_ENDING}"] for name in ("Ada", "Bob", "Cid"))
    assert (ada.marks, ada.of, ada.to_read, ada.remarks) == (11.0, 11, 3, ())
    assert [one.marks for one in ada.tasks] == [2.0, 2.0, 1.0, 3.0, 1.0, 2.0, None]
    assert bob.marks < 2.0
    assert all(one.judged.mistake for one in bob.tasks)
    # Without an answer there is nothing to read either.
    assert (cid.marks, cid.of, cid.to_read) == (1.0, 14, 0)


def test_each_hand_in_takes_the_same_few_calls_however_many_there_are(tmp_path):
    """In function calls, of which every machine makes as many: 200 take some ten seconds."""
    taken = []
    for number in range(3):
        written(tmp_path, f"Student {number}", wrong_fields, range(1, 6))
        if not number:
            graded(tmp_path)  # loops are compiled once
        taken.append(calls(lambda: graded(tmp_path)))
    second, third = (after - before for before, after in pairwise(taken))
    assert third <= 1.2 * second
    assert second <= 100_000


def test_the_rates_of_the_ladder_are_tried_once_in_two_languages():
    own = next(one for one in sheet().for_name("Grace") if one.task.id == "find_rate")
    judged(own, ("2",))  # loops are compiled once
    own = next(one for one in sheet().for_name("Hedy") if one.task.id == "find_rate")
    first = calls(lambda: judged(own, ("2",)))
    with speaking(read_language("de")):
        assert calls(lambda: judged(own, ("2",))) < 0.5 * first


def test_copied_swapped_and_edited_files_are_known(tmp_path):
    ada = written(tmp_path, "Ada")
    content = ada.read_text(encoding="utf-8")
    # Bob hands in Ada's file under his name.
    tree = json.loads(content)
    tree["name"] = "Bob"
    (tmp_path / f"bob{ANSWER_FILE_ENDING}").write_text(json.dumps(tree))
    (tmp_path / f"copy{ANSWER_FILE_ENDING}").write_text(content)
    # Eve edits it so that the sum is right again, and types Ada's numbers into the program.
    copied = handed_in("Ada", numbers=(1, 3, 5, 7))
    write_answers(
        tmp_path / f"eve{ANSWER_FILE_ENDING}", HandIn("Eve", copied.sheet, copied.lesson, copied.answers)
    )
    found = graded(tmp_path)
    bob, eve, copy = (found[f"{name}{ANSWER_FILE_ENDING}"] for name in ("bob", "eve", "copy"))
    assert "changed outside of gdsim" in remarks(bob)
    assert "made with the data of another name: those of Ada" in remarks(bob)
    assert bob.tasks[0].judged.share == 0.0
    assert "changed outside" not in remarks(eve)
    assert "4 answers were made with the data of another name: those of Ada." in remarks(eve)
    assert "All its answers are those of Ada, Bob, word for word." in remarks(eve)
    assert "Ada" not in feedback_page(eve), "a student is told nothing of others"
    assert "The same name has also handed in Ada" in remarks(copy)
    assert copy.marks == found[f"Ada{ANSWER_FILE_ENDING}"].marks == 4.0


@pytest.mark.skipif(os.name == "nt", reason="links take rights there")
def test_a_link_is_read_only_within_the_folder(tmp_path):
    folder, outside = tmp_path / "class", tmp_path / "of the teacher"
    written(folder, "Ada")
    written(outside, "Bob")
    (outside / "mail.txt").write_text(code_of_answers(handed_in("Eve", numbers=(5,))))
    (folder / "Moodle 12").mkdir()
    (folder / "Moodle 12" / f"same{ANSWER_FILE_ENDING}").symlink_to(f"../Ada{ANSWER_FILE_ENDING}")
    (folder / f"Bob{ANSWER_FILE_ENDING}").symlink_to(outside / f"Bob{ANSWER_FILE_ENDING}")
    (folder / "mail.txt").symlink_to("../of the teacher/mail.txt")
    (tmp_path / "link").symlink_to(folder)
    for place in (folder, tmp_path / "link"):
        found = graded(place)
        assert found[f"Moodle 12/same{ANSWER_FILE_ENDING}"].name == "Ada"
        for name in (f"Bob{ANSWER_FILE_ENDING}", "mail.txt"):
            assert found[name].hand_in is None
            assert (
                remarks(found[name])
                == "It cannot be read: it is a symbolic link that leads out of the folder."
            )


def test_whatever_lies_in_the_folder_does_not_stop_the_others(tmp_path):
    folder = tmp_path / "class"
    written(folder, "Ada")
    (folder / f"empty{ANSWER_FILE_ENDING}").write_bytes(b"")
    (folder / f"noise{ANSWER_FILE_ENDING}").write_bytes(os.urandom(5000))
    (folder / f"cut{ANSWER_FILE_ENDING}").write_text((folder / f"Ada{ANSWER_FILE_ENDING}").read_text()[:400])
    (folder / f"huge{ANSWER_FILE_ENDING}").write_bytes(b" " * 3_000_000)
    (folder / f"deep{ANSWER_FILE_ENDING}").write_text('{"a":' * 50_000)
    other = HandIn("Cid", "0" * 16, "=cmd|' /C calc'!A0", ())
    write_answers(folder / f"other{ANSWER_FILE_ENDING}", other)
    (folder / f"folder{ANSWER_FILE_ENDING}").mkdir()
    (folder / "Moodle 12").mkdir()
    written(folder / "Moodle 12", "Zoe", numbers=(5,))
    (folder / "codes.txt").write_text(
        f"{code_of_answers(handed_in('Max', numbers=(5,)))}\ngdsim-answer:1,zzzz"
    )
    (folder / "readme.txt").write_text("nothing")
    (folder / "essay.pdf").write_bytes(b"%PDF")
    tree = json.loads((folder / f"Ada{ANSWER_FILE_ENDING}").read_text(encoding="utf-8"))
    for name, change in {"wrong": {"name": 5}, "odd": {"answers": {}}, "new": {"gdsim-answer": 2}}.items():
        (folder / f"{name}{ANSWER_FILE_ENDING}").write_text(json.dumps(tree | change))
    (folder / f"twice{ANSWER_FILE_ENDING}").write_text('{"gdsim-answer": 1, "gdsim-answer": 1}')
    (folder / f"gone{ANSWER_FILE_ENDING}").symlink_to(folder / "nowhere")
    (folder / f"loop{ANSWER_FILE_ENDING}").symlink_to(folder / f"loop{ANSWER_FILE_ENDING}")
    pipes = ["pipe"] if hasattr(os, "mkfifo") else []  # Windows has none
    for name in pipes:
        os.mkfifo(folder / f"{name}{ANSWER_FILE_ENDING}")
    found = graded(folder)
    assert found[f"Ada{ANSWER_FILE_ENDING}"].marks == 4.0
    assert found[f"Moodle 12/Zoe{ANSWER_FILE_ENDING}"].marks == 1.0
    assert found["codes.txt, code 1"].name == "Max"
    unread = [
        "codes.txt, code 2",
        *(
            f"{name}{ANSWER_FILE_ENDING}"
            for name in ("empty", "noise", "cut", "huge", "deep", "loop", *pipes)
        ),
        *(f"{name}{ANSWER_FILE_ENDING}" for name in ("wrong", "odd", "new", "twice", "gone")),
    ]
    for name in unread:
        assert not found[name].tasks
        assert re.fullmatch(r"It cannot be read: .+\.", remarks(found[name])), name
        assert re.match(r"It cannot be read: it (is|has|was|cannot) ", remarks(found[name])), name
    assert "belongs to another lesson" in remarks(found[f"other{ANSWER_FILE_ENDING}"])
    assert len(found) == 3 + len(unread) + 1


def test_what_mail_and_course_systems_make_of_hand_ins_is_read(tmp_path):
    """Names get another ending or a number, codes are pasted into mails and forms of any encoding."""
    names = ("Ada.gdsim-answer.txt", "Bob.gdsim-answer (1)", "Cid.GDSIM-ANSWER.json")
    for name in names:
        written(tmp_path, name[:3], numbers=(5,), file=name)
    code = {name: code_of_answers(handed_in(name, numbers=(5,))) for name in ("Dee", "Eve", "Fay", "Gil")}
    texts = {
        "onlinetext.html": f"<p>Grüße,<br>{code['Dee'][:50]}<wbr>{code['Dee'][50:]}</p>".encode(),
        "mail.eml": f"Subject: =?utf-8?Q?=C3=BC?=\r\n\r\n{code['Eve'][:60]}=\r\n{code['Eve'][60:]}".encode(),
        "latin.txt": f"Grüße, {code['Fay']}".encode("latin-1"),
        "wide.txt": f"Grüße, {code['Gil']}".encode("utf-16"),
    }
    for name, data in texts.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "readme.txt").write_bytes(b"Gr\xfc\xdfe \xff\x00")
    (tmp_path / "page.html").write_bytes(b"<html>" + b" " * 2_000_000)
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX" / "._Ada.gdsim-answer").write_bytes(os.urandom(200))
    found = graded(tmp_path)
    assert {file: one.name for file, one in found.items()} == {name: name[:3] for name in names} | {
        f"{file}, code 1": name for file, name in zip(texts, code, strict=True)
    }
    assert {one.marks for one in found.values()} == {1.0}


def test_the_order_and_the_numbers_do_not_depend_on_the_run(tmp_path):
    for name in ("Bob", "ada", "Zoe"):
        written(tmp_path, name, wrong_fields)
    texts = []
    for _ in range(2):
        out = io.StringIO()
        write_grades(list(graded(tmp_path).values()), out)
        texts.append(out.getvalue())
    assert texts[0] == texts[1]
    assert [row[1] for row in csv.reader(io.StringIO(texts[0]))] == ["name", "Bob", "Zoe", "ada"]


HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "+1",
    "-1",
    "\u2212 1",
    '=HYPERLINK("http://x")',
    "<script>alert(1)</script>",
    'Bobby"; DROP',
]


def test_no_name_is_a_formula_or_a_program(tmp_path):
    for place, name in enumerate(HOSTILE):
        written(tmp_path, name, numbers=(5,), file=f"{place}{ANSWER_FILE_ENDING}")
    grades = list(graded(tmp_path).values())
    out = io.StringIO()
    write_grades(grades, out)
    rows = list(csv.reader(io.StringIO(out.getvalue())))
    assert [row[1].lstrip("'") for row in rows[1:]] == HOSTILE
    for row in rows:
        assert len(row) == len(rows[0])
        for cell in row:
            assert not re.match(r"[=@+\-\t\r\n\u2212]", cell), cell
    for grade in grades:
        page = feedback_page(grade)
        assert "<script" not in page
        assert Tags.of(page).count("h1") == 1


class Tags(HTMLParser):
    """Checks that what is opened is closed, and collects ids, links and heads."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.ids, self.links = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        named = dict(attrs)
        assert not any(key.startswith("on") for key in named)
        self.ids += [named["id"]] if "id" in named else []
        self.links += [named["href"]] if "href" in named else []
        if tag == "th":
            assert named["scope"] in ("col", "row")
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    @classmethod
    def of(cls, page):
        parser = cls()
        parser.feed(page)
        parser.close()
        assert not parser.open
        assert all(link.removeprefix("#") in parser.ids for link in parser.links)
        return parser.seen


@pytest.mark.parametrize("fields_of", [right_fields, wrong_fields])
def test_a_page_says_all_and_asks_no_server(tmp_path, fields_of):
    written(tmp_path, "Ada & Co", fields_of, range(1, 8))
    (grade,) = graded(tmp_path).values()
    page = feedback_page(grade)
    tags = Tags.of(page)
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert tags.count("h2") == tags.count("section") == 7
    assert tags.count("caption") == 1
    assert "Ada &amp; Co" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "default-src 'none'; style-src 'sha256-" in page
    for one in grade.tasks:
        assert one.own.stop.title.replace("?", "") in page
    assert ("Not right" in page) is (fields_of is wrong_fields)
    assert ("w\u00a0=\u00a0" in page) is (fields_of is wrong_fields)  # no line ends within


def test_a_page_says_once_that_there_is_no_answer(tmp_path):
    written(tmp_path, "Ada", numbers=(1, 2))
    page = feedback_page(*graded(tmp_path).values())
    assert page.count("No answer: 0 of") == 5
    assert "There is no answer" not in page


def test_an_answer_is_shown_with_what_it_answers():
    lines = {one.task.id: answer_lines(one, wrong_fields(one)) for one in sheet().for_name("Bob")}
    assert re.fullmatch(r"Step 1: w = -\S+, b = -\S+", lines["check_work"][0])
    assert lines["fill_in"][0] == "∇wₜ of w = 1"
    assert re.fullmatch(r"w = \S+, b = \S+", lines["predict"][0])
    assert lines["quiz"][0].startswith("Question 1: ")
    assert lines["find_rate"] == ["η = 0,0001"]
    assert lines["reach"][0].startswith("Gradient descent, η 1, all points (batch), ")
    assert lines["explain"] == ["Too few words."]


@every("fields", [("{",), ("1", "2", "3"), ("", "x" * 5000), ("\x00", "<b>")])
def test_an_answer_that_no_program_made_is_shown_as_it_is(fields):
    for own in sheet().for_name("Bob"):
        assert all(text in "".join(answer_lines(own, fields)) for text in fields)


def test_a_page_is_in_the_language_that_is_asked_for(tmp_path):
    written(tmp_path, "Bob", wrong_fields, range(1, 8))
    english = feedback_page(graded(tmp_path)[f"Bob{ANSWER_FILE_ENDING}"])
    with speaking(read_language("de")):
        in_german = graded(tmp_path)[f"Bob{ANSWER_FILE_ENDING}"]
        german = feedback_page(in_german)
    assert [one.judged.share for one in in_german.tasks] == [
        one.judged.share for one in graded(tmp_path)[f"Bob{ANSWER_FILE_ENDING}"].tasks
    ]
    assert '<html lang="de">' in german
    for words in ("Ein erstes Aufgabenblatt", "Alle Aufgaben", "Nicht richtig", "Zwei Schritte von Hand"):
        assert words in german
    assert "1,667 von 11" in german  # and 1.667 of 11
    own = re.compile(r"<pre>.*?</pre>", re.DOTALL)
    for page in (english, german):  # what the student wrote is as it was
        typed = html.unescape("".join(own.findall(page)))
        for one in in_german.tasks:
            if one.own.task.id != "reach":
                assert all(text in typed for text in one.answer.fields)
    rest = re.sub(r"<style>.*?</style>|<meta[^>]*>", "", own.sub("", german), flags=re.DOTALL)
    words = {one.lower() for one in re.findall(r"[A-Za-z]+", re.sub("<[^>]*>", " ", rest))}
    assert not words & {"the", "of", "is", "and", "step", "gradient's", "try", "not", "answer", "this"}


def test_the_lesson_in_a_file_is_the_same_in_every_language():
    with speaking(read_language("de")):
        lesson = load_lesson("first-sheet")
        assert lesson.title == "Ein erstes Aufgabenblatt"
        assert new_hand_in(TaskSheet(lesson), "Ada") == new_hand_in(sheet(), "Ada")


def test_a_link_among_the_pages_leads_nowhere(tmp_path):
    written(tmp_path, "Ada", numbers=(5,))
    secret, pages = tmp_path / "secret.txt", tmp_path / "feedback"
    secret.write_text("secret")
    pages.mkdir()
    (pages / "Ada.html").symlink_to(secret)
    run_to_end(writing_feedback(pages, list(graded(tmp_path, pages).values())))
    assert secret.read_text() == "secret"
    assert (pages / "Ada.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_pages_of_equal_names_do_not_write_over_each_other(tmp_path):
    written(tmp_path, "Ada", numbers=(5,))
    written(tmp_path, "ADA", numbers=(5,), file=f"b{ANSWER_FILE_ENDING}")
    written(tmp_path, "../x", numbers=(5,), file=f"c{ANSWER_FILE_ENDING}")
    pages = run_to_end(writing_feedback(tmp_path / "feedback", list(graded(tmp_path).values())))
    assert sorted(one.name for one in pages) == ["ADA-2.html", "Ada.html", "x.html"]
    assert all(one.parent == tmp_path / "feedback" and one.is_file() for one in pages)
