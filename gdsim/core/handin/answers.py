"""What a student hands in: a name, the sheet it is of, an answer to each task; and what that is worth."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TypeAlias

from gdsim.core.exercises.quiz.question import LETTERS
from gdsim.core.formulas.numerals import NotANumber, read_number
from gdsim.core.handin.sheet import OwnTask, Sheet
from gdsim.core.language.words import said
from gdsim.core.settings import NUMBER, InvalidValue

# What was typed into the fields of a task, each as it was typed.
Fields: TypeAlias = tuple[str, ...]

# What a file may hold; more was not made by the program.
MOST_TASKS, MOST_FIELDS, MOST_TRIES = 200, 2100, 30
LONGEST_FIELD = 4000
_LONGEST_SECONDS = 1e8


@dataclass(frozen=True)
class Try:
    """An answer that was kept, and after how many seconds."""

    seconds: int
    fields: Fields


@dataclass(frozen=True)
class Answer:
    """The last answer to a task, and what was kept before it."""

    number: int  # Of the task, from 1
    data: str  # Of the data that were seen; see `OwnTask`
    fields: Fields
    count: int = 1  # How many answers were kept
    seconds: int = 0  # For how long the task was open
    tries: tuple[Try, ...] = ()  # The last of them in their order; a code has none

    def again(self, fields: Fields, seconds: int) -> "Answer":
        """Return the answer after another try, ``seconds`` after the one before."""
        total = min(self.seconds + seconds, int(_LONGEST_SECONDS))
        tries = (*self.tries, Try(total, fields))[-MOST_TRIES:]
        return replace(self, fields=fields, count=self.count + 1, seconds=total, tries=tries)


@dataclass(frozen=True)
class HandIn:
    """The answers of one student to one sheet."""

    name: str
    sheet: str  # The id of the sheet
    lesson: str  # Its title, to say which one it was
    answers: tuple[Answer, ...] = field(default=())

    def answer(self, number: int) -> Answer | None:
        """Return the answer to a task; None where there is none."""
        return next((one for one in self.answers if one.number == number), None)

    def kept(self, task: OwnTask, fields: Fields, seconds: int) -> "HandIn":
        """Return the hand-in with one more try of a task."""
        old = self.answer(task.number) or Answer(task.number, task.data, (), count=0)
        new = replace(old, data=task.data).again(fields, seconds)
        others = [one for one in self.answers if one.number != task.number]
        return replace(self, answers=tuple(sorted([*others, new], key=lambda one: one.number)))

    def same_answers(self) -> str:
        """Return what two hand-ins have in common whose answers are the same, word by word."""
        given = [(one.number, one.fields) for one in self.answers if any(one.fields)]
        return sha256(repr(given).encode(errors="replace")).hexdigest() if given else ""


def new_hand_in(sheet: Sheet, name: str) -> HandIn:
    """Return a sheet without answers yet."""
    return HandIn(" ".join(name.split()), sheet.id, sheet.lesson.source_title)


def letters_of(fields: Sequence[str]) -> tuple[int | None, ...]:
    """Return which answers of a quiz the letters stand for; None for anything else."""
    letters = (one.strip().upper() for one in fields)
    return tuple(LETTERS.index(one) if len(one) == 1 and one in LETTERS else None for one in letters)


class HandingIn(NamedTuple):
    """The answers of a student, and the file that they go into."""

    hand_in: HandIn
    path: Path


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


def faulty(sentence: str) -> Judged:
    """Return what there is to say of an answer of which nothing else can be told."""
    return Judged(0.0, (sentence,), sentence)


def no_answer() -> Judged:
    """Return what there is to say where nothing was answered."""
    return Judged(0.0, (said("There is no answer."),))


def number_of(text: str) -> float:
    """Return the number that a student wrote, with a point or a comma; raises `NotANumber`."""
    try:
        return float(NUMBER.check(read_number(text, comma_is_decimal=True)))
    except InvalidValue as fault:
        raise NotANumber(fault.reason) from None
