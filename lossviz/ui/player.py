"""Mounts the live player on a Streamlit page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from lossviz.player import Edit, read_edit
from lossviz.ui.server import PLAYER_URL, PLOTLY_URL

ANSWERED = " answered"  # with the player's key, a key of the session


def player(
    data: bytes,
    *,
    key: str = "player",
    on_action: Callable[[], None] = lambda: None,
    on_edit: Callable[[Edit], None] = lambda _: None,
) -> str | None:
    """Show a `lossviz.player.payload`; the name of the action just clicked, if any.

    The key is the player's identity: with a constant key new data move the same charts.
    `on_action` runs before the rerun that a click on an action, on Stop ("stop") or on a row that
    can be chosen ("row 17") causes; `on_edit` before the one that an edit of points causes.
    """

    def edited() -> None:
        edit = read_edit(st.session_state[key].edit)
        if edit is not None:
            st.session_state[key + ANSWERED] = edit.n
            on_edit(edit)

    mounted = _component()(data=data, key=key, on_action_change=on_action, on_edit_change=edited)
    return mounted.action


def answered(key: str = "player") -> int:
    """The number of the player's last edit that `on_edit` was told of, for `Editing`."""
    return st.session_state.get(key + ANSWERED, 0)


@cache
def _component() -> Callable[..., Any]:
    folder = files("lossviz.player")
    loader = (folder / "loader.js").read_text("utf-8")
    return component(
        "lossviz_player",
        css=(folder / "player.css").read_text("utf-8"),
        js=loader.replace("PLAYER_URL", PLAYER_URL).replace("PLOTLY_URL", PLOTLY_URL),
        isolate_styles=False,
    )
