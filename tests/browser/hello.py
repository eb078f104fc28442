"""A script for the harness's own tests: one widget, one echo, and mistakes on request."""

import streamlit as st

name = st.text_input("Name", "world")
st.write(f"Hello, {name}!")
if st.button("Fetch from elsewhere"):
    st.html("<img src='http://elsewhere.invalid/x.png' alt='not to be fetched'>")
if st.button("Raise"):
    raise ValueError("a planted fault")
