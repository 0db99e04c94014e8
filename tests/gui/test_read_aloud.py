"""What somebody hears who works with the window by a screen reader."""

import re
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAction,
    QGuiApplication,
)
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QDialog, QScrollArea, QWidget
from shiboken6 import delete

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.files.table.reader import reading_table_file
from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.view import PAGES
from gdsim.core.model.objective import LECTURE
from gdsim.gui import accessible
from gdsim.gui.forms.bubble import clear_fault, show_fault
from gdsim.gui.forms.buttons import IconButton
from gdsim.gui.forms.tips import set_tip, show_keys
from gdsim.gui.help.keys import groups_of
from gdsim.gui.memory.memory_choice import MemoryChoice
from gdsim.gui.paint.formula_picture import FormulaPicture
from gdsim.gui.points.import_dialog import ImportDialog, TableSource
from gdsim.session.tasks import TaskQueue
from tests.every import WHOLE, every
from tests.gui.aloud import Role, nameless, told, told_below, told_of_all
from tests.gui.main_windows import EXERCISES
from tests.gui.shared_window import shared
from tests.gui.test_translation import DIALOGS
from tests.gui.test_words import lower_case, with_hyphens
from tests.gui.window.test_focus_is_seen import unseen
from tests.gui.window.test_large_letters import of_short_runs, open_dialogs
from tests.gui.windows import expose

MARKUP = re.compile(r"<\w|</|&\w+;|&#")


@pytest.fixture(autouse=True)
def _listened_to(late_patch):
    """Ask what a widget says whenever that changes, be it half made, as screen readers do."""
    accessible.install()
    QAccessible.setActive(True)
    for kind, name in (
        (QWidget, "setAccessibleName"),
        (QWidget, "setAccessibleDescription"),
        (QAbstractSlider, "setValue"),
        (QAbstractSlider, "setRange"),
    ):
        late_patch.setattr(kind, name, _and_asks(getattr(kind, name)))
    yield
    QAccessible.setActive(False)


def _and_asks(change):
    def changes(widget, *values):
        change(widget, *values)
        told(widget)
        if number := QAccessible.queryAccessibleInterface(widget).valueInterface():
            number.currentValue()

    return changes


def with_markup(root):
    """Return what is said with markup of a window, its widgets and the entries of its menus."""
    said = [text for one in told_of_all(root) for text in (one.name, one.description)]
    said += [action.text() for action in root.findChildren(QAction)]
    return [text for text in said if MARKUP.search(text)]


def test_markup_is_found(qtbot):
    button = IconButton("open", "Open", "Open a file.")
    qtbot.addWidget(button)
    assert with_markup(button) == []
    button.setToolTip("<qt><b>Open</b><br>A file.</qt>")
    button.setAccessibleDescription("")
    assert with_markup(button) == ["<qt><b>Open</b><br>A file.</qt>"]


@pytest.mark.parametrize(
    ("sentence", "heading", "heard"),
    [
        ("Go to the start.", "First", "Go to the start."),
        ("", "First", "First"),
        ("Two lines:\nx < 1 & y > 2", "", "Two lines:\nx < 1 & y > 2"),
        ("", "", ""),
    ],
)
def test_the_sentence_of_a_tooltip_is_heard_without_its_heading(qtbot, sentence, heading, heard):
    button = IconButton("open", "Open", "Open a file.")
    qtbot.addWidget(button)
    set_tip(button, sentence, heading)
    assert told(button).description == heard


def test_keys_are_heard(qtbot):
    button, action = IconButton("first", "First", "Go to the start."), QAction()
    qtbot.addWidget(button)
    action.setShortcut("Home")
    show_keys(button, action)
    assert told(button).description == "Go to the start (Home)."


def test_a_fault_is_heard_until_it_is_mended(qtbot):
    button = IconButton("first", "First", "Go to the start.")
    qtbot.addWidget(button)
    show_fault(button, "There is no start.")
    assert told(button).description == "There is no start."
    clear_fault(button)
    assert told(button).description == "Go to the start."


