"""The line above the pictures in a simple window."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.one_of import OneOf
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.wrapped_label import WrappedLabel

# The choices of pictures of the loss, each as the names of cards.
PICTURE_CHOICES = (("surface",), ("contours",), ("surface", "contours"))
_MOST_LINES = 4


class SceneStory(QWidget):
    """The document's description of itself, and the choice of pictures."""

    picture_chosen = Signal(int)  # index into `PICTURE_CHOICES`

    def __init__(self) -> None:
        super().__init__()
        self.words = WrappedLabel(_MOST_LINES, "story")
        self._pictures = OneOf(self)
        layout = fill_layout(QHBoxLayout(self), (self.words, 1), gap=4, margins=(4, 0, 0, 0))
        for text, tip in (
            (self.tr("Surface"), self.tr("Show the loss as a surface in 3D.")),
            (self.tr("Map"), self.tr("Show the loss as a map of contours.")),
            (self.tr("Both"), self.tr("Show surface and map side by side.")),
        ):
            button = QToolButton()
            button.setObjectName("tab")
            button.setText(text)
            button.setAccessibleName(text)
            set_tip(button, tip)
            self._pictures.add(button)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._pictures.clicked.connect(self.picture_chosen)

    def show_picture(self, choice: int) -> None:
        self._pictures.turn_on(choice)
