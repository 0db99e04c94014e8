"""Grading a folder of answers: each file gets a grade or a remark, and no faulty file stops the others."""

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from gdsim.core.files.checked_json import FileFault
from gdsim.core.formulas.numerals import integer_text, machine_readable
from gdsim.core.handin.answer_file import ANSWER_FILE_ENDING, AnswersRead, read_answers, read_many
from gdsim.core.handin.answers import Answer, AnswerJudgement, HandIn, no_answer
from gdsim.core.handin.judging import judged
from gdsim.core.handin.sheet import OwnTask, TaskSheet, name_key
from gdsim.core.language.texts import counted, said
from gdsim.core.progress import Progress
from gdsim.core.settings import elided, one_line, printable

# The suffixes of files that may contain pasted codes: texts, and what course systems and mail programs save.
_TEXTS = (".txt", ".html", ".htm", ".eml")
# The prefix of the files of attributes that macOS adds to archives.
_ATTRIBUTES = "._"
MOST_FILES = 10_000
_DECIMALS = 4
# How many other hand-ins a remark names at most.
_NAMED = 3
# Spreadsheets take a cell that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{MINUS SIGN}", "\N{FULLWIDTH EQUALS SIGN}")


@dataclass(frozen=True)
class TaskGrade:
    own: OwnTask
    answer: Answer | None
    judged: AnswerJudgement

    @property
    def marks(self) -> float | None:
        """The marks, or None if a person has to give them."""
        share = self.judged.share
        return None if share is None else round(share * self.own.marks, _DECIMALS)


@dataclass(frozen=True)
class Grade:
    """The grade of an answer file, or of a code in a file."""

    file: str  # The path within the folder
    hand_in: HandIn | None = None
    tasks: tuple[TaskGrade, ...] = ()
    remarks: tuple[str, ...] = ()  # What is suspicious, or why it cannot be graded
    alike: tuple[str, ...] = ()  # What it has in common with the hand-ins of others, who are named

    @property
    def marks(self) -> float:
        """The sum of the marks known so far."""
        return round(sum(one.marks or 0.0 for one in self.tasks), _DECIMALS)

    @property
    def of(self) -> int:
        """The greatest possible marks in the tasks that the program judges."""
        return sum(one.own.marks for one in self.tasks if one.judged.share is not None)

    @property
    def to_read(self) -> int:
        """The greatest possible marks in the tasks that a person has to read."""
        return sum(one.own.marks for one in self.tasks if one.judged.share is None)

    @property
    def for_teacher(self) -> tuple[str, ...]:
        """All remarks, including those about others, which students do not see."""
        return (*self.remarks, *self.alike)

    @property
    def name(self) -> str:
        """The student's name, or empty if it is unknown."""
        return self.hand_in.name if self.hand_in else ""


@dataclass(eq=False)
class _PendingGrade:
    """A hand-in that is being graded."""

    file: str
    hand_in: HandIn
    remarks: list[str] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The student's name, normalized for comparison with other hand-ins."""
        return name_key(self.hand_in.name)

    @property
    def shown_name(self) -> str:
        return one_line(self.hand_in.name, 60)

    @property
    def key(self) -> str:
        """The sheet and the student, who together determine the data."""
        return f"{self.hand_in.sheet} {self.name}"


def is_answer_file(name: str) -> bool:
    """Return whether this is the name of an answer file, rather than of a text with codes."""
    return ANSWER_FILE_ENDING in name.lower()


def has_answers(path: Path) -> bool:
    """Return whether a file is an answer file or contains a code."""
    return is_answer_file(path.name) or next(read_many(path), None) is not None


def _may_hold_answers(name: str) -> bool:
    is_text = name.lower().endswith(_TEXTS)
    return (is_text or is_answer_file(name)) and not name.startswith(_ATTRIBUTES)


