"""Levels of a category that are written in several ways: Yes, yes and YES."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lossviz.base.registry import quote
from lossviz.base.words import listed
from lossviz.tables.texts import Texts


def folded(column: Texts) -> tuple[Texts, tuple[str, ...]]:
    """The texts that differ only in case or blanks as one, as most rows have it, with sentences.
    Where nothing but case tells the texts apart, as in AA, Aa and aa, they stay."""
    alike: dict[str, list[int]] = {}
    for i, text in enumerate(column.texts):
        alike.setdefault("".join(text.casefold().split()), []).append(i)
    if len(alike) in (1, len(column.texts)):
        return column, ()
    counts = column.counts
    most = [max(those, key=counts.__getitem__) for those in alike.values()]
    place = np.full(len(column.texts) + 1, -1, np.int32)
    for new, those in enumerate(alike.values()):
        place[those] = new
    bare = [column.bare[i] for i in most] if column.bare else []
    one = replace(
        column, texts=[column.texts[i] for i in most], codes=place[column.codes], bare=bare
    )
    groups = [
        f"{listed([quote(column.texts[i]) for i in those])} are one category, called "
        f"{quote(column.texts[best])}"
        for best, those in zip(most, alike.values(), strict=True)
        if len(those) > 1
    ]
    return one, (f"In {column.name} {'; '.join(groups[:3])}{'; and so on' * (len(groups) > 3)}.",)
