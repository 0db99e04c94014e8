"""The optimizers and schedules of Optax, as its code computes them (read in 0.2.8)."""

from dataclasses import replace

from gdsim.core.language.texts import to_say
from gdsim.core.rules.catalogue import OF_G, OF_SQUARES
from gdsim.core.rules.libraries.arguments import (
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
    MapArgument,
    SettingArgument,
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
    without_default,
)
from gdsim.core.rules.libraries.library_rule import LibraryRule, library_rule
from gdsim.core.rules.libraries.library_schedule import FirstRateArgument, LibrarySchedule, ScheduleLines
from gdsim.core.settings import NOT_NEGATIVE, NUMBER, POSITIVE, Setting, by_id

LIBRARY = "Optax"
_PREFIX = "optax."
_RATE = rate("learning_rate", REQUIRED)
_B1, _B2 = (decay_rate("b1", "β₁", 0.9, OF_G, "beta1"), decay_rate("b2", "β₂", 0.999, OF_SQUARES, "beta2"))
_EPS = epsilon_argument("eps", 1e-8, "It is added to the root, not within it.")
_ROOT = number_argument(
    "eps_root",
    "ε_root",
    "epsilon within the root",
    "It is added within the root.",
    0.0,
    NOT_NEGATIVE,
    1e-12,
    1.0,
    log=True,
)
_DTYPE, _MASK = FixedArgument("mu_dtype", None), FixedArgument("mask", None)
_AVERAGES = """
    m_t = beta1*m + (1 - beta1)*g
    v_t = beta2*v + (1 - beta2)*g**2
    m_hat = m_t / (1 - beta1**t)                                                      if not nesterov
    d = beta1*m_t / (1 - beta1**(t + 1)) + (1 - beta1)*g / (1 - beta1**t)             if nesterov
    v_hat = v_t / (1 - beta2**t)
    root = sqrt(v_hat) + eps                                                          if not eps_root
    root = sqrt(v_hat + eps_root) + eps                                               if eps_root
"""
_ADAM = f"""{_AVERAGES}
    w_next = w - eta / root * m_hat         if not nesterov
    w_next = w - eta / root * d             if nesterov
"""
_ADAMAX = """
    m_t = beta1*m + (1 - beta1)*g
    u_t = max(beta2*u, abs(g) + eps)
    m_hat = m_t / (1 - beta1**t)
    w_next = w - eta / u_t * m_hat
"""


def _rule(name: str, summary: str, declared: Arguments, lines: str) -> LibraryRule:
    reference = f"https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.{name}"
    return library_rule(_PREFIX + name, LIBRARY, summary, reference, declared, lines)


def _nesterov(*, default: bool) -> SettingArgument:
    doc = "Puts the gradient of this update in once more, as Dozat's NAdam does."
    return flag_argument("nesterov", doc, default=default, keyword_only=True)


