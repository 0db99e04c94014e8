"""How well colours can be told apart: their contrast, and their difference for colour-blind people."""

import numpy as np
from PySide6.QtGui import QColor

# Transforms linear RGB to the colour that is perceived: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A
# Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), table 1,
# severity 1.0.
SIGHTS = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
# Linear sRGB to XYZ with the white point D65: IEC 61966-2-1.
_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour):
    """Return the linear red, green and blue of a colour, from 0 to 1."""
    shares = np.array(QColor(colour).getRgbF()[:3])
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    """Return the relative luminance of a colour, from 0 to 1."""
    return float(_XYZ[1] @ linear(colour))


def contrast(one, other):
    """Return the contrast ratio of WCAG 2.2, from 1 for equal luminance to 21 for black on white."""
    lighter, darker = sorted(map(luminance, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def difference(one, other, sight="usual"):
    """Return the colour difference CIEDE2000 of two colours as people with a kind of sight see them.

    G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 color-difference formula", Color Res. Appl. 30 (2005).
    """
    seen = [np.clip(SIGHTS[sight] @ linear(colour), 0.0, 1.0) for colour in (one, other)]
    return ciede2000(*(_lab(colour) for colour in seen))


def _lab(rgb):
    shares = _XYZ @ rgb / _XYZ.sum(axis=1)
    x, y, z = np.where(shares > 216 / 24389, np.cbrt(shares), (24389 / 27 * shares + 16) / 116)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one, other):
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25**7))
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, stretch * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    lightness, c = (l1 + l2) / 2, (c1 + c2) / 2
    h = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    t = (
        1
        - 0.17 * np.cos(np.radians(h - 30))
        + 0.24 * np.cos(np.radians(2 * h))
        + 0.32 * np.cos(np.radians(3 * h + 6))
        - 0.20 * np.cos(np.radians(4 * h - 63))
    )
    parts = (
        (l2 - l1) / (1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)),
        (c2 - c1) / (1 + 0.045 * c),
        dh / (1 + 0.015 * c * t),
    )
    around = 30 * np.exp(-(((h - 275) / 25) ** 2))
    rotation = -np.sin(np.radians(2 * around)) * 2 * np.sqrt(c**7 / (c**7 + 25**7))
    return float(np.sqrt(sum(part**2 for part in parts) + rotation * parts[1] * parts[2]))
