"""gdsim scenes, gdsim algorithms and gdsim lesson: lists of these, and the check of a lesson."""

import argparse
import json
from collections.abc import Sequence

from gdsim.cli.command import Parser, print_table, standard_output
from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.scene import load_scene
from gdsim.core.lessons.files import bundled_lessons, check_lesson, load_lesson
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.settings import as_in_file, printable


def scenes(arguments: list[str]) -> int:
    options = _list_options("gdsim scenes", "List the bundled scenes.", arguments)
    loaded = {name: load_scene(path) for name, path in bundled_scenes().items()}
    trees = [{"name": name, "title": scene.title, "about": scene.about} for name, scene in loaded.items()]
    return _print_list(("scene", "title", "about"), [tuple(one.values()) for one in trees], trees, options)


def algorithms(arguments: list[str]) -> int:
    options = _list_options("gdsim algorithms", "List the update rules and their settings.", arguments)
    rules = (RULES | SECOND_ORDER_RULES).values()
    rows = [
        (rule.id, rule.title, ", ".join(f"{item.name} {as_in_file(item.default)}" for item in rule.settings))
        for rule in rules
    ]
    trees = [_rule_tree(rule) for rule in rules]
    return _print_list(("algorithm", "name", "settings"), rows, trees, options)


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


def _print_list(
    head: Sequence[str], rows: Sequence[Sequence[str]], trees: object, options: argparse.Namespace
) -> int:
    with standard_output():
        if options.json:
            print(json.dumps(trees, indent=1, ensure_ascii=False))
        else:
            print_table(head, rows)
    return 0


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
    if options.verb == "check":
        checked = check_lesson(options.lesson)
        count = len(checked.stops)
        stops = f"{count} {'stop' if count == 1 else 'stops'}"
        with standard_output():
            print(f"{printable(checked.title)}: {stops}, and every number can be computed.")
        return 0
    lessons = {name: load_lesson(name) for name in bundled_lessons()}
    rows = [(name, one.title, str(len(one.stops))) for name, one in lessons.items()]
    trees = [
        {"name": name, "title": one.title, "about": one.about, "stops": len(one.stops)}
        for name, one in lessons.items()
    ]
    return _print_list(("lesson", "title", "stops"), rows, trees, options)
