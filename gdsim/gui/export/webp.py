"""Writer of animated WebP files: Pillow takes the pictures one by one, and keeps them compressed."""

from pathlib import Path

from PIL import Image

from gdsim.gui.export.clip import Clip

_QUALITY, _METHOD = 85, 2


def write_webp(clip: Clip, out: Path) -> None:
    """Write a clip that repeats, with slightly lossy compression."""
    reel = _Reel(clip)
    reel.save(
        out, format="WEBP", save_all=True, duration=reel.durations, loop=0, quality=_QUALITY, method=_METHOD
    )


class _Reel(Image.Image):
    """An image that loads the next picture when Pillow seeks it.

    Pillow puts appended images into a list, but seeks the next picture of a multi-frame image only when it
    needs it.
    """

    def __init__(self, clip: Clip) -> None:
        super().__init__()
        self._clip = clip
        self._place = -1
        self.n_frames = clip.total
        # Pillow reads the duration of a picture after seeking it.
        self.durations: list[int] = []
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Load a later picture; seeking back, as Pillow does at the end, is a no-op."""
        while self._place < frame:
            shown = next(self._clip.frames)
            picture = Image.fromarray(shown.rgb)
            self._mode, self._size, self.im = picture.mode, picture.size, picture.im
            self.durations.append(shown.ms)
            self._place += 1

    def tell(self) -> int:
        return self._place
