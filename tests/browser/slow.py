"""A script for `test_sessions.py`: it takes its time, and says how many runs of it overlapped."""

import time

import streamlit as st

running = st.session_state.setdefault("running", [])
running.append(None)
most = len(running)
for _ in range(10):  # no word of Streamlit's in between, so that no other run can end this one
    time.sleep(0.02)
    most = max(most, len(running))
running.pop()
st.text(f"{most} at a time")
