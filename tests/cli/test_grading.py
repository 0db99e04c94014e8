"""gdsim grade: what it prints and writes, and how it ends."""

import csv
import json
import os
import subprocess
import sys

import pytest

from gdsim.core.exercises.quiz.making import make_question
from gdsim.core.handin import grading
from gdsim.core.handin.answer_file import ANSWER_FILE_ENDING, code_of_answers, write_answers
from gdsim.core.handin.answers import new_hand_in
from gdsim.core.handin.judging import judged
from gdsim.core.handin.sheet import TaskSheet
from gdsim.core.lessons.files import bundled_lessons, load_lesson
from tests.core.handin.students import handed_in, wrong_fields


def test_a_folder_is_graded(gdsim_, tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    write_answers(folder / f"ada{ANSWER_FILE_ENDING}", handed_in("Ada", numbers=(5, 7)))
    write_answers(folder / f"bob{ANSWER_FILE_ENDING}", handed_in("Bob", wrong_fields, (5, 7)))
    table = tmp_path / "grades.csv"
    code, out, err = gdsim_("grade", folder, "--csv", table)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == f"2 pages of feedback in {folder / 'feedback'}"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["name"], row["marks"], row["of"], row["to read"]) for row in rows] == [
        ("Ada", "1", "11", "3"),
        ("Bob", "0", "11", "3"),
    ]
    assert rows[1]["mistake 5"].startswith("This rate is too small")
    assert sorted(path.name for path in (folder / "feedback").iterdir()) == ["Ada.html", "Bob.html"]
    # Graded again, its own pages are no answers; and a broken file is told of.
    (folder / f"x{ANSWER_FILE_ENDING}").write_text("{")
    code, out, _ = gdsim_("grade", folder, "--csv", "-", "--feedback", tmp_path / "pages")
    assert code == 1
    assert out.splitlines()[3].startswith(f"x{ANSWER_FILE_ENDING},,,")
    assert (tmp_path / "pages" / "Ada.html").is_file()


