"""The self-test passes on a sound copy, and finds what is wrong with another."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from gdsim.core import resources, self_test
from gdsim.core.engine.ensemble import Ensemble
from gdsim.core.language.translations import read_language
from gdsim.core.lessons import files
from gdsim.core.rules.catalogue import RULES
from gdsim.core.self_test import CheckFailed, carry_out, checks, compare, computed, known_runs
from tests.every import some_of


def _failed(*names):
    """Return what fails of all checks, or of some, by its name; of all scripts only one is tried."""
    scripts = "script of "
    tried = [one for one in checks() if not one[0].startswith(scripts) or one[0] == f"{scripts}valley"]
    some = [one for one in tried if not names or one[0] in names]
    return {result.name: result.detail for result in carry_out(some) if not result.passed}


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Give the program another copy of its resources, to be spoiled."""
    folder = tmp_path / "gdsim" / "resources"
    shutil.copytree(resources.resource(), folder, ignore=shutil.ignore_patterns("pictures"))
    monkeypatch.setattr(resources, "_ROOT", folder)
    # Lessons that were read are kept, those of the other copy too.
    monkeypatch.setattr(files, "_bundled_lesson", files._bundled_lesson.__wrapped__)
    return folder


def test_every_check_passes():
    known = list(checks())
    scripts = [one for one in known if one[0].startswith("script of ")]
    others = [one for one in known if one not in scripts]
    results = list(carry_out([*others, *some_of(scripts, 0, 4)]))
    assert [result.line for result in results if not result.passed] == []
    assert sum(result.name.startswith("numbers of") for result in results) == 6 * 3


def test_every_rule_makes_50_steps_in_every_way_of_batching():
    known = known_runs()
    assert known.steps[-1] == 50
    for index in range(len(known.experiment.runs)):
        assert len(computed(known.experiment, known.experiment.runs[index], 50)) == 51


def test_of_a_copy_that_is_spoiled_each_fault_is_found_and_nothing_else(copied):
    known, page = copied / "self-test" / "known-runs.json", copied / "page" / "page.html"
    tree = json.loads(known.read_text(encoding="utf-8"))
    # A number that is wrong in the ninth digit.
    tree["rows"][4][8][1] += 5e-9 * max(abs(row[1]) for row in tree["rows"][4])
    known.write_text(json.dumps(tree), encoding="utf-8")
    shutil.copy(copied / "scenes" / "valley.json", copied / "scenes" / "forgotten.json")
    page.write_text(page.read_text(encoding="utf-8").replace("</html>", ""), encoding="utf-8")
    read_language.cache_clear()
    (copied / "languages" / "de" / "help.po").unlink()
    failed = _failed()
    assert "the numbers differ" in failed.pop(f"numbers of {tree['scene']['runs'][4]['name']}")
    assert failed == {
        "scenes": "not in the catalog: forgotten",
        "languages": "de has no help",
        "page": "it has no end",
    }
    shutil.rmtree(copied / "languages")
    assert _failed("languages") == {"languages": "there is none but English"}


def test_a_rule_that_the_two_ways_compute_differently_is_found(monkeypatch):
    other = replace(RULES["gd"], id="other", lines="w_next = w - 2*eta*g")
    monkeypatch.setattr(
        self_test, "Ensemble", lambda run, *rest: Ensemble(replace(run, optimizer=other()), *rest)
    )
    assert "the numbers differ" in _failed("rules in loops and on arrays")["rules in loops and on arrays"]


def test_what_is_missing_is_found(copied):
    (copied / "scenes" / "valley.json").unlink()
    (copied / "self-test" / "known-runs.json").unlink()
    assert _failed().keys() == {
        *("scenes", "links", "known numbers", "hand-in", "page", "script of valley"),
    }


def test_a_script_that_computes_something_else_is_found(monkeypatch):
    monkeypatch.setattr(self_test, "computed", lambda *arguments: np.nextafter(computed(*arguments), 1.0))
    assert "differ" in _failed("script of valley")["script of valley"]


def test_rows_are_compared_by_shape_and_by_number():
    rows = np.array([[1.0, 200.0], [2.0, 100.0]])
    assert compare(rows, rows, 0.0) == "4 numbers, within 0e+00"
    for other in (rows[:1], rows + 1e-6, rows * np.nan):
        with pytest.raises(CheckFailed):
            compare(other, rows, 1e-9)


def test_a_check_that_breaks_down_is_a_failure_in_one_line():
    def broken():
        raise RuntimeError("two\nlines")

    (result,) = carry_out([("broken", broken)])
    assert result.line == "FAILED  broken: RuntimeError: two lines"


def test_answers_that_are_graded_wrongly_are_found(monkeypatch):
    monkeypatch.setattr(self_test, "computed", lambda *given: 1.01 * computed(*given))
    assert _failed("hand-in")["hand-in"] == "the marks are [0.0, 0.0], not [2, 0.0]"
