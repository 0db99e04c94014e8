"""A formula as LaTeX again, with every brace in its place: what typesetting programs agree on."""

from gdsim.core.lessons.math_tree import Fraction, Hat, Piece, Root, Row, Scripts, Sign

_LATEX = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "η": r"\eta",
    "θ": r"\theta", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau",
    "∂": r"\partial", "∞": r"\infty", "…": r"\dots", "⋯": r"\cdots", "·": r"\cdot", "×": r"\times",
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "→": r"\to", "Σ": r"\sum", "−": "-",
    "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "{": r"\{", "}": r"\}",
    # In braces the sign is a letter, without the room around an operator.
    "∇": r"{\nabla}",
}  # fmt: skip
_FUNCTIONS = {"min", "max", "log", "exp"}


def latex(piece: Piece) -> str:
    """Return a piece of a formula in LaTeX."""
    match piece:
        case Sign():
            return _sign(piece)
        case Row():
            return " ".join(latex(one) for one in piece.pieces)
        case Scripts():
            below = f"_{{{latex(piece.below)}}}" if piece.below else ""
            above = f"^{{{latex(piece.above)}}}" if piece.above else ""
            return f"{latex(piece.base)}{below}{above}"
        case Fraction():
            return rf"\frac{{{latex(piece.above)}}}{{{latex(piece.below)}}}"
        case Root():
            return rf"\sqrt{{{latex(piece.inside)}}}"
        case Hat():
            return rf"\hat{{{latex(piece.base)}}}"


def _sign(sign: Sign) -> str:
    text = sign.text.strip()
    if not text:
        return r"\quad" if len(sign.text) > 1 else r"\;" if sign.text else r"\,"
    if text in _LATEX:
        return _LATEX[text]
    if text in _FUNCTIONS:
        return rf"\{text}"
    return text if sign.slanted or len(text) == 1 else rf"\mathrm{{{text}}}"
