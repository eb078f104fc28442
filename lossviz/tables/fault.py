"""What is wrong with a file, in one sentence."""

from __future__ import annotations


class FileFault(ValueError):
    """One sentence on what is wrong; rows are lines of the file, counted from 1."""
