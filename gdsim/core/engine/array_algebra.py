"""Linear systems and eigenvalue problems for m small matrices at once, solved as `search_source` solves one.

Matrices have the shape (n, n, m), vectors (n, m).
"""

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.search_source import MOST_ROUNDS

# NumPy adds this many contiguous numbers (as those of a single run are) in an order of its own.
_PAIRWISE = 8


def identities(width: int, count: int) -> Array:
    """Return ``count`` identity matrices: shape (width, width, count)."""
    return np.repeat(np.eye(width)[:, :, np.newaxis], count, axis=2)


def dots(one: Array, other: Array) -> Array:
    """Return the dot products along the first axis, summed in order."""
    products: Array = one * other
    total: Array = np.add.reduce(products) if len(products) < _PAIRWISE else np.add.accumulate(products)[-1]
    return total


def with_damping(matrix: Array, damping: Array) -> Array:
    """Return copies of the matrices with ``damping`` (m,) added to their diagonals."""
    damped, diagonal = matrix.copy(), np.arange(len(matrix))
    damped[diagonal, diagonal] += damping
    return damped


def solve_systems(matrix: Array, right: Array) -> Array:
    """Solve ``matrix d = right`` for d by Gaussian elimination with partial pivoting.

    Where a system has no solution, d contains a number that is not finite.
    """
    rows, width = [*np.concatenate([matrix, right[:, np.newaxis]], axis=1)], len(right)
    d = np.empty_like(right)
    for i in range(width):
        for j in range(i + 1, width):
            larger = np.abs(rows[j][i]) > np.abs(rows[i][i])
            rows[i], rows[j] = np.where(larger, rows[j], rows[i]), np.where(larger, rows[i], rows[j])
        for j in range(i + 1, width):
            rows[j] = rows[j] - rows[j][i] / rows[i][i] * rows[i]
    for i in reversed(range(width)):
        left = rows[i][width]
        for j in range(i + 1, width):
            left = left - rows[i][j] * d[j]
        d[i] = left / rows[i][i]
    return d


def eigen(matrix: Array) -> tuple[Array, Array]:
    """Return the eigenvalues (n, m) of symmetric matrices, and their eigenvectors as rows."""
    matrix, width = matrix.copy(), len(matrix)
    vectors = identities(width, matrix.shape[2])
    for _ in range(MOST_ROUNDS):
        pairs = [(i, j, matrix[i, j] != 0.0) for i in range(width) for j in range(i)]
        if not any(nonzero.any() for *_, nonzero in pairs):
            break
        for i, j, nonzero in pairs:
            which = np.flatnonzero(nonzero & (matrix[i, j] != 0.0))
            tables = matrix[:, :, which], vectors[:, :, which]
            _rotate(*tables, i, j)
            matrix[:, :, which], vectors[:, :, which] = tables
    diagonal = np.arange(width)
    return matrix[diagonal, diagonal], vectors


def _rotate(rows: Array, vectors: Array, i: int, j: int) -> None:
    """Rotate axes i and j in place so that element (i, j) of each matrix becomes 0 (a Jacobi rotation)."""
    slope = (rows[j, j] - rows[i, i]) / (2.0 * rows[i, j])
    tangent = np.copysign(1.0, slope) / (np.abs(slope) + np.sqrt(slope * slope + 1.0))
    cosine = 1.0 / np.sqrt(tangent * tangent + 1.0)
    sine = tangent * cosine
    for table in (rows.swapaxes(0, 1), rows, vectors):
        one, other = table[i].copy(), table[j].copy()
        table[i], table[j] = cosine * one - sine * other, sine * one + cosine * other
    rows[i, j] = rows[j, i] = 0.0
