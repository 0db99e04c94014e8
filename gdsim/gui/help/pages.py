"""The pages of the user guide and their pictures, as files, and which pane has which."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from gdsim.core.lessons.view import PAGES
from gdsim.core.resources import resource
from gdsim.gui.forms.card import Card, TabbedCard

INDEX = "index"


def page_file(name: str) -> Path:
    return resource("help", f"{name}.md")


def picture_in_theme(path: str, *, dark: bool) -> str:
    """Return where a picture of a page is in a theme; pages name the light one."""
    return f"{path.removesuffix('.png')}-dark.png" if dark else path


def page_of(window: QWidget | None) -> str:
    """Return the name of the page of a window that has one of its own; empty for any other."""
    return str(getattr(window, "help_page", ""))


def page_for(name: str, cards: Mapping[str, Card]) -> str:
    """Return the name of the page on a card: of one with several pages, that on the one that is open."""
    card = cards.get(name)
    return PAGES[card.page] if isinstance(card, TabbedCard) else name


def active_page() -> str:
    """Return the name of the page on the window that has the keys; empty for the main window."""
    return page_of(QApplication.activeWindow())
