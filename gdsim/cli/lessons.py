"""The command ``gdsim lesson``: what lessons there are, and whether one can be shown."""

import json

from gdsim.cli.faults import Parser
from gdsim.cli.output import standard_output
from gdsim.core.lessons.files import bundled_lessons, check_lesson, load_lesson
from gdsim.core.settings import printable


def lesson(arguments: list[str]) -> int:
    """Check a lesson, or list the bundled ones.

    Raises
    ------
    FileFault
        If a lesson cannot be shown, with one line that says why.
    """
    command = Parser(prog="gdsim lesson", description="Check a lesson, or list the bundled ones.")
    verbs = command.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("check", help="read a lesson, and compute every number of its captions")
    check.add_argument("lesson", help="a lesson file, or the name of a bundled lesson")
    listed = verbs.add_parser("list", help="list the bundled lessons")
    listed.add_argument("--json", action="store_true", help="as JSON")
    options = command.parse_args(arguments)
    told = _checked(options.lesson) if options.verb == "check" else _listed(as_json=options.json)
    with standard_output():
        print(told)
    return 0


def _checked(name: str) -> str:
    checked = check_lesson(name)
    count = len(checked.stops)
    stops = f"{count} {'stop' if count == 1 else 'stops'}"
    return f"{printable(checked.title)}: {stops}, and every number can be computed."


def _listed(*, as_json: bool) -> str:
    lessons = {name: load_lesson(name) for name in bundled_lessons()}
    rows = [
        {"name": name, "title": one.title, "about": one.about, "stops": len(one.stops)}
        for name, one in lessons.items()
    ]
    if as_json:
        return json.dumps(rows, indent=1, ensure_ascii=False)
    return "\n".join(f"{row['name']}  {row['title']}  {row['stops']} stops" for row in rows)
