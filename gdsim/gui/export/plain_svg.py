"""Making Qt's SVG one that every program draws alike.

Qt writes a line whose width does not follow the scale as a non-scaling stroke. Many programs do not know
that word and draw such lines a hundred times too wide; so the scale is worked into the points instead.
Fonts are written by the names that the system gave them, not by the names that stood for them.
"""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from PySide6.QtGui import QFont, QFontInfo

from gdsim.gui.style.fonts import MONO, SERIF

_SVG = "http://www.w3.org/2000/svg"
_NUMBER = re.compile(r"-?\d*\.?\d+(?:[eE][-+]?\d+)?")
_PAIR = re.compile(rf"({_NUMBER.pattern}),({_NUMBER.pattern})")
_MATRIX = re.compile(r"matrix\(([^)]*)\)")
# Letters that XML cannot hold, not even as a reference; Qt writes them as they stand in a title or a name.
_NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_UNKNOWN_LETTER = "\N{REPLACEMENT CHARACTER}".encode()
_GENERIC = {SERIF: "serif", MONO: "monospace"}
_OF_SIMPLE = {"x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2"}
# How far the handles of a curve reach that is a quarter of a circle.
_ROUND = 0.5523

# The six numbers of an SVG matrix: x' = a x + c y + e, y' = b x + d y + f.
Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def plain_svg(svg: bytes, size: tuple[int, int]) -> bytes:
    """Return a picture of `QSvgGenerator` without non-scaling strokes, as it is shown in a size in pixels."""
    for prefix, name in (("", _SVG), ("xlink", "http://www.w3.org/1999/xlink")):
        ET.register_namespace(prefix, name)
    root = ET.fromstring(_NO_XML.sub(_UNKNOWN_LETTER, svg))  # noqa: S314 - Qt has just written it
    root.set("width", str(size[0]))
    root.set("height", str(size[1]))
    for group in root.iter(f"{{{_SVG}}}g"):
        scaled = [shape for shape in group if shape.get("vector-effect") == "non-scaling-stroke"]
        for shape in scaled:
            _work_in(shape, _matrix(group))
        if scaled and "transform" in group.attrib:
            _out_of(group, scaled)
    for shape in root.iter():
        shape.attrib.pop("vector-effect", None)
    for text in root.iter(f"{{{_SVG}}}text"):
        text.set("font-family", _families(text.get("font-family", "")))
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _matrix(group: ET.Element) -> Matrix:
    found = _MATRIX.fullmatch(group.get("transform", ""))
    if found is None:
        return _SAME
    a, b, c, d, e, f = (float(number) for number in _NUMBER.findall(found[1]))
    return a, b, c, d, e, f


def _work_in(shape: ET.Element, matrix: Matrix) -> None:
    """Give a shape the points that the matrix would have given it."""
    kind = shape.tag.removeprefix(f"{{{_SVG}}}")
    if kind in ("rect", "circle", "ellipse", "line"):
        kind = "path"
        _become_path(shape)
    name = "d" if kind == "path" else "points"
    shape.set(
        name, _PAIR.sub(lambda pair: _mapped(matrix, float(pair[1]), float(pair[2])), shape.get(name, ""))
    )
    del shape.attrib["vector-effect"]


def _mapped(matrix: Matrix, x: float, y: float) -> str:
    a, b, c, d, e, f = matrix
    return f"{a * x + c * y + e:.7g},{b * x + d * y + f:.7g}"


def _become_path(shape: ET.Element) -> None:
    """Write a simple shape as the path that it is."""
    number = {name: float(text) for name, text in shape.items() if _NUMBER.fullmatch(text)}
    kind = shape.tag.removeprefix(f"{{{_SVG}}}")
    if kind == "line":
        path = f"M{number['x1']},{number['y1']} L{number['x2']},{number['y2']}"
    elif kind == "rect":
        x, y, right, low = number["x"], number["y"], number["width"], number["height"]
        right, low = x + right, y + low
        path = f"M{x},{y} L{right},{y} L{right},{low} L{x},{low} Z"
    else:
        radius = number.get("r", 0.0)
        path = _ellipse(number["cx"], number["cy"], number.get("rx", radius), number.get("ry", radius))
    shape.tag = f"{{{_SVG}}}path"
    for name in [name for name in shape.keys() if name in _OF_SIMPLE]:  # noqa: SIM118 - an element is no dict
        del shape.attrib[name]
    shape.set("d", path)


def _ellipse(x: float, y: float, across: float, down: float) -> str:
    """Return four curves that are an ellipse to a thousandth of its size."""
    in_x, in_y = _ROUND * across, _ROUND * down
    return (
        f"M{x + across},{y}"
        f" C{x + across},{y + in_y} {x + in_x},{y + down} {x},{y + down}"
        f" C{x - in_x},{y + down} {x - across},{y + in_y} {x - across},{y}"
        f" C{x - across},{y - in_y} {x - in_x},{y - down} {x},{y - down}"
        f" C{x + in_x},{y - down} {x + across},{y - in_y} {x + across},{y} Z"
    )


def _out_of(group: ET.Element, scaled: Iterable[ET.Element]) -> None:
    """Take the matrix from a group, and give it to those of its elements that still need it."""
    matrix = group.attrib.pop("transform")
    done = set(map(id, scaled))
    for element in group:
        if id(element) not in done:
            element.set("transform", f"{matrix} {element.get('transform', '')}".strip())


def _families(named: str) -> str:
    """Return the font that a name stands for on this machine, and what it is like for all others."""
    return f"{QFontInfo(QFont(named)).family()}, {_GENERIC.get(named, 'sans-serif')}"
