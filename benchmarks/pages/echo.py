"""The least that can answer a control: one number, and a bare component that shows it."""

import streamlit as st
from streamlit.components.v2 import component

JS = """
export default ({ data, parentElement }) => {
  parentElement.querySelector("p").textContent = data.number;
};
"""

number = st.number_input("Learning rate", 0.0, 1.0, 0.1, step=0.001, format="%g")
show = component("echo", html='<p class="benchmark"></p>', js=JS, isolate_styles=False)
show(data={"number": number}, key="echo")
