"""Cards: what is pointed at is framed, and nothing else about it changes."""

from PySide6.QtWidgets import QApplication, QLabel

from gdsim.gui.forms.card import Card
from tests.gui.windows import in_window


def test_nothing_in_a_card_moves_when_it_is_pointed_at_also_where_it_comes_to_stand_anew(qtbot):
    body = QLabel("body")
    card = Card("Title", body)
    window = in_window(qtbot, card, width=300, height=200).window()
    before, picture = body.geometry(), card.grab().toImage()
    for pointed_at in (True, False):
        card.set_pointed_at(pointed_at)
        card.setParent(None)
        window.layout().insertWidget(0, card)
        card.show()
        QApplication.processEvents()
        assert body.geometry() == before
        assert (card.grab().toImage() == picture) is not pointed_at
