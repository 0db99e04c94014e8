import os
import sys

import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning

from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.scene import load_scene
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.quiet import quiet_about
from gdsim.gui.surface import opengl as gl
from gdsim.gui.surface.opengl import GLSupport, has_graphics_device, is_software, probe_opengl
from gdsim.gui.surface.surface_view import SurfaceView
from tests.gui.runtime.test_app import started

LLVMPIPE = "llvmpipe (LLVM 19.1.7, 256 bits)"
CARD = "Mesa Intel(R) UHD Graphics 620"
ASK = """
from PySide6.QtWidgets import QApplication
from gdsim.gui.surface import opengl
opengl.prepare_opengl()
app = QApplication([])
support = opengl.load_driver()
assert not support.available, support
"""


def test_pyopengl_is_told_what_qt_draws_with(opengl):
    assert opengl.renderer
    if sys.platform == "linux":
        assert opengl.platform in ("glx", "egl")
        assert os.environ["PYOPENGL_PLATFORM"] == opengl.platform


@pytest.mark.parametrize(
    ("device", "found"),
    [("dri/renderD128", True), ("nvidia0", True), ("dxg", True), ("dri/card0", False), ("null", False)],
)
def test_a_graphics_device_of_linux_is_known(tmp_path, monkeypatch, device, found):
    monkeypatch.setattr(sys, "platform", "linux")
    place = tmp_path / device
    place.parent.mkdir(exist_ok=True)
    place.touch()
    assert has_graphics_device(tmp_path) is found


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_are_asked_by_their_driver_alone(tmp_path, monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    assert has_graphics_device(tmp_path)


def test_without_a_graphics_device_no_driver_is_loaded(monkeypatch):
    monkeypatch.setattr(gl, "has_graphics_device", lambda: False)
    monkeypatch.setattr(gl, "load_driver", lambda: pytest.fail("a driver was loaded"))
    assert probe_opengl() == GLSupport()


@pytest.mark.parametrize(("renderer", "used"), [(LLVMPIPE, False), (CARD, True)])
def test_only_opengl_of_a_graphics_device_is_used(monkeypatch, renderer, used):
    found = GLSupport(True, renderer, "egl")
    monkeypatch.setattr(gl, "has_graphics_device", lambda: True)
    monkeypatch.setattr(gl, "load_driver", lambda: found)
    assert probe_opengl() == (found if used else GLSupport())


def test_opengl_in_software_leaves_the_surface_to_the_painter(qtbot, opengl, monkeypatch):
    if not is_software(opengl.renderer):
        pytest.skip("a graphics device draws here")
    monkeypatch.setattr(gl, "has_graphics_device", lambda: True)
    pane = SurfaceView(allowed=True)
    qtbot.addWidget(pane)
    scene = load_scene(bundled_scenes()["valley"])
    pane.show_surface(sample_surface(scene.points, scene.view_range))
    assert pane.drawing_method() == "Drawn without OpenGL."


@pytest.mark.parametrize("setting", [{"QT_QPA_PLATFORM": "offscreen"}, {"QT_XCB_GL_INTEGRATION": "none"}])
def test_without_opengl_nothing_is_found_and_nothing_is_printed(setting, qapp):
    if "QT_XCB_GL_INTEGRATION" in setting and qapp.platformName() != "xcb":
        pytest.skip("it needs an X display")
    done = started(ASK, environment=os.environ | setting)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("renderer", "software"),
    [
        (LLVMPIPE, True),
        ("Google SwiftShader", True),
        ("GDI Generic", True),
        (CARD, False),
        ("NVIDIA GeForce RTX 3060/PCIe/SSE2", False),
    ],
)
def test_renderers_that_run_on_the_processor_are_known(renderer, software):
    assert is_software(renderer) is software


def test_a_library_that_is_not_bundled_is_not_missed_aloud(capsys):
    heard = []
    before = qInstallMessageHandler(None)
    try:
        with quiet_about("opengl32sw.dll"):
            qWarning("Failed to load opengl32sw.dll (The specified module could not be found.)")
            qWarning("something else")
        qInstallMessageHandler(lambda _kind, _where, text: heard.append(text))
        with quiet_about("opengl32sw.dll"):
            qWarning("Failed to load opengl32sw.dll")
            qWarning("another thing")
        with quiet_about(""):
            qWarning("of all this nothing")
        qWarning("and after that")
    finally:
        qInstallMessageHandler(before)
    assert capsys.readouterr().err == "something else\n"
    assert heard == ["another thing", "and after that"]
