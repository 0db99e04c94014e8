"""The numbers of the self-test are those of the plain loops."""

import json
from pathlib import Path

import pytest

from gdsim.core.resources import resource
from tests.packaging_.scripts import load

ROOT = Path(__file__).resolve().parents[2]


def test_the_file_is_what_the_loops_make():
    made = load("known_runs").text()
    kept = resource("self-test", "known-runs.json").read_text(encoding="utf-8")
    # The last digits are those of the mathematics library of the machine that made the file.
    one, other = json.loads(made), json.loads(kept)
    assert one["scene"] == other["scene"], "run: python packaging/known_runs.py"
    assert one["steps"] == other["steps"]
    assert _numbers(one["rows"]) == pytest.approx(_numbers(other["rows"]), rel=1e-9)


def _numbers(rows):
    return [number for run in rows for row in run for number in row]


def test_the_script_asks_the_engine_nothing():
    text = (ROOT / "packaging" / "known_runs.py").read_text(encoding="utf-8")
    imports = [line for line in text.splitlines() if line.startswith(("import ", "from "))]
    assert not any("gdsim" in line for line in imports)
