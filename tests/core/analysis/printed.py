"""Evaluation of the formulas that a worked step prints, from the text alone, as with a calculator."""

import math
import re

NUMERAL = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[-−]?\d+)?", re.ASCII)
_OF_MATH = ("pi", "sqrt", "exp", "log", "log2", "sin", "cos", "tanh", "floor")
_CALCULATOR = {name: getattr(math, name) for name in _OF_MATH} | {
    "abs": abs,
    "max": max,
    "min": min,
    "mod": lambda one, other: one % other,
    "sign": lambda one: (one > 0.0) - (one < 0.0),
}
_PLAIN = {
    "−": "-",
    "·": "*",
    "√": "sqrt",
    "log₂": "log2",
    "ln(": "log(",
    "⌊": "floor(",
    "⌋": ")",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "π": "pi",
}
_LATEX = {
    r"\lfloor": "floor(",
    r"\rfloor": ")",
    r"\log_2": "log2",
    r"\ln": "log",
    r"\cdot": "*",
    r"\le": "<=",
    r"\ge": ">=",
    r"\ne": "!=",
    r"\mathrm{else}": "else",
    r"\mathrm{sign}": "sign",
    r"\mathrm{mod}": "mod",
}


_LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def of_text(text):
    """Return the value of a formula in plain text."""
    text = _without_superscripts(text)
    for sign, python in _PLAIN.items():
        text = text.replace(sign, python)
    text = re.sub(r"\be\^\(", "exp(", text).replace("^", "**")
    return _evaluate(text)


def _without_superscripts(text):
    """Replace superscript digits: powers of ten by ``e5``, other powers by ``**5``."""
    text = re.sub("(?<=[0-9])·10(⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: f"e{found[1].translate(_LOWERED)}", text)
    return re.sub("⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: f"**{found[0].translate(_LOWERED)}", text)


def of_latex(text):
    """Return the value of a formula in LaTeX."""
    text = re.sub(r"(?<![\d.])10\^\{(-?\d+)\}", r"(1e\1)", text)  # powers of ten as Python writes them
    text = re.sub(r"([\d.]+) \\cdot \(1e(-?\d+)\)", r"\1e\2", text)
    while r"\begin{cases}" in text:  # innermost cases first
        before, _, inner = text.rpartition(r"\begin{cases}")
        choice, _, after = inner.partition(r"\end{cases}")
        above, below = choice.split(r" \\ ")
        value, condition = above.split(" & ")
        other = below.removesuffix(r" & \mathrm{else} ")
        text = f"{before}({value} if {condition} else {other}){after}"
    for latex, python in _LATEX.items():
        text = text.replace(latex, python)
    text = re.sub(r"\\(min|max|sin|cos|tanh|pi)\b", r"\1", text)
    while "{" in text:
        text = _without_innermost_braces(text)
    return _evaluate(text)


def _without_innermost_braces(text):
    inner = r"\{([^{}]*)\}"
    for latex, python in (
        (rf"\\frac{inner}{inner}", r"((\1)/(\2))"),
        (rf"\\sqrt{inner}", r"sqrt(\1)"),
        (rf"\be\^{inner}", r"exp(\1)"),
        (rf"\^{inner}", r"**(\1)"),
    ):
        text, count = re.subn(latex, python, text, count=1)
        if count:
            return text
    raise AssertionError(f"no formula: {text}")


def _evaluate(text):
    text = re.sub(r"(?<![<>=!])=(?!=)", "==", _with_abs(text))
    assert not re.search(r"[^\w\s+\-*/().,<>=!]", text, re.ASCII), text
    return eval(text, {"__builtins__": {}}, _CALCULATOR)  # noqa: S307 - it is our own text


def _with_abs(text):
    """Replace pairs of bars by ``abs(...)``; a bar after a name, number or parenthesis is a closing one."""
    while "|" in text:
        before, _, after = text.partition("|")
        text = before + (")" if re.search(r"[\w.)]\s*$", before) else "abs(") + after
    return text


def numerals(text):
    """Return all printed numbers except the exponents of squares, without their signs."""
    plain = re.sub(r"\*\*2(?!\d)", "", _without_superscripts(text))
    return [float(numeral.replace("−", "-")) for numeral in NUMERAL.findall(plain)]
