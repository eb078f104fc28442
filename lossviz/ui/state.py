"""The state of a session: settings, how the page looks at them, and the address bar.

Each space (`ui/spaces.py`) has settings, sentences and an address of its own, which stay while
pages of another are visited. A non-empty address that we did not write wins; otherwise the session
wins and rewrites it. The player writes `view.step` and `view.hero` by itself while nothing here
runs, so these keys are only carried along.

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

from lossviz.base.limits import SETTINGS, SHOWN
from lossviz.base.registry import Value, quote, text
from lossviz.engine.choices import USUAL
from lossviz.engine.cost import beyond
from lossviz.engine.experiment import Sweep
from lossviz.engine.link import VIEW, parse, said_of_unsuited
from lossviz.engine.settings import CLEAN
from lossviz.ui.preload import CUT
from lossviz.ui.spaces import HERO, OF_THE_PLAYER, PLAYGROUND, STEP, VIEWS, Space, param_of
from lossviz.views.examples import WELCOME
from lossviz.views.panels import read_view, unfit

EXAMPLE = "example"  # the entry with the number of the example that all began with, if with one
WIDGET = "set "  # widget keys: this, the space's prefix and the setting's key


def load(space: Space) -> None:
    """Bring the session up to the address bar; to be called first on every page."""
    st.session_state.space = space
    if st.session_state.pop(entry("held"), False):
        return
    pairs = _address()
    is_new = bool(pairs) and pairs not in _written()
    if is_new or entry("settings") not in st.session_state:
        adopt("&".join([urlencode(pairs) or space.welcome, urlencode(_by_player())]))


def _space() -> Space:
    return st.session_state.get("space", PLAYGROUND)


def entry(name: str) -> str:
    """The key of the session under which the space at hand has an entry."""
    return _space().prefix + name


def settings() -> dict[str, Any]:
    """The settings, by key: the values of each, and of how the page looks the one."""
    return st.session_state[entry("settings")]


def notes() -> list[str]:
    """Sentences on what could not be honoured."""
    return st.session_state[entry("notes")]


def say(sentences: Iterable[str]) -> None:
    """Have these sentences said, and none from before."""
    st.session_state[entry("notes")] = list(sentences)


def widget(key: str) -> str:
    """What the keys of all widgets of a setting begin with."""
    return WIDGET + entry(key)


def hold() -> None:
    """Let the session win this time: a widget has spoken, and the address that comes with its
    rerun may be one that the browser has not replaced yet."""
    st.session_state[entry("held")] = True


def adopt(query: str) -> None:
    """Make a query string the state, and say what could not be honoured."""
    asked, said = read(query, _space())
    st.session_state[entry("settings")] = asked
    st.session_state[entry("other losses")] = {}
    st.session_state[entry(EXAMPLE)] = None
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    st.session_state[entry("adopted")] = [pair for pair in pairs if pair[0] in OF_THE_PLAYER]
    say(said + unfitting(asked))
    for key in [key for key in st.session_state if str(key).startswith(widget(""))]:
        del st.session_state[key]


def read(query: str, space: Space = PLAYGROUND) -> tuple[dict[str, Any], list[str]]:
    """The settings that a query string asks for, and sentences on what could not be honoured."""
    query = space.as_link(query)
    sweep, said = parse(query)
    views: dict[str, Value] = {}
    for key, words in parse_qsl(query, keep_blank_values=True, errors="replace"):
        if key == CUT and fullmatch("[0-9]{1,9}", words):
            said.insert(0, f"The link has {words} settings; the first {SETTINGS} were read.")
        elif key.startswith(VIEW):
            said += filter(None, [_look(key, words, views, space)])
    return {**dict(sweep.axes), **views}, list(dict.fromkeys(said))


def unfitting(asked: Mapping[str, Any]) -> list[str]:
    """Sentences on how settings look at the runs that they ask for, where that does not fit."""
    views = {key.removeprefix(VIEW): asked[key] for key in PLAYGROUND.views if key in asked}
    return unfit(views, list(islice(_sweep(asked), SHOWN)))


def _look(key: str, words: str, views: dict[str, Value], space: Space) -> str:
    """Put one setting of how the page looks among the others; a sentence where that fails."""
    if key == HERO:
        return "" if fullmatch("[a-z_]{1,40}", words) else f"{key} {quote(words)} is no chart."
    if key == STEP:
        return "" if _step(words) is not None else f"{key} {quote(words)} is no step."
    return read_view(key, words, views, space.views)


def sweep() -> Sweep:
    """The experiments that the settings ask for."""
    return _sweep(settings())


def _sweep(asked: Mapping[str, Any]) -> Sweep:
    return Sweep.of({key: axis for key, axis in asked.items() if key not in VIEWS})


def view(name: str) -> Value:
    """A setting of how the page looks at the runs."""
    key = VIEW + name
    return settings().get(key, VIEWS[key].default)


def views() -> list[tuple[str, str]]:
    """How the page looks at the runs, as an address has it: the keys that are not at their
    defaults, with their values as text."""
    views = _space().views.items()
    shown = ((key, view(key.removeprefix(VIEW)), param.default) for key, param in views)
    return [(key, text(value)) for key, value, default in shown if value != default]


def values(key: str) -> tuple[Value, ...]:
    """The values of a setting."""
    if key in VIEWS:
        return (view(key.removeprefix(VIEW)),)
    if key in USUAL and key not in emptied():
        return sweep()[key]  # what does not suit the data is kept for other data, but not shown
    return settings().get(key, (param_of(key).default,))


def change(key: str, wanted: Iterable[Any]) -> bool:
    """Set a setting, which no value at all empties; a value that will not do is named, the old
    ones stay, and False comes back."""
    hold()
    param = param_of(key)
    try:
        checked = tuple(dict.fromkeys(param.check(value) for value in wanted))
    except ValueError as error:
        say([f"{param.label or key}: {error}; the old value was kept."])
        return False
    before = sweep()
    say([])
    if key in VIEWS:
        if checked:
            settings()[key] = checked[0]
        return bool(checked)
    if why := beyond(_sweep({**settings(), key: checked})):
        say([f"{param.label or key} asks for {why}; the old value was kept."])
        return False
    if key == "data" and checked:
        _change_data(before, checked)
    else:
        settings()[key] = checked
    if key in ("data", "outliers") and all(e.unspoiled() == e for e in islice(sweep(), SHOWN)):
        drop_clean_start()
    return True


def choose(key: str, wanted: Iterable[Any]) -> None:
    """As `change`, by what is no widget of the setting: these begin anew."""
    change(key, wanted)
    forget(key)


def drop_clean_start() -> None:
    """Have runs start as usual where no row is an outlier any more: from the start without them
    nothing would move. What the first page says of descent goes with it."""
    now, first = sweep(), WELCOME.sweep
    if now["init"] == (CLEAN,):
        for key in ("init", *(key for key in ("lr", "steps") if now[key] == first[key])):
            settings().pop(key, None)
            forget(key)


def _change_data(before: Sweep, wanted: tuple[Value, ...]) -> None:
    """Set the data, and bring the losses that they have of their own, or say what is left."""
    first, others = _space().first, st.session_state[entry("other losses")]
    if first:
        others[before["data"]] = values("loss")
        settings()["loss"] = others.get(wanted, first[str(wanted[0])])
    settings()["data"] = wanted
    if not first:
        say(_left_by(before))


def emptied() -> list[str]:
    """The settings that have no value, so that there is nothing to train."""
    found = [key for key, axis in settings().items() if axis == ()]
    return [key for key in found if sweep().uses(key)]


def put(changes: Mapping[str, tuple[Value, ...] | None]) -> None:
    """Set settings that no widget has spoken of, None to their default; their widgets follow."""
    hold()
    before = sweep()
    for key, axis in changes.items():
        if axis is None:
            settings().pop(key, None)
        else:
            settings()[key] = axis
        forget(key)
    say(_left_by(before) if "data" in changes else [])


def _left_by(before: Sweep) -> list[str]:
    """What was chosen and trained before, and does not suit the data as they are now."""
    chosen = {
        key: [name for name in settings().get(key, ()) if name in before[key]] for key in USUAL
    }
    said = said_of_unsuited(chosen, sweep())
    return [f"{each} They are kept for data that they suit." for each in said]


def forget(key: str, but: str = "") -> None:
    """Have all widgets of a setting but one begin anew, from the setting."""
    for name in [str(each) for each in st.session_state]:
        if f"{name} ".startswith(f"{widget(key)} ") and name != but:
            del st.session_state[name]


def save() -> None:
    """Write the state to the address bar, if it is not there yet."""
    if emptied():
        return
    pairs, written = (*_space().as_address(sweep()), *views()), _written()
    adopted = st.session_state.pop(entry("adopted"), None)
    if pairs != _address() or adopted not in (None, _by_player()):
        address: dict[str, list[str]] = {}
        for key, value in [*pairs, *(_by_player() if adopted is None else adopted)]:
            address.setdefault(key, []).append(value)
        st.query_params.from_dict(address)
    # Noted without asking the session, where Streamlit may go on to the next request: as that of
    # an address gone back to, which would then pass for the one that was written before.
    written[:] = [pairs]


def _written() -> list[tuple[tuple[str, str], ...]]:
    """What was last written to the address bar, if anything."""
    return st.session_state.setdefault(entry("written"), [])


def step() -> int | None:
    """The step in the address, None for the end."""
    return _step(st.query_params.get(STEP, ""))


def hero() -> str | None:
    """The chart that a link just taken up has large, "" where it names none; else None."""
    adopted = st.session_state.get(entry("adopted"))
    return None if adopted is None else dict(adopted).get(HERO, "")


def enlarge(chart: str) -> None:
    """Have a chart be the large one."""
    st.session_state[entry("adopted")] = list({**dict(_by_player()), HERO: chart}.items())


def _by_player() -> list[tuple[str, str]]:
    """What the player has written into the address."""
    return [(key, each) for key in OF_THE_PLAYER for each in st.query_params.get_all(key)]


def _step(words: str) -> int | None:
    return int(words) if words.isascii() and words.isdigit() and len(words) < 9 else None


def _address() -> tuple[tuple[str, str], ...]:
    """The address bar's keys and values, the player's apart."""
    return tuple(
        (key, value)
        for key in st.query_params
        if key not in OF_THE_PLAYER
        for value in st.query_params.get_all(key)
    )