def test_nothing_in_the_import_is_heard_with_markup(qtbot, tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("x,y\n1,0.5\n", encoding="utf-8")
    tasks = TaskQueue()
    dialog = ImportDialog(TableSource(path.name, partial(reading_table_file, path)), 1, LECTURE, tasks)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    expose(qtbot, dialog)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert with_markup(dialog) == []
    tasks.close()


def test_a_lesson_and_a_hint_have_names_without_markup(window, qtbot):
    window.lessons.begin(load_lesson("lecture"))
    window.commands["tour"].trigger()
    qtbot.waitUntil(window.lessons.bar.isVisible)
    assert window.help.tour.callout is not None
    assert nameless(window) == []
    assert with_markup(window.lessons.bar) == []


def heard(window, name):
    """Return what is said of the widget of a name."""
    return next(one for one in told_below(window) if one.name == name)


def told_soon(qtbot, announced):
    """Wait until something is announced, and return it."""
    told = []

    def is_there():
        told.extend(announced())
        return bool(told)

    qtbot.waitUntil(is_there, timeout=20_000)
    return told


def test_each_step_and_each_part_of_it_is_said(window, announced):
    for name, place in (("forward", 1), ("forward", 2), ("back", 1), ("last", 360), ("first", 0)):
        window.commands[name].trigger()
        (words,) = announced()
        w, b = (f"{value:.3g}" for value in window.session.frame().current.p)
        assert words.replace("\N{MINUS SIGN}", "-").startswith(
            f"{window.session.selected_run.shown_name}, step {place} of 360: w {w}, b {b}, loss "
        )
    window.commands["forward"].trigger()
    window.cards.run_card.show_page(PAGES.index("step"))
    window.show_now()
    announced()
    window.commands["next_part"].trigger()
    window.show_now()
    (words,) = announced()
    assert words.startswith("Gradient. w ")


def test_what_is_refused_is_said(window, announced, qtbot):
    QGuiApplication.clipboard().setText("no link")
    window.commands["paste_points"].trigger()
    (words,) = told_soon(qtbot, announced)
    assert words == window.notice.text()
    show_fault(window.cards.editor, "There is no start.")
    assert announced() == ["There is no start."]


def test_what_two_windows_tell_in_one_go_is_said_once_though_one_is_closed(qtbot, announced):
    dialog, window = QWidget(), QWidget()
    qtbot.addWidget(window)
    for widget, words in ((dialog, "Kept"), (window, "There is no start"), (window, "Kept"), (window, "")):
        accessible.announce(widget, words)
    delete(dialog)
    assert announced() == ["Kept. There is no start."]


def test_no_piece_runs_into_the_next():
    pieces = ("Kept", "", "Is there a start?", "“None.”", "w = 1")
    assert accessible.one_after_another(pieces) == "Kept. Is there a start? “None.” w = 1."


def test_each_stop_of_a_lesson_is_said_once(window, announced, qtbot):
    window.lessons.begin(load_lesson("lecture"))
    (words,) = told_soon(qtbot, announced)
    assert words.startswith("A neuron and two points. This neuron takes ")
    window.commands["next_stop"].trigger()
    (words,) = told_soon(qtbot, announced)
    assert words.startswith("How wrong is a guess? Let us guess: w = 0.5, b = 0. ")
    qtbot.waitUntil(window.is_settled, timeout=20_000)
    assert announced() == []
    window.lessons.guide.go(7)
    (words,) = told_soon(qtbot, announced)
    assert words.startswith("All six guesses, and the lowest place. ")
    assert "Where is the lowest place, and how far is it from the last guess?" in words
    window.commands["next_stop"].trigger()
    (answer,) = told_soon(qtbot, announced)
    description = window.lessons.bar.card.accessibleDescription()
    repeated = description.removesuffix(answer)
    assert repeated.startswith("All six guesses, and the lowest place. ")
    assert words.startswith(repeated)


def test_sliders_say_what_they_stand_for(window, qtbot):
    session, cards = window.session, window.cards
    slider = heard(cards.editor, "learning rate")
    assert (slider.role, slider.value) == (Role.Slider, "1")
    assert heard(cards.transport, "Speed").value == "20 steps a second"
    place = heard(cards.transport, "Place on the record")
    assert place.value == "step 0 of 360"
    session.play(lambda head: head.seek(60))
    window.show_now()
    assert told(place.widget).value == "step 60 of 360"
    window.commands["by_epoch"].trigger()
    window.show_now()
    assert told(place.widget).value == "epoch 10 of 60"
    assert heard(cards.transport, "Speed").value == "20 epochs a second"


def test_a_screen_reader_moves_a_slider_by_its_number(window, qtbot):
    slider = heard(window.cards.editor, "learning rate").widget
    number = QAccessible.queryAccessibleInterface(slider).valueInterface()
    assert (number.minimumValue(), number.currentValue(), number.maximumValue()) == (1e-5, 1.0, 100.0)
    number.setCurrentValue(0.25)
    assert number.currentValue() == 0.25
    assert told(slider).value == "0.25"
    assert window.session.selected_run.optimizer["eta"] == 0.25
    epochs = heard(window.cards.editor, "epochs").widget
    QAccessible.queryAccessibleInterface(epochs).valueInterface().setCurrentValue(40.4)
    assert window.session.selected_run.epochs == 40
    qtbot.waitUntil(window.is_settled, timeout=20_000)
    place = heard(window.cards.transport, "Place on the record").widget
    QAccessible.queryAccessibleInterface(place).valueInterface().setCurrentValue(7)
    assert window.session.playhead.cursor == 7


def test_pages_are_tabs(window):
    row = heard(window.cards.run_card, "The selected run").widget
    tabs = [one for one in told_below(row) if one.role is Role.PageTab]
    assert [tab.name for tab in tabs] == ["Settings", "This step", "Code", "Why", "Memory", "Limit"]
    interfaces = [QAccessible.queryAccessibleInterface(tab.widget) for tab in tabs]
    interfaces[2].actionInterface().doAction(QAccessibleActionInterface.pressAction())
    assert window.cards.run_card.page == 2
    assert [bool(one.state().selected) for one in interfaces] == [page == 2 for page in range(len(PAGES))]
    assert interfaces[0].parent().role() is Role.PageTabList


def test_pictures_say_what_they_show(window):
    session, cards = window.session, window.cards
    session.play(lambda head: head.seek(6))
    window.show_now()
    run = session.experiment.runs[0].name
    for pane in (cards.contours, cards.surface, cards.fit):
        picture = told(pane)
        assert picture.role is Role.Graphic
        assert picture.description.startswith(f"{run}, step 6 of 360: w ")
    for pane in (cards.contours, cards.surface):
        assert all(f"{one.name}, step 6 of " in told(pane).description for one in session.experiment.runs)
        assert ", at w 0.0203" in told(pane).description
        assert "Minimum: the loss rises on all sides." in told(pane).description
    curves = told(cards.curves)
    assert curves.role is Role.Graphic
    assert curves.description.startswith("step 6, update 6 of 6 in epoch 1: ")


def test_of_very_many_runs_only_the_first_are_read(qtbot):
    experiment = load_scene(find_scene("first-neuron"))
    runs = tuple(replace(experiment.runs[0], name=f"run {number}") for number in range(20))
    window, _ = shared(qtbot, replace(experiment, runs=runs), painted=False)
    words = told(window.cards.contours).description
    assert words.count("step 0 of") == 8
    assert "And 12 more runs." in words


def test_the_list_of_keys_is_read_line_by_line(window, qtbot):
    window.commands["keys"].trigger()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(QDialog)))
    dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
    dialog.list.setMinimumHeight(9000)  # what is scrolled away is not told
    qtbot.waitUntil(lambda: dialog.list.height() >= 9000)
    lines = [one.name for one in told_below(dialog.list, most=1000)]
    entries = [entry for group in groups_of(window) for entry in group.entries]
    assert len(entries) > 100
    read = list(pairwise(lines))
    assert [entry for entry in entries if (entry.what, entry.by) not in read] == []
    assert ("Play or pause", "Space") in read
    assert dialog.list.focusPolicy() & Qt.FocusPolicy.TabFocus
    dialog.close()


