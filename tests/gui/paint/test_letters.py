import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QPainterPath, QPen

from gdsim.gui.paint.drawing import blank_picture, letter_outlines, paint_letters, painting

PLACE = QPointF(10.3, 30.6)


def pixels_of(paint):
    picture = blank_picture(160, 48, 2.0, QColor("gray"))
    painter = painting(picture)
    paint(painter)
    painter.end()
    return np.array(picture.constBits(), dtype=float).reshape(picture.height(), -1)


@pytest.mark.parametrize("text", ["λ = 1.24", "×3.2·10⁻⁴", "−880", ""])
@pytest.mark.parametrize("size", [11, 24])
def test_letters_look_as_if_their_outline_were_drawn_with_a_wide_pen(qapp, text, size):
    font = QFont(qapp.font())
    font.setPixelSize(size)

    def drawn(painter):
        path, pen = QPainterPath(), QPen(QColor("white"), 3.5, j=Qt.PenJoinStyle.BevelJoin)
        path.addText(PLACE, font, text)
        painter.strokePath(path, pen)
        painter.fillPath(path, QColor("red"))

    ours = pixels_of(lambda painter: paint_letters(painter, PLACE, font, text, "red", "white", 3.5))
    theirs = pixels_of(drawn)
    far = np.abs(ours - theirs) > 48.0
    assert far.mean() < 0.01
    assert (theirs != pixels_of(lambda _: None)).any() == bool(text)


def test_the_same_letter_of_another_font_is_another_one(qapp):
    small, large = QFont(qapp.font()), QFont(qapp.font())
    small.setPixelSize(10)
    large.setPixelSize(20)
    heights = [
        letter_outlines("8", font, 3.0).inside.boundingRect().height() for font in (small, large, small)
    ]
    assert heights[0] == heights[2]
    assert heights[1] == pytest.approx(2.0 * heights[0], rel=0.1)
