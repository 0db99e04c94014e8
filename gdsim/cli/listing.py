"""gdsim scenes and gdsim algorithms: what there is."""

import argparse
import json

from gdsim.cli.faults import Parser
from gdsim.cli.output import print_table, standard_output
from gdsim.core.files.scene import bundled_scenes, load_scene
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.rule import Rule
from gdsim.core.settings import Setting, shown


def scenes(arguments: list[str]) -> int:
    """List the bundled scenes."""
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
    """List the update rules."""
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
