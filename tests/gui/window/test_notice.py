"""The notice: where it lies, and that it goes."""

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gdsim.gui.style.stylesheet import stylesheet
from gdsim.gui.style.theme import DARK, LIGHT
from gdsim.gui.window.notice import Notice

SENTENCE = "There is no run whose start could be set; add one first."


@pytest.fixture
def page(qtbot):
    page = QWidget()
    page.resize(900, 300)
    qtbot.addWidget(page)
    return page


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_notice_covers_what_is_below_it(qtbot, page, theme):
    page.setStyleSheet(stylesheet(theme))
    notice = Notice(page)
    with qtbot.waitExposed(page):
        page.show()
    notice.say(SENTENCE)
    assert notice.isVisible()
    assert notice.grab().toImage().pixelColor(6, notice.height() // 2).name() == theme.fault_soft
    assert page.rect().contains(notice.geometry())
    assert notice.y() < 10
    assert notice.height() >= notice.heightForWidth(notice.width())


def test_a_notice_lies_over_the_part_it_was_given(qtbot, page):
    place = QLabel("a sentence about the scene")
    layout = QVBoxLayout(page)
    layout.setContentsMargins(300, 40, 100, 200)
    layout.addWidget(place)
    notice = Notice(page, place)
    with qtbot.waitExposed(page):
        page.show()
    notice.say(SENTENCE)
    assert place.geometry().left() <= notice.geometry().left()
    assert notice.geometry().right() <= place.geometry().right()


def test_a_notice_is_taken_back(qtbot, page):
    notice = Notice(page)
    page.show()
    notice.say(SENTENCE)
    notice.take_back()
    assert not notice.isVisible()
