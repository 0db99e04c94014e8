"""What the speaker alone sees, in a second window and on paper."""

import json
import re
import zlib

import pytest
from PySide6.QtCore import QSizeF, Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument, QTextTable

from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.lessons.files import load_lesson
from gdsim.gui.lessons.notes import writing_notes
from gdsim.gui.lessons.paper import keep_headings, print_html
from gdsim.gui.style.stylesheet import palette
from gdsim.gui.style.theme import THEMES
from tests.gui.answered import answer_file_dialogs
from tests.gui.lessons.test_lessons_in_the_window import opened

RGB = QImage.Format.Format_RGB32
# Stands for a picture in a text.
OBJECT = "\ufffc"
STOPS = [
    {
        "title": "One <b>",
        "chapter": "Begin",
        "scene": "valley",
        "caption": "The loss is {loss(gd, 0)}.",
        "question": "Why?",
        "answer": "Because.",
        "notes": "Wait for *three* guesses; it is {loss(gd, 0) * 2}.",
    },
    {"title": "Two", "scene": "valley", "caption": "No notes here."},
]


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "mine.json"
    made.write_text(json.dumps({"gdsim-lesson": 1, "title": "Mine", "about": "A & B", "stops": STOPS}))
    return made


def test_the_notes_follow_the_lesson_in_a_window_of_their_own(qtbot, path):
    window, _ = opened(qtbot)
    assert not window.commands["speaker_notes"].isEnabled()
    window.lessons.begin(load_lesson(str(path)))
    window.commands["speaker_notes"].trigger()
    notes = window.lessons.speaker.notes
    assert notes.isWindow()
    qtbot.waitUntil(lambda: "Wait for three guesses" in notes.text.toPlainText())
    text = notes.text.toPlainText()
    assert "Why?" in text
    assert "Because." in text  # the speaker knows it before the class does
    assert "Wait" not in window.lessons.bar.card.accessibleDescription()
    assert (notes.title.text(), notes.next.text()) == ("One <b>", "Next: more of this stop")
    # A clicker walks where the keys are.
    qtbot.keyClick(notes, Qt.Key.Key_PageDown)
    assert notes.next.text() == "Next: Two"
    qtbot.keyClick(notes, Qt.Key.Key_PageDown)
    assert (notes.title.text(), notes.next.text()) == ("Two", "This is the last stop.")
    qtbot.waitUntil(lambda: "No notes for this stop." in notes.text.toPlainText())
    window.commands["speaker_notes"].trigger()
    assert window.lessons.speaker.notes is None
    window.commands["speaker_notes"].trigger()
    window.lessons.guide.end()
    assert window.lessons.speaker.notes is None


def test_the_notes_of_all_stops_are_written_for_printing(qtbot, path, late_patch, tmp_path):
    window, _ = opened(qtbot)
    window.lessons.begin(load_lesson(str(path)))
    html, pdf = tmp_path / "notes.html", tmp_path / "notes.pdf"
    for target in (html, pdf):
        answer_file_dialogs(late_patch, target)
        window.commands["write_notes"].trigger()
        words = f"Saved as {target.name}."
        qtbot.waitUntil(lambda words=words: window.notice.text() == words)
        assert window.notice.property("done")
    text = html.read_text(encoding="utf-8")
    for words in ("A &amp; B", "1. One &lt;b&gt;", "2. Two", "Why?", "Because.", "Wait for <b>three</b>"):
        assert words in text
    assert pdf.read_bytes().startswith(b"%PDF")
    answer_file_dialogs(late_patch, tmp_path / "no" / "x.pdf")
    window.commands["write_notes"].trigger()
    qtbot.waitUntil(lambda: window.notice.text().startswith("x.pdf cannot be written"))
    assert not window.notice.property("done")


def test_the_lecture_can_be_printed(tmp_path, qapp):
    list(writing_notes(load_lesson("lecture"), tmp_path / "lecture.pdf"))
    content = (tmp_path / "lecture.pdf").read_bytes()
    assert content.count(b"/Type /Page\n") > 5


def test_notes_as_a_page_say_which_language_they_are_in(tmp_path, qapp):
    path = tmp_path / "notizen.html"
    with speaking(read_language("de")):
        list(writing_notes(load_lesson("first-sheet"), path))
    text = path.read_text(encoding="utf-8")
    assert '<html lang="de">' in text
    assert "Ein erstes Aufgabenblatt" in text


