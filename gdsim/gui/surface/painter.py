"""The surface in 3D with the runs over it, painted with QPainter as on machines without a graphics device."""

from typing import Self

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.core.model.map_overlays import MapOverlays
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.paint.budget import budget_of_picture
from gdsim.gui.paint.drawing import is_vector, pixel_ratio_of
from gdsim.gui.paint.place_box import PlaceBox, PlaceReading, place_on, place_rows
from gdsim.gui.paint.plot_keys import FocusRing
from gdsim.gui.paint.words import runs_words, surface_words
from gdsim.gui.style.text_size import FontScaler
from gdsim.gui.style.theme import Look
from gdsim.gui.surface.box_frame import frame_of, loss_name
from gdsim.gui.surface.camera import CameraWidget
from gdsim.gui.surface.marks import PlaceLabel, draw_axes, draw_box, draw_cross_hair, fonts_like, margins_for
from gdsim.gui.surface.mesh import Mesh, mesh_of
from gdsim.gui.surface.over import SurfaceOverlay
from gdsim.gui.surface.planes import draw_planes
from gdsim.gui.surface.projection import Projection, projection_of
from gdsim.gui.surface.quads import draw_quads
from gdsim.gui.surface.terrain import Terrain, first_hit, terrain_of
from gdsim.gui.surface.trails import SurfaceStage
from gdsim.session.frame import Frame

# In vector output, the coloured surface is still an image, with so many pixels to one of the pane.
_VECTOR_PIXEL_RATIO = 3.0
# Samples along each side while something moves, and at rest.
_COARSE, _FINE = 33, 61
# So many changes, each within this time of the one before, count as a movement.
_MOVEMENT = 3
_REST_MS = 150


class MovementWatch(QObject):
    """Detector of movements: changes in quick succession, as while a view is turned."""

    rested = Signal()  # a movement is over

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._changes = 0
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._on_rest)

    @property
    def moving(self) -> bool:
        return self._changes >= _MOVEMENT

    def change(self) -> None:
        self._changes += 1
        self._rest.start()

    def _on_rest(self) -> None:
        moved, self._changes = self.moving, 0
        if moved:
            self.rested.emit()


