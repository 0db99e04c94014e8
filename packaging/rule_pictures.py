#!/usr/bin/env python3
"""Make the pictures of the rules, from the lines that each rule declares.

python packaging/rule_pictures.py [FOLDER]

Writes one SVG file for each rule of the catalog and each way its switches can be set, and one for the
gradient, into resources/rules or another folder. Each line of a rule is an element of its own, named
line-0, line-1, ... Needs ziamath, which is installed with gdsim.
"""

from __future__ import annotations

import re
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from ziamath.config import config
from ziamath.zmath import Latex

from gdsim.core.formulas.formula import read_formula
from gdsim.core.formulas.notation import symbols
from gdsim.core.formulas.writing import IN_LATEX
from gdsim.core.rules.optimizers import OPTIMIZERS
from gdsim.core.rules.optimizers.gd import GradientDescent
from gdsim.core.rules.optimizers.nesterov import Nesterov
from gdsim.core.rules.rule_picture import picture_name
from gdsim.core.settings import SWITCH, params

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gdsim.core.rules.optimizers.base import Optimizer

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "rules"
_SIZE = 16.0
_GAP, _MARGIN = 6.0, 1.0
_PATHS = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_VIEW = re.compile(r'viewBox="([^"]*)"')
_NUMBER = re.compile(r"-?\d+\.\d+")
_INK = re.compile(r' fill="[^"]*"')


def variants() -> Iterator[Optimizer]:
    """Yield every rule of the catalog with its switches set in every way."""
    for rule in OPTIMIZERS.values():
        names = [setting.name for setting in params(rule) if setting.domain is SWITCH]
        for values in product([True, False], repeat=len(names)):
            yield rule(**dict(zip(names, values, strict=True)))


def pictures() -> dict[str, str]:
    """Return the SVG text of every picture by the name of its file."""
    # Qt's reader of SVG knows no symbols: without this it draws fragments.
    config.svg2 = False
    made = {f"{picture_name(rule)}.svg": picture(latex_lines(rule)) for rule in variants()}
    for name, rule in (("gradient", GradientDescent()), ("gradient-look", Nesterov())):
        made[f"{name}.svg"] = picture([IN_LATEX.gradient("w", symbols(rule))])
    return made


def latex_lines(rule: Optimizer) -> list[str]:
    """Return the lines of a rule in LaTeX."""
    known = symbols(rule)
    return [IN_LATEX.letters(read_formula(line.text), known) for line in rule.work()]


def picture(lines: Sequence[str]) -> str:
    """Return lines of LaTeX, one under the other, as SVG in the colour ``currentColor``."""
    groups, top, width = [], 0.0, 0.0
    for number, line in enumerate(lines):
        # In braces the sign is a letter, without the room around an operator.
        svg = Latex(line.replace("&=", "=").replace(r"\nabla", r"{\nabla}"), size=_SIZE).svg()
        x, y, w, h = map(float, _found(_VIEW, svg).split())
        ink = _INK.sub("", _found(_PATHS, svg))
        # The view may begin left of the first letter; the origin is where it stands.
        groups.append(f'<g id="line-{number}" transform="translate({_MARGIN:.2f} {top - y:.2f})">{ink}</g>')
        top, width = top + h + _GAP, max(width, _MARGIN + x + w)
    height = top - _GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.2f}" height="{height:.2f}"'
    body = "\n".join(groups)
    text = f'{head} viewBox="0 0 {width:.2f} {height:.2f}">\n<g fill="currentColor">\n{body}\n</g>\n</svg>\n'
    return _NUMBER.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), text)


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise ValueError(f"ziamath wrote something else than expected: {text[:200]}")
    return match[1]


def main(arguments: Sequence[str]) -> None:
    """Write all pictures."""
    folder = Path(arguments[0]) if arguments else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pictures().items():
        (folder / name).write_text(text, encoding="utf-8")
        print(folder / name)


if __name__ == "__main__":
    main(sys.argv[1:])
