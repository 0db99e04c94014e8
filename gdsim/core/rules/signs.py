"""How the steps of a rule change when all gradients change their sign, tried with numbers."""

import math
from collections.abc import Iterator, Mapping

from gdsim.core.formulas.evaluate import evaluate
from gdsim.core.formulas.program import Program, is_gradient, is_norm
from gdsim.core.formulas.syntax import Node, names_in

# A sequence of trial gradients of both signs, small and large.
_GRADIENTS = (0.7, -1.3, 0.4, 0.02, 2.1, -0.6, 0.9, -0.1, -3.0, 0.5, 0.3, 0.8)
Values = dict[str, float]


class MirroredRun:
    """Some updates of one parameter, and the same updates with all gradients negated.

    The parameter and the memories begin at 0, so that they do not decide how a sum changes.
    """

    def __init__(self, program: Program, numbers: Mapping[str, float]) -> None:
        self._pairs = list(zip(*(_updates(program, numbers, sign) for sign in (1.0, -1.0)), strict=True))

    def changes_sign(self, node: Node) -> bool:
        """Return whether a formula of the lines' names changes its sign, and nothing else."""
        found = [tuple(evaluate(node, values) for values in pair) for pair in self._pairs]
        return any(one for one, _ in found) and all(math.isclose(one, -other) for one, other in found)


def _updates(program: Program, numbers: Mapping[str, float], sign: float) -> Iterator[Values]:
    """Yield all values in the updates of one parameter by the trial gradients, each times ``sign``."""
    letters = [line.target.removesuffix("_t") for line in program.lines if line.target.endswith("_t")]
    w, memory = 0.0, dict.fromkeys(letters, 0.0)
    for t, gradient in enumerate(_GRADIENTS, 1):
        values = {**numbers, **memory, "w": w, "t": float(t)}
        asked = sign * gradient
        for line in program.lines:
            if is_gradient(line.node):
                values[line.target], asked = asked, 1.2 * asked  # a different gradient at another place
            elif is_norm(line.node):
                (name,) = names_in(line.node)
                values[line.target] = abs(values[name])
            else:
                values[line.target] = evaluate(line.node, values)
        w, memory = values["w_next"], {z: values[f"{z}_t"] for z in letters}
        yield values
