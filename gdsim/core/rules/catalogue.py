"""The catalogue of update rules. A rule listed here is available everywhere in the program."""

from gdsim.core.rules.rule import Rule
from gdsim.core.settings import BELOW_ONE, COUNT, NOT_NEGATIVE, POSITIVE, UP_TO_ONE, Setting, by_id, switch


def eta(default: float, doc: str = "How far to go for each unit of gradient.") -> Setting:
    return Setting("eta", "η", "learning rate", doc, default, POSITIVE, 1e-5, 100.0, log=True)


def gamma(default: float = 0.9) -> Setting:
    """Return a setting for the momentum, which a schedule may change."""
    doc = "The share of the last step that is carried into the next."
    return Setting("gamma", "γ", "momentum", doc, default, BELOW_ONE, 0.0, 0.999)


def beta(name: str, symbol: str, default: float, doc: str) -> Setting:
    """Return a setting for the decay rate of a running average."""
    return Setting(name, symbol, "decay rate", doc, default, BELOW_ONE, 0.0, 0.9999)


_INSIDE = "Prevents division by zero. It is inside the square root, as in the lecture."


def epsilon(default: float = 1e-8, doc: str = _INSIDE) -> Setting:
    """Return a setting for the small number that keeps a divisor away from zero."""
    return Setting("eps", "ε", "epsilon", doc, default, POSITIVE, 1e-12, 1.0, log=True)


def _mixture(name: str, symbol: str, doc: str) -> Setting:
    """Return a setting for the share of the first of two places or directions in a mixture."""
    return beta(name, symbol, 0.9, doc)._replace(label="interpolation")


def decay(default: float, doc: str) -> Setting:
    return Setting("decay", "λ", "weight decay", doc, default, NOT_NEGATIVE, 0.0, 1.0)


_KEPT = "How much of the old average of {} is kept at each step."
OF_G, OF_SQUARES = _KEPT.format("g"), _KEPT.format("g²")
_BETA1 = beta("beta1", "β₁", 0.9, OF_G)
_BETA2 = beta("beta2", "β₂", 0.999, OF_SQUARES)

