"""What scripts hold of runs whose steps are looked for: searches, second-order methods, and what they call.

All of it takes a place and a slope as lists of numbers, one for each parameter. It computes as
`gdsim.core.engine.line_search` and `gdsim.core.engine.directions` do, down to the last bit.
"""

from collections.abc import Mapping

from gdsim.core.engine.directions import LEAST_CURVATURE
from gdsim.core.engine.line_search import EXACT, MARGIN, MOST_STAYS, MOST_TRIES, RESOLUTION, ROUNDING
from gdsim.core.engine.linear_algebra import MOST_PLAIN_PARAMETERS, MOST_ROUNDS
from gdsim.core.engine.search_loop import LARGEST_MU, MU_FACTOR, SMALLEST_MU
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.rules.searches import FIXED, MULTIPLES, Search
from gdsim.core.rules.second_order import SecondOrderRule

STOPPED = "Stopped"
LINE = "Line"
# The functions for the searches and methods, by their ids; those for the curvature are `CURVATURES`.
SEARCH_FUNCTIONS: Mapping[str, str] = {
    "list": "best_of_rates",
    "exact": "exact",
    "armijo": "armijo",
    "wolfe": "strong_wolfe",
    "polyak": "polyak",
}
CURVATURES = ("curvature", "flat_curvature")
# Names in the lines that call them, which nothing else may have.
RESERVED = (
    STOPPED, LINE, *SEARCH_FUNCTIONS.values(), *CURVATURES, "array_curvature", "array_flat_curvature", "dot",
    "solve", "eigen", "damped", "newton", "damped_newton", "saddle_free_newton", "gauss_newton",
    "levenberg_marquardt", "bfgs", "conjugate_gradient", "known", "eta0", "c1", "c2", "shrink", "most",
    "lowest",
)  # fmt: skip
# What a method is given of its last step, and gives back.
MEMORIES: Mapping[str, str] = {"levenberg-marquardt": "mu", "bfgs": "known", "conjugate-gradient": "known"}


def reason_words(reason: StopReason) -> str:
    """Return why a run stopped, without at which step."""
    return reason.value.partition(": ")[2]


def search_function(search: Search) -> str:
    """Return the name of the function that looks for a rate; empty for a fixed one."""
    return "" if search.definition == FIXED else SEARCH_FUNCTIONS[search.id]


def memory_at_first(rule: SecondOrderRule, width: int, mu: float, searched: tuple[float, ...]) -> str:
    """Return what a method begins with as source; ``searched`` is what a fork goes on with."""
    rows = [list(searched[first : first + width]) for first in range(0, len(searched), width)]
    if rule.searches_itself:
        return repr(searched[0] if searched else mu)
    if rule.id == "bfgs":
        known = rows or [[float(i == j) for j in range(width)] for i in range(width)]
        return f"({known!r}, None, None)"
    return repr(tuple(rows or [[0.0] * width] * 2))


def searching(dimension: int, *, arrays: bool, points: str) -> dict[str, str]:
    """Return the functions, texts by their names.

    ``arrays`` says whether NumPy adds up the loss over all points, which are called ``points``.
    """
    prefix, of_place = "array_" * arrays, "*p" if dimension == 1 else "p[:-1], p[-1]"
    curvature, flat = (f"{prefix}{name}({of_place}, {points})" for name in CURVATURES)
    many = dimension + 1 > MOST_PLAIN_PARAMETERS
    line = _filled(
        _LINE,
        loss=f"{prefix}loss",
        gradient=f"{prefix}gradient",
        star="" if dimension == 1 else "*",
        here=f"{of_place}, {points}",
        points=points,
    )
    return {
        STOPPED: _STOPPED,
        "dot": _DOT,
        LINE: line,
        "best_of_rates": _filled(_LIST, multiples=repr(MULTIPLES)),
        "polyak": _filled(_POLYAK),
        "armijo": _filled(_ARMIJO, tries=repr(MOST_TRIES)),
        "strong_wolfe": _filled(_WOLFE, tries=repr(MOST_TRIES), rounding=repr(ROUNDING), margin=repr(MARGIN)),
        "exact": _filled(
            _EXACT,
            tries=repr(MOST_TRIES),
            stays=repr(MOST_STAYS),
            rounding=repr(ROUNDING),
            resolution=repr(RESOLUTION),
            level=repr(EXACT),
        ),
        "solve": _filled(_SOLVE_BY_NUMPY if many else _SOLVE),
        "eigen": _filled(_EIGEN_BY_NUMPY if many else _EIGEN, rounds=repr(MOST_ROUNDS)),
        "damped": _DAMPED,
        "newton": _filled(_NEWTON, curvature=curvature),
        "damped_newton": _filled(_DAMPED_NEWTON, curvature=curvature),
        "saddle_free_newton": _filled(_SADDLE_FREE, curvature=curvature),
        "gauss_newton": _filled(_GAUSS_NEWTON, curvature=flat),
        "levenberg_marquardt": _filled(
            _LEVENBERG_MARQUARDT,
            curvature=flat,
            most=repr(LARGEST_MU),
            least=repr(SMALLEST_MU),
            factor=repr(MU_FACTOR),
        ),
        "bfgs": _filled(_BFGS, least=repr(LEAST_CURVATURE)),
        "conjugate_gradient": _CONJUGATE_GRADIENT,
    }


