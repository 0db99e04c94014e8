"""The command ``gdsim lesson``: what lessons there are, and whether one can be shown."""

import argparse
import json
from collections.abc import Callable

from gdsim.core.lesson.files import bundled_lessons, check_lesson, load_lesson


def lessons_told(parser: Callable[..., argparse.ArgumentParser], arguments: list[str]) -> str:
    """Return what the command prints.

    Parameters
    ----------
    parser : callable
        Makes a parser.
    arguments : list of str
        After ``gdsim lesson``.

    Raises
    ------
    FileFault
        If a lesson cannot be shown, with one line that says why.
    """
    command = parser(prog="gdsim lesson", description="Check a lesson, or list the bundled ones.")
    verbs = command.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("check", help="read a lesson, and compute every number of its captions")
    check.add_argument("lesson", help="a lesson file, or the name of a bundled lesson")
    listed = verbs.add_parser("list", help="list the bundled lessons")
    listed.add_argument("--json", action="store_true", help="as JSON")
    options = command.parse_args(arguments)
    if options.verb == "check":
        return _checked(options.lesson)
    return _listed(as_json=options.json)


def _checked(name: str) -> str:
    lesson = check_lesson(name)
    count = len(lesson.stops)
    return f"{lesson.title}: {count} {'stop' if count == 1 else 'stops'}, and every number can be computed."


def _listed(*, as_json: bool) -> str:
    lessons = {name: load_lesson(name) for name in bundled_lessons()}
    rows = [
        {"name": name, "title": lesson.title, "about": lesson.about, "stops": len(lesson.stops)}
        for name, lesson in lessons.items()
    ]
    if as_json:
        return json.dumps(rows, indent=1, ensure_ascii=False)
    return "\n".join(f"{row['name']}  {row['title']}  {row['stops']} stops" for row in rows)
