// The page: its pictures, its step and its table at a place of the record, and what a person does.

const SPEEDS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const DIGITS = [3, 4, 5, 6, 8, 0]; // 0 for all of them
const TURN = 5, ZOOM = 1.15, DEGREES_PER_PIXEL = 0.4;
const REST_MS = 400; // So long nothing changes before it is said aloud, and the surface drawn more finely

const page = readPage(document.getElementById("data").textContent);
const PARTS = {
  look: said("Look ahead"), gradient: said("Gradient"), intermediate: said("Intermediate"), memory: said("Memory"), update: said("Update"),
};
const TRENDS = { fell: said("it fell"), rose: said("it rose") };
const byId = (id) => document.getElementById(id);
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const choices = curveChoices(page);
const curves = makeCurves(page, byId("curves"));
const map = makeMap(page, byId("map"));
const surface = makeSurface(page, byId("surface"), byId("surface-lines"));
const state = { place: 0, selected: page.selected, digits: 4, byEpoch: false, playing: 0, printing: false };
let wanted = 0, resting = 0;

// ------------------------------------------------------------------------------------------- drawing

function themeNow() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue("--" + name).trim();
  const light = state.printing || !dark.matches;
  return {
    name: light ? "light" : "dark", printed: state.printing,
    text: light ? "#171c26" : read("text"), muted: light ? "#5b6472" : read("muted"), faint: light ? "#788190" : read("faint"),
    grid: light ? "#e6e9ef" : read("grid"), accent: light ? "#2463eb" : read("accent"),
    halo: light ? "#ffffff" : read("halo"),
  };
}

function layOut() {
  const theme = themeNow();
  if (map) map.layOut(theme);
  if (surface) surface.layOut(theme);
  curves.layOut(theme, choices[byId("curve").selectedIndex], state.byEpoch, byId("logarithmic").checked);
  drawSamples(theme);
  draw();
}

function rowsNow() {
  return page.runs.map((run) => rowAt(run, state.place, state.byEpoch));
}

function draw() {
  const rows = rowsNow();
  if (map) map.draw(rows, state.selected);
  if (surface) surface.draw(rows, state.selected);
  curves.draw(rows, state.selected, state.place);
  showClock();
  showTable(rows);
  showStep(rows);
  clearTimeout(resting);
  resting = setTimeout(rest, REST_MS);
}

function rest() {
  describe();
  if (surface && surface.refine()) surface.draw(rowsNow(), state.selected);
}

// Draw before the next picture of the screen, once for all that changed.
function drawSoon() {
  if (!wanted) wanted = requestAnimationFrame(() => { wanted = 0; draw(); });
}

function showClock() {
  const parts = { place: counted(state.place), last: counted(lastPlace(page, state.byEpoch)) };
  const words = state.byEpoch ? said("epoch {place} of {last}", parts) : said("step {place} of {last}", parts);
  byId("place").value = state.place;
  byId("clock").textContent = words;
  byId("place").setAttribute("aria-valuetext", words);
}

// ------------------------------------------------------------------------------------------- the runs

const cells = [];

function makeTable() {
  const table = byId("runs");
  const head = table.createTHead().insertRow();
  for (const title of [said("shown"), "", said("run"), said("step"), said("epoch"), ...page.parameters, "L"]) {
    head.append(title ? made("th", title, { scope: "col" }) : made("td", ""));
  }
  const body = table.createTBody();
  page.runs.forEach((run, index) => {
    const row = body.insertRow();
    const box = made("input", "", { type: "checkbox", "aria-label": said("Show {name}", run) });
    box.checked = run.shown;
    box.addEventListener("change", () => { run.shown = box.checked; layOut(); });
    row.insertCell().append(box);
    row.insertCell();
    const name = row.insertCell();
    name.className = "name";
    name.textContent = run.parent ? said("{name} (leaves {parent} after step {step})", { name: run.name, parent: run.parent, step: counted(run.first) }) : run.name;
    cells.push(["step", "epoch", ...page.parameters, "L"].map(() => row.insertCell()));
    const choice = made("option", run.name);
    choice.selected = index === state.selected;
    byId("selected").append(choice);
  });
  const cut = page.runs.filter((run) => run.cut);
  const words = [];
  if (page.runs.some((run) => Number.isNaN(valueAt(page.numbers, run.loss, Math.max(0, run.rows - 2))))) {
    words.push(said("With many points, L is not computed at every step."));
  }
  if (cut.length) words.push(said("Some runs go on: this page holds only their first {steps} steps.", { steps: counted(cut[0].rows - 1) }));
  byId("runs-hint").textContent = words.join(" ");
}

