"""Editing rows on the chart: what a press does, undo and redo.

To begin changes nothing but what a press does. The first change makes the rows on show the user's
own, which are a setting, so undo goes back to earlier settings, and in the end to the data, the
outliers and the scaling that there were.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from lossviz.engine.experiment import Experiment, Sweep
from lossviz.engine.run import Run
from lossviz.engine.sampling import Sample
from lossviz.engine.task import Task
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.table import Table, called, table_of
from lossviz.player import Edit, Editing
from lossviz.tables import added, from_sample, is_drawable, moved, removed, toggled
from lossviz.ui import state
from lossviz.ui.own_data import OWN, take, text_of, texts
from lossviz.ui.player import answered
from lossviz.ui.playground.row_editor import rows_as_a_table
from lossviz.views.panels import PANELS, View, linked_rows
from lossviz.views.panels.settings import ACROSS, UP

# The settings that say which rows there are: what undo goes back to.
PARAMS = tuple(f"{name}.{param.name}" for name in OWN for param in DATASETS[name].params)
WHICH = ("data", "outliers", "scaling", *PARAMS)
MODES = {"drag": "Drag", "add": "Add", "remove": "Remove", "mark": "Mark as outlier"}
MOST_UNDONE = 200


def is_on() -> bool:
    """Whether the points can be edited."""
    return st.session_state.get("editing", False)


def toggle(experiment: Experiment) -> None:
    """Begin to edit the rows on show, of this experiment; or end it."""
    st.session_state.editing = not is_on()
    state.hold()
    if is_on():
        st.session_state.undone, st.session_state.at = [_which()], 0
        st.session_state.began, st.session_state.story = experiment, state.sweep()


def origin() -> tuple[Experiment, Sweep] | None:
    """What the rows that are being edited were once drawn for, and all that was set then; None
    where they are others, or from a file."""
    if not is_on():
        return None
    began: Experiment = st.session_state.began
    here = {called(words) for words in texts(state.sweep())}
    is_here = began.data not in OWN and here == {_name(began)}
    return (began, st.session_state.story) if is_here else None


def _which() -> dict[str, Any]:
    settings = state.settings()
    return {key: settings.get(key) for key in WHICH}


def _remember() -> None:
    """Add the rows as they are to what can be undone, if they are new."""
    undone, at, now = st.session_state.undone, st.session_state.at, _which()
    if undone[at] != now:
        first, *later = [*undone[: at + 1], now]
        st.session_state.undone = [first, *later[-MOST_UNDONE:]]  # the beginning stays in reach
        st.session_state.at = len(st.session_state.undone) - 1


def _go(by: int) -> None:
    st.session_state.at += by
    state.put(st.session_state.undone[st.session_state.at])


def bar(experiment: Experiment) -> None:
    """What a press on the chart does, undo and redo, and the rows as a table."""
    if not is_on():
        for _ in ("bar", "caption"):  # so that both go before the charts change, and not at the end
            st.empty()
        return
    _remember()
    undone, at = st.session_state.undone, st.session_state.at
    table = _table(experiment, Task.of(experiment).sample)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="editing bar"):
        if is_drawable(table):
            st.segmented_control(
                "A press on a point, or beside them",
                list(MODES),
                default="drag",
                required=True,
                format_func=MODES.__getitem__,
                key="editing mode",
                on_change=state.hold,
            )
            if table.classes and st.session_state.get("editing mode") == "add":
                st.selectbox(
                    "Class of new points",
                    table.classes,
                    key="editing class",
                    on_change=state.hold,
                    width=160,
                )
        st.button(
            "Undo",
            icon=":material/undo:",
            disabled=at == 0,
            on_click=_go,
            args=(-1,),
            shortcut="Ctrl+Z",
        )
        st.button(
            "Redo",
            icon=":material/redo:",
            disabled=at == len(undone) - 1,
            on_click=_go,
            args=(1,),
            shortcut="Ctrl+Shift+Z",
        )
        if st.button("Rows as a table", icon=":material/table:", on_click=state.hold):
            rows_as_a_table(table, partial(_take, experiment))
    # The same words all the time, so that the charts keep their place.
    said = [] if is_drawable(table) else ["These rows have more columns than a chart shows."]
    if not _is_whole(st.session_state.began):
        said.append(
            "The first change makes the rows that are trained on your own, and they are tested on "
            "as well; rows held out are dropped. Undo goes all the way back."
        )
    if said:
        st.caption(" ".join(said))


def _is_whole(experiment: Experiment) -> bool:
    """Whether what is trained on are rows of the user's own, all of them and no others."""
    options = experiment.params_of("data")
    is_own = bool(text_of(experiment)) and experiment.outliers == "none"
    return is_own and options["test"] == 0 and options["marked"] == "in"


def _table(experiment: Experiment, sample: Sample) -> Table:
    """The rows on show, to be changed."""
    if _is_whole(experiment):
        return table_of(text_of(experiment))
    return from_sample(sample, _name(experiment))


def _name(experiment: Experiment) -> str:
    words = text_of(experiment)
    return called(words) if words else f"edited {experiment.data}"


def _take(experiment: Experiment, table: Table) -> None:
    """Make changed rows of an experiment the data, seen by descent as they were."""
    is_scaled = Task.of(experiment).sample.is_scaled
    take(table)
    if not text_of(experiment):
        state.put({"scaling": ("standard" if is_scaled else "none",)})


def editing(run: Run, looking: View) -> Editing | None:
    """What the player is told of editing."""
    charts = PANELS[looking.panel].editable
    if not is_on() or not charts:
        return None
    if looking.option(ACROSS) or looking.option(UP):  # the features may have changed places
        return None
    if not is_drawable(_table(run.experiment, run.task.sample)):
        return None
    mode = st.session_state.get("editing mode") or "drag"
    return Editing(mode, charts, answered=answered())


def follow(edit: Edit, runs: Sequence[Run], looking: View) -> None:
    """Change the rows as the user did on the chart. What cannot be done is said."""
    run, rows = runs[looking.focus], linked_rows(runs, looking)
    asked = editing(run, looking)
    if asked is None or edit.chart not in asked.charts or (edit.row or 0) >= len(rows):
        return
    table = _table(run.experiment, run.task.sample)
    try:
        changed = _changed(table, edit, None if edit.row is None else int(rows[edit.row]))
    except ValueError as error:
        state.say([str(error)])
    else:
        _take(run.experiment, changed)


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
