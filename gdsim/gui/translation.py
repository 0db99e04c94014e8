"""How words outside of objects of Qt reach a translator: ``tr("…")``; in these, ``self.tr("…")``.

`packaging/dev.py language` reads the sources without running them. It finds these spellings with plain
strings, not a function of another name, nor words inside the braces of an f-string.
"""

from functools import partial

from PySide6.QtCore import QCoreApplication

tr = partial(QCoreApplication.translate, "gdsim")
