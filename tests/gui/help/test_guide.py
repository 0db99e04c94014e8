"""The user guide: its pages are reached, and true; its pictures are there, fit, and follow the theme."""

import re
import threading

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QPushButton

from gdsim.cli import main
from gdsim.core.analysis.diagnosis.evidence import FindingKind
from gdsim.core.exercises.maps.outcome import Outcome
from gdsim.core.files.bundled import bundled_titles, find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.model.search_checks import takes_search
from gdsim.core.resources import resource
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.gui.exercises.maps.map_colours import FLAT
from gdsim.gui.exercises.maps.map_paint import key_entries
from gdsim.gui.help import search
from gdsim.gui.help.help_window import HelpWindow, page_file
from gdsim.gui.help.search import MADE, search_guide
from gdsim.gui.window.menu_command import Command, Submenu
from gdsim.gui.window.menus import menus
from tests.every import every
from tests.gui.main_windows import key
from tests.gui.shared_window import shared
from tests.gui.windows import cut_off_texts, focus
from tests.packaging_.scripts import load

PAGES = sorted(path.stem for path in resource("help").glob("*.md"))
PICTURE = re.compile(r"!\[([^\]]*)\]\(pictures/([\w-]+)\.png\)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)]*)\)")
# A page is read in a minute or two.
MOST_WORDS = 260
MOST_BYTES = 1_750_000
GLOSSARY = "glossary"
LISTS = (GLOSSARY, "index")
# These begin with what is wanted, not with a pane.
FIRST_STEPS = ("first-run", "data", "start", "compare", "save")


@pytest.fixture
def window(qtbot):
    return shared(qtbot, load_scene(find_scene("first-neuron")), painted=False)[0]


@pytest.fixture
def guide(window):
    window.commands["guide"].trigger()
    return window.help.pages


def text_of(page):
    return page_file(page).read_text(encoding="utf-8")


def links_of(page):
    return [link.removesuffix(".md") for link in LINK.findall(text_of(page))]


def pictures_of(page):
    return [name for _, name in PICTURE.findall(text_of(page))]


def stored(name, end=""):
    return resource("help", "pictures", f"{name}{end}.png")


# ------------------------------------------------------------------------------- pages


@every("page", PAGES)
def test_no_link_is_dead_and_no_page_is_long(page):
    text = text_of(page)
    assert text.startswith("# ")
    assert len(text.split()) < MOST_WORDS or page in LISTS
    assert all(link in MADE or page_file(link).is_file() for link in links_of(page))


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("glossary", "glossary"),
        ("seed", ""),
        ("validation POINTS", ""),
        ("learning rate schedule", ""),
        ("rmsprop", ""),
    ],
)
def test_pages_are_found_by_their_words(words, first):
    hits = search_guide(words)
    assert hits
    assert hits[0].name == (first or hits[0].name)
    for hit in hits:
        text = " ".join(
            (MADE[hit.name]() if hit.name in MADE else text_of(hit.name)).replace("*", "").split()
        )
        assert all(word.lower() in text.lower() for word in words.split()), hit.name
        assert len(hit.excerpt) < 160
    missed = [page for page in PAGES if page not in {hit.name for hit in hits}]
    assert not any(words.lower() in text_of(page).lower() for page in missed)


def test_nothing_is_found_for_no_words_and_for_unknown_ones():
    assert search_guide("  ") == search_guide("quaternion") == ()


def test_a_search_leads_to_the_page_and_its_word(qtbot, guide):
    qtbot.keyClicks(guide.field, "saturated")
    assert guide.hits.isVisible()
    assert not guide.browser.isVisible()
    names = [guide.hits.item(row).data(Qt.ItemDataRole.UserRole) for row in range(guide.hits.count())]
    assert "glossary" in names
    guide.hits.setCurrentRow(names.index("glossary"))
    qtbot.keyClick(guide.field, Qt.Key.Key_Return)
    assert guide.page == "glossary"
    assert guide.browser.isVisible()
    assert guide.browser.textCursor().selectedText().lower() == "saturated"
    assert guide.field.text() == ""
    qtbot.keyClicks(guide.field, "quaternion")
    assert guide.hits.item(0).text() == "No page contains these words."
    qtbot.keyClick(guide.field, Qt.Key.Key_Return)
    assert guide.page == "glossary"
    guide.field.clear()
    assert guide.browser.isVisible()


def test_enter_without_words_opens_nothing(qtbot, guide):
    qtbot.keyClicks(guide.field, "momentum")
    qtbot.keyClick(guide.field, Qt.Key.Key_Return)
    page = guide.page
    focus(qtbot, guide.field)
    qtbot.keyClick(guide.field, Qt.Key.Key_Return)
    assert guide.page == page


