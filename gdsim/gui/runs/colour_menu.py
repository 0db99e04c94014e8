"""A choice among the colours of runs, each with its name."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from gdsim.core.model.experiment import Run
from gdsim.gui.paint.drawing import blank_picture, painting
from gdsim.gui.style.text_size import scale_of
from gdsim.gui.style.theme import Theme, offered_colours
from gdsim.gui.translation import tr

_SIZE, _ROUND = 14, 3.0


class ColourMenu(QMenu):
    """Offers colours that everybody can tell apart, any other one, and that of the run's rule."""

    colour_chosen = Signal(str)  # ``"#rrggbb"``, or empty for the colour of the rule
    other_requested = Signal()

    def __init__(self, run: Run, colour: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Colour"))
        self.ensurePolished()
        group = QActionGroup(self)
        for one, name in zip(offered_colours(theme), colour_names(theme), strict=True):
            action = self.addAction(_swatch(self, one, theme), name, partial(self.colour_chosen.emit, one))
            action.setCheckable(True)
            action.setChecked(one == colour)
            font = self.font()
            font.setBold(one == colour)  # its swatch is where a menu has a check mark
            action.setFont(font)
            action.setIconVisibleInMenu(True)
            group.addAction(action)
        self.addSeparator()
        self.addAction(self.tr("Other…"), self.other_requested.emit)
        own = self.addAction(self.tr("Colour of the rule"), partial(self.colour_chosen.emit, ""))
        own.setEnabled(bool(run.colour))


def colour_names(theme: Theme) -> tuple[str, ...]:
    red, blue, green = (tr("Red"), tr("Blue"), tr("Green"))
    purple, pink = tr("Purple"), tr("Pink")
    if theme.name == "dark":
        yellow, sky = tr("Yellow"), tr("Sky blue")
        dark, violet = tr("Dark green"), tr("Violet")
        return (tr("White"), red, blue, yellow, green, purple, sky, dark, violet, pink)
    orange, steel = tr("Orange"), tr("Grey blue")
    brown, violet = tr("Brown"), tr("Violet")
    return (tr("Black"), red, blue, orange, green, purple, steel, brown, violet, pink)


def _swatch(widget: QWidget, colour: str, theme: Theme) -> QIcon:
    size = round(_SIZE * scale_of(widget))
    picture = blank_picture(size, size, widget.devicePixelRatioF(), None)
    painter = painting(picture)
    painter.setPen(QColor(theme.faint))
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(1, 1, size - 2, size - 2, _ROUND, _ROUND)
    painter.end()
    return QIcon(QPixmap.fromImage(picture))