function showTable(rows) {
  page.runs.forEach((run, index) => {
    const row = rows[index], texts = [];
    if (row >= 0) {
      texts.push(counted(run.first + row), counted(epochOf(run, row)));
      page.parameters.forEach((_, place) => texts.push(measured(parameterAt(page, run, place, row), state.digits)));
      const loss = valueAt(page.numbers, run.loss, row);
      texts.push(Number.isNaN(loss) ? said("not computed") : measured(loss, state.digits));
    }
    cells[index].forEach((cell, place) => {
      const text = row >= 0 ? texts[place] : place ? "" : said("not begun");
      if (cell.textContent !== text) cell.textContent = text;
    });
  });
}

function drawSamples(theme) {
  page.runs.forEach((run, index) => {
    const cell = byId("runs").tBodies[0].rows[index].cells[1];
    const sample = drawing("svg", { viewBox: "0 0 48 16", "aria-hidden": "true" });
    const colour = runColour(run, theme.name);
    sample.append(drawing("path", {
      d: "M1 8H47", fill: "none", stroke: colour, "stroke-width": 2, "stroke-dasharray": runDash(run, 2).join(" ") || "none",
    }));
    const corners = markerCorners(runMarker(run)).map((one) => (24 + 4.5 * one[0]) + "," + (8 + 4.5 * one[1])).join(" ");
    sample.append(corners ? drawing("polygon", { points: corners, fill: colour }) : drawing("circle", { cx: 24, cy: 8, r: 4.5, fill: colour }));
    cell.replaceChildren(sample);
  });
}

// ------------------------------------------------------------------------------------------- the step

// The update of the selected run that begins here; at its end, its last one.
function updateNow(rows) {
  const run = page.runs[state.selected];
  if (!run || rows[state.selected] < 0 || run.rows < 2) return 0;
  return Math.min(rows[state.selected] + 1, run.rows - 1);
}

function showStep(rows) {
  const run = page.runs[state.selected], t = updateNow(rows), box = byId("step");
  if (!t) {
    box.replaceChildren(made("p", run && run.rows > 1 ? said("This run has not begun.") : said("There is no step to show."), { class: "hint" }));
    return;
  }
  const step = workedStep(page, run, t, state.digits), lines = [];
  const head = said("Step {before} \u2192 {after} of {name}", { before: counted(step.step - 1), after: counted(step.step), name: run.name });
  lines.push(made("p", head + (run.rule === run.name ? "" : ", " + run.rule)));
  for (const rate of step.rates) lines.push(made("p", rateInWords(rate), { class: "math" }));
  run.lines.forEach((line, place) => {
    const part = line.part.replace(/\d+$/, "");
    if (!place || run.lines[place - 1].part !== line.part) lines.push(made("h3", PARTS[part]));
    for (const parameter of step.parameters) lines.push(worked(parameter.lines[place], step.sums[parameter.name === "b" ? 1 : 0]));
  });
  lines.push(made("h3", said("Loss")));
  const told = step.hasLosses ? "L = " + step.losses[0] + " \u2192 " + step.losses[1] + ", " + (TRENDS[step.trend] || said("it stayed the same")) : said("L was not computed at this step.");
  lines.push(made("p", told, { class: "math" }));
  box.replaceChildren(...lines);
}

function worked(line, sum) {
  const paragraph = made("p", line.symbols + "\n", { class: "math" });
  paragraph.append(made("span", "  = " + (line.numbers || sum) + "\n", { class: "numbers" }), "  = ", made("b", line.result));
  return paragraph;
}

// ------------------------------------------------------------------------------------------- in words

// What the pictures show, for who does not see them: for each run where it is.
function describe() {
  const rows = rowsNow(), [across, up] = axisNames(page);
  const where = page.runs.map((run, index) => {
    if (!run.shown || rows[index] < 0) return "";
    const place = placeAt(page, run, rows[index]);
    const loss = Number.isNaN(place.loss) ? "" : ", L " + rounded(place.loss, 3);
    return run.name + ": " + across + " " + rounded(place.w, 3) + ", " + up + " " + rounded(place.b, 3) + loss + ".";
  }).filter(Boolean).join(" ");
  byId("surface-box").setAttribute("aria-label", said("Error surface") + ". " + where);
  byId("map-box").setAttribute("aria-label", said("Contours") + ". " + where);
  byId("curves-box").setAttribute("aria-label", said("Curves") + ": " + choices[byId("curve").selectedIndex].title + ". " + where);
  const place = { place: counted(state.place) };
  if (!state.playing) byId("spoken").textContent = (state.byEpoch ? said("Epoch {place}.", place) : said("Step {place}.", place)) + " " + where;
}

