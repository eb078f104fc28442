"""What `streamlit run` is given: the server object and, run as a script, the navigation."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from lossviz.ui import server

app = st.App(
    __file__, routes=server.routes(), middleware=server.middleware(), lifespan=server.lifespan
)

# Else, until the first visit to the main page, Streamlit would make a navigation of its own out of
# the folder pages/, as it did before `st.navigation`.
PagesManager.uses_pages_directory = False

if __name__ == "__main__":
    pages = [
        st.Page("pages/playground.py", title="Playground", default=True),
        st.Page("pages/losses.py", title="Losses"),
        st.Page("pages/choose.py", title="Which loss?"),
    ]
    st.navigation(pages, position="top").run()
