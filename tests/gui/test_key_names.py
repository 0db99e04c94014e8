"""What is said names the keys of the system: on a Mac ⌘, and what Windows and Linux have elsewhere."""

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.language.key_names import in_own_keys
from gdsim.core.language.pages import page_in_language
from gdsim.core.lessons.caption import plain_text
from gdsim.core.lessons.files import load_lesson
from gdsim.core.resources import resource
from gdsim.gui.forms.tips import native_keys
from gdsim.gui.language import speak
from gdsim.gui.lessons.render_stop import said_at
from gdsim.gui.translation import tr
from tests.gui.main_windows import opened_for_menus


@pytest.fixture
def mac(monkeypatch, in_english):
    monkeypatch.setattr(sys, "platform", "darwin")
    yield
    monkeypatch.undo()  # before the last word is spoken


@pytest.mark.usefixtures("mac")
@pytest.mark.parametrize(
    ("elsewhere", "here"),
    [
        ("Press Ctrl+D, or Strg+D.", "Press ⌘D, or ⌘D."),
        ("Ctrl+Shift+H, Strg+Umschalt+H, Ctrl+Alt+C", "⇧⌘H, ⇧⌘H, ⌥⌘C"),
        ("Ctrl+H hides", "⌃H hides"),  # where ⌘H hides the program
        ("Press **F11** or F10", "Press **⌃⌘F** or F10"),  # where F11 shows the desktop
        ("Strg+↓, Ctrl+click", "⌘↓, ⌘click"),
        ("with **Ctrl** held, or click with the Control key", "with **⌘** held, or click with the ⌘ key"),
        (
            "Control the step, Ctrls, F1, Shift and an arrow",
            "Control the step, Ctrls, F1, Shift and an arrow",
        ),
    ],
)
def test_a_mac_has_other_keys(elsewhere, here):
    assert in_own_keys(elsewhere) == here


def test_elsewhere_they_stay(monkeypatch):
    for system in ("linux", "win32"):
        monkeypatch.setattr(sys, "platform", system)
        assert in_own_keys("Ctrl+H") == "Ctrl+H"


@pytest.mark.usefixtures("mac")
@pytest.mark.parametrize(("code", "words"), [("en", "⌘click"), ("de", "⌘Klick")])
def test_nothing_that_is_shown_on_a_mac_speaks_of_keys_it_lacks(qapp, code, words):
    speak(qapp, code)
    assert tr("Ctrl+click") == words
    assert tr("no such words") == "no such words"
    pages = [page_in_language(path.read_text(encoding="utf-8")) for path in resource("help").glob("*.md")]
    said = [said_at(stop) for name in ("lecture", "why-settings") for stop in load_lesson(name).stops]
    texts = [*pages, *(plain_text(caption) for one in said for caption in vars(one).values())]
    assert sum("⌘" in text for text in texts) > 30
    assert [text for text in texts if "Ctrl" in text or "Strg" in text] == []


@pytest.mark.usefixtures("in_english")
def test_the_keys_of_menus_are_called_as_in_the_guide(qapp):
    speak(qapp, "de")
    keys = [native_keys(QKeySequence(key)) for key in ("Ctrl+Down", "Left", "PgUp", "PgDown", "Home", "Del")]
    assert keys == ["Strg+↓", "←", "Bild auf", "Bild ab", "Pos1", "Entf"]
    guide = "".join(
        page_in_language(path.read_text(encoding="utf-8")) for path in resource("help").glob("*.md")
    )
    assert all(f"**{key}**" in guide for key in ("→", "←", "Bild ab", "Bild auf", "Pos1"))
    speak(qapp, "en")
    assert native_keys(QKeySequence("Ctrl+Down")) == "Ctrl+Down"


def test_no_command_has_keys_that_write_a_letter_on_windows(qtbot):
    """AltGr is Ctrl and Alt there, and a Polish keyboard has a letter at most of them."""
    window = opened_for_menus(qtbot, load_scene(find_scene("first-neuron")))
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    keys = [sequence[0] for action in window.commands.values() for sequence in action.shortcuts()]
    assert len(keys) > 30
    assert [key for key in keys if key.keyboardModifiers() & both == both] == []


def test_no_command_has_keys_that_macos_keeps_for_itself(qtbot, monkeypatch):
    """Qt calls the key ⌘ Ctrl there."""
    monkeypatch.setattr(sys, "platform", "darwin")
    window = opened_for_menus(qtbot, load_scene(find_scene("first-neuron")))
    keys = {
        sequence.toString(QKeySequence.SequenceFormat.PortableText)
        for action in window.commands.values()
        for sequence in action.shortcuts()
    }
    assert "Meta+H" in keys
    assert keys.isdisjoint({"Ctrl+H", "Ctrl+Alt+H", "Ctrl+M", "Ctrl+Space", "Ctrl+Tab", "Ctrl+,"})
    assert window.commands["full_screen"].shortcuts()[0] == QKeySequence("Meta+Ctrl+F")
