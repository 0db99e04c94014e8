"""What a formula is made of."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Sign:
    """A letter, a number, an operator or a name; ``slanted`` for a letter that stands for a number."""

    text: str
    slanted: bool = False


@dataclass(frozen=True)
class Row:
    """Pieces side by side."""

    pieces: tuple["Piece", ...]


@dataclass(frozen=True)
class Scripts:
    """Something with an index, an exponent or both."""

    base: "Piece"
    below: "Piece | None"
    above: "Piece | None"


@dataclass(frozen=True)
class Fraction:
    """One thing over another."""

    above: "Piece"
    below: "Piece"


@dataclass(frozen=True)
class Root:
    """A square root."""

    inside: "Piece"


@dataclass(frozen=True)
class Hat:
    """A letter with a hat."""

    base: "Piece"


Piece: TypeAlias = Sign | Row | Scripts | Fraction | Root | Hat
