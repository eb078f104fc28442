"""The playground: losses train side by side on the same data."""

import streamlit as st

from lossviz.ui import page, playground, state

page.begin("Playground")
state.load()
with st.sidebar:
    playground.presets()
    playground.settings()
with st.container():  # however much it holds, the player below keeps its place
    playground.notices()
    wanted = playground.experiments()
playground.stage(wanted)
playground.about(wanted)
state.save()
