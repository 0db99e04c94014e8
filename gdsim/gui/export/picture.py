"""Drawing a widget into an image, an SVG or a PDF."""

from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPoint, QRect, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QAbstractScrollArea, QGraphicsView, QWidget

from gdsim.core.files.atomic import replacing
from gdsim.gui.export.offscreen_panes import OffscreenPanes, Subject, lay_out, sheet_of
from gdsim.gui.export.picture_spec import PictureSpec
from gdsim.gui.export.plain_svg import plain_svg
from gdsim.gui.export.vector_mode import keep_lines
from gdsim.session.frame import Frame

_POINTS_PER_INCH = 72.0


class PictureFormat(StrEnum):
    """A kind of file for a picture; its value is the ending."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


def image_of(widget: QWidget, size: tuple[int, int], pixel_ratio: float, background: QColor) -> QImage:
    """Return a picture of a widget.

    Parameters
    ----------
    widget : QWidget
    size : tuple of int
        Of the picture in pixels.
    pixel_ratio : float
        How many of them are along one pixel of the widget.
    background : QColor
    """
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(background)
    image.setDevicePixelRatio(pixel_ratio)
    widget.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    return image


def png_bytes(image: QImage) -> bytes:
    """Return an image as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide6 6.8 wants bytes, later ones text
    return bytes(buffer.data().data())


def picture_bytes(subject: Subject, frame: Frame, spec: PictureSpec, form: PictureFormat) -> bytes:
    """Return a picture of some panes as a file.

    Parameters
    ----------
    subject : Subject
    frame : Frame
        Where the runs stand.
    spec : PictureSpec
        Not of the whole window.
    form : Form
        Which kind of file.
    """
    if form is PictureFormat.PNG:
        return png_bytes(spec_image(subject, frame, spec))
    with sheet_of(subject, spec) as panes:
        panes.show_frame(frame)
        lay_out()
        return svg_bytes(panes) if form is PictureFormat.SVG else pdf_bytes(panes)


def spec_image(subject: Subject, frame: Frame, spec: PictureSpec) -> QImage:
    """Return a picture of some panes."""
    with sheet_of(subject, spec, spec.pixel_ratio) as panes:
        panes.show_frame(frame)
        lay_out()
        return panes_image(panes)


def panes_image(panes: OffscreenPanes) -> QImage:
    """Return a picture of a panes as it stands."""
    return image_of(panes, panes.spec.pixels, panes.spec.pixel_ratio, panes.background)


def svg_bytes(panes: OffscreenPanes) -> bytes:
    """Return a panes as an SVG file: lines stay lines, and letters letters."""
    data = QByteArray()
    buffer = QBuffer(data)
    # The older version, which is the usual one, knows no clipping.
    made = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    made.setOutputDevice(buffer)
    # One unit is one pixel of the screen: fonts count on it.
    made.setResolution(panes.logicalDpiX())
    made.setSize(panes.size())
    made.setViewBox(QRect(QPoint(), panes.size()))
    made.setTitle(panes.windowTitle())
    _paint(panes, QPainter(made))
    return plain_svg(bytes(data.data()), (panes.spec.width, panes.spec.height))


def pdf_bytes(panes: OffscreenPanes) -> bytes:
    """Return a panes as a PDF file of one page, as large as the panes: larger letters, smaller page."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    page = QPdfWriter(buffer)
    page.setCreator("gdsim")
    page.setTitle(panes.windowTitle())
    size = QSizeF(panes.size()) * (_POINTS_PER_INCH / panes.logicalDpiX())
    page.setPageSize(QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    page.setPageMargins(QMarginsF())
    page.setResolution(panes.logicalDpiX())
    _paint(panes, QPainter(page))
    return bytes(buffer.data().data())


def _paint(panes: OffscreenPanes, painter: QPainter) -> None:
    keep_lines(panes)
    painter.fillRect(panes.rect(), panes.background)
    for child in _children(panes):
        _paint_part(child, panes, painter)
    painter.end()


def _paint_part(part: QWidget, panes: OffscreenPanes, painter: QPainter) -> None:
    """Paint a widget in its place, and what is in it.

    Qt can do that for a whole panes, but then clips what is drawn as if every widget were in the corner.
    """
    if not part.isVisibleTo(panes):
        return
    painter.save()
    painter.translate(part.mapTo(panes, QPoint()))
    if isinstance(part, QGraphicsView):
        part.render(painter, QRectF(part.rect()), part.rect())
    else:
        part.render(painter, QPoint(), QRegion(), QWidget.RenderFlag(0))
    painter.restore()
    for child in _children(part):
        _paint_part(child, panes, painter)


def _children(widget: QWidget) -> list[QWidget]:
    inside = {widget.viewport()} if isinstance(widget, QAbstractScrollArea) else set()
    return [one for one in widget.children() if isinstance(one, QWidget) and one not in inside]


def save_bytes(data: bytes, out: Path) -> None:
    """Write a file, all of it or nothing.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with replacing(out) as unfinished:
        unfinished.write_bytes(data)
