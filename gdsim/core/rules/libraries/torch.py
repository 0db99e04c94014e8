"""The optimizers and schedulers of PyTorch, as its single-tensor code computes them (read in 2.13)."""

from dataclasses import replace

from gdsim.core.language.texts import to_say
from gdsim.core.rules.catalogue import OF_SQUARES
from gdsim.core.rules.libraries.arguments import (
    AMSGRAD,
    CENTERED,
    DECOUPLED,
    OF_STEPS,
    POWER,
    Argument,
    Arguments,
    FixedArgument,
    ListArgument,
    UnusedArgument,
    betas,
    count_argument,
    decay_rate,
    epsilon_argument,
    flag_argument,
    momentum,
    number_argument,
    rate,
    start_of_v,
    steps_item,
    weight_decay,
    with_decoupled_decay,
    without_default,
)
from gdsim.core.rules.libraries.library_rule import LibraryRule, Refusals, library_rule
from gdsim.core.rules.libraries.library_schedule import LibrarySchedule, ScheduleLines, SchedulerInterval
from gdsim.core.settings import NUMBER, POSITIVE, SHARE, UP_TO_ONE, by_id

LIBRARY = "PyTorch"
_PREFIX, _SCHEDULER = "torch.optim.", "torch.optim.lr_scheduler."
# The gradient plus the weight decay takes the place of the gradient.
_L2 = """
    slope = grad(w)                 if {}
    g = slope + weight_decay*w      if {}
"""
_DECAYED = _L2.format(*["weight_decay"] * 2)
_MAYBE_DECAYED = _L2.format(*["weight_decay and not decoupled_weight_decay"] * 2)
_ADAM = """
    m_t = beta1*m + (1 - beta1)*g
    v_t = beta2*v + (1 - beta2)*g**2
    x_t = max(x, v_t)                                   if amsgrad
    m_hat = m_t / (1 - beta1**t)
    v_hat = v_t / (1 - beta2**t)                        if not amsgrad
    x_hat = x_t / (1 - beta2**t)                        if amsgrad
    w_next = w - eta / (sqrt(v_hat) + eps) * m_hat      if not amsgrad
    w_next = w - eta / (sqrt(x_hat) + eps) * m_hat      if amsgrad
"""
_DECOUPLED = flag_argument(
    "decoupled_weight_decay",
    "Shrinks the parameter itself by the decay instead of adding it to the gradient.",
)
_OUTSIDE = "It is added to the root, not within it."


def _either_decay(lines: str) -> str:
    """Return lines with the weight decay added to the gradient or, if the switch is on, decoupled from it."""
    return _MAYBE_DECAYED + with_decoupled_decay(lines, _DECOUPLED.name)


def _rule(
    name: str,
    summary: str,
    declared: Arguments,
    lines: str,
    *,
    free: str,
    refusals: Refusals = (),
) -> LibraryRule:
    """Return an entry; ``free`` names the arguments that affect no number, with ``*`` as in a signature."""
    id_ = _PREFIX + name
    reference = f"https://docs.pytorch.org/docs/stable/generated/{id_}.html"
    others: list[Argument] = []
    keyword_only = False
    for one in free.split():
        keyword_only = keyword_only or one == "*"
        if one == "maximize":
            others.append(FixedArgument(one, False, keyword_only))  # noqa: FBT003 - the default in PyTorch
        elif one != "*":
            others.append(UnusedArgument(one, None, keyword_only))
    all_ = (*declared, *others)
    return library_rule(id_, LIBRARY, summary, reference, all_, lines, refusals)


