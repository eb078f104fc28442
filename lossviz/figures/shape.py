"""The loss and its slope over the residual, with the rows' residuals as moving dots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.figures.scene import Scene, near, span
from lossviz.figures.style import Style, axis, figure
from lossviz.player import Chart, Link, Track
from lossviz.replay import Replay

Array = np.ndarray


def shape(
    name: str,
    styles: Sequence[Style],
    residuals: Array,
    shapes: Sequence[tuple[Array, Array]],
    replays: Sequence[Replay | None],
    *,
    target: str,
    note: str = "",
) -> Scene:
    """Curves of each run's loss and slope over residuals (m,), and dots for the rows of
    each replay; a run without one has no dots."""
    ranges = [span(residuals, margin=0), *(_range(shapes, part) for part in (0, 1))]
    data, tracks, links = [], [], []
    for style, curves, replay in zip(styles, shapes, replays, strict=True):
        for part, curve in enumerate(curves):
            axes = {"type": "scatter", "xaxis": "x", "yaxis": "y2" if part else "y"}
            what = "slope" if part else "loss"
            data.append(
                {
                    **axes, "mode": "lines", "name": f"{what} of {style.label}",
                    "x": residuals, "y": curve, "hoverinfo": "skip",
                    "line": {"color": style.colour, "dash": style.dash, "width": 2},
                }
            )  # fmt: skip
            if replay is None:
                continue
            x = near(replay.residual, ranges[0])
            y = near(replay.slope if part else replay.value, ranges[1 + part])
            tracks.append(Track(name, len(data), "replace", x=x, y=y, frames=replay.frames))
            links.append(Link(name, len(data)))
            data.append(
                {
                    **axes, "mode": "markers", "name": f"{what} of {style.label}, rows",
                    "x": x[-1], "y": y[-1], "hoverinfo": "none",
                    "marker": {"color": style.colour, "symbol": style.symbol, "size": 6,
                               "opacity": 0.65},
                }
            )  # fmt: skip
    layout = {
        "xaxis": axis(f"residual: prediction − {target}", range=ranges[0], anchor="y2"),
        "yaxis": axis("loss L", range=ranges[1], domain=[0.54, 1.0]),
        "yaxis2": axis("slope dL/dz", range=ranges[2], domain=[0.0, 0.46], anchor="x"),
    }
    words = f"Above the loss, below its slope: how hard a row pulls. Each dot is a row. {note}"
    return Scene(
        Chart(figure(data, **layout), "Loss and its slope", words), tuple(tracks), tuple(links)
    )


def _range(shapes: Sequence[tuple[Array, Array]], part: int) -> list[float]:
    """Room for every curve, but for those that tower over four times the median one."""
    tops = sorted(float(np.nanmax(np.abs(curves[part]), initial=0.0)) for curves in shapes)
    top = 1.06 * min(tops[-1], 4 * tops[(len(tops) - 1) // 2]) or 1.0
    lows = [float(np.nanmin(curves[part], initial=0.0)) for curves in shapes]
    return [max(-top, min(1.1 * min(lows), -0.04 * top)), top]
