"""Dialogs that take rows: from a file, pasted, or typed into a table."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lossviz.datasets.own import FEW, Table, named
from lossviz.tables import (
    FileFault,
    Raw,
    as_columns,
    can_be_classes,
    choose,
    from_columns,
    read,
    suggest,
)
from lossviz.tables.fault import counted
from lossviz.ui import own, state
from lossviz.ui.page import plain

FILE, PASTED = "A file", "Pasted text"
MOST_MEGABYTES = 20
EXAMPLE = "weight; consumption\n1,2; 5,6\n1,5; 6,9\n0,9; 4,8"
FEW_NAMED = 4  # columns that cannot be used and are told why
MOST_TYPED = 5_000  # rows that a table editor still shows with ease


def door() -> None:
    """The way to rows of one's own."""
    if st.button("Use your own data", icon=":material/upload_file:", on_click=state.hold):
        bring()


def ask_again(missing: Sequence[str]) -> None:
    """Say which rows a link names that are not here, and how to go on."""
    count, name = named(missing[0])
    st.warning(
        f"This link is about the {count:,} rows of {plain(name)}. They are too many for a link and "
        "stayed with whoever made it. Give the file again, with the same target and features, and "
        "all is as it was.",
        icon=":material/upload_file:",
    )
    with st.container(horizontal=True):
        if st.button("Give the file", on_click=state.hold):
            bring()
        st.button("Go on with an example", on_click=_example)


def _example() -> None:
    state.put(dict.fromkeys(own.ROWS))


@st.dialog("Use your own data", width="large", on_dismiss=state.hold)
def bring() -> None:
    """Take a file or pasted text, and choose what is to be predicted from what."""
    how = st.segmented_control(
        "Where from", [FILE, PASTED], default=FILE, required=True, key="rows from",
        label_visibility="collapsed", on_change=state.hold,
    )  # fmt: skip
    try:
        raw = _from_file() if how == FILE else _pasted()
        if raw is not None:
            _choice(raw)
    except FileFault as fault:
        st.error(plain(str(fault)), icon=":material/error:")
    st.caption(
        f"Up to {FEW} rows travel in the link. More stay in the memory of this session, and nobody "
        "else sees them. Nothing is written to a disk."
    )


def _from_file() -> Raw | None:
    given = st.file_uploader(
        "Rows and columns as text (CSV), with or without a line of names", key="rows file",
        type=["csv", "tsv", "txt", "dat"], max_upload_size=MOST_MEGABYTES, on_change=state.hold,
    )  # fmt: skip
    return None if given is None else _read(given.file_id, given.getvalue(), given.name)


def _pasted() -> Raw | None:
    given = st.text_area(
        "Rows, such as copied from a spreadsheet", key="rows text", height=180,
        placeholder=EXAMPLE, on_change=state.hold,
    )  # fmt: skip
    return _read(given, given, "pasted rows") if given.strip() else None


def _read(key: str, given: bytes | str, name: str) -> Raw:
    """Read once, however often the dialog is drawn."""
    kept = st.session_state.get("raw")
    if kept is None or kept[0] != key:
        st.session_state.raw = kept = key, read(given, name)
    return kept[1]


def _choice(raw: Raw) -> None:
    useless = [f"{column.name} {column.why}." for column in raw.columns if not column.is_usable]
    rest = f"{len(useless) - FEW_NAMED:,} more columns cannot be used."
    said = [*raw.notes, *useless[:FEW_NAMED], *[rest][: len(useless) > FEW_NAMED]]
    st.caption("  \n".join(plain(each) for each in said))
    target, features = suggest(raw)
    usable = [column.name for column in raw.columns if column.is_usable]
    # A file's columns are its own, so are these widgets.
    mark = f"{raw.name} {len(raw.rows)} {hash(tuple(usable))}"
    chosen = st.selectbox(
        "Target: what is to be predicted", usable, usable.index(target), key=f"target {mark}",
        on_change=state.hold,
    )  # fmt: skip
    others = [name for name in usable if name != chosen]
    started = [name for name in (target, *features) if name in others]
    picked = st.multiselect(
        "Features: what it is predicted from", others, started, key=f"features {mark} {chosen}",
        on_change=state.hold,
    )  # fmt: skip
    column, classes = raw[chosen], None
    if column.kind == "number" and can_be_classes(column):
        kind = st.segmented_control(
            f"{chosen} holds", ["classes", "numbers"], default="classes", required=True,
            key=f"kind {mark} {chosen}", on_change=state.hold,
        )  # fmt: skip
        classes = kind != "numbers"
    with st.expander(f"The {len(raw.columns)} columns"):
        st.table([{"Column": plain(each.name), "Kind": each.kind, "It": plain(each.why)}
                  for each in raw.columns])  # fmt: skip
    if not picked:
        st.info("Choose at least one feature.")
        return
    table, notes = choose(raw, chosen, picked, classes=classes)
    for note in notes:
        st.caption(plain(note))
    st.markdown(
        f"**{len(table.y):,} rows, {counted(table.X.shape[1], 'feature')}, "
        f"{f'{len(table.classes)} classes' if table.classes else 'a number as target'}.**"
    )
    if st.button("Use these rows", icon=":material/check:", on_click=state.hold):
        _use(table)


def _use(table: Table) -> None:
    missing = own.missing()
    words = own.take(table, test=0.25 if len(table.y) >= own.MANY else 0.0)
    state.put({"scaling": None})  # what suited other rows
    st.session_state.editing = False
    if missing and words not in missing:
        st.session_state.notes = [
            "These are other rows than the link's: another file, target or features. They are used."
        ]
    del st.session_state.raw
    st.rerun()


@st.dialog("Rows as a table", width="large", on_dismiss=state.hold)
def rows_as_a_table(table: Table) -> None:
    """Type, add and delete rows."""
    if len(table.y) > MOST_TYPED:
        st.info(f"These are {len(table.y):,} rows; a table to type in takes {MOST_TYPED:,}.")
        return
    edited = st.data_editor(
        as_columns(table), num_rows="dynamic", key="rows typed", height=420, on_change=state.hold,
    )  # fmt: skip
    st.caption("Add a row at the end; choose rows at the left to delete them.")
    if st.button("Use these rows", icon=":material/check:", on_click=state.hold):
        try:
            changed, notes = from_columns(edited, table)
            own.take(changed)
        except ValueError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        st.session_state.notes = list(notes)
        st.rerun()
