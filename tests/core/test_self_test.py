"""The self-test passes on a sound copy, and finds what is wrong with another."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from gdsim.core import resources, self_test
from gdsim.core.engine.ensemble import Ensemble
from gdsim.core.language.catalogue import read_language
from gdsim.core.lessons import files
from gdsim.core.rules.catalogue import RULES
from gdsim.core.self_test import Fault, carry_out, checks, compare, computed, known_runs


def _failed():
    """Return what fails, by its name; of all scripts only one is tried."""
    scripts = "script of "
    tried = [one for one in checks() if not one[0].startswith(scripts) or one[0] == f"{scripts}valley"]
    return {result.name: result.detail for result in carry_out(tried) if not result.passed}


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
    results = list(carry_out(checks()))
    assert [result.line for result in results if not result.passed] == []
    assert sum(result.name.startswith("numbers of") for result in results) == 6 * 3


def test_every_rule_makes_50_steps_in_every_way_of_batching():
    known = known_runs()
    assert known.steps[-1] == 50
    for index in range(len(known.experiment.runs)):
        assert len(computed(known.experiment, known.experiment.runs[index], 50)) == 51


def test_a_number_that_is_wrong_in_the_ninth_digit_is_found(copied):
    path = copied / "self-test" / "known-runs.json"
    tree = json.loads(path.read_text(encoding="utf-8"))
    tree["rows"][4][8][1] += 5e-9 * max(abs(row[1]) for row in tree["rows"][4])
    path.write_text(json.dumps(tree), encoding="utf-8")
    name = tree["scene"]["runs"][4]["name"]
    assert list(_failed()) == [f"numbers of {name}"]


def test_a_rule_that_the_two_ways_compute_differently_is_found(monkeypatch):
    other = replace(RULES["gd"], id="other", lines="w_next = w - 2*eta*g")
    monkeypatch.setattr(
        self_test, "Ensemble", lambda run, *rest: Ensemble(replace(run, optimizer=other()), *rest)
    )
    assert "the numbers differ" in _failed()["rules in loops and on arrays"]


def test_what_is_missing_is_found(copied):
    (copied / "scenes" / "valley.json").unlink()
    (copied / "self-test" / "known-runs.json").unlink()
    assert _failed().keys() == {
        *("scenes", "links", "known numbers", "hand-in", "page", "script of valley"),
    }


def test_a_scene_that_no_catalog_lists_is_found(copied):
    shutil.copy(copied / "scenes" / "valley.json", copied / "scenes" / "forgotten.json")
    assert _failed() == {"scenes": "not in the catalog: forgotten"}


def test_a_script_that_computes_something_else_is_found(monkeypatch):
    monkeypatch.setattr(self_test, "computed", lambda *arguments: np.nextafter(computed(*arguments), 1.0))
    assert "differ" in _failed()["script of valley"]


def test_rows_are_compared_by_shape_and_by_number():
    rows = np.array([[1.0, 200.0], [2.0, 100.0]])
    assert compare(rows, rows, 0.0) == "4 numbers, within 0e+00"
    for other in (rows[:1], rows + 1e-6, rows * np.nan):
        with pytest.raises(Fault):
            compare(other, rows, 1e-9)


def test_a_check_that_breaks_down_is_a_failure_in_one_line():
    def broken():
        raise RuntimeError("two\nlines")

    (result,) = carry_out([("broken", broken)])
    assert result.line == "FAILED  broken: RuntimeError: two lines"


def test_a_language_that_lacks_a_file_is_found_and_one_that_is_missing(copied):
    read_language.cache_clear()
    (copied / "languages" / "de" / "help.po").unlink()
    assert _failed() == {"languages": "de has no help"}
    shutil.rmtree(copied / "languages")
    assert _failed() == {"languages": "there is none but English"}


def test_answers_that_are_graded_wrongly_are_found(monkeypatch):
    monkeypatch.setattr(self_test, "computed", lambda *given: 1.01 * computed(*given))
    assert _failed()["hand-in"] == "the marks are [0.0, 0.0], not [2, 0.0]"


def test_a_page_that_is_cut_off_is_found(copied):
    page = copied / "page" / "page.html"
    page.write_text(page.read_text(encoding="utf-8").replace("</html>", ""), encoding="utf-8")
    assert _failed() == {"page": "it has no end"}
