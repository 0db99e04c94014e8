"""Computing the numbers in a stop's captions, and typesetting its formulas; runs in a worker thread."""

from dataclasses import dataclass, field, replace
from functools import lru_cache

from gdsim.core.language.key_names import in_own_keys
from gdsim.core.lessons.caption import Caption, CaptionFault, Words, filled_caption
from gdsim.core.lessons.files import caption_numbers
from gdsim.core.lessons.latex import Math
from gdsim.core.lessons.lesson import Stop
from gdsim.gui.paint.formula_picture import typeset_svg
from gdsim.gui.translation import tr


@dataclass(frozen=True)
class StopTexts:
    """The captions of a stop, with their numbers."""

    caption: Caption
    look: Caption = field(default_factory=Caption)
    question: Caption = field(default_factory=Caption)
    answer: Caption = field(default_factory=Caption)
    notes: Caption = field(default_factory=Caption)

    def at(self, stop: Stop, stage: int) -> dict[str, Caption]:
        """Return the captions shown at a stage, in order, by the names of the fields."""
        hidden, is_asking = stop.hidden_at(stage), stop.is_asking(stage)
        said = {"caption": self.caption, "question": self.question, "answer": self.answer, "look": self.look}
        # A question is shown instead of its answer and of what to look at; the question of a task stays.
        stays = stop.task is not None and not self.answer.pieces
        silent = {"answer"} if is_asking or stays else {"question"}
        if is_asking and self.question.pieces:
            silent.add("look")
        return {key: one for key, one in said.items() if one.pieces and key not in hidden | silent}


def said_at(stop: Stop) -> StopTexts:
    """Return the captions of a stop, or a sentence that says which number cannot be computed."""
    try:
        numbers = caption_numbers(stop)
    except CaptionFault as fault:
        words = tr("This caption cannot be shown: {fault}.").format(fault=fault)
        return StopTexts(Caption((Words(words),)))
    return StopTexts(
        **{key: _in_own_keys(filled_caption(caption, numbers[key])) for key, caption in stop.captions.items()}
    )


def _in_own_keys(caption: Caption) -> Caption:
    pieces = (
        replace(one, text=in_own_keys(one.text)) if isinstance(one, Words) else one for one in caption.pieces
    )
    return Caption(tuple(pieces))


def pictures_of(stop: Stop) -> tuple[bytes, ...]:
    """Return the formulas of a stop as SVG in ``currentColor``; empty for one that cannot be typeset."""
    return tuple(_picture(formula) for formula in stop.formulas)


@lru_cache(maxsize=256)
def _picture(formula: Math) -> bytes:
    return typeset_svg(formula.for_typesetting)