def _filled(text: str, **parts: str) -> str:
    """Return a text with something for each name between guillemets: braces are Python's own there."""
    for reason in StopReason:
        parts[reason.name.lower()] = reason_words(reason)
    for name, part in parts.items():
        text = text.replace(f"«{name}»", part)
    return text


_STOPPED = '''\
class Stopped(Exception):
    """Why there is no further step."""'''

_DOT = '''\
def dot(one, other):
    """The sum of the products of two lists of numbers."""
    total = 0.0
    for x, y in zip(one, other):
        total += x * y
    return total'''

_LINE = '''\
class Line:
    """The loss along a direction d from a place p: t is how far it goes, as a multiple of d."""

    def __init__(self, p, d, g):
        self.p, self.d, self.slope_here = p, d, dot(g, d)
        self.loss_here = «loss»(«here»)
        self.tried = []

    def place(self, t):
        return [number + t * along for number, along in zip(self.p, self.d)]

    def loss(self, t):
        «star»w, b = self.place(t)
        self.tried.append(«loss»(w, b, «points»))
        return self.tried[-1]

    def slope(self, t):
        «star»w, b = self.place(t)
        dw, db = «gradient»(w, b, «points»)
        return dot([«star»dw, db], self.d)

    def start(self):
        """The loss and the slope where it begins; the search ends unless d leads down."""
        if self.slope_here > 0:
            raise Stopped("«climbs»")
        if not self.slope_here < 0:
            raise Stopped(
                "«flat»"
                if self.slope_here == 0
                else "«no_step»"
            )
        return self.loss_here, self.slope_here

    def found(self, t):
        """The step that a search found, if it moves anything."""
        if t is None or self.place(t) == self.place(0.0):
            same = all(loss == self.loss_here for loss in self.tried)
            raise Stopped(
                "«flat»"
                if self.tried and same
                else "«no_step»"
            )
        return t'''


_LIST = '''\
def best_of_rates(line, eta0):
    """Try some rates, and take the one with the lowest loss."""
    tried = [(line.loss(eta0 * times), eta0 * times) for times in «multiples»]
    finite = [one for one in tried if math.isfinite(one[0])]
    return min(finite or tried[:1])[1]'''

_POLYAK = '''\
def polyak(line, eta0, lowest):
    """The step that would reach the lowest loss if the slope stayed as it is; at most eta0."""
    loss, slope = line.start()
    if not loss > lowest:
        raise Stopped("«reached»")
    return line.found(min(eta0, (loss - lowest) / -slope))'''

_ARMIJO = '''\
def armijo(line, eta0, c1, shrink):
    """Shorten the step until the loss falls by enough."""
    loss, slope = line.start()
    t = eta0
    for _ in range(«tries»):
        if line.place(t) == line.place(0.0):
            break
        if line.loss(t) <= loss + c1 * t * slope:
            return line.found(t)
        t *= shrink
    return line.found(None)'''

