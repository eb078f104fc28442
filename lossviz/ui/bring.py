"""The dialog that takes a file or pasted text, and says what is to be learned of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from lossviz.base.limits import MEGABYTES
from lossviz.base.words import counted
from lossviz.items.datasets.choice import Choice
from lossviz.items.datasets.own import FEW, Table, chosen_in, named, usual_share
from lossviz.tables import (
    FileFault,
    Picked,
    Raw,
    can_be_classes,
    columns_for,
    holds_classes,
    left_out,
    pick,
    read_as,
    said_of_other,
)
from lossviz.ui import own, state
from lossviz.ui.page import plain
from lossviz.ui.preview import preview

FILE, PASTED = "A file", "Pasted text"
EXAMPLE = "weight; consumption\n1,2; 5,6\n1,5; 6,9\n0,9; 4,8"
OF_FILE = "of file "  # keys of what is held while the dialog is open


def _dismissed() -> None:
    state.hold()
    _forget()


def _forget() -> None:
    """Let go of the file and of what was said of it."""
    for key in [str(key) for key in st.session_state]:
        if key.startswith(OF_FILE):
            del st.session_state[key]


@st.dialog("Use your own data", width="large", on_dismiss=_dismissed)
def bring() -> None:
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
            _found(given)
    except FileFault as fault:
        st.error(plain(str(fault)), icon=":material/error:")
    st.caption(
        f"Up to {FEW} rows travel in the link, to the last digit, where they fit. All others stay "
        "in the memory of this session, and nobody else sees them. Nothing is written to a disk."
    )


@dataclass(frozen=True)
class Given:
    """A file or a pasted text; `mark` tells it from others, so that each has widgets of its own."""

    mark: str
    text: bytes | str
    name: str


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


def _read(given: Given, choice: Choice) -> Raw:
    """Read once, however often the dialog is drawn."""
    key = given.mark, choice.header, choice.kinds
    kept = st.session_state.setdefault(f"{OF_FILE}read", {})
    if key not in kept:
        for old in [each for each in kept if each[0] != given.mark or each[2]]:
            del kept[old]  # of others, nothing; of this one, as it looks without being told
        kept[key] = read_as(given.text, given.name, choice)
    return kept[key]


def _found(given: Given) -> None:
    """What the file holds, and what is to be learned of it; its rows where they are the link's."""
    key = f"{OF_FILE}start {given.mark}"
    if key not in st.session_state:
        st.session_state[key] = _start(given)
    start: Choice = st.session_state[key]
    looks = _read(given, Choice())
    header = st.toggle(
        "First row holds names",
        looks.has_names if start.header is None else start.header,
        key=f"header {given.mark}",
        on_change=state.hold,
    )
    start = replace(start, header=None if header == looks.has_names else header)
    raw = _read(given, replace(start, kinds=()))
    start, fault = _kinds(given, raw, start)
    if fault:
        st.error(plain(fault), icon=":material/error:")
        return
    _choice(given, _read(given, start), start)


def _start(given: Given) -> Choice:
    """What a link chose of this file, if it is one that the link may be about. Where it gives the
    rows that the link names, they are used."""
    asked = next(iter(own.missing()), "")
    choice = chosen_in(asked)
    if choice is None:
        return Choice()
    try:
        # The same rows under another name are the same rows.
        found = pick(read_as(given.text, named(asked)[1], choice), choice)
    except FileFault:
        return Choice()
    if own.give(found.table):
        _end()
    return choice


def _kinds(given: Given, raw: Raw, start: Choice) -> tuple[Choice, str]:
    """The preview; the choice with what the columns are said to be, and why that cannot be."""
    key, names = f"{OF_FILE}kinds {given.mark} {start.header}", {each.name for each in raw.columns}
    said = {name: kind for name, kind in start.kinds if name in names}
    kinds: dict[str, str] = st.session_state.setdefault(key, said)

    def say(column: str, kind: str) -> None:
        state.hold()
        kinds[column] = kind
        if raw[column].kind == kind:
            del kinds[column]

    start = replace(start, kinds=tuple(sorted(kinds.items())))
    shown, fault = raw, ""
    try:
        shown = _read(given, start)
    except FileFault as error:
        fault = str(error)
    _say(shown.notes)
    preview(shown, kinds if fault else {}, key=f"preview {given.mark}", on_kind=say)
    return start, fault


