"""Mounts the live player on a Streamlit page, and charts that stand still."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

from lossviz.player import (
    Action,
    Chart,
    Edit,
    Movie,
    Turn,
    payload,
    read_action,
    read_edit,
    read_turn,
)
from lossviz.ui.assets import PLAYER_URL, PLOTLY_URL, STILL_URL

ANSWERED, TURNED = " answered", " turned"  # with the player's key, keys of the session


def player(
    data: bytes,
    *,
    key: str = "player",
    on_action: Callable[[Action], None] = lambda _: None,
    on_edit: Callable[[Edit], None] = lambda _: None,
    on_turn: Callable[[Turn], None] = lambda _: None,
) -> Action | None:
    """Show a `lossviz.player.payload`; what was just pressed, if anything.

    The key is the player's identity: with a constant key new data move the same charts.
    `on_action` runs before the rerun that a click on an action, on Stop ("stop") or on a row that
    can be chosen ("row") causes; `on_edit` before the one that an edit of points causes, `on_turn`
    before that of a knob. What is none of these is passed over.
    """

    def told(trigger: str) -> object:
        # A forged or late message may come without the component's own state.
        return getattr(st.session_state.get(key), trigger, None)

    def acted() -> None:
        action = read_action(told("action"))
        if action is not None:
            on_action(action)

    def edited() -> None:
        edit = read_edit(told("edit"))
        if edit is not None:
            st.session_state[key + ANSWERED] = edit.n
            on_edit(edit)

    def was_turned() -> None:
        turn = read_turn(told("turn"))
        if turn is not None:
            st.session_state[key + TURNED] = turn.n
            on_turn(turn)

    shown = _component("lossviz_player", PLAYER_URL)(
        data=data,
        key=key,
        on_action_change=acted,
        on_edit_change=edited,
        on_turn_change=was_turned,
    )
    return read_action(shown.action)


def answered(key: str = "player") -> int:
    """The number of the player's last edit that `on_edit` was told of, for `Editing`."""
    return st.session_state.get(key + ANSWERED, 0)


def turned(key: str = "player") -> int:
    """The number of the player's last turn that `on_turn` was told of, for `payload`."""
    return st.session_state.get(key + TURNED, 0)


def picture(figure: Mapping[str, Any], title: str, key: str, *, height: int) -> None:
    """Show a chart that stands still, `height` pixels high; the key is its identity, and the name
    of the files that its corner offers.

    A zoom is kept over new figures of one `uirevision` of the layout.
    """
    chart = Chart(figure, title, span=2, height=height)
    movie = Movie({re.sub(r"\W+", "-", key): chart}, (), np.zeros(1))
    _component("lossviz_still", STILL_URL)(data=payload(movie, run=key), key=key)


@cache
def _component(name: str, url: str) -> Callable[..., Any]:
    folder = files("lossviz.player")
    loader = (folder / "loader.js").read_text("utf-8")
    return component(
        name,
        css=(folder / "player.css").read_text("utf-8"),
        js=loader.replace("MODULE_URL", url).replace("PLOTLY_URL", PLOTLY_URL),
        isolate_styles=False,
    )
