"""By how much losses do better or worse than the usual one, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

from lossviz.analysis.guide import METRICS, Proof, differences
from lossviz.engine.looks import DATA, Style
from lossviz.views.charts.style import axis, figure

TEXT = 14
PER_LOSS, PER_AXIS = 34, 40  # pixels of height for each loss of a plot, and for the axis below it
PER_LINE, WIDEST = 18, 18  # pixels of height for a line of its title, and the most characters in it


def intervals(styles: Sequence[Style], proof: Proof, task: str) -> dict[str, Any]:
    """A plot for each metric, one below the other: every loss's mean difference to the usual one,
    in the metric's own units, and its interval; the line at 0 is the usual loss. `styles` has one
    for each experiment of the proof; task is a key of METRICS."""
    found = [differences(proof, number) for number in range(1, len(proof.experiments))]
    shown = [name for name in proof.metrics if any(d.metric == name for own in found for d in own)]
    names = [style.label for style in styles[1:]]
    # In lines of their own, as phones leave a plot little width.
    titles = {name: fill(METRICS[task][name][0], WIDEST) for name in shown}
    lines = 2 + max((title.count("\n") for title in titles.values()), default=0)
    height = PER_LOSS * len(names) + PER_AXIS + PER_LINE * lines
    data, layout = [], {}
    for place, metric in enumerate(shown):
        number = str(place + 1) if place else ""
        _, more_is_better = METRICS[task][metric]
        for style, own in zip(styles[1:], found, strict=True):
            for each in own:
                if each.metric != metric:
                    continue
                data.append(
                    {
                        "type": "scatter",
                        "mode": "markers",
                        "name": style.label,
                        "x": [each.mean],
                        "y": [style.label],
                        "xaxis": f"x{number}",
                        "yaxis": f"y{number}",
                        "marker": {
                            "color": style.colour,
                            "size": 11,
                            "symbol": style.symbol + "-open" * (not each.is_real),
                        },
                        "error_x": {
                            "type": "data",
                            "array": [each.high - each.mean],
                            "color": style.colour,
                            "thickness": 3,
                            "width": 6,
                        },
                        "hovertemplate": f"%{{x:.4g}} ({each.low:.4g} to {each.high:.4g})",
                    }
                )
        top = 1 - place / len(shown)
        layout[f"yaxis{number}"] = axis(
            "loss",
            domain=[top - PER_LOSS * len(names) / height / len(shown), top],
            type="category",
            categoryorder="array",
            categoryarray=names[::-1],
            tickfont={"size": TEXT},
            anchor=f"x{number}",
        )
        layout[f"xaxis{number}"] = axis(
            "",
            anchor=f"y{number}",
            zeroline=True,
            zerolinecolor=DATA,
            zerolinewidth=2,
            rangemode="tozero",
            nticks=6,
            tickfont={"size": TEXT},
        )
        title = layout[f"xaxis{number}"]["title"]
        title["text"] = f"{titles[metric]}\n{'better →' if more_is_better else '← better'}"
        title["font"] = {"size": TEXT}
    margin = {"l": 8, "r": 16, "t": 12, "b": 0}
    layout |= {"height": height * max(len(shown), 1), "font": {"size": TEXT}, "margin": margin}
    return figure(data, **layout)
