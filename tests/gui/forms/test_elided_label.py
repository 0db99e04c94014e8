"""A label that ends in an ellipsis takes no room from its neighbours while it says nothing."""

import re

from PySide6.QtWidgets import QLabel, QWidget

from gdsim.gui.forms.card import Card
from gdsim.gui.forms.elided_label import elided_name


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


def test_a_name_keeps_its_beginning_and_the_number_of_a_copy(qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    metrics = label.fontMetrics()
    room = metrics.horizontalAdvance("Gradient de… 12")
    assert elided_name(metrics, "Gradient descent", 1000) == "Gradient descent"
    assert elided_name(metrics, "Gradient descent 12", 1000) == "Gradient descent 12"
    assert re.fullmatch(r"Gradient .*…", elided_name(metrics, "Gradient descent", room - 20))
    assert re.fullmatch(r"Gradient .*… 12", elided_name(metrics, "Gradient descent 12", room))
    for width in range(room, 200):
        assert metrics.horizontalAdvance(elided_name(metrics, "Gradient descent 12", width)) <= width
