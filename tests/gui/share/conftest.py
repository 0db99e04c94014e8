"""The window and the simulated user of the tests of files: a link is opened as a file is."""

from tests.gui.files.conftest import person, window

__all__ = ["person", "window"]
