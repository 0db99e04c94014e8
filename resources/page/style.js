// Colours, dashes and markers: those of gdsim's window, in its light and its dark theme.

const RUN_COLOURS = {
  light: ["#1b1f27", "#b80f06", "#0063f4", "#c57609", "#0a8463", "#a93687"],
  dark: ["#f3f5f9", "#f2695e", "#6fa2ff", "#ffbc2f", "#21cb9e", "#c275a5"],
};
const SPARE_COLOURS = {
  light: ["#568eb9", "#71563d", "#200ef1", "#d8476e", "#243b23", "#233954"],
  dark: ["#6dcdf6", "#0e9c22", "#8570c6", "#fc92c3", "#3fef9b", "#d36678"],
};
const DASHES = [[], [5, 2], [6, 1.8, 1.4, 1.8], [1.4, 1.8], [3, 1.8], [8, 2.5]];
const SPARE_DASHES = [[10, 3], [2.5, 1.5], [8, 2, 1.4, 2, 1.4, 2], [4, 3], [1.4, 3]];
const MARKERS = ["o", "s", "d", "t", "p", "star"];
const SPARE_MARKERS = ["t1", "h", "t3", "t2"];
const LINE_CONTRAST = 3.6, LEAST_CONTRAST = 3.1; // Of contour lines: usually, and with white or black.
const OFFERED = 10; // So many colours are offered for a run; each has its counterpart in the other theme.
// The colours of the loss, from the lowest up.
const VIRIDIS = (
  "440154 481769 472a7a 433d84 3d4e8a 355e8d 2e6d8e 297b8e 23898e 1f978b 21a585 2eb37c 46c06f 65cb5e 89d548 " +
  "b0dd2f d8e219 fde725"
).split(" ").map(channels);

function channels(hex) {
  const value = parseInt(hex.replace("#", ""), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function inTurn(own, spare, place) {
  return place < own.length ? own[place] : spare[(place - own.length) % spare.length];
}

function runColour(run, theme) {
  if (!run.colour) return inTurn(RUN_COLOURS[theme], SPARE_COLOURS[theme], run.style);
  for (const other of ["light", "dark"]) {
    const place = RUN_COLOURS[other].concat(SPARE_COLOURS[other]).slice(0, OFFERED).indexOf(run.colour);
    if (place >= 0) return RUN_COLOURS[theme].concat(SPARE_COLOURS[theme])[place];
  }
  return run.colour;
}

function runDash(run, width) {
  return inTurn(DASHES, SPARE_DASHES, run.style).map((length) => length * width);
}

function runMarker(run) {
  return inTurn(MARKERS, SPARE_MARKERS, run.style);
}

// The colour of a place on the scale of the loss, from 0 to 255.
function lossColour(place) {
  const at = place / 255 * (VIRIDIS.length - 1);
  const below = Math.min(Math.floor(at), VIRIDIS.length - 2);
  const part = at - below;
  return VIRIDIS[below].map((one, channel) => Math.round(one + part * (VIRIDIS[below + 1][channel] - one)));
}

// The colour of a contour line on a colour of the loss: so much lighter that it stands out, or darker in the
// dark theme; the other way round where that is not enough.
function lineTone(ground, theme) {
  const linear = ground.map((one) => one / 255 <= 0.04045 ? one / 255 / 12.92 : Math.pow((one / 255 + 0.055) / 1.055, 2.4));
  const bright = Math.max(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2], 1e-9);
  const lighter = Math.min(LINE_CONTRAST * (bright + 0.05) - 0.05, 1), darker = Math.max((bright + 0.05) / LINE_CONTRAST - 0.05, 0);
  const goesUp = theme === "light" ? (lighter + 0.05) / (bright + 0.05) >= LEAST_CONTRAST : (bright + 0.05) / (darker + 0.05) < LEAST_CONTRAST;
  return linear.map((one) => {
    const tone = goesUp ? one + (lighter - bright) / (1 - bright) * (1 - one) : one * darker / bright;
    return Math.round(255 * (tone <= 0.0031308 ? 12.92 * tone : 1.055 * Math.pow(tone, 1 / 2.4) - 0.055));
  });
}

// The corners of a marker of size 1 around the origin; none for a circle.
function markerCorners(name) {
  const star = { p: [5, 1], star: [5, 0.45], h: [6, 1] }[name];
  if (name === "s") return [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]];
  if (name === "d") return [[0, -1.15], [0.85, 0], [0, 1.15], [-0.85, 0]];
  const turn = { t: 0.5, t1: 0, t2: 0.25, t3: 0.75 }[name];
  if (turn !== undefined) return [0, 1, 2].map((corner) => onCircle(1.1, turn + corner / 3));
  if (!star) return [];
  const corners = [];
  for (let corner = 0; corner < star[0]; corner++) {
    corners.push(onCircle(1.15, corner / star[0]));
    if (star[1] < 1) corners.push(onCircle(1.15 * star[1], (corner + 0.5) / star[0]));
  }
  return corners;
}

// A place on a circle, so many turns from the top.
function onCircle(radius, turns) {
  return [radius * Math.sin(2 * Math.PI * turns), -radius * Math.cos(2 * Math.PI * turns)];
}

function drawMarker(context, run, theme, halo, x, y, size) {
  const corners = markerCorners(runMarker(run));
  context.beginPath();
  if (!corners.length) context.arc(x, y, size, 0, 2 * Math.PI);
  corners.forEach((corner, place) => {
    context[place ? "lineTo" : "moveTo"](x + size * corner[0], y + size * corner[1]);
  });
  context.closePath();
  context.setLineDash([]);
  context.lineWidth = 3;
  context.strokeStyle = halo;
  context.stroke();
  context.fillStyle = runColour(run, theme);
  context.fill();
}