_ADAM_SUMMARY = "Step along the average gradient, scaled by the root of the average squared gradient."
_NADAM_SUMMARY = "Adam with Nesterov's momentum, in Dozat's form without a schedule of the momentum."
_DECAYED_SUMMARY = " A weight decay is added separately."
_RULES = (
    _rule(
        "sgd",
        "Momentum with the learning rate outside of the velocity; Nesterov's form without a look ahead.",
        (
            _RATE,
            momentum(None, 0.0),
            flag_argument("nesterov", "Adds μ times the new velocity to the gradient."),
            FixedArgument("accumulator_dtype", None),
        ),
        """
            u_t = momentum*u + g                            if momentum
            w_next = w - eta*g                              if not momentum
            w_next = w - eta*u_t                            if momentum and not nesterov
            w_next = w - eta*(g + momentum*u_t)             if momentum and nesterov
        """,
    ),
    _rule(
        "adagrad",
        "Divide each parameter's rate by the root of all its squared gradients so far; v begins at 0.1.",
        (
            _RATE,
            start_of_v("initial_accumulator_value", 0.1),
            epsilon_argument("eps", 1e-7, "It is added within the root."),
        ),
        """
            v_0 = initial_accumulator_value                                 if initial_accumulator_value
            v_t = v + g**2
            w_next = w - eta / sqrt(v_t + eps) * g                          if eps
            w_next = w - where(v_t > 0, eta / sqrt(v_t) * g, 0)             if not eps
        """,
    ),
    _rule(
        "rmsprop",
        "Divide each parameter's rate by the root of the running average of its squared gradients.",
        (
            _RATE,
            decay_rate("decay", "β", 0.9, OF_SQUARES, "beta"),
            epsilon_argument("eps", 1e-8, "It is added within the root, or to it."),
            start_of_v("initial_scale", 0.0),
            flag_argument("eps_in_sqrt", "Whether ε is added within the root.", default=True),
            CENTERED,
            momentum(None, 0.0),
            flag_argument("nesterov", "Steps by μ times the new velocity, and along the gradient."),
            flag_argument("bias_correction", "Corrects the averages for their start at zero."),
        ),
        """
            v_0 = initial_scale                             if initial_scale
            v_t = beta*v + (1 - beta)*g**2
            m_t = beta*m + (1 - beta)*g                     if centered
            m_hat = m_t / (1 - beta**t)                     if centered and bias_correction
            v_hat = v_t / (1 - beta**t)                     if bias_correction
            square = v_t                                    if not centered and not bias_correction
            square = v_hat                                  if not centered and bias_correction
            square = v_t - m_t**2                           if centered and not bias_correction
            square = v_hat - m_hat**2                       if centered and bias_correction
            root = sqrt(square + eps)                       if eps_in_sqrt
            root = sqrt(square) + eps                       if not eps_in_sqrt
            u_t = momentum*u + eta / root * g               if momentum
            w_next = w - eta / root * g                     if not momentum
            w_next = w - u_t                                if momentum and not nesterov
            w_next = w - (momentum*u_t + eta / root * g)    if momentum and nesterov
        """,
    ),
    _rule("adam", _ADAM_SUMMARY, (_RATE, _B1, _B2, _EPS, _ROOT, _DTYPE, _nesterov(default=False)), _ADAM),
    _rule(
        "adamw",
        _ADAM_SUMMARY + _DECAYED_SUMMARY,
        (
            _RATE,
            _B1,
            _B2,
            _EPS,
            _ROOT,
            _DTYPE,
            weight_decay(1e-4, DECOUPLED),
            _MASK,
            _nesterov(default=False),
        ),
        with_decoupled_decay(_ADAM),
    ),
    _rule(
        "amsgrad",
        "Adam that divides by the root of the largest corrected average of squares so far.",
        (
            _RATE,
            _B1,
            _B2,
            _EPS,
            _ROOT,
            _DTYPE,
            flag_argument("bias_correction_mu", "Corrects m for its start at zero.", default=True),
            flag_argument("bias_correction_nu", "Corrects v for its start at zero.", default=True),
        ),
        """
            m_t = beta1*m + (1 - beta1)*g
            v_t = beta2*v + (1 - beta2)*g**2
            m_hat = m_t / (1 - beta1**t)                    if bias_correction_mu
            v_hat = v_t / (1 - beta2**t)                    if bias_correction_nu
            x_t = max(x, v_hat)                             if bias_correction_nu
            x_t = max(x, v_t)                               if not bias_correction_nu
            root = sqrt(x_t) + eps                          if not eps_root
            root = sqrt(x_t + eps_root) + eps               if eps_root
            w_next = w - eta / root * m_hat                 if bias_correction_mu
            w_next = w - eta / root * m_t                   if not bias_correction_mu
        """,
    ),
    _rule("nadam", _NADAM_SUMMARY, (_RATE, _B1, _B2, _EPS, _ROOT, _DTYPE, _nesterov(default=True)), _ADAM),
    _rule(
        "nadamw",
        _NADAM_SUMMARY + _DECAYED_SUMMARY,
        (_RATE, _B1, _B2, _EPS, _ROOT, _DTYPE, weight_decay(1e-4, DECOUPLED), _MASK, _nesterov(default=True)),
        with_decoupled_decay(_ADAM),
    ),
    _rule(
        "adamax",
        "Adam with the largest recent gradient in place of the root of the average square.",
        (_RATE, _B1, _B2, epsilon_argument("eps", 1e-8, "It is added to the size of each gradient.")),
        _ADAMAX,
    ),
    _rule(
        "adamaxw",
        "Adam with the largest recent gradient in place of the root of the average square."
        + _DECAYED_SUMMARY,
        (
            _RATE,
            _B1,
            _B2,
            epsilon_argument("eps", 1e-8, "It is added to the size of each gradient."),
            weight_decay(1e-4, DECOUPLED),
            _MASK,
        ),
        with_decoupled_decay(_ADAMAX),
    ),
    _rule(
        "radam",
        "Adam whose first steps, before the average of squares can be trusted, are those of momentum.",
        (
            _RATE,
            _B1,
            _B2,
            _EPS,
            _ROOT,
            number_argument(
                "threshold",
                "θ",
                "threshold",
                "From this ρ on the average of squares is trusted.",
                5.0,
                NUMBER,
                4.0,
                10.0,
            ),
            _nesterov(default=False),
        ),
        _AVERAGES
        + """
            rho_inf = 2 / (1 - beta2) - 1
            rho = rho_inf - 2*t*beta2**t / (1 - beta2**t)
            r2 = (rho - 4)*(rho - 2)*rho_inf / ((rho_inf - 4)*(rho_inf - 2)*rho)
            r = where(rho >= threshold, sqrt(r2), 1)
            scale = where(rho >= threshold, r / root, 1)
            w_next = w - eta*scale*m_hat                    if not nesterov
            w_next = w - eta*scale*d                        if nesterov
        """,
    ),
    _rule(
        "adadelta",
        "Divide by the root of average squared gradients, and multiply by that of average squared steps.",
        (
            replace(
                rate("learning_rate", None, 1.0),
                absent=None,
                without=to_say(
                    "must be given: without one, Optax steps along the gradient and not against it"
                ),
            ),
            decay_rate("rho", "ρ", 0.9, OF_STEPS),
            epsilon_argument("eps", 1e-6, "It is added within both roots."),
            weight_decay(),
            FixedArgument("weight_decay_mask", None),
        ),
        """
            slope = grad(w)                 if weight_decay
            g = slope + weight_decay*w      if weight_decay
            v_t = rho*v + (1 - rho)*g**2
            d = sqrt(a + eps) / sqrt(v_t + eps) * g
            a_t = rho*a + (1 - rho)*d**2
            w_next = w - eta*d
        """,
    ),
    _rule(
        "lion",
        "Step by the rate in the direction of the sign of an average gradient.",
        (
            _RATE,
            decay_rate("b1", "β₁", 0.9, "How much of m counts in the direction.", "beta1"),
            decay_rate("b2", "β₂", 0.99, OF_G, "beta2"),
            _DTYPE,
            weight_decay(1e-3, DECOUPLED),
            _MASK,
        ),
        with_decoupled_decay("""
            c = beta1*m + (1 - beta1)*g
            m_t = beta2*m + (1 - beta2)*g
            w_next = w - eta*sign(c)
        """),
    ),
)


