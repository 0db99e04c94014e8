"""One key for the last row, one key for one pane, and everything back as it was."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QTextCursor, QTextDocument
from PySide6.QtWidgets import QAbstractButton, QApplication, QSplitter

from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.lessons.files import load_lesson
from gdsim.gui.exercises.marked_map import MarkedMap
from gdsim.gui.lessons.render_stop import pictures_of, said_at
from gdsim.gui.memory.memory_pane import MemoryPane
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.text_size import scale_of
from gdsim.gui.style.theme import THEMES, run_styles
from gdsim.gui.window.projector_mode import UI_SCALE, contrasting
from tests.every import WHOLE, every, in_turn
from tests.gui.lessons.test_lesson_bar import longest, stages_of
from tests.gui.main_windows import is_marked, key, shown_cards
from tests.gui.shared_window import shared
from tests.gui.style.colours import contrast
from tests.gui.windows import cut_off_texts, near, settled


def covered_controls(window):
    """Return the names of the controls on which the notice lies."""
    notice = window.notice.rect().translated(window.notice.mapTo(window, QPoint()))
    return [
        one.accessibleName() or one.text()
        for one in window.findChildren(QAbstractButton)
        if one.isVisible() and one.window() is window
        if notice.intersects(one.rect().translated(one.mapTo(window, QPoint())))
    ]


def stop_number(end):
    """Return the index of the stop of the lecture whose title ends so."""
    return next(i for i, stop in enumerate(load_lesson("lecture").stops) if stop.title.endswith(end))


def small(qtbot, *, painted):
    main, _ = shared(qtbot, load_scene(find_scene("first-neuron")), painted=painted)
    main.resize(1280, 720)
    qtbot.waitUntil(lambda: main.width() == 1280)
    return main


@pytest.fixture
def window(qtbot):
    """A window of which no test takes a picture."""
    return small(qtbot, painted=False)


@pytest.fixture
def painted(qtbot):
    return small(qtbot, painted=True)


def standing(window):
    """Where every card is, and what is seen of the window, once all is laid out."""
    for _ in range(4):  # what is laid out anew may ask what it stands in to do so too
        QApplication.processEvents()
    places = {
        name: (card.mapTo(window, card.rect().topLeft()).toTuple(), card.size().toTuple())
        for name, card in window.cards.by_name.items()
        if card.isVisible()
    }
    splitters = [one.sizes() for one in window.findChildren(QSplitter) if one.isVisible()]
    return places, splitters, window.header.isVisible(), window.menuBar().isVisible()


def picture(window):
    image = window.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).copy()


@pytest.mark.parametrize("theme", THEMES if WHOLE else ["dark"])
def test_one_key_makes_all_larger_and_brings_all_back(painted, qtbot, theme):
    window = painted
    window.appearance.set_theme(theme)
    whole = standing(window)
    window.view.fold("left")
    window.show_now()
    # While it is resized and dressed, the surface is drawn more coarsely.
    qtbot.waitUntil(lambda: not window.cards.surface.movement.moving)
    before, looked, letters = standing(window), picture(window), window.cards.contour_card.fontMetrics()
    key(window, qtbot, Qt.Key.Key_F10)
    assert is_marked(window, "projector")
    assert window.cards.contour_card.fontMetrics().height() > 1.35 * letters.height()
    assert not window.menuBar().isVisible()
    assert not window.header.isVisible()
    assert window.notice.isVisible()
    assert window.notice.text() == "F10 brings menus and settings back."
    assert window.rect().contains(window.notice.rect().translated(window.notice.mapTo(window, QPoint())))
    shown = {name for name, card in window.cards.by_name.items() if card.isVisible()}
    assert shown == {"surface", "contours", "curves", "playback"}
    qtbot.waitUntil(lambda: cut_off_texts(window) == [])
    assert window.minimumSizeHint().height() <= 720
    key(window, qtbot, Qt.Key.Key_F10)
    assert standing(window) == before
    window.show_now()
    qtbot.waitUntil(lambda: np.array_equal(picture(window), looked))
    window.view.fold("left")
    assert standing(window) == whole


@pytest.mark.parametrize("width", [900, 1000])
def test_large_letters_leave_no_trace_in_columns_without_room_for_both(window, qtbot, width):
    usual = standing(window)
    window.resize(width, 600)
    qtbot.waitUntil(lambda: window.width() == width)
    before = standing(window)
    for _ in range(2):
        key(window, qtbot, Qt.Key.Key_F10)
    assert standing(window) == before
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: window.width() == 1280)
    assert standing(window) == usual


def test_the_surface_is_sampled_once_for_the_new_size_of_the_map(painted, qtbot):
    sampled = []
    painted.session.surface_changed.connect(sampled.append)
    for _ in range(2):
        standing(painted)
        qtbot.waitUntil(lambda: painted.session.is_settled)
        sampled.clear()
        key(painted, qtbot, Qt.Key.Key_F10)
        qtbot.waitUntil(lambda: bool(sampled))
        standing(painted)
        qtbot.waitUntil(lambda: painted.session.is_settled)
        assert len(sampled) == 1


def test_the_runs_are_named_while_their_list_is_away(painted, qtbot):
    window, names = painted, painted.cards.run_names
    assert not names.isVisible()
    key(window, qtbot, Qt.Key.Key_F10)
    assert names.isVisible()
    assert names.accessibleDescription() == "Gradient descent, Momentum, Nesterov"
    with qtbot.waitSignal(window.session.frame_changed):
        window.session.select(0)
        window.user_actions.hide_selected()
    assert names.accessibleDescription() == "Momentum, Nesterov"
    with qtbot.waitSignal(window.session.frame_changed):
        window.user_actions.remove_run(0)
    assert names.accessibleDescription() == "Momentum, Nesterov"
    styles = run_styles(window.session.experiment.runs, shown_theme())
    assert [near(names.grab(), style.colour) > 20 for style in styles] == [True, True]


def top_of_the_bars(pane):
    """Return how many pixels the row of words above the bars takes: the newest bar is the highest."""
    image = pane.bars.grab().toImage()
    tone = QColor(pane.bars.theme.memory)
    across = image.width() - round(3 * pane.bars.ui_scale)
    return next(down for down in range(image.height()) if image.pixelColor(across, down) == tone)


def test_the_page_about_memory_has_large_letters_too(painted, qtbot):
    window = painted
    memory = window.cards.memory
    window.session.select(1)
    window.view.look_at(CurveKind.LOSS, "memory", arrows=False)
    window.session.play(lambda head: head.seek(20))
    with qtbot.waitSignal(window.session.frame_changed):
        window.show_now()
    pane = memory.findChild(MemoryPane)
    line = pane.words.height() / pane.words.line_count
    lettered = top_of_the_bars(pane)
    key(window, qtbot, Qt.Key.Key_F10)
    key(window, qtbot, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: pane.words.height() / pane.words.line_count > 1.35 * line)
    assert top_of_the_bars(pane) > 1.35 * lettered
    bar = QPointF(pane.bars.width() - 4.0, pane.bars.height() / 2.0)
    assert "update 21" in pane.bars.words_at(bar / pane.bars.ui_scale)


def test_what_it_says_covers_no_control(window, qtbot):
    window.lessons.begin(load_lesson("first-sheet"))
    qtbot.waitUntil(window.is_settled)
    for _ in range(2):
        key(window, qtbot, Qt.Key.Key_F10)
        standing(window)
        assert window.notice.isVisible() == window.projector.on
        assert covered_controls(window) == []
    # As before on the header, which has come back.
    window.notice.say("There is no such step.")
    assert covered_controls(window) == []


def test_what_it_says_covers_no_name(window, qtbot):
    key(window, qtbot, Qt.Key.Key_F10)
    names, notice, said = window.cards.run_names, window.notice, window.notice.text()

    @every(("scene", "size"), in_turn(["first-neuron", "cautious", "guess-work"], [(1280, 720), (800, 600)]))
    def check(scene, size):
        window.session.open(load_scene(find_scene(scene)))
        qtbot.waitUntil(window.is_settled)
        window.resize(*size)
        notice.confirm(said)
        qtbot.waitUntil(lambda: notice.isVisible() and names.height() == names.heightForWidth(names.width()))
        standing(window)
        over = notice.rect().translated(names.mapFromGlobal(notice.mapToGlobal(QPoint())))
        places = [place for place, _ in names._places(names.width())]
        assert len(places) == len(window.session.experiment.runs)
        assert not any(place.intersects(over) for place in places)
        assert names.rect().contains(places[-1])
        notice.take_back()
        assert max(place.right() for place, _ in names._places(names.width())) <= names.width()

    check()


def test_lines_are_thicker_on_a_projector(window, qtbot, late_patch):

    def widths():
        return [curve.opts["pen"].widthF() for curve in window.cards.curves.over_time.plot.curves]

    looks, usual = [], widths()
    for pane in window.cards.styled:
        late_patch.setattr(
            pane, "set_look", lambda look, pass_on=pane.set_look: (looks.append(look), pass_on(look))
        )
    key(window, qtbot, Qt.Key.Key_F10)
    assert widths() == [round(width * UI_SCALE) for width in usual]
    assert [look.ui_scale for look in looks] == [UI_SCALE] * len(window.cards.styled)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_projector_shows_more_contrast(theme):
    worn = contrasting(theme)
    for tone in ("text", "muted", "faint"):
        assert contrast(getattr(worn, tone), worn.card) > contrast(getattr(theme, tone), theme.card)
    assert contrast(worn.text, worn.card) == pytest.approx(21.0)
    assert contrast(worn.muted, worn.card) > 10.0


def test_of_two_columns_without_room_for_both_the_last_one_wanted_stays(window, qtbot):
    columns = window.cards.columns
    key(window, qtbot, Qt.Key.Key_F10)
    # The key of a page brings its column.
    for code, page in ((Qt.Key.Key_1, window.cards.editor), (Qt.Key.Key_2, window.cards.step)):
        key(window, qtbot, code, Qt.KeyboardModifier.ControlModifier)
        assert page.isVisible()
        assert not columns.is_open("left")
    for code, side, other in ((Qt.Key.Key_F7, "left", "right"), (Qt.Key.Key_F8, "right", "left")):
        key(window, qtbot, code)
        assert (columns.is_open(side), columns.is_open(other)) == (True, False)
        assert is_marked(window, f"fold_{side}")
        assert not is_marked(window, f"fold_{other}")
        qtbot.waitUntil(lambda: cut_off_texts(window.cards.transport) == [])
    window.resize(1900, 1000)
    qtbot.waitUntil(lambda: columns.is_open("left") and columns.is_open("right"))
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: not columns.is_open("left"))
    assert columns.is_open("right")


def test_a_clicker_walks_while_a_pane_is_maximised_on_a_projector(window, qtbot):
    lesson, bar, begun = load_lesson("lecture"), window.lessons.bar, stop_number("lowest place?")
    window.lessons.begin(lesson, begun)
    key(window, qtbot, Qt.Key.Key_F10)
    key(window, qtbot, Qt.Key.Key_F9)
    alone = shown_cards(window)
    for code, place in ((Qt.Key.Key_PageUp, begun), (Qt.Key.Key_PageDown, begun + 1)):
        key(window, qtbot, code)
        assert bar.place.text().startswith(f"{place} of")
    key(window, qtbot, Qt.Key.Key_PageDown)  # to a stop that points at the page of the run
    assert lesson.stops[begun + 1].view.panes & {"runs", "page"}
    assert shown_cards(window) == alone
    qtbot.waitUntil(lambda: bar.height() > 150)
    key(window, qtbot, Qt.Key.Key_F9)
    assert shown_cards(window) == lesson.stops[begun + 1].view.panes | {"playback"}
    key(window, qtbot, Qt.Key.Key_F10)
    qtbot.waitUntil(lambda: bar.height() < 130)


def tell(window, stop, stage=0):
    """Show what a stop says, without the way to it."""
    bar = window.lessons.bar
    bar.show_stop(window.lessons.lesson.stops.index(stop), stage)
    bar.show_formulas(pictures_of(stop))
    bar.show_said(said_at(stop))


def letters_of(caption):
    """Return how high the letters of a caption are written."""
    document = QTextDocument()
    document.setHtml((caption.look if caption.caption.isHidden() else caption.caption).text())
    return QTextCursor(document).charFormat().font().pixelSize()


def test_every_stop_can_be_read_without_scrolling_and_told_by_its_title(window, qtbot):
    lesson, bar = load_lesson("lecture"), window.lessons.bar
    window.lessons.begin(lesson)
    key(window, qtbot, Qt.Key.Key_F10)
    qtbot.waitUntil(lambda: bool(bar.card.accessibleDescription()))  # or it would be said in between
    caption, whole = bar.caption, bar.caption.caption.fontInfo().pixelSize()
    sizes = set()
    for stop, stage in ((one, stage) for one in longest(lesson.stops) for stage in stages_of(one)):
        tell(window, stop, stage)
        qtbot.waitUntil(lambda: caption.verticalScrollBar().maximum() == 0)
        assert whole / UI_SCALE < letters_of(caption) <= whole
        sizes.add(letters_of(caption))
        qtbot.waitUntil(lambda: cut_off_texts(bar.card) == [])  # once it is laid out
    titles = set()
    for stop in sorted(lesson.stops, key=lambda one: len(one.title))[-12:]:
        tell(window, stop)
        qtbot.waitUntil(lambda: cut_off_texts(bar.card) == [])
        titles.add(bar.title.text())
    assert len(titles) == 12  # cut off, three of them would look alike
    assert max(sizes) == whole  # some stops have few words
    key(window, qtbot, Qt.Key.Key_F10)
    qtbot.waitUntil(lambda: letters_of(caption) == round(whole / UI_SCALE))


def test_maps_of_exercises_that_are_open_have_letters_as_large_as_all_others(window, qtbot):
    names = ("predict", "guess_work", "flight")
    for name in names:
        window.commands[name].trigger()
    opened = window.exercises.opened
    opened["guess_work"].on_enter()
    opened["guess_work"].show_surface()
    opened["flight"].give_up.click()

    def scales(name):
        return {one: one.look.ui_scale for one in opened[name].findChildren(MarkedMap) if one.isVisible()}

    for name in names:
        settled(qtbot, opened[name])
        qtbot.waitUntil(lambda name=name: bool(scales(name)))
    for on in (True, False):
        window.commands["projector"].trigger()
        assert window.projector.on == on
        for name in names:
            assert scales(name) == {one: pytest.approx(scale_of(one)) for one in scales(name)}, name
    window.exercises.close()


def test_the_title_of_a_stop_keeps_its_place_while_one_walks(window, qtbot):
    window.lessons.begin(load_lesson("lecture"))
    qtbot.waitUntil(window.is_settled)
    bar = window.lessons.bar
    for on in (False, True, False):
        if window.projector.on != on:
            window.commands["projector"].trigger()
        places = set()
        for index in (0, len(bar.entries) - 1):
            bar.show_stop(index)
            standing(window)
            places.add(bar.title.x())
        assert len(places) == 1
