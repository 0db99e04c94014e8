import os
import subprocess
import sys

import pytest

from gdsim.gui.surface.opengl import GLSupport, is_software, probe

ASK = """
from PySide6.QtWidgets import QApplication
from gdsim.gui.surface import opengl
opengl.prepare()
app = QApplication([])
support = opengl.probe()
assert not support.available, support
"""


def test_the_probe_finds_what_qt_draws_with(opengl):
    support = probe()
    assert support.available
    assert support.renderer
    if sys.platform == "linux":
        assert support.platform in ("glx", "egl")
        assert os.environ["PYOPENGL_PLATFORM"] == support.platform


@pytest.mark.parametrize("setting", [{"QT_QPA_PLATFORM": "offscreen"}, {"QT_XCB_GL_INTEGRATION": "none"}])
def test_without_opengl_nothing_is_found_and_nothing_is_printed(setting, qapp):
    if "QT_XCB_GL_INTEGRATION" in setting and qapp.platformName() != "xcb":
        pytest.skip("it needs an X display")
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=os.environ | setting, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_support_is_the_default():
    assert GLSupport() == GLSupport(available=False, software=False, renderer="", platform="")


@pytest.mark.parametrize(
    ("renderer", "software"),
    [
        ("llvmpipe (LLVM 19.1.7, 256 bits)", True),
        ("Google SwiftShader", True),
        ("GDI Generic", True),
        ("Mesa Intel(R) UHD Graphics 620", False),
        ("NVIDIA GeForce RTX 3060/PCIe/SSE2", False),
    ],
)
def test_renderers_that_run_on_the_processor_are_known(renderer, software):
    assert is_software(renderer) is software
