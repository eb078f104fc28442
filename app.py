"""What `streamlit run` is given: the server object and, run as a script, the navigation."""

import streamlit as st

from lossviz.ui import server, streamlit_insides

app = st.App(
    __file__, routes=server.routes(), middleware=server.middleware(), lifespan=server.lifespan
)

streamlit_insides.ignore_the_folder_of_pages()
streamlit_insides.let_callbacks_end()

if __name__ == "__main__":
    pages = [
        st.Page("pages/playground.py", title="Playground", default=True),
        st.Page("pages/losses.py", title="Losses"),
        st.Page("pages/choose.py", title="Which loss?"),
    ]
    st.navigation(pages, position="top").run()