def _schedule(name: str, summary: str, declared: Arguments, lines: ScheduleLines) -> LibrarySchedule:
    begins = FirstRateArgument("init_value", REQUIRED)
    return LibrarySchedule(_PREFIX + name, f"{LIBRARY} {name}", summary, (begins, *declared), lines)


_STEPS = count_argument(
    "transition_steps", "T", "length", "Over how many updates the rate falls.", inner="length"
)
_WAIT = number_argument(
    "transition_begin",
    "wait",
    "wait",
    "How many updates pass before the rate begins to change.",
    0,
    NOT_NEGATIVE,
    0,
    1000,
    inner="wait",
)
_END = without_default(last_rate("end_value", 0.0))


def _piecewise(listed: int) -> str:
    rows = [
        f"n{i} = {f'n{i - 1}*' if i > 1 else ''}where(step < b{i}, 1, s{i})" for i in range(1, listed + 1)
    ]
    return "\n".join([*rows, f"eta = eta0*n{listed}"])


_SCHEDULES = (
    _schedule(
        "exponential_decay",
        "The rate is multiplied by a factor every so many updates, smoothly or in stairs.",
        (
            _STEPS,
            DECAY_FACTOR,
            _WAIT,
            STAIRCASE,
            last_rate("end_value", None, "The rate goes no further than this.", absent=0.0),
        ),
        """
        k = max(step - wait, 0)/length
        n = floor(k)                                                                    if staircase
        n = k                                                                           if not staircase
        eta = eta0*r**n                                                                 if not last
        eta = where(r < 1, max(eta0*r**n, last), min(eta0*r**n, last))                  if last
        """,
    ),
    _schedule(
        "cosine_decay_schedule",
        "The rate falls along half a cosine.",
        (
            count_argument(
                "decay_steps",
                "T",
                "length",
                "Over how many updates the rate falls.",
                inner="length",
            ),
            LOWEST_SHARE,
            number_argument(
                "exponent",
                "q",
                "exponent",
                "The power of the share of the cosine.",
                1.0,
                POSITIVE,
                0.5,
                5.0,
                inner="degree",
            ),
        ),
        """
        share = ((1 + cos(pi*min(step, length)/length))/2)**degree
        eta = eta0*((1 - alpha)*share + alpha)
        """,
    ),
    _schedule(
        "polynomial_schedule",
        "The rate changes to its last value as a power of the time left.",
        (_END, without_default(POWER), _STEPS, _WAIT),
        """
        k = min(max(step - wait, 0), length)
        eta = (eta0 - last)*(1 - k/length)**degree + last
        """,
    ),
    _schedule(
        "linear_schedule",
        "The rate changes evenly to its last value.",
        (_END, _STEPS, _WAIT),
        """
        k = min(max(step - wait, 0), length)
        eta = (eta0 - last)*(1 - k/length) + last
        """,
    ),
    _schedule(
        "piecewise_constant_schedule",
        "The rate is multiplied by a number at each of several updates.",
        (
            MapArgument(
                "boundaries_and_scales",
                key=steps_item("b", "b", "boundary", "The first update with the new rate."),
                item=Setting("s", "s", "scale", "What the rate is multiplied by.", 0.5, NOT_NEGATIVE),
            ),
        ),
        _piecewise,
    ),
)
OPTIMIZERS = by_id(_RULES)
SCHEDULES = by_id(_SCHEDULES)
