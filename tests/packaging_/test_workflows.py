"""What the workflows call is there, and what they promise is in them."""

import re

import pytest

from tests.packaging_.scripts import FOLDER, load

WORKFLOWS = {
    path.stem: path.read_text(encoding="utf-8") for path in FOLDER.parent.glob(".github/workflows/*.yml")
}


def test_there_are_two():
    assert set(WORKFLOWS) == {"test", "bundle"}


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_every_verb_that_is_called_is_one(name):
    verbs = re.findall(r"packaging/dev\.py (\w+)", WORKFLOWS[name])
    assert verbs
    assert set(verbs) <= set(load("dev").VERBS)


def test_three_systems_run_the_tests_with_three_pythons():
    text = WORKFLOWS["test"]
    assert re.search(r"system: \[ubuntu-\S+, windows-\S+, macos-\S+\]", text)
    assert 'python: ["3.11", "3.12", "3.13"]' in text


def test_three_systems_make_bundles_and_check_them():
    text = WORKFLOWS["bundle"]
    assert re.search(r"system: \[ubuntu-\S+, windows-\S+, macos-\S+\]", text)
    assert text.count("packaging/dev.py bundle --check") == 2


def test_no_release_is_made_before_everything_is_tested():
    release = WORKFLOWS["bundle"].partition("\n  release:\n")[2]
    needed = re.search(r"needs: \[(.*)\]", release)
    assert needed
    assert set(needed[1].split(", ")) == {"test", "bundle", "debian"}
    assert "SHA256SUMS" in release
    assert "workflow_call" in WORKFLOWS["test"]
