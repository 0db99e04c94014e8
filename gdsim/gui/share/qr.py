"""QR codes: making them from links, painting them, and reading them in pictures."""

import numpy as np
import numpy.typing as npt
import segno
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.core.arrays import Flags
from gdsim.gui.accessible import Graphic, read_as

# The largest version of a QR code; larger ones are hard to read from the back of a room.
MOST_VERSION = 25
# The quiet zone, which is the white margin that readers need, in modules (the squares of the code).
_QUIET = 4
# The side of a module in a picture that is copied or saved, in pixels.
_MODULE_PIXELS = 8
# The longest side of a picture that the library reads, in pixels.
_LONGEST_SIDE = 65_535


def qr_modules(text: str) -> Flags | None:
    """Return the modules of a QR code as rows, true where dark, or None if the text is too long."""
    try:
        code = segno.make_qr(text, error="L", encoding="ascii")
    except segno.DataOverflowError:
        return None
    if int(code.version) > MOST_VERSION:
        return None
    return np.array([list(row) for row in code.matrix], dtype=bool)


def qr_image(modules: Flags, pixels: int = _MODULE_PIXELS) -> QImage:
    """Return a QR code as a picture, including its quiet zone."""
    grey = np.where(np.pad(modules, _QUIET), 0, 255).astype(np.uint8)
    count = len(grey)
    small = QImage(grey.tobytes(), count, count, count, QImage.Format.Format_Grayscale8)
    return small.convertToFormat(QImage.Format.Format_RGB32).scaled(QSize(count, count) * pixels)


def read_qr(pixels: npt.NDArray[np.uint8]) -> list[str]:
    """Return the texts of the QR codes in a picture of shape (height, width) with grey values, 0 to 255."""
    if max(pixels.shape) > _LONGEST_SIDE:
        return []
    import zxingcpp  # noqa: PLC0415 - its library is loaded only to read a picture

    kinds = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(np.ascontiguousarray(pixels), formats=kinds)
    return [one.text for one in found if one.valid]


@read_as(Graphic)
class QrView(QWidget):
    """A QR code that fills the widget, dark on white in every theme."""

    def __init__(self, modules: Flags) -> None:
        super().__init__()
        self._count = len(modules)
        self._image = qr_image(modules, 1)
        self.setAccessibleName(self.tr("QR code"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(self._image.size() * 2)

    def picture_in_words(self) -> str:
        return self.tr("The link as a QR code, {n} by {n} squares large.").format(n=self._count)

    def sizeHint(self) -> QSize:
        return self._image.size() * max(2, 360 // self._image.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the code in the centre, with a whole number of pixels to a module."""
        side = max(1, min(self.width(), self.height()) // self._image.width())
        code = QRect(QPoint(), self._image.size() * side)
        code.moveCenter(self.rect().center())
        QPainter(self).drawImage(code, self._image)
