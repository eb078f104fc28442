"""What the page is about: the example's title and what it teaches, what to try, and the others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from urllib.parse import parse_qs

import streamlit as st

from lossviz.base.words import listed
from lossviz.engine.choices import called
from lossviz.engine.experiment import Experiment
from lossviz.engine.looks import short
from lossviz.items.losses import LOSSES
from lossviz.ui import state
from lossviz.ui.playground import editing
from lossviz.views.examples import PRESETS
from lossviz.views.knobs import on_show

OTHERS = 3  # losses that a title names


def show(wanted: Sequence[Experiment]) -> None:
    """The story of these runs: that of the example which they began as, however much has been
    changed, or else what they are."""
    origin = editing.origin()
    sweep = origin[1] if origin else state.sweep()
    here = on_show(sweep)
    if here is not None:
        st.session_state[state.entry(state.EXAMPLE)] = PRESETS.index(here)
    at = st.session_state.get(state.entry(state.EXAMPLE))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="story"):
        with st.container(key="words"):
            st.html(f"<h1>{escape(PRESETS[at].title if at is not None else _title(wanted))}</h1>")
            if at is not None:
                st.html(f"<p>{escape(PRESETS[at].lesson)}</p>")
        with st.container(horizontal=True, width="content", gap="xsmall", key="nearby"):
            _nearby(at, is_changed=at is not None and sweep != PRESETS[at].sweep)


def _nearby(at: int | None, *, is_changed: bool) -> None:
    if at is not None and is_changed:
        st.button("Back to the example", on_click=partial(_go, at), icon=":material/undo:")
    elif at is not None:
        for words, query in PRESETS[at].tries:
            st.button(f"Try: {words}", on_click=partial(_try, query), key=f"try {words}")
    before = ((at or 0) - 1) % len(PRESETS)
    after = 0 if at is None else (at + 1) % len(PRESETS)
    st.button("‹", help="Previous example", key="previous example", on_click=partial(_go, before))
    st.menu_button(
        "All examples",
        range(len(PRESETS)),
        key="all examples",
        format_func=lambda number: PRESETS[number].title,
        on_click=_chosen,
    )
    st.button("›", help="Next example", key="next example", on_click=partial(_go, after))


def _chosen() -> None:
    number = st.session_state.get("all examples")
    if number is not None:
        _go(number)


def _go(number: int) -> None:
    state.adopt(PRESETS[number].query)
    state.hold()


def _try(query: str) -> None:
    """Set what an example proposes, and nothing else."""
    for key, values in parse_qs(query).items():
        state.choose(key, values)


def _title(wanted: Sequence[Experiment]) -> str:
    """What some runs are, where they are no example."""
    names = list(dict.fromkeys(short(LOSSES[each.loss]) for each in wanted))
    data = list(dict.fromkeys(called("data", each.data) for each in wanted))
    if not wanted:
        return "Nothing is chosen"
    return f"{listed(names, most=OTHERS)} on {listed(data, most=2)}"
