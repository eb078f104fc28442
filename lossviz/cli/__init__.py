"""The command line."""

from lossviz.cli.command import main

__all__ = ["main"]
