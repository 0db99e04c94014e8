"""Writing an animated WebP: Pillow takes the pictures one by one, and keeps them packed."""

from pathlib import Path

from PIL import Image

from gdsim.gui.export.clip import Clip

_QUALITY, _METHOD = 85, 2


def write_webp(clip: Clip, out: Path) -> None:
    """Write a clip that repeats, small and a little lossy."""
    reel = _Reel(clip)
    reel.save(
        out, format="WEBP", save_all=True, duration=reel.durations, loop=0, quality=_QUALITY, method=_METHOD
    )


class _Reel(Image.Image):
    """An image that becomes the next picture when Pillow seeks it.

    Pillow makes a list of the images that are to be appended, but seeks in an image of many
    pictures only when it needs the next one.
    """

    def __init__(self, clip: Clip) -> None:
        super().__init__()
        self._clip = clip
        self._place = -1
        self.n_frames = clip.total
        # Pillow reads the duration of a picture after it has sought it.
        self.durations: list[int] = []
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Become a later picture; in the end Pillow seeks the first one again, and needs nothing."""
        while self._place < frame:
            shown = next(self._clip.frames)
            picture = Image.fromarray(shown.rgb)
            self._mode, self._size, self.im = picture.mode, picture.size, picture.im
            self.durations.append(shown.ms)
            self._place += 1

    def tell(self) -> int:
        return self._place
