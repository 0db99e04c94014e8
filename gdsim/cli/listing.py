"""gdsim scenes, gdsim algorithms and gdsim lesson: lists of these, and the check of a lesson."""

import argparse
import json

from gdsim.cli.command import Parser, print_table, standard_output
from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.scene import load_scene
from gdsim.core.lessons.files import bundled_lessons, check_lesson, load_lesson
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.rule import Rule
from gdsim.core.settings import Setting, printable, shown


def scenes(arguments: list[str]) -> int:
    options = _list_options("gdsim scenes", "List the bundled scenes.", arguments)
    loaded = {name: load_scene(path) for name, path in bundled_scenes().items()}
    with standard_output():
        if options.json:
            _print_json(
                [{"name": name, "title": scene.title, "about": scene.about} for name, scene in loaded.items()]
            )
        else:
            rows = [(name, scene.title, scene.about) for name, scene in loaded.items()]
            print_table(("scene", "title", "about"), rows)
    return 0


def algorithms(arguments: list[str]) -> int:
    options = _list_options("gdsim algorithms", "List the update rules and their settings.", arguments)
    with standard_output():
        if options.json:
            _print_json([_rule_tree(rule) for rule in RULES.values()])
        else:
            rows = [
                (rule.id, rule.title, ", ".join(_setting(item) for item in rule.settings))
                for rule in RULES.values()
            ]
            print_table(("algorithm", "name", "settings"), rows)
    return 0


def _setting(setting: Setting) -> str:
    return f"{setting.name} {shown(setting.default)}"


def _rule_tree(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "hyperparameters": {
            setting.name: {"symbol": setting.symbol, "default": setting.default, "doc": setting.doc}
            for setting in rule.settings
        },
        "state": list(rule().update_rule.letters),
    }


def _list_options(prog: str, description: str, arguments: list[str]) -> argparse.Namespace:
    parser = Parser(prog=prog, description=description)
    parser.add_argument("--json", action="store_true", help="as JSON")
    return parser.parse_args(arguments)


def _print_json(tree: object) -> None:
    print(json.dumps(tree, indent=1, ensure_ascii=False))


def lesson(arguments: list[str]) -> int:
    command = Parser(prog="gdsim lesson", description="Check a lesson, or list the bundled ones.")
    verbs = command.add_subparsers(dest="verb")
    reading, listing = "read a lesson, and compute every number of its captions", "list the bundled lessons"
    check = verbs.add_parser("check", help=reading, description=f"{reading.capitalize()}.")
    check.add_file("lesson", "a lesson file, or the name of a bundled lesson", None)
    listed = verbs.add_parser("list", help=listing, description=f"{listing.capitalize()}.")
    listed.add_argument("--json", action="store_true", help="as JSON")
    options = command.parse_args(arguments)
    if options.verb is None:
        command.error("check or list is needed")
    text = _checked(options.lesson) if options.verb == "check" else _listed(as_json=options.json)
    with standard_output():
        print(text)
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
