"""Widgets and plots. Shows values, emits what a person does, computes nothing."""

from gdsim.gui import quick_imports

quick_imports.keep_imports_plain()
quick_imports.import_pyqtgraph()
