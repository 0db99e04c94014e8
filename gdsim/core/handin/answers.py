"""A student's answers to the tasks of a sheet, and the judgement of an answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TypeAlias

from gdsim.core.exercises.quiz.question import ANSWER_LETTERS
from gdsim.core.formulas.numerals import NotANumber, read_number
from gdsim.core.handin.sheet import OwnTask, TaskSheet
from gdsim.core.language.texts import said
from gdsim.core.settings import NUMBER, InvalidValue

# The texts in the fields of a task, as they were typed.
Fields: TypeAlias = tuple[str, ...]

# The limits of what gdsim writes; a file beyond them is refused.
MOST_TASKS, MOST_FIELDS, MOST_TRIES = 200, 2100, 30
LONGEST_FIELD = 4000
_LONGEST_SECONDS = 1e8


@dataclass(frozen=True)
class Try:
    """An answer that was kept, and the seconds until then."""

    seconds: int
    fields: Fields


@dataclass(frozen=True)
class Answer:
    """The last answer to a task, and the tries so far."""

    number: int  # The number of the task, from 1
    data: str  # The id of the data that the student saw; see `OwnTask`
    fields: Fields
    count: int = 1  # How many answers were kept
    seconds: int = 0  # How long the task was open
    tries: tuple[Try, ...] = ()  # The most recent tries in order; a code has none

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
    lesson: str  # The title of the lesson, by which people recognize the sheet
    answers: tuple[Answer, ...] = field(default=())

    def answer(self, number: int) -> Answer | None:
        return next((one for one in self.answers if one.number == number), None)

    def kept(self, task: OwnTask, fields: Fields, seconds: int) -> "HandIn":
        """Return the hand-in with one more try of a task."""
        old = self.answer(task.number) or Answer(task.number, task.data, (), count=0)
        new = replace(old, data=task.data).again(fields, seconds)
        others = [one for one in self.answers if one.number != task.number]
        return replace(self, answers=tuple(sorted([*others, new], key=lambda one: one.number)))

    def same_answers(self) -> str:
        """Return a digest of the answers, equal for hand-ins with identical answers; empty without any."""
        given = [(one.number, one.fields) for one in self.answers if any(one.fields)]
        return sha256(repr(given).encode(errors="replace")).hexdigest() if given else ""


def new_hand_in(sheet: TaskSheet, name: str) -> HandIn:
    return HandIn(" ".join(name.split()), sheet.id, sheet.lesson.source_title)


def chosen_answers(fields: Sequence[str]) -> tuple[int | None, ...]:
    """Return the indices of the answers that the letters of a quiz name; None for anything but a letter."""
    letters = (one.strip().upper() for one in fields)
    return tuple(
        ANSWER_LETTERS.index(one) if len(one) == 1 and one in ANSWER_LETTERS else None for one in letters
    )


class HandingIn(NamedTuple):
    """The answers of a student, and the file they are written to."""

    hand_in: HandIn
    path: Path


@dataclass(frozen=True)
class AnswerJudgement:
    """The judgement of an answer."""

    share: float | None  # The share of the marks, from 0 to 1; None if a person has to read the answer
    sentences: tuple[str, ...] = ()  # The most important first
    mistake: str = ""  # The sentence that explains what is wrong, if it is known

    @property
    def is_right(self) -> bool:
        return self.share == 1.0


def faulty(sentence: str) -> AnswerJudgement:
    """Return the judgement of an answer that is unusable for the reason in ``sentence``."""
    return AnswerJudgement(0.0, (sentence,), sentence)


def no_answer() -> AnswerJudgement:
    return AnswerJudgement(0.0, (said("There is no answer."),))


def number_of(text: str) -> float:
    """Parse a number with a decimal point or comma; raises `NotANumber`."""
    try:
        return float(NUMBER.check(read_number(text, comma_is_decimal=True)))
    except InvalidValue as fault:
        raise NotANumber(fault.reason) from None
