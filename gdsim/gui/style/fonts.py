"""The families of letters beside that of the desktop.

Linux alone takes "serif" for the name of one. On Windows and macOS that gives any letters, and on macOS Qt
looks through all fonts before, and complains.
"""

import sys

# For formulas. DejaVu Sans, the usual font of Linux, misplaces the hats of m and v.
SERIF = {"win32": "Cambria", "darwin": "STIX Two Text"}.get(sys.platform, "serif")
# For columns of numbers.
MONO = {"win32": "Consolas", "darwin": "Menlo"}.get(sys.platform, "monospace")
