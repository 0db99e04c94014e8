"""What an answer is worth, and numbers as students write them."""

from dataclasses import dataclass

from gdsim.core.formulas.numerals import NotANumber, read_number
from gdsim.core.language.words import said
from gdsim.core.settings import NUMBER, InvalidValue


@dataclass(frozen=True)
class Judged:
    """What there is to say of an answer."""

    share: float | None  # Of its marks, from 0 to 1; None where a person has to read it
    sentences: tuple[str, ...] = ()  # The most important first
    mistake: str = ""  # The one that explains what is wrong, where it is known

    @property
    def is_right(self) -> bool:
        """Whether nothing is missing."""
        return self.share == 1.0


def no_answer() -> Judged:
    """Return what there is to say where nothing was answered."""
    return Judged(0.0, (said("There is no answer."),))


def number_of(text: str) -> float:
    """Return the number that a student wrote, with a point or a comma; raises `NotANumber`."""
    try:
        return float(NUMBER.check(read_number(text, comma_is_decimal=True)))
    except InvalidValue as fault:
        raise NotANumber(fault.reason) from None
