"""A page of feedback for each hand-in: one HTML file that loads nothing from any server."""

import html
from collections.abc import Iterator, Sequence
from pathlib import Path

from gdsim.core.files.atomic import replacing_text
from gdsim.core.files.stems import Stems
from gdsim.core.formulas.numerals import number, unbroken_equals
from gdsim.core.handin.grading import Grade, TaskGrade
from gdsim.core.handin.judging import answer_lines
from gdsim.core.language.texts import chosen_language, counted, said, translated
from gdsim.core.page.writing import page_policy
from gdsim.core.progress import Progress
from gdsim.core.resources import resource
from gdsim.core.settings import one_line

_LONGEST_SHOWN = 4000


def writing_feedback(folder: Path, grades: Sequence[Grade]) -> Progress[tuple[Path, ...]]:
    """Write a page for each grade with a hand-in, yielding the completed share; return the paths.

    Raises `OSError` if the folder or a page cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = feedback_pages(folder, grades)
    for place, (path, grade) in enumerate(pages.items()):
        yield place / len(pages)
        if path.is_symlink():  # it may have come with the hand-ins and point anywhere
            path.unlink()
        with replacing_text(path) as out:
            out.write(feedback_page(grade))
    return tuple(pages)


def feedback_pages(folder: Path, grades: Sequence[Grade]) -> dict[Path, Grade]:
    """Return the paths of the pages, each with its grade."""
    stems = Stems()
    graded = [one for one in grades if one.hand_in]
    return {folder / f"{stems.another(grade.name, 'answers')}.html": grade for grade in graded}


def feedback_page(grade: Grade) -> str:
    style = resource("page", "feedback.css").read_text(encoding="utf-8").strip()
    lesson = translated(grade.hand_in.lesson) if grade.hand_in else ""
    title = f"{_text(grade.name, 100)}: {_text(lesson, 200)}"
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{chosen_language().code}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{page_policy(style=style)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<h1>{_text(grade.name, 100)}</h1>",
        f"<p>{_text(lesson, 200)}</p>",
        *(f'<p class="odd">{_text(one)}</p>' for one in grade.remarks),
        *_table(grade),
        *(line for one in grade.tasks for line in _section(one)),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _table(grade: Grade) -> Iterator[str]:
    if not grade.tasks:
        return
    yield "<table>"
    yield f"<caption>{_text(said('Marks'))}</caption>"
    titles = (said("Task"), said("Result"), said("Marks"))
    heads = "".join(f'<th scope="col">{_text(title)}</th>' for title in titles)
    yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    for one in grade.tasks:
        head = f'<th scope="row"><a href="#task-{one.own.number}">{_head(one)}</a></th>'
        yield f"<tr>{head}<td>{_result(one)}</td><td>{_marks(one)}</td></tr>"
    yield "</tbody>"
    total = said("{marks} of {of}", marks=number(grade.marks, 4), of=grade.of)
    if grade.to_read:
        total = said("{total}, and {more} more to be given by a person", total=total, more=grade.to_read)
    yield (
        f'<tfoot><tr><th scope="row">{_text(said("All tasks"))}</th>'
        f"<td></td><td>{_text(total)}</td></tr></tfoot>"
    )
    yield "</table>"


def _section(one: TaskGrade) -> Iterator[str]:
    yield f'<section id="task-{one.own.number}">'
    yield f"<h2>{_head(one)}</h2>"
    yield f'<p class="result">{_result(one)}: {_marks(one)}</p>'
    if one.answer:  # without one, the result says so
        yield from (f"<p>{_text(sentence)}</p>" for sentence in one.judged.sentences)
    if one.answer and any(text.strip() for text in one.answer.fields):
        given = "\n".join(answer_lines(one.own, one.answer.fields))
        tries = counted(one.answer.count, "{n} try", "{n} tries")
        head = said("Your answer, after {tries} and {time}", tries=tries, time=_time(one.answer.seconds))
        yield f"<h3>{_text(head)}</h3>"
        yield f"<pre>{_text(given, _LONGEST_SHOWN, lines=True)}</pre>"
    yield "</section>"


def _head(one: TaskGrade) -> str:
    return f"{one.own.number}. {_text(translated(one.own.stop.title), 200)}"


def _result(one: TaskGrade) -> str:
    share = one.judged.share
    if one.answer is None:
        return _text(said("No answer"))
    if share is None:
        return _text(said("To be read"))
    return _text(
        said("Right") if share == 1.0 else said("Not right") if share == 0.0 else said("Partly right")
    )


def _marks(one: TaskGrade) -> str:
    if one.marks is None:
        return _text(said("up to {marks} by a person", marks=one.own.marks))
    return _text(said("{marks} of {of}", marks=number(one.marks, 4), of=one.own.marks))


def _time(seconds: int) -> str:
    minutes = round(seconds / 60)
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return counted(seconds, "{n} second", "{n} seconds")
    return counted(minutes, "{n} minute", "{n} minutes")


def _text(text: str, most: int = 1000, *, lines: bool = False) -> str:
    """Escape a text that somebody wrote for HTML, shortened to ``most`` letters.

    Line breaks are kept only with ``lines``.
    """
    if lines:
        text = "\n".join(one_line(line, most) for line in text[:most].splitlines())
        return html.escape(text)
    return html.escape(unbroken_equals(one_line(text, most)))
