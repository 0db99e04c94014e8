// The error surface in 3D: by WebGL, or painted piece by piece where a browser has none.

const LIFT = 0.006; // Lines lie so much above the surface
const PIECE = 0.04; // A step is bent to the surface at pieces no longer than this
const MOST_PIECES = 60;
const FLOATS = 7; // Of a corner of a line: its place, the other end, and its side

const SURFACE_SHADERS = [
  `attribute vec3 place; attribute vec3 normal; attribute vec3 colour; uniform mat4 lens; varying vec3 shade;
   void main() {
     float light = 0.72 + 0.28 * max(0.0, dot(normalize(normal), normalize(vec3(-0.4, -0.3, 1.0))));
     shade = colour * light;
     gl_Position = lens * vec4(place, 1.0);
   }`,
  "precision mediump float; varying vec3 shade; void main() { gl_FragColor = vec4(shade, 1.0); }",
];
const LINE_SHADERS = [
  `attribute vec3 place; attribute vec3 other; attribute float side; uniform mat4 lens; uniform vec2 size; uniform float width;
   void main() {
     vec4 here = lens * vec4(place, 1.0);
     vec4 there = lens * vec4(other, 1.0);
     vec2 along = (there.xy / there.w - here.xy / here.w) * size;
     float length = max(1e-6, sqrt(dot(along, along)));
     vec2 across = vec2(-along.y, along.x) / length * side * width;
     here.xy += across / size * here.w;
     here.z -= 0.0015 * here.w;
     gl_Position = here;
   }`,
  "precision mediump float; uniform vec4 colour; void main() { gl_FragColor = colour; }",
];

function makeSurface(page, canvas, overlay) {
  const plane = page.plane;
  const paths = page.runs.map((run) => drapedPath(page, run));
  const gl = hasGraphics() ? canvas.getContext("webgl", { antialias: true, preserveDrawingBuffer: true }) : null;
  const painter = gl ? paintedByGraphics(page, gl, paths) : paintedByHand(page, canvas, paths);
  let camera = HOME, size, theme;

  function layOut(colours) {
    theme = colours;
    size = sized(canvas);
    sized(overlay);
    painter.layOut(theme);
  }

  function draw(rows, selected) {
    const lens = lensOf(camera, size.width / size.height);
    const order = drawingOrder(page, rows, selected);
    painter.draw(lens, size, rows, order, selected);
    const context = cleared(overlay, size);
    // Of two canvases, one upon the other, Chromium prints the upper one alone.
    if (theme.printed) context.drawImage(canvas, 0, 0, size.width, size.height);
    drawBox(page, context, lens, size, theme);
    for (const index of order) {
      const place = inBox(plane, placeAt(page, page.runs[index], rows[index]));
      const pixel = projected(lens, size, place[0], place[1], place[2] + LIFT);
      context.globalAlpha = isHidden(plane, lens.eye, place) ? 0.35 : 1;
      drawMarker(context, page.runs[index], theme.name, theme.halo, pixel.x, pixel.y, 5.5);
    }
    context.globalAlpha = 1;
  }

  return {
    layOut: layOut,
    draw: draw,
    orbit: (azimuth, elevation) => { camera = orbited(camera, azimuth, elevation); },
    zoom: (factor) => { camera = zoomed(camera, factor); },
    reset: () => { camera = HOME; },
    refine: painter.refine,
    usesGraphics: Boolean(gl),
  };
}

