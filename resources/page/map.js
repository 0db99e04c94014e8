// The contour map: colours of the loss, contour lines, and the paths of the runs so far.

const MAP_EDGE = { left: 48, right: 12, top: 10, bottom: 36 };
// Beyond this one axis would be a sliver, and the map fills its box.
const MOST_UNEQUAL = 3;

function makeMap(page, canvas) {
  const ground = document.createElement("canvas");
  const plane = page.plane;
  let size, frame, paths, theme;

  // Draw what no step changes, and thin the paths for this size.
  function layOut(colours) {
    theme = colours;
    size = sized(canvas);
    frame = mapFrame(plane.range, size);
    ground.width = canvas.width;
    ground.height = canvas.height;
    drawGround(page, cleared(ground, size), frame, theme);
    paths = page.runs.map((run) => thinned(run.rows, (row) => {
      const place = placeAt(page, run, row);
      return [frame.x(place.w), frame.y(place.b)];
    }));
  }

  function draw(rows, selected) {
    const context = cleared(canvas, size);
    context.drawImage(ground, 0, 0, size.width, size.height);
    context.save();
    context.beginPath();
    context.rect(frame.left, frame.top, frame.width, frame.height);
    context.clip();
    const order = drawingOrder(page, rows, selected), chosen = page.runs[selected];
    if (order.includes(selected)) {
      if (chosen.way) drawCut(page, context, chosen, rows[selected], frame, theme);
      if (chosen.bend) drawLens(page, context, chosen, rows[selected], frame, theme);
    }
    for (const index of order) {
      const run = page.runs[index], line = paths[index];
      const end = placesUpTo(line, rows[index]);
      trace(context, line, 0, end);
      const here = placeAt(page, run, rows[index]);
      if (end) context.lineTo(frame.x(here.w), frame.y(here.b));
      strokeRun(context, run, theme, index === selected ? 2.6 : 1.8);
    }
    for (const index of order) {
      const here = placeAt(page, page.runs[index], rows[index]);
      drawMarker(context, page.runs[index], theme.name, theme.halo, frame.x(here.w), frame.y(here.b), 5);
    }
    context.restore();
  }

  return { layOut: layOut, draw: draw };
}

// The runs that are drawn, the selected one last, so that it lies on top.
function drawingOrder(page, rows, selected) {
  const shown = page.runs.map((_, index) => index).filter((index) => page.runs[index].shown && rows[index] >= 0);
  return shown.filter((index) => index !== selected).concat(shown.filter((index) => index === selected));
}

// A run's line with a seam, which parts it from what is under it.
function strokeRun(context, run, theme, width) {
  context.setLineDash([]);
  context.lineWidth = width + 2;
  context.strokeStyle = theme.halo;
  context.globalAlpha = 0.6;
  context.stroke();
  context.globalAlpha = 1;
  context.setLineDash(runDash(run, width));
  context.lineWidth = width;
  context.strokeStyle = runColour(run, theme.name);
  context.stroke();
  context.setLineDash([]);
}

// Where the map stands in its box: to scale, unless that would make it a sliver.
function mapFrame(range, size) {
  const [wLow, wHigh, bLow, bHigh] = range;
  let width = Math.max(20, size.width - MAP_EDGE.left - MAP_EDGE.right);
  let height = Math.max(20, size.height - MAP_EDGE.top - MAP_EDGE.bottom);
  const shape = (wHigh - wLow) / (bHigh - bLow);
  if (shape < MOST_UNEQUAL && shape > 1 / MOST_UNEQUAL) {
    width = Math.min(width, height * shape);
    height = width / shape;
  }
  const left = (size.width + MAP_EDGE.left - MAP_EDGE.right - width) / 2, top = MAP_EDGE.top;
  return {
    left: left, top: top, width: width, height: height,
    x: (w) => left + (w - wLow) / (wHigh - wLow) * width,
    y: (b) => top + height - (b - bLow) / (bHigh - bLow) * height,
  };
}

function drawGround(page, context, frame, theme) {
  const plane = page.plane;
  context.imageSmoothingEnabled = true;
  context.drawImage(colourImage(plane), frame.left, frame.top, frame.width, frame.height);
  context.lineWidth = 1;
  for (const contour of plane.contours) {
    context.strokeStyle = "rgb(" + lineTone(lossColour(contour.colour), theme.name).join(",") + ")";
    context.beginPath();
    eachContourLine(contour, (w, b, first) => {
      context[first ? "moveTo" : "lineTo"](frame.left + w * frame.width, frame.top + (1 - b) * frame.height);
    });
    context.stroke();
  }
  drawMapAxes(page, context, frame, theme);
  drawField(page, context, frame, theme);
  for (const [w, b] of lowestPlaces(plane)) drawLowest(context, frame.x(w), frame.y(b), theme);
}

// Where the loss is lowest: first the place that was searched for, then others that are known to be as low.
function lowestPlaces(plane) {
  return plane.lowest ? [[plane.lowest.w, plane.lowest.b], ...plane.asLow] : [];
}

// Call a function with each place of a contour, from 0 to 1 along either side, and whether a line begins there.
function eachContourLine(contour, visit) {
  let place = 0;
  for (const length of contour.lengths) {
    for (let step = 0; step < length; step++, place += 2) {
      visit(contour.places[place] / 65535, contour.places[place + 1] / 65535, step === 0);
    }
  }
}

function colourImage(plane) {
  const image = document.createElement("canvas");
  image.width = image.height = plane.grid;
  const context = image.getContext("2d");
  const pixels = context.createImageData(plane.grid, plane.grid);
  for (let i = 0; i < plane.grid; i++) {
    for (let j = 0; j < plane.grid; j++) {
      const colour = lossColour(plane.colour[i * plane.grid + j]);
      pixels.data.set([colour[0], colour[1], colour[2], 255], 4 * ((plane.grid - 1 - j) * plane.grid + i));
    }
  }
  context.putImageData(pixels, 0, 0);
  return image;
}

function drawMapAxes(page, context, frame, theme) {
  const [wLow, wHigh, bLow, bHigh] = page.plane.range;
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.faint;
  context.strokeRect(frame.left, frame.top, frame.width, frame.height);
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const tick of niceTicks(wLow, wHigh, frame.width / 60)) {
    context.fillText(tickText(tick), frame.x(tick), frame.top + frame.height + 4);
  }
  const [across, up] = axisNames(page);
  context.fillText(across, frame.left + frame.width / 2, frame.top + frame.height + 20);
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of niceTicks(bLow, bHigh, frame.height / 45)) {
    context.fillText(tickText(tick), frame.left - 5, frame.y(tick));
  }
  context.textAlign = "left";
  context.fillText(up, frame.left - 42, frame.top + frame.height / 2);
}

function drawLowest(context, x, y, theme) {
  for (const pen of [[4, theme.halo], [1.6, theme.text]]) {
    context.lineWidth = pen[0];
    context.strokeStyle = pen[1];
    context.beginPath();
    context.moveTo(x - 6, y);
    context.lineTo(x + 6, y);
    context.moveTo(x, y - 6);
    context.lineTo(x, y + 6);
    context.stroke();
  }
}
