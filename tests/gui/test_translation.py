"""All text of the window goes through Qt's translation, and has room in a language with longer words."""

import re

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QLabel, QMenu, QWidget

from gdsim.core.files.scene import bundled_titles, find_scene, load_scene
from gdsim.core.model.batching import BATCHINGS
from gdsim.core.model.generators import DRAW, GENERATORS
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.gui.help.tour import hints
from tests.gui.pseudo import PseudoTranslator, is_pseudo, pseudo
from tests.gui.window.test_main_window import opened
from tests.gui.windows import cut_off_texts

DIALOGS = (
    *("guess_work", "quiz", "predict", "check_work", "find_rate"),
    *("generate_points", "export_picture", "export_animation", "guide", "keys"),
)
DECLARING = (*(RULES, BATCHINGS, SCHEDULES, MOMENTUM_SCHEDULES, GENERATORS),)
# Names, the same in every language. Beside them, only what the core declares or finds is English by design,
# see `declared` and `data_of`; pages of help and lessons are files, each in one language.
NAMES = ("gdsim", "Qt")


@pytest.fixture
def translated(qtbot):
    """The window in a language that nobody speaks, and its session."""
    translator = PseudoTranslator()
    QApplication.installTranslator(translator)
    yield opened(qtbot, load_scene(find_scene("mini-batch")))
    QApplication.removeTranslator(translator)


def declared():
    """Return the texts that are data: what rules, schedules and generators say of themselves in the core."""
    kinds = [DRAW, *(kind for catalogue in DECLARING for kind in catalogue.values())]
    for kind in kinds:
        yield from (kind.title, kind.summary, getattr(kind, "details", ""))
    for one in (one for kind in kinds for one in kind.settings):
        yield from (one.label, one.label.capitalize(), one.doc, one.symbol)


def data_of(window, session):
    """Return the texts of the core that this window may show: of the document, and of what is found in it."""
    experiment = session.experiment
    return {
        *NAMES,
        *declared(),
        *bundled_titles().values(),
        *(experiment.title, experiment.about),
        *(run.name for run in experiment.runs),
        *(mark.sentence for mark in window.cards.curves.strip.marks),
    }


def shown_texts(root):
    """Return what is to be read on and of the visible widgets below a widget."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisible():
            continue
        yield from (widget.accessibleName(), widget.accessibleDescription(), widget.toolTip())
        if isinstance(widget, (QLabel, QAbstractButton)):
            yield widget.text()
        if isinstance(widget, QComboBox):
            yield from (widget.itemText(index) for index in range(widget.count()))
        if isinstance(widget, QMenu):
            yield widget.title()


def left_out(texts, data):
    """Return the texts with words that are neither translated nor data of the core."""
    known = sorted((" ".join(one.split()) for one in data if one), key=len, reverse=True)
    found = []
    for text in texts:
        rest = " ".join(re.sub(r"<[^<>]*>", " ", text).replace("&#x27;", "'").split())
        for one in known:
            rest = rest.replace(one, " ")
        if re.search(r"[A-Za-z]{3}", rest) and not is_pseudo(rest):
            found.append(text)
    return sorted(set(found))


@pytest.mark.parametrize("text", ["Open", "&Open…", "{n} of {count}", "<b>Look</b>", "a {0:,} b", "Keep."])
def test_the_language_is_longer_and_keeps_what_must_stay(text):
    made = pseudo(text)
    assert is_pseudo(made)
    assert made.count("&") == text.count("&")
    for kept in re.findall(r"\{[^{}]*\}|<[^<>]*>", text):
        assert kept in made
    letters = len(re.findall(r"[a-z]", re.sub(r"\{[^{}]*\}|<[^<>]*>", "", text), re.IGNORECASE))
    assert len(made) == len(text) + round(0.3 * letters)


def test_what_is_left_out_is_found(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    QLabel("Forgotten", window)
    QLabel(pseudo("Thought of"), window)
    QLabel("3.14 = π", window)
    QLabel("The valley", window)
    with qtbot.waitExposed(window):
        window.show()
    assert left_out(shown_texts(window), {"The valley"}) == ["Forgotten"]


def test_the_window_is_translated(translated):
    window, session = translated
    data = data_of(window, session)
    for page in range(4):
        window.cards.run_card.show_page(page)
        window.show_now()
        assert left_out(shown_texts(window), data) == []
    assert left_out([action.text() for action in window.commands.values()], data) == []
    assert left_out([menu.title() for menu in window.menuBar().findChildren(QMenu)], data) == []
    assert left_out([part for hint in hints() for part in hint[1:]], set()) == []


@pytest.mark.parametrize("name", DIALOGS)
def test_dialogs_are_translated_and_have_room(translated, qtbot, name):
    window, session = translated
    window.commands[name].trigger()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(QDialog)))
    dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
    assert is_pseudo(dialog.windowTitle())
    assert left_out(shown_texts(dialog), data_of(window, session)) == []
    qtbot.waitUntil(lambda: cut_off_texts(dialog) == [])
    dialog.close()


@pytest.mark.parametrize(
    ("size", "folded"), [((1440, 900), ""), ((1280, 720), "right"), ((1280, 720), "left")]
)
def test_longer_words_have_room(translated, qtbot, size, folded):
    window, _ = translated
    if folded:  # on a small screen side columns fold
        window.view.fold(folded)
    window.resize(*size)
    for page in range(4):
        window.cards.run_card.show_page(page)
        window.show_now()
        qtbot.waitUntil(lambda: cut_off_texts(window) == [])
    assert window.width() == size[0]