@read_as(Graphic)
class SurfacePainter(CameraWidget):
    """The surface in its box, the trail of every visible run over it, and a camera that moves around it.

    The static part is painted once, into a backdrop; `SurfaceOverlay` paints the rest over it. The surface is
    drawn into an image, because with an OpenGL widget Qt would compose the whole window by OpenGL at every
    change of any pane. While the view is turned or points are dragged, it has fewer quads. Changes while the
    pane is hidden do not count as a movement, so that exported pictures are never coarse.
    """

    pointed = Signal(object)  # PlaceReading of the surface under the mouse, if tracked; None for none
    arrows_changed = Signal(object)  # ArrowChoice
    planes_changed = Signal(bool)  # whether planes are shown

    _marks_lowest = True

    def __init__(self) -> None:
        super().__init__()
        self._look: Look | None = None
        self._surface: LossSurface | None = None
        self._frame: Frame | None = None
        self.over = SurfaceOverlay()
        self.shares_layers = False  # whether all runs are painted on the same images
        self.planes = False  # whether planes cut the surface at the contour levels
        self._terrain: Terrain | None = None
        self.mesh: Mesh | None = None  # last drawn
        self._stage: SurfaceStage | None = None
        self._backdrop: QImage | None = None
        # The images of the surface with dark lines (True) and light lines (False), and what they show.
        self._drawn: dict[bool, QImage] = {}
        self._drawn_on: tuple[Mesh, SurfaceStage] | None = None
        # The pixel ratio of the paint device, and whether layers of pixels may be painted on it.
        self._fineness, self._layered = self.devicePixelRatioF(), True
        self._font, self._fonts = self.font(), fonts_like(self.font())
        self.setMinimumWidth(220)
        FontScaler(self, QWidget.setMinimumHeight, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.place_box = PlaceBox(self)
        self.cross_hair: PlaceReading | None = None
        self._mouse: QPointF | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Error surface"))
        self._describe()
        self.movement = MovementWatch(self)
        self.movement.rested.connect(self._refine)
        FocusRing(self, self)

    def sizeHint(self) -> QSize:
        return QSize(400, 420)

    # -------------------------------------------------------------- inputs

    def set_look(self, look: Look) -> None:
        old, self._look = self._look, look
        self.place_box.set_look(look)
        if old is None or old.concealed != look.concealed:
            self._describe()
        if old is None or (old.theme, old.concealed) != (look.theme, look.concealed):
            self._backdrop = None
        self.over.set_look(look)
        self.update()

    def show_surface(self, surface: LossSurface) -> None:
        self._note_change()
        self._surface = surface
        self._terrain = self.mesh = self._stage = self._backdrop = None
        self._describe()
        self._read_again()
        self.update()

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        self._refine()
        self.update()

    @property
    def arrows(self) -> ArrowChoice:
        return self.over.choice

    def set_arrows(self, choice: ArrowChoice) -> None:
        self.over.choice = choice
        self.update()
        self.arrows_changed.emit(choice)

    def set_drawn(self, drawn: MapOverlays) -> None:
        self.over.cut = drawn.cut
        self.update()

    def set_planes(self, *, shown: bool) -> None:
        """Draw or remove planes that cut the surface at its contour levels."""
        if shown != self.planes:
            self.planes = shown
            self.repaint_surface()
            self.planes_changed.emit(shown)

    def point_at(self, place: PlaceReading | None) -> None:
        if place != self.cross_hair:
            self.cross_hair = place
            self.update()

    def set_labels(self, labels: tuple[PlaceLabel, ...]) -> None:
        self.over.labels = labels
        self.update()

    def pixel_of(self, w: float, b: float, loss: float) -> QPointF:
        """Return the pixel of the pane at which a place and its loss are shown.

        Raises `ValueError` if there is no surface yet.
        """
        stage = self.current_stage()
        if stage is None:
            raise ValueError("there is no surface yet")
        return QPointF(*stage.view.project(stage.terrain.place(w, b, loss)).tolist())

    def place_at(self, pixel: QPointF) -> tuple[float, float] | None:
        """Return w and b of the place of the surface that is visible at a pixel; None where there is none."""
        stage = self.current_stage()
        hit = first_hit(stage.terrain, *stage.view.sight(pixel.x(), pixel.y())) if stage else None
        return stage.terrain.parameters(*hit.tolist()) if stage and hit is not None else None

    def hover(self, mouse: QPointF) -> None:
        """Show the values at the place under the mouse, and emit `pointed`."""
        at = self.place_at(mouse)
        if self._surface is None or at is None:
            self._stop_reading()
            return
        self._mouse = mouse
        place = place_on(self._surface, *at)
        units = [extent / (self.width() or 1) for extent in self._surface.view_range.extent]
        names = self._surface.plane.names
        self.place_box.show_beside(mouse, place_rows(place, (units[0], units[1]), names))
        self.point_at(place)
        self.pointed.emit(place)

    def _read_again(self) -> None:
        """Read again under a resting mouse, after the picture has changed."""
        if self._mouse is not None:
            self.hover(self._mouse)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._stop_reading()
        super().mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._stop_reading()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stop_reading()

    def _stop_reading(self) -> None:
        if self._mouse is not None:
            self._mouse = None
            self.place_box.hide()
            self.point_at(None)
            self.pointed.emit(None)

    def picture_in_words(self) -> str:
        return runs_words(self._frame)

    def drawing_method(self) -> str:
        return self.tr("Drawn without OpenGL.")

    def twin(self) -> Self:
        return self._made_like(type(self)())

    def _made_like(self, other: Self) -> Self:
        """Give another pane the camera, planes and arrows of this one, and return it."""
        other.set_camera(self._camera)
        other.set_planes(shown=self.planes)
        other.set_arrows(self.arrows)
        return other

    # -------------------------------------------------------------- painting

    def repaint_surface(self) -> None:
        self._backdrop = None
        self.update()

    def _note_change(self) -> None:
        if self.isVisible() and self._surface is not None:  # the first surface is no change
            self.movement.change()

    @property
    def _samples(self) -> int:
        # On a slow machine the surfaces of a drag come too slowly to be detected as a movement.
        dragging = self._frame is not None and self._frame.dragging
        return _COARSE if self.movement.moving or dragging else _FINE

    def _refine(self) -> None:
        if self.mesh is not None and self.mesh.most < self._samples:
            self.repaint_surface()

    def _surface_image(self, mesh: Mesh, view: Projection, pixel_ratio: float, *, dark: bool) -> QImage:
        return draw_quads(mesh, view, pixel_ratio, dark=dark)

    def _describe(self) -> None:
        """Set the accessible description: contents, controls, and by what means the surface is drawn."""
        concealed = self._look.concealed if self._look else frozenset[str]()
        shown = means = ""
        if self._surface is not None:
            shown, means = surface_words(self._surface, concealed), self.drawing_method()
        text = self.tr(
            "Drag to turn the surface, use the wheel to zoom, and double-click to reset the view. Or turn "
            "it with Shift and the arrow keys, and zoom with plus and minus."
        )
        self.setAccessibleDescription(f"{shown} {text} {means}".strip())

    def _camera_changed(self) -> None:
        self._note_change()
        self._stage = self._backdrop = None
        self._read_again()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._fineness, self._layered = pixel_ratio_of(painter), not is_vector(painter)
        stage = self.current_stage()
        if stage is None or self._look is None:
            empty = QColor(self._look.theme.card) if self._look else self.palette().base().color()
            painter.fillRect(self.rect(), empty)
            return
        if not stage.layered:
            painter.fillRect(self.rect(), QColor(self._look.theme.card))
            self._paint_backdrop(painter, stage, self._look)
        else:
            if self._backdrop is None:
                self._backdrop = stage.blank(QColor(self._look.theme.card))
                layer = QPainter(self._backdrop)
                self._paint_backdrop(layer, stage, self._look)
                layer.end()
            painter.drawImage(QPointF(0.0, 0.0), self._backdrop)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        assert self._surface is not None  # noqa: S101 - a stage requires a surface
        frame = self._frame_on_surface()
        budget = budget_of_picture()
        self.over.paint(painter, stage, self._surface, frame, self._look, self._fonts.labels, budget)
        if budget.is_spent:
            self.update()
        if self.cross_hair:
            draw_cross_hair(painter, stage, self.cross_hair, self._look.theme)

    def _frame_on_surface(self) -> Frame | None:
        """Return the frame, or None while the surface still has another number of inputs."""
        if self._frame is None or self._surface is None:
            return None
        views, parameters = self._frame.views, self._surface.plane.dimension + 1
        return self._frame if not views or len(views[0].p) == parameters else None

    def current_stage(self) -> SurfaceStage | None:
        """Return the current stage, rebuilt if the surface, the camera or the pane has changed."""
        if self._surface is None:
            return None
        # Compared here and not in changeEvent, because a change of the theme resets the font and restores it.
        if self.font() != self._font:
            self._font, self._fonts = self.font(), fonts_like(self.font())
            self._stage = None
        size = self.size()
        ratio = self._fineness if self._layered else _VECTOR_PIXEL_RATIO
        stage = self._stage
        if stage is None or (stage.view.width, stage.view.height, stage.pixel_ratio, stage.layered) != (
            size.width(),
            size.height(),
            ratio,
            self._layered,
        ):
            self._terrain = self._terrain or terrain_of(self._surface)
            margins = margins_for(self._fonts, self._terrain, self._camera.flatness)
            view = projection_of(self._camera, size.width(), size.height(), margins)
            self._stage = stage = SurfaceStage(self._terrain, view, ratio, self._layered, self.shares_layers)
            self._backdrop = None
        return stage

    def _paint_backdrop(self, painter: QPainter, stage: SurfaceStage, look: Look) -> None:
        assert self._surface is not None  # noqa: S101 - a stage requires a surface
        frame = frame_of(
            stage.terrain, stage.view, (*self._surface.plane.names, loss_name(stage.terrain.scale))
        )
        if self.mesh is None or self.mesh.most != self._samples:
            self.mesh = mesh_of(self._surface, stage.terrain, self._samples)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_box(painter, stage.view, frame, look.theme)
        painter.drawImage(QPointF(0.0, 0.0), self._surface_drawn(self.mesh, stage, dark=look.theme.is_dark))
        if self.planes:
            levels = np.array([contour.level for contour in self._surface.contours])
            draw_planes(painter, stage, stage.terrain.place(0.0, 0.0, levels)[:, 2], look.theme)
        self.over.taken = draw_axes(painter, stage.view, frame, self._fonts, look.theme)
        if self._marks_lowest and "minimum" not in look.concealed:
            names = self.over.minimum_names
            names.place(painter, stage, self._surface, self._fonts.labels, self.over.taken)
        else:
            self.over.minimum_names.forget()

    def _surface_drawn(self, mesh: Mesh, stage: SurfaceStage, *, dark: bool) -> QImage:
        """Return the image of the surface, cached until the mesh or the stage changes."""
        if self._drawn_on != (mesh, stage):
            self._drawn_on, self._drawn = (mesh, stage), {}
        if dark not in self._drawn:
            self._drawn[dark] = self._surface_image(mesh, stage.view, stage.pixel_ratio, dark=dark)
        return self._drawn[dark]

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.update()
