"""A change of theme: it costs the same whatever was opened before, and moves nothing."""

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QColor, QCursor, QFont
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QPushButton, QVBoxLayout, QWidget
from shiboken6 import delete, isValid

from gdsim.core.lessons.view import PAGES
from gdsim.gui.style.stylesheet import put_on
from gdsim.gui.style.theme import THEMES
from gdsim.gui.surface import painter
from gdsim.gui.window.layout import laid_out_once
from tests.every import WHOLE, every
from tests.gui.frames import scene
from tests.gui.main_windows import EXERCISES
from tests.gui.shared_window import shared
from tests.gui.test_translation import DIALOGS
from tests.gui.window.test_large_letters import laid_out, open_dialogs


@pytest.fixture
def window(qtbot):
    window, _ = shared(qtbot, scene("first-neuron"))
    QCursor.setPos(window.geometry().bottomRight() + QPoint(50, 50))  # no control is pointed at
    return window


class _Count(QObject):
    def __init__(self):
        super().__init__()
        self.of = Counter()

    def eventFilter(self, watched, event):
        if isinstance(watched, QWidget):
            self.of[event.type()] += 1
        return False


def widgets_of(window):
    return [window, *window.findChildren(QWidget)]


def test_each_widget_is_told_of_a_theme_a_few_times_at_most(window):
    count, widgets = _Count(), widgets_of(window)
    for widget in widgets:
        widget.installEventFilter(count)
    window.appearance.set_theme("dark")
    assert 0 < count.of[QEvent.Type.PaletteChange] < 4 * len(widgets)
    assert count.of[QEvent.Type.StyleChange] == 0  # the style sheet stays on
    assert count.of[QEvent.Type.FontChange] == 0


def test_a_flat_button_is_told_of_a_theme_once(window):
    """With a ground of its own, its palette would be taken away first and then given back."""
    count = _Count()
    window.cards.transport.loop.installEventFilter(count)
    window.appearance.set_theme("dark")
    assert count.of[QEvent.Type.PaletteChange] == 1


def test_after_a_change_all_looks_as_with_a_style_sheet_that_is_put_on_anew(window):
    app, menus = QApplication.instance(), [action.menu() for action in window.menuBar().actions()]
    hidden = [*menus, *(combo.view() for combo in window.findChildren(QComboBox))]

    def pictures():
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        taken = []
        for one in (window, *hidden):  # what is hidden has the theme when it is shown
            was_hidden = one.isHidden()
            one.show()
            taken.append(one.grab().toImage())
            one.setHidden(was_hidden)
        return taken

    for theme in ("dark", "light"):
        window.appearance.set_theme(theme)
        changed = pictures()
        with laid_out_once(window):
            put_on(app, THEMES[theme], app.styleSheet())
        pairs = zip((window, *hidden), changed, pictures(), strict=True)
        assert [one for one, before, after in pairs if before != after] == [], theme


def test_cards_that_go_to_a_stage_or_to_another_one_are_styled_once(window):
    card = window.cards.surface_card
    for names in ({"surface", "contours"}, {"surface", "curves"}):
        count = _Count()
        card.installEventFilter(count)
        window.maximised.set_stage(frozenset(names))
        card.removeEventFilter(count)
        assert card.isVisible()
        assert count.of[QEvent.Type.StyleChange] == 1


def test_the_window_is_laid_out_once(window):
    count = _Count()
    QApplication.instance().installEventFilter(count)
    window.appearance.set_theme("dark")
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    QApplication.instance().removeEventFilter(count)
    for kind in (QEvent.Type.Resize, QEvent.Type.Move):
        assert count.of[kind] < len(widgets_of(window)) // 3, kind


def test_a_hidden_window_is_not_laid_out_by_a_change_of_style(qtbot):
    window, laid = QWidget(), []

    class Counted(QVBoxLayout):
        def setGeometry(self, rect):
            laid.append(rect)
            super().setGeometry(rect)

    qtbot.addWidget(window)
    layout = Counted(window)
    layout.addWidget(QPushButton("A"))
    with laid_out_once(window):
        assert layout.isEnabled()
    assert laid == []
    window.show()
    assert laid != []


def test_each_control_is_painted_once(window):
    count, button = _Count(), window.cards.transport.play
    QApplication.processEvents()
    button.installEventFilter(count)
    window.appearance.set_theme("dark")
    for _ in range(3):
        QApplication.processEvents()
    assert count.of[QEvent.Type.Paint] == 1


def test_nothing_is_left_of_windows_that_were_closed(window, qtbot):
    for index in range(len(PAGES)):  # pages are made when they are shown first
        window.cards.run_card.show_page(index)

    before = Counter(type(one).__name__ for one in widgets_of(window))
    for name in EXERCISES:
        window.exercises.open(name)
        window.exercises.close()
    for command in ("generate_points", "export_picture", "export_animation", "guide", "keys", "about"):
        window.commands[command].trigger()
    for other in QApplication.topLevelWidgets():
        if isValid(other) and other is not window and other.isVisible():
            other.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert Counter(type(one).__name__ for one in widgets_of(window)) == before


