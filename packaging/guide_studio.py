"""A window of the program that is brought into a state so that pictures can be taken of its parts."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, TypeVar

from PIL import Image
from PySide6.QtCore import QBuffer, QEventLoop, QIODevice, QPoint, QPointF, QRect, QRectF, QTimer
from PySide6.QtGui import QAction, QColor, QImage, QPainter, QPen, QRegion
from PySide6.QtWidgets import QDialog, QSplitter, QWidget

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.gui.runtime.boot import boot, take_apart
from gdsim.gui.runtime.unattended import wait_for
from gdsim.gui.style.theme import THEMES
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.main_window import MainWindow
from gdsim.gui.window.window_look import WindowLook
from gdsim.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# A picture is ready when it was the same in three successive renderings.
_EQUAL_RENDERINGS, _RENDER_INTERVAL_MS = 3, 60
_COLOURS = 128
# The width of dialogs, which is that of a page of the guide.
WIDE = 728
# Half the side of the square around a point of the map.
_REACH = 11
_MARK_GAP, _MARK_ROUND, _MARK_PEN = 3, 7.0, 2.0

Dialog = TypeVar("Dialog", bound=QDialog)


class Studio:
    """A window with default settings and a bundled scene open, in a theme and a size."""

    def __init__(self, scene: str, theme: str, size: tuple[int, int]) -> None:
        app = boot(unseen=True)
        app.setCursorFlashTime(0)  # a text cursor that blinks would be in some pictures and not in others
        self._theme = THEMES[theme]
        self.session = Session(load_scene(find_scene(scene)))
        # Painted without OpenGL, because drivers draw differently.
        self.window = MainWindow(app, self.session, SurfaceView(allowed=False), None)
        self.cards = self.window.cards
        # Some pictures need a window narrower than its minimum, so that the picture fits a page.
        self.window.setMinimumSize(1, 1)
        self.window.look_like(WindowLook(size=size, theme=theme, arrows=False))
        self.window.show()
        self.session.begin()
        self.settle()

    def close(self) -> None:
        # The changes that the picture needed are not to be saved.
        self.window.files.close_at_once()
        take_apart(self.window, self.session)

    # ---------------------------------------------------------------------------- as a user would do it

    def choose(self, words: str) -> None:
        """Choose a menu entry by its text."""
        entries = {action.text().replace("&", ""): action for action in self.window.findChildren(QAction)}
        entries[words].trigger()
        self.settle()

    def fold(self, side: str) -> None:
        """Close a side column; a no-op if it is closed already, as in a narrow window."""
        self.cards.columns.set_open(side, shown=False)
        self.settle()

    def go_to(self, step: int) -> None:
        """Pause playback at a step."""
        self.session.play(lambda head: head.pause().seek(step))
        self.settle()

    def select(self, name: str) -> None:
        names = [run.name for run in self.session.experiment.runs]
        self.session.select(names.index(name))
        self.settle()

    def dialog(self, kind: type[Dialog]) -> Dialog:
        """Return the open dialog of a class."""
        return next(dialog for dialog in self.window.findChildren(kind) if dialog.isVisible())

    def open(self, words: str, kind: type[Dialog], height: int) -> Dialog:
        """Choose a menu entry by its text, and return the dialog that it opens, as wide as the guide."""
        self.choose(words)
        while not self.window.findChildren(kind):  # some open only when something is computed
            _wait(_RENDER_INTERVAL_MS)
        dialog = self.dialog(kind)
        dialog.resize(WIDE, height)
        return dialog

    def set_height(self, part: QWidget, height: int) -> None:
        """Set the height of a card, or of a row of cards, as if its edge had been dragged."""
        column = part.parentWidget()
        assert isinstance(column, QSplitter)
        sizes, place = column.sizes(), column.indexOf(part)
        other = max((index for index in range(len(sizes)) if index != place), key=sizes.__getitem__)
        sizes[other] += sizes[place] - height
        sizes[place] = height
        column.setSizes(sizes)

    def level(self, height: int) -> None:
        """Give the page of the selected run and the row with the map beside it the same height."""
        views = self.cards.contour_card.parentWidget()
        assert views is not None
        self.set_height(views, height)
        self.set_height(self.cards.run_card, height)

    def place_on_map(self, w: float, b: float) -> QRect:
        """Return a small square of the window around the point of the contour map at ``w`` and ``b``."""
        plot = self.cards.contours._plot
        where = plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(w, b)))
        middle = plot.mapTo(self.window, where)
        return QRect(middle.x() - _REACH, middle.y() - _REACH, 2 * _REACH, 2 * _REACH)

    def settle(self) -> None:
        """Run the event loop until everything is computed, and draw the result."""
        self.wait_until(self.window.is_settled)
        self.window.show_now()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Run the event loop until a condition holds."""
        wait_for(condition, lambda: False)

    # ----------------------------------------------------------------------------------- the picture

    def picture(self, parts: Sequence[QWidget | QRect], marks: Sequence[QWidget | QRect] = ()) -> QImage:
        """Return a picture of the bounding box of some parts of a window, with frames around the marks.

        The parts are widgets of one window, and rectangles in that window's coordinates. If there are no
        widgets, the rectangles refer to the main window.
        """
        page = next((part.window() for part in parts if isinstance(part, QWidget)), self.window)
        image = self._still(page)
        box = QRect()
        for part in parts:
            box = box.united(_rectangle(part, page))
        self._draw_marks(image, [_rectangle(mark, page) for mark in marks])
        return image.copy(box.intersected(image.rect()))

    def _still(self, page: QWidget) -> QImage:
        """Render a window until it no longer changes."""
        same, image = 0, _rendered(page)
        while same < _EQUAL_RENDERINGS:
            _wait(_RENDER_INTERVAL_MS)
            again = _rendered(page)
            same = same + 1 if again == image else 0
            image = again
        return image

    def _draw_marks(self, image: QImage, rectangles: Sequence[QRect]) -> None:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.gradient), _MARK_PEN))
        for rectangle in rectangles:
            frame = QRectF(rectangle).adjusted(-_MARK_GAP, -_MARK_GAP, _MARK_GAP, _MARK_GAP)
            painter.drawRoundedRect(frame, _MARK_ROUND, _MARK_ROUND)
        painter.end()


def _rendered(page: QWidget) -> QImage:
    image = QImage(page.size(), QImage.Format.Format_RGB32)
    page.render(image, QPoint(), QRegion(page.rect()))
    return image


def _rectangle(part: QWidget | QRect, page: QWidget) -> QRect:
    if isinstance(part, QRect):
        return part
    return QRect(part.mapTo(page, QPoint(0, 0)), part.size())


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def png(image: QImage) -> bytes:
    """Encode a picture as a small PNG with few colours."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    whole = Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGB")
    few = whole.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
