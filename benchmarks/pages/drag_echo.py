"""The least that can answer a drag: a bare component in a fragment, which shows where Python says
that the pointer was."""

import streamlit as st
from streamlit.components.v2 import component

JS = """
export default ({ data, parentElement, setTriggerValue }) => {
  const place = parentElement.querySelector("p");
  place.textContent = data.x;
  place.onpointermove = (event) => setTriggerValue("moved", event.clientX);
};
"""


@st.fragment
def shown() -> None:
    x = st.session_state.get("x", 0)
    echo(data={"x": x}, key="echo", on_moved_change=moved)


def moved() -> None:
    st.session_state.x = st.session_state.echo.moved


echo = component("drag_echo", html='<p class="benchmark"></p>', js=JS, isolate_styles=False)
shown()
