"""A window that tests share is as at its beginning for each of them, or it is another one."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from shiboken6 import delete, isValid

from gdsim.core.lessons.files import load_lesson
from gdsim.core.model.edits import remove_run
from gdsim.gui.language import speak
from gdsim.gui.window.window_look import WindowLook
from tests.gui.frames import scene
from tests.gui.main_windows import is_marked
from tests.gui.shared_window import give_back, shared

pytestmark = pytest.mark.usefixtures("all_undressed")


def played(window, session):
    session.play(lambda head: head.at_speed(3.0).seek(40))


def edited(window, session):
    session.select(1)
    session.edit(remove_run(session.experiment, 0), "Remove")
    session.document.undo()


def looked_at(window, session):
    window.look_like(WindowLook((900, 600), "dark", page="memory", arrows=False))


def asked(window, session):
    window.commands["maps"].trigger()
    window.notice.say("Something was refused.")


def taught(window, session):
    window.lessons.begin(load_lesson("lecture"), 3)


def widened(window, session):
    session.open(scene("four-inputs"))  # the fields of the start are made anew for it


def opened_anew(window, session):
    window.files.open_bundled("nesterov")


def looked_into(window, session):
    window.cards.view_range_button.open_popup()


def test_what_was_done_with_it_is_taken_back(qtbot):
    QCursor.setPos(230, 355)  # left by a test before, on a button
    window, session = shared(qtbot, scene("valley"))
    before = window.grab().toImage()
    for uses in ((played, looked_at, asked), (edited, taught), (widened, looked_into), (opened_anew,)):
        for use in uses:
            use(window, session)
        give_back(failed=False)
        again, same = shared(qtbot, scene("valley"))
        assert again is window, uses
        assert same.experiment == scene("valley"), uses
        assert not same.document.is_modified
        assert (same.selected, same.playhead.cursor, same.playhead.speed) == (0, 0, 20.0)
        assert again.grab().toImage() == before, uses
        assert again.lessons.lesson is None
        assert again.exercises.opened == {}


def hidden(window):
    window.header.hide()


def replaced(window):
    window.files.opening = None


def disabled(window):
    window.commands["undo"].setText("Redo")


def lost(window):
    delete(window.commands["about"])


def taken_out(window):
    menus = [one.menu() for one in window.menuBar().actions()]
    next(menu for menu in menus if window.commands["undo"] in menu.actions()).removeAction(
        window.commands["undo"]
    )


def under_way(window):
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)


def test_one_that_is_not_as_it_was_or_whose_test_has_failed_is_handed_to_nobody(qtbot):
    window, _ = shared(qtbot, scene("valley"), painted=False)
    for change in (hidden, replaced, disabled, lost, taken_out, under_way, None):
        opening = window.files.opening
        if change:
            change(window)
        give_back(failed=change is None)
        window.files.opening = opening
        other, _ = shared(qtbot, scene("valley"), painted=False)
        assert other is not window, change
        window = other


def test_what_is_patched_before_a_window_is_opened_is_patched_in_no_other(qtbot, request):
    window, _ = shared(qtbot, scene("valley"), painted=False)
    give_back(failed=False)
    request.getfixturevalue("monkeypatch")
    other, _ = shared(qtbot, scene("valley"), painted=False)
    assert other is not window
    give_back(failed=False)
    assert not isValid(other) or not other.isVisible()


@pytest.mark.parametrize("on_screen", [True, False])
def test_another_experiment_is_opened_in_it(qtbot, on_screen):
    window, _ = shared(qtbot, scene("valley"), painted=False, on_screen=on_screen)
    give_back(failed=False)
    same, session = shared(qtbot, scene("rates"), "dark", on_screen=on_screen)
    assert same is window
    assert session.experiment == scene("rates")
    assert not session.document.history.undo_name
    assert window.header.scenes.currentData() == "rates"
    assert is_marked(window, "theme")
    assert window.updatesEnabled() == on_screen


def test_in_another_language_it_is_another_one(qtbot, qapp, in_english):
    window, _ = shared(qtbot, scene("valley"), painted=False)
    give_back(failed=False)
    speak(qapp, "de")
    other, _ = shared(qtbot, scene("valley"), painted=False)
    assert other is not window
    assert other.commands["open"].text().startswith("Ö")


def test_one_that_is_not_painted_has_no_picture(qtbot):
    window, _ = shared(qtbot, scene("valley"), painted=False)
    with pytest.raises(AssertionError, match="not painted"):
        window.cards.surface.grab()
    give_back(failed=False)
    same, _ = shared(qtbot, scene("valley"))
    assert same is window
    assert not same.cards.surface.grab().isNull()
    give_back(failed=False)
    assert shared(qtbot, scene("valley"))[0] is window
