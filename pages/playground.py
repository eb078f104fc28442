"""The playground: losses train side by side on the same data."""

import streamlit as st

from lossviz.ui import below, editing, own, page, playground, rows, state

page.begin("Playground")
state.load()
with st.sidebar:  # its first element makes the sidebar, which makes the charts narrower
    rows.door()
with st.container():  # however much it holds, the player below keeps its place
    playground.notices()
    if missing := own.missing():
        rows.ask_again(missing)
    wanted = [] if missing else playground.experiments()
    if wanted:
        playground.panel(wanted)
with st.container():
    if wanted:
        editing.bar(wanted[playground.view(wanted).chosen])
if wanted:
    playground.stage(wanted)
with st.sidebar:  # after the stage, so that nobody waits on widgets for the charts
    playground.presets()
    playground.settings()
if wanted:
    below.about(wanted)
    below.take_away(wanted)
state.save()
