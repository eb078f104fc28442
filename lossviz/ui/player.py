"""Mounts the live player on a Streamlit page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from streamlit.components.v2 import component

from lossviz.ui.server import PLAYER_URL, PLOTLY_URL


def player(
    data: bytes,
    *,
    key: str = "player",
    on_action: Callable[[], None] = lambda: None,
) -> str | None:
    """Show a `lossviz.player.payload`; the name of the action just clicked, if any.

    The key is the player's identity: with a constant key new data move the same charts.
    `on_action` runs before the rerun that a click on an action, on Stop ("stop") or on a row that
    can be chosen ("row 17") causes.
    """
    return _component()(data=data, key=key, on_action_change=on_action).action


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
