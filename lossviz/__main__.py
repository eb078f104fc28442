"""`python -m lossviz`: the command line."""

import sys

from lossviz.cli import main

if __name__ == "__main__":
    sys.exit(main())
