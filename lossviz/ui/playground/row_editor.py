"""The dialog in which rows are typed as a table."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lossviz.items.datasets.table import Table
from lossviz.tables import as_columns, from_columns
from lossviz.ui import state
from lossviz.ui.page import plain

MOST_TYPED = 5_000  # rows that a table editor still shows with ease


@st.dialog("Rows as a table", width="large", on_dismiss=state.hold)
def rows_as_a_table(table: Table, use: Callable[[Table], object]) -> None:
    """Type, add and delete rows, and then use them."""
    if len(table.y) > MOST_TYPED:
        st.info(f"These are {len(table.y):,} rows; a table to type in takes {MOST_TYPED:,}.")
        return
    edited = st.data_editor(
        as_columns(table),
        num_rows="dynamic",
        key="rows typed",
        height=420,
        on_change=state.hold,
    )
    st.caption("Add a row at the end; choose rows at the left to delete them.")
    # The editor tells of a cell a moment after it was typed: no press is to overtake it.
    is_typed = any(st.session_state.get("rows typed", {}).values())
    if st.button(
        "Use these rows", icon=":material/check:", on_click=state.hold, disabled=not is_typed
    ):
        try:
            changed, notes = from_columns(edited, table)
            use(changed)
        except ValueError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        state.notes().extend(notes)
        st.rerun()
