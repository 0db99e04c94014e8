"""The source of line searches and second-order methods: functions on lists with one number per parameter.

The engine computes single runs with these functions, and exported scripts contain them. Thousands of runs at
once are computed on arrays, see `gdsim.core.engine.array_searches` and `gdsim.core.engine.array_directions`.

A search takes a line, with the methods of `gdsim.core.engine.line_search.Line`, and the search's settings; it
returns the length of the step, or raises ``Stopped``. A method takes the parameters and the gradient, and
returns the direction, followed by the method's memory if it has any. Armijo and strong Wolfe are algorithms
3.1, 3.5 and 3.6 of Nocedal and Wright, Numerical optimization, 2006.
"""

from collections.abc import Callable, Mapping

from gdsim.core.engine.trajectory import StopReason
from gdsim.core.rules.searches import MULTIPLES

# Halved this often, a step moves nothing any more; doubled this often, it leaves every sensible range.
MOST_TRIES = 100
# The least distance of a try from the ends of its interval, as a share of the interval.
MARGIN = 0.1
# The largest slope at the end of an exact step, as a share of the slope at its beginning.
EXACT = 1e-12
# Losses whose relative difference is smaller may differ by rounding alone.
ROUNDING = 1e-12
# Parameters whose relative difference is smaller may differ by rounding alone.
RESOLUTION = 2.0**-51
# If one end of the interval stays for this many tries, the slope is far from linear, and the next try is the
# midpoint.
MOST_STAYS = 4
# Linear systems of up to this many parameters are solved in plain floats, larger ones by NumPy, which is
# faster there (measured).
_MOST_PLAIN_PARAMETERS = 12
# The most sweeps of Jacobi rotations over all pairs of axes; a few are enough.
MOST_ROUNDS = 30
# The cosine between a step and the change of the gradient that BFGS needs to learn from the step.
LEAST_CURVATURE = 1e-10
# The factor by which μ grows after a failed step and shrinks after a successful one, and the limits of μ.
MU_FACTOR, LARGEST_MU, SMALLEST_MU = 10.0, 1e30, 1e-300

# The function of each search, by the search's id. For methods see `SecondOrderRule.function`.
SEARCH_FUNCTIONS: Mapping[str, str] = {
    "list": "best_of_rates",
    "exact": "exact",
    "armijo": "armijo",
    "wolfe": "strong_wolfe",
    "polyak": "polyak",
}


def search_source(
    width: int, curvature: str, flat_curvature: str, words: Callable[[StopReason], str]
) -> dict[str, str]:
    """Return the source of each function by name, for ``width`` parameters.

    ``curvature`` is the source of an expression for the Hessian at ``p``, and ``flat_curvature`` for what it
    would be if no output were curved; ``words`` returns the text of ``Stopped`` for a reason.
    """
    many = width > _MOST_PLAIN_PARAMETERS
    parts = {reason.name.lower(): words(reason) for reason in StopReason} | {
        "curvature": curvature,
        "flat_curvature": flat_curvature,
        "multiples": repr(MULTIPLES),
        "tries": repr(MOST_TRIES),
        "stays": repr(MOST_STAYS),
        "margin": repr(MARGIN),
        "level": repr(EXACT),
        "rounding": repr(ROUNDING),
        "resolution": repr(RESOLUTION),
        "rounds": repr(MOST_ROUNDS),
        "least_curvature": repr(LEAST_CURVATURE),
        "mu_factor": repr(MU_FACTOR),
        "largest_mu": repr(LARGEST_MU),
        "smallest_mu": repr(SMALLEST_MU),
    }
    texts = {
        "dot": _DOT,
        "best_of_rates": _LIST,
        "polyak": _POLYAK,
        "armijo": _ARMIJO,
        "strong_wolfe": _WOLFE,
        "exact": _EXACT,
        "solve": _SOLVE_BY_NUMPY if many else _SOLVE,
        "eigen": _EIGEN_BY_NUMPY if many else _EIGEN,
        "damped": _DAMPED,
        "newton": _NEWTON,
        "damped_newton": _DAMPED_NEWTON,
        "saddle_free_newton": _SADDLE_FREE,
        "gauss_newton": _GAUSS_NEWTON,
        "levenberg_marquardt": _LEVENBERG_MARQUARDT,
        "learnt": _LEARNT,
        "bfgs": _BFGS,
        "conjugate_gradient": _CONJUGATE_GRADIENT,
    }
    return {name: filled_source(text, parts) for name, text in texts.items()}


def filled_source(text: str, parts: Mapping[str, str]) -> str:
    """Replace each name between guillemets in a text by its part; braces belong to the Python source."""
    for name, part in parts.items():
        text = text.replace(f"«{name}»", part)
    return text


_DOT = '''\
def dot(one, other):
    """The sum of the products of two lists of numbers."""
    total = 0.0
    for x, y in zip(one, other):
        total += x * y
    return total'''

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
    """The x of A x = v, computed by NumPy because there are many numbers."""
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
    """The curvatures along the axes of H, and these axes, computed by NumPy."""
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
    return solve(«flat_curvature», [-slope for slope in g])'''

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
    G = «flat_curvature»
    while mu <= «largest_mu»:
        try:
            d = solve(damped(G, mu), [-slope for slope in g])
        except Stopped:
            mu *= «mu_factor»
            continue
        line = Line(p, d, g)
        if line.loss(eta) < line.loss_here:
            return *d, max(mu / «mu_factor», «smallest_mu»)
        mu *= «mu_factor»
    raise Stopped("«no_step»")'''

_LEARNT = '''\
def learnt(B, s, y):
    """B after a step s that changed the gradient by y, if the loss bends up along it."""
    along = dot(s, y)
    if not along > «least_curvature» * math.sqrt(dot(s, s) * dot(y, y)):
        return B
    By = [dot(row, y) for row in B]
    share = (1.0 + dot(y, By) / along) / along
    return [
        [
            number - (s[i] * By[j] + By[i] * s[j]) / along + share * s[i] * s[j]
            for j, number in enumerate(row)
        ]
        for i, row in enumerate(B)
    ]'''

_BFGS = '''\
def bfgs(p, g, known):
    """d = -B g, where B is learnt from the last step; B begins anew where d would climb."""
    B, last_p, last_g = known
    if last_p is not None:
        s = [new - old for new, old in zip(p, last_p)]
        B = learnt(B, s, [new - old for new, old in zip(g, last_g)])
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
