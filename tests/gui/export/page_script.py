"""The program of an exported page, run without a browser: by the engine for scripts that comes with Qt."""

import base64
import json
import re

from PySide6.QtCore import QObject, Slot
from PySide6.QtQml import QJSEngine

from gdsim.core.resources import resource


class _Base64(QObject):
    """What of a browser Qt's engine lacks; in a script it would take most of the time that a page takes."""

    @Slot(str, result=str)
    def atob(self, text):
        return base64.b64decode(text).decode("latin-1")


def data_of(page):
    """Return the numbers of a page, as its program reads them."""
    return re.search(r'<script id="data"[^>]*>(.*?)</script>', page, re.DOTALL)[1]


class PageScript:
    """Some parts of the program, as functions that take and return what JSON can say; needs the app."""

    def __init__(self, *parts):
        self._engine = QJSEngine()
        lent = self._engine.newQObject(_Base64(self._engine))
        self._engine.globalObject().setProperty("base64", lent)
        sources = (resource("page", f"{part}.js").read_text(encoding="utf-8") for part in parts)
        self.run("\n".join(["const atob = base64.atob", *sources]))  # in one, as in the page

    def run(self, source):
        """Run some source, and return its value."""
        result = self._engine.evaluate(source)
        assert not result.isError(), f"{result.toString()} in line {result.property('lineNumber').toInt()}"
        return result

    def value(self, source):
        """Return the value of an expression."""
        return json.loads(self.run(f"JSON.stringify({source})").toString())
