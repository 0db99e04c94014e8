"""The loops around an update: epochs, batches, and whatever has to be counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cut:
    """How an epoch is cut into updates.

    Attributes
    ----------
    points : int
        How many there are.
    size : int
        How many of them feed one update.
    shuffled : bool
        Whether every epoch takes them in an order of its own.
    """

    points: int
    size: int
    shuffled: bool

    @property
    def whole(self) -> bool:
        """Whether every update uses all points as they stand in the table."""
        return self.size == self.points and not self.shuffled

    @property
    def words(self) -> str:
        """What descent on such batches is called."""
        return "stochastic" if self.size == 1 else "mini-batch"

    @property
    def takes_size(self) -> bool:
        """Whether the size is a number to choose; one point is always one point."""
        return not self.whole and self.size > 1

    @property
    def batch(self) -> str:
        """The names of the points that feed an update."""
        return "X, Y" if self.whole else "x, y"

    @property
    def loop(self) -> str:
        """The line that goes through the batches of an epoch."""
        points = "X[order], Y[order]" if self.shuffled else "X, Y"
        return f"for x, y in batches({points}, {'size' if self.takes_size else 1}):"


@dataclass(frozen=True)
class Loop:
    """The loops of a run.

    Attributes
    ----------
    cut : Cut
    needed : set of str
        The names that an update needs; of them, ``epoch``, ``step`` and ``t`` are counted here.
    validation : bool
        Whether the validation loss is looked at after every epoch.
    """

    cut: Cut
    needed: Collection[str]
    validation: bool

    def before(self) -> list[str]:
        """Return what stands before the loops."""
        lines = [f"    {self._counter} = 0"] if self._counter else []
        return [*lines, "    rises, last_loss = 0, math.inf"] if self.validation else lines

    def around(self, update: Sequence[str], made: str) -> list[str]:
        """Return the loops around the lines of an update, which end with the line ``made``."""
        whole = self.cut.whole
        margin = " " * (8 if whole else 12)
        counted, counts = self._counts()
        body = [*self._derived(), *counted, *update, *counts, made]
        return [
            f"    {self._epochs()}",
            *([] if whole else [f"        {self.cut.loop}"]),
            *(f"{margin}{line}" for line in body),
            *self._look_at_validation(),
        ]

    @property
    def _counter(self) -> str:
        """What is counted from one update to the next, if an epoch has several: steps from 0, or t from 1."""
        names = () if self.cut.whole else ("step", "t")
        return next((name for name in names if name in self.needed), "")

    def _counts(self) -> tuple[list[str], list[str]]:
        """Return the lines that count, before and after the update."""
        match self._counter:
            case "step":
                return [], ["step += 1"]
            case "t":
                return ["t += 1"], []
        return [], []

    def _derived(self) -> list[str]:
        """Return the lines for counts that follow from another one."""
        lines = []
        if self.cut.whole and {"epoch", "step"} <= set(self.needed):
            lines.append("step = epoch  # every update is an epoch")
        if "t" in self.needed and self._updates_made:
            lines.append(f"t = {self._updates_made} + 1")
        return lines

    @property
    def _updates_made(self) -> str:
        """The name, if any, that counts updates from 0."""
        if self.cut.whole:
            return self._index
        return "step" if "step" in self.needed else ""

    @property
    def _index(self) -> str:
        """What the loop over the epochs counts, from 0; where every update is an epoch, also its steps."""
        names = ("epoch", "step") if self.cut.whole else ("epoch",)
        return next((name for name in names if name in self.needed), "")

    def _epochs(self) -> str:
        orders = "islice(orders(seed), epochs)"
        if self.cut.shuffled:
            return f"for epoch, order in enumerate({orders}):" if self._index else f"for order in {orders}:"
        if self.cut.whole and not self._index and "t" in self.needed:
            return "for t in range(1, epochs + 1):"
        return f"for {self._index or '_'} in range(epochs):"

    def _look_at_validation(self) -> list[str]:
        if not self.validation:
            return []
        return [
            "        validation_loss = loss(w, b, X_VALIDATION, Y_VALIDATION)",
            "        if validation_loss > last_loss:",
            "            rises += 1",
            "        last_loss = validation_loss",
        ]
