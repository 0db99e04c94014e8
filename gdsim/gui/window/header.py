"""The bar at the top: which scene is open, undo, the side columns, the theme, help."""

from typing import TypeAlias

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from gdsim.core.files.bundled import FURTHER_SCENES, LANDSCAPE_SCENES
from gdsim.gui.forms.buttons import IconButton
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.wrapped_label import WrappedLabel
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme

_ICON = QSize(18, 18)
# The command, icon, name and tooltip of a button.
_Entry: TypeAlias = tuple[str, str, str, str]


class Header(QWidget):
    scene_chosen = Signal(str)  # name of a bundled scene

    def __init__(self, scenes: dict[str, str]) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        name = PlainLabel("gdsim", name="appName")
        self.scenes = ComboBox(self.tr("Scene"))
        set_tip(self.scenes, self.tr("Scenes of the lecture and more: points, runs and view, ready to play"))
        self.scenes.setMinimumWidth(120)
        self.scenes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for key, title in scenes.items():
            if key in (FURTHER_SCENES[0], LANDSCAPE_SCENES[0]):
                self.scenes.insertSeparator(self.scenes.count())
            self.scenes.addItem(title, key)
        self.scenes.activated.connect(self._on_scene)
        self.buttons: dict[str, IconButton] = {}  # by the names of their commands
        self._disabled_tips = {
            "undo": self.tr("There is nothing to undo."),
            "redo": self.tr("There is nothing to redo."),
        }
        self._about, self._work, self._is_simple = "", "", False
        self._overlays: list[QWidget] = []
        self.about = WrappedLabel(2, "hint")  # the document's description of itself
        self.more = QPushButton()
        set_tip(self.more, self.tr("Show all panes and controls, or only the first few."))
        layout = fill_layout(QHBoxLayout(self), name, gap=6, margins=(14, 6, 14, 6))
        layout.addSpacing(8)
        layout.addWidget(self.scenes)
        self._add_buttons(layout, self._left())
        layout.addSpacing(8)
        layout.addWidget(self.about, 1)
        layout.addWidget(self.more)
        self._add_buttons(layout, self._right())
        self.show_simple(False)
        ThemeFollower(self, self._show_theme)

    def _left(self) -> tuple[_Entry, ...]:
        return (
            ("open", "open", self.tr("Open"), self.tr("Open a scene, or points from a table.")),
            ("undo", "undo", self.tr("Undo"), self._disabled_tips["undo"]),
            ("redo", "redo", self.tr("Redo"), self._disabled_tips["redo"]),
        )

    def _right(self) -> tuple[_Entry, ...]:
        return (
            (
                "fold_left",
                "sidebar-left",
                self.tr("Points column"),
                self.tr("Show or hide the points and the neuron."),
            ),
            (
                "fold_right",
                "sidebar-right",
                self.tr("Settings column"),
                self.tr("Show or hide the runs and their pages."),
            ),
            (
                "theme",
                "moon",
                self.tr("Dark theme"),
                self.tr("Light letters on dark, or dark ones on light."),
            ),
            (
                "keys",
                "help",
                self.tr("Keys and mouse"),
                self.tr("What the keys and the mouse do, and the user guide."),
            ),
        )

    def _add_buttons(self, layout: QHBoxLayout, entries: tuple[_Entry, ...]) -> None:
        for command, icon, name, sentence in entries:
            button = self.buttons[command] = IconButton(icon, name, sentence, size=_ICON)
            layout.addWidget(button)

    def _show_theme(self) -> None:
        self.buttons["theme"].set_icon("sun" if shown_theme().is_dark else "moon")

    def show_simple(self, simple: bool) -> None:
        """Offer to show more or less. In a simple window, the document's description is shown elsewhere."""
        words = self.tr("More") if simple else self.tr("Less")
        self.more.setText(words)
        self.more.setAccessibleName(words)
        self._is_simple = simple
        self._update_text()

    def show_about(self, about: str) -> None:
        self._about = about
        self._update_text()

    def show_document(self, key: str, title: str, undo: QAction, redo: QAction) -> None:
        """Show the bundled scene with this key, else the title of the document; and what can be undone."""
        self.scenes.setPlaceholderText(title or self.tr("your own"))
        self.scenes.setCurrentIndex(self.scenes.findData(key) if key else -1)
        for (name, nothing), action in zip(self._disabled_tips.items(), (undo, redo), strict=True):
            button = self.buttons[name]
            button.setEnabled(action.isEnabled())
            words = action.toolTip() if action.isEnabled() else nothing
            set_tip(button, words, keys=action.shortcut())

    def show_work(self, words: str) -> None:
        """Show what the program is working on in place of the description; an empty text brings it back."""
        self._work = words
        self._update_text()

    def give_way_to(self, *overlays: QWidget) -> None:
        """Show no text while an overlay is visible, because the text would stick out on both sides of it."""
        self._overlays += overlays
        for overlay in overlays:
            overlay.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide) and watched in self._overlays:
            self._update_text()
        return super().eventFilter(watched, event)

    def _update_text(self) -> None:
        about = "" if self._is_simple else self._about
        is_covered = any(overlay.isVisible() for overlay in self._overlays)
        self.about.say("" if is_covered else self._work or about)

    def _on_scene(self, index: int) -> None:
        self.scene_chosen.emit(self.scenes.itemData(index))
