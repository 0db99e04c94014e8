"""The font families used besides the desktop's own.

Only Linux resolves the generic name "serif". On Windows and macOS it yields an arbitrary font, and on macOS
Qt searches all fonts first and prints a warning.
"""

import sys

# For formulas. DejaVu Sans, the usual font of Linux, misplaces the hats of m and v.
SERIF = {"win32": "Cambria", "darwin": "STIX Two Text"}.get(sys.platform, "serif")
# For columns of numbers.
MONO = {"win32": "Consolas", "darwin": "Menlo"}.get(sys.platform, "monospace")
