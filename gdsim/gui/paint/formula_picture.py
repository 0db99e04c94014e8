"""Formulas as pictures in the text colour of the theme."""

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

# Font size in a picture, and how much larger than the surrounding text formulas are shown.
FORMULA_SIZE = 16.0
_LARGER = 1.25
_ROOM = 4


def typeset_svg(latex: str) -> bytes:
    """Return a formula as SVG in the colour ``currentColor``; empty if it cannot be typeset.

    A call takes about 30 ms, the first one ten times as long.
    """
    from ziamath.config import config  # noqa: PLC0415 - slow, and not needed before the first formula
    from ziamath.zmath import Latex  # noqa: PLC0415

    # Qt's SVG renderer does not support SVG 2 symbols, and would draw fragments.
    config.svg2 = False
    try:
        # In braces the nabla is set like a letter, without the spacing around an operator.
        svg: str = Latex(latex.replace(r"\nabla", r"{\nabla}"), size=FORMULA_SIZE, color="currentColor").svg()
    except Exception:  # noqa: BLE001 - whatever cannot be typeset is shown as text
        return b""
    return svg.encode()


def picture_file_name(latex: str) -> str:
    """Return the name of a formula's picture among the files that come with the program."""
    return f"{sha256(latex.encode()).hexdigest()[:16]}.svg"


class FormulaPictures(QObject):
    """The pictures of formulas: those that come with the program, and others typeset in the background."""

    typeset = Signal()  # another picture is ready

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._known: dict[str, bytes] = {}
        self.tasks = TaskQueue(self)

    def svg(self, latex: str) -> bytes:
        """Return the picture of a formula; empty until it has been typeset."""
        if latex not in self._known:
            file = resource("formulas", picture_file_name(latex))
            self._known[latex] = file.read_bytes() if file.is_file() else b""
            if not self._known[latex]:
                self.tasks.submit(partial(typeset_svg, latex), partial(self._keep, latex))
        return self._known[latex]

    def _keep(self, latex: str, svg: bytes) -> None:
        self._known[latex] = svg
        self.typeset.emit()


@read_as(Graphic)
class FormulaPicture(QWidget):
    """Widget that shows a formula as a picture, or as text if there is no picture."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[bytes, str] = (b"", "")
        self._colour = ""  # of the loaded picture
        self._renderer = QSvgRenderer(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_formula(self, svg: bytes, text: str) -> None:
        """Show a formula.

        The SVG picture uses the colour ``currentColor``, and may be empty. The text is the same formula in
        letters, for screen readers and in place of a missing picture.
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
        """Return the height of the hint for any width, because a wide picture is scaled down."""
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
