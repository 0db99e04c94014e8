"""Loading without looking for garbage."""

import gc

import pytest

from gdsim.core.loading import collecting_later


@pytest.fixture(autouse=True)
def _unfrozen(monkeypatch):
    """What else there is in this process stays where the collector looks."""
    kept = []
    monkeypatch.setattr(gc, "freeze", lambda: kept.append(gc.isenabled()))
    yield
    assert kept  # every test has been through it
    assert not any(kept)  # before the collector could look through what was made
    assert gc.isenabled()


def test_nothing_is_collected_meanwhile():
    with collecting_later():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_one_within_another_changes_nothing():
    with collecting_later():
        with collecting_later():
            assert not gc.isenabled()
        assert not gc.isenabled()


def test_a_fault_on_the_way_switches_it_on_again():
    with pytest.raises(ImportError), collecting_later():
        raise ImportError
    assert gc.isenabled()
