"""How words reach a translator: ``self.tr("…")`` in objects of Qt, ``translate("Context", "…")`` elsewhere.

`pyside6-lupdate` reads the sources without running them. It finds these two spellings with plain strings, not
a function of another name, nor words inside the braces of an f-string.
"""

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate
