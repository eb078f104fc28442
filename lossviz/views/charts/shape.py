"""The loss and its slope over the residual or the margin, with the rows as moving dots."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.analysis.replay import Replay
from lossviz.base.arrays import Array
from lossviz.engine.looks import DATA, Style
from lossviz.player import Chart, Link, Track
from lossviz.views.charts.scene import Scene, near, room, span
from lossviz.views.charts.style import axis, figure


def shape(
    name: str,
    styles: Sequence[Style],
    shapes: Sequence[tuple[Array, Array, Array]],
    replays: Sequence[Replay | None],
    *,
    target: str | None,
    note: str = "",
    frames: Array | None = None,
) -> Scene:
    """Curves of each run's loss and slope (x, value, slope), and dots for the rows of each
    replay; a run without one has no dots. x are residuals of the target that is named or, with
    None, margins. A curve (F', m) instead of (m,) moves, at `frames`."""
    ranges = [span(*(x for x, _, _ in shapes), margin=0)]
    ranges += [room([_ends(curves[part]) for curves in shapes]) for part in (1, 2)]
    data, tracks, links = [], [], []
    for style, (places, *curves), replay in zip(styles, shapes, replays, strict=True):
        for part, curve in enumerate(curves):
            axes = {"type": "scatter", "xaxis": "x", "yaxis": "y2" if part else "y"}
            what = "slope" if part else "loss"
            if curve.ndim == 2:
                shown = near(curve, ranges[1 + part])
                tracks.append(Track(name, len(data), "replace", y=shown, frames=frames))
                curve = shown[-1]
            data.append(
                {
                    **axes,
                    "mode": "lines",
                    "name": f"{what} of {style.label}",
                    "x": places,
                    "y": curve,
                    "hoverinfo": "skip",
                    "line": {"color": style.colour, "dash": style.dash, "width": 2},
                }
            )
            if replay is None:
                continue
            x = near(replay.argument, ranges[0])
            y = near(replay.slope if part else replay.value, ranges[1 + part])
            tracks.append(Track(name, len(data), "replace", x=x, y=y, frames=replay.frames))
            links.append(Link(name, len(data)))
            data.append(
                {
                    **axes,
                    "mode": "markers",
                    "name": f"{what} of {style.label}, rows",
                    "x": x[-1],
                    "y": y[-1],
                    "hoverinfo": "none",
                    "marker": {
                        "color": style.colour,
                        "symbol": style.symbol,
                        "size": 6,
                        "opacity": 0.65,
                    },
                }
            )
    is_margin = target is None
    layout = {
        "xaxis": axis(
            "margin" if is_margin else f"residual: prediction − {target}",
            range=ranges[0],
            anchor="y2",
        ),
        "yaxis": axis("loss L", range=ranges[1], domain=[0.54, 1.0]),
        "yaxis2": axis(
            "slope dL/dm" if is_margin else "slope dL/dz",
            range=ranges[2],
            domain=[0.0, 0.46],
            anchor="x",
        ),
        **(_sides() if is_margin else {}),
    }
    left = " Left of 0 a row is misclassified." if is_margin else ""
    words = (
        f"Above the loss, below its slope: how hard a row pulls. Each dot is a row.{left} {note}"
    )
    chart = Chart(figure(data, **layout), "Loss and its slope", description=words.rstrip())
    return Scene(chart, tuple(tracks), tuple(links))


def _ends(curve: Array) -> Array:
    """The curve, or where it moves the first and the last that it is."""
    return curve[[0, -1]] if curve.ndim == 2 else curve


def _sides() -> dict[str, list[dict]]:
    """A hairline where the margin is 0, and what its sides mean."""
    line = {
        "type": "line",
        "x0": 0,
        "x1": 0,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "layer": "below",
        "line": {"color": DATA, "width": 1},
    }
    words = [
        {
            "text": text,
            "x": 0,
            "xanchor": anchor,
            "xshift": shift,
            "showarrow": False,
            "y": 0.5,
            "yref": "paper",
            "yanchor": "middle",
        }
        for text, anchor, shift in (("◀ wrong", "right", -6), ("right ▶", "left", 6))
    ]
    return {"shapes": [line], "annotations": words}
