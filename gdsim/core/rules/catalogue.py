"""The update rules. A rule that is listed here is known everywhere in the program."""

from gdsim.core.rules.rule import Rule
from gdsim.core.settings import BELOW_ONE, POSITIVE, Setting, switch


def eta(default: float, doc: str = "How far to go for each unit of gradient.") -> Setting:
    """Declare a learning rate."""
    return Setting("eta", "η", "learning rate", doc, default, POSITIVE, 1e-5, 100.0, log=True)


def gamma(default: float = 0.9) -> Setting:
    """Declare a momentum, which a schedule may steer."""
    doc = "The share of the last step that is carried into the next."
    return Setting("gamma", "γ", "momentum", doc, default, BELOW_ONE, 0.0, 0.999)


def beta(name: str, symbol: str, default: float, doc: str) -> Setting:
    """Declare the decay rate of a running average."""
    return Setting(name, symbol, "decay rate", doc, default, BELOW_ONE, 0.0, 0.9999)


def epsilon(default: float = 1e-8) -> Setting:
    """Declare the small number that is added before a division."""
    doc = "Keeps the division away from zero. It stands inside the square root, as in the lecture."
    return Setting("eps", "ε", "epsilon", doc, default, POSITIVE, 1e-12, 1.0, log=True)


_KEPT = "How much of the old average of {} is kept at each step."
_OF_G, _OF_SQUARES = _KEPT.format("g"), _KEPT.format("g²")

_RULES = (
    Rule(
        id="gd",
        title="Gradient descent",
        summary="Move against the gradient.",
        reference="A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, "
        "1847.",
        settings=(eta(1.0),),
        lines="w_next = w - eta*g",
    ),
    Rule(
        id="momentum",
        title="Momentum",
        summary="Carry a share of the last step into the next, as a ball rolling downhill does.",
        reference="B. T. Polyak, Some methods of speeding up the convergence of iteration methods, 1964.",
        settings=(eta(1.0), gamma()),
        lines="""
            v_t = gamma*v + eta*g
            w_next = w - v_t
        """,
    ),
    Rule(
        id="nesterov",
        title="Nesterov",
        summary="Take the gradient where the carried step alone would lead.",
        reference="Y. Nesterov, A method of solving a convex programming problem with convergence rate "
        "O(1/k²), 1983.",
        settings=(eta(1.0), gamma()),
        lines="""
            look = w - gamma*v
            g = grad(look)
            v_t = gamma*v + eta*g
            w_next = w - v_t
        """,
    ),
    Rule(
        id="adagrad",
        title="AdaGrad",
        summary="Divide each parameter's rate by the root of all its squared gradients so far.",
        reference="J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods, JMLR 12, 2011.",
        settings=(
            eta(0.1),
            epsilon(),
            switch("root", "square root", "Without the root the rule divides by v + ε itself."),
        ),
        lines="""
            v_t = v + g**2
            w_next = w - eta / sqrt(v_t + eps) * g    if root
            w_next = w - eta / (v_t + eps) * g        if not root
        """,
    ),
    Rule(
        id="rmsprop",
        title="RMSProp",
        summary="Divide each parameter's rate by the root of the running average of its squared gradients.",
        reference="T. Tieleman, G. Hinton, Lecture 6.5 of Neural networks for machine learning, 2012.",
        settings=(eta(0.1), beta("beta", "β", 0.9, _OF_SQUARES), epsilon()),
        lines="""
            v_t = beta*v + (1 - beta)*g**2
            w_next = w - eta / sqrt(v_t + eps) * g
        """,
    ),
    Rule(
        id="adam",
        title="Adam",
        summary="Step along the average gradient, scaled by the root of the average squared gradient.",
        reference="D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR 2015.",
        settings=(
            eta(0.1),
            beta("beta1", "β₁", 0.9, _OF_G),
            beta("beta2", "β₂", 0.999, _OF_SQUARES),
            epsilon(),
            switch(
                "bias_correction",
                "bias correction",
                "Divides m by 1 - β₁^t and v by 1 - β₂^t, since both start at zero.",
            ),
        ),
        lines="""
            m_t = beta1*m + (1 - beta1)*g
            v_t = beta2*v + (1 - beta2)*g**2
            m_hat = m_t / (1 - beta1**t)                   if bias_correction
            v_hat = v_t / (1 - beta2**t)                   if bias_correction
            w_next = w - eta / sqrt(v_hat + eps) * m_hat   if bias_correction
            w_next = w - eta / sqrt(v_t + eps) * m_t       if not bias_correction
        """,
    ),
)
RULES: dict[str, Rule] = {rule.id: rule for rule in _RULES}
