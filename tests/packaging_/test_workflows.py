"""What the workflows call is there, and what they promise is in them."""

import re

import pytest

from tests.every import every
from tests.packaging_.scripts import FOLDER, load

WORKFLOWS = {
    path.stem: path.read_text(encoding="utf-8") for path in FOLDER.parent.glob(".github/workflows/*.yml")
}


def test_there_are_three():
    assert set(WORKFLOWS) == {"test", "whole", "bundle"}


def test_every_night_all_cases_are_tested_as_root_too():
    assert "schedule:" in WORKFLOWS["whole"]
    assert 'GDSIM_TEST_WHOLE: "1"' in WORKFLOWS["whole"]
    assert "sudo --preserve-env=CI,GDSIM_TEST_WHOLE " in WORKFLOWS["whole"]


@every("name", sorted(WORKFLOWS))
def test_every_verb_that_is_called_is_one(name):
    verbs = re.findall(r"packaging/dev\.py (\w+)", WORKFLOWS[name])
    assert verbs
    assert set(verbs) <= set(load("dev").VERBS)


def test_three_systems_run_the_tests_with_three_pythons():
    text = WORKFLOWS["test"]
    assert re.search(r"system: \[ubuntu-\S+, windows-\S+, macos-\S+\]", text)
    assert 'python: ["3.11", "3.12", "3.13"]' in text


@every("name", sorted(WORKFLOWS))
def test_actions_of_others_are_pinned_by_hash_and_name_their_version(name):
    for action in re.findall(r"uses: (.+)", WORKFLOWS[name]):
        assert re.match(r"\./|[\w/.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", action), action


@every("name", sorted(WORKFLOWS))
def test_no_checkout_leaves_its_credentials_behind(name):
    text = WORKFLOWS[name]
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")


@pytest.mark.parametrize("name", ["test", "whole"])
def test_the_parts_of_the_tests_are_all_of_them(name):
    (listed,) = re.findall(r"shard: \[(.*)\]", WORKFLOWS[name])
    shards = [part.strip('"') for part in listed.split(", ")]
    assert shards == [f"{number}/{len(shards)}" for number in range(1, len(shards) + 1)]
    assert WORKFLOWS[name].count("--shard ${{ matrix.shard }}") == {"test": 2, "whole": 1}[name]


def test_what_is_released_says_where_it_was_built():
    release = WORKFLOWS["bundle"].partition("\n  release:\n")[2]
    assert "attestations: write" in release
    assert "subject-checksums: dist/SHA256SUMS" in release
    assert release.index("actions/attest@") < release.index("gh release create")


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
