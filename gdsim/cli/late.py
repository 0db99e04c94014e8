"""What only some commands load."""

from importlib import import_module
from types import ModuleType

from gdsim.cli.faults import UsageError


def gui(module: str = "app") -> ModuleType:
    """Import a module of the window, late, so that headless use needs no Qt libraries."""
    try:
        import_module("gdsim.gui")
        return import_module(f"gdsim.gui.{module}")
    except ImportError as error:
        raise UsageError(f"gdsim: the window needs a library that is missing: {error}") from None