// Whether a graphics device draws: WebGL without one is slower than painting by hand. #webgl asks for it anyway.
function hasGraphics() {
  if (window.location.hash === "#webgl") return true;
  const gl = document.createElement("canvas").getContext("webgl", { failIfMajorPerformanceCaveat: true });
  if (!gl) return false;
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  const device = String(gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  return !/swiftshader|llvmpipe|softpipe|software|basic render/i.test(device);
}

// Where a place of the plane and its loss are in the box. What is outside stays there, but not too far.
function inBox(plane, place) {
  const [wLow, wHigh, bLow, bHigh] = plane.range;
  const x = 2 * (place.w - wLow) / (wHigh - wLow) - 1, y = 2 * (place.b - bLow) / (bHigh - bLow) - 1;
  const held = (one) => (Number.isNaN(one) ? 50 : Math.max(-50, Math.min(50, one)));
  const height = heightOf(plane, place.loss);
  const z = Number.isNaN(height) ? heightAt(plane, held(x), held(y)) : HIGH * Math.max(0, Math.min(1, height));
  return [held(x), held(y), z];
}

// The height of a loss, from 0 to 1 in the box: of its distance to a base the logarithm, where there is one.
function heightOf(plane, loss) {
  if (plane.base === null) return (loss - plane.low) / (plane.high - plane.low);
  const above = (one) => Math.log10(Math.max(0, one - plane.base));
  return (above(loss) - above(plane.low)) / (above(plane.high) - above(plane.low));
}

function isInside(place) {
  return Math.abs(place[0]) <= 1.0001 && Math.abs(place[1]) <= 1.0001;
}

// The path of a run in the box, bent to the surface between two steps; with the row of each of its pieces.
function drapedPath(page, run) {
  const places = [], rows = [];
  let before = null;
  for (let row = 0; row < run.rows; row++) {
    const place = inBox(page.plane, placeAt(page, run, row));
    if (before && (isInside(before) || isInside(place))) {
      const length = Math.hypot(place[0] - before[0], place[1] - before[1]);
      const pieces = Math.max(1, Math.min(MOST_PIECES, Math.ceil(length / PIECE)));
      for (let piece = 1; piece <= pieces; piece++) {
        const from = between(page.plane, before, place, (piece - 1) / pieces);
        const to = between(page.plane, before, place, piece / pieces);
        if (isInside(from) && isInside(to)) {
          places.push(from[0], from[1], from[2] + LIFT, to[0], to[1], to[2] + LIFT);
          rows.push(row);
        }
      }
    }
    before = place;
  }
  return { places: places, rows: rows };
}

function between(plane, from, to, share) {
  if (share === 0) return from;
  if (share === 1) return to;
  const x = from[0] + share * (to[0] - from[0]), y = from[1] + share * (to[1] - from[1]);
  return [x, y, heightAt(plane, x, y)];
}

function contourSegments(plane, contour) {
  const segments = [];
  const z = HIGH * heightOf(plane, contour.level) + LIFT / 2;
  let x, y;
  eachContourLine(contour, (w, b, first) => {
    if (!first) segments.push(x, y, z, 2 * w - 1, 2 * b - 1, z);
    x = 2 * w - 1;
    y = 2 * b - 1;
  });
  return segments;
}

// ------------------------------------------------------------------------------------------------ WebGL

function paintedByGraphics(page, gl, paths) {
  const plane = page.plane;
  let surface, lines, theme;
  const start = () => {
    surface = surfaceMesh(gl, plane);
    lines = {
      program: programOf(gl, LINE_SHADERS),
      contours: plane.contours.map((contour) => lineBuffer(gl, contourSegments(plane, contour))),
      paths: paths.map((path) => lineBuffer(gl, path.places)),
    };
  };
  start();
  gl.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  gl.canvas.addEventListener("webglcontextrestored", start);

  function draw(lens, size, rows, order, selected) {
    gl.viewport(0, 0, gl.canvas.width, gl.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LEQUAL);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    drawMesh(gl, surface, lens);
    gl.useProgram(lines.program);
    gl.uniformMatrix4fv(gl.getUniformLocation(lines.program, "lens"), false, lens.matrix);
    gl.uniform2f(gl.getUniformLocation(lines.program, "size"), gl.canvas.width, gl.canvas.height);
    gl.enable(gl.BLEND);
    gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.depthMask(false);
    plane.contours.forEach((contour, index) => {
      const buffer = lines.contours[index];
      stroke(buffer, size.ratio, lineTone(lossColour(contour.colour), theme.name), 1, buffer.count);
    });
    for (const index of order) {
      const count = placesUpTo(paths[index], rows[index]);
      const colour = channels(runColour(page.runs[index], theme.name));
      const width = (index === selected ? 3.2 : 2.2) * size.ratio;
      gl.depthFunc(gl.GREATER); // what the surface hides
      stroke(lines.paths[index], width, colour, 0.25, count);
      gl.depthFunc(gl.LEQUAL);
      stroke(lines.paths[index], width + 2 * size.ratio, channels(theme.halo), 0.5, count);
      stroke(lines.paths[index], width, colour, 1, count);
    }
    gl.depthMask(true);
    gl.disable(gl.BLEND);
  }

  function stroke(buffer, width, colour, opacity, count) {
    if (!count) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer.data);
    [["place", 3, 0], ["other", 3, 3], ["side", 1, 6]].forEach((part) => attribute(gl, lines.program, part[0], part[1], FLOATS, part[2]));
    gl.uniform1f(gl.getUniformLocation(lines.program, "width"), width);
    gl.uniform4f(gl.getUniformLocation(lines.program, "colour"), colour[0] / 255, colour[1] / 255, colour[2] / 255, opacity);
    gl.drawArrays(gl.TRIANGLES, 0, 6 * count);
  }

  return { layOut: (colours) => { theme = colours; }, draw: draw, refine: () => false };
}

function programOf(gl, sources) {
  const program = gl.createProgram();
  [gl.VERTEX_SHADER, gl.FRAGMENT_SHADER].forEach((kind, place) => {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, sources[place]);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  });
  gl.linkProgram(program);
  return program;
}

