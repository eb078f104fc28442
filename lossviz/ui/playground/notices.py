"""What stands above the panel: what could not be honoured, and what an example teaches."""

from __future__ import annotations

from html import escape

import streamlit as st

from lossviz.ui import state
from lossviz.ui.page import warn
from lossviz.ui.playground import editing
from lossviz.views.knobs import on_show


def show() -> None:
    """What could not be honoured, a sentence a kind; what a click has done; and what the preset on
    show teaches."""
    if "said" in st.session_state:
        st.toast(st.session_state.pop("said"))
    warn(state.notes())
    origin = editing.origin()
    example = on_show(origin[1] if origin else state.sweep())
    if example is not None:
        st.html(f'<p class="lossviz-lesson">{escape(example.lesson)}</p>')
    # What is said no more would else stay until all is done, and then move the charts.
    said = len(state.notes()) + (example is not None)
    st.session_state.most_said = max(said, st.session_state.get("most_said", 0))
    for _ in range(said, st.session_state.most_said):
        st.empty()
