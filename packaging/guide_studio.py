"""A window of the program that stands model: it is brought to a state, and its parts are taken."""

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

# A picture is ready when it has not changed for so many looks, so far apart.
_LOOKS, _LOOK_MS = 3, 60
_COLOURS = 128
# Around a place on the map.
_REACH = 11
_MARK_GAP, _MARK_ROUND, _MARK_PEN = 3, 7.0, 2.0

Dialog = TypeVar("Dialog", bound=QDialog)


class Studio:
    """A window with a scene open, as a newcomer has it, in a theme and a size.

    Parameters
    ----------
    scene : str
        Name of a bundled scene.
    theme : str
    size : tuple of int
        Width and height of the window. In a narrower one its parts are narrower too.

    Attributes
    ----------
    window : MainWindow
    session : Session
    cards : Workspace
        The parts of the window.
    """

    def __init__(self, scene: str, theme: str, size: tuple[int, int]) -> None:
        app = boot(unseen=True)
        self._theme = THEMES[theme]
        self.session = Session(load_scene(find_scene(scene)))
        # Painted, not by OpenGL: drivers differ.
        self.window = MainWindow(app, self.session, SurfaceView(allowed=False), None)
        self.cards = self.window.cards
        # What is taken has to fit a page: some windows are narrower than a person would have them.
        self.window.setMinimumSize(1, 1)
        self.window.look_like(WindowLook(size=size, theme=theme, arrows=False))
        self.window.show()
        self.session.begin()
        self.settle()

    def close(self) -> None:
        """Put everything away."""
        # What was made of the scene for a picture is nobody's work.
        self.window.files.close_at_once()
        take_apart(self.window, self.session)

    # ------------------------------------------------------------------------ as a person would do it

    def choose(self, words: str) -> None:
        """Choose an entry of the menus, by its words."""
        entries = {action.text().replace("&", ""): action for action in self.window.findChildren(QAction)}
        entries[words].trigger()
        self.settle()

    def fold(self, side: str) -> None:
        """Fold a side column away, or leave it so, where there was no room for it."""
        self.cards.columns.set_open(side, shown=False)
        self.settle()

    def go_to(self, step: int) -> None:
        """Stand at a step."""
        self.session.play(lambda head: head.pause().seek(step))
        self.settle()

    def select(self, name: str) -> None:
        """Select a run by its name."""
        names = [run.name for run in self.session.experiment.runs]
        self.session.select(names.index(name))
        self.settle()

    def dialog(self, kind: type[Dialog]) -> Dialog:
        """Return the dialog of a kind that is open."""
        return next(one for one in self.window.findChildren(kind) if one.isVisible())

    def set_height(self, part: QWidget, height: int) -> None:
        """Give a card, or a row of cards, a height, as with the mouse at its edge."""
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
        """Return where a place of the plane is drawn on the contour map, as a part of the window."""
        plot = self.cards.contours._plot
        where = plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(w, b)))
        middle = plot.mapTo(self.window, where)
        return QRect(middle.x() - _REACH, middle.y() - _REACH, 2 * _REACH, 2 * _REACH)

    def settle(self) -> None:
        """Let the program work until all is computed and said."""
        self.wait_until(self.window.is_settled)
        self.window.show_now()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Let the program work until something is so."""
        wait_for(is_so, lambda: False)

    # ----------------------------------------------------------------------------------- the picture

    def picture(self, parts: Sequence[QWidget | QRect], marks: Sequence[QWidget | QRect] = ()) -> QImage:
        """Return what lies in the smallest box around parts of a window, with frames around its marks.

        Parameters
        ----------
        parts : sequence of widget or rectangle
            Widgets of one window. A rectangle is in that window; in the main one when there are none.
        marks : sequence of widget or rectangle
            What a reader is to look at.
        """
        page = next((part.window() for part in parts if isinstance(part, QWidget)), self.window)
        image = self._still(page)
        box = QRect()
        for part in parts:
            box = box.united(_place(part, page))
        self._draw_marks(image, [_place(mark, page) for mark in marks])
        return image.copy(box.intersected(image.rect()))

    def _still(self, page: QWidget) -> QImage:
        """Return a window once it has come to rest."""
        same, image = 0, _look_at(page)
        while same < _LOOKS:
            _wait(_LOOK_MS)
            again = _look_at(page)
            same = same + 1 if again == image else 0
            image = again
        return image

    def _draw_marks(self, image: QImage, places: Sequence[QRect]) -> None:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.gradient), _MARK_PEN))
        for place in places:
            frame = QRectF(place).adjusted(-_MARK_GAP, -_MARK_GAP, _MARK_GAP, _MARK_GAP)
            painter.drawRoundedRect(frame, _MARK_ROUND, _MARK_ROUND)
        painter.end()


def _look_at(page: QWidget) -> QImage:
    image = QImage(page.size(), QImage.Format.Format_RGB32)
    page.render(image, QPoint(), QRegion(page.rect()))
    return image


def _place(part: QWidget | QRect, page: QWidget) -> QRect:
    if isinstance(part, QRect):
        return part
    return QRect(part.mapTo(page, QPoint(0, 0)), part.size())


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def png(image: QImage) -> bytes:
    """Return a picture as a small PNG of few colours."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    whole = Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGB")
    few = whole.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
