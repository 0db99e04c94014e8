"""The pictures of the rules are those that their lines make."""

import importlib.util
from pathlib import Path

import pytest
from gdsim.core.rules.rule_picture import picture_name

from gdsim.core.resources import resource
from tests.core.strategies import rule_variants

ROOT = Path(__file__).resolve().parents[2]


def test_every_rule_has_a_picture_however_its_switches_are_set():
    wanted = {f"{picture_name(rule)}.svg" for rule in rule_variants()} | {"gradient.svg", "gradient-look.svg"}
    assert {path.name for path in resource("rules").glob("*.svg")} == wanted


def test_a_picture_says_what_is_switched_off():
    names = [picture_name(rule) for rule in rule_variants()]
    assert len(names) == len(set(names))
    assert "adagrad-no-root" in names
    assert "adam-no-bias-correction" in names


@pytest.mark.parametrize("rule", rule_variants(), ids=str)
def test_a_picture_has_an_element_for_each_line(rule):
    svg = resource("rules", f"{picture_name(rule)}.svg").read_text(encoding="utf-8")
    assert svg.count('id="line-') == len(rule.work())
    assert "currentColor" in svg
    assert "<symbol" not in svg
    assert "<use" not in svg


def test_the_pictures_are_made_from_the_lines():
    pytest.importorskip("ziamath")
    spec = importlib.util.spec_from_file_location("rule_pictures", ROOT / "packaging" / "rule_pictures.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made = script.pictures()
    kept = {path.name: path.read_text(encoding="utf-8") for path in resource("rules").glob("*.svg")}
    assert made == kept, "run: python packaging/rule_pictures.py"
