"""The loss of the X display, at which Xlib ends the process at once if it notices before Qt does."""

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable

from gdsim.core.files.atomic import remove_unfinished
from gdsim.core.process import end_at_once

XLIB = "libX11.so.6"
HANDLER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_kept: list[object] = []  # keeps the handler alive, which Xlib does not


def on_display_loss(then: Callable[[], object]) -> None:
    """Have ``then`` called before Xlib ends the process. It must not use any window."""
    if not sys.platform.startswith("linux"):
        return

    def lost(_display: int | None) -> int:
        try:
            then()
        finally:
            remove_unfinished()
            end_at_once(1)

    with contextlib.suppress(OSError):  # Xlib is not loaded
        library = ctypes.CDLL(XLIB, mode=os.RTLD_NOLOAD)
        handler = HANDLER(lost)
        library.XSetIOErrorHandler(handler)
        _kept.append(handler)
