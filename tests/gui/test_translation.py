"""All text of the window goes through Qt's translation, and has room in a language with longer words."""

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QMenu, QWidget

import gdsim.gui
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.lessons.view import PAGES
from gdsim.gui.help.tour import hints
from tests.gui.main_windows import EXERCISES, opened
from tests.gui.pseudo import is_pseudo, pseudo, spoken_pseudo
from tests.gui.windows import expose

DIALOGS = (
    *EXERCISES,
    *("generate_points", "export_picture", "export_animation", "share", "open_link", "guide", "keys"),
)
# Names, the same in every language; and what Qt says in its own files, which nobody has made for this one.
NAMES = ("gdsim", "Qt", "PyTorch", "Keras", "Optax", "English", "Deutsch", "Close")


@pytest.fixture
def translated(qtbot):
    """The window in a language that nobody speaks, and its session."""
    with spoken_pseudo():
        yield opened(qtbot, load_scene(find_scene("mini-batch")), painted=False)


def shown_texts(root):
    """Yield the texts, tooltips and accessible texts of all visible widgets below a widget."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisible():
            continue
        yield from (widget.accessibleName(), widget.accessibleDescription(), widget.toolTip())
        if isinstance(widget, (QLabel, QAbstractButton)):
            yield widget.text()
        if isinstance(widget, QComboBox):
            yield from (widget.itemText(index) for index in range(widget.count()))
        if isinstance(widget, QMenu):
            yield widget.title()


def left_out(texts, data):
    """Return the texts with words that are neither translated nor data of the core."""
    known = sorted((" ".join(one.split()) for one in data if one), key=len, reverse=True)
    found = []
    for text in texts:
        rest = " ".join(re.sub(r"<[^<>]*>", " ", text).replace("&#x27;", "'").split())
        for one in known:
            rest = rest.replace(one, " ")
        if re.search(r"[A-Za-z]{3}", rest) and not is_pseudo(rest):
            found.append(text)
    return sorted(set(found))


def test_translations_have_no_other_name():
    """An alias, such as ``_ = self.tr``, works in the window, and what it says is in no catalogue."""
    folder = Path(gdsim.gui.__file__).parent
    aliases = []
    for path in sorted(folder.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if not re.search(r"\b(tr|translate)\b(?!\()", source):
            continue  # all that stands there is called
        tree = ast.parse(source)
        called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        aliases += [
            f"{path.relative_to(folder).as_posix()}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, (ast.Name, ast.Attribute))
            and isinstance(node.ctx, ast.Load)
            and getattr(node, "attr", getattr(node, "id", "")) in ("tr", "translate")
            and id(node) not in called
        ]
    assert aliases == ["translation.py:11"]


@pytest.mark.parametrize("text", ["Open", "&Open…", "{n} of {count}", "<b>Look</b>", "a {0:,} b", "Keep."])
def test_the_language_is_longer_and_keeps_what_must_stay(text):
    made = pseudo(text)
    assert is_pseudo(made)
    assert made.count("&") == text.count("&")
    for kept in re.findall(r"\{[^{}]*\}|<[^<>]*>", text):
        assert kept in made
    letters = len(re.findall(r"[a-z]", re.sub(r"\{[^{}]*\}|<[^<>]*>", "", text), re.IGNORECASE))
    assert len(made) == len(text) + round(0.3 * letters)


def test_what_is_left_out_is_found(qtbot):
    window = QWidget()
    QLabel("Forgotten", window)
    QLabel(pseudo("Thought of"), window)
    QLabel("3.14 = π", window)
    QLabel("The valley", window)
    expose(qtbot, window)
    assert left_out(shown_texts(window), {"The valley"}) == ["Forgotten"]


def test_the_window_is_translated(translated):
    window, _ = translated
    for page in range(len(PAGES)):
        window.cards.run_card.show_page(page)
        window.show_now()
        assert left_out(shown_texts(window), NAMES) == []
    assert left_out([action.text() for action in window.commands.values()], NAMES) == []
    assert left_out([menu.title() for menu in window.menuBar().findChildren(QMenu)], NAMES) == []
    assert left_out([part for hint in hints() for part in hint[1:]], set()) == []
