"""The optimizers and schedules of Keras 3, as its code computes them (read in 3.15)."""

from dataclasses import replace

from gdsim.core.language.texts import to_say
from gdsim.core.rules.catalogue import OF_G, OF_SQUARES
from gdsim.core.rules.libraries.arguments import (
    AMSGRAD,
    CENTERED,
    DECAY_FACTOR,
    DECOUPLED,
    LOWEST_SHARE,
    OF_STEPS,
    POWER,
    REQUIRED,
    STAIRCASE,
    Arguments,
    FixedArgument,
    ListArgument,
    SettingArgument,
    UnusedArgument,
    count_argument,
    decay_rate,
    epsilon_argument,
    flag_argument,
    last_rate,
    momentum,
    number_argument,
    rate,
    start_of_v,
    steps_item,
    weight_decay,
    with_decoupled_decay,
)
from gdsim.core.rules.libraries.library_rule import LibraryRule, library_rule
from gdsim.core.rules.libraries.library_schedule import FirstRateArgument, LibrarySchedule
from gdsim.core.settings import FRACTION, NOT_NEGATIVE, POSITIVE, UP_TO_ONE, Domain, Setting, by_id

LIBRARY = "Keras"
_PREFIX, _SCHEDULES_PREFIX = "keras.optimizers.", "keras.optimizers.schedules."
_NONE = ("clipnorm", "clipvalue", "global_clipnorm")
_NAME = UnusedArgument("name", None, kinds=(str,), wanted=to_say("text or null"))
_COMMON: Arguments = (
    *(FixedArgument(name, None) for name in _NONE),
    FixedArgument("use_ema", default=False),
    UnusedArgument("ema_momentum", 0.99, kinds=(int, float), wanted=to_say("a number")),
    FixedArgument("ema_overwrite_frequency", None),
    FixedArgument("loss_scale_factor", None),
    FixedArgument("gradient_accumulation_steps", None),
    _NAME,
)
_DECAY = weight_decay(None, DECOUPLED, absent=0.0)
_BETA1, _BETA2 = (
    decay_rate("beta_1", "β₁", 0.9, OF_G, "beta1"),
    decay_rate("beta_2", "β₂", 0.999, OF_SQUARES, "beta2"),
)
_WITHIN, _OUTSIDE = "It is added within the root.", "It is added to the root of the uncorrected v."
_ADAM = """
    m_t = beta1*m + (1 - beta1)*g
    v_t = beta2*v + (1 - beta2)*g**2
    x_t = max(x, v_t)                                       if amsgrad
    rate = eta*sqrt(1 - beta2**t) / (1 - beta1**t)
    w_next = w - rate / (sqrt(v_t) + eps) * m_t             if not amsgrad
    w_next = w - rate / (sqrt(x_t) + eps) * m_t             if amsgrad
"""


def _with_domain(argument: SettingArgument, domain: Domain) -> SettingArgument:
    return replace(argument, setting=argument.setting._replace(domain=domain))


def _rule(name: str, summary: str, declared: Arguments, lines: str) -> LibraryRule:
    reference = f"https://keras.io/api/optimizers/{name.lower()}/"
    return library_rule(
        _PREFIX + name, LIBRARY, summary, reference, (*declared, *_COMMON), with_decoupled_decay(lines)
    )


