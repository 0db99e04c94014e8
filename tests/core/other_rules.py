"""Rules without any text written for them, so that what is said about them must follow from their lines."""

from gdsim.core.rules.rule import Rule
from gdsim.core.settings import BELOW_ONE, NOT_NEGATIVE, POSITIVE, Setting, switch


def setting(name, symbol, default, domain):
    return Setting(name, symbol, name, "", default, domain)


def rule_of(lines, *more, name="other"):
    """Return a rule with some lines, with the settings η, β, λ and ε, and ``more`` settings."""
    numbers = (
        setting("eta", "η", 0.3, POSITIVE),
        setting("beta", "β", 0.7, BELOW_ONE),
        setting("decay", "λ", 0.1, NOT_NEGATIVE),
        setting("eps", "ε", 1e-3, POSITIVE),
    )
    return Rule(name, name.capitalize(), "", (*numbers, *more), lines)


# Momentum as in PyTorch.
HEAVY = Rule(
    id="heavy",
    title="Heavy ball",
    summary="As PyTorch writes it.",
    settings=(setting("eta", "η", 0.3, POSITIVE), setting("mu", "μ", 0.8, BELOW_ONE)),
    lines="""
        b_t = mu*b + g
        w_next = w - eta*b_t
    """,
)
# Adam with decoupled decay, with other letters, and with ε outside of the root.
ADAMW = Rule(
    id="decayed",
    title="Decayed Adam",
    summary="The decay does not go through the averages.",
    settings=(
        setting("eta", "η", 0.2, POSITIVE),
        setting("rho1", "ρ₁", 0.8, BELOW_ONE),
        setting("rho2", "ρ₂", 0.95, BELOW_ONE),
        setting("tiny", "τ", 1e-3, POSITIVE),
        setting("decay", "λ", 0.1, NOT_NEGATIVE),
        switch("decoupled", "decoupled decay", "Otherwise the decay is part of the gradient."),
    ),
    lines="""
        h = g                                                    if decoupled
        h = g + decay*w                                          if not decoupled
        q_t = rho1*q + (1 - rho1)*h
        r_t = rho2*r + (1 - rho2)*h**2
        q_hat = q_t / (1 - rho1**t)
        r_hat = r_t / (1 - rho2**t)
        w_next = w - eta*(q_hat / (sqrt(r_hat) + tiny) + decay*w)   if decoupled
        w_next = w - eta*q_hat / (sqrt(r_hat) + tiny)               if not decoupled
    """,
)
AHEAD = Rule(
    id="ahead",
    title="Looking ahead",
    summary="The place is written the other way round, and the velocity does not start at zero.",
    settings=(setting("eta", "η", 0.3, POSITIVE), setting("kappa", "κ", 0.7, BELOW_ONE)),
    lines="""
        u_0 = 0.2
        place = w + kappa*u
        g = grad(place)
        u_t = kappa*u - eta*g
        w_next = u_t + w
    """,
)
ODD_LINES = (
    "m_t = beta*m + (1 - beta)*g\nu_t = max(u, m_t**2)\nw_next = w - eta / (u_t + eps)**0.5 * m_t",
    "v_t = v + g**2\nstep = sqrt(u + eps) / sqrt(v_t + eps) * g\nu_t = u + step**2\nw_next = w - eta*step",
    "m_t = m + (1 - beta)*(g - m)\nw_next = w - eta*sign(m_t)",
    "s_t = s + 1\nw_next = w - eta*g / s_t",
    "u_t = max(beta*u, abs(g))\nw_next = w - eta*g / (u_t + eps)",
    "first = w - eta*g\nthere = grad(first)\nw_next = w - eta*(g + there) / 2",
    "w_next = w - eta*g*(1 - beta**t)",
    "w_next = 0.1*w - 0*g",
    "v_t = beta*v + eta*g\nw_next = w - v_t - eta*decay*w",
    "v_t = 1.1*v + eta*g\nw_next = w - v_t",
    "v_t = 0 - beta*v + eta*g\nw_next = w - v_t",
    "v_t = beta*v + (1 - beta)*g**2\nw_next = w + 1 - eta*g / (v_t + eps)",
    "v_t = v + g**2\nw_next = w - eta*sqrt(v_t + eps)*g",
    "w_next = w + eta*g",
    "m_t = beta*m + g\nm_hat = 2*m_t\nw_next = w - eta*m_hat",
    "w_next = w - eta*g / abs(g)",
    "c = beta*m + (1 - beta)*g\nm_t = 0.9*m + 0.1*g\nw_next = w - eta*sign(c)",
    # The last line is not the update, but a memory that is computed after it.
    "u_0 = w\nw_next = w - eta*g + beta*(w - u)\nu_t = w",
    # A gradient that is clipped to the length β, one that is normalized to the length η, and norms of other
    # vectors.
    "n = norm(g)\nh = min(1, beta / n)*g\nv_t = beta*v + eta*h\nw_next = w - v_t",
    "d = g + decay*w\nn = norm(d)\nw_next = w - eta*d / (n + eps)",
    "m_t = beta*m + (1 - beta)*g\nn = norm(m_t)\nq_t = max(q, n)\nw_next = w - eta*m_t / (q_t + eps)",
    "place = w - beta*v\ng = grad(place)\nn = norm(g)\nv_t = beta*v + eta*g / (n + eps)\nw_next = w - v_t",
    "n = norm(w)\nr = norm(g)\nw_next = w - eta*(n + 1) / (r + eps)*g",
)
OTHER_RULES = (HEAVY, ADAMW, AHEAD, *(rule_of(lines, name=f"odd{at}") for at, lines in enumerate(ODD_LINES)))