_RULES = (
    _rule(
        "SGD",
        "Momentum with the learning rate outside of the velocity; Nesterov's form without a look ahead.",
        (
            rate("lr", 1e-3),
            momentum(),
            number_argument(
                "dampening",
                "τ",
                "dampening",
                "How much less of the gradient goes into u, from the second step on.",
                0.0,
                NUMBER,
            ),
            weight_decay(),
            flag_argument("nesterov", "Adds μ times the new velocity to the gradient."),
        ),
        _DECAYED
        + """
            u_t = momentum*u + g                                     if momentum and not dampening
            u_t = where(t == 1, g, momentum*u + (1 - dampening)*g)   if momentum and dampening
            w_next = w - eta*g                                       if not momentum
            w_next = w - eta*u_t                                     if momentum and not nesterov
            w_next = w - eta*u_t                                     if momentum and nesterov and dampening
            w_next = w - eta*(g + momentum*u_t)                if momentum and nesterov and not dampening
        """,
        free="* maximize foreach differentiable fused",
        refusals=(
            ("nesterov", "nesterov and not momentum", to_say("needs a momentum above 0")),
            ("nesterov", "nesterov and dampening", to_say("needs a dampening of 0")),
        ),
    ),
    _rule(
        "Adagrad",
        "Divide each parameter's rate by the root of all its squared gradients so far.",
        (
            rate("lr", 1e-2),
            number_argument(
                "lr_decay", "δ", "decay of the rate", "The rate is divided by 1 + (t − 1)·δ.", 0.0
            ),
            weight_decay(),
            start_of_v("initial_accumulator_value", 0.0),
            epsilon_argument("eps", 1e-10, _OUTSIDE),
        ),
        _DECAYED
        + """
            v_0 = initial_accumulator_value                         if initial_accumulator_value
            v_t = v + g**2
            rate = eta / (1 + (t - 1)*lr_decay)                     if lr_decay
            w_next = w - rate / (sqrt(v_t) + eps) * g               if lr_decay
            w_next = w - eta / (sqrt(v_t) + eps) * g                if not lr_decay
        """,
        free="foreach * maximize differentiable fused",
    ),
    _rule(
        "RMSprop",
        "Divide each parameter's rate by the root of the running average of its squared gradients.",
        (
            rate("lr", 1e-2),
            decay_rate("alpha", "α", 0.99, OF_SQUARES),
            epsilon_argument("eps", 1e-8, _OUTSIDE),
            weight_decay(),
            momentum(),
            CENTERED,
        ),
        _DECAYED
        + """
            v_t = alpha*v + (1 - alpha)*g**2
            m_t = alpha*m + (1 - alpha)*g                           if centered
            root = sqrt(v_t) + eps                                  if not centered
            root = sqrt(v_t - m_t**2) + eps                         if centered
            u_t = momentum*u + g / root                             if momentum
            w_next = w - eta*u_t                                    if momentum
            w_next = w - eta / root * g                             if not momentum
        """,
        free="capturable foreach maximize differentiable",
    ),
    _rule(
        "Adam",
        "Step along the average gradient, scaled by the root of the average squared gradient.",
        (
            rate("lr", 1e-3),
            betas(),
            epsilon_argument("eps", 1e-8, _OUTSIDE),
            weight_decay(),
            AMSGRAD,
            replace(_DECOUPLED, keyword_only=True),
        ),
        _either_decay(_ADAM),
        free="* foreach maximize capturable differentiable fused",
    ),
    _rule(
        "AdamW",
        "Adam, with a weight decay that does not go through the averages.",
        (
            rate("lr", 1e-3),
            betas(),
            epsilon_argument("eps", 1e-8, _OUTSIDE),
            weight_decay(0.01, DECOUPLED),
            AMSGRAD,
        ),
        with_decoupled_decay(_ADAM),
        free="* maximize foreach capturable differentiable fused",
    ),
    _rule(
        "NAdam",
        "Adam with Nesterov's momentum, whose share rises from step to step.",
        (
            rate("lr", 2e-3),
            betas(),
            epsilon_argument("eps", 1e-8, _OUTSIDE),
            weight_decay(),
            number_argument(
                "momentum_decay", "ψ", "momentum decay", "How fast the momentum rises to β₁.", 4e-3
            ),
            _DECOUPLED,
        ),
        _either_decay("""
            p_0 = 1
            mu = beta1*(1 - 0.5*0.96**(t*momentum_decay))
            mu_next = beta1*(1 - 0.5*0.96**((t + 1)*momentum_decay))
            p_t = p*mu
            m_t = beta1*m + (1 - beta1)*g
            v_t = beta2*v + (1 - beta2)*g**2
            v_hat = v_t / (1 - beta2**t)
            d = (1 - mu) / (1 - p_t) * g + mu_next / (1 - p_t*mu_next) * m_t
            w_next = w - eta / (sqrt(v_hat) + eps) * d
        """),
        free="* foreach maximize capturable differentiable",
    ),
    _rule(
        "RAdam",
        "Adam whose first steps, before the average of squares can be trusted, are those of momentum.",
        (rate("lr", 1e-3), betas(), epsilon_argument("eps", 1e-8, _OUTSIDE), weight_decay(), _DECOUPLED),
        _either_decay("""
            m_t = beta1*m + (1 - beta1)*g
            v_t = beta2*v + (1 - beta2)*g**2
            m_hat = m_t / (1 - beta1**t)
            rho_inf = 2 / (1 - beta2) - 1
            rho = rho_inf - 2*t*beta2**t / (1 - beta2**t)
            r2 = (rho - 4)*(rho - 2)*rho_inf / ((rho_inf - 4)*(rho_inf - 2)*rho)
            r = where(rho > 5, sqrt(r2), 1)
            scale = where(rho > 5, r*sqrt(1 - beta2**t) / (sqrt(v_t) + eps), 1)
            w_next = w - eta*scale*m_hat
        """),
        free="* foreach maximize capturable differentiable",
    ),
    _rule(
        "Adamax",
        "Adam with the largest recent gradient in place of the root of the average square.",
        (
            rate("lr", 2e-3),
            betas(),
            epsilon_argument("eps", 1e-8, "It is added to the size of each gradient."),
            weight_decay(),
        ),
        _DECAYED
        + """
            m_t = beta1*m + (1 - beta1)*g
            u_t = max(beta2*u, abs(g) + eps)
            m_hat = m_t / (1 - beta1**t)
            w_next = w - eta / u_t * m_hat
        """,
        free="foreach * maximize differentiable capturable",
    ),
    _rule(
        "Adadelta",
        "Divide by the root of average squared gradients, and multiply by that of average squared steps.",
        (
            rate("lr", 1.0),
            decay_rate("rho", "ρ", 0.9, OF_STEPS),
            epsilon_argument("eps", 1e-6, "It is added within both roots."),
            weight_decay(),
        ),
        _DECAYED
        + """
            v_t = rho*v + (1 - rho)*g**2
            d = sqrt(a + eps) / sqrt(v_t + eps) * g
            a_t = rho*a + (1 - rho)*d**2
            w_next = w - eta*d
        """,
        free="foreach * capturable maximize differentiable",
    ),
)


