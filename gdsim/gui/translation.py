"""Translation outside of Qt objects: ``tr("…")`` in place of ``self.tr("…")``.

`packaging/dev.py language` finds the texts by reading the source code. It recognises only these two
spellings, with plain string literals: no function of another name, and nothing inside the braces of an f-string.
"""

from functools import partial

from PySide6.QtCore import QCoreApplication

tr = partial(QCoreApplication.translate, "gdsim")
