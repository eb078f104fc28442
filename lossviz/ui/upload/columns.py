"""What a file holds and what is to be learned of it: columns, their kinds, target and features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from lossviz.base.words import counted
from lossviz.items.datasets.choice import Choice
from lossviz.items.datasets.table import Table, chosen_in, named, usual_share
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
from lossviz.ui import own_data, state
from lossviz.ui.page import plain
from lossviz.ui.upload.given import OF_FILE, Given, read, shut
from lossviz.ui.upload.preview import preview


def choice(given: Given) -> None:
    """What the file holds, and what is to be learned of it; its rows where they are the link's."""
    key = f"{OF_FILE}start {given.mark}"
    if key not in st.session_state:
        st.session_state[key] = _start(given)
    start: Choice = st.session_state[key]
    looks = read(given, Choice())
    header = st.toggle(
        "First row holds names",
        looks.has_names if start.header is None else start.header,
        key=f"header {given.mark}",
        on_change=state.hold,
    )
    start = replace(start, header=None if header == looks.has_names else header)
    raw = read(given, replace(start, kinds=()))
    start, fault = _kinds(given, raw, start)
    if fault:
        st.error(plain(fault), icon=":material/error:")
        return
    _learned(given, read(given, start), start)


def _start(given: Given) -> Choice:
    """What a link chose of this file, if it is one that the link may be about. Where it gives the
    rows that the link names, they are used."""
    asked = next(iter(own_data.missing()), "")
    choice = chosen_in(asked)
    if choice is None:
        return Choice()
    try:
        # The same rows under another name are the same rows.
        found = pick(read_as(given.text, named(asked)[1], choice), choice)
    except FileFault:
        return Choice()
    if own_data.give(found.table):
        shut()
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
        shown = read(given, start)
    except FileFault as error:
        fault = str(error)
    _say([note for note in shown.notes if note not in shown.slips])
    if shown.slips:
        st.warning("  \n".join(map(plain, shown.slips)), icon=":material/error:")
    preview(shown, kinds if fault else {}, key=f"preview {given.mark}", on_kind=say)
    return start, fault


def _say(notes: Sequence[str]) -> None:
    """Sentences on lines of their own, as close as those of one paragraph."""
    if notes:
        st.caption("  \n".join(map(plain, notes)))


def _learned(given: Given, raw: Raw, start: Choice) -> None:
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
    if own_data.is_example():
        st.caption("The outliers of the example are not injected into your rows.")
    if st.button("Use these rows", icon=":material/check:", on_click=state.hold):
        _use(found)


def _summary(table: Table) -> str:
    classes = len(table.classes)
    aim = f"{classes} classes" if classes else "a number as target"
    return f"{len(table.y):,} rows, {counted(table.X.shape[1], 'feature')}, {aim}."


def _use(picked: Picked) -> None:
    """Make them the data: those that a link names as the link says, others as they stand."""
    if own_data.give(picked.table):
        shut()
    asked, left = own_data.missing(), own_data.said_of_left()
    state.put(dict.fromkeys((*own_data.RESET, "view.across", "view.up")))
    own_data.take(picked.table, test=usual_share(picked.table), choice=picked.choice)
    state.notes().extend(left)
    state.notes().extend(said_of_other(words) for words in asked[:1])
    shut()
