"""A label that ends in an ellipsis takes no room from its neighbours while it says nothing."""

from PySide6.QtWidgets import QLabel, QWidget

from gdsim.gui.forms.card import Card


def test_a_title_is_whole_beside_an_empty_hint(qtbot):
    card = Card("Contours")
    card.set_body(QWidget())
    qtbot.addWidget(card)
    card.show()
    title, hint = card.findChild(QLabel, "cardTitle"), card.findChild(QLabel, "hint")
    needed = title.sizeHint().width()
    # The margins at both sides, and the gap before the hint and the space that stretches.
    card.resize(needed + 36, 100)
    qtbot.waitUntil(lambda: title.text() == "Contours")
    card.set_hint("w 1.234   b 5.678")
    qtbot.waitUntil(lambda: title.text().endswith("…"))
    assert hint.text()
