"""Cards: titles line up, and what is pointed at is framed without any other change."""

from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget

from gdsim.gui.forms.buttons import IconButton
from gdsim.gui.forms.card import Card, TabbedCard
from gdsim.gui.forms.layouts import fill_layout
from tests.every import every
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


@every("letters", [12, 24])
def test_titles_line_up_with_and_without_buttons_beside_them(qtbot, letters):
    plain, with_button, tabbed = (
        Card("Plain", QLabel()),
        Card("With a button", QLabel()),
        TabbedCard("Tabbed"),
    )
    with_button.header.addWidget(IconButton("plus", "Add", "Adds one."))
    tabbed.add_page("Page", "", QLabel())
    tabbed.show_tabs(False, "Alone")
    cards = (plain, with_button, tabbed)
    row = QWidget()
    fill_layout(QHBoxLayout(row), *cards)
    font = row.font()
    font.setPixelSize(letters)
    row.setFont(font)
    in_window(qtbot, row, width=600, height=200)
    middles = [card.title.mapTo(card, card.title.rect().center()).y() for card in cards]
    assert max(middles) - min(middles) <= 1
