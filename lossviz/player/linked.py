"""Points that are rows of data: which traces show them, and what there is to say of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Link:
    """A trace whose elements are data rows: element i is row `rows[i]`, or row i."""

    chart: str
    trace: int
    rows: Array | None = None


@dataclass(frozen=True, eq=False)
class Share:
    """Each row's part of a whole, without an array of its own: the size of the values of another
    name, times the row's weight `(n,)`, over the frame's total `(F',)`; 0 where that is 0."""

    of: str
    weights: Array
    totals: Array


@dataclass(frozen=True, eq=False)
class Detail:
    """What the hover card says of each data row for one run: named `(F', n)` arrays, or shares of
    what these add up to over all rows.

    `frames` `(F',)` as in Track. Values under a name in `percent` are shares of one.
    """

    label: str
    colour: str
    values: Mapping[str, Array | Share]
    _: KW_ONLY
    frames: Array | None = None
    percent: tuple[str, ...] = ()

    def numbers(self, name: str) -> Array:
        """The values `(F', n)` of this name."""
        values = self.values[name]
        if not isinstance(values, Share):
            return np.asarray(values)
        parts, totals = np.abs(self.numbers(values.of)) * values.weights, values.totals[:, None]
        return np.divide(parts, totals, out=np.zeros(parts.shape), where=totals > 0)


@dataclass(frozen=True, eq=False)
class Links:
    """Traces that show the same data rows, so that hovering one rings it everywhere."""

    traces: tuple[Link, ...]
    details: tuple[Detail, ...] = ()
    names: tuple[str, ...] = ()


def check_share(share: Share, shapes: Mapping[str, tuple[int, ...]], where: str) -> None:
    """ValueError unless it is a share of values of one of these shapes."""
    if share.of not in shapes:
        raise ValueError(f"{where}: no values {share.of!r}; there are {list(shapes)}")
    got = (*np.shape(share.totals), *np.shape(share.weights))
    if got != shapes[share.of]:
        raise ValueError(f"{where}: totals and weights of shape {got}, not {shapes[share.of]}")
