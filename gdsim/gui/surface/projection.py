"""The camera that looks at the box with the error surface: pure geometry.

The box is a unit box, see `terrain`. Its apparent height is decided here, so that nothing has to be
rebuilt for a pane of another shape.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, frozen

LOWEST, HIGHEST = 5.0, 90.0
NEAREST, FARTHEST = 0.35, 2.5
# Limits of the box's height, for a base 2 wide. It is flat in a wide pane and tall in a narrow one.
_FLATTEST, _TALLEST = 1.0, 2.0
# The eye's distance from the middle of the box. From the top it is so far away that the picture agrees with
# the contour map.
_EYE, _EYE_ON_TOP = 8.5, 400.0
# Range of elevations over which the view from the side turns into the view from the top.
_TURNING_FLAT = (66.0, 88.0)


class Camera(NamedTuple):
    """The position of a camera that looks at the middle of the box."""

    azimuth: float = -60.0  # degrees, from -180 to 180; at -90, w points to the right
    elevation: float = 30.0  # degrees above the floor, from 5 to 90
    distance: float = 1.0  # at 1 the box fills the pane; less is nearer

    def at(self, azimuth: float, elevation: float, distance: float | None = None) -> "Camera":
        """Return a camera at another place, clipped to the limits."""
        return self._replace(
            azimuth=(azimuth + 180.0) % 360.0 - 180.0,
            elevation=min(max(elevation, LOWEST), HIGHEST),
            distance=min(max(self.distance if distance is None else distance, NEAREST), FARTHEST),
        )

    @property
    def place(self) -> tuple[float, float, float]:
        return self.azimuth, self.elevation, self.distance

    @property
    def flatness(self) -> float:
        """How far the view has turned into that from the top: 0 from the side, 1 from the top."""
        low, high = _TURNING_FLAT
        share = min(max((self.elevation - low) / (high - low), 0.0), 1.0)
        return share * share * (3.0 - 2.0 * share)

    def orbit(self, dazimuth: float, delevation: float) -> "Camera":
        return self.at(self.azimuth + dazimuth, self.elevation + delevation)

    def zoom(self, factor: float) -> "Camera":
        """Return a camera that shows everything magnified by ``factor``."""
        return self.at(self.azimuth, self.elevation, self.distance / factor)


HOME = Camera()
TOP = Camera(azimuth=-90.0, elevation=90.0)
FRONT = Camera(azimuth=-90.0, elevation=7.0)


class BoxMargins(NamedTuple):
    """Pixels around the box that ticks and names need."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, eq=False)
class Projection:
    """The box as a camera sees it on a pane of some size."""

    camera: Camera
    width: float  # of the pane, in pixels
    height: float
    # (3, 4): maps a place in the box, with a 1 appended, to x and y in pixels, each times the depth, and to
    # the depth.
    rows: Array
    eye: Array  # (3,): in the box's units

    def project(self, places: Array) -> Array:
        """Return the pixels of places (..., 3): shape (..., 2)."""
        seen = places @ self.rows[:, :3].T + self.rows[:, 3]
        return seen[..., :2] / seen[..., 2:]

    def sight(self, x: float, y: float) -> tuple[Array, Array]:
        """Return where the line of sight through a pixel meets the planes of top and floor: shapes (3,)."""
        planes = self.rows[:2] - np.outer((x, y), self.rows[2])
        ends = [np.linalg.solve(planes[:, :2], -(planes[:, 2] * z + planes[:, 3])) for z in (1.0, 0.0)]
        return np.array([*ends[0], 1.0]), np.array([*ends[1], 0.0])

    def clip_matrix(self) -> Array:
        """Return the projection as an OpenGL matrix for column vectors: shape (4, 4)."""
        across, down, depth = self.rows
        distance = float(depth[3])
        near, far = distance - 3.0, distance + 3.0
        # The clip coordinate w is the depth, and z maps it from near to far.
        slope, offset = (far + near) / (far - near), -2.0 * far * near / (far - near)
        z = slope * depth
        z[3] += offset
        return np.stack([across * (2.0 / self.width) - depth, depth - down * (2.0 / self.height), z, depth])


