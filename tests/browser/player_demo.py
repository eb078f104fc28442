"""A Streamlit app with the live player and sine curves, for the browser tests."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from lossviz.player import Chart, Detail, Link, Links, Movie, Row, Table, Track, payload
from lossviz.ui import server
from lossviz.ui.player import player

app = st.App(__file__, routes=server.routes(), middleware=server.middleware())

COLOURS = {"slow": "#0072b2", "middle": "#d55e00", "fast": "#009e73"}
DASHES = {"slow": "solid", "middle": "dash", "fast": "dot"}
ROWS = 100
SILENT = 10  # steps without a word
TINTS = [[0, "rgba(0,114,178,0.5)"], [0.5, "rgba(0,114,178,0.2)"], [1, "rgba(213,94,0,0.6)"]]
LONG = "Lowest test loss, a loss with a name that is long"
RNG = np.random.default_rng(0)


def space(frames: int) -> Movie:
    """A path that grows in three dimensions."""
    k = np.arange(frames)
    figure = go.Figure(go.Scatter3d(x=[], y=[], z=[], mode="lines"), {"template": None})
    path = Track("space", 0, "grow", x=np.cos(k / 9), y=np.sin(k / 9), z=k / 9)
    return Movie({"space": Chart(figure, "Space")}, (path,), k)


def demo(frames: int, shift: float) -> Movie:
    """Three sine waves that run, their phase, a field with three paths, and 300 dots."""
    k = np.arange(frames)
    x = np.linspace(0, 10, 200)
    rows = np.linspace(0, 10, ROWS)
    speeds = dict(zip(COLOURS, (0.01, 0.02, 0.03), strict=True))
    phases = {name: shift + speed * k for name, speed in speeds.items()}
    heights = {name: np.sin(rows + phase[:, None]) for name, phase in phases.items()}
    return Movie(
        charts={
            "wave": Chart(
                wave(x, rows, shift), "Waves", description="Three waves that run", height=360
            ),
            "field": Chart(field(), "Field and paths", description="Where the waves have been"),
            "trend": Chart(trend(frames), "Phase", description="The phase against the step"),
            "dots": Chart(dots(rows), "Dots", description="Each row's height on each wave"),
        },
        tracks=(
            *(
                Track("wave", i + 1, "replace", y=np.sin(x + phase[:, None]))
                for i, phase in enumerate(phases.values())
            ),
            *(
                Track("field", i + 1, "grow", x=4 * np.cos(phase), y=np.sin(2 * phase))
                for i, phase in enumerate(phases.values())
            ),
            *(
                Track("field", i + 4, "point", x=4 * np.cos(phase), y=np.sin(2 * phase))
                for i, phase in enumerate(phases.values())
            ),
            *(Track("trend", i, "grow", x=k, y=phase) for i, phase in enumerate(phases.values())),
            *(
                Track("dots", i, "replace", x=height, y=height**2 + 0.1 * i)
                for i, height in enumerate(heights.values())
            ),
        ),
        steps=k,
        tables=(
            Table(
                "Waves at this step",
                ("Wave", "Phase", "Height at 0", "Sign"),
                tuple(
                    Row(
                        name,
                        (phase, np.sin(phase), ["up" if h >= 0 else "down" for h in np.sin(phase)]),
                        COLOURS[name],
                        DASHES[name],
                    )
                    for name, phase in phases.items()
                ),
                spoken=("Phase",),
            ),
        ),
        links=Links(
            traces=(Link("wave", 0), *(Link("dots", i) for i in range(3))),
            details=tuple(
                Detail(
                    name,
                    COLOURS[name],
                    {"height": height, "share": height**2 / ROWS},
                    percent=("share",),
                )
                for name, height in heights.items()
            ),
        ),
    )


def pictures(frames: int, side: int = 60) -> Movie:
    """Two pairs of fields that turn under 300 points; counts in four cells, bars, words."""
    k = np.arange(frames)
    at = np.linspace(-2, 2, side)
    turn = 0.02 * k[:, None, None]
    phases = [0.0, 1.0, 2.0, 3.0]
    fields = [
        np.round(127.5 * (1 + np.sin(at + turn + p) * np.cos(at[:, None] - turn))).astype(np.uint8)
        for p in phases
    ]
    spots = RNG.uniform(-2, 2, (300, 2))
    lines = np.sin(at + turn[:, 0])
    counts = np.stack([k, k + 1, k + 2, k + 3], axis=1).reshape(-1, 2, 2)
    words = np.array([[f"at {step}" if step >= SILENT else "", "still"] for step in k])
    left, right = pair(at, spots, "best", "Viridis"), pair(at, spots, False, TINTS)
    return Movie(
        charts={
            "left": Chart(left, "Smooth fields"),
            "right": Chart(right, "Crisp fields"),
            "cells": Chart(cells(), "Cells and bars"),
            "words": Chart(sayings(), "Words"),
        },
        tracks=(
            *(
                Track(("left", "right")[i // 2], i % 2, "replace", z=z)
                for i, z in enumerate(fields)
            ),
            Track("left", 4, "replace", x=np.tile(at, (frames, 1)), y=lines),
            Track("right", 4, "replace", x=np.tile(at, (frames, 1)), y=-lines),
            Track("cells", 0, "replace", z=counts),
            Track("cells", 1, "replace", y=np.stack([k, frames - k], axis=1)),
            Track("words", 0, "replace", text=words),
        ),
        steps=k,
        tables=(
            Table(
                "First",
                ("Line", "Step", "Part"),
                (Row("line", (k, k / frames), "#0072b2"),),
                spoken=("Step", "Part"),
                percent=("Part",),
            ),
            Table("Second", ("Cell", "Count"), (Row("cell", (k + 1,)),)),
        ),
        links=Links((Link("left", 2, np.arange(1000, 1300)),)),
    )


def pair(at: np.ndarray, spots: np.ndarray, smooth: str | bool, scale: object) -> go.Figure:
    """Two fields side by side, points above them, and a line; the second has equal axes."""
    figure = base([-2, 2], [-2, 2])
    for place in ("", "2"):
        figure.add_heatmap(
            x=at,
            y=at,
            z=[[0]],
            zmin=0,
            zmax=255,
            zsmooth=smooth,
            colorscale=scale,
            showscale=False,
            hoverinfo="skip",
            xaxis=f"x{place}",
            yaxis=f"y{place}",
        )
    for place in ("", "2"):
        figure.add_scatter(
            x=spots[:, 0],
            y=spots[:, 1],
            mode="markers",
            marker={"color": "#ff0000", "size": 6},
            xaxis=f"x{place}",
            yaxis=f"y{place}",
        )
    figure.add_scatter(x=[], y=[], mode="lines", line={"color": "#ffffff", "width": 3})
    return figure.update_layout(
        xaxis={"domain": [0, 0.48]},
        xaxis2={"domain": [0.52, 1], "range": [-2, 2]},
        yaxis2={"anchor": "x2", "range": [-2, 2], "scaleanchor": "x2"},
    )


def cells() -> go.Figure:
    figure = base([-0.5, 3.5], [-0.5, 1.5])
    figure.add_heatmap(
        x=[0, 1],
        y=[0, 1],
        z=[[0, 0], [0, 0]],
        zmin=0,
        zmax=1000,
        texttemplate="%{z}",
        showscale=False,
    )
    figure.add_bar(x=[2, 3], y=[0, 0], yaxis="y2")
    return figure.update_layout(yaxis2={"overlaying": "y", "side": "right", "range": [0, 1000]})


def sayings() -> go.Figure:
    return base([-1, 2], [-1, 1]).add_scatter(
        x=[0, 1], y=[0, 0], mode="markers+text", text=["", ""]
    )


def base(x_range: list[float], y_range: list[float]) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        template=None,
        margin={"l": 48, "r": 12, "t": 8, "b": 40},
        xaxis={"range": x_range},
        yaxis={"range": y_range},
        showlegend=False,
    )
    return figure


def marks(count: int) -> list[dict[str, object]]:
    """Steps worth a visit: the best, and others with long names."""
    others = [{"label": f"{LONG}, {i}", "step": 20 * i, "colour": "#0072b2"} for i in range(count)]
    return [{"label": "Best", "step": 12, "colour": "#d55e00"}, *others[1:]]


def lines(figure: go.Figure, **options: object) -> go.Figure:
    for name, colour in COLOURS.items():
        line = {"color": colour, "dash": DASHES[name], "width": 2}
        figure.add_scatter(x=[], y=[], mode="lines", name=name, line=line, **options)
    return figure


def wave(x: np.ndarray, rows: np.ndarray, shift: float) -> go.Figure:
    figure = base([0, 10], [-1.5, 1.5])
    figure.add_scatter(
        x=rows, y=np.sin(rows + shift), mode="markers", name="rows", marker={"color": "#888888"}
    )
    return lines(figure).update_traces(x=x, selector={"mode": "lines"})


def field() -> go.Figure:
    a, b = np.linspace(-5, 5, 101), np.linspace(-2, 2, 101)
    figure = base([-5, 5], [-2, 2])
    figure.add_contour(x=a, y=b, z=np.cos(a) + b[:, None] ** 2, colorscale="Greys", showscale=False)
    lines(figure)
    for name, colour in COLOURS.items():
        marker = {"color": colour, "size": 12, "line": {"color": "white", "width": 2}}
        figure.add_scatter(x=[0], y=[0], mode="markers", name=f"{name} now", marker=marker)
    return figure


def trend(frames: int) -> go.Figure:
    figure = base([0, frames], [0, 0.03 * frames + 1])
    return lines(figure).update_layout(showlegend=True, legend={"x": 0.02, "y": 0.98})


def dots(rows: np.ndarray) -> go.Figure:
    figure = base([-1.2, 1.2], [-0.2, 1.4])
    for name, colour in COLOURS.items():
        start = np.zeros_like(rows)
        figure.add_scatter(
            x=start, y=start, mode="markers", name=name, marker={"color": colour, "size": 6}
        )
    return figure


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    query = st.query_params
    frames = int(st.number_input("Frames", 2, 2000, int(query.get("frames", 200)), key="frames"))
    shift = st.number_input("Shift", 0.0, 3.0, 0.0, 0.5, key="shift")
    size = "presentation" if st.toggle("Presentation") else "normal"
    total = int(query.get("total", 0))
    step = query.get("view.step", "")
    done = frames < total and not st.session_state.get("stopped")
    movies = {"space": space, "pictures": pictures}
    kind = query.get("movie")
    clicked = player(
        payload(
            movies[kind](frames) if kind else demo(frames, shift),
            run=f"{shift}",
            start=int(step) if step.isdigit() else None,
            progress={"done": frames - 1, "total": total} if done else None,
            actions=[{"name": "new_seed", "label": "New seed"}],
            marks=marks(int(query.get("marks", 1))) if kind else (),
            choosable=kind == "pictures",
            size=size,
        )
    )
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.write(f"Clicked: {clicked}. Reruns: {st.session_state['runs']}.")