function attribute(gl, program, name, width, stride, first) {
  const place = gl.getAttribLocation(program, name);
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, width, gl.FLOAT, false, 4 * stride, 4 * first);
}

function bufferOf(gl, kind, data) {
  const buffer = gl.createBuffer();
  gl.bindBuffer(kind, buffer);
  gl.bufferData(kind, data, gl.STATIC_DRAW);
  return buffer;
}

// Two triangles for each piece of a line, which the shader makes as wide as it is asked to.
function lineBuffer(gl, segments) {
  const count = segments.length / 6;
  const data = new Float32Array(6 * FLOATS * count);
  let place = 0;
  for (let piece = 0; piece < count; piece++) {
    const from = segments.slice(6 * piece, 6 * piece + 3), to = segments.slice(6 * piece + 3, 6 * piece + 6);
    for (const [here, there, side] of [[from, to, 1], [from, to, -1], [to, from, 1], [to, from, 1], [to, from, -1], [from, to, 1]]) {
      data.set(here, place);
      data.set(there, place + 3);
      data[place + 6] = side;
      place += FLOATS;
    }
  }
  return { data: bufferOf(gl, gl.ARRAY_BUFFER, data), count: count };
}

function surfaceMesh(gl, plane) {
  const grid = plane.grid, corners = new Float32Array(9 * grid * grid), faces = new Uint16Array(6 * (grid - 1) ** 2);
  const along = (i, j) => HIGH * plane.heights[Math.max(0, Math.min(grid - 1, i)) * grid + Math.max(0, Math.min(grid - 1, j))];
  const cell = 2 / (grid - 1);
  for (let i = 0, place = 0; i < grid; i++) {
    for (let j = 0; j < grid; j++, place += 9) {
      const colour = lossColour(plane.colour[i * grid + j]);
      corners.set([i * cell - 1, j * cell - 1, along(i, j)], place);
      corners.set([along(i - 1, j) - along(i + 1, j), along(i, j - 1) - along(i, j + 1), 2 * cell], place + 3);
      corners.set(colour.map((one) => one / 255), place + 6);
    }
  }
  for (let i = 0, place = 0; i < grid - 1; i++) {
    for (let j = 0; j < grid - 1; j++, place += 6) {
      const corner = i * grid + j;
      faces.set([corner, corner + grid, corner + 1, corner + 1, corner + grid, corner + grid + 1], place);
    }
  }
  return {
    program: programOf(gl, SURFACE_SHADERS),
    corners: bufferOf(gl, gl.ARRAY_BUFFER, corners),
    faces: bufferOf(gl, gl.ELEMENT_ARRAY_BUFFER, faces),
    count: faces.length,
  };
}

function drawMesh(gl, mesh, lens) {
  gl.useProgram(mesh.program);
  gl.uniformMatrix4fv(gl.getUniformLocation(mesh.program, "lens"), false, lens.matrix);
  gl.bindBuffer(gl.ARRAY_BUFFER, mesh.corners);
  ["place", "normal", "colour"].forEach((name, part) => attribute(gl, mesh.program, name, 3, 9, 3 * part));
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, mesh.faces);
  gl.drawElements(gl.TRIANGLES, mesh.count, gl.UNSIGNED_SHORT, 0);
}

// ------------------------------------------------------------------------------------------------ by hand

const COARSE = 2; // So many cells of the grid, along either side, are painted as one while it turns

