// Numbers as text, digit for digit as gdsim writes them on paper (gdsim/core/formulas/numerals.py).

const MINUS = "\u2212";
const TIMES_POWER = "\u00b710";
const RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b";
const SMALLEST_PLAIN = -4; // Smaller numbers are written with a power of ten.
const MOST_DIGITS = 17;

// The digits and the power of ten of a finite number other than 0, rounded to some digits. A number in the middle
// between two goes to the one whose last digit is even, as in Python; JavaScript would take the larger one.
function rounding(value, digits) {
  let text = value.toExponential(digits - 1);
  const exact = value.toExponential(100).replace(/0+(?=e)/, "");
  const exactDigits = exact.split("e")[0].replace(".", "");
  if (exactDigits.length === digits + 1 && exactDigits[digits] === "5" && "02468".indexOf(exactDigits[digits - 1]) >= 0) {
    text = (digits > 1 ? exactDigits[0] + "." + exactDigits.slice(1, digits) : exactDigits[0]) + "e" + exact.split("e")[1];
  }
  const parts = text.split("e");
  return { digits: parts[0].replace(".", ""), power: Number(parts[1]) };
}

function plain(digits, power) {
  if (power < 0) return "0" + language.sign + "0".repeat(-power - 1) + digits;
  if (digits.length <= power + 1) return digits + "0".repeat(power + 1 - digits.length);
  return digits.slice(0, power + 1) + language.sign + digits.slice(power + 1);
}

function withPower(digits, power) {
  return (digits.length > 1 ? digits[0] + language.sign + digits.slice(1) : digits) + TIMES_POWER + superscript(power);
}

// A whole number as the exponent of another one.
function superscript(exponent) {
  return String(exponent).split("").map((one) => RAISED["0123456789-".indexOf(one)]).join("");
}

function signed(value, text) {
  return (value < 0 ? MINUS : "") + text;
}

function unbounded(value) {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? "" : value > 0 ? "\u221e" : MINUS + "\u221e";
}

// The shortest text that reads back as the same number.
function precise(value) {
  if (!Number.isFinite(value)) return value !== value ? "nan" : signed(value, "inf");
  if (value === 0) return "0";
  const parts = Math.abs(value).toExponential().split("e");
  const digits = parts[0].replace(".", "");
  const power = Number(parts[1]);
  const usual = power >= SMALLEST_PLAIN && power < 16;
  return signed(value, usual ? plain(digits, power) : withPower(digits, power));
}

// To some digits, without zeros at the end.
function rounded(value, digits) {
  if (!Number.isFinite(value)) return value !== value ? "nan" : signed(value, "inf");
  if (value === 0) return "0";
  const found = rounding(Math.abs(value), digits);
  const kept = found.digits.replace(/0+$/, "");
  const usual = found.power >= SMALLEST_PLAIN && found.power < digits;
  return signed(value, usual ? plain(kept, found.power) : withPower(kept, found.power));
}

// To some digits, zeros included.
function steady(value, digits) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const found = rounding(size, digits);
  // Just below a power of ten it is rounded up to it, and has one digit more before the point.
  const usual = size >= 1e-4 && size < 10 ** digits && found.power < digits;
  return signed(value, usual ? plain(found.digits, found.power) : withPower(found.digits, found.power));
}

// A number that changes from step to step; all of its digits where there is no count of them.
function measured(value, digits) {
  const number = value + 0; // of the two zeros the plain one
  if (!digits || !Number.isFinite(number)) return unbounded(number) || precise(number);
  return steady(number, digits);
}

// A rate that a schedule made.
function scheduled(value, digits) {
  return unbounded(value) || (digits ? rounded(value, digits) : precise(value));
}

// Two numbers with as many digits as it takes to see that they differ, and by how much.
function toldApart(one, other, digits, blur) {
  const pair = [measured(one, digits), measured(other, digits)];
  const change = other - one;
  if (!digits || change === 0 || !Number.isFinite(change)) return pair;
  const shown = readNumber(pair[1]) - readNumber(pair[0]);
  if (pair[0] !== pair[1] && Math.abs(shown - change) <= blur * Math.abs(change)) return pair;
  return toldApart(one, other, digits < MOST_DIGITS ? digits + 1 : 0, blur);
}

function readNumber(text) {
  const plain = text.replace(MINUS, "-").replace(language.sign, ".").replace(TIMES_POWER, "e");
  return Number(plain.split("").map((one) => "0123456789-"[RAISED.indexOf(one)] || one).join(""));
}

function counted(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, language.thousands);
}