def answer_files(folder: Path, excluded: Path | None) -> list[Path]:
    """Return the files that may contain answers, in an order that does not depend on the system.

    Subfolders, as course systems create them, are searched, except the ``excluded`` one and links to folders.
    A name counts even if mail programs or browsers have appended something to its suffix.
    """
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if excluded is None or Path(place, one) != excluded)
        found += [Path(place, one) for one in names if _may_hold_answers(one)]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def grading(
    folder: Path, sheets: Sequence[TaskSheet], excluded: Path | None = None
) -> Progress[tuple[Grade, ...]]:
    """Grade every file that may contain answers, yielding the completed share; see `answer_files`.

    A file that cannot be read has a remark instead of marks.
    """
    found = list(_found(folder, excluded))
    known = {sheet.id: sheet for sheet in sheets}
    entries = [one for one in found if isinstance(one, _PendingGrade)]
    _remark_on_duplicates(entries)
    own_tasks = {one.key: _own_tasks(one, known) for one in entries}
    owners = {own.data: one.shown_name for one in entries for own in own_tasks[one.key]}
    grades = []
    for place, one in enumerate(found):
        yield place / len(found)
        grades.append(one if isinstance(one, Grade) else _graded(one, known, own_tasks[one.key], owners))
    return tuple(grades)


def _found(folder: Path, excluded: Path | None) -> Iterator[_PendingGrade | Grade]:
    """Yield an entry for each hand-in in the files, or a grade with a remark if it cannot be read."""
    files = answer_files(folder, excluded)
    for path in files[:MOST_FILES]:
        name = path.relative_to(folder).as_posix()
        if _leads_out(path, folder):
            yield _entry(name, FileFault("is a symbolic link that leads out of the folder"))
            continue
        if not is_answer_file(path.name):
            for place, found in enumerate(read_many(path), 1):
                yield _entry(f"{name}, code {place}", found)
            continue
        try:
            yield _entry(name, read_answers(path))
        except FileFault as fault:
            yield _entry(name, fault)
    if len(files) > MOST_FILES:
        words = said(
            "There are more than {most} files; the others are left out.", most=integer_text(MOST_FILES)
        )
        yield Grade(str(folder), remarks=(words,))


def _leads_out(path: Path, folder: Path) -> bool:
    """Return whether a file is a link to a file elsewhere, which feedback must not quote."""
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link that leads back to itself, which cannot be read anyway
        return False


def _entry(file: str, found: AnswersRead | FileFault) -> _PendingGrade | Grade:
    if isinstance(found, FileFault):
        words = said("It cannot be read: it {fault}.", fault=str(found).rstrip("."))
        return Grade(file, remarks=(words,))
    remarks = [] if found.is_untouched else [said("It was changed outside of gdsim after it was saved.")]
    return _PendingGrade(file, found.hand_in, remarks)


def _remark_on_duplicates(entries: Sequence[_PendingGrade]) -> None:
    """Add remarks to entries that share a name, and to entries of different names with identical answers."""
    by_name: dict[str, list[_PendingGrade]] = defaultdict(list)
    by_answers: dict[str, list[_PendingGrade]] = defaultdict(list)
    for entry in entries:
        by_name[entry.key].append(entry)
        same_answers = entry.hand_in.same_answers()
        if same_answers:
            by_answers[f"{entry.hand_in.sheet} {same_answers}"].append(entry)
    for same in by_name.values():
        files = [elided(one.file) for one in same]
        for place, entry in enumerate(same):
            near = [*files[: min(place, _NAMED)], *files[place + 1 : place + 1 + _NAMED]]
            others = _first_names(near, len(files) - 1)
            if others:
                entry.alike.append(said("The same name has also handed in {others}.", others=others))
    for same in by_answers.values():
        names = {one.name: one.shown_name for one in reversed(same)}
        if len(names) == 1:
            continue
        first = sorted((name, key) for key, name in names.items())[: _NAMED + 1]
        for entry in same:
            others = _first_names([name for name, key in first if key != entry.name], len(names) - 1)
            entry.alike.append(said("All its answers are those of {others}, word for word.", others=others))


def _first_names(names: Sequence[str], total: int) -> str:
    """Return the first few names, and how many more of ``total`` there are."""
    more = total - _NAMED
    shown = ", ".join(names[:_NAMED])
    return said("{shown} and {more} more", shown=shown, more=more) if more > 0 else shown


