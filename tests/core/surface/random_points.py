"""Random points and windows for searches of the lowest place, some usual and some difficult."""

import numpy as np

KINDS = ("few", "noisy", "separable", "large inputs", "edges", "wide and narrow")


def random_case(kind, seed):
    """Return x, y and the window (w_min, w_max, b_min, b_max) of a random case of a kind."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    window = (-6.0, 6.0, -6.0, 6.0)
    n = int(rng.integers(2, 9))
    x, y = np.round(rng.uniform(-4.0, 4.0, n), 2), np.round(rng.uniform(0.0, 1.0, n), 2)
    if kind == "noisy":
        x = np.round(rng.normal(0.0, 2.0, int(rng.integers(20, 60))), 2)
        f = 1.0 / (1.0 + np.exp(-(rng.uniform(-3, 3) * x + rng.uniform(-2, 2))))
        y = (
            (rng.uniform(size=len(x)) < f) * 1.0
            if seed % 2
            else np.clip(f + rng.normal(0, 0.2, len(x)), 0, 1)
        )
    elif kind == "separable":
        y = (x > rng.choice(x)) * 1.0
        y = 1.0 - y if rng.uniform() < 0.5 else y
    elif kind == "large inputs":
        x = np.round(rng.uniform(-200.0, 200.0, n), 1)
    elif kind == "edges":
        middle, size = rng.uniform(-5.0, 5.0, 2), rng.uniform(0.5, 3.0, 2)
        window = (middle[0] - size[0], middle[0] + size[0], middle[1] - size[1], middle[1] + size[1])
        if seed % 3 == 0:
            y = (x > rng.choice(x)) * 1.0
    elif kind == "wide and narrow":
        size = 10.0 ** rng.uniform(-2.0, 3.0)
        middle = rng.uniform(-3.0, 3.0, 2)
        window = (middle[0] - size, middle[0] + size, middle[1] - size, middle[1] + size)
    return x, y, tuple(map(float, window))
