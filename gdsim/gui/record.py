"""Pictures and animations of the whole window, without a person at it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QBuffer, QEventLoop, QIODevice, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from gdsim.core.atomic import replacing
from gdsim.gui.main_window import MainWindow
from gdsim.session.session import Session

_FRAMES = 90
_FRAME_MS = 80
# The last picture stands still for a moment before the animation begins again.
_LAST_MS = 1500
# The last place in the palette stands for a pixel that stays as it was.
_COLOURS, _SAME = 240, 255


class Recorder:
    """Takes pictures of a window.

    Parameters
    ----------
    window : MainWindow
    session : Session
    interrupted : callable
        Whether to give up.
    """

    def __init__(self, window: MainWindow, session: Session, interrupted: Callable[[], bool]) -> None:
        self._window = window
        self._session = session
        self._interrupted = interrupted

    def save_picture(self, out: Path, step: int | None) -> None:
        """Save the window as a PNG, standing at ``step`` (the last one when it is None).

        Raises
        ------
        ValueError
            If there is no such step.
        OSError
            If the file cannot be written.
        KeyboardInterrupt
            If it was interrupted.
        """
        length = self._settled_length()
        if step is not None and step > length:
            raise ValueError(f"there is no step {step}; the last one is {length}")
        image = self._picture_at(length if step is None else step)
        with replacing(out) as unfinished:
            unfinished.write_bytes(_png(image))

    def save_animation(self, out: Path) -> None:
        """Save the window as a GIF that plays all runs from their start to their end.

        Raises
        ------
        OSError
            If the file cannot be written.
        KeyboardInterrupt
            If it was interrupted.
        """
        length = self._settled_length()
        steps = sorted({round(length * part / _FRAMES) for part in range(_FRAMES + 1)})
        frames = (self._picture_at(step) for step in steps)
        with replacing(out) as unfinished:
            _write_gif(frames, len(steps), unfinished)

    def _settled_length(self) -> int:
        """Let the program work, as it would with a person waiting, until all is computed."""
        loop = QEventLoop()
        timer = QTimer()

        def look() -> None:
            if self._window.is_settled() or self._interrupted():
                loop.quit()

        timer.timeout.connect(look)
        timer.start(5)
        loop.exec()
        timer.stop()
        self._give_up_if_interrupted()
        return self._session.playhead.length

    def _picture_at(self, step: int) -> QImage:
        self._give_up_if_interrupted()
        self._session.play(lambda head: head.pause().seek(step))
        # Whatever the position brought up, such as a layout that shifts, is done before the shutter opens.
        for _ in range(3):
            QApplication.processEvents()
        self._window.show_now()
        return self._window.grab().toImage()

    def _give_up_if_interrupted(self) -> None:
        if self._interrupted():
            raise KeyboardInterrupt


def _write_gif(frames: Iterator[QImage], count: int, path: Path) -> None:
    first = _pillow(next(frames))
    palette = first.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)

    def changes() -> Iterator[Image.Image]:
        """Yield each further picture with everything that stays as it was left out."""
        before = np.asarray(palette)
        for frame in frames:
            now = np.asarray(_pillow(frame).quantize(palette=palette, dither=Image.Dither.NONE))
            change = Image.fromarray(np.where(now == before, _SAME, now).astype(np.uint8), "P")
            change.putpalette(palette.getpalette() or [])
            yield change
            before = now

    palette.save(
        path,
        format="GIF",
        save_all=True,
        append_images=changes(),
        duration=[_FRAME_MS] * (count - 1) + [_LAST_MS],
        loop=0,
        transparency=_SAME,
        disposal=1,  # the next picture is laid over this one
        optimize=False,
    )


def _pillow(image: QImage) -> Image.Image:
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    return Image.frombuffer(
        "RGB", (rgb.width(), rgb.height()), bytes(rgb.constBits()), "raw", "RGB", rgb.bytesPerLine()
    )


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide6 6.8 wants bytes, later ones text
    return bytes(buffer.data().data())
