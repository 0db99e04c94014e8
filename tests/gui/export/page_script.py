"""The program of an exported page, run without a browser: by the engine for scripts that comes with Qt."""

import json

from PySide6.QtQml import QJSEngine

from gdsim.core.resources import resource

# Qt's engine knows no atob; a browser's is that of `record.js`.
_ATOB = """
function atob(text) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let out = "", bits = 0, held = 0;
  for (let place = 0; place < text.length && text[place] !== "="; place++) {
    held = (held << 6) | letters.indexOf(text[place]);
    bits += 6;
    if (bits >= 8) { bits -= 8; out += String.fromCharCode((held >> bits) & 255); }
  }
  return out;
}
"""


class PageScript:
    """Some parts of the program, as functions that take and return what JSON can say; needs the app."""

    def __init__(self, *parts):
        self._engine = QJSEngine()
        sources = (resource("page", f"{part}.js").read_text(encoding="utf-8") for part in parts)
        self.run("\n".join([_ATOB, *sources]))  # in one, as in the page

    def run(self, source):
        """Run some source, and return its value."""
        result = self._engine.evaluate(source)
        assert not result.isError(), f"{result.toString()} in line {result.property('lineNumber').toInt()}"
        return result

    def value(self, source):
        """Return the value of an expression."""
        return json.loads(self.run(f"JSON.stringify({source})").toString())
