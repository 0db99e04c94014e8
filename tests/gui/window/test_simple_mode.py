"""The window as a newcomer meets it, and what brings the rest."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QLineEdit

from gdsim.core.files.bundled import BUNDLED_SCENES, find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.view import PAGES
from gdsim.gui.runs.run_cells import RATE
from tests.gui.main_windows import opened, opened_for_menus, shown_cards
from tests.gui.shared_window import shared

SIMPLE = {"points", "neuron", "surface", "playback", "runs", "page"}
ALL = SIMPLE | {"contours", "curves"}


def store_in(folder):
    return QSettings(str(folder / "gdsim.ini"), QSettings.Format.IniFormat)


def start(qtbot, folder):
    """Return a window of a person who keeps settings in a folder."""
    return opened_for_menus(qtbot, load_scene(find_scene("first-neuron")), store_in(folder))


@pytest.fixture
def window(qtbot):
    window, _ = shared(qtbot, load_scene(find_scene("first-neuron")), painted=False)
    window.resize(1280, 720)
    window.simple.set_on(True)
    return window


def press(window, qtbot, key):
    qtbot.keyClick(window, key)


def test_one_picture_is_chosen_or_both(window, qtbot):
    for choice, pictures in enumerate(({"surface"}, {"contours"}, {"surface", "contours"})):
        window.simple.choose_picture(choice)
        assert shown_cards(window) & {"surface", "contours"} == pictures
    window.simple.choose_picture(1)
    for on in (False, True):
        window.simple.set_on(on)
        assert shown_cards(window) & {"surface", "contours"} == (
            {"contours"} if on else {"surface", "contours"}
        )
    press(window, qtbot, Qt.Key.Key_F9)
    press(window, qtbot, Qt.Key.Key_F9)
    assert shown_cards(window) & {"surface", "contours"} == {"contours"}


def test_what_stood_alone_comes_back_before_it_could_be_hidden(window, qtbot):
    window.simple.set_on(False)
    for name in ("contours", "curves", "runs"):
        window.maximised.maximise(window.cards.by_name[name])
        press(window, qtbot, Qt.Key.Key_F6)
        assert shown_cards(window) == SIMPLE
        press(window, qtbot, Qt.Key.Key_F6)
        assert shown_cards(window) == ALL
    window.simple.choose_picture(1)
    window.commands["two_losses"].trigger()
    assert shown_cards(window) == {"surface", "playback"}
    press(window, qtbot, Qt.Key.Key_F6)
    assert shown_cards(window) == SIMPLE - {"surface"} | {"contours"}
    assert window.header.more.text() == "More"
    assert not window.stage.has_two_losses
    window.maximised.maximise(window.cards.contour_card)
    window.simple.choose_picture(0)
    assert shown_cards(window) == SIMPLE


def test_a_surface_alone_has_the_same_colours_whatever_was_seen_before(window, qtbot):
    def sampled_beside(picture):
        """Return how far the surface is sampled beside what it shows, for a map, when it has been."""
        window.simple.choose_picture(picture)
        qtbot.waitUntil(window.is_settled)
        plan = window.session.surface.ground.plan
        return plan.w, plan.b

    assert sampled_beside(0) == (0, 0)
    qtbot.waitUntil(lambda: sampled_beside(1) != (0, 0))  # once the map has its size
    assert sampled_beside(0) == (0, 0)


def test_a_rate_is_changed_where_the_run_is_listed(window, qtbot):
    table = window.cards.runs.view
    cell = table.visualRect(table.model().index(1, RATE)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    field = table.findChild(QLineEdit)
    qtbot.keyClicks(field, "0.5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.session.experiment.runs[1].optimizer.eta == 0.5
    assert window.commands["undo"].text() == "&Undo Change η"


def test_a_page_that_is_asked_for_brings_the_rest(window, qtbot):
    window.commands["page_step"].trigger()
    assert shown_cards(window) == ALL
    assert window.cards.run_card.page == PAGES.index("step")


def test_a_lesson_brings_the_rest_and_leaves_the_window_as_it_was(window, qtbot):
    lecture = load_lesson("lecture")
    window.lessons.begin(lecture, [stop.title for stop in lecture.stops].index("U-turns"))
    assert shown_cards(window) == ALL
    press(window, qtbot, Qt.Key.Key_F6)
    assert shown_cards(window) == SIMPLE
    press(window, qtbot, Qt.Key.Key_F10)
    assert "curves" in shown_cards(window)  # at which the stop points
    press(window, qtbot, Qt.Key.Key_F10)
    assert shown_cards(window) == SIMPLE
    press(window, qtbot, Qt.Key.Key_F5)
    assert shown_cards(window) == ALL
    window.lessons.guide.end()
    assert shown_cards(window) == SIMPLE
    assert window.cards.run_card.page == PAGES.index("why")


def test_in_a_lesson_nothing_is_said_of_the_scene_but_by_the_stop(window, qtbot):
    lecture, words = load_lesson("lecture"), window.cards.story.words
    window.lessons.begin(lecture)
    press(window, qtbot, Qt.Key.Key_F6)
    assert window.cards.story.isVisible()
    assert words.text() == words.accessibleName() == ""
    window.lessons.guide.go(9)
    assert words.text() == ""
    window.lessons.guide.end()
    assert words.text().replace("\n", " ") == window.session.experiment.about


def test_a_run_that_is_added_leaves_the_others_in_sight(window, qtbot):
    table, actions = window.cards.runs.view, window.user_actions
    actions.add_run("adam")
    qtbot.waitUntil(window.is_settled)

    def places():
        return [table.visualRect(table.model().index(row, RATE)) for row in range(4)]

    qtbot.waitUntil(lambda: all(map(table.viewport().rect().contains, places())))


def test_a_first_start_shows_little_and_f6_or_more_brings_the_rest(qtbot, tmp_path):
    window, _ = opened(qtbot, load_scene(find_scene("first-neuron")), store_in(tmp_path), painted=False)
    assert shown_cards(window) == SIMPLE
    assert window.cards.story.words.text().replace("\n", " ") == window.session.experiment.about
    assert window.header.about.text() == ""
    assert window.header.more.text() == "More"
    assert window.cards.why.isVisible()
    press(window, qtbot, Qt.Key.Key_F6)
    assert shown_cards(window) == ALL
    assert not window.cards.story.isVisible()
    assert window.header.more.text() == "Less"
    assert window.cards.run_card.page == PAGES.index("settings")
    qtbot.mouseClick(window.header.more, Qt.MouseButton.LeftButton)
    assert shown_cards(window) == SIMPLE


def test_the_window_is_the_next_time_as_it_was_left(qtbot, tmp_path):
    window = start(qtbot, tmp_path)
    window.simple.choose_picture(1)
    window.close()
    again = start(qtbot, tmp_path)
    assert shown_cards(again) == SIMPLE - {"surface"} | {"contours"}
    again.simple.set_on(False)
    again.cards.run_card.show_page(PAGES.index("memory"))
    again.close()
    third = start(qtbot, tmp_path)
    assert shown_cards(third) == ALL
    assert third.cards.run_card.page == PAGES.index("memory")


def test_the_player_alone_is_shown_and_on_a_projector_too(window, qtbot):
    assert not window.cards.transport.speed.isVisible()
    press(window, qtbot, Qt.Key.Key_F10)
    press(window, qtbot, Qt.Key.Key_F6)
    assert not window.cards.transport.speed.isVisible()
    press(window, qtbot, Qt.Key.Key_F10)
    assert window.cards.transport.speed.isVisible()


@pytest.mark.parametrize("simple", [True, False])
def test_what_every_scene_says_of_itself_is_read_whole(window, qtbot, simple):
    window.resize(1280, 720)
    window.simple.set_on(simple)
    label = window.cards.story.words if simple else window.header.about
    heights = set()
    for name in BUNDLED_SCENES:
        about = load_scene(find_scene(name)).about
        label.say(about)
        qtbot.waitUntil(lambda: label.height() >= label.sizeHint().height())
        assert "".join(label.text().split()) == "".join(about.split())  # a line may end at a hyphen
        assert not label.toolTip()
        heights.add(window.header.height())
    assert len(heights) == 1  # so that nothing below moves from scene to scene
