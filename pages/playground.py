"""The playground: losses train side by side on the same data."""

import streamlit as st

from lossviz.ui import own_data, page, state
from lossviz.ui.playground import (
    about,
    downloads,
    editing,
    notices,
    panel,
    sidebar,
    stage,
    which_runs,
)
from lossviz.ui.spaces import PLAYGROUND
from lossviz.ui.upload import dialog

page.begin("Playground")
state.load(PLAYGROUND)
with st.sidebar:  # its first element makes the sidebar, which makes the charts narrower
    dialog.button()
with st.container():  # however much it holds, the player below keeps its place
    notices.show()
    if missing := own_data.missing():
        dialog.ask_again(missing)
    wanted = [] if missing else which_runs.wanted()
    if wanted:
        panel.choice(wanted)
with st.container():
    if wanted:
        editing.bar(wanted[panel.view(wanted).focus])
if wanted:
    stage.show(wanted)
with st.sidebar:  # after the stage, so that nobody waits on widgets for the charts
    sidebar.examples()
    sidebar.settings()
if wanted:
    about.show(wanted)
    downloads.show(wanted)
state.save()
