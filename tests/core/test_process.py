"""Garbage is collected later, and programs of the system keep its libraries, also in a frozen program."""

import gc
import sys

import pytest

from gdsim.core.process import gc_paused, system_environment

FROZEN = {"HOME": "/home/ada", "LD_LIBRARY_PATH": "/opt/gdsim/_internal"}


@pytest.fixture
def _unfrozen(monkeypatch):
    """What else there is in this process stays where the collector looks."""
    kept = []
    gc.enable()
    monkeypatch.setattr(gc, "freeze", lambda: kept.append(gc.isenabled()))
    yield
    assert kept  # every test has been through it
    assert not any(kept)  # before the collector could look through what was made
    assert gc.isenabled()
    gc.disable()


@pytest.mark.usefixtures("_unfrozen")
def test_nothing_is_collected_meanwhile():
    with gc_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


@pytest.mark.usefixtures("_unfrozen")
def test_one_pause_within_another_changes_nothing():
    with gc_paused():
        with gc_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()


@pytest.mark.usefixtures("_unfrozen")
def test_a_fault_in_a_pause_ends_it():
    with pytest.raises(ImportError), gc_paused():
        raise ImportError
    assert gc.isenabled()


@pytest.fixture
def frozen(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)


def test_from_source_the_environment_stays():
    assert system_environment(FROZEN) == FROZEN


@pytest.mark.usefixtures("frozen")
def test_the_bundle_s_libraries_are_not_handed_on():
    assert system_environment(FROZEN) == {"HOME": "/home/ada"}


@pytest.mark.usefixtures("frozen")
def test_what_was_set_before_is_set_again():
    before = {**FROZEN, "LD_LIBRARY_PATH_ORIG": "/opt/mine"}
    assert system_environment(before) == {"HOME": "/home/ada", "LD_LIBRARY_PATH": "/opt/mine"}
