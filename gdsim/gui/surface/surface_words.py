"""What an error surface looks like, in words for those who do not see it."""

from PySide6.QtCore import QCoreApplication

from gdsim.core.formulas.numerals import rounded
from gdsim.core.surface.surface import HeightMap


def surface_words(surface: HeightMap) -> str:
    """Return the window, the range of the loss in it, and where it is lowest, as sentences."""
    window, low = surface.window, surface.minimum
    ends = (window.w_min, window.w_max, window.b_min, window.b_max, float(surface.loss.max()))
    words = QCoreApplication.translate(
        "Surface",
        "w from {0} to {1}, b from {2} to {3}. The loss is at most {4}; it is lowest at w {5}, b {6}: {7}.",
    )
    return words.format(*(rounded(value, 3).replace("-", "−") for value in (*ends, low.w, low.b, low.loss)))
