// What map and curves are drawn with: a canvas as sharp as the screen, axes with round numbers, thinned lines.

const LETTERS = "12px system-ui, sans-serif";

// The context of a canvas as large as its box, in its pixels.
function sized(canvas) {
  const box = canvas.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(box.width * ratio));
  const height = Math.max(1, Math.round(box.height * ratio));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  return { width: box.width, height: box.height, ratio: ratio };
}

function cleared(canvas, size) {
  const context = canvas.getContext("2d");
  context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  context.font = LETTERS;
  context.lineJoin = "round";
  return context;
}

// Round numbers between two ends: multiples of 1, 2 or 5 times a power of ten.
function niceTicks(low, high, most) {
  const wanted = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= wanted * (1 - 1e-9));
  const ticks = [];
  for (let number = Math.ceil(low / step - 1e-9); number * step <= high + 1e-9 * step; number++) {
    ticks.push(Number((number * step).toPrecision(12)));
  }
  return ticks;
}

// Powers of ten between two positive ends, at most so many.
function powerTicks(low, high, most) {
  const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / most));
  const ticks = [];
  for (let power = Math.ceil(first / step) * step; power <= last; power += step) ticks.push(power);
  return ticks;
}

// All as they are, or all as powers of ten, as on the window's axes.
function powerTexts(powers) {
  const plain = powers.every((power) => power >= -4 && power < 5);
  return powers.map((power) => (plain ? tickText(10 ** power) : "10" + superscript(power)));
}

function tickText(tick) {
  return Number.isInteger(tick) && Math.abs(tick) < 1e6 ? signed(tick, counted(Math.abs(tick))) : rounded(tick, 6);
}

// A polyline in pixels without the places that nobody could tell from the one before; each keeps its row.
function thinned(rows, placeOf) {
  const line = { rows: [], x: [], y: [] };
  let x = NaN, y = NaN, open = false;
  for (let row = 0; row < rows; row++) {
    const place = placeOf(row);
    if (!place || !Number.isFinite(place[0]) || !Number.isFinite(place[1])) {
      if (open) push(NaN, NaN, row);
      open = false;
    } else if (!open || Math.abs(place[0] - x) > 0.7 || Math.abs(place[1] - y) > 0.7 || row === rows - 1) {
      push(place[0], place[1], row);
      open = true;
    }
  }
  return line;

  function push(toX, toY, row) {
    x = Math.max(-1e5, Math.min(1e5, toX));
    y = Math.max(-1e5, Math.min(1e5, toY));
    line.rows.push(row);
    line.x.push(x);
    line.y.push(y);
  }
}

// How many places of a line are at a row or before it.
function placesUpTo(line, row) {
  let low = 0, high = line.rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line.rows[middle] <= row) low = middle + 1; else high = middle;
  }
  return low;
}

// Trace a line from one of its places to another, which is none of it at the end.
function trace(context, line, first, end) {
  context.beginPath();
  let open = false;
  for (let place = first; place < end; place++) {
    if (Number.isNaN(line.x[place])) { open = false; continue; }
    context[open ? "lineTo" : "moveTo"](line.x[place], line.y[place]);
    open = true;
  }
}
