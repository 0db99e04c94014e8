// What a scene draws over the map beside the runs: arrows down the slope, the line of a cut, the curvature.

const ARROWS = 14;  // along a side
const LONGEST_ARROW = 26, SHORTEST_ARROW = 3, LONGEST_AXIS = 80, MOST_FLAT = 8;

// The lines lie on any colour of the loss.
function strokeOver(context, theme, width, dash) {
  for (const [wide, tone, alpha] of [[width + 2, theme.halo, 0.75], [width, theme.text, 1]]) {
    context.globalAlpha = alpha;
    context.lineWidth = wide;
    context.strokeStyle = tone;
    context.setLineDash(wide > width ? [] : dash);
    context.stroke();
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

// Arrows against the gradient, longer where it is larger.
function drawField(page, context, frame, theme) {
  const steepest = Math.max(...page.field.map(([, , dw, db]) => Math.hypot(dw, db)), 0);
  const across = frame.x(1) - frame.x(0), up = frame.y(1) - frame.y(0);
  const apart = Math.min(frame.width, frame.height) / ARROWS, longest = Math.min(LONGEST_ARROW, 1.2 * apart);
  context.beginPath();
  for (const [w, b, dw, db] of page.field) {
    const x = -dw * across, y = -db * up, size = Math.hypot(x, y);
    const length = longest * Math.cbrt(Math.hypot(dw, db) / steepest);
    if (!(length >= SHORTEST_ARROW) || !(size > 0)) continue;
    const right = x / size * length, down = y / size * length;
    const tip = [frame.x(w) + right / 2, frame.y(b) + down / 2];
    context.moveTo(tip[0] - right, tip[1] - down);
    context.lineTo(tip[0], tip[1]);
    for (const side of [-1, 1]) {
      context.moveTo(tip[0] - 0.32 * right + side * 0.2 * down, tip[1] - 0.32 * down - side * 0.2 * right);
      context.lineTo(tip[0], tip[1]);
    }
  }
  strokeOver(context, theme, 1.2, []);
}

// The line along which the surface is cut, through where a run is.
function drawCut(page, context, run, row, frame, theme) {
  const here = placeAt(page, run, row);
  const [w, b] = run.way.map((column) => valueAt(page.numbers, column, row));
  const x = w * (frame.x(1) - frame.x(0)), y = b * (frame.y(1) - frame.y(0)), size = Math.hypot(x, y);
  if (!(size > 0)) return;
  const far = frame.width + frame.height;  // what is outside of the map is cut off
  context.beginPath();
  context.moveTo(frame.x(here.w) - x / size * far, frame.y(here.b) - y / size * far);
  context.lineTo(frame.x(here.w) + x / size * far, frame.y(here.b) + y / size * far);
  strokeOver(context, theme, 1.4, [5, 4]);
}

// An ellipse whose half axes are as long as 1 / √|λ|; dashed where the loss curves down.
function drawLens(page, context, run, row, frame, theme) {
  const here = placeAt(page, run, row);
  const [ww, wb, bb] = run.bend.map((column) => valueAt(page.numbers, column, row));
  const middle = (ww + bb) / 2, apart = Math.hypot((ww - bb) / 2, wb), turn = Math.atan2(2 * wb, ww - bb) / 2;
  const axes = [[middle + apart, turn], [middle - apart, turn + Math.PI / 2]];
  const largest = Math.max(...axes.map(([value]) => Math.abs(value)));
  if (!(largest > 0)) return;
  const across = frame.x(1) - frame.x(0), up = frame.y(1) - frame.y(0);
  const half = axes.map(([value, angle]) => {
    const length = 1 / Math.sqrt(Math.max(Math.abs(value), largest / MOST_FLAT ** 2));
    return [length * Math.cos(angle) * across, length * Math.sin(angle) * up];
  });
  const scale = LONGEST_AXIS / Math.max(...half.map(([x, y]) => Math.hypot(x, y)));
  const at = (one, other) => [
    frame.x(here.w) + scale * (one * half[0][0] + other * half[1][0]),
    frame.y(here.b) + scale * (one * half[0][1] + other * half[1][1]),
  ];
  const dash = (falls) => falls ? [4, 3] : [];
  context.beginPath();
  for (let part = 0; part <= 72; part++) context.lineTo(...at(Math.cos(part * Math.PI / 36), Math.sin(part * Math.PI / 36)));
  strokeOver(context, theme, 1.8, dash(axes[1][0] < 0));
  axes.forEach(([value], index) => {
    context.beginPath();
    context.moveTo(...at(index ? 0 : -1, index ? -1 : 0));
    context.lineTo(...at(index ? 0 : 1, index ? 1 : 0));
    strokeOver(context, theme, 1.8, dash(value < 0));
  });
}
