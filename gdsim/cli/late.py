"""What only some commands load."""

from types import ModuleType

from gdsim.cli.faults import UsageError


def gui() -> ModuleType:
    """Import the window, late, so that headless use needs no Qt libraries."""
    try:
        from gdsim.gui import app
    except ImportError as error:
        raise UsageError(f"gdsim: the window needs a library that is missing: {error}") from None
    return app