def is_repeated(one):
    """Return whether the description of a thing is its name once more, perhaps with its keys."""
    plain = re.sub(r" \([^)]*\)\.?$", "", one.description).rstrip(".")
    return bool(one.name) and plain.casefold() == one.name.rstrip(".").casefold()


def without_a_sentence(root):
    """Return the names of pictures that say nothing about what they show; a formula is its name."""
    graphics = [one for one in told_below(root) if one.role is Role.Graphic and one.name]
    pictures = [one for one in graphics if not isinstance(one.widget, FormulaPicture)]
    return [one.name for one in pictures if not one.description or is_repeated(one)]


CONTROLS = (Role.Button, Role.CheckBox, Role.PageTab, Role.ComboBox, Role.Slider)


def repeated(root):
    return [one.name for one in told_below(root) if one.role in CONTROLS and is_repeated(one)]


@pytest.mark.parametrize("scene", ["bias-correction", *(["mini-batch"] if WHOLE else [])])
def test_all_of_the_window_has_a_name_and_a_sentence_that_says_more_without_markup(qtbot, scene):
    window = shared(qtbot, load_scene(find_scene(scene)), painted=False)[0]
    window.session.play(lambda head: head.seek(5))
    for page in range(len(PAGES)):
        window.cards.run_card.show_page(page)
        window.show_now()
        for view in window.findChildren(MemoryChoice):
            for button in view.findChildren(QAbstractButton):
                button.click()
                assert without_a_sentence(window) == []
        assert without_a_sentence(window) == []
        assert repeated(window) == []
        assert nameless(window) == []
        assert with_markup(window) == []


