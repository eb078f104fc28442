"""What we rely on inside Streamlit is there, or a sentence says where to look."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.state import SafeSessionState, SessionState, query_params

from lossviz.base.limits import SETTINGS
from lossviz.ui import streamlit_insides as insides

ROOT = Path(__file__).resolve().parents[1]
STYLE = (ROOT / "lossviz/ui/page.css").read_text("utf-8")
CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))
SCRIPTS = "".join(path.read_text("utf-8") for path in insides.SCRIPTS.glob("*.js"))
HERE = "lossviz/ui/streamlit_insides.py"


def lacking(scripts: str = SCRIPTS) -> Iterator[str]:
    """What this version of Streamlit lacks of what we rely on, as sentences."""

    def lacks(what: str, where: str) -> str:
        return f"Streamlit {st.__version__} no longer has {what}: see {where}."

    if not hasattr(PagesManager, "uses_pages_directory"):
        yield lacks("PagesManager.uses_pages_directory", HERE)
    session = SafeSessionState(SessionState(), yield_callback=lambda: None)
    if not hasattr(session, "_yield_callback") or not hasattr(session, "on_script_will_rerun"):
        yield lacks("a session that is interrupted by _yield_callback", HERE)
    if insides.PAGE.read_bytes().count(insides.HEAD_TAG) != 1:
        yield lacks("one <head> in its page", HERE)
    for words in (insides.CONNECTION_STATE, "`CONNECTED`"):
        if words not in scripts:
            yield lacks(words, HERE)
    for element in insides.ELEMENTS:
        if not any(name.startswith(f"{element}.") for name in insides.chunks([element])):
            yield lacks(f"a file for its {element}", HERE)
    if query_params.CLIENT_STATE_QUERY_STRING_MAX_FIELDS <= SETTINGS:
        yield lacks(f"room for {SETTINGS} settings in an address", "lossviz/base/limits.py")
    for name in sorted(set(re.findall(r'\[(?:data-testid=")?([\w-]+)', STYLE))):
        if name not in scripts:
            yield lacks(f"{name} in its page", "lossviz/ui/page.css")
    for key in _keys(CONFIG):
        try:
            st.get_option(key)
        except (RuntimeError, StreamlitAPIException):
            yield lacks(f"the setting {key}", ".streamlit/config.toml")


def _keys(table: dict, before: str = "") -> Iterator[str]:
    for name, value in table.items():
        yield from (
            _keys(value, f"{before}{name}.") if isinstance(value, dict) else [before + name]
        )


def test_streamlit_has_what_we_rely_on():
    assert "\n".join(lacking()) == ""


def test_the_version_that_was_checked_is_the_one_that_is_pinned():
    [pinned] = re.findall(r"^streamlit==(\S+)$", (ROOT / "requirements.txt").read_text(), re.M)
    assert insides.CHECKED == pinned, f"Look through {HERE}, then write {pinned} there."


@pytest.mark.parametrize(
    ("scripts", "said"),
    [
        (
            SCRIPTS.replace("stStatusWidget", "stStatus"),
            ["stStatusWidget in its page: see lossviz/ui/page.css"],
        ),
        (
            SCRIPTS.replace("data-test-connection-state", "data-state"),
            [f"data-test-connection-state: see {HERE}"],
        ),
    ],
)
def test_what_an_upgrade_takes_away_has_a_sentence(scripts, said):
    found = list(lacking(scripts))
    assert found == [f"Streamlit {st.__version__} no longer has {words}." for words in said]


def test_an_upgrade_that_takes_more_away_has_a_sentence_for_each(monkeypatch):
    monkeypatch.setattr(insides, "ELEMENTS", ("Html", "Hologram"))
    monkeypatch.setattr(insides, "HEAD_TAG", b"<header>")
    monkeypatch.setitem(CONFIG["runner"], "slowReruns", False)
    assert [words.partition(" longer has ")[2] for words in lacking()] == [
        f"one <head> in its page: see {HERE}.",
        f"a file for its Hologram: see {HERE}.",
        "the setting runner.slowReruns: see .streamlit/config.toml.",
    ]


def test_nothing_else_looks_inside():
    inside = re.compile(r"streamlit\.(runtime|proto|elements|commands)|data-test")
    sources = [*(ROOT / "lossviz").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
    found = {str(path.relative_to(ROOT)) for path in sources if inside.search(path.read_text())}
    assert found == {HERE}


class Interrupted(Exception):
    """What a request that has come in the meantime raises."""


@pytest.mark.parametrize("is_ours", [False, True], ids=["as Streamlit has it", "as we need it"])
def test_what_a_widget_has_told_is_heard_whole(is_ours, monkeypatch):
    requests: list[str] = []

    def interrupt() -> None:
        if requests:
            raise Interrupted(requests.pop())

    def callback(*args: object, **options: object) -> None:
        requests.append("another value, typed meanwhile")
        session["heard"] = True

    state = SessionState()
    session = SafeSessionState(state, yield_callback=interrupt)
    monkeypatch.setattr(SessionState, "on_script_will_rerun", callback)
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", insides._call_back)
    if is_ours:
        insides.let_callbacks_end()
        session.on_script_will_rerun(None)
    else:
        with pytest.raises(Interrupted):
            session.on_script_will_rerun(None)
    assert ("heard" in state) == is_ours
    assert bool(requests) == is_ours
    if is_ours:  # the run that follows gives way as ever
        with pytest.raises(Interrupted):
            session["next"] = True
