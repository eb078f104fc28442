"""The ways to rows of one's own: a file or pasted text, the file that a link asks for, a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from lossviz.items.datasets.own import Table, chosen_in, edited_in, named
from lossviz.tables import as_columns, from_columns
from lossviz.ui import own, state
from lossviz.ui.bring import bring
from lossviz.ui.page import plain

MOST_TYPED = 5_000  # rows that a table editor still shows with ease


def door() -> None:
    """The way to rows of one's own."""
    if st.button("Use your own data", icon=":material/upload_file:", on_click=state.hold):
        bring()


def ask_again(missing: Sequence[str]) -> None:
    """Say which rows a link names that are not here, and how to go on."""
    count, name = named(missing[0])
    again = "" if chosen_in(missing[0]) else ", with the same target and features"
    after = "and all is as it was"
    if edited_in(missing[0]):
        after = "and all but what was edited by hand is as it was: the file lacks that"
    st.warning(
        f"This link is about the {count:,} rows of {plain(name)}. They {own.why(count)} and "
        f"stayed with whoever made it. Give the file again{again}, {after}.",
        icon=":material/upload_file:",
    )
    with st.container(horizontal=True):
        if st.button("Give the file", on_click=state.hold):
            bring()
        st.button("Go on with an example", on_click=_example)


def _example() -> None:
    state.put(dict.fromkeys(own.ROWS))


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
        st.session_state.notes += notes
        st.rerun()
