"""Entry point of the bundled program."""

import sys

from gdsim.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
