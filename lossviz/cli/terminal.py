"""What the command line says: to whoever reads it, on a terminal."""

from __future__ import annotations

import sys
from typing import TextIO

from lossviz.base.registry import printable


def say(words: str) -> None:
    """A note, beside what is printed."""
    tell(words, sys.stderr)


def tell(words: str, to: TextIO | None = None) -> None:
    """What was asked for."""
    print(printable(words), file=to)  # files and links name columns, and may name them anything
