"""The playground: losses train side by side on the same data."""

import streamlit as st

from lossviz.ui import playground, state

state.load()
with st.sidebar:
    playground.presets()
    playground.settings()
st.title("LossViz", anchor=False)
playground.notices()
wanted = playground.experiments()
playground.stage(wanted)
playground.about(wanted)
state.save()
