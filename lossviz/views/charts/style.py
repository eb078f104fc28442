"""The house style of figures, and axes with names."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from lossviz.views.charts.plotly_insides import as_shown

HEAVY = 1e15  # beyond this nothing is drawn


def figure(data: Sequence[dict[str, Any]], **layout: Any) -> dict[str, Any]:
    """A figure in the house style: transparent, small margins, colours of text left to the page.

    All words in it are shown as they are, but for `Markup`: what a user calls a column, a class
    or a table may hold `<` and `&`, which Plotly would read as tags. Tests validate every one.
    """
    base = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 56, "r": 16, "t": 12, "b": 48},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "zoom",
        "uirevision": "kept",
    }
    return {"data": as_shown(list(data)), "layout": as_shown({**base, **layout})}


def axis(title: str, **extra: Any) -> dict[str, Any]:
    """An axis with a name, on several lines where it is long."""
    lines = "\n".join(wrap(title, 36))
    return {"title": {"text": lines, "standoff": 8}, "zeroline": False, "automargin": True, **extra}


def on_dark(**changes: Any) -> dict[str, Any]:
    """The `meta` of a trace that looks otherwise on a dark page: the player puts these in."""
    return {"dark": changes}
