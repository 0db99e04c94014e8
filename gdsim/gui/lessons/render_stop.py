"""What a stop says, with its numbers computed and its formulas typeset. Runs outside the window's thread."""

from dataclasses import dataclass
from functools import lru_cache

from gdsim.core.lessons.caption import Caption, CaptionFault, Words, filled
from gdsim.core.lessons.files import caption_numbers
from gdsim.core.lessons.latex import Math, latex
from gdsim.core.lessons.lesson import Stop
from gdsim.gui.paint.formula_picture import typeset_svg


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
    return typeset_svg(latex(formula.root))
