"""Hypothesis strategy for rules as somebody might type them, which are valid but need not be useful."""

from hypothesis import strategies as st

from gdsim.core.formulas.syntax import FormulaError
from gdsim.core.rules.own_rule import own_rule

NUMBERS = ("0", "1", "2", "0.5", "1e-3", "10")
SETTINGS = ("eta", "gamma", "beta1", "eps", "boost", "m_scale")
ONE_TERM = ("abs", "cos", "exp", "floor", "log", "log2", "sign", "sin", "sqrt", "tanh")


@st.composite
def _formulas(draw, names, depth):
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from((*names, *names, *NUMBERS, "pi")))
    kind = draw(st.sampled_from("++--**//pfmw-"))
    inner = [draw(_formulas(names, depth - 1)) for _ in range(4)]
    match kind:
        case "p":
            return f"({inner[0]})**{draw(st.sampled_from(('2', '3', '0.5', 't', '(t + 1)')))}"
        case "f":
            return f"{draw(st.sampled_from(ONE_TERM))}({inner[0]})"
        case "m":
            return f"{draw(st.sampled_from(('max', 'min', 'mod')))}({inner[0]}, {inner[1]})"
        case "w":
            sign = draw(st.sampled_from(("<", "<=", ">", ">=", "==", "!=")))
            return f"where({inner[0]} {sign} {inner[1]}, {inner[2]}, {inner[3]})"
    return f"({inner[0]} {kind} {inner[1]})"


@st.composite
def typed_rules(draw):
    """Draw a rule of some lines, with up to two memories and up to two gradients."""
    memories = draw(st.sampled_from(((), ("v",), ("v", "m"), ("m_slow", "v1"))))
    known = ["w", "g", "t", *memories, *SETTINGS]
    lines = []
    if memories and draw(st.booleans()):
        lines.append(f"{memories[0]}_0 = {draw(st.sampled_from(('0.1', 'w', 'eta*w')))}")
    if draw(st.booleans()):
        lines += [f"look = {draw(_formulas(('w', *memories, *SETTINGS), 2))}", "h = grad(look)"]
        known += ["look", "h"]
    if draw(st.booleans()):
        lines.append(f"fast = {draw(_formulas(known, 2))}")
        known.append("fast")
    for letter in memories:
        lines.append(f"{letter}_t = {draw(_formulas(known, 2))}")
        known.append(f"{letter}_t")
        if draw(st.integers(0, 3)) == 0:
            lines.append(f"{letter}_hat = {letter}_t / (1 - beta1**t)")
            known.append(f"{letter}_hat")
    if draw(st.booleans()):
        lines.append(f"w_next = w - eta*{draw(_formulas(known, 2))}   if brave")
        lines.append("w_next = w - eta*g   if not brave")
    else:
        lines.append(f"w_next = {draw(_formulas(known, 2))} - eta*{draw(_formulas(known, 2))}*g")
    try:
        return own_rule("Typed", "\n".join(lines))
    except FormulaError:
        return own_rule("Typed", "w_next = w - eta*g")
