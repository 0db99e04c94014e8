"""The notice: where it lies, and that it goes."""

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.stylesheet import stylesheet
from gdsim.gui.style.theme import DARK, LIGHT
from gdsim.gui.window.bare_parts import BarePart, BareParts
from gdsim.gui.window.notice import Notice
from tests.gui.windows import expose

SENTENCE = "There is no run whose start could be set; add one first."


@pytest.fixture
def page(qtbot):
    page = QWidget()
    page.resize(900, 300)
    page.part = QWidget(page)
    page.part.setGeometry(0, 0, 900, 40)
    qtbot.addWidget(page)
    return page


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_notice_covers_what_is_below_it(qtbot, page, theme):
    page.setStyleSheet(stylesheet(theme))
    notice = Notice(BareParts(page, BarePart(page.part)))
    expose(qtbot, page)
    notice.say(SENTENCE)
    assert notice.isVisible()
    assert notice.grab().toImage().pixelColor(6, notice.height() // 2).name() == theme.fault_soft
    assert page.rect().contains(notice.geometry())
    assert notice.y() < 10
    assert notice.height() >= notice.heightForWidth(notice.width())


def test_what_is_said_before_the_window_is_shown_lies_where_its_part_comes_to_be(qtbot):
    """As that unsaved work cannot be kept, at the start."""
    page = QWidget()
    qtbot.addWidget(page)
    part = PlainLabel("a header")
    layout = QVBoxLayout(page)
    layout.addStretch()
    layout.addWidget(part)
    notice = Notice(BareParts(page, BarePart(part)))
    page.resize(900, 300)
    notice.say(SENTENCE)
    with qtbot.waitExposed(page):
        page.show()
    assert notice.geometry().intersects(part.geometry())


@pytest.mark.parametrize("letters", [12, 24])
@pytest.mark.parametrize("part", [(300, 40, 500, 60), (300, 4, 129, 13), (880, 4, 9, 13), (860, 4, 0, 26)])
def test_a_notice_can_be_read_however_narrow_the_part_is_that_it_lies_over(
    qtbot, page, tmp_path, part, letters
):
    page.setStyleSheet(stylesheet(LIGHT, letters))
    page.part.setGeometry(*part)
    notice = Notice(BareParts(page, BarePart(page.part)))
    expose(qtbot, page)
    for tell in (notice.say, lambda sentence: notice.confirm(sentence, tmp_path / "points.csv")):
        tell(SENTENCE)
        assert page.rect().contains(notice.geometry())
        assert notice.width() > 10 * notice.fontMetrics().height()
        assert notice.height() >= notice.heightForWidth(notice.width())
    assert page.rect().contains(notice.folder.geometry())
    if part[2] > 400 and letters == 12:
        assert page.part.geometry().left() <= notice.x() <= notice.geometry().right() < 800


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_what_was_done_is_told_in_other_colours_than_what_was_refused(qtbot, page, theme):
    page.setStyleSheet(stylesheet(theme))
    notice = Notice(BareParts(page, BarePart(page.part)))
    expose(qtbot, page)

    def ground():
        return notice.grab().toImage().pixelColor(6, notice.height() // 2).name()

    notice.confirm("Copied 2 points.")
    assert (notice.text(), ground()) == ("Copied 2 points.", theme.accent_soft)
    assert not notice.folder.isVisible()
    notice.say(SENTENCE)
    assert ground() == theme.fault_soft


def test_a_file_that_was_written_is_shown_in_its_folder(qtbot, page, tmp_path):
    opened = []

    class Opener(QObject):
        @Slot(QUrl)
        def open(self, url):
            opened.append(url.toLocalFile())

    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "open")
    notice = Notice(BareParts(page, BarePart(page.part)))
    expose(qtbot, page)
    notice.confirm("Saved as points.csv.", tmp_path / "points.csv")
    assert notice.folder.isVisible()
    assert not notice.geometry().intersects(notice.folder.geometry())
    assert page.rect().contains(notice.folder.geometry())
    qtbot.mouseClick(notice.folder, Qt.MouseButton.LeftButton)
    QDesktopServices.unsetUrlHandler("file")
    assert opened == [str(tmp_path)]
    notice.take_back()
    assert not notice.folder.isVisible()


def test_a_notice_is_taken_back(qtbot, page):
    notice = Notice(BareParts(page, BarePart(page.part)))
    page.show()
    notice.say(SENTENCE)
    notice.take_back()
    assert not notice.isVisible()
