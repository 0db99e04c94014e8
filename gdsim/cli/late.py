"""What only some commands load."""

import sys
from contextlib import nullcontext
from importlib import import_module
from types import ModuleType

from gdsim.cli.faults import UsageError
from gdsim.core.process import gc_paused


def gui(module: str) -> ModuleType:
    """Import a module of the window, late, so that headless use needs no Qt libraries."""
    name = f"gdsim.gui.{module}"
    try:
        # Where nothing is loaded any more, nothing is to be kept from the collector.
        with nullcontext() if name in sys.modules else gc_paused():
            import_module("gdsim.gui")
            return import_module(name)
    except ImportError as error:
        raise UsageError(f"gdsim: the window needs a library that is missing: {error}") from None