def test_pages_are_read_beside_the_window(window, qtbot, monkeypatch):
    threads = []
    monkeypatch.setattr(search, "guide_pages", lambda: threads.append(threading.current_thread()))
    window.commands["guide"].trigger()
    qtbot.waitUntil(lambda: not window.help.reading.is_busy)
    assert len(threads) == 1
    assert threads != [threading.main_thread()]


def test_every_page_is_reached_from_the_first():
    assert sorted({"index", *links_of("index")}) == sorted([*PAGES, *MADE])


def test_the_first_page_begins_with_what_a_person_wants_to_do():
    listed = links_of("index")[1:]  # after the one for a newcomer
    assert tuple(listed[: len(FIRST_STEPS)]) == FIRST_STEPS
    assert listed.index("numbers") < listed.index("points")


def test_every_page_has_a_picture_but_those_of_words_or_programs_alone():
    without = ["choosing-the-step", GLOSSARY, "index", "language", "muon", "python", "second-order"]
    assert [page for page in PAGES if not pictures_of(page)] == without


def test_the_glossary_has_the_words_of_the_window(window):
    terms = {
        word for term in re.findall(r"\*\*([^*]+)\*\*", text_of(GLOSSARY)) for word in term.lower().split()
    }
    named = ("loss", "gradient", "state", "memory", "epoch", "run", "scene", "seed", "schedule", "mini-batch")
    assert set(named) <= terms
    assert {kind.value.lower() for kind in FindingKind} & terms >= {"plateau", "overshoot", "u-turn"}


def test_the_keys_on_the_pages_are_the_keys_of_the_window(window):
    keys = {key.toString() for action in window.commands.values() for key in action.shortcuts()}
    for page in PAGES:
        named = set(re.findall(r"\b(?:Ctrl\+(?:\w+\+)?\w+|(?:Shift\+)?F\d+)\b", text_of(page)))
        named -= {"F2", "Ctrl+V"}  # of what has the focus
        assert named <= keys, page


def test_the_menus_on_the_pages_are_the_menus_of_the_window(window):
    entries = {
        (plain(menu), plain(one.text))
        for menu, some in menus(window).items()
        for one in some
        if isinstance(one, Command)
    }
    entries |= {
        (plain(menu), f"{plain(one.title)} > {plain(command.text)}")
        for menu, some in menus(window).items()
        for one in some
        if isinstance(one, Submenu)
        for command in one.commands
    }
    entries |= {("Scene", title) for title in bundled_titles().values()}
    named = [found for page in PAGES for found in re.findall(r"\*\*(\w+) > ([^*]+)\*\*", text_of(page))]
    assert len(named) > 20
    assert set(named) <= entries


def plain(text):
    return text.replace("&", "")


# ------------------------------------------------------------------------------- pictures


def test_every_picture_is_declared_and_there_and_shown():
    shown = {name for page in PAGES for name in pictures_of(page)}
    declared = set(load("guide_shots").PICTURES)
    there = {path.stem for path in resource("help", "pictures").glob("*")}
    assert shown == declared
    assert there == {f"{name}{end}" for name in declared for end in ("", "-dark")}


@every("page", PAGES)
def test_every_picture_is_told_in_words(page):
    every = text_of(page).count("](pictures/")
    told = [words for words, _ in PICTURE.findall(text_of(page))]
    assert len(told) == every
    assert all(len(words) > 30 for words in told)


def test_all_pictures_together_are_small():
    sizes = [path.stat().st_size for path in resource("help", "pictures").glob("*.png")]
    assert sum(sizes) < MOST_BYTES


def test_pictures_of_both_themes_are_alike_and_fit_the_page(qtbot, guide):
    room = guide.browser.viewport().width() - 2 * guide.browser.document().documentMargin()
    for name in {name for page in PAGES for name in pictures_of(page)}:
        light, dark = QImage(str(stored(name))), QImage(str(stored(name, "-dark")))
        assert light.size() == dark.size()
        assert light.width() <= room, name
        assert mean_lightness(light) > mean_lightness(dark)


def mean_lightness(image):
    small = image.scaled(32, 32, mode=Qt.TransformationMode.SmoothTransformation)
    return sum(small.pixelColor(x, y).lightness() for x in range(32) for y in range(32)) / 1024


def test_no_page_needs_sideways_scrolling(qtbot, guide):
    for page in PAGES:
        guide.show_page(page)
        qtbot.waitUntil(lambda wanted=page: guide.page == wanted and guide.browser.toPlainText() != "")
        assert guide.browser.horizontalScrollBar().maximum() == 0, page