def test_a_change_of_theme_and_back_moves_nothing(window, qtbot):
    def places():
        return {one: one.geometry() for one in widgets_of(window) if one.isVisible()}

    before = places()
    for theme in ("dark", "light"):
        window.appearance.set_theme(theme)
        qtbot.waitUntil(lambda: places() == before)


# Their pictures come later, or are in a theme of their own.
WITH_PREVIEWS = {"generate_points", "export_picture", "export_animation"}


@every("name", [name for name in DIALOGS if name not in WITH_PREVIEWS] if WHOLE else ["quiz", "wrong_line"])
def test_a_dialog_that_was_open_looks_as_one_that_is_opened_in_the_theme(window, qtbot, name):
    def picture(dialog):
        if (focused := dialog.focusWidget()) is not None:
            focused.clearFocus()  # the cursor of a field may be seen or not
        laid_out(dialog)
        return dialog.grab().toImage()

    pictures = []
    for first, then in (("light", "dark"), ("dark", "dark")):
        window.appearance.set_theme(first)
        for _, dialog in open_dialogs(window, qtbot, [name]):
            window.appearance.set_theme(then)
            pictures.append(picture(dialog))
        window.exercises.close()
    assert pictures[0] == pictures[1]


def test_the_surface_is_drawn_once_in_each_theme(late_patch, window):
    drawn, pictures, real = [], [], painter.draw_quads

    def draw(*given, dark):
        drawn.append(dark)
        return real(*given, dark=dark)

    late_patch.setattr(painter, "draw_quads", draw)
    window.cards.surface.top_view()
    for theme in ("dark", "light", "dark", "light"):
        window.appearance.set_theme(theme)
        pictures.append(window.cards.surface.grab().toImage())
    assert pictures[0] == pictures[2] != pictures[1] == pictures[3]
    assert drawn == [True, False]


def test_what_is_hidden_has_the_theme_when_it_is_shown(window, qtbot):
    page = QWidget(window)
    button = QPushButton("Take", page)
    button.setObjectName("primary")
    for theme in ("dark", "light", "dark"):
        page.show()
        page.hide()
        window.appearance.set_theme(theme)
        page.show()
        image = button.grab().toImage()
        assert image.pixelColor(image.width() // 2, 4) == QColor(THEMES[theme].accent), theme
        assert (button.fontInfo().pixelSize(), button.font().weight()) == (12, QFont.Weight.DemiBold)
    delete(page)


def test_what_paints_in_the_colours_of_its_palette_has_those_of_the_theme(window):
    """What stands in a dialog takes over a palette that the style sheet has made for the dialog."""
    dialog = QDialog(window)
    painted = QWidget(dialog)
    for theme in ("light", "dark", "light"):
        window.appearance.set_theme(theme)
        dialog.show()
        assert painted.palette().mid().color() == QColor(THEMES[theme].border), theme
        window.appearance.set_theme("dark" if theme == "light" else "light")
        window.appearance.set_theme(theme)
        assert painted.palette().mid().color() == QColor(THEMES[theme].border), theme
        dialog.hide()
    delete(dialog)


def test_letters_have_the_size_and_the_weight_of_the_style(window):
    play = window.cards.transport.play
    usual = play.fontInfo().pixelSize()
    assert play.font().pixelSize() == -1  # that of the application, which has it in points
    assert play.font().weight() == QFont.Weight.DemiBold
    window.commands["projector"].trigger()
    assert play.font().pixelSize() > 1.3 * usual  # that of the sheet
    window.commands["projector"].trigger()
    assert play.fontInfo().pixelSize() == usual


def test_choices_shrink_with_their_letters(window):
    choice = QComboBox(window)
    choice.show()
    usual = choice.minimumSizeHint()
    window.commands["projector"].trigger()
    larger = choice.minimumSizeHint()
    assert larger.height() > usual.height()
    window.commands["projector"].trigger()
    assert choice.minimumSizeHint() == usual
    delete(choice)


def test_larger_letters_and_back_move_nothing_in_a_dialog_with_tabs(window, qtbot):
    for _, dialog in open_dialogs(window, qtbot, ["predict"]):
        before = {one: one.geometry() for one in widgets_of(dialog) if one.isVisible()}
        for _ in range(2):
            window.commands["projector"].trigger()
            laid_out(dialog)
        assert {one: one.geometry() for one in before} == before


def test_letters_of_another_size_have_all_their_room_before_they_are_painted(window):
    early, late = _Count(), _Count()
    window.cards.contours.installEventFilter(early)
    window.commands["projector"].trigger()
    assert early.of[QEvent.Type.Resize] < 5
    window.cards.contours.installEventFilter(late)
    for _ in range(3):
        QApplication.processEvents()
    assert late.of[QEvent.Type.Resize] == 0
    window.commands["projector"].trigger()
