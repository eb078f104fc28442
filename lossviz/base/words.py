"""Words of sentences: numbers, counts with their nouns, and lists."""

from __future__ import annotations

from collections.abc import Sequence


def in_full(value: float | str) -> str:
    """A number with all its digits, thousands set apart, such as "20,000"; words as they are."""
    return value if isinstance(value, str) else f"{value:,}".removesuffix(".0")


def counted(number: int, thing: str, things: str = "") -> str:
    """Such as "1 row" and "1,200 rows"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def listed(words: Sequence[str], most: int = 6) -> str:
    """Such as "a, b and c"; of more than `most` the first, and how many more: "a, b and 3 more"."""
    if len(words) > most:
        return f"{', '.join(words[: most - 1])} and {len(words) - most + 1} more"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