def _say(notes: Sequence[str]) -> None:
    """Sentences on lines of their own, as close as those of one paragraph."""
    if notes:
        st.caption("  \n".join(map(plain, notes)))


def _choice(given: Given, raw: Raw, start: Choice) -> None:
    target, _ = columns_for(raw, replace(start, features=()))
    usable = [column.name for column in raw.columns if column.is_usable]
    # A file's columns are its own, so are these widgets.
    mark = f"{given.mark} {hash(tuple(usable))}"
    chosen = st.selectbox(
        "Target: what is to be predicted",
        usable,
        usable.index(target) if target in usable else 0,
        key=f"target {mark}",
        on_change=state.hold,
    )
    others = [name for name in usable if name != chosen]
    said = start.features if chosen == start.target else ()
    _, started = columns_for(raw, Choice(target=chosen, features=said))
    picked = st.multiselect(
        "Features: what it is predicted from",
        others,
        [x for x in started if x in others],
        key=f"features {mark} {chosen}",
        on_change=state.hold,
    )
    if tuple(picked) == columns_for(raw, Choice(target=chosen))[1]:
        _say(left_out(raw, chosen))
    if not picked:
        st.info("Choose at least one feature.")
        return
    column, classes = raw[chosen], None
    choice = replace(start, target=chosen, features=tuple(picked), classes=None, positive="")
    with st.container(horizontal=True, gap="medium"):
        if column.kind == "number" and can_be_classes(column):
            usual = holds_classes(column)
            if chosen == start.target and start.classes is not None:
                usual = start.classes
            kind = st.segmented_control(
                f"{plain(chosen)} holds",
                ["numbers", "classes"],
                required=True,
                default="classes" if usual else "numbers",
                key=f"kind {mark} {chosen}",
                on_change=state.hold,
            )
            classes = kind == "classes"
        choice = replace(choice, classes=classes)
        found = pick(raw, choice)
        if len(found.table.classes) == 2:
            names = sorted(found.table.classes)
            usual = found.table.classes[1]
            if chosen == start.target and start.positive in names:
                usual = start.positive
            looked_for = st.segmented_control(
                "The class looked for",
                names,
                default=usual,
                required=True,
                format_func=plain,
                key=f"positive {mark} {chosen} {names}",
                on_change=state.hold,
            )
            found = pick(raw, replace(choice, positive=looked_for or usual))
    _say(found.notes[len(raw.notes) :])
    st.markdown(f"**{_summary(found.table)}**")
    if own.is_example():
        st.caption("The outliers of the example are not injected into your rows.")
    if st.button("Use these rows", icon=":material/check:", on_click=state.hold):
        _use(found)


def _summary(table: Table) -> str:
    classes = len(table.classes)
    aim = f"{classes} classes" if classes else "a number as target"
    return f"{len(table.y):,} rows, {counted(table.X.shape[1], 'feature')}, {aim}."


def _use(picked: Picked) -> None:
    """Make them the data: those that a link names as the link says, others as they stand."""
    if own.give(picked.table):
        _end()
    asked, left = own.missing(), own.said_of_left()
    state.put(dict.fromkeys((*own.RESET, "view.across", "view.up")))
    own.take(picked.table, test=usual_share(picked.table), choice=picked.choice)
    st.session_state.notes += left
    st.session_state.notes += [said_of_other(words) for words in asked[:1]]
    _end()


def _end() -> None:
    """Shut the dialog."""
    st.session_state.editing = False
    _forget()
    st.rerun()
