#!/usr/bin/env python3
"""Compute the numbers that ``gdsim --self-test`` compares the engine with.

python packaging/known_runs.py [FILE]

The numbers come from the plain loops of tests/core/engine/lecture_loops.py, which are written from the
lecture and share no code with gdsim. The settings below are the lecture's.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.core.engine.lecture_loops import compute, table_order  # noqa: E402 - found by the line above

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = ROOT / "resources" / "self-test" / "known-runs.json"
# The data of the course's notebook, and a start used in class.
X, Y = [3.5, 0.35, 3.2, -2.0, 1.5, -0.5], [0.5, 0.5, 0.5, 0.5, 0.1, 0.3]
START = [-2.0, -2.0]
EPS = 1e-8
# With these rates, 50 steps do not amplify rounding errors, so two correct programs agree to many digits.
RULES: dict[str, dict[str, float]] = {
    "gd": {"eta": 1.0},
    "momentum": {"eta": 0.5, "gamma": 0.9},
    "nesterov": {"eta": 0.5, "gamma": 0.9},
    "adagrad": {"eta": 0.1, "eps": EPS},
    "rmsprop": {"eta": 0.1, "beta": 0.9, "eps": EPS},
    "adam": {"eta": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": EPS},
}
# Mini-batches of four, so that the last of each epoch has only two of the six points.
BATCHINGS: dict[str, tuple[int, dict[str, object]]] = {
    "batch": (len(X), {"kind": "batch"}),
    "stochastic": (1, {"kind": "stochastic"}),
    "mini-batch": (4, {"kind": "mini-batch", "size": 4}),
}
STEPS = 50
KEPT = (1, 2, 3, 5, 10, 20, 30, 40, STEPS)


def known_runs() -> dict[str, Any]:
    """Return a scene with a run of every rule with every batching, and the kept rows (w, b, loss) of each."""
    points = [([x], y) for x, y in zip(X, Y, strict=True)]
    runs, rows = [], []
    for rule, settings in RULES.items():
        for kind, (size, batching) in BATCHINGS.items():
            epochs = -(-STEPS // -(-len(X) // size))
            batches = table_order(len(X), size, epochs)[:STEPS]  # type: ignore[no-untyped-call]
            made = compute(rule, settings, points, START, batches)  # type: ignore[no-untyped-call]
            runs.append({
                "name": f"{rule}, {kind}",
                "algorithm": rule,
                "hyperparameters": settings,
                "regime": batching,
                "start": {"w": START[0], "b": START[1]},
                "epochs": epochs,
            })  # fmt: skip
            rows.append([[*made[step].p, made[step].loss] for step in KEPT])
    scene = {"gdsim": 1, "title": "Self-test", "points": {"x": X, "y": Y}, "runs": runs}
    return {"scene": scene, "steps": list(KEPT), "rows": rows}


def text() -> str:
    """Return the content of the file, with one line for each run and one for each row."""
    made = known_runs()
    scene = made["scene"]
    runs = ",\n  ".join(json.dumps(run) for run in scene["runs"])
    head = json.dumps({**scene, "runs": []})[: -len("[]}")]
    rows = ",\n ".join("[" + ",\n  ".join(json.dumps(row) for row in run) + "]" for run in made["rows"])
    return f'{{"scene": {head}[\n  {runs}]}},\n"steps": {made["steps"]},\n"rows": [\n {rows}]}}\n'


def main(arguments: Sequence[str]) -> None:
    target = Path(arguments[0]) if arguments else FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text(), encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main(sys.argv[1:])
