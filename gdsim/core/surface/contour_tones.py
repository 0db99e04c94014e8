"""The colours of contour lines: tones of the ground beneath them, light or dark enough to stand out.

No single colour stands out on all colours of the loss: what is visible on violet is lost on yellow.
"""

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array, Flags, Rows

ToneColours = npt.NDArray[np.uint8]

# Contrast (WCAG 2.2) between a line and its ground: the usual one, and the least where the line is all white
# or black.
_CONTRAST, _LEAST = 3.6, 3.1
# Weights of linear red, green and blue (IEC 61966-2-1), and what WCAG adds to each luminance.
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_FLARE = 0.05
# Below these values, linear and coded, the transfer function of sRGB is a straight line.
_DIM, _DIM_CODED = 0.0031308, 0.04045


def contour_tones(
    ground: ToneColours, beside: ToneColours | None = None, *, dark: bool, lines: Rows | None = None
) -> ToneColours:
    """Return the colours of lines on a ground, both (n, 3): lighter than the ground, or darker with ``dark``.

    Where such a tone cannot stand out, it is the other way round. Where a line separates two colours,
    ``beside`` is the colour on its other side. Given the number of the line of each row in ``lines`` (n,), a
    line is lighter or darker throughout, if it stands out that way everywhere.
    """
    rgb = _linear(ground)
    luminance = _luminance(rgb)
    other = luminance if beside is None else _luminance(_linear(beside))
    top, bottom = np.maximum(luminance, other), np.minimum(luminance, other)
    lighter = np.minimum(_CONTRAST * (top + _FLARE) - _FLARE, 1.0)
    darker = np.maximum((bottom + _FLARE) / _CONTRAST - _FLARE, 0.0)
    may_rise = (lighter + _FLARE) / (top + _FLARE) >= _LEAST
    may_fall = (bottom + _FLARE) / (darker + _FLARE) >= _LEAST
    goes_up = ~may_fall if dark else may_rise
    if lines is not None:
        all_rise, all_fall = _set_along_line(may_rise, lines), _set_along_line(may_fall, lines)
        first, second = (all_fall, all_rise) if dark else (all_rise, all_fall)
        goes_up = np.where(first, not dark, np.where(second, dark, goes_up))
    to_white = ((lighter - luminance) / np.maximum(1.0 - luminance, 1e-9))[:, np.newaxis]
    to_black = (darker / luminance)[:, np.newaxis]
    tones = np.where(goes_up[:, np.newaxis], rgb + to_white * (1.0 - rgb), rgb * to_black)
    return np.rint(255.0 * _coded(tones)).astype(np.uint8)


def _set_along_line(flags: Flags, lines: Rows) -> Flags:
    """Return for each row whether the flag is set in all rows of the same line."""
    unset = np.bincount(lines, ~flags)
    return np.asarray(unset[lines] == 0.0)


def _luminance(linear: Array) -> Array:
    luminance: Array = np.maximum(linear @ _LUMINANCE, 1e-9)
    return luminance


def _linear(colours: ToneColours) -> Array:
    shares = colours / 255.0
    return np.where(shares <= _DIM_CODED, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def _coded(linear: Array) -> Array:
    linear = np.clip(linear, 0.0, 1.0)
    return np.where(linear <= _DIM, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
