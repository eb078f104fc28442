"""The command line.

lossviz [LINK], lossviz serve [LINK]     start the app
lossviz run QUERY                        train, print a table, write files
lossviz list KIND                        what there is to choose from
"""

import sys
from collections.abc import Sequence
from io import TextIOWrapper


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command says; the exit code: 0 if all went well, 1 if nothing could be read or
    something not written. Wrong usage exits with 2, by SystemExit."""
    words = sys.argv[1:] if argv is None else list(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal may have no sign for δ
            stream.reconfigure(errors="replace")
    # Each brings in what it needs, and no more.
    match words:
        case ["run", *rest]:
            from lossviz.cli import run

            return run.main(rest)
        case ["list", *rest]:
            from lossviz.cli import listing

            return listing.main(rest)
        case ["serve", *rest] | rest:
            from lossviz.cli import serve

            return serve.main(rest)
