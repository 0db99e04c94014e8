"""The catalog of update rules. A rule that is listed here is known everywhere in the program."""

from gdsim.core.optimizers.adagrad import AdaGrad
from gdsim.core.optimizers.adam import Adam
from gdsim.core.optimizers.base import Optimizer
from gdsim.core.optimizers.gd import GradientDescent
from gdsim.core.optimizers.momentum import Momentum
from gdsim.core.optimizers.nesterov import Nesterov
from gdsim.core.optimizers.rmsprop import RMSProp

OPTIMIZERS: dict[str, type[Optimizer]] = {
    rule.id: rule for rule in (GradientDescent, Momentum, Nesterov, AdaGrad, RMSProp, Adam)
}
