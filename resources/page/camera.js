// Looking at the surface: a box from -1 to 1 along w and b, and from 0 to HIGH along the loss.

const HIGH = 1.1;
const HOME = { azimuth: -50, elevation: 34, distance: 3.7 };
const NEAREST = 1.8, FARTHEST = 9;
const OPENING = 0.5; // Tangent of half the angle of view
const LOOKED_AT = [0, 0, HIGH * 0.3];

function orbited(camera, azimuth, elevation) {
  return {
    azimuth: camera.azimuth + azimuth,
    elevation: Math.max(2, Math.min(89.9, camera.elevation + elevation)),
    distance: camera.distance,
  };
}

function zoomed(camera, factor) {
  const distance = Math.max(NEAREST, Math.min(FARTHEST, camera.distance / factor));
  return { azimuth: camera.azimuth, elevation: camera.elevation, distance: distance };
}

// What a camera sees in a box of some shape: its axes, its eye, and the matrix for WebGL, column by column.
function lensOf(camera, aspect) {
  const azimuth = camera.azimuth * Math.PI / 180, elevation = camera.elevation * Math.PI / 180;
  const back = [Math.cos(elevation) * Math.cos(azimuth), Math.cos(elevation) * Math.sin(azimuth), Math.sin(elevation)];
  const right = [-Math.sin(azimuth), Math.cos(azimuth), 0];
  const up = cross(back, right);
  const eye = LOOKED_AT.map((one, axis) => one + camera.distance * back[axis]);
  // A narrow box sees as much from side to side as a square one.
  const high = OPENING * Math.max(1, 1.15 / aspect), wide = high * aspect;
  const near = 0.5, far = 20;
  // Of each place what is to the right of the eye, above it, its depth for the order, and its distance.
  const order = (far + near) / (near - far);
  const rows = [right.map((one) => one / wide), up.map((one) => one / high), back.map((one) => one * order), back.map((one) => -one)];
  const matrix = new Float32Array(16);
  rows.forEach((row, place) => {
    row.forEach((one, axis) => { matrix[4 * axis + place] = one; });
    matrix[12 + place] = -dot(row, eye);
  });
  matrix[14] += 2 * far * near / (near - far);
  return { eye: eye, right: right, up: up, back: back, wide: wide, high: high, matrix: matrix };
}

// Where a place of the box is in a picture of some size, and how far from the eye.
function projected(lens, size, x, y, z) {
  const from = [x - lens.eye[0], y - lens.eye[1], z - lens.eye[2]];
  const depth = -dot(from, lens.back);
  return {
    x: size.width / 2 * (1 + dot(from, lens.right) / (depth * lens.wide)),
    y: size.height / 2 * (1 - dot(from, lens.up) / (depth * lens.high)),
    depth: depth,
  };
}

function dot(one, other) {
  return one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
}

function cross(one, other) {
  return [one[1] * other[2] - one[2] * other[1], one[2] * other[0] - one[0] * other[2], one[0] * other[1] - one[1] * other[0]];
}

// The height of the surface between its samples; outside that of its edge.
function heightAt(plane, x, y) {
  const last = plane.grid - 1;
  const u = Math.max(0, Math.min(last, (x + 1) / 2 * last)), v = Math.max(0, Math.min(last, (y + 1) / 2 * last));
  const i = Math.min(Math.floor(u), last - 1), j = Math.min(Math.floor(v), last - 1);
  const corner = i * plane.grid + j, heights = plane.heights;
  const near = heights[corner] + (v - j) * (heights[corner + 1] - heights[corner]);
  const beyond = heights[corner + plane.grid] + (v - j) * (heights[corner + plane.grid + 1] - heights[corner + plane.grid]);
  return HIGH * (near + (u - i) * (beyond - near));
}

// Whether the surface stands between a place and the eye.
function isHidden(plane, eye, place) {
  for (let look = 1; look <= 40; look++) {
    const share = (look / 40) ** 1.6;
    const [x, y, z] = place.map((one, axis) => one + share * (eye[axis] - one));
    if (Math.abs(x) > 1 || Math.abs(y) > 1 || z > HIGH) return false;
    if (heightAt(plane, x, y) > z + 0.014) return true;
  }
  return false;
}
