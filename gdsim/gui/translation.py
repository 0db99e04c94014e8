"""Translation outside of Qt objects: ``tr("…")`` in place of ``self.tr("…")``.

`packaging/dev.py language` finds the texts by reading the source code. It recognises only these two
spellings, with plain string literals; it does not look inside the braces of f-strings.
"""

from functools import partial

from PySide6.QtCore import QCoreApplication

tr = partial(QCoreApplication.translate, "gdsim")
