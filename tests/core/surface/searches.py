"""A slow search for the lowest place of a window, which shares no code with the program's own."""

import math

import numpy as np


def loss(x, y, w, b):
    """Return the loss at (w, b), two arrays of the same shape, by the formula."""
    z = np.multiply.outer(w, x) + np.asarray(b)[..., np.newaxis]
    f = np.where(z >= 0.0, 1.0, np.exp(-np.abs(z))) / (1.0 + np.exp(-np.abs(z)))
    return 0.5 * ((f - y) ** 2).sum(axis=-1)


def lowest(x, y, window, seed=0):
    """Return (w, b, loss) of the lowest place found from many starts by a simplex, and along the border."""
    rng = np.random.default_rng(seed)
    w_min, w_max, b_min, b_max = window
    starts = [*_on_a_grid(x, y, window), *_scattered(x, y, window, rng), *_beside_steps(x, y, window, rng)]
    found = [_simplex(x, y, window, start) for start in starts]
    found += [_along(x, y, (w, b_min), (w, b_max)) for w in (w_min, w_max)]
    found += [_along(x, y, (w_min, b), (w_max, b)) for b in (b_min, b_max)]
    return min(found, key=lambda result: result[2])


def _on_a_grid(x, y, window):
    w, b = np.linspace(*window[:2], 121), np.linspace(*window[2:], 121)
    w, b = (side.ravel() for side in np.meshgrid(w, b))
    return _best(x, y, w, b, 3)


def _scattered(x, y, window, rng):
    w = rng.uniform(*window[:2], 4_000)
    return _best(x, y, w, rng.uniform(*window[2:], len(w)), 1)


def _beside_steps(x, y, window, rng):
    """Return good starts among neurons of any steepness whose step is among the points."""
    many = 10_000
    steepest = max(abs(window[0]), abs(window[1]))
    w = rng.choice([-1.0, 1.0], many) * steepest * 10.0 ** rng.uniform(-5.0, 0.0, many)
    width = np.ptp(x) + 1e-3
    b = -w * rng.uniform(x.min() - width, x.max() + width, many)
    inside = (w >= window[0]) & (w <= window[1]) & (b >= window[2]) & (b <= window[3])
    return _best(x, y, w[inside], b[inside], 6)


def _best(x, y, w, b, count):
    """Return up to ``count`` of the lowest places, each some distance from the others."""
    if not len(w):
        return []
    heights, chosen = loss(x, y, w, b), []
    for index in np.argsort(heights)[:400]:
        place = np.array([w[index], b[index]])
        if all(np.abs(place - other).max() > 1e-3 * np.abs(place).max() for other in chosen):
            chosen.append(place)
        if len(chosen) == count:
            break
    return chosen


def _simplex(x, y, window, start, moves=400):
    """Minimise with the method of Nelder and Mead within the window, twice, the second time more finely."""
    low, high = np.array(window[::2]), np.array(window[1::2])
    xs, ys = x.tolist(), y.tolist()

    def at(place):
        place = np.clip(place, low, high)
        w, b = place.tolist()
        total = 0.0
        for x_i, y_i in zip(xs, ys, strict=True):
            z = w * x_i + b
            f = 1.0 / (1.0 + math.exp(-z)) if z > -700.0 else 0.0
            total += (f - y_i) ** 2
        return 0.5 * total, place

    best = at(start)
    for share in (1e-2, 1e-3):
        size = share * np.minimum(high - low, np.abs(best[1]) + 1e-3 * (high - low))
        corners = [best, at(best[1] + size * [1.0, 0.0]), at(best[1] + size * [0.0, 1.0])]
        for _ in range(moves):
            corners.sort(key=lambda corner: corner[0])
            (first, a), (second, b), (third, c) = corners
            if np.abs(c - a).max() <= 1e-14 * np.abs(a).max() or third - first <= 1e-17 * first:
                break
            middle = 0.5 * (a + b)
            turned = at(middle + (middle - c))
            if turned[0] < first:
                far = at(middle + 2.0 * (middle - c))
                corners[2] = min(turned, far, key=lambda corner: corner[0])
            elif turned[0] < second:
                corners[2] = turned
            else:
                near = at(middle + 0.5 * ((middle - c) if turned[0] < third else (c - middle)))
                if near[0] < min(third, turned[0]):
                    corners[2] = near
                else:
                    corners[1:] = [at(0.5 * (a + b)), at(0.5 * (a + c))]
        best = min(corners, key=lambda corner: corner[0])
    return (*best[1].tolist(), best[0])


def _along(x, y, start, end, samples=4001):
    """Search a side of the window with many samples, then with ever finer ones around the lowest."""
    start, end = np.array(start), np.array(end)
    first, last = 0.0, 1.0
    for _ in range(6):
        share = np.linspace(first, last, samples)
        w, b = (start[:, np.newaxis] + share * (end - start)[:, np.newaxis]).tolist()
        heights = loss(x, y, np.array(w), np.array(b))
        index = int(np.argmin(heights))
        step = share[1] - share[0]
        first, last = max(0.0, share[index] - 2 * step), min(1.0, share[index] + 2 * step)
        samples = 101
    return w[index], b[index], float(heights[index])
