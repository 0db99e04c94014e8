"""Rewriting Qt's SVG so that every program draws it alike.

Qt writes a line of constant width (a cosmetic pen) with the attribute ``non-scaling-stroke``. Many programs
ignore the attribute and draw such lines a hundred times too wide, so the transform is applied to the points
instead. Font aliases are replaced by the names of the fonts that the system chose for them.
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
# Characters that XML does not allow, not even escaped; Qt copies them from a title or a name.
_NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_UNKNOWN_LETTER = "\N{REPLACEMENT CHARACTER}".encode()
_GENERIC = {SERIF: "serif", MONO: "monospace"}
_SHAPE_ATTRIBUTES = {"x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2"}
# The length of the handles of a Bézier curve that approximates a quarter of the unit circle.
_HANDLE = 0.5523

# The six numbers of an SVG matrix: x' = a x + c y + e, y' = b x + d y + f.
SvgMatrix = tuple[float, float, float, float, float, float]
_IDENTITY: SvgMatrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def plain_svg(svg: bytes, size: tuple[int, int]) -> bytes:
    """Return an SVG of `QSvgGenerator` without non-scaling strokes, with a width and height in pixels."""
    for prefix, name in (("", _SVG), ("xlink", "http://www.w3.org/1999/xlink")):
        ET.register_namespace(prefix, name)
    root = ET.fromstring(_NO_XML.sub(_UNKNOWN_LETTER, svg))  # noqa: S314 - Qt has just written it
    root.set("width", str(size[0]))
    root.set("height", str(size[1]))
    for group in root.iter(f"{{{_SVG}}}g"):
        scaled = [shape for shape in group if shape.get("vector-effect") == "non-scaling-stroke"]
        for shape in scaled:
            _apply_matrix(shape, _matrix(group))
        if scaled and "transform" in group.attrib:
            _move_matrix_down(group, scaled)
    for shape in root.iter():
        shape.attrib.pop("vector-effect", None)
    for text in root.iter(f"{{{_SVG}}}text"):
        text.set("font-family", _families(text.get("font-family", "")))
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _matrix(group: ET.Element) -> SvgMatrix:
    found = _MATRIX.fullmatch(group.get("transform", ""))
    if found is None:
        return _IDENTITY
    a, b, c, d, e, f = (float(number) for number in _NUMBER.findall(found[1]))
    return a, b, c, d, e, f


def _apply_matrix(shape: ET.Element, matrix: SvgMatrix) -> None:
    kind = shape.tag.removeprefix(f"{{{_SVG}}}")
    if kind in ("rect", "circle", "ellipse", "line"):
        kind = "path"
        _become_path(shape)
    name = "d" if kind == "path" else "points"
    shape.set(
        name, _PAIR.sub(lambda pair: _mapped(matrix, float(pair[1]), float(pair[2])), shape.get(name, ""))
    )
    del shape.attrib["vector-effect"]


def _mapped(matrix: SvgMatrix, x: float, y: float) -> str:
    a, b, c, d, e, f = matrix
    return f"{a * x + c * y + e:.7g},{b * x + d * y + f:.7g}"


def _become_path(shape: ET.Element) -> None:
    """Turn a line, rectangle, circle or ellipse into the same path."""
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
    for name in [name for name in shape.keys() if name in _SHAPE_ATTRIBUTES]:  # noqa: SIM118 - an element is no dict
        del shape.attrib[name]
    shape.set("d", path)


def _ellipse(x: float, y: float, across: float, down: float) -> str:
    """Return a path of four Bézier curves that is an ellipse to a thousandth of its size."""
    in_x, in_y = _HANDLE * across, _HANDLE * down
    return (
        f"M{x + across},{y}"
        f" C{x + across},{y + in_y} {x + in_x},{y + down} {x},{y + down}"
        f" C{x - in_x},{y + down} {x - across},{y + in_y} {x - across},{y}"
        f" C{x - across},{y - in_y} {x - in_x},{y - down} {x},{y - down}"
        f" C{x + in_x},{y - down} {x + across},{y - in_y} {x + across},{y} Z"
    )


def _move_matrix_down(group: ET.Element, scaled: Iterable[ET.Element]) -> None:
    """Move the matrix of a group to those of its elements that were not scaled."""
    matrix = group.attrib.pop("transform")
    done = set(map(id, scaled))
    for element in group:
        if id(element) not in done:
            element.set("transform", f"{matrix} {element.get('transform', '')}".strip())


def _families(named: str) -> str:
    """Return the font that a name stands for on this machine, with a generic family as the fallback."""
    return f"{QFontInfo(QFont(named)).family()}, {_GENERIC.get(named, 'sans-serif')}"
