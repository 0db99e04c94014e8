"""The catalog of update rules. A rule that is listed here is known everywhere in the program."""

from gdsim.core.rules.optimizers.adagrad import AdaGrad
from gdsim.core.rules.optimizers.adam import Adam
from gdsim.core.rules.optimizers.base import Optimizer
from gdsim.core.rules.optimizers.gd import GradientDescent
from gdsim.core.rules.optimizers.momentum import Momentum
from gdsim.core.rules.optimizers.nesterov import Nesterov
from gdsim.core.rules.optimizers.rmsprop import RMSProp

OPTIMIZERS: dict[str, type[Optimizer]] = {
    rule.id: rule for rule in (GradientDescent, Momentum, Nesterov, AdaGrad, RMSProp, Adam)
}
