"""All text of the window goes through Qt's translation, and has room in a language with longer words."""

import ast
import re
import subprocess
import sysconfig
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QLabel, QMenu, QWidget

import gdsim.gui
from gdsim.core.files.scene import find_scene, load_scene
from gdsim.core.lessons.view import PAGES
from gdsim.gui.help.tour import hints
from tests.every import every
from tests.gui.main_windows import EXERCISES, opened
from tests.gui.pseudo import is_pseudo, pseudo, spoken_pseudo
from tests.gui.windows import cut_off_texts

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
        yield opened(qtbot, load_scene(find_scene("mini-batch")))


def shown_texts(root):
    """Return what is to be read on and of the visible widgets below a widget."""
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


class Translations(ast.NodeVisitor):
    """Collects every call that asks for a translation: its place, its context, its text."""

    def __init__(self, place):
        self.place = place
        self.classes = [""]
        self.asked = {}

    def visit_ClassDef(self, node):
        self.classes.append(node.name)
        self.generic_visit(node)
        self.classes.pop()

    def visit_Call(self, node):
        """Take the texts of ``self.tr(…)``, and of ``translate(…)`` with a context."""
        self.generic_visit(node)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        texts = [getattr(argument, "value", ast.unparse(argument)) for argument in node.args]
        if name == "tr":
            self.asked[f"{self.place}:{node.lineno}:{node.col_offset}"] = (self.classes[-1], texts[0])
        elif name == "translate" and len(texts) > 1 and texts[0] != "self":
            self.asked[f"{self.place}:{node.lineno}:{node.col_offset}"] = tuple(texts[:2])


def asked_for():
    """Return what the window's code asks for: places, and pairs of context and text."""
    folder = Path(gdsim.gui.__file__).parent
    asked = {}
    for path in sorted(folder.rglob("*.py")):
        visitor = Translations(path.relative_to(folder).as_posix())
        visitor.visit(ast.parse(path.read_text(encoding="utf-8")))
        asked |= visitor.asked
    return asked


def test_every_text_reaches_a_translator(tmp_path):
    """Qt's own tool, which makes the file to be translated, finds each text under its context."""
    tool = Path(sysconfig.get_path("scripts"), "pyside6-lupdate")
    sources = [str(path) for path in sorted(Path(gdsim.gui.__file__).parent.rglob("*.py"))]
    catalogue = tmp_path / "gdsim.ts"
    subprocess.run([tool, "-silent", *sources, "-ts", catalogue], check=True, timeout=300)
    found = {
        (context.findtext("name"), message.findtext("source"))
        for context in ET.parse(catalogue).iter("context")  # noqa: S314 - written a moment ago
        for message in context.iter("message")
    }
    asked = asked_for()
    assert len(set(asked.values())) > 900
    assert {place: text for place, text in asked.items() if text not in found} == {}


def test_translations_have_no_other_name():
    """An alias, such as ``tr = self.tr``, works in the window and is unknown to Qt's tool."""
    folder = Path(gdsim.gui.__file__).parent
    aliases = []
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        aliases += [
            f"{path.relative_to(folder).as_posix()}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, (ast.Name, ast.Attribute))
            and isinstance(node.ctx, ast.Load)
            and getattr(node, "attr", getattr(node, "id", "")) in ("tr", "translate")
            and id(node) not in called
        ]
    assert aliases == ["translation.py:9"]


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
    qtbot.addWidget(window)
    QLabel("Forgotten", window)
    QLabel(pseudo("Thought of"), window)
    QLabel("3.14 = π", window)
    QLabel("The valley", window)
    with qtbot.waitExposed(window):
        window.show()
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


@every("name", DIALOGS)
def test_dialogs_are_translated_and_have_room(translated, qtbot, name):
    window, _ = translated
    window.commands[name].trigger()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(QDialog)))
    dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
    assert is_pseudo(dialog.windowTitle())
    assert left_out(shown_texts(dialog), NAMES) == []
    qtbot.waitUntil(lambda: cut_off_texts(dialog) == [])
    dialog.close()
    qtbot.waitUntil(lambda: not any(one.isVisible() for one in window.findChildren(QDialog)))