function describePlane() {
  const plane = page.plane;
  const [across, up] = axisNames(page);
  const others = !plane.others ? "" : " " + (plane.follows && page.runs.length
    ? said("The other parameters are as at the start of run {name}.", page.runs[page.selected])
    : said("The other parameters are held as in the scene."));
  const near = { bound: rounded(plane.bound, 2), some: counted(plane.sample ? plane.sample[0] : 0), all: counted(plane.sample ? plane.sample[1] : 0) };
  const bound = !plane.bound ? "" : " " + (plane.sample
    ? said("The picture is drawn from {some} of {all} points, mostly within {bound} of the loss.", near)
    : said("With so many points the picture is within {bound} of the loss.", near));
  const low = plane.lowest;
  const line = plane.cut ? " " + said("The dashed line is the {cut}.", plane) : "";
  if (!low) {
    byId("map-hint").textContent = byId("lowest").textContent = said("The loss has no value in this view.") + others + line;
    return;
  }
  const named = (...values) => values
    .map(([name, value]) => name + "\u00a0=\u00a0" + rounded(value, 6)).join(", ");  // no line ends between them
  const cross = { kind: low.kind, place: named([across, low.w], [up, low.b], ["L", low.loss]) };
  const places = plane.asLow.map(([w, b]) => named([across, w], [up, b])).join("; ");
  const also = places && " " + said("The loss is as low at the other crosses: {places}.", { places: places });
  byId("map-hint").textContent = said("The cross is {kind}: {place}.", cross) + also + others + bound + line;
  byId("lowest").textContent = said("The cross on the map is {kind}: {place}.", cross) + also;
}

// ------------------------------------------------------------------------------------------- playback

function goTo(place) {
  state.place = Math.max(0, Math.min(Math.round(place), lastPlace(page, state.byEpoch)));
  drawSoon();
}

function setPlaying(playing) {
  cancelAnimationFrame(state.playing);
  state.playing = 0;
  byId("play").setAttribute("aria-label", playing ? said("Pause") : said("Play"));
  byId("play-sign").setAttribute("d", playing ? "M4 2h3v12H4zM9 2h3v12H9z" : "M4 2v12l9-6z");
  if (!playing) {
    describe();
    return;
  }
  if (state.place >= lastPlace(page, state.byEpoch)) state.place = 0;
  let from = state.place, since = null, speed = SPEEDS[byId("speed").selectedIndex];
  const tick = (now) => {
    const chosen = SPEEDS[byId("speed").selectedIndex];
    if (since === null || chosen !== speed || Math.abs(state.place - from - Math.floor((now - since) / 1000 * speed)) > 1e4) {
      from = state.place;
      since = now;
      speed = chosen;
    }
    const place = Math.min(lastPlace(page, state.byEpoch), from + Math.floor((now - since) / 1000 * speed));
    if (place !== state.place) {
      state.place = place;
      draw();
    }
    if (place >= lastPlace(page, state.byEpoch)) setPlaying(false);
    else state.playing = requestAnimationFrame(tick);
  };
  state.playing = requestAnimationFrame(tick);
}

function goAndRest(place) {
  if (state.playing) setPlaying(false);
  goTo(place);
}

function changeSpeed(by) {
  const speed = byId("speed");
  speed.selectedIndex = Math.max(0, Math.min(SPEEDS.length - 1, speed.selectedIndex + by));
}

const COMMANDS = {
  first: () => goAndRest(0),
  back: () => goAndRest(state.place - 1),
  play: () => setPlaying(!state.playing),
  forward: () => goAndRest(state.place + 1),
  last: () => goAndRest(lastPlace(page, state.byEpoch)),
};
const KEYS = {
  Home: COMMANDS.first, End: COMMANDS.last, ArrowLeft: COMMANDS.back, ArrowRight: COMMANDS.forward, " ": COMMANDS.play,
  "[": () => changeSpeed(-1), "]": () => changeSpeed(1),
};

function onKey(event) {
  // On many keyboards brackets need AltGr, which Windows tells as Ctrl and Alt, or Option.
  const isHeld = event.altKey ? event.key !== "[" && event.key !== "]" : event.ctrlKey;
  if (isHeld || event.metaKey || event.defaultPrevented) return;
  const at = event.target;
  // A list takes the keys itself; a button, a box or a link takes Space.
  if (at.closest("select") || (event.key === " " && at.closest("button, a, input[type=checkbox]"))) return;
  if (event.shiftKey && event.key.startsWith("Arrow")) return;
  const command = KEYS[event.key];
  if (!command) return;
  event.preventDefault();
  command();
}

