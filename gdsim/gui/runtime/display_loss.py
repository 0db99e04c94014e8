"""The end of the display. Xlib ends the process, with all that is in it, where it notices before Qt does."""

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable

from gdsim.core.files.atomic import remove_unfinished
from gdsim.core.process import end_at_once

XLIB = "libX11.so.6"
HANDLER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_kept: list[object] = []  # Xlib does not hold what it calls


def on_display_loss(then: Callable[[], object]) -> None:
    """Have ``then`` called before Xlib ends the process; it must ask nothing of Qt's windows."""
    if not sys.platform.startswith("linux"):
        return

    def lost(_display: int | None) -> int:
        try:
            then()
        finally:
            remove_unfinished()
            end_at_once(1)

    with contextlib.suppress(OSError):  # the display is none of Xlib's
        library = ctypes.CDLL(XLIB, mode=os.RTLD_NOLOAD)
        handler = HANDLER(lost)
        library.XSetIOErrorHandler(handler)
        _kept.append(handler)
