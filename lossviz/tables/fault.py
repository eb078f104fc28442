"""What is wrong with a file, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence


class FileFault(ValueError):
    """One sentence on what is wrong; rows are lines of the file, counted from 1."""


def counted(number: int, thing: str, things: str = "") -> str:
    """Such as "1 row" and "1,200 rows"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def listed(words: Sequence[str]) -> str:
    """Such as "a, b and c"; of many words the first few."""
    if len(words) > 6:
        return f"{', '.join(words[:5])} and {len(words) - 5} more"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
