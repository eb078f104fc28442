"""Editing rows on the chart: what a press does, undo and redo.

What changes is a setting, so undo goes back to earlier settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lossviz.datasets import DATASETS
from lossviz.datasets.own import Table, table_of
from lossviz.experiment import Experiment
from lossviz.player import Edit, Editing
from lossviz.playground import View, linked_rows
from lossviz.tables import added, from_sample, is_drawable, moved, removed, toggled
from lossviz.task import Task
from lossviz.training import Run
from lossviz.ui import state
from lossviz.ui.own import OWN, take, text_of
from lossviz.ui.player import answered
from lossviz.ui.rows import rows_as_a_table

# The settings that say which rows there are: what undo goes back to.
PARAMS = tuple(f"{name}.{param.name}" for name in OWN for param in DATASETS[name].params)
WHICH = ("data", "outliers", "scaling", *PARAMS)
MODES = {"drag": "Drag", "add": "Add", "remove": "Remove", "mark": "Mark as outlier"}
MOST_UNDONE = 200


def is_on() -> bool:
    """Whether the points can be edited."""
    return st.session_state.get("editing", False)


def toggle(experiment: Experiment) -> None:
    """Begin to edit the rows on show, which become the user's own; or end it."""
    st.session_state.editing = not is_on()
    state.hold()
    if not is_on():
        return
    st.session_state.undone = [_which()]
    st.session_state.at = 0
    sample = Task.of(experiment).sample
    if experiment.data not in OWN:
        take(from_sample(sample, f"edited {experiment.data}"))
        state.put({"scaling": ("standard" if sample.is_scaled else "none",)})
    elif experiment.outliers != "none":
        take(from_sample(sample, table_of(text_of(experiment)).name))
    else:  # all rows are trained on while they are edited
        state.put({f"{experiment.data}.{name}": None for name in ("test", "marked")})


def _which() -> dict[str, Any]:
    settings = st.session_state.settings
    return {key: settings.get(key) for key in WHICH}


def _remember() -> None:
    """Add the rows as they are to what can be undone, if they are new."""
    undone, at, now = st.session_state.undone, st.session_state.at, _which()
    if undone[at] != now:
        st.session_state.undone = [*undone[: at + 1], now][-MOST_UNDONE:]
        st.session_state.at = len(st.session_state.undone) - 1


def _go(by: int) -> None:
    st.session_state.at += by
    state.put(st.session_state.undone[st.session_state.at])


def bar(experiment: Experiment) -> None:
    """What a press on the chart does, undo and redo, and the rows as a table."""
    if not is_on():
        st.empty()  # so that the bar goes before the charts change, and not when all is done
        return
    _remember()
    undone, at, table = st.session_state.undone, st.session_state.at, _table(experiment)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="editing bar"):
        if table is not None and is_drawable(table):
            st.segmented_control(
                "A press on a point, or beside them", list(MODES), default="drag", required=True,
                format_func=MODES.__getitem__, key="editing mode", on_change=state.hold,
            )  # fmt: skip
            if table.classes and st.session_state.get("editing mode") == "add":
                st.selectbox(
                    "Class of new points", table.classes, key="editing class",
                    on_change=state.hold, width=160,
                )  # fmt: skip
        st.button(
            "Undo", icon=":material/undo:", disabled=at == 0, on_click=_go, args=(-1,),
            shortcut="Ctrl+Z",
        )  # fmt: skip
        st.button(
            "Redo", icon=":material/redo:", disabled=at == len(undone) - 1, on_click=_go, args=(1,),
            shortcut="Ctrl+Shift+Z",
        )  # fmt: skip
        if table is not None and st.button(
            "Rows as a table", icon=":material/table:", on_click=state.hold
        ):
            rows_as_a_table(table)
    if table is None:
        st.caption("What is trained on is not just your rows: end editing, and begin it again.")
    elif not is_drawable(table):
        st.caption("These rows have more columns than a chart shows: edit them as a table.")


def _table(experiment: Experiment) -> Table | None:
    """The user's own rows, if what is trained on is they and no others."""
    words, options = text_of(experiment), experiment.params_of("data")
    if not words or experiment.outliers != "none":
        return None
    return table_of(words) if options["test"] == 0 and options["marked"] == "in" else None


def editing(experiment: Experiment, looking: View) -> Editing | None:
    """What the player is told of editing."""
    table = _table(experiment) if is_on() else None
    if table is None or not is_drawable(table) or looking.panel != "overview":
        return None
    if looking.across or looking.up:  # the features may have changed places
        return None
    mode = st.session_state.get("editing mode") or "drag"
    return Editing(mode, ("fit",), answered=answered())


def follow(edit: Edit, runs: Sequence[Run], looking: View) -> None:
    """Change the rows as the user did on the chart. What cannot be done is said."""
    table, rows = _table(runs[looking.chosen].experiment), linked_rows(runs, looking)
    if table is None or (edit.row is not None and edit.row >= len(rows)):
        return
    try:
        take(_changed(table, edit, None if edit.row is None else int(rows[edit.row])))
    except ValueError as error:
        st.session_state.notes = [str(error)]


def _changed(table: Table, edit: Edit, row: int | None) -> Table:
    if row is None:
        chosen = st.session_state.get("editing class")
        return added(table, edit.x, edit.y, _class(table, chosen))
    if edit.kind == "remove":
        return removed(table, row)
    if edit.kind == "mark":
        return toggled(table, row)
    return moved(table, row, edit.x, edit.y)


def _class(table: Table, name: str | None) -> int:
    return table.classes.index(name) if name in table.classes else 0