_WOLFE = '''\
def strong_wolfe(line, eta0, c1, c2):
    """The loss must fall by enough, and the slope along d must have become flat enough."""
    loss_0, slope_0 = line.start()
    room = «rounding» * abs(loss_0)  # losses that differ by less may differ by rounding alone

    def is_above(t, loss, low):
        return not loss <= loss_0 + c1 * t * slope_0 + room or (low[0] != 0 and loss >= low[1] + room)

    def is_enough(t, loss, slope):
        return loss <= loss_0 + c1 * t * slope_0 and abs(slope) <= c2 * abs(slope_0)

    # Longer steps, until there is one between the last two.
    last, t = (0.0, loss_0, slope_0), eta0
    for _ in range(«tries»):
        loss = line.loss(t)
        if is_above(t, loss, last):
            low, high = last, (t, loss)
            break
        slope = line.slope(t)
        if is_enough(t, loss, slope):
            return line.found(t)
        if not slope < 0:
            low, high = (t, loss, slope), last
            break
        last, t = (t, loss, slope), 2.0 * t
    else:
        return line.found(None)
    # Between low and high: where a parabola is lowest that has both losses and the slope at low.
    for _ in range(«tries»):
        width = high[0] - low[0]
        bend = 2.0 * (high[1] - low[1] - low[2] * width)
        share = -low[2] * width / bend if bend > 0 and math.isfinite(bend) else 0.5
        t = low[0] + width * min(max(share, «margin»), 1.0 - «margin»)
        if t in (low[0], high[0]):
            break
        loss = line.loss(t)
        if is_above(t, loss, low):
            high = t, loss
            continue
        slope = line.slope(t)
        if is_enough(t, loss, slope):
            return line.found(t)
        if slope * (high[0] - low[0]) >= 0:
            high = low
        low = t, loss, slope
    return line.found(None)'''

_EXACT = '''\
def exact(line, eta0, most):
    """The first minimum along d, where the slope is zero; at most so long a step."""
    loss_0, slope_0 = line.start()
    level = «level» * abs(slope_0)

    def leads_down(loss, slope, low):
        return slope < 0 and loss <= low[1] + «rounding» * abs(low[1])

    # Longer steps, until the slope leads up.
    low, t = (0.0, loss_0, slope_0), min(eta0, most)
    while True:
        loss, slope = line.loss(t), line.slope(t)
        if abs(slope) <= level and loss <= loss_0:
            return line.found(t)
        if not leads_down(loss, slope, low):
            high = t
            break
        if t == most:
            return line.found(t)
        low, t = (t, loss, slope), min(2.0 * t, most)
    # Between the last two: where a straight slope would be zero, or halfway.
    slopes, kept, stays = [low[2], slope], 0, 0
    reach = max(abs(number) for number in line.p) / max(abs(number) for number in line.d)
    least = «resolution» * max(reach, high)  # closer steps lead to the same place
    for _ in range(2 * «tries»):
        t = 0.5 * (low[0] + high)
        if slopes[1] > 0 and stays < «stays»:
            t = low[0] - (high - low[0]) * slopes[0] / (slopes[1] - slopes[0])
            t = min(max(t, low[0] + least), high - least)
        if high - low[0] <= least or not low[0] < t < high:
            break
        loss, slope = line.loss(t), line.slope(t)
        if abs(slope) <= level and loss <= loss_0:
            return line.found(t)
        end = 0 if leads_down(loss, slope, low) else 1
        if end == 0:
            low = t, loss, slope
        else:
            high = t
        slopes[end] = slope
        stays = stays + 1 if end == kept else 0
        if stays:  # an end that stays has its slope halved
            slopes[1 - end] *= 0.5
        kept = end
    return line.found(low[0] or None)'''

_SOLVE = '''\
def solve(A, v):
    """The x of A x = v, by elimination."""
    n = len(v)
    rows, x = [[*row, value] for row, value in zip(A, v)], [0.0] * n
    try:
        for i in range(n):
            for j in range(i + 1, n):
                if abs(rows[j][i]) > abs(rows[i][i]):
                    rows[i], rows[j] = rows[j], rows[i]
            for j in range(i + 1, n):
                share = rows[j][i] / rows[i][i]
                for k in range(i + 1, n + 1):
                    rows[j][k] -= share * rows[i][k]
        for i in reversed(range(n)):
            left = rows[i][n]
            for j in range(i + 1, n):
                left -= rows[i][j] * x[j]
            x[i] = left / rows[i][i]
    except ZeroDivisionError:
        raise Stopped("«singular»") from None
    if not all(math.isfinite(number) for number in x):
        raise Stopped("«singular»")
    return x'''

_SOLVE_BY_NUMPY = '''\
def solve(A, v):
    """The x of A x = v, of so many numbers by NumPy."""
    try:
        x = np.linalg.solve(A, v).tolist()
    except np.linalg.LinAlgError:
        raise Stopped("«singular»") from None
    if not all(math.isfinite(number) for number in x):
        raise Stopped("«singular»")
    return x'''

_DAMPED = '''\
def damped(H, damping):
    """H with something added to each number on its diagonal."""
    return [
        [h + damping if i == j else h for j, h in enumerate(row)]
        for i, row in enumerate(H)
    ]'''