@pytest.fixture
def beside(qtbot):
    """A window for its dialogs."""
    return shared(qtbot, of_short_runs(), painted=False)[0]


@pytest.fixture
def seen():
    """The kinds of widgets whose focus was looked at in the dialogs before."""
    return set()


@every("name", [*DIALOGS, "about"])
def test_each_dialog_has_names_and_sentences_without_markup_room_a_page_and_focus(beside, qtbot, seen, name):
    """All in one, as it is the opening of them that takes the time."""
    for _, dialog in open_dialogs(beside, qtbot, [name]):
        assert dialog.windowTitle()
        assert nameless(dialog) == []
        assert with_markup(dialog) == []
        assert without_a_sentence(dialog) == []
        assert repeated(dialog) == []
        assert [one.widget for one in told_below(dialog) if one.role is Role.Graphic and not one.name] == []
        # Numbers have a true minus, labels and buttons a capital.
        assert with_hyphens(dialog) == []
        assert {*lower_case(dialog)} <= {"for w", "for b"}  # beside a blank of a line
        if name != "guide":  # a page of text
            for area in dialog.findChildren(QScrollArea):
                assert not area.verticalScrollBar().maximum()
                assert not area.horizontalScrollBar().maximum()
        if name in EXERCISES:
            assert dialog.help_page == {"fair_race": "race"}.get(name, name.replace("_", "-"))
            keys = QApplication.focusWidget() or dialog
            qtbot.keyClick(keys, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
            assert beside.help.pages.page == dialog.help_page
            beside.help.close()
            dialog.activateWindow()
        assert unseen(dialog, qtbot, seen) == []


def test_what_words_and_buttons_say_is_heard(window, qtbot):
    """A name of its own would be read in place of a label's words, a tooltip with its markup."""

    def opened_by(name):
        window.commands[name].trigger()
        qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(QDialog)))
        return next(one for one in window.findChildren(QDialog) if one.isVisible())

    assert told(window.header.more).description.startswith("Show all panes and controls")
    rates = opened_by("find_rate")
    assert told(rates.words).name.startswith("The lecture tries rates on a logarithmic scale")
    rates.close()
    quiz = opened_by("quiz")
    answers = [one for one in told_below(quiz) if one.role == Role.Button and one.name.startswith("Answer")]
    assert [one.description for one in answers] == [f"Key {'ABCD'[n]} or {n + 1}" for n in range(4)]
    quiz.close()


def test_a_run_is_not_said_twice(window):
    texts = [one.name for one in told_below(window.cards.runs)]
    said = [text for text in texts if "η" in text and ":" in text]
    assert said
    for text in said:
        name, _, rest = text.partition(": ")
        assert not rest.startswith(name)


def test_a_time_line_without_findings_says_so(window):
    strip = window.cards.curves.over_time.strip
    strip.set_marks(())
    assert told(strip).description == "Nothing is marked on the selected run."
