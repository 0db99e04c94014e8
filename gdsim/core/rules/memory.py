"""What a rule says of its memory: how a state variable gathers the gradients it meets."""

from typing import NamedTuple

from gdsim.core.rules.schedules import Rate


class Past(NamedTuple):
    """The rates and the numbers of some updates, one after the other.

    Attributes
    ----------
    eta, gamma, t : float or (n,) array
        Learning rate, momentum (NaN for a rule without one), and the number from 1.
    """

    eta: Rate
    gamma: Rate
    t: Rate


class Memory(NamedTuple):
    """A state variable that is a weighted sum of gradients: z_t = keep·z_{t-1} + take·g_t^power.

    Attributes
    ----------
    keep, take : float or (n,) array
        What is kept of the old value, and what is taken of the gradient, at each of n updates.
    power : int
        1 when it gathers gradients, 2 when it gathers their squares.
    correction : float or (n,) array
        The factor that makes up for the start at zero; 1 when the rule knows of none.
    corrected : bool
        Whether the rule steps with the corrected value.
    """

    keep: Rate
    take: Rate
    power: int = 1
    correction: Rate = 1.0
    corrected: bool = False