def _own_tasks(entry: _PendingGrade, known: Mapping[str, TaskSheet]) -> tuple[OwnTask, ...]:
    """Return the tasks with the data for the name in a hand-in; none if the sheet is unknown."""
    sheet = known.get(entry.hand_in.sheet)
    return sheet.for_name(entry.name) if sheet else ()


def _graded(
    entry: _PendingGrade,
    known: Mapping[str, TaskSheet],
    own_tasks: Sequence[OwnTask],
    owners: Mapping[str, str],
) -> Grade:
    hand_in, remarks, alike = entry.hand_in, entry.remarks, entry.alike
    sheet = known.get(hand_in.sheet)
    if sheet is None:
        lesson = one_line(hand_in.lesson, 60) or said("without a title")
        words = said('It belongs to another lesson, "{lesson}", or to another version of it.', lesson=lesson)
        return Grade(entry.file, hand_in, remarks=(*remarks, words), alike=tuple(alike))
    beyond = [one.number for one in hand_in.answers if one.number > len(sheet)]
    if beyond:
        words = said(
            "It answers a task {task}, but the lesson has {tasks}.", task=beyond[0], tasks=len(sheet)
        )
        remarks = [*remarks, words]
    tasks = tuple(_task_grade(own, hand_in.answer(own.number)) for own in own_tasks)
    strange = Counter(
        owners.get(one.answer.data, "") for one in tasks if one.answer and one.answer.data != one.own.data
    )
    for name in sorted(strange):
        whose = (
            said("those of {name}", name=one_line(name, 60))
            if name
            else said("those of nobody in this folder")
        )
        words = counted(
            strange[name],
            "{n} answer was made with the data of another name: {whose}.",
            "{n} answers were made with the data of another name: {whose}.",
            whose=whose,
        )
        alike = [*alike, words]
    return Grade(entry.file, hand_in, tasks, tuple(remarks), tuple(alike))


def _task_grade(own: OwnTask, answer: Answer | None) -> TaskGrade:
    if answer is None:
        return TaskGrade(own, None, no_answer())
    try:
        found = judged(own, answer.fields)
    except (ValueError, ArithmeticError) as fault:  # no answer may stop the grading of the others
        words = one_line(str(fault), 200).rstrip(".")
        found = AnswerJudgement(
            None, (said("It could not be judged, so a person has to read it: {reason}.", reason=words),)
        )
    if answer.data != own.data:
        words = said("The answer was not made with the data of this name.")
        found = replace(found, sentences=(words, *found.sentences), mistake=words)
    return TaskGrade(own, answer, found)


# ----------------------------------------------------------------------------------- table of grades


def write_grades(grades: Sequence[Grade], out: TextIO) -> None:
    """Write a row for each grade as CSV, in which spreadsheets take no cell for a formula."""
    writer = csv.writer(out, lineterminator="\n")
    most = max((len(one.tasks) for one in grades), default=0)
    numbers = range(1, most + 1)
    heads = [f"{what} {number}" for number in numbers for what in ("task", "mistake")]
    writer.writerow(["file", "name", "lesson", "marks", "of", "to read", *heads, "remarks"])
    for grade in grades:
        cells = [_cell(text) for one in grade.tasks for text in (_marks(one), one.judged.mistake)]
        cells += [""] * (2 * most - len(cells))
        totals = (
            [machine_readable(grade.marks), str(grade.of), str(grade.to_read)] if grade.tasks else [""] * 3
        )
        names = [grade.file, grade.name, grade.hand_in.lesson if grade.hand_in else ""]
        writer.writerow([*map(_cell, names), *totals, *cells, _cell(" ".join(grade.for_teacher))])


def _marks(one: TaskGrade) -> str:
    return "read" if one.marks is None else machine_readable(one.marks)


def _cell(text: str) -> str:
    line = printable(" ".join(text.split()))
    return f"'{line}" if line.startswith(_FORMULA) else line
