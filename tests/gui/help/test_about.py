"""What About, --version and reports of errors say: the versions, and how the surface is drawn."""

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox, QWidget

import gdsim
from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.scene import load_scene
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.help.help_commands import show_about
from gdsim.gui.help.versions import component_versions, report, surface_line
from gdsim.gui.surface import surface_view
from gdsim.gui.surface.opengl import GLSupport
from gdsim.gui.surface.surface_view import SurfaceView


@pytest.mark.parametrize(
    ("support", "words"),
    [
        (GLSupport(), "painted, without OpenGL"),
        (GLSupport(True, "Some card", "egl"), "OpenGL, Some card (contexts by egl)"),
        (GLSupport(True, "Some card"), "OpenGL, Some card"),
    ],
)
def test_the_surface_pane_that_is_used_is_named(support, words):
    assert surface_line(support) == words


def test_a_report_has_versions_system_display_and_surface(qapp):
    lines = report("painted")
    assert lines[0] == f"gdsim {gdsim.__version__}"
    assert f"NumPy {np.__version__}" in lines[1]
    assert lines[-2:] == [f"Display: {qapp.platformName()}", "Surface: painted"]
    assert all(component_versions().values())


def test_about_shows_versions_surface_and_licences(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    show_about(parent, "Drawn with OpenGL: llvmpipe.")
    (box,) = parent.findChildren(QMessageBox)
    assert gdsim.__version__ in box.text()
    words = box.informativeText()
    assert f"NumPy {np.__version__}" in words
    assert "Drawn with OpenGL: llvmpipe." in words
    assert "LGPL" in words
    box.close()


def test_the_surface_tells_by_what_it_is_drawn(qtbot):
    pane = SurfaceView(allowed=False)
    qtbot.addWidget(pane)
    assert "not drawn yet" in pane.drawing_method()
    assert "OpenGL" not in pane.accessibleDescription()
    scene = load_scene(bundled_scenes()["valley"])
    pane.show_surface(sample_surface(scene.points, scene.view_range))
    assert pane.drawing_method() == "Drawn without OpenGL."
    assert pane.drawing_method() in pane.accessibleDescription()


def test_the_renderer_of_opengl_is_told(qtbot, opengl, monkeypatch):
    monkeypatch.setattr(surface_view, "probe_opengl", lambda: opengl)
    pane = SurfaceView(allowed=True)
    qtbot.addWidget(pane)
    scene = load_scene(bundled_scenes()["valley"])
    pane.show_surface(sample_surface(scene.points, scene.view_range))
    assert pane.drawing_method() == f"Drawn with OpenGL: {opengl.renderer}."
    assert pane.drawing_method() in pane.accessibleDescription()
