"""Where Python caches the bytecode of the tests and of the program."""

import os
import sys
from pathlib import Path


def keep_bytecode() -> None:
    """Make this process and those that it starts cache bytecode.

    The tests start Python a hundred times. Bytecode that may not be written beside the sources goes into the
    environment of this Python.
    """
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = sys.pycache_prefix or str(Path(sys.prefix, "bytecode"))
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
