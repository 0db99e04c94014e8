"""Small systems of equations and eigenvalues in plain floats, in the order in which a script has them.

Those of many parameters are NumPy's, which is faster there (measured).
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

Vector: TypeAlias = list[float]
Matrix: TypeAlias = list[Vector]

# Systems of up to so many parameters are solved in plain floats.
MOST_PLAIN_PARAMETERS = 12
# So often all pairs of axes are turned, of which a few are enough.
MOST_ROUNDS = 30


class Singular(ArithmeticError):  # noqa: N818 - reads as what it says
    """The equation for a direction has no solution."""


def identity(width: int) -> Matrix:
    """Return the matrix that changes nothing."""
    return [[float(i == j) for j in range(width)] for i in range(width)]


def dot(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the sum of the products, added up in their order."""
    total = 0.0
    for x, y in zip(one, other, strict=True):
        total += x * y
    return total


def times(matrix: Matrix, vector: Sequence[float]) -> Vector:
    """Return a matrix times a vector."""
    return [dot(row, vector) for row in matrix]


def with_damping(matrix: Matrix, damping: float) -> Matrix:
    """Return a matrix with something added to each number on its diagonal."""
    return [[one + damping if i == j else one for j, one in enumerate(row)] for i, row in enumerate(matrix)]


def solve(matrix: Matrix, right: Sequence[float]) -> Vector:
    """Return the d of ``matrix d = right``, by elimination; raises `Singular` where there is none."""
    if len(right) > MOST_PLAIN_PARAMETERS:
        return _solved_by_numpy(matrix, right)
    rows, width = [[*row, value] for row, value in zip(matrix, right, strict=True)], len(matrix)
    d = [0.0] * width
    try:
        for i in range(width):
            for j in range(i + 1, width):
                if abs(rows[j][i]) > abs(rows[i][i]):
                    rows[i], rows[j] = rows[j], rows[i]
            for j in range(i + 1, width):
                share = rows[j][i] / rows[i][i]
                for k in range(i + 1, width + 1):
                    rows[j][k] -= share * rows[i][k]
        for i in reversed(range(width)):
            left = rows[i][width]
            for j in range(i + 1, width):
                left -= rows[i][j] * d[j]
            d[i] = left / rows[i][i]
    except ZeroDivisionError as error:
        raise Singular from error
    return finite(d)


def eigen(matrix: Matrix) -> tuple[Vector, Matrix]:
    """Return the eigenvalues of a symmetric matrix, and its eigenvectors as rows, by Jacobi's rotations."""
    if len(matrix) > MOST_PLAIN_PARAMETERS:
        return _eigen_by_numpy(matrix)
    rows, vectors = [[*row] for row in matrix], identity(len(matrix))
    for _ in range(MOST_ROUNDS):
        pairs = [(i, j) for i in range(len(rows)) for j in range(i) if rows[i][j] != 0.0]
        if not pairs:
            break
        for i, j in pairs:
            if rows[i][j] != 0.0:
                _turn(rows, vectors, i, j)
    return [row[i] for i, row in enumerate(rows)], vectors


def _solved_by_numpy(matrix: Matrix, right: Sequence[float]) -> Vector:
    try:
        d: Vector = np.linalg.solve(matrix, right).tolist()
    except np.linalg.LinAlgError as error:
        raise Singular from error
    return finite(d)


def _eigen_by_numpy(matrix: Matrix) -> tuple[Vector, Matrix]:
    try:
        values, vectors = np.linalg.eigh(matrix)
    except np.linalg.LinAlgError as error:
        raise Singular from error
    return values.tolist(), vectors.T.tolist()


def _turn(rows: Matrix, vectors: Matrix, i: int, j: int) -> None:
    """Turn two axes so that the number that joins them becomes 0."""
    slope = (rows[j][j] - rows[i][i]) / (2.0 * rows[i][j])
    tangent = math.copysign(1.0, slope) / (abs(slope) + math.sqrt(slope * slope + 1.0))
    cosine = 1.0 / math.sqrt(tangent * tangent + 1.0)
    sine = tangent * cosine
    for k in range(len(rows)):
        one, other = rows[k][i], rows[k][j]
        rows[k][i], rows[k][j] = cosine * one - sine * other, sine * one + cosine * other
    for table in (rows, vectors):
        first, second = table[i], table[j]
        table[i] = [cosine * one - sine * other for one, other in zip(first, second, strict=True)]
        table[j] = [sine * one + cosine * other for one, other in zip(first, second, strict=True)]
    rows[i][j] = rows[j][i] = 0.0


def finite(d: Vector) -> Vector:
    """Return a direction; raises `Singular` where it has a number that is not finite."""
    if not all(map(math.isfinite, d)):
        raise Singular
    return d
