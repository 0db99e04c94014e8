"""What a stop says, with its numbers computed and its formulas typeset. Runs outside the window's thread."""

from dataclasses import dataclass
from functools import lru_cache

from gdsim.core.lessons.caption import Caption, CaptionFault, Words, filled
from gdsim.core.lessons.files import caption_numbers
from gdsim.core.lessons.latex import Math, latex
from gdsim.core.lessons.lesson import Stop

FORMULA_SIZE = 16.0


@dataclass(frozen=True)
class Said:
    """What a stop says, with its numbers."""

    caption: Caption
    look: Caption


def said_at(stop: Stop) -> Said:
    """Return what a stop says; a number that cannot be computed becomes a sentence."""
    try:
        numbers, more = caption_numbers(stop)
    except CaptionFault as fault:
        return Said(Caption((Words(f"This caption cannot be shown: {fault}."),)), Caption())
    return Said(filled(stop.caption, numbers), filled(stop.look, more))


def pictures_of(stop: Stop) -> tuple[bytes, ...]:
    """Return the formulas of a stop as SVG in the colour ``currentColor``; empty where that fails."""
    return tuple(_picture(formula) for formula in stop.formulas)


@lru_cache(maxsize=256)
def _picture(formula: Math) -> bytes:
    try:
        return _typeset(formula)
    except Exception:  # noqa: BLE001 - whatever the typesetting cannot do: the formula is shown as text
        return b""


def _typeset(formula: Math) -> bytes:
    # Loading takes as long as ten formulas; nobody waits for it before the first one.
    from ziamath.config import config  # noqa: PLC0415
    from ziamath.zmath import Latex  # noqa: PLC0415

    # Qt's reader of SVG knows no symbols: without this it draws fragments.
    config.svg2 = False
    svg: str = Latex(latex(formula.root), size=FORMULA_SIZE, color="currentColor").svg()
    return svg.encode()
