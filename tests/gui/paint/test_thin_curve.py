import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from gdsim.gui.paint.thin_curve import ThinCurve
from gdsim.gui.style.theme import RunStyle

SOLID, DASHED = RunStyle("#000000", (), "o"), RunStyle("#000000", (5.0, 5.0), "o")


def ink(x, y, style, finer=1.0, width=2):
    """Return how dark each pixel is that a curve is painted into, from 0 to 1."""
    curve = ThinCurve(width=width)
    curve.set_style(style)
    curve.setData(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    image = QImage(round(200 * finer), round(100 * finer), QImage.Format.Format_Grayscale8)
    image.setDevicePixelRatio(finer)
    image.fill(255)
    painter = QPainter(image)
    curve.paint(painter)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return 1.0 - rows[:, : image.width()] / 255.0


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("finer", [1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("width", [1, 2])
@pytest.mark.parametrize("end", [(190.0, 50.0), (100.0, 95.0)])
def test_a_line_has_its_width_on_every_screen(finer, width, end):
    start = (10.0, 50.0) if end[1] == 50.0 else (100.0, 5.0)
    painted = ink([start[0], end[0]], [start[1], end[1]], SOLID, finer, width)
    length = np.hypot(end[0] - start[0], end[1] - start[1])
    assert painted.sum() / finer**2 / length == pytest.approx(width, rel=0.4)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("finer", [1.0, 2.0])
def test_dashes_are_in_units_of_the_width(finer):
    painted = ink([0.0, 200.0], [50.0, 50.0], DASHED, finer)
    line = painted.max(axis=0) > 0.5
    starts = np.flatnonzero(np.diff(line.astype(int)) == 1)
    assert np.diff(starts).mean() / finer == pytest.approx(20.0, rel=0.1)


@pytest.mark.usefixtures("qapp")
def test_a_wide_line_is_painted_as_lines_of_one_pixel_which_qt_draws_fast():
    pens = []

    class Painter(QPainter):
        def drawPath(self, path):
            pens.append(self.pen())
            super().drawPath(path)

    curve = ThinCurve(width=3)
    curve.set_style(DASHED)
    curve.setData(np.linspace(0.0, 200.0, 1300), np.random.default_rng(0).uniform(0.0, 100.0, 1300))
    image = QImage(200, 100, QImage.Format.Format_Grayscale8)
    painter = Painter(image)
    curve.paint(painter)
    painter.end()
    assert len(pens) >= 3
    assert all(pen.isCosmetic() and pen.widthF() == 1.0 for pen in pens)


@pytest.mark.usefixtures("qapp")
def test_an_empty_curve_is_nothing():
    assert ink([], [], SOLID).sum() == 0.0


@pytest.mark.usefixtures("qapp")
def test_the_path_of_a_curve_stays_while_its_places_are_the_same():
    curve, x, y = ThinCurve("finite"), np.array([0.0, 1.0, 2.0]), np.array([3.0, np.nan, 4.0])
    curve.set_style(SOLID)
    curve.show_places(x, y)
    path = curve.getPath()
    curve.set_style(RunStyle("#ff0000", (), "o"))
    curve.show_places(x.copy(), y.copy())
    assert curve.getPath() is path
    for other in ((x + 1.0, y), (x, y + 1.0), (x[:2], y[:2])):
        curve.show_places(*other)
        assert curve.getPath() is not path
        path = curve.getPath()
        np.testing.assert_array_equal(curve.getData(), other)
