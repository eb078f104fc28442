"""What every page has: its beginning, words that are shown as they are, and groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib.resources import files

import streamlit as st

from lossviz.ui import state

FOLD = "fold "  # keys of the groups: this and the title


def begin(title: str, *, is_stage: bool = False) -> None:
    """Page title, width and the house's few style rules; to be called first on every page. A stage
    has a heading of its own, and its sidebar is shut at first."""
    # An icon of our own: Streamlit would fetch one of its named ones from elsewhere.
    folder = files("lossviz.ui")
    icon = str(folder / "icon.svg")
    st.set_page_config(
        page_title=f"{title} · LossViz",
        page_icon=icon,
        layout="wide",
        initial_sidebar_state="collapsed" if is_stage else "auto",
    )
    st.html(f"<style>\n{(folder / 'page.css').read_text('utf-8')}</style>")
    if not is_stage:
        st.title("LossViz", anchor=False)


# What Streamlit makes links, icons and arrows of even where Markdown is told to leave it alone.
JOINTS = re.compile(
    r"(?<=:)(?=/)|(?<=:material)(?=/)|(?<=www)(?=\.)|(?<=@)(?=\w)|(?<=[-<>~])(?=[-<>=])",
    re.IGNORECASE,
)


def plain(words: str) -> str:
    """The words with nothing that Streamlit's Markdown would take as an instruction."""
    apart = JOINTS.sub("\N{WORD JOINER}", words)  # which nobody sees
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>~$:&])", r"\\\1", apart)


def warn(notes: Iterable[str]) -> None:
    """A line for each sentence on what could not be honoured."""
    for note in notes:
        st.warning(plain(note), icon=":material/info:")


def folded(title: str, icon: str, fill: Callable[[], None]) -> None:
    """A group that is filled when it is opened: shut, it costs neither server nor browser."""
    group = st.expander(title, icon=f":material/{icon}:", key=FOLD + title, on_change=state.hold)
    if group.open:
        with group:
            fill()
