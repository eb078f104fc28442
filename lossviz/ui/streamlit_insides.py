"""What relies on how Streamlit is built inside, so that an upgrade has one place to look.

Beside this: `ui/page.css` names elements of its page, `.streamlit/config.toml` its settings.
`tests/test_streamlit_insides.py` says in a sentence what a version lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.state import SafeSessionState

CHECKED: Final = "1.67.0"  # the version that all of this was read from
# Its page, and what that asks for: a file for each kind of element, with a digest in its name.
PAGE: Final = Path(str(files("streamlit"))) / "static" / "index.html"
HEAD_TAG: Final = b"<head>"
SCRIPTS_URL: Final = "static/js"
SCRIPTS: Final = PAGE.parent / SCRIPTS_URL
ELEMENTS: Final = ("BidiComponent", "Button", "ButtonGroup", "Html", "Multiselect", "Selectbox")
IMPORT: Final = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')
# The attribute of its page that is CONNECTED once the page has asked the server for its content.
CONNECTION_STATE: Final = "data-test-connection-state"


def ignore_the_folder_of_pages() -> None:
    """Have no navigation made of the folder pages/ before `st.navigation` makes ours: as it did of
    old, Streamlit would until the first visit to the main page."""
    PagesManager.uses_pages_directory = False


_call_back: Final = SafeSessionState.on_script_will_rerun


def let_callbacks_end() -> None:
    """Have what widgets have told be heard whole: Streamlit interrupts a run for the next request
    wherever it asks the session for something, in a callback too, and tells what it has told but
    once. On a slow machine a value that was typed just before another was lost."""
    SafeSessionState.on_script_will_rerun = _call_back_whole


def _call_back_whole(self: SafeSessionState, fresh_widget_states: Any, **options: Any) -> None:
    interrupt = self._yield_callback
    interrupt()
    # Its own __setattr__ sets what scripts keep.
    object.__setattr__(self, "_yield_callback", lambda: None)
    try:
        _call_back(self, fresh_widget_states, **options)
    finally:
        object.__setattr__(self, "_yield_callback", interrupt)


def chunks(elements: Iterable[str]) -> list[str]:
    """The files of Streamlit's page that draw these elements, with those that they import."""
    found: dict[str, None] = {}
    wanted = [path.name for name in elements for path in SCRIPTS.glob(f"{name}.*.js")]
    while wanted:
        name = wanted.pop()
        if name not in found and (SCRIPTS / name).is_file():
            found[name] = None
            wanted += IMPORT.findall((SCRIPTS / name).read_text("utf-8"))
    return list(found)