# k counts the calls of ``scheduler.step()``.
_COUNTED = """
    k = epoch      if not by_update
    k = step       if by_update
"""


def _schedule(name: str, summary: str, declared: Arguments, lines: ScheduleLines) -> LibrarySchedule:
    all_ = (*declared, FixedArgument("last_epoch", -1), SchedulerInterval())
    counted = f"{_COUNTED}{lines}" if isinstance(lines, str) else lines
    return LibrarySchedule(_SCHEDULER + name, f"{LIBRARY} {name}", summary, all_, counted)


def _multi_step(listed: int) -> str:
    rows = [_COUNTED, "n1 = where(k < milestone1, 0, 1)"]
    rows += [f"n{i} = n{i - 1} + where(k < milestone{i}, 0, 1)" for i in range(2, listed + 1)]
    return "\n".join([*rows, f"eta = eta0*factor**n{listed}"])


def _factor(default: float) -> Argument:
    doc = "What the rate is multiplied by."
    return number_argument("gamma", "factor", "factor", doc, default, POSITIVE, 0.05, 1.0, inner="factor")


_LOWEST = number_argument(
    "eta_min", "η_min", "lowest rate", "The rate at the end of a fall.", 0.0, inner="lowest", high=0.1
)
_TOTAL = count_argument(
    "total_iters", "T", "length", "Over how many calls the rate changes.", 5, inner="total"
)

