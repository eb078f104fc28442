"""The state of a session: settings, how the page looks at them, and the address bar.

A non-empty address that we did not write wins; otherwise the session wins and rewrites it. The
player writes `view.step` by itself while nothing here runs, so that key is only carried along.

A setting of several values may be emptied, as on the way from one choice to another: it then asks
for nothing, the page says so, and the address stays what it was, as no link asks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from re import fullmatch
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from lossviz.analysis.guide import COSTS
from lossviz.base.limits import SHOWN
from lossviz.base.registry import OutOfRange, Param, Value, quote, text
from lossviz.engine.choices import USUAL
from lossviz.engine.cost import beyond
from lossviz.engine.experiment import Sweep
from lossviz.engine.link import VIEW, parse, said_of_unsuited
from lossviz.engine.settings import PLAIN, param_of
from lossviz.items.losses import LOSSES
from lossviz.ui.preload import CUT, MOST_SETTINGS
from lossviz.views.examples import WELCOME
from lossviz.views.panels import PANELS, unfit

STEP = VIEW + "step"
MOST = 1_000_000  # rows and features that a link may name
WIDGET = "set "  # widget keys: this and the setting's key
VIEWS: Mapping[str, Param] = {
    VIEW + param.name: param
    for param in (
        Param("panel", "overview", label="Show", choices=PANELS),
        Param("surface", next(iter(LOSSES)), label="Loss on show", choices=LOSSES),
        Param("surface_in", "2d", label="Surface in", choices=("2d", "3d")),
        Param("scale", "log", label="Convergence axis", choices=("log", "linear")),
        Param(
            "units",
            "relative",
            label="Convergence units",
            choices=("relative", "own"),
            help="relative: a loss as a share of where it starts. own: in units of its own.",
        ),
        Param("size", "normal", label="Size", choices=("normal", "presentation")),
        Param("across", 0, 0, MOST, "Across", "The feature along the horizontal axis."),
        Param("up", 0, 0, MOST, "Up", "The feature along the upright axis."),
        Param(
            "threshold",
            0.5,
            0.0,
            1.0,
            "Threshold",
            "From this chance of class 1 on, a row is put into it.",
        ),
        Param("row", 1, 1, MOST, "Training row", "The row whose way through the model is shown."),
        Param(
            "cost",
            "unsure",
            label="What do errors cost?",
            choices=dict.fromkeys(key for words in COSTS.values() for key in words),
        ),
    )
}


def load() -> None:
    """Bring the session up to the address bar; to be called first on every page."""
    if st.session_state.pop("held", False):
        return
    pairs = _address()
    if "settings" not in st.session_state or (pairs and pairs != st.session_state.get("written")):
        adopt("&".join([urlencode(pairs) or WELCOME.query, urlencode(_steps())]))


def hold() -> None:
    """Let the session win this time: a widget has spoken, and the address that comes with its
    rerun may be one that the browser has not replaced yet."""
    st.session_state.held = True


def adopt(query: str) -> None:
    """Make a query string the state, and say what could not be honoured."""
    settings, notes = read(query)
    st.session_state.settings = settings
    st.session_state.notes = notes + unfitting(settings)
    for key in [key for key in st.session_state if str(key).startswith(WIDGET)]:
        del st.session_state[key]


def read(query: str) -> tuple[dict[str, Any], list[str]]:
    """The settings that a query string asks for, and sentences on what could not be honoured."""
    sweep, notes = parse(query)
    looks: dict[str, Value] = {}
    for key, words in parse_qsl(query, keep_blank_values=True, errors="replace"):
        if key == CUT and fullmatch("[0-9]{1,9}", words):
            notes.insert(0, f"The link has {words} settings; the first {MOST_SETTINGS} were read.")
        elif key.startswith(VIEW):
            said = _look(key, words, looks)
            notes += [said] if said else []
    return {**dict(sweep.axes), **looks}, list(dict.fromkeys(notes))


def unfitting(settings: Mapping[str, Any]) -> list[str]:
    """Sentences on how settings look at the runs that they ask for, where that does not fit."""
    looks = {key.removeprefix(VIEW): settings[key] for key in VIEWS if key in settings}
    return unfit(looks, list(islice(_sweep(settings), SHOWN)))


def _look(key: str, words: str, looks: dict[str, Value]) -> str:
    """Put one setting of how the page looks among the others; a sentence where that fails."""
    if key == STEP:
        return "" if _step(words) is not None else f"{key} {quote(words)} is no step."
    if key not in VIEWS:
        return f"{quote(key)} is not known and was left out."
    try:
        value, said = VIEWS[key].check(words), ""
    except OutOfRange as error:
        value = VIEWS[key].nearest(float(words))
        # Of what lies beyond any data, `unfitting` says how much the data have.
        said = "" if value == MOST else f"{key} {error}, so {text(value)} was used."
    except ValueError:
        return f"{key} {quote(words)} is not known and was left out."
    if looks.setdefault(key, value) != value:
        return f"{key} takes one value: {text(looks[key])} was used, {quote(words)} was left out."
    return said


def sweep() -> Sweep:
    """The experiments that the settings ask for."""
    return _sweep(st.session_state.settings)


def _sweep(settings: Mapping[str, tuple[Value, ...]]) -> Sweep:
    return Sweep.of({key: axis for key, axis in settings.items() if key not in VIEWS})


def view(name: str) -> Value:
    """A setting of how the page looks at the runs."""
    key = VIEW + name
    return st.session_state.settings.get(key, VIEWS[key].default)


def looks() -> list[tuple[str, str]]:
    """How the page looks at the runs, as an address has it: the keys that are not at their
    defaults, with their values as text."""
    shown = ((key, view(key.removeprefix(VIEW)), param.default) for key, param in VIEWS.items())
    return [(key, text(value)) for key, value, default in shown if value != default]


def values(key: str) -> tuple[Value, ...]:
    """The values of a setting."""
    if key in VIEWS:
        return (view(key.removeprefix(VIEW)),)
    if key in USUAL and key not in emptied():
        return sweep()[key]  # what does not suit the data is kept for other data, but not shown
    return st.session_state.settings.get(key, (param_of(key).default,))


def change(key: str, wanted: Iterable[Any]) -> bool:
    """Set a setting, which no value at all empties; a value that will not do is named, the old
    ones stay, and False comes back."""
    hold()
    param = VIEWS[key] if key in VIEWS else param_of(key)
    try:
        checked = tuple(dict.fromkeys(param.check(value) for value in wanted))
    except ValueError as error:
        st.session_state.notes = [f"{param.label or key}: {error}; the old value was kept."]
        return False
    before = sweep()
    st.session_state.notes = []
    if key in VIEWS:
        if checked:
            st.session_state.settings[key] = checked[0]
        return bool(checked)
    if why := beyond(_sweep({**st.session_state.settings, key: checked})):
        words = f"{param.label or key} asks for {why}; the old value was kept."
        st.session_state.notes = [words]
        return False
    st.session_state.settings[key] = checked
    if key == "data" and checked:
        st.session_state.notes += _left_by(before)
    return True


def emptied() -> list[str]:
    """The settings that have no value, so that there is nothing to train."""
    found = [key for key, axis in st.session_state.settings.items() if axis == ()]
    return [key for key in found if sweep().uses(key)]


def put(changes: Mapping[str, tuple[Value, ...] | None]) -> None:
    """Set settings that no widget has spoken of, None to their default; their widgets follow."""
    hold()
    before = sweep()
    for key, values in changes.items():
        if values is None:
            st.session_state.settings.pop(key, None)
        else:
            st.session_state.settings[key] = values
        forget(key)
    st.session_state.notes = _left_by(before) if "data" in changes else []


def _left_by(before: Sweep) -> list[str]:
    """What was chosen and trained before, and does not suit the data as they are now."""
    chosen = {
        key: [name for name in st.session_state.settings.get(key, ()) if name in before[key]]
        for key in USUAL
    }
    said = said_of_unsuited(chosen, sweep())
    return [f"{each} They are kept for data that they suit." for each in said]


def forget(key: str, but: str = "") -> None:
    """Have all widgets of a setting but one begin anew, from the setting."""
    for name in [str(each) for each in st.session_state]:
        if f"{name} ".startswith(f"{WIDGET}{key} ") and name != but:
            del st.session_state[name]


def save() -> None:
    """Write the state to the address bar, if it is not there yet."""
    if emptied():
        return
    here = sweep().query() or f"data={PLAIN['data'].default}"
    pairs = (*parse_qsl(here), *looks())
    if pairs != _address():
        address: dict[str, list[str]] = {}
        for key, value in [*pairs, *_steps()]:
            address.setdefault(key, []).append(value)
        st.query_params.from_dict(address)
    st.session_state.written = pairs


def step() -> int | None:
    """The step in the address, None for the end."""
    return _step(st.query_params.get(STEP, ""))


def _steps() -> list[tuple[str, str]]:
    """The step as the address has it."""
    return [(STEP, value) for value in st.query_params.get_all(STEP)]


def _step(words: str) -> int | None:
    return int(words) if words.isascii() and words.isdigit() and len(words) < 9 else None


def _address() -> tuple[tuple[str, str], ...]:
    """The address bar's keys and values, the player's step apart."""
    return tuple(
        (key, value)
        for key in st.query_params
        if key != STEP
        for value in st.query_params.get_all(key)
    )