_LECTURE = (
    Rule(
        id="gd",
        title="Gradient descent",
        summary="Move against the gradient.",
        reference="A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, "
        "1847.",
        settings=(eta(1.0),),
        limit="2",
        lines="w_next = w - eta*g",
    ),
    Rule(
        id="momentum",
        title="Momentum",
        summary="Carry a share of the last step into the next, as a ball rolling downhill does.",
        reference="B. T. Polyak, Some methods of speeding up the convergence of iteration methods, 1964.",
        settings=(eta(1.0), gamma()),
        limit="2*(1 + gamma)",
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
        limit="2*(1 + gamma) / (1 + 2*gamma)",
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
        summary="Divide each parameter's rate by the root of the sum of all its squared gradients, "
        "or by the sum.",
        reference="J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods, JMLR 12, 2011.",
        settings=(
            eta(0.1),
            epsilon(),
            switch("root", "square root", "Without the root the rule divides by v + ε itself."),
        ),
        limit="2",
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
        settings=(eta(0.1), beta("beta", "β", 0.9, OF_SQUARES), epsilon()),
        limit="2",
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
            _BETA1,
            _BETA2,
            epsilon(),
            switch(
                "bias_correction",
                "bias correction",
                "Divides m by 1 − β₁^t and v by 1 − β₂^t, since both start at zero.",
            ),
        ),
        limit="2*(1 + beta1) / (1 - beta1)",
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
_FURTHER = (
    Rule(
        id="adamw",
        title="AdamW",
        summary="Adam, and each parameter shrinks: by a share of itself, or through the gradient.",
        reference="I. Loshchilov, F. Hutter, Decoupled weight decay regularization, ICLR 2019.",
        settings=(
            eta(0.1),
            _BETA1,
            _BETA2,
            epsilon(),
            decay(0.01, "At each step the weights and the bias shrink by the share ηλ of themselves."),
            switch(
                "decoupled",
                "decoupled decay",
                "Without it λw is added to the gradient (L2 regularization), and the root rescales it too.",
            ),
        ),
        limit="(2 - eta*decay)*(1 + beta1) / (1 - beta1)    if decoupled",
        lines="""
            h = g                                                    if decoupled
            h = g + decay*w                                          if not decoupled
            m_t = beta1*m + (1 - beta1)*h
            v_t = beta2*v + (1 - beta2)*h**2
            m_hat = m_t / (1 - beta1**t)
            v_hat = v_t / (1 - beta2**t)
            shrunk = (1 - eta*decay)*w                               if decoupled
            w_next = shrunk - eta / sqrt(v_hat + eps) * m_hat        if decoupled
            w_next = w - eta / sqrt(v_hat + eps) * m_hat             if not decoupled
        """,
    ),
    Rule(
        id="amsgrad",
        title="AMSGrad",
        summary="Adam that never forgets a large gradient: its root takes the largest average square so far.",
        reference="S. J. Reddi, S. Kale, S. Kumar, On the convergence of Adam and beyond, ICLR 2018.",
        settings=(
            eta(0.1),
            _BETA1,
            _BETA2,
            epsilon(),
            switch(
                "bias_correction",
                "bias correction",
                "Divides m by 1 − β₁^t and u by 1 − β₂^t, as PyTorch does. The paper leaves this out.",
            ),
        ),
        limit="2*(1 + beta1) / (1 - beta1)",
        lines="""
            m_t = beta1*m + (1 - beta1)*g
            v_t = beta2*v + (1 - beta2)*g**2
            u_t = max(u, v_t)
            m_hat = m_t / (1 - beta1**t)                   if bias_correction
            u_hat = u_t / (1 - beta2**t)                   if bias_correction
            w_next = w - eta / sqrt(u_hat + eps) * m_hat   if bias_correction
            w_next = w - eta / sqrt(u_t + eps) * m_t       if not bias_correction
        """,
    ),
    Rule(
        id="nadam",
        title="NAdam",
        summary="Adam with Nesterov's idea: the average gradient counts as it will at the next step.",
        reference="T. Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop, 2016.",
        settings=(eta(0.1), _BETA1, _BETA2, epsilon()),
        limit="2*(1 + beta1) / ((1 + 2*beta1)*(1 - beta1))",
        lines="""
            m_t = beta1*m + (1 - beta1)*g
            v_t = beta2*v + (1 - beta2)*g**2
            c = (1 - beta1)*g / (1 - beta1**t)
            d = beta1*m_t / (1 - beta1**(t + 1))
            v_hat = v_t / (1 - beta2**t)
            w_next = w - eta / sqrt(v_hat + eps) * (c + d)
        """,
    ),
    Rule(
        id="adadelta",
        title="AdaDelta",
        summary="Scale each parameter's step by its own earlier steps, so that no rate has to be chosen.",
        reference="M. D. Zeiler, ADADELTA: an adaptive learning rate method, arXiv 1212.5701, 2012.",
        settings=(
            eta(1.0, "Multiplies every step. The paper has no such factor, as if it were 1."),
            beta("rho", "ρ", 0.9, "How much of the old averages of g² and of d² is kept at each step."),
            epsilon(1e-6, "Prevents division by zero, and makes the first step as small as η√(ε/(1 − ρ))."),
        ),
        limit="2",
        lines="""
            v_t = rho*v + (1 - rho)*g**2
            d = sqrt(u + eps) / sqrt(v_t + eps) * g
            u_t = rho*u + (1 - rho)*d**2
            w_next = w - eta*d
        """,
    ),
    Rule(
        id="adamax",
        title="AdaMax",
        summary="Adam that divides by the largest of the recent gradients, slowly forgotten.",
        reference="D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, section 7, ICLR 2015.",
        settings=(
            eta(0.1),
            _BETA1,
            beta("beta2", "β₂", 0.999, "How much of the largest gradient is kept at each step."),
            epsilon(1e-8, "Prevents division by zero."),
        ),
        limit="2*(1 + beta1) / (1 - beta1)",
        lines="""
            m_t = beta1*m + (1 - beta1)*g
            u_t = max(beta2*u, abs(g))
            m_hat = m_t / (1 - beta1**t)
            w_next = w - eta / (u_t + eps) * m_hat
        """,
    ),
    Rule(
        id="radam",
        title="RAdam",
        summary="Adam that warms up by itself: its root is used once v has seen enough gradients.",
        reference="L. Liu et al., On the variance of the adaptive learning rate and beyond, ICLR 2020.",
        settings=(eta(0.1), _BETA1, _BETA2, epsilon()),
        limit="2*(1 + beta1) / (1 - beta1)",
        lines="""
            rho_max = max(2 / (1 - beta2) - 1, 5)
            rho = rho_max - 2*t*beta2**t / (1 - beta2**t)
            q = max(rho, 5)
            r = sqrt((q - 4)*(q - 2)*rho_max / ((rho_max - 4)*(rho_max - 2)*q))
            m_t = beta1*m + (1 - beta1)*g
            v_t = beta2*v + (1 - beta2)*g**2
            m_hat = m_t / (1 - beta1**t)
            v_hat = v_t / (1 - beta2**t)
            scale = where(rho > 5, r / sqrt(v_hat + eps), 1)
            w_next = w - eta*scale*m_hat
        """,
    ),
    Rule(
        id="qhm",
        title="QHM",
        summary="Quasi-hyperbolic momentum: step along a mixture of the gradient and its running average.",
        reference="J. Ma, D. Yarats, Quasi-hyperbolic momentum and Adam for deep learning, ICLR 2019.",
        settings=(
            eta(1.0),
            beta("beta", "β", 0.999, OF_G),
            Setting(
                "nu",
                "ν",
                "share of the average",
                "At 0 it is gradient descent, at 1 momentum.",
                0.7,
                UP_TO_ONE,
            ),
        ),
        limit="2*(1 + beta) / (1 + beta - 2*beta*nu)",
        lines="""
            m_t = beta*m + (1 - beta)*g
            w_next = w - eta*((1 - nu)*g + nu*m_t)
        """,
    ),
    Rule(
        id="lion",
        title="Lion",
        summary="Step by η in the direction of the sign of an average gradient.",
        reference="X. Chen et al., Symbolic discovery of optimization algorithms, NeurIPS 2023.",
        settings=(
            eta(0.1, "How far each parameter moves at a step."),
            _mixture("beta1", "β₁", "How much of m counts in the direction."),
            beta("beta2", "β₂", 0.99, OF_G),
        ),
        lines="""
            c = beta1*m + (1 - beta1)*g
            m_t = beta2*m + (1 - beta2)*g
            w_next = w - eta*sign(c)
        """,
    ),
    Rule(
        id="schedule-free",
        title="Schedule-Free",
        summary="Take the gradient between the fast place z and the average of all z, which is the result.",
        reference="A. Defazio et al., The road less scheduled, NeurIPS 2024.",
        settings=(
            eta(1.0),
            _mixture("beta", "β", "How near to the average w the gradient is taken; at 0 it is at z."),
        ),
        lines="""
            z_0 = w
            look = (1 - beta)*z + beta*w
            g = grad(look)
            z_t = z - eta*g
            c = 1 / (t + 1)
            w_next = (1 - c)*w + c*z_t
        """,
    ),
    Rule(
        id="sam",
        title="SAM",
        summary="Sharpness-aware minimization: take the gradient a little uphill, where the loss is worst.",
        reference="P. Foret et al., Sharpness-aware minimization for efficiently improving generalization, "
        "ICLR 2021.",
        settings=(
            eta(1.0),
            Setting("rho", "ρ", "radius", "How far uphill the gradient is taken.", 0.1, NOT_NEGATIVE),
        ),
        lines="""
            size = norm(g)
            look = w + rho*g / max(size, 1e-12)
            h = grad(look)
            w_next = w - eta*h
        """,
    ),
    Rule(
        id="lookahead",
        title="Lookahead",
        summary="Let momentum run ahead for k steps, then go only a share of the way to where it got.",
        reference="M. R. Zhang et al., Lookahead optimizer: k steps forward, 1 step back, NeurIPS 2019.",
        settings=(
            eta(1.0),
            gamma(),
            Setting("k", "k", "steps ahead", "How many steps momentum makes by itself.", 5, COUNT, 1, 50),
            Setting("alpha", "α", "share", "How much of the way is kept after these steps.", 0.5, UP_TO_ONE),
        ),
        lines="""
            s_0 = w
            v_t = gamma*v + eta*g
            fast = w - v_t
            s_t = where(mod(t, k) == 0, s + alpha*(fast - s), s)
            w_next = where(mod(t, k) == 0, s_t, fast)
        """,
    ),
)
# The rules of the lecture in its order, the further rules, and all rules with the lecture's first.
LECTURE_RULES = by_id(_LECTURE)
FURTHER_RULES = by_id(_FURTHER)
RULES = by_id((*_LECTURE, *_FURTHER))
