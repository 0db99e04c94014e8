"""The camera that looks at the box with the error surface: pure geometry.

The box is a unit box, see `surface_terrain`. How high it looks is decided here, so that nothing has
to be made anew for a pane of another shape.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, frozen

LOWEST, HIGHEST = 5.0, 90.0
NEAREST, FARTHEST = 0.35, 2.5
# A wide box is flat and a narrow one is tall: height of the box where its base is 2 wide.
_FLATTEST, _TALLEST = 1.0, 2.0
# The eye's distance from the middle of the box. From the top it looks from far away, so that the
# surface and the contour map show a place at the same place.
_EYE, _EYE_ON_TOP = 8.5, 400.0
# Elevations between which the view from the side becomes the view from the top.
_TURNING_FLAT = (66.0, 88.0)


class Camera(NamedTuple):
    """Where the surface is looked at from."""

    azimuth: float = -60.0  # degrees, from -180 to 180. At -90, w goes to the right
    elevation: float = 30.0  # degrees above the floor, from 5 to 90
    distance: float = 1.0  # 1 where the box fills the pane; less is nearer

    def at(self, azimuth: float, elevation: float, distance: float | None = None) -> "Camera":
        """Return a camera at another place, brought into its limits."""
        return self._replace(
            azimuth=(azimuth + 180.0) % 360.0 - 180.0,
            elevation=min(max(elevation, LOWEST), HIGHEST),
            distance=min(max(self.distance if distance is None else distance, NEAREST), FARTHEST),
        )

    @property
    def place(self) -> tuple[float, float, float]:
        """The azimuth, the elevation and the distance."""
        return self.azimuth, self.elevation, self.distance

    @property
    def flatness(self) -> float:
        """Return 0 from the side, 1 from the top, and something between on the way."""
        low, high = _TURNING_FLAT
        share = min(max((self.elevation - low) / (high - low), 0.0), 1.0)
        return share * share * (3.0 - 2.0 * share)

    def orbit(self, dazimuth: float, delevation: float) -> "Camera":
        """Return the camera moved around the box by some degrees."""
        return self.at(self.azimuth + dazimuth, self.elevation + delevation)

    def zoom(self, factor: float) -> "Camera":
        """Return a camera that shows everything ``factor`` times as large."""
        return self.at(self.azimuth, self.elevation, self.distance / factor)


HOME = Camera()
TOP = Camera(azimuth=-90.0, elevation=90.0)
FRONT = Camera(azimuth=-90.0, elevation=7.0)


class HasCamera:
    """Something that a camera looks at."""

    @property
    def camera(self) -> Camera:
        raise NotImplementedError

    def set_camera(self, camera: Camera) -> None:
        raise NotImplementedError

    def reset_view(self) -> None:
        self.set_camera(HOME)

    def top_view(self) -> None:
        self.set_camera(TOP)

    def front_view(self) -> None:
        self.set_camera(FRONT)

    def view_from(self, azimuth: float, elevation: float, distance: float | None = None) -> None:
        self.set_camera(self.camera.at(azimuth, elevation, distance))


class Margins(NamedTuple):
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
    # (3, 4): of a place in the box, with a 1 appended: pixels to the right and down, each times the depth,
    # and the depth.
    rows: Array
    eye: Array  # (3,): in the box's units

    def project(self, places: Array) -> Array:
        """Return the pixels of places (..., 3): shape (..., 2)."""
        seen = places @ self.rows[:, :3].T + self.rows[:, 3]
        return seen[..., :2] / seen[..., 2:]

    def sight(self, x: float, y: float) -> tuple[Array, Array]:
        """Return where the line of sight through a pixel meets top and floor of the box: shapes (3,)."""
        planes = self.rows[:2] - np.outer((x, y), self.rows[2])
        ends = [np.linalg.solve(planes[:, :2], -(planes[:, 2] * z + planes[:, 3])) for z in (1.0, 0.0)]
        return np.array([*ends[0], 1.0]), np.array([*ends[1], 0.0])

    def clip_matrix(self) -> Array:
        """Return the same projection as OpenGL takes it: shape (4, 4), for columns."""
        across, down, depth = self.rows
        distance = float(depth[3])
        near, far = distance - 3.0, distance + 3.0
        # Depth stands in the clip coordinate w, and runs from near to far in the coordinate z.
        slope, offset = (far + near) / (far - near), -2.0 * far * near / (far - near)
        z = slope * depth
        z[3] += offset
        return np.stack([across * (2.0 / self.width) - depth, depth - down * (2.0 / self.height), z, depth])


def look(camera: Camera, width: float, height: float, margins: Margins) -> Projection:
    """Return the view that fills a pane with the box, and keeps its middle while it is turned."""
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
    """Return the corners of the rectangle that the box fills at depth 1.

    From the side it is the cylinder around the box, so that nothing grows and shrinks while the
    surface is turned; from the top it is the box itself.
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
    """Return how high the box is drawn in a pane ``aspect`` times as wide as it is high."""
    # Seen at the usual angle, so that turning does not change it: the base is 2.83 wide.
    angle = math.radians(HOME.elevation)
    wanted = (2.83 / aspect - 2.83 * math.sin(angle)) / math.cos(angle)
    return min(max(wanted, _FLATTEST), _TALLEST)
