"""gdsim grade: grades a folder of answers by recomputing every claim."""

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from gdsim.cli.command import (
    LONGEST_PATH,
    STANDARD_OUTPUT,
    Parser,
    UsageError,
    is_folder,
    open_output,
    print_error,
    print_table,
    reporting_unwritable,
    run_with_progress,
    standard_output,
)
from gdsim.cli.opening import file_identity
from gdsim.core.files.checked_json import FileFault
from gdsim.core.formulas.numerals import machine_readable
from gdsim.core.handin.feedback import feedback_pages, writing_feedback
from gdsim.core.handin.grading import (
    Grade,
    answer_files,
    grading,
    has_answers,
    is_answer_file,
    write_grades,
)
from gdsim.core.handin.sheet import TaskSheet
from gdsim.core.language.texts import throughout
from gdsim.core.language.translations import IN_ENGLISH
from gdsim.core.lessons.files import BUNDLED_LESSONS, SceneGiven, bundled_lessons, load_lesson
from gdsim.core.progress import alternately
from gdsim.core.settings import elided, one_line, printable

UNREADABLE = 1
_LESSONS = ".json"
_LONGEST_CELL, _LONGEST_REMARK = 40, 300


def grade(arguments: list[str]) -> int:
    """Print a line for each hand-in; return 1 if one of them could not be graded, and 0 otherwise."""
    parser = Parser(
        prog="gdsim grade",
        description="Grade a folder of answer files: every claim is computed anew with the data of the name "
        "in the file, the mistake is named, and each hand-in gets a page of feedback. Ends with 0, with 1 "
        "if a file could not be graded, or with 2 if there is nothing to grade.",
    )
    parser.add_file("folder", "the folder with files that end in .gdsim-answer", None)
    lesson = "the lesson with the tasks; by default the bundled ones, and the lesson files in the folder"
    parser.add_file("--lesson", lesson, "NAME|FILE")
    parser.add_file("--csv", "write the table of marks, or - to print it")
    parser.add_file("--feedback", "where the pages go; FOLDER/feedback by default", "FOLDER")
    parser.add_language("the pages; marks and tables are the same in every one")
    options = parser.parse_args(arguments)
    folder = Path(options.folder)
    if not is_folder(folder):
        raise UsageError(f"{parser.prog}: {printable(options.folder)} is not a folder")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise UsageError(f"{parser.prog}: {printable(options.folder)} may not be read")
    pages = Path(options.feedback) if options.feedback else folder / "feedback"
    if os.path.exists(pages) and not is_folder(pages):  # noqa: PTH110 - as `is_folder`
        raise UsageError(f"{parser.prog}: {printable(str(pages))} is not a folder for pages of feedback")
    sheets = [TaskSheet(load_lesson(options.lesson))] if options.lesson else list(_sheets(folder))
    judging = partial(grading, folder, [one for one in sheets if len(one)], pages)
    language = options.language
    if language == IN_ENGLISH:
        grades = translated = run_with_progress(judging(), "the answers graded")
    else:  # grade twice, because marks are in English and pages in the chosen language
        both = alternately(judging(), throughout(language, judging()))
        grades, translated = run_with_progress(both, "the answers graded")
    if not grades:
        raise UsageError(f"{parser.prog}: there are no answers in {printable(options.folder)}")
    _keep_hand_ins(folder, grades, sheets, pages, options.csv)
    with reporting_unwritable(pages):
        written = run_with_progress(
            throughout(language, writing_feedback(pages, translated)), "the pages written"
        )
    if options.csv:
        with open_output(options.csv) as table:
            if options.csv != STANDARD_OUTPUT:  # spreadsheets take a file without this mark for Latin-1
                table.write("\N{ZERO WIDTH NO-BREAK SPACE}")
            write_grades(grades, table)
    if options.csv != STANDARD_OUTPUT:
        with standard_output():
            _print(grades, pages, len(written))
    return UNREADABLE if any(not one.tasks for one in grades) else 0


def _keep_hand_ins(
    folder: Path, grades: Sequence[Grade], sheets: Sequence[TaskSheet], pages: Path, table: str | None
) -> None:
    """Raise `UsageError` if answers or lessons would be overwritten."""
    hand_ins = {file_identity(one): one for one in answer_files(folder, pages)}
    lessons = {file_identity(one.lesson.key) for one in sheets if one.lesson.key not in BUNDLED_LESSONS}
    targets = [*feedback_pages(pages, grades)]
    if table is not None and table != STANDARD_OUTPUT:
        targets.append(Path(table))
    for target in targets:
        place, fault = file_identity(target), ""
        if place in lessons:
            fault = "it is the lesson itself"
        elif place in hand_ins and has_answers(hand_ins[place]):
            fault = "it has answers in it"
        if fault:
            raise UsageError(f"{elided(str(target), LONGEST_PATH)}: cannot be written: {fault}")


def _sheets(folder: Path) -> Iterator[TaskSheet]:
    for name in bundled_lessons():
        yield TaskSheet(load_lesson(name))
    for path in sorted(folder.glob(f"*{_LESSONS}")):
        if is_answer_file(path.name):
            continue
        try:
            yield TaskSheet(load_lesson(str(path)))
        except SceneGiven:  # the scene of a stop
            continue
        except FileFault as fault:
            print_error(f"note: {one_line(str(fault), _LONGEST_REMARK)}")


def _print(grades: tuple[Grade, ...], pages: Path, count: int) -> None:
    rows = [
        (
            one_line(one.file, _LONGEST_CELL),
            one_line(one.name, _LONGEST_CELL),
            f"{machine_readable(one.marks)} of {one.of}" if one.tasks else "",
            str(one.to_read or ""),
            one_line(" ".join(one.for_teacher), _LONGEST_REMARK),
        )
        for one in grades
    ]
    print_table(("file", "name", "marks", "to read", "remarks"), rows)
    pages_written = "1 page" if count == 1 else f"{count} pages"
    print(f"{pages_written} of feedback in {printable(str(pages))}")
