"""A file or pasted text, as it was given: read once, and kept while the dialog is open."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lossviz.items.datasets.choice import Choice
from lossviz.tables import Raw, read_as

OF_FILE = "of file "  # keys of what is held while the dialog is open


@dataclass(frozen=True)
class Given:
    """A file or a pasted text; `mark` tells it from others, so that each has widgets of its own."""

    mark: str
    text: bytes | str
    name: str


def read(given: Given, choice: Choice) -> Raw:
    """Read once, however often the dialog is drawn."""
    key = given.mark, choice.header, choice.kinds
    kept = st.session_state.setdefault(f"{OF_FILE}read", {})
    if key not in kept:
        for old in [each for each in kept if each[0] != given.mark or each[2]]:
            del kept[old]  # of others, nothing; of this one, as it looks without being told
        kept[key] = read_as(given.text, given.name, choice)
    return kept[key]


def forget() -> None:
    """Let go of the file and of what was said of it."""
    for key in [str(key) for key in st.session_state]:
        if key.startswith(OF_FILE):
            del st.session_state[key]


def shut() -> None:
    """Shut the dialog."""
    st.session_state.editing = False
    forget()
    st.rerun()