_RULES = (
    _rule(
        "SGD",
        "Momentum with the learning rate within the velocity; Nesterov's form without a look ahead.",
        (
            rate("learning_rate", 0.01),
            _with_domain(momentum(), UP_TO_ONE),
            flag_argument("nesterov", "Steps by μ times the new velocity, and along the gradient."),
            _DECAY,
        ),
        """
            m_t = momentum*m - eta*g                        if momentum
            w_next = w - eta*g                              if not momentum
            w_next = w + m_t                                if momentum and not nesterov
            w_next = w + momentum*m_t - eta*g               if momentum and nesterov
        """,
    ),
    _rule(
        "Adagrad",
        "Divide each parameter's rate by the root of all its squared gradients so far; v begins at 0.1.",
        (
            rate("learning_rate", 1e-3),
            start_of_v("initial_accumulator_value", 0.1),
            epsilon_argument("epsilon", 1e-7, _WITHIN),
            _DECAY,
        ),
        """
            v_0 = initial_accumulator_value                 if initial_accumulator_value
            v_t = v + g**2
            w_next = w - eta / sqrt(v_t + eps) * g
        """,
    ),
    _rule(
        "RMSprop",
        "Divide each parameter's rate by the root of the running average of its squared gradients.",
        (
            rate("learning_rate", 1e-3),
            decay_rate("rho", "ρ", 0.9, OF_SQUARES),
            momentum(),
            epsilon_argument("epsilon", 1e-7, _WITHIN),
            CENTERED,
            _DECAY,
        ),
        """
            v_t = rho*v + (1 - rho)*g**2
            m_t = rho*m + (1 - rho)*g                       if centered
            root = sqrt(v_t + eps)                          if not centered
            root = sqrt(v_t - m_t**2 + eps)                 if centered
            u_t = momentum*u + eta / root * g               if momentum
            w_next = w - u_t                                if momentum
            w_next = w - eta / root * g                     if not momentum
        """,
    ),
    _rule(
        "Adam",
        "Step along the average gradient, scaled by the root of the average squared gradient.",
        (
            rate("learning_rate", 1e-3),
            _BETA1,
            _BETA2,
            epsilon_argument("epsilon", 1e-7, _OUTSIDE),
            AMSGRAD,
            _DECAY,
        ),
        _ADAM,
    ),
    _rule(
        "AdamW",
        "Adam, with a weight decay that does not go through the averages.",
        (
            rate("learning_rate", 1e-3),
            weight_decay(0.004, DECOUPLED),
            _BETA1,
            _BETA2,
            epsilon_argument("epsilon", 1e-7, _OUTSIDE),
            AMSGRAD,
        ),
        _ADAM,
    ),
    _rule(
        "Nadam",
        "Adam with Nesterov's momentum, whose share rises from step to step.",
        (
            rate("learning_rate", 1e-3),
            _BETA1,
            _BETA2,
            epsilon_argument("epsilon", 1e-7, "It is added to the root."),
            _DECAY,
        ),
        """
            p_0 = 1
            mu = beta1*(1 - 0.5*0.96**t)
            mu_next = beta1*(1 - 0.5*0.96**(t + 1))
            p_t = p*mu
            m_t = beta1*m + (1 - beta1)*g
            v_t = beta2*v + (1 - beta2)*g**2
            v_hat = v_t / (1 - beta2**t)
            d = mu_next / (1 - p_t*mu_next) * m_t + (1 - mu) / (1 - p_t) * g
            w_next = w - eta / (sqrt(v_hat) + eps) * d
        """,
    ),
    _rule(
        "Adamax",
        "Adam with the largest recent gradient in place of the root of the average square.",
        (
            rate("learning_rate", 1e-3),
            _BETA1,
            _BETA2,
            epsilon_argument("epsilon", 1e-7, "It is added to u."),
            _DECAY,
        ),
        """
            m_t = beta1*m + (1 - beta1)*g
            u_t = max(beta2*u, abs(g))
            m_hat = m_t / (1 - beta1**t)
            w_next = w - eta / (u_t + eps) * m_hat
        """,
    ),
    _rule(
        "Adadelta",
        "Divide by the root of average squared gradients, and multiply by that of average squared steps.",
        (
            rate("learning_rate", 1e-3),
            decay_rate("rho", "ρ", 0.95, OF_STEPS),
            epsilon_argument("epsilon", 1e-7, "It is added within both roots."),
            _DECAY,
        ),
        """
            v_t = rho*v + (1 - rho)*g**2
            d = sqrt(a + eps) / sqrt(v_t + eps) * g
            a_t = rho*a + (1 - rho)*d**2
            w_next = w - eta*d
        """,
    ),
    _rule(
        "Lion",
        "Step by the rate in the direction of the sign of an average gradient.",
        (
            rate("learning_rate", 1e-3),
            _with_domain(
                decay_rate("beta_1", "β₁", 0.9, "How much of m counts in the direction.", "beta1"),
                FRACTION,
            ),
            decay_rate("beta_2", "β₂", 0.99, OF_G, "beta2"),
            _DECAY,
        ),
        """
            c = beta1*m + (1 - beta1)*g
            m_t = beta2*m + (1 - beta2)*g
            w_next = w - eta*sign(c)
        """,
    ),
)


def _schedule(name: str, summary: str, declared: Arguments, lines: str) -> LibrarySchedule:
    all_ = (FirstRateArgument("initial_learning_rate", REQUIRED), *declared)
    return LibrarySchedule(_SCHEDULES_PREFIX + name, f"{LIBRARY} {name}", summary, all_, lines)


_STEPS = count_argument("decay_steps", "T", "length", "Over how many updates the rate falls.", inner="length")


