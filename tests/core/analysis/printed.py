"""Reads back what a worked step prints, as a person with a calculator would: from the text alone."""

import math
import re

NUMERAL = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?", re.ASCII)
_CALCULATOR = {"sqrt": math.sqrt, "exp": math.exp, "floor": math.floor, "log2": math.log2, "min": min}
_PLAIN = {
    "−": "-",
    "·": "*",
    "²": "**2",
    "√": "sqrt",
    "log₂": "log2",
    "⌊": "floor(",
    "⌋": ")",
    "e^": "exp",
    "^": "**",
}


def of_text(text):
    """Return the value of a formula in plain text."""
    for sign, python in _PLAIN.items():
        text = text.replace(sign, python)
    return _work_out(text)


def of_latex(text):
    """Return the value of a formula in LaTeX."""
    text = re.sub(r"(?<![\d.])10\^\{(-?\d+)\}", r"(1e\1)", text)  # powers of ten as they are typed
    text = re.sub(r"([\d.]+) \\cdot \(1e(-?\d+)\)", r"\1e\2", text)
    text = text.replace(r"\lfloor", "floor(").replace(r"\rfloor", ")").replace(r"\log_2", "log2")
    text = text.replace(r"\min", "min").replace(r"\cdot", "*")
    while "{" in text:
        text = _without_innermost_braces(text)
    return _work_out(text)


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


def _work_out(text):
    assert not re.search(r"[^\w\s+\-*/().,]", text, re.ASCII), text
    return eval(text, {"__builtins__": {}}, _CALCULATOR)  # noqa: S307 - it is our own text


def numerals(text):
    """Return all numbers that are printed, without their signs."""
    return [float(numeral) for numeral in NUMERAL.findall(text)]
