"""Formulas as pictures, in the colour of the theme."""

from functools import partial
from hashlib import sha256

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, QSizeF, Signal
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.core.resources import resource
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.paint.drawing import painting
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.session.tasks import TaskQueue

# Height of the letters in a picture; they are shown a little larger than the text around them.
FORMULA_SIZE = 16.0
_LARGER = 1.25
_ROOM = 4


def typeset_svg(latex: str) -> bytes:
    """Return a formula as SVG in the colour ``currentColor``; empty where it cannot be typeset.

    It takes some 30 ms, and ten times as long at first.
    """
    from ziamath.config import config  # noqa: PLC0415 - nobody waits for it before the first formula
    from ziamath.zmath import Latex  # noqa: PLC0415

    # Qt's reader of SVG knows no symbols: without this it draws fragments.
    config.svg2 = False
    try:
        # In braces the sign is a letter, without the room around an operator.
        svg: str = Latex(latex.replace(r"\nabla", r"{\nabla}"), size=FORMULA_SIZE, color="currentColor").svg()
    except Exception:  # noqa: BLE001 - whatever the typesetting cannot do: the formula is shown as text
        return b""
    return svg.encode()


def file_name(latex: str) -> str:
    """Return the name of the file that holds the picture of a formula, if it comes with the program."""
    return f"{sha256(latex.encode()).hexdigest()[:16]}.svg"


class FormulaPictures(QObject):
    """Pictures of formulas: of those that come with the program at once, of others when they are typeset."""

    typeset = Signal()  # there is a picture more

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._known: dict[str, bytes] = {}
        self._tasks = TaskQueue.closed_with(parent)

    def svg(self, latex: str) -> bytes:
        """Return the picture of a formula; empty as long as there is none."""
        if latex not in self._known:
            file = resource("formulas", file_name(latex))
            self._known[latex] = file.read_bytes() if file.is_file() else b""
            if not self._known[latex]:
                self._tasks.submit(partial(typeset_svg, latex), partial(self._keep, latex))
        return self._known[latex]

    def close(self) -> None:
        self._tasks.close()

    def _keep(self, latex: str, svg: bytes) -> None:
        self._known[latex] = svg
        self.typeset.emit()


@read_as(Graphic)
class FormulaPicture(QWidget):
    """Shows one formula as a picture, or its text where there is no picture."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[bytes, str] = (b"", "")
        self._colour = ""  # in which the picture is drawn
        self._renderer = QSvgRenderer(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_formula(self, svg: bytes, text: str) -> None:
        """Show a formula.

        The picture is in the colour ``currentColor``, and empty where there is none; the text is the
        same in letters, for a screen reader, or where there is no picture.
        """
        if (svg, text) == self._shown:
            return
        self._shown = svg, text
        self._draw_in(shown_theme().text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def _draw_in(self, colour: str) -> None:
        self._colour = colour
        self._renderer.load(QByteArray(self._shown[0].replace(b"currentColor", colour.encode())))

    def sizeHint(self) -> QSize:
        size = self._size()
        return QSize(round(size.width()), max(round(size.height()), self.fontMetrics().height()) + _ROOM)

    def minimumSizeHint(self) -> QSize:
        """Return the same height, for any width: a picture too wide is made smaller."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painting(self)
        if self._colour != shown_theme().text:
            self._draw_in(shown_theme().text)
        if not self._has_picture:
            painter.setPen(QColor(self._colour))
            painter.drawText(self.rect(), self._shown[1])
            return
        size = self._size()
        share = min(1.0, self.width() / max(size.width(), 1.0))
        top = (self.height() - size.height() * share) / 2
        self._renderer.render(painter, QRectF(0.0, top, size.width() * share, size.height() * share))

    @property
    def _has_picture(self) -> bool:
        return bool(self._shown[0]) and self._renderer.isValid()

    def _size(self) -> QSizeF:
        if not self._has_picture:
            return QSizeF(self.fontMetrics().size(0, self._shown[1]))
        return self._renderer.viewBoxF().size() * (self.fontInfo().pixelSize() * _LARGER / FORMULA_SIZE)