def _piecewise(listed: int) -> str:
    """Return lines for ``listed`` boundaries. At a boundary, the old value still applies."""
    names = ["v1", *(f"r{i}" for i in range(1, listed)), "eta"]
    return "\n".join(
        f"{names[i]} = where(step > b{i}, v{i + 1}, {names[i - 1]})" for i in range(1, listed + 1)
    )


_SCHEDULES = (
    _schedule(
        "ExponentialDecay",
        "The rate is multiplied by a factor every so many updates, smoothly or in stairs.",
        (_STEPS, DECAY_FACTOR, STAIRCASE, _NAME),
        """
        eta = eta0*r**(step/length)            if not staircase
        eta = eta0*r**floor(step/length)       if staircase
        """,
    ),
    _schedule(
        "InverseTimeDecay",
        "The rate falls as one divided by the number of the update, smoothly or in stairs.",
        (_STEPS, DECAY_FACTOR, STAIRCASE, _NAME),
        """
        eta = eta0 / (1 + r*step/length)            if not staircase
        eta = eta0 / (1 + r*floor(step/length))     if staircase
        """,
    ),
    _schedule(
        "CosineDecay",
        "The rate falls along half a cosine, after a warm-up if there is one.",
        (
            _STEPS,
            LOWEST_SHARE,
            _NAME,
            number_argument(
                "warmup_target",
                "top",
                "warm-up target",
                "The rate after the warm-up.",
                None,
                absent=0.0,
                inner="top",
            ),
            number_argument(
                "warmup_steps",
                "warm",
                "warm-up",
                "Over how many updates the rate rises.",
                0,
                NOT_NEGATIVE,
                0,
                1000,
                inner="warm",
            ),
        ),
        """
        share = (1 + cos(pi*min(step, length)/length))/2                       if not top
        eta = eta0*((1 - alpha)*share + alpha)                                 if not top
        share = (1 + cos(pi*min(max(step - warm, 0), length)/length))/2        if top
        rise = eta0 + (top - eta0)*step/max(warm, 1)                           if top
        eta = where(step < warm, rise, top*((1 - alpha)*share + alpha))        if top
        """,
    ),
    _schedule(
        "CosineDecayRestarts",
        "The rate falls along half a cosine, and starts anew each time.",
        (
            count_argument(
                "first_decay_steps", "T", "first period", "Updates until the first restart.", inner="length"
            ),
            number_argument(
                "t_mul",
                "t_mul",
                "growth",
                "How many times as long each period is as the one before.",
                2.0,
                POSITIVE,
                1.0,
                4.0,
                inner="growth",
            ),
            number_argument(
                "m_mul",
                "m_mul",
                "share",
                "The rate at which each period begins, as a share of the one before.",
                1.0,
                POSITIVE,
                inner="smaller",
            ),
            LOWEST_SHARE,
            _NAME,
        ),
        """
        c = step/length
        n = where(growth == 1, floor(c), floor(log(1 - c*(1 - growth))/log(where(growth == 1, 2, growth))))
        began = where(growth == 1, n, (1 - growth**n)/where(growth == 1, 1, 1 - growth))
        share = smaller**n*(1 + cos(pi*(c - began)/growth**n))/2
        eta = eta0*((1 - alpha)*share + alpha)
        """,
    ),
    _schedule(
        "PolynomialDecay",
        "The rate falls to its last value as a power of the time left.",
        (
            _STEPS,
            last_rate("end_learning_rate", 1e-4),
            POWER,
            flag_argument("cycle", "Starts anew from a smaller rate each time."),
            _NAME,
        ),
        """
        eta = (eta0 - last)*(1 - min(step, length)/length)**degree + last          if not cycle
        whole = length*max(1, -floor(-(step/length)))                              if cycle
        eta = (eta0 - last)*(1 - step/whole)**degree + last                        if cycle
        """,
    ),
    LibrarySchedule(
        _SCHEDULES_PREFIX + "PiecewiseConstantDecay",
        f"{LIBRARY} PiecewiseConstantDecay",
        "The rate has one value after the other; at a boundary the old one still holds.",
        (
            ListArgument(
                "boundaries",
                item=steps_item("b", "b", "boundary", "The last update with the rate before it."),
            ),
            ListArgument(
                "values",
                item=Setting(
                    "v", "v", "rate", "The learning rate.", 0.1, NOT_NEGATIVE, 1e-5, 100.0, log=True
                ),
                more=1,
            ),
            _NAME,
        ),
        _piecewise,
    ),
)
OPTIMIZERS = by_id(_RULES)
SCHEDULES = by_id(_SCHEDULES)
