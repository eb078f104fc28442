"""The least that Streamlit can show, and a mark when it is there."""

import streamlit as st

TEXT = '<p>hello</p><script>performance.mark("text")</script>'
st.html(TEXT, unsafe_allow_javascript=True)
