"""How the cells of the points are painted: those that feed the present update are lit."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from gdsim.gui.forms.number_delegate import NumberDelegate
from gdsim.gui.points.point_model import LIT_ROLE
from gdsim.gui.style.stylesheet import mixed

Index = QModelIndex | QPersistentModelIndex
_BAR = 3.0
_TINT = 0.09


class PointDelegate(NumberDelegate):
    """Paints the cells of a `PointModel`: a lit row on a ground of its own, with a bar at its left."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        highlighted = bool(index.data(LIT_ROLE))
        if highlighted and not option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(mixed(self.theme.card, self.theme.accent, _TINT)))
        super().paint(painter, option, index)
        if highlighted and index.column() == 0:
            cell = QRectF(option.rect)
            painter.fillRect(QRectF(cell.left(), cell.top(), _BAR, cell.height()), QColor(self.theme.accent))
