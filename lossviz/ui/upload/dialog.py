"""The way to rows of the user's own: a button, the file that a link asks for, and the dialog."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lossviz.base.limits import MEGABYTES
from lossviz.items.datasets.packing import MOST_ROWS
from lossviz.items.datasets.table import chosen_in, edited_in, named
from lossviz.tables import FileFault
from lossviz.ui import own_data, state
from lossviz.ui.page import plain
from lossviz.ui.upload import columns
from lossviz.ui.upload.given import Given, forget

FILE, PASTED = "A file", "Pasted text"
EXAMPLE = "weight; consumption\n1,2; 5,6\n1,5; 6,9\n0,9; 4,8"


def button() -> None:
    """The way to rows of one's own_data."""
    if st.button("Use your own data", icon=":material/upload_file:", on_click=state.hold):
        show()


def ask_again(missing: Sequence[str]) -> None:
    """Say which rows a link names that are not here, and how to go on."""
    count, name = named(missing[0])
    again = "" if chosen_in(missing[0]) else ", with the same target and features"
    after = "and all is as it was"
    if edited_in(missing[0]):
        after = "and all but what was edited by hand is as it was: the file lacks that"
    st.warning(
        f"This link is about the {count:,} rows of {plain(name)}. They {own_data.why(count)} and "
        f"stayed with whoever made it. Give the file again{again}, {after}.",
        icon=":material/upload_file:",
    )
    with st.container(horizontal=True):
        if st.button("Give the file", on_click=state.hold):
            show()
        st.button("Go on with an example", on_click=_example)


def _example() -> None:
    state.put(dict.fromkeys(own_data.ROWS))


def _dismissed() -> None:
    state.hold()
    forget()


@st.dialog("Use your own data", width="large", on_dismiss=_dismissed)
def show() -> None:
    """Take a file or pasted text, and choose what is to be predicted from what."""
    how = st.segmented_control(
        "Where from",
        [FILE, PASTED],
        default=FILE,
        required=True,
        key="rows from",
        label_visibility="collapsed",
        on_change=state.hold,
    )
    try:
        given = _from_file() if how == FILE else _pasted()
        if given is not None:
            columns.choice(given)
    except FileFault as fault:
        st.error(plain(str(fault)), icon=":material/error:")
    st.caption(
        f"Up to {MOST_ROWS} rows travel in the link, to the last digit, where they fit. All others "
        "stay in the memory of this session, and nobody else sees them. Nothing is written to a "
        "disk."
    )


def _from_file() -> Given | None:
    given = st.file_uploader(
        "Rows and columns as text (CSV), with or without a line of names",
        key="rows file",
        type=["csv", "tsv", "txt", "dat"],
        max_upload_size=MEGABYTES,
        on_change=state.hold,
    )
    return None if given is None else Given(given.file_id, given.getvalue(), given.name)


def _pasted() -> Given | None:
    given = st.text_area(
        "Rows, such as copied from a spreadsheet",
        key="rows text",
        height=180,
        placeholder=EXAMPLE,
        on_change=state.hold,
    )
    if not given.strip():
        return None
    return Given(f"{len(given)} {hash(given)}", given, "pasted rows")
