"""A Streamlit app whose points can be edited in the player, and the line of least squares that
follows them, for the browser tests."""

import numpy as np
import streamlit as st

from lossviz.player import (
    Chart,
    Edit,
    Editing,
    Link,
    Links,
    Movie,
    Row,
    Table,
    Track,
    payload,
)
from lossviz.ui import server
from lossviz.ui.player import answered, player
from lossviz.views.charts.scene import span

app = st.App(
    __file__, routes=server.routes(), middleware=server.middleware(), lifespan=server.lifespan
)

STEPS = np.arange(0, 40, 2)
START = [[1.0, 2.0], [2.0, 3.5], [3.0, 3.0], [4.0, 5.0], [5.0, 4.5], [8.0, 7.0]]
FAR = 50
MODES = ("drag", "add", "remove", "mark", "none")


def movie(points: np.ndarray, marked: list[int]) -> Movie:
    """The points in two panels, the right with a logarithmic axis, marked ones in a trace apart
    and ringed, and lines that come to that of least squares."""
    x, y = points.T
    slope, level = np.polyfit(x, y, 1)
    ends = np.array(span(x))
    heights = (STEPS / STEPS[-1])[:, None] * (level + slope * ends)
    kinds = [np.setdiff1d(np.arange(len(x)), marked), np.array(marked, int)]
    layout = {
        "margin": {"l": 48, "r": 12, "t": 8, "b": 40},
        "showlegend": False,
        "xaxis": {"range": span(x), "domain": [0, 0.48]},
        "yaxis": {"range": span(y)},
        "xaxis2": {"range": [-1, 2], "type": "log", "domain": [0.55, 1]},
        "yaxis2": {"range": span(y), "anchor": "x2"},
    }
    dots = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": x[kind],
            "y": y[kind],
            "marker": {"size": 10},
            "xaxis": f"x{panel}",
            "yaxis": f"y{panel}",
        }
        for panel in ("", "2")
        for kind in kinds
    ]
    halo = {
        "type": "scatter",
        "mode": "markers",
        "x": x[marked],
        "y": y[marked],
        "marker": {"size": 24, "symbol": "circle-open"},
    }
    line = {"type": "scatter", "mode": "lines", "name": "line", "x": ends, "y": heights[-1]}
    axes = {"xaxis": {"range": [0, STEPS[-1]]}, "yaxis": {"range": [-5, 15]}}
    trend = {"data": [{"type": "scatter", "x": [], "y": []}], "layout": axes}
    return Movie(
        {
            "points": Chart({"data": [*dots, line, halo], "layout": layout}, "Points", span=2),
            "trend": Chart(trend, "Height", height=240),
        },
        (
            Track("points", 4, "replace", x=np.tile(ends, (len(STEPS), 1)), y=heights),
            Track("trend", 0, "grow", x=STEPS, y=heights[:, 1]),
        ),
        STEPS,
        (Table("Lines", ("Line", "Height"), (Row("line", (heights[:, 1],), "#0072b2"),)),),
        Links(tuple(Link("points", i, kinds[i % 2]) for i in range(4))),
    )


def follow(edit: Edit) -> None:
    """What the user did, done to the points; none may lie beyond 50."""
    data, marked = st.session_state.data, st.session_state.marked
    st.session_state.said.append(edit)
    if edit.kind == "add":
        data.append([edit.x, edit.y])
    elif edit.row is None or edit.row >= len(data) or edit.x > FAR:
        return
    elif edit.kind == "remove":
        del data[edit.row]
    elif edit.kind == "mark":
        marked ^= {edit.row}
    else:
        data[edit.row] = [edit.x, edit.y]


@st.fragment
def shown(mode: str) -> None:
    data, said = st.session_state.data, st.session_state.said
    player(
        payload(
            movie(np.array(data), sorted(st.session_state.marked)),
            run=str(data),
            editing=Editing(mode, ("points",), answered()) if mode != "none" else None,
        ),
        on_edit=follow,
    )
    if said:
        last = said[-1]
        st.write(f"Said: {last.kind} {last.row} {last.x:g} {last.y:g}.")
    st.write(f"Kinds: {' '.join(edit.kind for edit in said if edit.kind != 'drag')}.")
    st.write(f"Points: {data}.")


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    st.session_state.setdefault("data", [list(point) for point in START])
    st.session_state.setdefault("marked", {5})
    st.session_state.setdefault("said", [])
    shown(str(st.radio("Mode", MODES, horizontal=True)))
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.write(f"Reruns: {st.session_state['runs']}.")
