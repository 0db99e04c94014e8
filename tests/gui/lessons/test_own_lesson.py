"""A lesson that is written while it is open: followed, its faults listed, and stops made of what is seen."""

import json
import threading
from shutil import rmtree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QMessageBox

from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.files.scene_file import stamp_of
from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.view import StopView
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.lessons import followed_file
from gdsim.gui.lessons.own_lesson import FaultList
from tests.gui.answered import answer_file_dialogs
from tests.gui.lessons.test_lessons_in_the_window import opened

pytestmark = pytest.mark.usefixtures("all_undressed")
STOPS = [
    {"title": title, "scene": scene, "step": 3, "caption": f"This is {title}."}
    for title, scene in (("One", "valley"), ("Two", "nesterov"), ("Three", "stochastic"))
]


def write(path, stops):
    """Write a lesson as many editors do: another file takes the place of the old one."""
    other = path.with_suffix(".new")
    other.write_text(stops if isinstance(stops, str) else lesson_of(stops))
    other.replace(path)


def lesson_of(stops):
    return json.dumps({"gdsim-lesson": 1, "title": "Mine", "stops": stops})


@pytest.fixture
def own(qtbot, tmp_path):
    """Return a window at the second stop of a lesson, and the lesson's file."""
    path = tmp_path / "mine.json"
    path.write_text(lesson_of(STOPS))
    window, _ = opened(qtbot)
    window.lessons.open(str(path), 1)
    qtbot.waitUntil(lambda: window.lessons.lesson is not None)
    qtbot.waitUntil(lambda: "This is Two." in spoken(window))
    qtbot.waitUntil(window.is_settled)
    return window, path


def spoken(window):
    return window.lessons.bar.card.accessibleDescription()


def test_an_open_lesson_follows_its_file_and_stays_at_its_stop(own, qtbot):
    window, path = own
    session, bar = window.session, window.lessons.bar
    session.play(lambda head: head.seek(7))
    # Other words alone leave the window as it is.
    write(path, [STOPS[0], STOPS[1] | {"caption": "Other words."}, STOPS[2]])
    qtbot.waitUntil(lambda: "Other words." in spoken(window))
    assert session.playhead.cursor == 7
    # A stop more before it: one stays with the same stop.
    write(path, [STOPS[2], *STOPS])
    qtbot.waitUntil(lambda: bar.place.text() == "3 of 4")
    assert bar.title.whole() == "Two"
    assert session.playhead.cursor == 7
    # Another step of the stop is gone to, with an editor that writes into the file itself.
    path.write_text(lesson_of([STOPS[2], STOPS[0], STOPS[1] | {"step": 5}, STOPS[2]]))
    qtbot.waitUntil(lambda: session.playhead.cursor == 5)
    write(path, STOPS[:1])
    qtbot.waitUntil(lambda: bar.place.text() == "1 of 1")
    window.lessons.guide.end()
    write(path, STOPS)
    with qtbot.assertNotEmitted(window.lessons.guide.arrived, wait=100):
        pass


def test_a_lesson_is_followed_into_a_folder_that_takes_the_place_of_its_own(qtbot, tmp_path):
    """As when a folder is fetched anew: what was watched is gone with the old one."""
    path = tmp_path / "lessons" / "mine.json"
    path.parent.mkdir()
    path.write_text(lesson_of(STOPS))
    window, _ = opened(qtbot)
    window.lessons.open(str(path), 1)
    qtbot.waitUntil(lambda: window.lessons.lesson is not None)
    rmtree(path.parent)
    with qtbot.assertNotEmitted(window.lessons.guide.arrived, wait=100):
        pass
    path.parent.mkdir()
    path.write_text(lesson_of([STOPS[0], STOPS[1] | {"caption": "New words."}]))
    qtbot.waitUntil(lambda: "New words." in spoken(window))
    write(path, [STOPS[0], STOPS[1] | {"caption": "Newer words."}])
    qtbot.waitUntil(lambda: "Newer words." in spoken(window))


def test_a_lesson_whose_folder_is_moved_is_missed_and_stays_as_it_was(qtbot, tmp_path):
    path = tmp_path / "course" / "lessons" / "mine.json"
    path.parent.mkdir(parents=True)
    path.write_text(lesson_of(STOPS))
    window, _ = opened(qtbot)
    window.lessons.open(str(path), 1)
    qtbot.waitUntil(lambda: "This is Two." in spoken(window))
    moved = path.parents[1].rename(tmp_path / "moved")
    faults = window.lessons.bar.faults
    qtbot.waitUntil(faults.isVisible)
    qtbot.mouseClick(faults, Qt.MouseButton.LeftButton)
    assert window.findChild(FaultList).list.item(0).text() == "mine.json: no such lesson or file"
    assert "This is Two." in spoken(window)
    moved.rename(path.parents[1])
    qtbot.waitUntil(lambda: not faults.isVisible())


def test_the_file_is_looked_at_beside_the_window(own, qtbot, monkeypatch):
    """A folder of another machine may take seconds to answer."""
    threads = []

    def look(path):
        threads.append(threading.get_ident())
        return stamp_of(path)

    monkeypatch.setattr(followed_file, "stamp_of", look)
    qtbot.waitUntil(lambda: len(threads) > 2)
    assert threading.get_ident() not in threads


