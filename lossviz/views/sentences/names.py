"""Names of parameters as they are shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from lossviz.tables.header import unique


def short_names(parameters: Iterable[str], leave_out: str = "") -> dict[str, str]:
    """For each parameter its name without units, and without what else is left out at its start.
    Where that would call two of them alike, they keep theirs."""
    full = dict.fromkeys(parameters)
    bare = {name: name.removeprefix(leave_out) for name in full}
    short = {name: re.sub(r" \([^()]*\)", "", bare[name]) for name in full}
    for fuller in (bare, {name: name for name in full}):
        counts = Counter(short.values())
        short = {name: fuller[name] if counts[word] > 1 else word for name, word in short.items()}
    return dict(zip(full, unique(short.values()), strict=True))
