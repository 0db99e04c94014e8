import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from gdsim.gui.export.plain_svg import plain_svg

PAGE = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="10mm" height="5mm" viewBox="0 0 100 50"><g {group}>{shapes}</g></svg>'
)
MATRIX = 'transform="matrix(2,0,0,-3,10,20)"'
FIXED = 'vector-effect="non-scaling-stroke"'


def plain(group, shapes):
    return ET.fromstring(plain_svg(PAGE.format(group=group, shapes=shapes).encode(), (200, 100)))  # noqa: S314 - our own


def points(element, name="d"):
    return [tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.e-]+),(-?[\d.e-]+)", element.get(name))]


@pytest.mark.usefixtures("qapp")
class TestPlainSvg:
    def test_the_scale_is_worked_into_the_points(self):
        root = plain(MATRIX, f'<path {FIXED} d="M1,2 L3,-4 C0.5,1e-3 1,1 2,2 Z "/>')
        (path,) = root[0]
        assert root[0].get("transform") is None
        assert path.get("vector-effect") is None
        assert points(path) == [(12, 14), (16, 32), (11, pytest.approx(19.997)), (12, 17), (14, 14)]
        assert re.sub(r"[^A-Z]", "", path.get("d")) == "MLCZ"

    def test_lines_of_many_points_and_simple_shapes(self):
        root = plain(
            MATRIX,
            f'<polyline {FIXED} points="0,0 1,1 "/><rect {FIXED} x="0" y="0" width="5" height="2"/>'
            f'<line {FIXED} x1="0" y1="0" x2="1" y2="-1"/><circle {FIXED} cx="1" cy="1" r="2"/>',
        )
        many, rect, line, circle = root[0]
        assert points(many, "points") == [(10, 20), (12, 17)]
        assert points(rect) == [(10, 20), (20, 20), (20, 14), (10, 14)]
        assert points(line) == [(10, 20), (12, 23)]
        assert {shape.tag.rpartition("}")[2] for shape in (rect, line, circle)} == {"path"}
        around = np.array(points(circle))
        assert around.min(axis=0).tolist() == [8, 11]
        assert around.max(axis=0).tolist() == [16, 23]
        assert circle.get("cx") is None

    def test_what_scales_keeps_its_matrix(self):
        root = plain(MATRIX, f'<path {FIXED} d="M0,0 L1,1"/><text font-family="serif">w</text>')
        assert root[0][1].get("transform") == "matrix(2,0,0,-3,10,20)"

    def test_a_group_without_such_strokes_stays_as_it_is(self):
        root = plain(MATRIX, '<path vector-effect="none" d="M0,0 L1,1"/>')
        assert root[0].get("transform") == "matrix(2,0,0,-3,10,20)"
        assert points(root[0][0]) == [(0, 0), (1, 1)]

    def test_its_size_is_in_pixels(self):
        root = plain("", "")
        assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("200", "100", "0 0 100 50")

    @pytest.mark.parametrize("letter", ["\0", "\x1b", "\f", "\ufffe", "\uffff"])
    def test_a_letter_that_no_svg_can_hold_is_one_that_is_not_known(self, letter):
        root = plain("", f"<text>a{letter}b\t–</text>")
        assert root[0][0].text == "a\ufffdb\t–"