def test_what_is_written_before_a_lesson_is_shown_is_seen(qtbot, tmp_path):
    """A question about unsaved work, say, may stay open for a while after the file was read."""
    path = tmp_path / "mine.json"
    path.write_text(lesson_of(STOPS))
    window, _ = opened(qtbot)
    window.user_actions.add_point()
    window.lessons.open(str(path), 1)
    qtbot.waitUntil(lambda: any(box.isVisible() for box in window.findChildren(QMessageBox)))
    write(path, [STOPS[0], STOPS[1] | {"caption": "Other words."}, STOPS[2]])
    box = next(box for box in window.findChildren(QMessageBox) if box.isVisible())
    next(button for button in box.buttons() if button.text() == "&Discard").click()
    qtbot.waitUntil(lambda: window.lessons.lesson is not None)
    qtbot.waitUntil(lambda: "Other words." in spoken(window))


def test_faults_are_listed_and_the_last_good_version_stays(own, qtbot):
    window, path = own
    bar = window.lessons.bar
    assert not bar.faults.isVisible()
    write(path, [STOPS[0] | {"log": 3}, STOPS[1] | {"caption": "{lost}"}, STOPS[2]])
    qtbot.waitUntil(bar.faults.isVisible)
    assert bar.faults.text() == "2 faults in the file"
    assert "This is Two." in spoken(window)
    qtbot.mouseClick(bar.faults, Qt.MouseButton.LeftButton)
    dialog = window.findChild(FaultList)
    rows = dialog.findChild(QListWidget)
    assert [rows.item(row).text().split(" ")[:3] for row in range(rows.count())] == [
        ["mine.json:", "stop", "1:"],
        ["mine.json:", "stop", "2:"],
    ]
    write(path, "{")
    qtbot.waitUntil(lambda: bar.faults.text() == "1 fault in the file")
    assert "is not JSON" in rows.item(0).text()
    write(path, STOPS)
    qtbot.waitUntil(lambda: not bar.faults.isVisible())
    assert rows.count() == 0
    assert dialog.isVisible()
    window.close()
    assert not dialog.isVisible()


def test_a_lesson_that_cannot_be_opened_is_told_of_with_all_its_faults(qtbot, tmp_path):
    path = tmp_path / "bad.json"
    path.write_text(lesson_of([STOPS[0] | {"log": 3, "step": -1}]))
    window, _ = opened(qtbot)
    window.lessons.open(str(path), 0)
    qtbot.waitUntil(lambda: "(and 1 more)" in window.notice.text())
    assert window.findChild(FaultList).list.count() == 2


def look(window):
    cards = window.cards
    session = window.session
    return (
        session.experiment,
        session.selected,
        session.by_epoch,
        session.playhead.cursor,
        session.frame().part,
        cards.run_card.page,
        cards.curves.kind,
        cards.curves.over_time.options.log,
        cards.legend.value(),
        cards.surface.camera.place,
        cards.surface.planes,
    )


def make_stop(qtbot, window, path, number):
    """Write what is seen as a stop into a lesson's file, whose dialog is patched for as long."""
    with pytest.MonkeyPatch.context() as patch:
        answer_file_dialogs(patch, path)
        window.commands["make_stop"].trigger()
        qtbot.waitUntil(lambda: f"Stop {number} was written to mine.json" in window.notice.text())
        assert window.notice.property("done")  # no fault
        assert window.notice.folder.isVisible()


def test_a_stop_of_what_is_seen_shows_the_same_when_it_is_opened(qtbot, tmp_path):
    path = tmp_path / "mine.json"
    window, session = opened(qtbot, scene="nesterov")
    make_stop(qtbot, window, path, 1)
    # A scene that is nobody's but the person's.
    window.user_actions.move_point(0, [0.25], 0.75, "")
    window.user_actions.hide_selected()
    session.select(1)
    session.set_by_epoch(True)
    qtbot.waitUntil(window.is_settled)  # a step is only sought among those that are computed
    session.play(lambda head: head.seek(23))
    cards = window.cards
    cards.run_card.show_page(1)
    cards.curves.set_kind(CurveKind.GRADIENT)
    cards.curves.over_time.set_options(cards.curves.over_time.options._replace(log=False))
    cards.legend.set_value(ArrowChoice(kinds=frozenset(list(ArrowChoice().kinds)[:1])))
    cards.legend.changed.emit(cards.legend.value())
    cards.surface.view_from(33.5, 51.25, 0.875)
    cards.surface.set_planes(shown=True)
    session.highlight("memory")
    qtbot.waitUntil(window.is_settled)
    window.show_now()
    seen = look(window)
    make_stop(qtbot, window, path, 2)
    bundled, own = (stop["scene"] for stop in json.loads(path.read_text())["stops"])
    assert bundled == "nesterov"
    assert isinstance(own, dict)
    # Something else is looked at, and written behind it.
    session.open(load_scene(find_scene("valley")))
    session.set_by_epoch(False)
    window.view.show_view(StopView())
    make_stop(qtbot, window, path, 3)
    assert len(load_lesson(str(path)).stops) == 3
    assert not any(now == before for now, before in zip(look(window), seen, strict=True))
    window.lessons.open(str(path), 1)
    qtbot.waitUntil(lambda: window.lessons.lesson is not None)
    qtbot.waitUntil(window.is_settled)
    assert look(window) == seen