_EIGEN = '''\
def eigen(H):
    """The curvatures along the axes of H, and these axes: they are turned until H is diagonal (Jacobi)."""
    n = len(H)
    H, axes = [[*row] for row in H], [[float(i == j) for j in range(n)] for i in range(n)]
    for _ in range(«rounds»):
        pairs = [(i, j) for i in range(n) for j in range(i) if H[i][j] != 0]
        if not pairs:
            break
        for i, j in pairs:
            if H[i][j] == 0:
                continue
            slope = (H[j][j] - H[i][i]) / (2.0 * H[i][j])
            tangent = math.copysign(1.0, slope) / (abs(slope) + math.sqrt(slope * slope + 1.0))
            cosine = 1.0 / math.sqrt(tangent * tangent + 1.0)
            sine = tangent * cosine
            for row in H:
                row[i], row[j] = cosine * row[i] - sine * row[j], sine * row[i] + cosine * row[j]
            for table in (H, axes):
                one, other = table[i], table[j]
                table[i] = [cosine * x - sine * y for x, y in zip(one, other)]
                table[j] = [sine * x + cosine * y for x, y in zip(one, other)]
            H[i][j] = H[j][i] = 0.0
    return [H[i][i] for i in range(n)], axes'''

_EIGEN_BY_NUMPY = '''\
def eigen(H):
    """The curvatures along the axes of H, and these axes, of so many numbers by NumPy."""
    try:
        curvatures, axes = np.linalg.eigh(H)
    except np.linalg.LinAlgError:
        raise Stopped("«singular»") from None
    return curvatures.tolist(), axes.T.tolist()'''

_NEWTON = '''\
def newton(p, g):
    """The d of H d = -g."""
    return solve(«curvature», [-slope for slope in g])'''

_DAMPED_NEWTON = '''\
def damped_newton(p, g, damping):
    """The d of (H + damping I) d = -g."""
    return solve(damped(«curvature», damping), [-slope for slope in g])'''

_GAUSS_NEWTON = '''\
def gauss_newton(p, g):
    """The d of G d = -g, where G is the curvature if no output were curved."""
    return solve(«curvature», [-slope for slope in g])'''

_SADDLE_FREE = '''\
def saddle_free_newton(p, g):
    """The d of |H| d = -g: along each axis of H, the slope over the size of the curvature."""
    d = [0.0] * len(g)
    for bend, axis in zip(*eigen(«curvature»)):
        if bend == 0:
            raise Stopped("«singular»")
        share = dot(axis, g) / abs(bend)
        d = [number - share * along for number, along in zip(d, axis)]
    if not all(math.isfinite(number) for number in d):
        raise Stopped("«singular»")
    return d'''

_LEVENBERG_MARQUARDT = '''\
def levenberg_marquardt(p, g, eta, mu):
    """The d of (G + mu I) d = -g, with ten times the mu until the loss is lower; and a tenth of that mu."""
    G = «curvature»
    while mu <= «most»:
        try:
            d = solve(damped(G, mu), [-slope for slope in g])
        except Stopped:
            mu *= «factor»
            continue
        line = Line(p, d, g)
        if line.loss(eta) < line.loss_here:
            return *d, max(mu / «factor», «least»)
        mu *= «factor»
    raise Stopped("«no_step»")'''

_BFGS = '''\
def bfgs(p, g, known):
    """d = -B g, where B is learnt from the last step; B begins anew where d would climb."""
    B, last_p, last_g = known
    if last_p is not None:
        s = [new - old for new, old in zip(p, last_p)]
        y = [new - old for new, old in zip(g, last_g)]
        along = dot(s, y)
        if along > «least» * math.sqrt(dot(s, s) * dot(y, y)):
            By = [dot(row, y) for row in B]
            share = (1.0 + dot(y, By) / along) / along
            B = [
                [
                    number
                    - (s[i] * By[j] + By[i] * s[j]) / along
                    + share * s[i] * s[j]
                    for j, number in enumerate(row)
                ]
                for i, row in enumerate(B)
            ]
    down = [-slope for slope in g]
    d = [dot(row, down) for row in B]
    if not dot(g, d) < 0:
        B, d = [[float(i == j) for j in range(len(g))] for i in range(len(g))], down
    return *d, (B, p, g)'''

_CONJUGATE_GRADIENT = '''\
def conjugate_gradient(p, g, known):
    """d = -g + beta times the last d (Polak-Ribière+); -g where that would climb."""
    last_d, last_g = known
    size, beta = dot(last_g, last_g), 0.0
    if size > 0:
        change = [new - old for new, old in zip(g, last_g)]
        beta = max(0.0, dot(g, change) / size)
    d = [beta * last - slope for last, slope in zip(last_d, g)]
    if not dot(g, d) < 0:
        d = [-slope for slope in g]
    return *d, (d, g)'''