def test_a_heading_stands_on_the_page_of_its_picture(qapp):
    """And nothing after a forced page break gets lost."""
    document = QTextDocument()
    document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl("map"), QImage(200, 150, RGB))
    part = '<h2>Chapter</h2><h3>Stop</h3><p>Words</p><p><img src="map"></p><table><tr><td>1</td></tr></table>'
    document.setHtml("".join(f"{part}{'<p>More</p>' * (place % 4)}" for place in range(20)))
    document.setPageSize(QSizeF(300, 500))
    assert len(pages_of_stops(document)) > 20  # some were on two pages
    keep_headings(document)
    assert len(pages_of_stops(document)) == 20
    tops = [top for top, _ in places(document)]
    assert tops == sorted(tops)
    assert tops[-1] > 500 * 9


def test_formulas_stand_on_the_page_of_their_picture(qapp):
    document = QTextDocument()
    for name, height in (("map", 100), ("formula", 40)):
        image = QImage(200, height, RGB)
        document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), image)
    formula = '<p><img src="formula"></p>'
    part = (
        f'<h2>Chapter</h2><p>Words</p><p><img src="map"></p><table><tr><td>1</td></tr></table>{formula * 2}'
    )
    document.setHtml("".join(f"{part}{'<p>More</p>' * (place % 4)}" for place in range(20)))
    document.setPageSize(QSizeF(300, 500))
    assert len(pages_of_stops(document)) > 20  # some were on two pages
    keep_headings(document)
    assert len(pages_of_stops(document)) == 20


def test_a_table_stands_on_the_page_of_its_picture(qapp):
    document = QTextDocument()
    document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl("map"), QImage(200, 150, RGB))
    row = "<tr><td>1</td><td>2</td></tr>"
    part = f'<h3>Stop</h3><p>Words</p><p><img src="map"></p><table>{row * 6}</table>'
    document.setHtml("".join(f"{part}{'<p>More</p>' * (place % 4)}" for place in range(20)))
    document.setPageSize(QSizeF(300, 500))

    def split():
        layout = document.documentLayout()
        tables = [one for one in document.rootFrame().childFrames() if isinstance(one, QTextTable)]
        rects = [layout.frameBoundingRect(one) for one in tables]
        return sum(int(rect.top() / 500) != int((rect.bottom() - 1) / 500) for rect in rects)

    assert split() > 3
    keep_headings(document)
    assert split() == 0


def places(document):
    """Return the top and the bottom of each block."""
    block = document.begin()
    while block.isValid():
        rect = document.documentLayout().blockBoundingRect(block)
        yield rect.top(), rect.bottom()
        block = block.next()


def pages_of_stops(document):
    """Return on which pages the headings and the picture of each stop are, with its number."""
    pages, stop, block = set(), -1, document.begin()
    while block.isValid():
        stop += block.text() == "Chapter"
        if block.text() in ("Chapter", "Stop", "Words", OBJECT):
            rect = document.documentLayout().blockBoundingRect(block)
            pages |= {(stop, int(rect.top() / 500)), (stop, int((rect.bottom() - 1) / 500))}
        block = block.next()
    return pages


@pytest.mark.parametrize("pixels", [6, 40])
def test_letters_on_paper_are_as_large_whatever_they_are_on_the_screen(qapp, tmp_path, pixels):
    usual, path = qapp.font(), tmp_path / "notes.pdf"
    font = qapp.font()
    font.setPixelSize(pixels)
    qapp.setFont(font)
    print_html("<p>Words.</p>" * 100, "Words", path)
    qapp.setFont(usual)
    assert path.read_bytes().count(b"/Type /Page\n") == 3


def test_a_line_on_paper_is_as_wide_as_a_pen_from_the_first_on(qapp, tmp_path):
    path = tmp_path / "hand-out.pdf"
    print_html("<p>Name:</p><hr><p>Answer:</p><hr>", "Words", path)
    strokes = [re.findall(rb"^S$", page, re.MULTILINE) for page in drawn_on(path)]
    assert sum(map(len, strokes)) == 2


def drawn_on(path):
    """Return what a PDF draws, page by page, beside what else is packed into it."""
    packed = re.findall(rb"FlateDecode.*?stream\n(.*?)endstream", path.read_bytes(), re.DOTALL)
    return [zlib.decompressobj().decompress(one) for one in packed]


def test_a_dark_window_prints_the_same_on_paper(qapp, tmp_path):
    usual, path, drawn = qapp.palette(), tmp_path / "notes.pdf", []
    for theme in THEMES.values():
        qapp.setPalette(palette(theme))
        print_html("<h1>Words</h1><p>To <a href='x'>link</a>.</p><hr><p>&nbsp;</p><hr>", "Words", path)
        drawn.append(drawn_on(path))
    qapp.setPalette(usual)
    assert drawn[0] == drawn[1] != []
