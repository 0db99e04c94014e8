"""What was answered, and how well."""

from dataclasses import dataclass, replace

from gdsim.core.exercises.quiz.question import LEVELS

# So many right answers in a row, and the next question is one level harder.
_RISE_AFTER = 3


@dataclass(frozen=True)
class Score:
    """The score of a quiz.

    Attributes
    ----------
    right, asked : int
    streak, longest : int
        Right answers in a row, now and at most.
    level : int
    at_level : int
        Right answers in a row since the level was reached.
    """

    right: int = 0
    asked: int = 0
    streak: int = 0
    longest: int = 0
    level: int = LEVELS[0]
    at_level: int = 0

    def answered(self, *, right: bool) -> "Score":
        """Return the score after one more answer."""
        if not right:
            return replace(self, asked=self.asked + 1, streak=0, at_level=0)
        streak, at_level = self.streak + 1, self.at_level + 1
        rises = at_level >= _RISE_AFTER and self.level < LEVELS[-1]
        return Score(
            right=self.right + 1,
            asked=self.asked + 1,
            streak=streak,
            longest=max(self.longest, streak),
            level=self.level + 1 if rises else self.level,
            at_level=0 if rises else at_level,
        )

    def at(self, level: int) -> "Score":
        """Return the score at a level that was chosen."""
        return replace(self, level=level, at_level=0)