// ------------------------------------------------------------------------------------------- the camera

function watchCamera(box) {
  let grip = null;
  const turned = (change) => { change(); drawSoon(); };
  box.addEventListener("pointerdown", (event) => { grip = [event.clientX, event.clientY]; box.setPointerCapture(event.pointerId); });
  box.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const [x, y] = grip;
    grip = [event.clientX, event.clientY];
    turned(() => surface.orbit(-DEGREES_PER_PIXEL * (event.clientX - x), DEGREES_PER_PIXEL * (event.clientY - y)));
  });
  for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, () => { grip = null; });
  box.addEventListener("dblclick", () => turned(surface.reset));
  box.addEventListener("wheel", (event) => {
    event.preventDefault();
    turned(() => surface.zoom(ZOOM ** (-event.deltaY / 100)));
  }, { passive: false });
  const turns = { ArrowLeft: [TURN, 0], ArrowRight: [-TURN, 0], ArrowUp: [0, TURN], ArrowDown: [0, -TURN] };
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.shiftKey && turns[event.key]) turned(() => surface.orbit(...turns[event.key]));
    else if (event.key === "+" || event.key === "=") turned(() => surface.zoom(ZOOM));
    else if (event.key === "-" || event.key === "_") turned(() => surface.zoom(1 / ZOOM));
    else if (event.key === "0") turned(surface.reset);
    else return;
    event.preventDefault();
  });
}

// ------------------------------------------------------------------------------------------- to begin

function made(kind, text, attributes) {
  const element = document.createElement(kind);
  element.textContent = text;
  for (const name of Object.keys(attributes || {})) element.setAttribute(name, attributes[name]);
  return element;
}

function drawing(kind, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const name of Object.keys(attributes)) element.setAttribute(name, attributes[name]);
  return element;
}

function setPrinting(printing) {
  state.printing = printing;
  document.body.classList.toggle("printing", printing);
  layOut();
}

function changeUnit() {
  const run = page.runs[state.selected], row = rowsNow()[state.selected];
  state.byEpoch = byId("unit").value === "epoch";
  const step = run && row >= 0 ? run.first + row : 0;
  byId("place").max = lastPlace(page, state.byEpoch);
  state.place = Math.min(Number(byId("place").max), state.byEpoch && run ? epochOf(run, step - run.first) : step);
  layOut();
}

function changeCurve() {
  const choice = choices[byId("curve").selectedIndex];
  byId("logarithmic").parentElement.hidden = !choice.logarithmic;
  byId("logarithmic").checked = Boolean(choice.logarithmic) && choice.name !== "\u03b7";
  layOut();
}

function begin() {
  makeTable();
  describePlane();
  choices.forEach((choice) => byId("curve").append(made("option", choice.title)));
  DIGITS.forEach((digits) => byId("digits").append(made("option", digits ? said("with {digits} digits", { digits: digits }) : said("with all digits"))));
  SPEEDS.forEach((speed) => byId("speed").append(made("option", rounded(speed, 4) + "/s")));
  byId("digits").selectedIndex = DIGITS.indexOf(state.digits);
  byId("speed").selectedIndex = SPEEDS.indexOf(20);
  byId("unit-box").hidden = page.runs.every((run) => run.perEpoch === 1);
  byId("place").max = lastPlace(page, false);
  byId("place").addEventListener("input", () => goAndRest(Number(byId("place").value)));
  for (const name of Object.keys(COMMANDS)) byId(name).addEventListener("click", COMMANDS[name]);
  byId("selected").addEventListener("change", () => { state.selected = byId("selected").selectedIndex; draw(); });
  byId("digits").addEventListener("change", () => { state.digits = DIGITS[byId("digits").selectedIndex]; draw(); });
  byId("unit").addEventListener("change", changeUnit);
  byId("curve").addEventListener("change", changeCurve);
  byId("logarithmic").addEventListener("change", layOut);
  document.addEventListener("keydown", onKey);
  if (surface) watchCamera(byId("surface-box"));
  dark.addEventListener("change", layOut);
  new ResizeObserver(layOut).observe(byId("main"));
  window.addEventListener("beforeprint", () => setPrinting(true));
  window.addEventListener("afterprint", () => setPrinting(false));
  changeCurve();
}

begin();
