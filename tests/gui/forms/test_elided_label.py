"""Labels that end in an ellipsis, and what gives way to what in the head of a card."""

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from gdsim.gui.forms.card import Card
from gdsim.gui.forms.elided_label import ElidedLabel


@pytest.fixture
def card(qtbot):
    card = Card("The neuron  f(x) = σ(w·x + b)")
    card.set_body(QWidget())
    qtbot.addWidget(card)
    card.show()
    return card


def test_the_name_in_a_title_is_always_whole_and_its_formula_goes(card, qtbot):
    title, hint = card.findChild(QLabel, "cardTitle"), card.findChild(QLabel, "hint")
    margins = 36
    card.resize(title.sizeHint().width() + margins, 100)
    qtbot.waitUntil(lambda: title.text() == "The neuron f(x) = σ(w·x + b)")
    card.set_hint("2.5, and more")
    qtbot.waitUntil(lambda: title.text() == "The neuron")
    assert title.toolTip()
    assert hint.text() == "2.5, and more"
    assert not title.geometry().intersects(hint.geometry())


def test_a_hint_that_has_no_room_leaves_it_to_the_title(card, qtbot):
    title, hint = card.findChild(QLabel, "cardTitle"), card.findChild(QLabel, "hint")
    card.resize(title.sizeHint().width() + 36, 100)
    card.set_hint("w 1.234   b 5.678 and much more than there is room for")
    qtbot.waitUntil(lambda: hint.width() == 0)
    assert hint.text() == ""
    assert title.text() == "The neuron f(x) = σ(w·x + b)"
    card.resize(card.minimumSizeHint().width(), 100)
    qtbot.waitUntil(lambda: title.text() == "The neuron")
    assert title.width() >= title.fontMetrics().horizontalAdvance("The neuron")
    card.resize(1000, 100)
    qtbot.waitUntil(lambda: hint.text() == hint.whole())


def test_part_of_a_sentence_is_not_shown_where_it_is_all_or_nothing(qtbot):
    label = ElidedLabel("Two points, one neuron: plain descent crawls on the plateau.", or_nothing=True)
    qtbot.addWidget(label)
    label.show()
    for share, shown in ((1.1, True), (0.9, False), (0.4, False)):
        label.resize(int(share * label.sizeHint().width()), 20)
        assert bool(label.text()) is shown
    assert label.whole().endswith("plateau.")


def test_nor_is_part_of_the_short_text_that_stands_for_it(qtbot):
    label = ElidedLabel("slice at w₂ = 0, w₃ = 1.5; paths are projected onto it", or_nothing=True)
    qtbot.addWidget(label)
    label.set_whole(label.whole(), short="slice at w₂ = 0, w₃ = 1.5")
    label.show()
    needed = label.fontMetrics().horizontalAdvance("slice at w₂ = 0, w₃ = 1.5")
    for room, shown in ((needed + 2, "slice at w₂ = 0, w₃ = 1.5"), (needed - 2, "")):
        label.resize(room, 20)
        assert label.text() == shown
        assert "paths are projected" in label.toolTip()


def test_in_smaller_letters_a_label_of_the_same_width_shows_what_has_room_again(qtbot):
    label = ElidedLabel("2 points", or_nothing=True)
    qtbot.addWidget(label)
    label.show()
    usual = label.font()
    label.setFixedWidth(label.sizeHint().width())
    large = label.font()
    large.setPixelSize(3 * label.fontInfo().pixelSize())
    label.setFont(large)
    assert label.text() == ""
    label.setFont(usual)
    assert label.text() == "2 points"
