// What a page holds, read from its text: numbers, heights, colours, contour lines.

function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let place = 0; place < raw.length; place++) bytes[place] = raw.charCodeAt(place);
  return bytes;
}

function readPage(text) {
  const page = JSON.parse(text);
  speak(page.language);
  page.numbers = new Float64Array(bytesOf(page.numbers).buffer);
  const plane = page.plane;
  plane.heights = new Float32Array(bytesOf(plane.heights).buffer);
  plane.colour = bytesOf(plane.colour);
  for (const contour of plane.contours) contour.places = new Uint16Array(bytesOf(contour.places).buffer);
  for (const run of page.runs) run.shown = !run.hidden;
  return page;
}

// The row of a run's record at a place of the slider, a step or an epoch; -1 before a fork has begun.
function rowAt(run, place, byEpoch) {
  const row = (byEpoch ? run.epoch0 + place * run.perEpoch : place) - run.first;
  return Math.max(-1, Math.min(row, run.rows - 1));
}

function lastPlace(page, byEpoch) {
  const places = page.runs.map((run) => {
    const step = run.first + run.rows - 1;
    return byEpoch ? Math.ceil((step - run.epoch0) / run.perEpoch) : step;
  });
  return Math.max(0, ...places);
}

function epochOf(run, row) {
  return Math.max(0, Math.floor((run.first + row - run.epoch0) / run.perEpoch));
}

function parameterAt(page, run, index, row) {
  return valueAt(page.numbers, run.p[index], row);
}

// The names of the two parameters that are drawn.
function axisNames(page) {
  return page.plane.axes.map((index) => page.parameters[index]);
}

// The two parameters that are drawn, and the loss at a row. A loss that was not computed is that of the surface.
function placeAt(page, run, row) {
  const [w, b] = page.plane.axes.map((index) => parameterAt(page, run, index, row));
  return { w: w, b: b, loss: valueAt(page.numbers, run.loss, row) };
}
