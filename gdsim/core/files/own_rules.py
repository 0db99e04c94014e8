"""The user-defined rules of a document in its scene file.

A rule is ``{"id": ..., "title": ..., "lines": [...], "settings": [...]}``.
"""

from typing import Any

from gdsim.core.files.checked_json import FileFault, JsonMembers, JsonNode
from gdsim.core.formulas.syntax import FormulaError
from gdsim.core.rules.own_rule import OwnRule, checked_id, own_rule
from gdsim.core.rules.own_settings import VALUES, made_setting, usual_setting, values_of
from gdsim.core.settings import Domain, Setting, as_in_file


def rule_tree(rule: OwnRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "lines": rule.lines.split("\n"),
        "settings": [_setting_tree(one) for one in rule.settings],
    }


def _setting_tree(setting: Setting) -> dict[str, Any]:
    tree: dict[str, Any] = {
        "name": setting.name,
        "values": values_of(setting.domain),
        "default": setting.default,
    }
    return tree if setting.is_switch else {**tree, "low": setting.low, "high": setting.high}


def read_own_rule(node: JsonNode) -> OwnRule:
    members = node.keys("id", "title", "lines", "settings", needed=["id", "lines"])
    id_ = members["id"].text()
    with node.naming_keys():
        checked_id(id_)
    lines = _lines(members["lines"])
    settings = members.read("settings", lambda item: [*map(_setting, item.items())], usual=[])
    names = [one.name for one in settings]
    with node.naming_keys():
        try:
            rule = own_rule(members.read("title", JsonNode.text, usual=id_), lines, settings, id_)
        except FormulaError as error:
            place = f"[{error.span.line}]" if error.span and error.span.line else ""
            raise FileFault(f"{node.path}.lines{place}: {error}") from None
    for name in names:
        if name not in rule.names:
            raise node.fault("has a setting {name} that no line uses", name=as_in_file(name))
        if names.count(name) > 1:
            raise node.fault("has the setting {name} twice", name=as_in_file(name))
    return rule


def _lines(node: JsonNode) -> str:
    if isinstance(node.value, str):
        return node.text()
    rows = [item.text() for item in node.items()]
    for row, text in enumerate(rows):
        if len(text.splitlines()) > 1:
            raise FileFault("{path}[{row}] must be one line", path=node.path, row=row)
    return "\n".join(rows)


def _setting(node: JsonNode) -> Setting:
    members = node.keys("name", "values", "default", "low", "high", needed=["name"])
    name = members["name"].text()
    domain = VALUES[members["values"].word(VALUES)] if "values" in members else _usual_domain(name, members)
    usual = usual_setting(name, domain)
    wanted: dict[str, Any] = {"default": usual.default, "low": usual.low, "high": usual.high}
    wanted |= {key: members[key].value for key in wanted if key in members}
    with node.naming_keys():
        return made_setting(name, domain, **wanted)


def _usual_domain(name: str, members: JsonMembers) -> Domain:
    if "default" in members and isinstance(members["default"].value, bool):
        return VALUES["switch"]
    return usual_setting(name).domain
