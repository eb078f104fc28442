"""The playground: losses train side by side on the same data."""

import streamlit as st

from lossviz.ui import own_data, page, state
from lossviz.ui.playground import (
    about,
    chips,
    downloads,
    editing,
    notices,
    panel,
    sidebar,
    stage,
    story,
    which_runs,
)
from lossviz.ui.spaces import PLAYGROUND
from lossviz.ui.upload import dialog

page.begin("Playground", is_stage=True)
state.load(PLAYGROUND)
with st.container():  # however much it holds, the player below keeps its place
    notices.show()
    if missing := own_data.missing():
        dialog.ask_again(missing)
    wanted = [] if missing else which_runs.wanted()
    story.show(wanted)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="chips"):
        chips.show(wanted)
        if wanted:
            panel.choice(wanted)
with st.container():
    if wanted:
        editing.bar(wanted[panel.view(wanted).focus])
if wanted:
    stage.show(wanted)
with st.sidebar:  # after the stage, so that nobody waits on widgets for the charts
    dialog.button()
    sidebar.settings()
if wanted:
    about.show(wanted)
    downloads.show(wanted)
state.save()