def projection_of(camera: Camera, width: float, height: float, margins: BoxMargins) -> Projection:
    """Return the projection that fits the box into a pane and keeps its middle in place as it turns."""
    free = (
        max(width - margins.left - margins.right, 0.4 * width, 1.0),
        max(height - margins.top - margins.bottom, 0.4 * height, 1.0),
    )
    box_height = _box_height(free[0] / free[1])
    axes, distance = _axes(camera, box_height)
    low, high = _extent(camera, axes)
    scale = float(np.min(np.array(free) / (high - low)))
    middle = (low + high) / 2.0
    scale /= camera.distance
    centre = margins.left + free[0] / 2.0, margins.top + free[1] / 2.0
    rows = np.stack(
        [
            scale * axes[0] + (centre[0] - scale * middle[0]) * axes[2],
            -scale * axes[1] + (centre[1] + scale * middle[1]) * axes[2],
            axes[2],
        ]
    )
    azimuth, elevation = math.radians(camera.azimuth), math.radians(camera.elevation)
    toward = np.array([math.cos(azimuth), math.sin(azimuth)]) * math.cos(elevation)
    eye = np.array([*(toward * distance), 0.5 + distance * math.sin(elevation) / box_height])
    return Projection(camera, width, height, frozen(rows), frozen(eye))


def _axes(camera: Camera, box_height: float) -> tuple[Array, float]:
    """Return right, up and depth as rows that act on (x, y, z, 1), and the distance of the eye."""
    a, e = math.radians(camera.azimuth), math.radians(camera.elevation)
    distance = _EYE + (_EYE_ON_TOP - _EYE) * camera.flatness
    right = np.array([-math.sin(a), math.cos(a), 0.0])
    back = np.array([math.cos(a) * math.cos(e), math.sin(a) * math.cos(e), math.sin(e)])
    up = np.cross(back, right)
    axes = np.zeros((3, 4))
    axes[:, :3] = right, up, -back
    axes[:, 3] = -axes[:, 2] * (0.5 * box_height)
    axes[:, 2] *= box_height
    axes[2, 3] += distance
    return axes, distance


def _extent(camera: Camera, axes: Array) -> tuple[Array, Array]:
    """Return the low and high corners of the rectangle that the box fills at depth 1.

    From the side, the cylinder around the box counts, so that the picture keeps its size while it is turned;
    from the top, the box itself does.
    """
    turns = np.linspace(0.0, 2.0 * math.pi, 32, endpoint=False)
    cylinder = math.sqrt(2.0) * np.stack([np.cos(turns), np.sin(turns)])
    square = np.array([[-1.0, 1.0, 1.0, -1.0], [-1.0, -1.0, 1.0, 1.0]])
    flat = camera.flatness
    corners = [_corners(base, axes) for base in (cylinder, square)]
    low = (1.0 - flat) * corners[0][0] + flat * corners[1][0]
    high = (1.0 - flat) * corners[0][1] + flat * corners[1][1]
    return low, high


def _corners(base: Array, axes: Array) -> tuple[Array, Array]:
    both = np.concatenate([base, base], axis=1)
    z = np.repeat([0.0, 1.0], base.shape[1])
    seen = axes @ np.stack([*both, z, np.ones_like(z)])
    pixels = seen[:2] / seen[2]
    return pixels.min(axis=1), pixels.max(axis=1)


def _box_height(aspect: float) -> float:
    """Return the height of the box for a pane with this ratio of width to height."""
    # Computed for the default angle, so that turning does not change it; the base's diagonal is 2.83.
    angle = math.radians(HOME.elevation)
    wanted = (2.83 / aspect - 2.83 * math.sin(angle)) / math.cos(angle)
    return min(max(wanted, _FLATTEST), _TALLEST)