function paintedByHand(page, canvas, paths) {
  const plane = page.plane, last = plane.grid - 1;
  const ground = document.createElement("canvas"); // The surface alone, which no step changes
  let painted = "", sides = [], seen = [];
  let theme;

  function draw(lens, size, rows, order, selected) {
    const context = cleared(canvas, size), wanted = [size.width, size.height, size.ratio, ...lens.matrix].join();
    if (wanted !== painted) {
      sides = sidesOf(painted ? COARSE : 1);
      painted = wanted;
      ground.width = canvas.width;
      ground.height = canvas.height;
      paintGround(cleared(ground, size), lens, size);
      seen = paths.map((path) => seenPath(path, lens, size));
    }
    context.drawImage(ground, 0, 0, size.width, size.height);
    for (const index of order) {
      context.strokeStyle = runColour(page.runs[index], theme.name);
      context.lineWidth = index === selected ? 3 : 2;
      for (const line of seen[index]) {
        context.globalAlpha = line.opacity;
        trace(context, line, 0, placesUpTo(line, rows[index]));
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }

  function sidesOf(cells) {
    const all = [];
    for (let i = 0; i < last; i += cells) all.push(i);
    return all.concat(last);
  }

  // Whether the surface is to be drawn again, as finely as there are numbers for.
  function refine() {
    if (sides.length > last) return false;
    painted = "";
    return true;
  }

  function paintGround(context, lens, size) {
    const corner = (i, j) => projected(lens, size, 2 * i / last - 1, 2 * j / last - 1, HIGH * plane.heights[i * plane.grid + j]);
    const seen = sides.map((i) => sides.map((j) => corner(i, j)));
    const along = forwards(lens.eye[1]);
    context.lineWidth = 1;
    for (const i of forwards(lens.eye[0])) {
      for (const j of along) quad(context, seen, i, j);
    }
  }

  // The cells from the farthest to the nearest one.
  function forwards(eye) {
    const cells = sides.slice(0, -1).map((_, cell) => cell);
    return eye > 0 ? cells : cells.reverse();
  }

  function quad(context, seen, i, j) {
    const colour = lossColour(plane.colour[sides[i] * plane.grid + sides[j]]);
    context.beginPath();
    [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]].forEach((one, place) => {
      const pixel = seen[one[0]][one[1]];
      context[place ? "lineTo" : "moveTo"](pixel.x, pixel.y);
    });
    context.closePath();
    context.fillStyle = context.strokeStyle = "rgb(" + colour.join(",") + ")";
    context.fill();
    context.stroke(); // without it the page would shine through between two pieces
  }

  // What of a path is in sight, and what the surface hides: two lines in pixels.
  function seenPath(path, lens, size) {
    const piece = (index, end) => path.places.slice(6 * index + 3 * end, 6 * index + 3 * end + 3);
    const line = thinned(path.rows.length, (index) => {
      const place = piece(index, 1), pixel = projected(lens, size, place[0], place[1], place[2]);
      return [pixel.x, pixel.y];
    });
    const hidden = line.rows.map((index) => isHidden(plane, lens.eye, piece(index, 1)));
    return [false, true].map((wanted) => {
      const part = { rows: [], x: [], y: [], opacity: wanted ? 0.25 : 1 };
      line.rows.forEach((index, place) => {
        if (hidden[place] !== wanted) return;
        const start = piece(index, 0);
        if (!place || hidden[place - 1] !== wanted) {
          const before = projected(lens, size, start[0], start[1], start[2]);
          add(part, path.rows[index], NaN, NaN);
          add(part, path.rows[index], before.x, before.y);
        }
        add(part, path.rows[index], line.x[place], line.y[place]);
      });
      return part;
    });
  }

  function add(line, row, x, y) {
    line.rows.push(row);
    line.x.push(x);
    line.y.push(y);
  }

  function layOut(colours) {
    theme = colours;
    painted = "";
  }

  return { layOut: layOut, draw: draw, refine: refine };
}

// ------------------------------------------------------------------------------------------------ the box

// The floor's edge in front, with the names of the axes and their ends.
function drawBox(page, context, lens, size, theme) {
  const [wLow, wHigh, bLow, bHigh] = page.plane.range;
  const front = [lens.eye[0] > 0 ? 1 : -1, lens.eye[1] > 0 ? 1 : -1];
  const pixel = (x, y, z) => projected(lens, size, x, y, z);
  context.strokeStyle = theme.faint;
  context.fillStyle = theme.muted;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 1;
  const left = pixel(-front[0], front[1], 0).x < pixel(front[0], -front[1], 0).x ? [-front[0], front[1]] : [front[0], -front[1]];
  context.beginPath();
  for (const [from, to] of [[[-1, front[1], 0], [1, front[1], 0]], [[front[0], -1, 0], [front[0], 1, 0]], [[left[0], left[1], 0], [left[0], left[1], HIGH]]]) {
    const start = pixel(from[0], from[1], from[2]), end = pixel(to[0], to[1], to[2]);
    context.moveTo(start.x, start.y);
    context.lineTo(end.x, end.y);
  }
  context.stroke();
  const out = 1.12, [across, up] = axisNames(page);
  const texts = [
    [across, 0, front[1] * out, 0], [tickText(wLow), -0.92, front[1] * out, 0], [tickText(wHigh), 0.92, front[1] * out, 0],
    [up, front[0] * out, 0, 0], [tickText(bLow), front[0] * out, -0.92, 0], [tickText(bHigh), front[0] * out, 0.92, 0],
    ["L", left[0] * 1.1, left[1] * 1.1, HIGH / 2],
    [rounded(page.plane.low, 3), left[0] * 1.1, left[1] * 1.1, 0.08], [rounded(page.plane.high, 3), left[0] * 1.1, left[1] * 1.1, HIGH],
  ];
  for (const [text, x, y, z] of texts) {
    const at = pixel(x, y, z);
    context.fillText(text, at.x, at.y);
  }
}
