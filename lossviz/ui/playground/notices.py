"""What stands above all else: what could not be honoured."""

from __future__ import annotations

import streamlit as st

from lossviz.ui import state
from lossviz.ui.page import warn


def show() -> None:
    """What could not be honoured, a sentence a kind; and what a click has done."""
    if "said" in st.session_state:
        st.toast(st.session_state.pop("said"))
    warn(state.notes())
    # What is said no more would else stay until all is done, and then move the charts.
    said = len(state.notes())
    st.session_state.most_said = max(said, st.session_state.get("most_said", 0))
    for _ in range(said, st.session_state.most_said):
        st.empty()
