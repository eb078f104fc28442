"""Runs as a Python script that a student can read and run, in one of four flavours.

`flavours` asks the module of a flavour for the blocks of code. Each works out the `plan`, and puts
together the `functions` that its runs need, the rows (`samples`) and the `runs`.
"""

from lossviz.export.scripts.code import NoScript
from lossviz.export.scripts.flavours import FLAVOURS, script, why_not

__all__ = ["FLAVOURS", "NoScript", "script", "why_not"]
