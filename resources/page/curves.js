// The curves: one number of all runs over the steps, or over the epochs.

const CURVE_EDGE = { left: 62, right: 24, top: 12, bottom: 36 };

// What curves there are: a name, the number at a row, and whether it may have a logarithm.
function curveChoices(page) {
  const at = (column, row) => valueAt(page.numbers, column, row);
  // The gradient and the rates belong to the update that led to a row.
  const gradient = (run, index, row) => (row ? at(run.values[run.gradient][index], row - 1) : NaN);
  // As that of a function may be.
  const fallsBelow0 = page.runs.some((run) => Array.from({ length: run.rows }, (_, row) => at(run.loss, row)).some((loss) => loss < 0));
  const choices = [
    { name: "L", title: said("loss L"), logarithmic: !fallsBelow0, value: (run, row) => at(run.loss, row) },
    {
      name: "|\u2207|", title: said("size of the gradient"), logarithmic: true,
      value: (run, row) => Math.hypot(...page.parameters.map((_, index) => gradient(run, index, row))),
    },
  ];
  page.parameters.forEach((name, index) => {
    choices.push({ name: name, title: name, value: (run, row) => at(run.p[index], row) });
  });
  page.parameters.forEach((name, index) => {
    choices.push({ name: "\u2207" + name, title: said("gradient {name}", { name: "\u2207" + name }), value: (run, row) => gradient(run, index, row) });
  });
  choices.push({
    name: "\u03b7", title: said("learning rate {name}", { name: "\u03b7" }), logarithmic: true,
    value: (run, row) => (row ? at(run.eta, row - 1) : NaN),
  });
  return choices;
}

function makeCurves(page, canvas) {
  let size, theme, choice, byEpoch, logarithmic, frame, lines;

  function layOut(colours, wanted, epochs, wantedLogarithm) {
    theme = colours;
    choice = wanted;
    byEpoch = epochs;
    logarithmic = wantedLogarithm && Boolean(choice.logarithmic);
    size = sized(canvas);
    frame = curveFrame();
    lines = page.runs.map((run) => thinned(run.rows, (row) => {
      const value = choice.value(run, row);
      if (Number.isNaN(value) || (logarithmic && !(value > 0))) return gap(value);
      return [frame.x(placeOf(run, row)), frame.y(value)];
    }));
  }

  // A number that was not computed is passed over, so that its neighbours are joined; one that has no place is not.
  function gap(value) {
    return Number.isNaN(value) ? (choice.name === "L" ? undefined : null) : null;
  }

  function placeOf(run, row) {
    const step = run.first + row;
    return byEpoch ? (step - run.epoch0) / run.perEpoch : step;
  }

  function curveFrame() {
    let low = Infinity, high = -Infinity;
    for (const run of page.runs) {
      if (!run.shown) continue;
      for (let row = 0; row < run.rows; row++) {
        const value = choice.value(run, row);
        if (Number.isFinite(value) && (!logarithmic || value > 0)) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    if (!(low <= high)) { low = logarithmic ? 0.1 : 0; high = 1; }
    const scale = logarithmic ? Math.log10 : (value) => value;
    let bottom = scale(low), top = scale(high);
    const margin = (top - bottom) * 0.04 || Math.abs(top) * 0.1 || 0.5;
    bottom -= margin;
    top += margin;
    const end = Math.max(1, lastPlace(page, byEpoch));
    const left = CURVE_EDGE.left, width = Math.max(20, size.width - left - CURVE_EDGE.right);
    const height = Math.max(20, size.height - CURVE_EDGE.top - CURVE_EDGE.bottom);
    return {
      left: left, width: width, height: height, bottom: bottom, top: top, end: end,
      x: (place) => left + place / end * width,
      y: (value) => CURVE_EDGE.top + (top - scale(value)) / (top - bottom) * height,
    };
  }

  function draw(rows, selected, place) {
    const context = cleared(canvas, size);
    drawAxes(context);
    context.strokeStyle = theme.accent;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(frame.x(place), CURVE_EDGE.top);
    context.lineTo(frame.x(place), CURVE_EDGE.top + frame.height);
    context.stroke();
    for (const index of drawingOrder(page, rows.map((row) => Math.max(row, 0)), selected)) {
      const run = page.runs[index], line = lines[index], now = placesUpTo(line, rows[index]);
      const width = index === selected ? 2.4 : 1.6;
      context.lineWidth = width;
      context.strokeStyle = runColour(run, theme.name);
      context.setLineDash(runDash(run, width));
      context.globalAlpha = 0.3; // what is to come
      trace(context, line, Math.max(0, now - 1), line.rows.length);
      context.stroke();
      context.globalAlpha = 1;
      trace(context, line, 0, now);
      context.stroke();
      context.setLineDash([]);
      const value = rows[index] < 0 ? NaN : choice.value(run, rows[index]);
      if (Number.isFinite(value) && (!logarithmic || value > 0)) {
        drawMarker(context, run, theme.name, theme.halo, frame.x(placeOf(run, rows[index])), frame.y(value), 4);
      }
    }
  }

  function drawAxes(context) {
    const most = frame.height / 40;
    const powers = logarithmic ? powerTicks(10 ** frame.bottom, 10 ** frame.top, most) : [];
    const plainTicks = powers.length < 2 && !logarithmic ? niceTicks(frame.bottom, frame.top, most) : [];
    const narrow = logarithmic && powers.length < 2 ? niceTicks(10 ** frame.bottom, 10 ** frame.top, most) : [];
    const texts = powerTexts(powers);
    const ticks = (narrow.length ? [] : powers.map((power, place) => [10 ** power, texts[place]]))
      .concat(plainTicks.concat(narrow).map((tick) => [tick, tickText(tick)]))
      .filter((tick) => !logarithmic || tick[0] > 0);
    context.strokeStyle = theme.grid;
    context.fillStyle = theme.muted;
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of ticks) {
      const y = frame.y(tick[0]);
      if (!Number.isFinite(y)) continue;
      line(context, frame.left, y, frame.left + frame.width, y);
      context.fillText(tick[1], frame.left - 6, y);
    }
    context.textAlign = "center";
    context.textBaseline = "top";
    const below = CURVE_EDGE.top + frame.height;
    for (const tick of niceTicks(0, frame.end, frame.width / 70)) {
      line(context, frame.x(tick), CURVE_EDGE.top, frame.x(tick), below);
      context.fillText(tickText(tick), frame.x(tick), below + 4);
    }
    context.fillText(byEpoch ? said("epoch") : said("step"), frame.left + frame.width / 2, below + 20);
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillStyle = theme.text;
    context.fillText(choice.name, 4, CURVE_EDGE.top + frame.height / 2);
  }

  function line(context, x0, y0, x1, y1) {
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
  }

  return { layOut: layOut, draw: draw };
}
