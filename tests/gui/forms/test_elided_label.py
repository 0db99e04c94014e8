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
    # The margins at both sides, and the gap before the hint and the space that stretches.
    card.resize(title.sizeHint().width() + 36, 100)
    qtbot.waitUntil(lambda: title.text() == "The neuron f(x) = σ(w·x + b)")
    card.set_hint("w 1.234   b 5.678 and much more")
    qtbot.waitUntil(lambda: title.text() == "The neuron")
    assert title.toolTip()
    assert hint.text()
    card.resize(card.minimumSizeHint().width(), 100)
    qtbot.waitUntil(lambda: hint.text().endswith("…"))
    assert title.text() == "The neuron"
    assert title.width() >= title.fontMetrics().horizontalAdvance("The neuron")


def test_less_than_half_of_a_sentence_is_not_shown(qtbot):
    label = ElidedLabel("Two points, one neuron: plain descent crawls on the plateau.", or_nothing=True)
    qtbot.addWidget(label)
    label.show()
    for share, shown in ((1.1, True), (0.6, True), (0.4, False)):
        label.resize(int(share * label.sizeHint().width()), 20)
        assert bool(label.text()) is shown
    assert label.whole().endswith("plateau.")
