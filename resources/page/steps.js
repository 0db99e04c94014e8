// A step worked out, line by line, in the words of gdsim (gdsim/core/analysis/worked.py).

const SUM = 0, SCALED = 3, ATOM = 5; // Precedences, as in gdsim/core/formulas/symbols.py
const BLUR = 0.25;
const POWER = /\^(?:\((\u2212\d+)\)|(\d+)(?![.,]?\d))/g; // Of a whole number

// Where a column of a record is, with all its digits; of a column whose rows are the same, the number itself.
function valueAt(numbers, column, row) {
  if (column.at !== undefined) return numbers[column.at + row];
  return column.is === null ? NaN : column.is;
}

function filledIn(pieces, texts) {
  const text = pieces.map((piece) => (typeof piece === "string" ? piece : fitted(texts[piece[0]], piece[1]))).join("");
  return text.replace(POWER, (_, bracketed, plain) => superscript((bracketed || plain).replace(MINUS, "-")));
}

function fitted(text, least) {
  const rank = text[0] === MINUS ? SUM : text.indexOf(TIMES_POWER) >= 0 ? SCALED : ATOM;
  return rank >= least ? text : "(" + text + ")";
}

// Update t of a run, from 1, to some digits; to all of them where there is no count of them.
function workedStep(page, run, t, digits) {
  const row = t - 1;
  const at = (column) => valueAt(page.numbers, column, row);
  // Without the names that all objects know: a rule of one's own may call a line "constructor".
  const shared = Object.assign(Object.create(null), run.texts, { t: String(t + run.counted) });
  for (const name of ["eta", "gamma"]) {
    const rate = at(run[name]);
    shared[name] = rate === run.settings[name] ? precise(rate) : scheduled(rate, digits);
  }
  const before = valueAt(page.numbers, run.loss, row);
  const after = valueAt(page.numbers, run.loss, t);
  const losses = toldApart(before, after, digits, Infinity);
  return {
    step: run.first + t,
    rates: run.rates.map((rate) => workedRate(rate, at, digits)),
    parameters: page.parameters.map((name, index) => ({
      name: name,
      lines: run.lines.map((line) => workedLine(page, run, line, index, at, shared, digits)),
    })),
    losses: losses,
    hasLosses: !Number.isNaN(before + after),
    trend: after < before ? "fell" : after > before ? "rose" : "stayed the same",
    sums: run.sums[at(run.fed)], // of a weight, and of b
  };
}

function workedLine(page, run, line, index, at, shared, digits) {
  const value = (name, place) => at(run.values[name][place]);
  const texts = new Proxy({}, {
    get: (_, name) => (name in shared ? shared[name] : measured(value(name, index), digits)),
  });
  let result = texts[line.target];
  let known = texts;
  if (line.old) { // what is added shows in the sum
    const both = toldApart(value(line.old, index), value(line.target, index), digits, BLUR);
    result = both[1];
    known = new Proxy(texts, { get: (_, name) => (name === line.old ? both[0] : texts[name]) });
  }
  let numbers = "";
  if (line.derivatives) {
    numbers = derivativeInNumbers(page, run, line, index, at, digits);
  } else if (line.norm) {
    const each = {};
    page.parameters.forEach((_, place) => { each[line.norm + place] = measured(value(line.norm, place), digits); });
    numbers = filledIn(line.numbers, each);
  } else if (line.direction) {
    numbers = filledIn(line.numbers, { [line.direction]: allInPlace(page, line, value, digits) });
  } else if (line.numbers) {
    numbers = filledIn(line.numbers, known);
  }
  return { part: line.part, symbols: line.letters[index], numbers: numbers, result: result };
}

// A gradient as a direction is made of it: that of all parameters, the first of them where there are many.
function allInPlace(page, line, value, digits) {
  const places = page.parameters.slice(0, line.most).map((_, place) => measured(value(line.direction, place), digits));
  const listed = places.concat(page.parameters.length > line.most ? ["\u2026"] : []);
  return "(" + listed.join(language.sign === "," ? "; " : ", ") + ")";
}

function derivativeInNumbers(page, run, line, index, at, digits) {
  const texts = {};
  page.parameters.forEach((name, place) => { texts[name] = measured(at(run.values[line.place][place]), digits); });
  const slope = at(run.slopes[index]);
  texts.slope = measured(slope, digits);
  return filledIn((slope ? line.sloped : line.derivatives)[index], texts);
}

function workedRate(rate, at, digits) {
  const texts = new Proxy({}, {
    get: (_, name) => {
      const value = at(rate.values[name]);
      if (rate.measured) return measured(value, digits);
      return rate.computed.indexOf(name) >= 0 ? scheduled(value, digits) : precise(value);
    },
  });
  return {
    name: rate.name,
    why: rate.reasons[at(rate.reason)],
    lines: rate.lines.map((line) => ({
      letter: line.letter,
      symbols: line.letters,
      numbers: line.numbers ? filledIn(line.numbers, texts) : "",
      result: texts[line.target],
    })),
  };
}

// The lines of a rate as they stand in a text, and why it is so.
function rateInWords(rate) {
  const stages = rate.lines.map((line) => (
    line.numbers ? line.symbols + " = " + line.numbers + " = " + line.result : line.letter + " = " + line.result
  ));
  return stages.join("; ") + ", " + rate.why;
}
