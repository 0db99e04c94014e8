"""The catalog of quantities that a caption may ask for."""

from collections.abc import Callable
from typing import NamedTuple

from gdsim.core.lessons import measures
from gdsim.core.lessons.expression import Asked
from gdsim.core.lessons.facts import Facts


class Quantity(NamedTuple):
    """One quantity.

    Attributes
    ----------
    arguments : str
        Their names, as the documentation shows them; those in brackets may be left out.
    doc : str
        What it is.
    compute : callable
        Takes the facts and the arguments as they were typed.
    """

    arguments: str
    doc: str
    compute: Callable[..., float]

    @property
    def arity(self) -> tuple[int, int]:
        """How many arguments it takes: at least, at most."""
        names = self.arguments.split()
        return sum(not name.startswith("[") for name in names), len(names)


def compute(facts: Facts, asked: Asked) -> float:
    """Return a quantity.

    Raises
    ------
    ExpressionFault
        If the experiment has no such thing.
    """
    return float(QUANTITIES[asked.name].compute(facts, *asked.arguments))


QUANTITIES: dict[str, Quantity] = {
    "loss": Quantity("RUN STEP", "the loss after a step, over all points", measures.loss),
    "w": Quantity("RUN STEP", "the first weight after a step", measures.parameter("w")),
    "b": Quantity("RUN STEP", "the bias after a step", measures.parameter("b")),
    "f": Quantity("RUN STEP POINT", "what the neuron answers for a point, counted from 1", measures.output),
    "gradient": Quantity(
        "RUN STEP [AXIS]",
        "the gradient of the update that leads to a step: its w or b, or its size",
        measures.gradient,
    ),
    "moved": Quantity(
        "RUN STEP STEP [AXIS]", "how far from one step to another: along w or b, or both", measures.moved
    ),
    "eta": Quantity("RUN STEP", "the learning rate of the update that leads to a step", measures.eta),
    "gamma": Quantity("RUN STEP", "the momentum of the update that leads to a step", measures.gamma),
    "rate": Quantity("RUN STEP AXIS", "what the rule really multiplies with, for w or for b", measures.rate),
    "memory": Quantity(
        "RUN STEP LETTER AXIS", "what a rule remembers: v, m, v_hat or m_hat", measures.memory
    ),
    "setting": Quantity("RUN NAME", "a setting of the rule, such as eta, gamma or beta1", measures.setting),
    "steps": Quantity("RUN", "how many steps a run makes", measures.steps),
    "epochs": Quantity("RUN", "how many epochs a run makes", measures.epochs),
    "per_epoch": Quantity("RUN", "how many steps are one epoch", measures.per_epoch),
    "rises": Quantity("RUN STEP STEP", "how many steps between two raised the loss", measures.rises),
    "lowest": Quantity("RUN STEP STEP", "the lowest loss between two steps", measures.lowest),
    "highest": Quantity("RUN STEP STEP", "the highest loss between two steps", measures.highest),
    "turns": Quantity("RUN", "how often a run turns back across the valley", measures.turns),
    "first_below": Quantity("RUN LOSS", "the first step whose loss is below a number", measures.first_below),
    "loss_at": Quantity("W B", "the loss at a place", measures.loss_at),
    "gradient_at": Quantity(
        "W B [AXIS]", "the gradient at a place: its w or b, or its size", measures.gradient_at
    ),
    "output_at": Quantity("W B X", "what a neuron with these w and b answers for an x", measures.output_at),
    "points": Quantity("", "how many points there are", measures.points),
    "points_at": Quantity("X", "how many points have this x", measures.points_at),
    "x": Quantity("POINT", "the x of a point, counted from 1", measures.x),
    "y": Quantity("POINT", "the y of a point, counted from 1", measures.y),
    "minimum": Quantity("WHAT", "w, b or loss of the lowest place of the window", measures.minimum),
}
ARITIES = {name: quantity.arity for name, quantity in QUANTITIES.items()}
