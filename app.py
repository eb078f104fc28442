"""What `streamlit run` is given: the server object and, run as a script, the navigation."""

import streamlit as st

from lossviz.ui import server

app = st.App(
    __file__, routes=server.routes(), middleware=server.middleware(), lifespan=server.lifespan
)

if __name__ == "__main__":
    st.navigation([st.Page("pages/playground.py", title="Playground", default=True)]).run()
