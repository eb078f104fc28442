"""The first rows of a file, with what each column is taken for and a way to say otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from lossviz.tables import KINDS, Raw

ROWS = 5
LONGEST_CELL = 60  # characters


def preview(
    raw: Raw, kinds: Mapping[str, str], *, key: str, on_kind: Callable[[str, str], None]
) -> None:
    """Show the first rows as they are written. kinds: by column what the user says instead of what
    was found; `on_kind(column, kind)` is told when that changes, before the rerun."""

    def changed() -> None:
        said = st.session_state[key].kind
        column, kind = (said.get(name) for name in ("column", "kind")) if said else ("", "")
        if kind in KINDS and any(each.name == column for each in raw.columns):
            on_kind(str(column), str(kind))

    _component()(data=_data(raw, kinds), key=key, on_kind_change=changed)


def _data(raw: Raw, kinds: Mapping[str, str]) -> dict[str, Any]:
    rows = raw.preview(ROWS)
    columns = [
        {
            "name": column.name,
            "kind": kinds.get(column.name, column.kind),
            "why": "" if column.name in kinds else column.why,
            "cells": [row[column.name][:LONGEST_CELL] for row in rows],
        }
        for column in raw.columns
    ]
    caption = f"The first {len(rows)} rows, and what each column is taken for"
    return {"columns": columns, "rows": len(rows), "caption": caption}


@cache
def _component() -> Callable[..., Any]:
    folder = files("lossviz.ui.upload")
    return component(
        "lossviz_preview",
        css=(folder / "preview.css").read_text("utf-8"),
        js=(folder / "preview.js").read_text("utf-8"),
        isolate_styles=False,
    )
