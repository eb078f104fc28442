"""The playground: losses train side by side on the same data."""

import streamlit as st

from lossviz.ui import below, page, playground, state

page.begin("Playground")
state.load()
with st.container():  # however much it holds, the player below keeps its place
    playground.notices()
    wanted = playground.experiments()
playground.panel(wanted)
playground.stage(wanted)
with st.sidebar:  # after the stage, so that nobody waits on widgets for the charts
    playground.presets()
    playground.settings()
below.about(wanted)
below.take_away(wanted)
state.save()
