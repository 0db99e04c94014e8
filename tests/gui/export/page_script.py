"""The JavaScript of an exported page, run by Qt's engine instead of a browser."""

import base64
import json
import re

from PySide6.QtCore import QObject, Slot
from PySide6.QtQml import QJSEngine

from gdsim.core.resources import resource


class _Base64(QObject):
    """The browser's function atob, which Qt's engine lacks, and which would be slow in JavaScript."""

    @Slot(str, result=str)
    def atob(self, text):
        return base64.b64decode(text).decode("latin-1")


def data_of(page):
    """Return the data of a page, as its script reads them."""
    return re.search(r'<script id="data"[^>]*>(.*?)</script>', page, re.DOTALL)[1]


class PageScript:
    """Some scripts of the page, whose functions take and return JSON values. Needs the application."""

    def __init__(self, *parts):
        self._engine = QJSEngine()
        base64_object = self._engine.newQObject(_Base64(self._engine))
        self._engine.globalObject().setProperty("base64", base64_object)
        sources = (resource("page", f"{part}.js").read_text(encoding="utf-8") for part in parts)
        self.run("\n".join(["const atob = base64.atob", *sources]))  # as one script, as in the page

    def run(self, source):
        """Run some source code, and return its value as the engine has it."""
        result = self._engine.evaluate(source)
        assert not result.isError(), f"{result.toString()} in line {result.property('lineNumber').toInt()}"
        return result

    def value(self, source):
        """Return the value of an expression as a Python value."""
        return json.loads(self.run(f"JSON.stringify({source})").toString())
