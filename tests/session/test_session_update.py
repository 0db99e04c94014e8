from dataclasses import replace

import pytest

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.rules.catalogue import RULES
from gdsim.session.session import Session


@pytest.fixture
def valley(qtbot):
    session = Session(load_scene(find_scene("valley")))
    session.begin()
    qtbot.waitUntil(lambda: session.is_settled)
    yield session
    session.close()


def test_a_frame_tells_the_update_that_begins_at_the_cursor(valley):
    valley.play(lambda head: head.seek(7))
    update = valley.frame().update
    assert update.t == 8
    assert tuple(update.before) == tuple(valley.frame().current.p)


def test_at_the_end_it_tells_the_last_update(valley):
    valley.play(lambda head: head.seek(100))
    assert valley.frame().update.t == 100


def test_an_update_is_taken_apart_once(valley):
    valley.play(lambda head: head.seek(7))
    assert valley.frame().update is valley.frame().update


def test_one_key_walks_through_the_parts_of_an_update_and_into_the_next(valley):
    valley.select(2)
    valley.play(lambda head: head.seek(3))
    walked = []
    for _ in range(5):
        valley.next_part()
        walked.append((valley.playhead.cursor, valley.frame().part))
    look, gradient, memory, update = RULES["nesterov"]().update_rule.parts
    assert walked == [(3, look), (3, gradient), (3, memory), (3, update), (4, look)]


def test_moving_the_cursor_highlights_all_of_the_update_again(valley):
    valley.highlight("gradient")
    valley.play(lambda head: head.nudge(1))
    assert valley.frame().part == ""


def test_a_part_that_the_selected_rule_lacks_is_not_highlighted(valley):
    valley.select(1)
    valley.highlight("memory")
    assert valley.frame().part == "memory"
    valley.select(0)
    assert valley.frame().update.run.optimizer.id == "gd"
    assert valley.frame().part == ""


def test_without_runs_there_is_no_update(valley):
    valley.edit(replace(valley.experiment, runs=()), "Remove all")
    valley.next_part()
    assert valley.frame().update is None
