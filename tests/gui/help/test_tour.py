"""Help: every pane has its page, all keys are listed, the tour is short, and is shown once."""

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, QSize, Qt
from PySide6.QtWidgets import QApplication, QToolButton

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.lessons.view import PAGES
from gdsim.gui.help import help_commands
from gdsim.gui.help.help_window import page_file
from gdsim.gui.help.tour import hints, place_beside
from tests.every import every
from tests.gui.main_windows import key, opened_for_menus
from tests.gui.shared_window import shared
from tests.gui.windows import cut_off_texts, focus


@pytest.fixture
def window(qtbot):
    return shared(qtbot, load_scene(find_scene("first-neuron")), painted=False)[0]


def kept(tmp_path):
    return QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def toured(qtbot, monkeypatch):
    """A function that opens a window as the program does, with a tour that comes at once."""
    monkeypatch.setattr(help_commands, "_FIRST_MS", 0)

    def open_one(settings):
        window = opened_for_menus(qtbot, load_scene(find_scene("first-neuron")), settings)
        window.help.begin_first_tour()
        QApplication.processEvents()
        return window

    return open_one


# ------------------------------------------------------------------------------- pages


def test_every_pane_has_its_page(window, qtbot):
    for name, card in window.cards.by_name.items():
        if name != "page":
            assert page_file(name).is_file(), name
            assert card.isVisible() == (name != "function")  # which stands in the place of the points
    tabs = window.cards.run_card.findChildren(QToolButton, "tab")
    for index, name in enumerate(PAGES):
        window.cards.run_card.show_page(index)
        window.cards.editor.setFocus()
        tabs[index].setFocus(Qt.FocusReason.TabFocusReason)
        key(window, qtbot, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
        assert window.help.pages.page == name
        window.activateWindow()


@every("pane", ["fit", "surface", "contours", "curves", "table", "runs", "transport"])
def test_the_page_is_that_of_the_pane_with_the_keys(window, qtbot, pane):
    names = {"fit": "neuron", "surface": "surface", "table": "points", "transport": "playback"}
    widget = getattr(window.cards, pane)
    inside = {"transport": lambda: widget.findChild(QToolButton), "runs": lambda: widget.view}
    inside.get(pane, lambda: widget)().setFocus()
    key(window, qtbot, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    assert window.help.pages.page == names.get(pane, pane)
    title = page_file(window.help.pages.page).read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    assert window.help.pages.browser.toPlainText().startswith(title)


# -------------------------------------------------------------------------------- tour


def test_the_tour_is_at_most_six_short_hints():
    assert len(hints()) <= 6
    assert all(len(hint.words) < 110 for hint in hints())


@every("size", [(1280, 720), (1440, 900)])
@every("theme", ["light", "dark"])
def test_the_hints_stand_beside_what_they_are_about(window, qtbot, size, theme):
    window.appearance.set_theme(theme)
    window.resize(*size)
    qtbot.waitUntil(lambda: window.width() == size[0])
    window.commands["tour"].trigger()
    for index, hint in enumerate(hints()):
        callout, card = window.help.tour.callout, window.cards.by_name[hint.card]
        assert card.property("pointedAt")
        assert callout.accessibleDescription() == hint.words
        assert callout.place.text() == f"{index + 1} of {len(hints())}"
        qtbot.waitUntil(lambda one=callout: cut_off_texts(one) == [])
        target = QRect(card.mapTo(window.body, QPoint(0, 0)), card.size())
        assert not callout.geometry().intersects(target)
        assert window.body.rect().contains(callout.geometry())
        assert QApplication.focusWidget() is callout.next
        qtbot.keyClick(callout.next, Qt.Key.Key_Return)
        assert not card.property("pointedAt")
    assert window.help.tour.callout is None


def test_the_tour_is_skipped_by_escape_wherever_the_keys_are(window, qtbot):
    for widget in (None, window.cards.contours):
        window.commands["tour"].trigger()
        if widget:
            widget.setFocus()
        key(window, qtbot, Qt.Key.Key_Escape)
        assert window.help.tour.callout is None
    window.commands["tour"].trigger()
    window.help.tour.callout.skip.click()
    assert window.help.tour.callout is None


def test_the_tour_goes_back_too(window, qtbot):
    window.commands["tour"].trigger()
    tour = window.help.tour
    assert tour.callout.back.isHidden()
    tour.callout.next.click()
    focus(qtbot, tour.callout.back)
    qtbot.keyClick(tour.callout.back, Qt.Key.Key_Return)
    assert tour.callout.accessibleDescription() == hints()[0].words
    assert QApplication.focusWidget() is tour.callout.next
    tour.end()


def test_a_tour_to_its_end_may_be_followed_by_a_shorter_one(window):
    window.commands["tour"].trigger()
    while window.help.tour.callout is not None:
        window.help.tour.callout.next.click()
    window.commands["maximise"].trigger()  # leaves fewer cards
    window.commands["tour"].trigger()
    assert window.help.tour.callout is not None
    shown = window.help.tour.shown
    assert 0 < len(shown) < len(hints())
    pointed = [name for name, card in window.cards.by_name.items() if card.property("pointedAt")]
    assert pointed == [shown[0].card]


def test_the_tour_comes_at_the_first_start_and_never_again(toured, tmp_path):
    first = toured(kept(tmp_path))
    assert first.help.tour.callout is not None
    first.close()
    assert first.help.tour.callout is None
    assert toured(kept(tmp_path)).help.tour.callout is None


def test_nothing_is_shown_where_nothing_is_remembered(toured):
    assert toured(None).help.tour.callout is None


def test_a_hint_on_what_is_folded_away_is_left_out(window, qtbot):
    key(window, qtbot, Qt.Key.Key_F10)
    window.commands["tour"].trigger()
    assert [hint.card for hint in window.help.tour.shown] == ["surface", "playback", "curves"]


@pytest.mark.parametrize(
    "target", [(0, 0, 300, 600), (700, 0, 300, 600), (0, 0, 1000, 300), (0, 300, 1000, 300)]
)
def test_a_box_stands_beside_its_target(target):
    size, page = QSize(200, 100), QRect(0, 0, 1000, 600)
    box = QRect(place_beside(QRect(*target), size, page), size)
    assert page.contains(box)
    assert not box.intersects(QRect(*target))
