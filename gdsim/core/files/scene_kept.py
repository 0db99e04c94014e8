"""The keys "map" and "race" of a scene file: what a document keeps of those two windows."""

from collections.abc import Sequence
from typing import Any

from gdsim.core.files.checked_json import JsonMembers, JsonNode
from gdsim.core.files.scene_runs import kind_tree, one_of, read_hyperparameters
from gdsim.core.model.kept import KeptWindows
from gdsim.core.model.kept_windows import SEARCH, KeptAxis, KeptEntry, KeptMap, KeptRace, RaceTerms
from gdsim.core.rules.libraries.lookup import find_rule
from gdsim.core.rules.own_rule import OwnRule
from gdsim.core.rules.searches import FIXED, SEARCHES

_NUMBERS = ("budget", "trials", "starts", "seed", "solved_below")


def read_kept(members: JsonMembers, rules: Sequence[OwnRule]) -> KeptWindows:
    return KeptWindows(
        members.read("map", _map, usual=None),
        members.read("race", lambda node: _race(node, rules), usual=None),
    )


def _map(node: JsonNode) -> KeptMap:
    keys = ("x", "y", "steps", "solved_below", "beside")
    members = node.keys(*keys, needed=keys[:-1])
    beside = members.read("beside", lambda node: tuple(map(JsonNode.text, node.items())), usual=())
    axes = [_axis(members[key]) for key in ("x", "y")]
    with node.naming_keys():
        return KeptMap(axes[0], axes[1], members["steps"].value, members["solved_below"].value, beside)


def _axis(node: JsonNode) -> KeptAxis:
    members = node.keys("setting", "range", "seen", "log", needed=["setting", "range"])
    seen = members.read("seen", JsonNode.pair, usual=None)
    log = members.read("log", JsonNode.switch, usual=False)
    with node.naming_keys():
        return KeptAxis(members["setting"].text(), *members["range"].pair(), seen, log)


def _race(node: JsonNode, rules: Sequence[OwnRule]) -> KeptRace:
    members = node.keys("rules", *_NUMBERS, "grid", needed=["rules", *_NUMBERS])
    entries = tuple(_entry(one, rules) for one in members["rules"].items())
    budget, trials, starts, seed, below = (members[key].value for key in _NUMBERS)
    grid = members.read("grid", JsonNode.switch, usual=False)
    with node.naming_keys():
        return KeptRace(entries, RaceTerms(budget, trials, starts, grid, seed, below))


def _entry(node: JsonNode, rules: Sequence[OwnRule]) -> KeptEntry:
    members = node.keys("algorithm", "hyperparameters", "search", "ranges", needed=["algorithm"])
    with members["algorithm"].naming_keys():
        rule = find_rule(members["algorithm"].value, rules)
    optimizer = read_hyperparameters(node, members, rule)
    search = members.read("search", lambda item: one_of(item, SEARCHES), usual=FIXED())
    names = (*rule.names, *(f"{SEARCH}{name}" for name in search.definition.names))
    ranges = members["ranges"].keys(*names) if "ranges" in members else {}
    axes = []
    for name, member in ranges.items():
        with member.naming_keys({"range": ""}):
            axes.append(KeptAxis(name, *member.pair()))
    with node.naming_keys():
        return KeptEntry(optimizer, tuple(axes), search)


# --------------------------------------------------------------------------------------- writing


def kept_trees(kept: KeptWindows, rules: Sequence[OwnRule]) -> dict[str, Any]:
    """Return the keys of a scene file, leaving out race entries whose rule the document no longer has."""
    trees: dict[str, Any] = {}
    if kept.map:
        one = kept.map
        trees["map"] = {
            "x": _axis_tree(one.x),
            "y": _axis_tree(one.y),
            "steps": one.steps,
            "solved_below": one.solved_below,
        } | ({"beside": list(one.beside)} if one.beside else {})
    race = kept.race
    entries = [_entry_tree(one) for one in race.entries if _is_known(one, rules)] if race else []
    if race and entries:
        trees["race"] = {"rules": entries} | {key: getattr(race.terms, key) for key in _NUMBERS}
        trees["race"] |= {"grid": True} if race.terms.on_grid else {}
    return trees


def _is_known(entry: KeptEntry, rules: Sequence[OwnRule]) -> bool:
    rule = entry.optimizer.definition
    return not isinstance(rule, OwnRule) or rule in rules


def _entry_tree(entry: KeptEntry) -> dict[str, Any]:
    tree: dict[str, Any] = {"algorithm": entry.optimizer.id, "hyperparameters": entry.optimizer.arguments}
    if entry.search.definition != FIXED:
        tree["search"] = kind_tree(entry.search)
    if entry.ranges:
        tree["ranges"] = {axis.setting: [axis.low, axis.high] for axis in entry.ranges}
    return tree


def _axis_tree(axis: KeptAxis) -> dict[str, Any]:
    tree: dict[str, Any] = {"setting": axis.setting, "range": [axis.low, axis.high]}
    if axis.seen:
        tree["seen"] = list(axis.seen)
    if axis.log:
        tree["log"] = True
    return tree
