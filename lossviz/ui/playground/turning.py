"""Turning knobs: what one says becomes the setting, of which the page learns when it is let go."""

from __future__ import annotations

import streamlit as st

from lossviz.player import Turn
from lossviz.ui import state
from lossviz.views.knobs import knob_keys


def follow(turn: Turn) -> None:
    """Set what was turned. What cannot be done is said; a knob that there is not is passed over."""
    others = state.values(turn.key)[:-1] if turn.key in knob_keys(state.sweep()) else None
    if others is None or turn.value in others:
        return
    state.change(turn.key, [*others, turn.value])
    if turn.kind == "drop":
        state.forget(turn.key)  # its widget begins anew
    else:
        st.session_state.pop(state.entry("held"), None)  # on its way it does not beat an address
