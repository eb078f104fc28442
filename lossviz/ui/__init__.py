"""The only Streamlit: one state, one address and one set of widgets for all pages."""
