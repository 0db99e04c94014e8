"""Programs of the system keep the system's libraries, also when a frozen program starts them."""

import sys

import pytest

from gdsim.core.other_programs import environment_for_others

FROZEN = {"HOME": "/home/ada", "LD_LIBRARY_PATH": "/opt/gdsim/_internal"}


@pytest.fixture
def frozen(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)


def test_from_source_nothing_changes():
    assert environment_for_others(FROZEN) == FROZEN


@pytest.mark.usefixtures("frozen")
def test_the_bundle_s_libraries_are_not_handed_on():
    assert environment_for_others(FROZEN) == {"HOME": "/home/ada"}


@pytest.mark.usefixtures("frozen")
def test_what_was_set_before_is_set_again():
    given = {**FROZEN, "LD_LIBRARY_PATH_ORIG": "/opt/mine"}
    assert environment_for_others(given) == {"HOME": "/home/ada", "LD_LIBRARY_PATH": "/opt/mine"}
