"""Widgets and plots: show values, emit the user's actions, compute nothing."""

from gdsim.gui import quick_imports

quick_imports.keep_imports_plain()
quick_imports.import_pyqtgraph()