_SCHEDULES = (
    _schedule(
        "StepLR",
        "The rate is multiplied by a factor every few calls of the scheduler.",
        (count_argument("step_size", "S", "every", "Calls from one change to the next."), _factor(0.1)),
        "eta = eta0*factor**floor(k/step_size)",
    ),
    _schedule(
        "MultiStepLR",
        "The rate is multiplied by a factor at each of several milestones.",
        (
            ListArgument(
                "milestones", item=steps_item("milestone", "M", "milestone", "The rate falls at this call.")
            ),
            _factor(0.1),
        ),
        _multi_step,
    ),
    _schedule(
        "ExponentialLR",
        "The rate is multiplied by a factor at every call of the scheduler.",
        (
            without_default(
                number_argument(
                    "gamma",
                    "factor",
                    "factor",
                    "What the rate is multiplied by.",
                    0.99,
                    POSITIVE,
                    0.5,
                    1.0,
                    inner="factor",
                )
            ),
        ),
        "eta = eta0*factor**k",
    ),
    _schedule(
        "CosineAnnealingLR",
        "The rate falls along half a cosine, and rises again after it.",
        (
            count_argument("T_max", "T", "half period", "Calls until the rate is lowest.", inner="half"),
            _LOWEST,
        ),
        "eta = lowest + (eta0 - lowest)*(1 + cos(pi*k/half))/2",
    ),
    _schedule(
        "CosineAnnealingWarmRestarts",
        "The rate falls along half a cosine, and starts anew each time.",
        (
            count_argument("T_0", "T_0", "first period", "Calls until the first restart.", inner="first"),
            count_argument(
                "T_mult",
                "T_mult",
                "growth",
                "How many times as long each period is as the one before.",
                1,
                inner="growth",
            ),
            _LOWEST,
        ),
        # Adding 1e-9 makes up for logarithms that are rounded to just below a whole number.
        """
        grown = log(1 + (growth - 1)*k/first) / log(max(growth, 2)) + 1e-9
        n = where(growth > 1, floor(grown), floor(k/first))
        length = first*growth**n
        began = where(growth > 1, first*(growth**n - 1) / max(growth - 1, 1), n*first)
        eta = lowest + (eta0 - lowest)*(1 + cos(pi*(k - began)/length))/2
        """,
    ),
    _schedule(
        "PolynomialLR",
        "The rate falls to 0 as a power of the time left.",
        (_TOTAL, POWER),
        "eta = eta0*(1 - min(k, total)/total)**degree",
    ),
    _schedule(
        "LinearLR",
        "The rate changes evenly from one share of itself to another.",
        (
            number_argument(
                "start_factor",
                "s",
                "first share",
                "The share at the beginning.",
                1 / 3,
                SHARE,
                inner="start",
            ),
            number_argument(
                "end_factor", "e", "last share", "The share at the end.", 1.0, UP_TO_ONE, inner="end"
            ),
            _TOTAL,
        ),
        "eta = eta0*(start + (end - start)*min(k, total)/total)",
    ),
    _schedule(
        "ConstantLR",
        "The rate is a share of itself at first, and whole afterwards.",
        (number_argument("factor", "factor", "share", "The share at first.", 1 / 3, SHARE), _TOTAL),
        "eta = where(k < total, eta0*factor, eta0)",
    ),
)
OPTIMIZERS = by_id(_RULES)
SCHEDULES = by_id(_SCHEDULES)
