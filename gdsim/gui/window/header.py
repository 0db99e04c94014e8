"""The bar at the top: which scene is open, undo, the side columns, the theme, help."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QToolButton, QWidget

from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style import icons as assets
from gdsim.gui.style.text_size import Scaled
from gdsim.gui.style.theme import Theme

_ICON = QSize(18, 18)


class Header(QWidget):
    scene_chosen = Signal(str)  # name of a bundled scene
    open_requested = Signal()
    undo_requested = Signal()
    redo_requested = Signal()
    theme_requested = Signal()
    help_requested = Signal()
    more_requested = Signal()  # all of the window, or a newcomer's
    columns_requested = Signal(str)  # ``"left"`` or ``"right"``: fold or unfold that column

    def __init__(self, scenes: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        name = PlainLabel("gdsim")
        name.setObjectName("appName")
        self.scenes = QComboBox()  # the scenes of the lecture
        self.scenes.setAccessibleName(self.tr("Scene"))
        set_tip(self.scenes, self.tr("Scenes of the lecture: points, runs and view, ready to play"))
        self.scenes.setMinimumWidth(120)
        self.scenes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for key, title in scenes.items():
            self.scenes.addItem(title, key)
        self.scenes.setPlaceholderText(self.tr("your own"))
        self.scenes.activated.connect(self._on_scene)
        self.buttons: dict[str, QToolButton] = {}  # by the names of their commands
        self._icons: dict[QToolButton, str] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 14, 6)
        layout.setSpacing(6)
        layout.addWidget(name)
        layout.addSpacing(8)
        layout.addWidget(self.scenes)
        left = (
            ("open", "open", self.tr("Open a scene file"), self.open_requested.emit),
            ("undo", "undo", self.tr("Undo"), self.undo_requested.emit),
            ("redo", "redo", self.tr("Redo"), self.redo_requested.emit),
        )
        self.more = QPushButton()
        self.more.clicked.connect(self.more_requested)
        right = (
            (
                "fold_left",
                "sidebar-left",
                self.tr("Fold the points column"),
                lambda: self.columns_requested.emit("left"),
            ),
            (
                "fold_right",
                "sidebar-right",
                self.tr("Fold the settings column"),
                lambda: self.columns_requested.emit("right"),
            ),
            ("theme", "moon", self.tr("Light or dark"), self.theme_requested.emit),
            ("keys", "help", self.tr("Keys, mouse and user guide"), self.help_requested.emit),
        )
        for entry in left:
            layout.addWidget(self._button(*entry))
        self._about, self._is_simple = "", False
        self.about = ElidedLabel()  # what the document says of itself
        self.about.setObjectName("hint")
        layout.addSpacing(8)
        layout.addWidget(self.about, 1)
        layout.addWidget(self.more)
        for entry in right:
            layout.addWidget(self._button(*entry))

        self.show_simple(False)

    def _button(self, command: str, icon: str, words: str, clicked: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName("flat")
        Scaled(button, QToolButton.setIconSize, _ICON)
        set_tip(button, words)
        button.setAccessibleName(words)
        button.clicked.connect(clicked)
        self.buttons[command] = button
        self._icons[button] = icon
        return button

    def set_theme(self, theme: Theme) -> None:
        for button, icon in self._icons.items():
            shown = "sun" if icon == "moon" and theme.name == "dark" else icon
            button.setIcon(assets.icon(shown, theme.text, theme.faint))

    def show_simple(self, simple: bool) -> None:
        """Offer more, or less; the sentence of the scene stands elsewhere while there is less."""
        words = self.tr("More") if simple else self.tr("Less")
        self.more.setText(words)
        self.more.setAccessibleName(words)
        self._is_simple = simple
        self.about.set_whole("" if simple else self._about)

    def show_document(self, key: str, about: str, undo: QAction, redo: QAction) -> None:
        self.scenes.setCurrentIndex(self.scenes.findData(key) if key else -1)
        self._about = about
        self.about.set_whole("" if self._is_simple else about)
        for name, action in (("undo", undo), ("redo", redo)):
            self.buttons[name].setEnabled(action.isEnabled())
            set_tip(self.buttons[name], action.toolTip(), keys=action.shortcut())

    def show_work(self, words: str) -> None:
        """Say what takes its time, in place of the scene's sentence; empty when it is over."""
        self.about.set_whole(words or ("" if self._is_simple else self._about))

    def _on_scene(self, index: int) -> None:
        self.scene_chosen.emit(self.scenes.itemData(index))
