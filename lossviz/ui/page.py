"""What every page has: its beginning, words that are shown as they are, and groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib.resources import files

import streamlit as st

from lossviz.ui import state

FOLD = "fold "  # keys of the groups: this and the title

# Streamlit leaves a hand's breadth above the first line; the charts need it more.
STYLE = """
<style>
[data-testid="stMainBlockContainer"] { padding: 3.75rem 2rem 2rem; }
/* While long training ticks, this would flicker, with a Stop button that is not ours. */
[data-testid="stStatusWidget"] { display: none; }
/* Long training would grey the page between its ticks. */
[data-stale="true"] { opacity: 1 !important; }
[data-testid="stSidebarUserContent"] { padding-bottom: 2rem; }
/* White on the dark theme's accent would be too faint. */
[data-testid="stMultiSelect"] [data-tag] { background: #0b5cad; }
[data-testid="stMainBlockContainer"] [data-testid="stButtonGroup"] > div { flex-wrap: wrap; }
/* These buttons come late, and the charts below must not move by them. */
.st-key-editing-mode { flex: 1 1 100%; min-height: 4.25rem; }
[data-testid="stMainBlockContainer"] h1 { padding: 0 0 .375rem; font-size: 2rem; }
/* Streamlit's own are larger than our title. */
[data-testid="stMainBlockContainer"] h2 { font-size: 1.5rem; }
[data-testid="stMainBlockContainer"] h3:not(.lv-title) { font-size: 1.25rem; }
/* As high as what stands beside them, so that their labels are in line. */
[data-testid="stMainBlockContainer"] [role="radiogroup"] > [role="radio"] { min-height: 2.5rem; }
/* A list as wide as the page is hard to read. */
[data-testid="stMainBlockContainer"] [data-testid="stSelectbox"] { max-width: 26.25rem; }
.lossviz-lesson, .lossviz-headline { margin: 0; line-height: 1.45; max-width: 80rem; }
.lossviz-lesson { opacity: .85; }
.lossviz-fault { margin: .25rem 0 0; padding-left: .6rem; border-left: 4px solid #d55e00; }
.lossviz-headline { font-size: 1.2rem; }
.lossviz-presentation { font-size: 1.75rem; }
.lossviz-roomy { min-height: 2.9em; }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 3.75rem 1rem 2rem; }
  /* Else the last of three breaks away from its row. */
  [data-testid="stMainBlockContainer"] [role="radiogroup"] > [role="radio"] { padding: 0 .5rem; }
  /* A phone has no such keys, and room for the buttons alone. */
  .st-key-editing-bar kbd { display: none; }
}
</style>
"""


def begin(title: str) -> None:
    """Page title, width and the house's few style rules; to be called first on every page."""
    # An icon of our own: Streamlit would fetch one of its named ones from elsewhere.
    icon = str(files("lossviz.ui") / "icon.svg")
    st.set_page_config(page_title=f"{title} · LossViz", page_icon=icon, layout="wide")
    st.html(STYLE)
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