def test_no_page_needs_it_on_a_projector_either(window, qtbot, guide):
    window.commands["projector"].trigger()
    try:
        for page in ("maps", "own-lesson", "data"):
            guide.show_page(page)
            qtbot.waitUntil(lambda wanted=page: guide.page == wanted and guide.browser.toPlainText() != "")
            qtbot.waitUntil(lambda: guide.browser.horizontalScrollBar().maximum() == 0)
    finally:
        window.commands["projector"].trigger()
    qtbot.waitUntil(lambda: guide.width() < 900)


def test_the_pictures_follow_the_theme(window, qtbot, guide):
    guide.show_page("contours")
    for theme, end in (("light", ""), ("dark", "-dark"), ("light", "")):
        window.appearance.set_theme(theme)
        picture = QImage(str(stored("contours", end)))
        qtbot.waitUntil(lambda wanted=picture: sample(shown_picture(guide.browser)) == sample(wanted))


def shown_picture(browser):
    """What is painted where the page has its first picture."""
    block = browser.document().begin()
    while block.text() != "\N{OBJECT REPLACEMENT CHARACTER}":
        block = block.next()
    corner = browser.document().documentLayout().blockBoundingRect(block).topLeft().toPoint()
    return browser.viewport().grab().toImage().copy(QRect(corner, QSize(400, 300)))


def sample(image):
    return [image.pixelColor(x, y).name() for x in range(10, 400, 30) for y in range(10, 300, 30)]


def test_the_script_takes_a_picture_as_it_is_stored(qtbot):
    name, script = "find-rate", load("guide_pictures")
    taken = QImage.fromData(script.png_of(script.PICTURES[name], "dark"))
    assert taken.size() == QImage(str(stored(name, "-dark"))).size()
    assert taken.colorCount() > 20  # of a palette: it is small, and something is on it
    few = {taken.pixelColor(x, taken.height() // 3).name() for x in range(taken.width())}
    assert len(few) > 5


def test_a_misspelt_picture_is_refused_before_any_is_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    script = load("guide_pictures")
    monkeypatch.setenv("QT_QPA_PLATFORM", "")  # which it sets, and is set back
    for names in (["compere"], [".", "compare", "compere"]):
        with pytest.raises(SystemExit, match="compere is no picture"):
            script.main(names)
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------------------- the window


def test_what_a_stop_can_say_is_read_in_the_guide_too(guide):
    """It is a file beside the lessons, in an installed copy as well."""
    guide.show_page("own-lesson")
    (link,) = [link for link in LINK.findall(text_of("own-lesson")) if link.startswith("..")]
    guide.browser.setSource(guide.browser.source().resolved(link))
    assert "The keys of a stop" in guide.browser.toPlainText()
    assert guide.browser.horizontalScrollBar().maximum() == 0


def test_the_options_on_the_page_about_trouble_are_there(capsys):
    named = set(re.findall(r"gdsim (--[\w-]+)", text_of("trouble")))
    assert named == {"--self-test", "--version", "--no-opengl", "--restore"}
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert all(f"  {option} " in told for option in named)


def test_the_page_on_second_order_says_which_rules_take_a_search():
    refuse = [rule().title for rule in SECOND_ORDER_RULES.values() if not takes_search(rule())]
    assert f"all but {' and '.join(refuse)} take a search as well" in text_of("second-order")


def test_the_page_on_maps_has_a_colour_for_every_way_to_end():
    text = text_of("maps")
    of = {"PLATEAU": "Orange", "MOVING": "grey", "RESTS": "yellow", "DIVERGED": "red", "STOPPED": "black"}
    assert {kind.name for kind in FLAT} == set(of)
    assert all(colour in text for colour in of.values())
    hues = {colours for _, colours in key_entries([Outcome.SOLVED], 4)}
    assert len(hues) == 4
    assert "Blue, or the hue of a further minimum, is solved" in text


def test_links_lead_to_pages_and_back(guide):
    guide.browser.setSource(guide.browser.source().resolved("contours.md"))
    assert guide.page == "contours"
    guide.back.click()
    assert guide.page == "index"
    assert cut_off_texts(guide) == []


def test_the_guide_opens_from_the_keys(window, qtbot):
    key(window, qtbot, Qt.Key.Key_F1)
    dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
    button = next(one for one in dialog.findChildren(QPushButton) if plain(one.text()) == "User guide")
    button.click()
    assert not dialog.isVisible()
    assert window.help.pages.page == "index"
    assert window.help.pages.isVisible()


def test_the_window_is_on_the_screen_whole(qtbot):
    window = HelpWindow()
    qtbot.addWidget(window)
    room = window.screen().availableSize()
    assert window.width() <= room.width()
    assert window.height() <= room.height()