def test_pages_are_in_the_language_that_is_asked_for_and_tables_the_same(gdsim_, tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    write_answers(folder / f"bob{ANSWER_FILE_ENDING}", handed_in("Bob", wrong_fields, (5, 7)))
    pages = {code: tmp_path / code for code in ("en", "de", "none")}
    told = {
        code: gdsim_("grade", folder, "--csv", "-", "--feedback", pages[code], *more)
        for code, more in {"none": (), "en": ("--language", "en"), "de": ("--language", "de")}.items()
    }
    assert told["de"] == told["en"] == told["none"]
    english, german, usual = (
        (pages[code] / "Bob.html").read_text(encoding="utf-8") for code in ("en", "de", "none")
    )
    assert usual == english
    assert "This rate is too small" in english
    assert "Diese Rate ist zu klein" in german
    assert gdsim_("grade", folder, "--language", "tlh")[0] == 2


def test_the_questions_of_each_hand_in_are_made_once_for_tables_and_pages(gdsim_, tmp_path):
    """The table is in English, and a page in another language; questions take most of the time."""
    for place in range(2):
        write_answers(tmp_path / f"{place}{ANSWER_FILE_ENDING}", handed_in(f"Name {place}", numbers=(4,)))
    make_question.cache_clear()
    assert gdsim_("grade", tmp_path, "--language", "de")[0] == 0
    assert make_question.cache_info().misses == 2 * 3


def test_a_lesson_of_the_folder_is_found_and_one_that_is_named(gdsim_, tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    stop = {"title": "One", "scene": "valley", "caption": "Say why.", "task": {"kind": "explain", "words": 2}}
    for place in (folder / "own.json", tmp_path / "other.json"):
        place.write_text(json.dumps({"gdsim-lesson": 1, "title": "Own", "stops": [stop]}))
        stop = stop | {"task": {"kind": "explain", "words": 3}}
    sheet = TaskSheet(load_lesson(str(folder / "own.json")))
    hand_in = new_hand_in(sheet, "Ada").kept(sheet.own_task(1, "Ada"), ("two words",), 3)
    write_answers(folder / f"ada{ANSWER_FILE_ENDING}", hand_in)
    assert gdsim_("grade", folder)[0] == 0
    assert gdsim_("grade", folder, "--lesson", folder / "own.json")[0] == 0
    code, out, _ = gdsim_("grade", folder, "--lesson", tmp_path / "other.json")
    assert code == 1
    assert "belongs to another lesson" in out


def test_scenes_of_a_lesson_in_the_folder_are_not_told_of(gdsim_, tmp_path):
    (tmp_path / "scene.json").write_text('{"gdsim": 1, "points": {"x": [1], "y": [0]}}')
    (tmp_path / "other.json").write_text("{}")
    write_answers(tmp_path / f"ada{ANSWER_FILE_ENDING}", handed_in("Ada", numbers=(5,)))
    code, _, err = gdsim_("grade", tmp_path)
    assert (code, err) == (0, "note: other.json: gdsim-lesson is missing\n")


def test_pages_go_into_a_folder(refused, tmp_path):
    write_answers(tmp_path / f"ada{ANSWER_FILE_ENDING}", handed_in("Ada", numbers=(5,)))
    (tmp_path / "notes").write_text("mine")
    told = refused("grade", tmp_path, "--feedback", tmp_path / "notes")
    assert told.endswith("notes is not a folder for pages of feedback")
    assert (tmp_path / "notes").read_text() == "mine"


@pytest.mark.skipif(os.name == "nt", reason="names of files have all letters there")
def test_a_system_whose_file_names_lack_a_letter(tmp_path):
    write_answers(tmp_path / f"ada{ANSWER_FILE_ENDING}", handed_in("Łukasz", numbers=(5,)))
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "gdsim", "grade", str(tmp_path)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(r"gdsim: '\u0141' cannot be part of file names here, which are in ascii;")
    assert len(ended.stderr.splitlines()) == 1


def test_answers_and_lessons_are_not_overwritten(refused, tmp_path):
    write_answers(tmp_path / f"ada{ANSWER_FILE_ENDING}", handed_in("Ada", numbers=(5,)))
    pasted = tmp_path / "Ada.html"  # as a course system saves what was typed into its page
    pasted.write_text(f"<p>{code_of_answers(handed_in('Ada', numbers=(5,)))}</p>")
    lesson = tmp_path / "mine.json"
    lesson.write_bytes(bundled_lessons()["first-sheet"].read_bytes())
    (tmp_path / "again.csv").symlink_to(tmp_path / f"ada{ANSWER_FILE_ENDING}")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for name, arguments, why in (
        (
            f"ada{ANSWER_FILE_ENDING}",
            ("--csv", tmp_path / f"ada{ANSWER_FILE_ENDING}"),
            "it has answers in it",
        ),
        ("again.csv", ("--csv", tmp_path / "again.csv"), "it has answers in it"),
        ("Ada.html", ("--feedback", tmp_path), "it has answers in it"),
        ("mine.json", ("--csv", lesson), "it is the lesson itself"),
    ):
        told = refused("grade", tmp_path, *arguments)
        assert told == f"{tmp_path / name}: cannot be written: {why}"
        assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_answers_that_are_left_out_are_not_overwritten_either(refused, tmp_path, monkeypatch):
    monkeypatch.setattr(grading, "MOST_FILES", 1)
    for name in ("Ada", "Bob"):
        write_answers(tmp_path / f"{name}{ANSWER_FILE_ENDING}", handed_in(name, numbers=(5,)))
    table = tmp_path / f"Bob{ANSWER_FILE_ENDING}"
    before = table.read_bytes()
    assert "it has answers in it" in refused("grade", tmp_path, "--csv", table)
    assert table.read_bytes() == before


def test_a_table_may_be_called_as_a_bundled_lesson_is(gdsim_, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_answers(tmp_path / f"ada{ANSWER_FILE_ENDING}", handed_in("Ada", numbers=(5,)))
    assert gdsim_("grade", tmp_path, "--csv", "first-sheet")[0] == 0
    assert "Ada" in (tmp_path / "first-sheet").read_text(encoding="utf-8")


def test_grading_that_is_stopped_leaves_the_table_as_it_was(gdsim_, tmp_path, monkeypatch):
    for name in ("Ada", "Bob"):
        write_answers(tmp_path / f"{name}{ANSWER_FILE_ENDING}", handed_in(name, numbers=(5,)))
    table = tmp_path / "grades.csv"
    table.write_text("old")
    seen = []

    def stopped(own, fields):
        seen.append(own)
        if len(seen) > 1:
            raise KeyboardInterrupt
        return judged(own, fields)

    monkeypatch.setattr("gdsim.core.handin.grading.judged", stopped)
    assert gdsim_("grade", tmp_path, "--csv", table) == (130, "", "Stopped.\n")
    assert table.read_text() == "old"
    assert not (tmp_path / "feedback").exists()


def test_what_cannot_be_graded_is_a_line(refused, tmp_path, monkeypatch):
    for none in ("none", "x" * 300):
        assert "is not a folder" in refused("grade", tmp_path / none)
    assert refused("grade", tmp_path).startswith("gdsim grade: there are no answers in")
    monkeypatch.setattr("os.access", lambda *_: False)  # whoever may read everything cannot take that away
    assert refused("grade", tmp_path).endswith(" may not be read")
    monkeypatch.undo()
    assert "the following arguments are required: folder" in refused("grade")
    write_answers(tmp_path / f"ada{ANSWER_FILE_ENDING}", handed_in("Ada", numbers=(5,)))
    assert "cannot be written" in refused("grade", tmp_path, "--csv", tmp_path / "no" / "x.csv")
    (tmp_path / "file").write_text("")
    assert "not a folder for pages" in refused("grade", tmp_path, "--feedback", tmp_path / "file")
