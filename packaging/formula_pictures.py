#!/usr/bin/env python3
"""Typeset the formulas of the bundled rules in advance, because that is slow.

python packaging/formula_pictures.py

Writes an SVG file into resources/formulas for each line of each rule, for every combination of the rule's
switches. A formula without a file is typeset when the window first shows it.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from gdsim.core.analysis.worked import lines_in_letters  # noqa: E402 - found by the line above
from gdsim.core.formulas.printing import IN_LATEX  # noqa: E402
from gdsim.core.model.objective import LECTURE  # noqa: E402
from gdsim.core.rules.catalogue import RULES  # noqa: E402
from gdsim.core.rules.second_order import SECOND_ORDER_RULES  # noqa: E402
from gdsim.gui.paint.formula_picture import picture_file_name, typeset_svg  # noqa: E402

FOLDER = ROOT / "resources" / "formulas"


def formulas() -> set[str]:
    """Return every line of every rule in LaTeX, for every combination of the rule's switches."""
    found = set()
    for rule in (*RULES.values(), *SECOND_ORDER_RULES.values()):
        switches = [setting.name for setting in rule.settings if setting.is_switch]
        for values in product([True, False], repeat=len(switches)):
            optimizer = rule(**dict(zip(switches, values, strict=True)))
            lines = lines_in_letters(optimizer, "w", IN_LATEX, LECTURE)
            found |= {line.replace("&=", "=") for line in lines}
    return found


def pictures() -> dict[str, bytes]:
    """Return the SVG picture of every formula, by file name."""
    return {picture_file_name(latex): typeset_svg(latex) for latex in formulas()}


def main() -> None:
    """Write all pictures, and remove those of formulas that no longer exist."""
    FOLDER.mkdir(exist_ok=True)
    made, before = pictures(), {old.name for old in FOLDER.glob("*.svg")}
    for name in before - made.keys():
        (FOLDER / name).unlink()
    for name, svg in made.items():
        (FOLDER / name).write_bytes(svg)
    print(f"{len(made)} formulas in {FOLDER}, {len(made.keys() - before)} of them new")


if __name__ == "__main__":
    main()
