"""Drawing a widget into an image, an SVG or a PDF."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPoint, QRect, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QAbstractScrollArea, QGraphicsView, QWidget

from gdsim.core.files.atomic import save_bytes
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.link import PICTURE_KEY, link_of
from gdsim.core.model.experiment import Experiment
from gdsim.gui.export.offscreen_panes import OffscreenPanes, PictureSubject, keep_lines, lay_out, opened_panes
from gdsim.gui.export.picture_spec import PictureFormat, PictureSpec
from gdsim.gui.export.plain_svg import plain_svg
from gdsim.gui.paint.budget import all_at_once
from gdsim.session.frame import Frame

_POINTS_PER_INCH = 72.0


def image_of(widget: QWidget, size: tuple[int, int], pixel_ratio: float, background: QColor) -> QImage:
    """Return a picture of ``size`` pixels, with ``pixel_ratio`` of them to a pixel of the widget."""
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(background)
    image.setDevicePixelRatio(pixel_ratio)
    widget.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    return image


def with_link(image: QImage, experiment: Experiment) -> QImage:
    """Put the link of a scene into the metadata of a picture, so that the picture opens as the scene."""
    if link := _link_of(experiment):
        image.setText(PICTURE_KEY, link)
    return image


def _link_of(experiment: Experiment) -> str:
    try:
        return link_of(experiment)
    except FileFault:  # the scene is too large for a link
        return ""


def picture_bytes(
    subject: PictureSubject, frame: Frame, spec: PictureSpec, file_format: PictureFormat
) -> bytes:
    """Return an SVG or a PDF of the panes of a spec, which must not be the whole window."""
    with opened_panes(subject, spec) as panes, all_at_once():
        panes.show_frame(frame)
        lay_out()
        return drawn_lines(panes, subject.experiment, file_format)()


def drawn_lines(
    panes: OffscreenPanes, experiment: Experiment, file_format: PictureFormat
) -> Callable[[], bytes]:
    """Draw panes as vector graphics, and return a function that makes the file, in any thread."""
    with all_at_once():
        if file_format is PictureFormat.SVG:
            size = panes.spec.width, panes.spec.height
            return partial(plain_svg, _drawn_svg(panes, _link_of(experiment)), size)
        return partial(bytes, _pdf_bytes(panes))


def spec_image(subject: PictureSubject, frame: Frame, spec: PictureSpec) -> QImage:
    """Return an image of the panes of a spec, which must not be the whole window."""
    with opened_panes(subject, spec, spec.pixel_ratio) as panes, all_at_once():
        return panes_image(panes, frame)


def panes_image(panes: OffscreenPanes, frame: Frame) -> QImage:
    panes.show_frame(frame)
    lay_out()
    return image_of(panes, panes.spec.pixels, panes.spec.pixel_ratio, panes.background)


def _drawn_svg(panes: OffscreenPanes, description: str) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    # SVG Tiny, Qt's default, has no clipping.
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    # One unit is one pixel of the screen, because the font sizes are in such pixels.
    generator.setResolution(panes.logicalDpiX())
    generator.setSize(panes.size())
    generator.setViewBox(QRect(QPoint(), panes.size()))
    generator.setTitle(panes.windowTitle())
    generator.setDescription(description)
    _paint(panes, QPainter(generator))
    return bytes(data.data())


def _pdf_bytes(panes: OffscreenPanes) -> bytes:
    """Return a PDF of one page that is as large as the panes."""
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
    """Paint a widget and its children at their positions.

    `QWidget.render` would paint the children as well, but clip each as if it were in the top left corner.
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
    excluded = {widget.viewport()} if isinstance(widget, QAbstractScrollArea) else set()
    return [one for one in widget.children() if isinstance(one, QWidget) and one not in excluded]


def writing_picture(path: Path, encode: Callable[[], bytes]) -> Iterator[float]:
    """Encode and write a picture, and yield the share that is done."""
    yield 0.0
    data = encode()
    yield 0.5  # cancelled work ends here, without a file
    save_bytes(data, path)
