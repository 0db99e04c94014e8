"""Drawing of a surface into an image with OpenGL. Import it only after `opengl.probe` has found OpenGL."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyqtgraph.opengl as gl
from OpenGL import GL
from pyqtgraph.opengl.GLViewWidget import GLViewMixin
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QMatrix4x4, QOffscreenSurface, QOpenGLContext
from PySide6.QtOpenGL import QOpenGLFramebufferObject, QOpenGLFramebufferObjectFormat
from shiboken6 import isValid

from gdsim.gui.surface.mesh import Mesh
from gdsim.gui.surface.opengl import SAMPLES, renderer_of
from gdsim.gui.surface.projection import Projection

_SOLID = {
    GL.GL_DEPTH_TEST: True,
    GL.GL_BLEND: False,
    GL.GL_CULL_FACE: False,
    # Push the surface back a little, so that lines on it are not half buried.
    GL.GL_POLYGON_OFFSET_FILL: True,
    "glPolygonOffset": (2.0, 2.0),
}


class SurfaceRenderer:
    """An OpenGL context with one surface and its contour lines."""

    def __init__(self) -> None:
        self.device = ""  # the renderer's name; empty if OpenGL does not work
        self._drawn: tuple[Mesh, float, bool] | None = None
        self._target: QOpenGLFramebufferObject | None = None
        self._view = _OffscreenView()
        self._view.create()
        self.context: QOpenGLContext | None = QOpenGLContext()  # None after `close`
        shared = QOpenGLContext.globalShareContext()
        if shared is not None:
            self.context.setShareContext(shared)
        self.context.create()
        with self._current() as current:
            if current:
                self.device = renderer_of(self.context)
                self._make_items()

    def close(self) -> None:
        with self._current() as current:
            if current:
                self._view.clear()
                self._target = None
        self.context = None

    def draw(self, mesh: Mesh, view: Projection, pixel_ratio: float, *, dark: bool) -> QImage | None:
        """Return the surface on a transparent ground, as large as the pane; None if the context is lost.

        With ``dark``, contour lines are darker than the surface where possible.
        """
        size = QSize(math.ceil(view.width * pixel_ratio), math.ceil(view.height * pixel_ratio))
        with self._current() as current:
            if not current:
                return None
            self._set_mesh(mesh, 1.0 - view.camera.flatness, pixel_ratio, dark=dark)
            image = self._draw(view, size)
        if image.isNull():
            return None
        image.setDevicePixelRatio(pixel_ratio)
        return image

    def _make_items(self) -> None:
        self._view.initializeGL()
        self._view.setBackgroundColor(0, 0, 0, 0)
        self._surface = gl.GLSurfacePlotItem(shader=None, computeNormals=False, smooth=True, glOptions=_SOLID)
        self._lines = gl.GLLinePlotItem(mode="lines", glOptions="translucent")
        self._lines.setDepthValue(1)
        self._view.addItem(self._surface)
        self._view.addItem(self._lines)

    def _set_mesh(self, mesh: Mesh, light: float, width: float, *, dark: bool) -> None:
        if (mesh, light, dark) != self._drawn:
            self._drawn = mesh, light, dark
            colours = mesh.highlighted(light).reshape(-1, 4)
            self._surface.setData(x=mesh.x, y=mesh.y, z=mesh.heights, colors=colours)
            tones = np.repeat(mesh.line_tones(light, dark=dark) / 255.0, 2, axis=0)
            opaque = np.column_stack([tones, np.ones(len(tones))])
            self._lines.setData(pos=mesh.lines.reshape(-1, 3), color=opaque)
        self._lines.setData(width=width)

    def _draw(self, view: Projection, size: QSize) -> QImage:
        if self._target is None or self._target.size() != size:
            form = QOpenGLFramebufferObjectFormat()
            form.setAttachment(QOpenGLFramebufferObject.Attachment.Depth)
            form.setInternalTextureFormat(GL.GL_RGBA8)
            form.setSamples(SAMPLES)
            self._target = QOpenGLFramebufferObject(size, form)
        self._target.bind()
        GL.glViewport(0, 0, size.width(), size.height())
        self._view.show_view(view)
        self._target.release()
        return self._target.toImage()

    @contextmanager
    def _current(self) -> Iterator[bool]:
        context = self.context
        # When Python exits, Qt's objects may be destroyed before this one.
        alive = context is not None and isValid(context) and isValid(self._view)
        if context is None or not alive or not context.makeCurrent(self._view):
            yield False
            return
        try:
            yield True
        finally:
            context.doneCurrent()


class _OffscreenView(GLViewMixin, QOffscreenSurface):
    """An off-screen view of pyqtgraph."""

    def __init__(self) -> None:
        self._matrix = QMatrix4x4()
        super().__init__()

    def show_view(self, view: Projection) -> None:
        self._matrix = QMatrix4x4(view.clip_matrix().ravel().tolist())
        whole = (0, 0, math.ceil(view.width), math.ceil(view.height))
        self.paint(region=whole, viewport=whole)

    def context(self) -> QOpenGLContext | None:
        return QOpenGLContext.currentContext()

    def viewMatrix(self) -> QMatrix4x4:
        """Return the identity, because the projection matrix includes the view."""
        return QMatrix4x4()

    def projectionMatrix(self, region: object, viewport: object) -> QMatrix4x4:
        return self._matrix

    def update(self) -> None:
        pass
