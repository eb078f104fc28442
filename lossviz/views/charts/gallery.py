"""Losses over the residual or the margin, with their slopes and curvatures beneath."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lossviz.engine.looks import Style
from lossviz.items.catalogue import Curve
from lossviz.views.charts.scene import room
from lossviz.views.charts.style import axis, figure

PARTS = ("value", "slope", "curvature")
DOMAINS = ([0.56, 1.0], [0.29, 0.51], [0.0, 0.22])  # the loss itself has half of the height
# Read from the back row.
TEXT = 15
WIDTH = 3


def gallery(
    styles: Sequence[Style], curves: Sequence[Sequence[Curve]], *, is_margin: bool
) -> dict[str, Any]:
    """A line in each of three plots above each other for every curve; the curves of one loss
    share its style, and x is the same in all plots."""
    data = []
    for style, own in zip(styles, curves, strict=True):
        for number, part in enumerate(PARTS):
            for k, curve in enumerate(own):
                name = style.label if len(own) == 1 else f"{style.label}, class {1 - k}"
                data.append(
                    {
                        "type": "scatter",
                        "mode": "lines",
                        "name": name,
                        "xaxis": "x",
                        "yaxis": f"y{number + 1}" if number else "y",
                        "legendgroup": name,
                        "showlegend": number == 0,
                        "x": curve.x,
                        "y": getattr(curve, part),
                        "line": {
                            "color": style.colour,
                            "width": WIDTH,
                            "dash": style.dash if k == 0 else "dot",
                        },
                        "hovertemplate": f"{part} %{{y:.4g}} at %{{x:.3g}}",
                    }
                )
    x = curves[0][0].x
    title = (
        "margin (left of 0 a row is misclassified)"
        if is_margin
        else "residual: prediction − target"
    )
    names = ("loss L", "slope L′", "curvature L″")
    layout: dict[str, Any] = {
        f"yaxis{number + 1}" if number else "yaxis": axis(
            names[number],
            range=room([getattr(curve, part) for own in curves for curve in own], times=3.0),
            domain=DOMAINS[number],
            zeroline=True,
        )
        for number, part in enumerate(PARTS)
    }
    layout["xaxis"] = axis(title, range=[float(x[0]), float(x[-1])], anchor="y3", zeroline=True)
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": TEXT}}
    layout |= {"showlegend": True, "legend": legend, "font": {"size": TEXT}, "hovermode": "x"}
    for key in ("xaxis", "yaxis", "yaxis2", "yaxis3"):
        layout[key]["tickfont"] = {"size": TEXT}
        layout[key]["title"]["font"] = {"size": TEXT}
    return figure(data, **layout)
