"""How a step was looked for, of few points and of many: then not in the window's thread."""

import threading
from dataclasses import replace

import pytest

from gdsim.core.analysis.searched import searched_step
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.session import step_search


@pytest.fixture
def threads(monkeypatch):
    """The threads in which searches are made."""
    made = []

    def noted(update):
        made.append(threading.current_thread() is threading.main_thread())
        return searched_step(update)

    monkeypatch.setattr("gdsim.core.analysis.searched.searched_step", noted)
    return made


@pytest.fixture
def searched(experiment):
    runs = tuple(Run(RULES["gd"](), search=SEARCHES[name](), epochs=20) for name in ("armijo", "fixed"))
    return replace(experiment, runs=runs)


def tries(frame):
    return [one.t for one in frame.search.tries]


def test_of_few_points_it_is_there_at_once(make_session, settle, searched, threads):
    session = make_session(searched)
    session.begin()
    settle(session)
    frame = session.frame()
    assert tries(frame) == [one.t for one in searched_step(frame.update).tries]
    assert session.frame().search is frame.search
    assert set(threads) == {True}
    session.select(1)  # whose rate is fixed
    assert session.frame().search is None


def test_of_many_it_comes_with_a_frame_of_its_own(
    make_session, settle, searched, threads, monkeypatch, qtbot
):
    monkeypatch.setattr(step_search, "_FEW", 2)
    session = make_session(searched)
    session.begin()
    settle(session)
    assert set(threads) == {False}
    frame = session.frame()
    assert tries(frame)
    session.play(lambda head: head.seek(3))
    with qtbot.waitSignal(session.frame_changed) as shown:
        pass
    assert shown.args[0].search is None  # the picture of another step does not wait
    assert not session.is_settled
    with qtbot.waitSignal(session.frame_changed) as shown:
        pass
    assert shown.args[0].search is not None
    assert shown.args[0].search.before.tolist() == shown.args[0].update.before.tolist()
    assert session.is_settled
    # A picture of another moment is whole, and so is that of this moment afterwards.
    assert tries(session.frame_at(5))
    session.frame()
    settle(session)
    assert session.frame().search.before.tolist() == shown.args[0].search.before.tolist()


def test_while_it_plays_many_points_are_not_searched(make_session, settle, searched, threads, monkeypatch):
    monkeypatch.setattr(step_search, "_FEW", 2)
    session = make_session(searched)
    session.begin()
    settle(session)
    threads.clear()
    session.play(lambda head: head._replace(position=4.0, playing=True))
    assert session.frame().search is None
    assert not threads
