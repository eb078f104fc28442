"""What relies on how Plotly reads a figure inside, so that an upgrade has one place to look.

Figures are plain data, traces as "data" and their "layout", which nothing validates on its way to
the browser: making a `go.Figure` of each would take ten times as long. All words in them are
markup. `tests/test_plotly_insides.py` says in a sentence what a version lacks. What the player
relies on is in `player/js/plotly_private.js`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any, Final

import numpy as np

CHECKED: Final = "7.1.0"  # the version that all of this was read from
BREAK: Final = "<br>"
NO_NAME: Final = "<extra></extra>"  # ends the words of a hover box that has no name beside it
# How its script reads markup: what breaks a line, what stands beside a hover box, and the names
# that signs are written by.
READS: Final = (r"/<br(\s+.*)?>/i", r"/<extra>([\s\S]*)<\/extra>/", 'amp:"&",lt:"<",gt:">"')


SIGNS: Final = re.compile("[&<>\n]")  # what `escaped` changes


class Markup(str):
    """Text that is Plotly's markup already: `as_shown` leaves it as it is."""


def escaped(words: str) -> Markup:
    """Markup that shows just these words; a new line breaks the line."""
    return Markup(escape(words, quote=False).replace("\n", BREAK))


def as_shown(value: Any) -> Any:
    """Figure data with all words escaped, but for `Markup`; `NO_NAME` may stand at the end of
    some."""
    kind = type(value)
    if kind is Markup or kind is float or kind is int or kind is bool:
        return value
    if isinstance(value, str):
        if not SIGNS.search(value):
            return value
        words = value.removesuffix(NO_NAME)
        return escaped(words) + value[len(words) :]
    if kind is dict or isinstance(value, Mapping):
        return {key: as_shown(each) for key, each in value.items()}
    if isinstance(value, np.ndarray) and value.dtype.kind in "OU":
        return np.array([as_shown(each) for each in value.flat], object).reshape(value.shape)
    if isinstance(value, list | tuple) and not isinstance(next(iter(value), None), float):
        return [as_shown(each) for each in value]
    return value
