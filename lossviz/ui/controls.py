"""Widgets: one for each Param, its key the setting's key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import floor, log10
from typing import Any

import streamlit as st

from lossviz.experiment import CHOICES, param_of
from lossviz.figures.style import searchable, short
from lossviz.losses import LOSSES
from lossviz.registry import Param, text
from lossviz.ui import state

SEVERAL = ("loss",)  # settings that always offer several values


def control(key: str, *, label: str = "", options: Sequence[str] = ()) -> None:
    """The widget for a setting: for one value, or for several where there are several.

    `options` narrows the choices to what makes sense just now.
    """
    param = state.VIEWS[key] if key in state.VIEWS else param_of(key)
    value, *others = state.values(key)
    takes_several = bool(others) or key in SEVERAL or key == st.session_state.get("compared")
    name = state.WIDGET + key + (" several" if takes_several else "")
    common: dict[str, Any] = {
        "label": label or param.label or param.name,
        "help": param.help or None,
        "key": name,
        "on_change": partial(_changed, key, name),
    }
    if takes_several:
        _several(key, param, common)
    elif isinstance(param.default, str):
        _word(key, options or list(param.choices), common)
    else:
        _number(param, common, float(value))


def item(choice: str) -> None:
    """The widget for which item is chosen, and one for each of its parameters."""
    control(choice)
    for name in state.sweep()[choice]:
        chosen = CHOICES[choice][str(name)]
        for param in chosen.params:
            control(f"{chosen.name}.{param.name}")


def comparable() -> dict[str, str]:
    """The settings that can take several values now, by key, with their labels."""
    sweep = state.sweep()
    keys = [key for key in CHOICES if key != "loss"] + ["lr", "batch", "l1", "l2", "init", "seed"]
    for choice in CHOICES:
        for name in sweep[choice]:
            keys += [f"{name}.{param.name}" for param in CHOICES[choice][str(name)].params]
    return {key: label(key) for key in keys}


def label(key: str) -> str:
    """A setting's words, with its item's where it has one."""
    param, name = param_of(key), key.partition(".")[0]
    words = param.label or param.name
    owner = next((registry[name].label for registry in CHOICES.values() if name in registry), "")
    return f"{owner.partition(' (')[0]}: {words}" if owner and "." in key else words


def _changed(key: str, name: str) -> None:
    if name not in st.session_state:  # a page that has gone on meanwhile has no such widget
        return
    given = st.session_state[name]
    if not state.change(key, given if isinstance(given, list | tuple) else [given]):
        del st.session_state[name]  # the widget shows the old value again


def _several(key: str, param: Param, common: dict[str, Any]) -> None:
    current = [text(value) for value in state.values(key)]
    is_open = not (key in CHOICES or param.choices)
    options = current if is_open else list(param.choices)
    st.session_state.setdefault(common["key"], current)
    st.multiselect(
        options=options, format_func=partial(_words, key), accept_new_options=is_open, **common
    )


def _word(key: str, options: Sequence[str], common: dict[str, Any]) -> None:
    word = str(state.values(key)[0])
    name, words = common["key"], partial(_words, key)
    st.session_state.setdefault(name, word)
    if not options:
        st.text_input(**common)
        return
    if st.session_state[name] not in options:
        st.session_state[name] = options[0]
    if len(options) > 3:
        st.selectbox(options=options, format_func=words, **common)
    else:
        st.segmented_control(options=options, format_func=words, required=True, **common)


def _number(param: Param, common: dict[str, Any], value: float) -> None:
    is_whole = isinstance(param.default, int)
    st.session_state.setdefault(common["key"], int(value) if is_whole else value)
    if not is_whole and not param.log and param.high - param.low <= 10:
        st.slider(min_value=param.low, max_value=param.high, step=0.01, **common)
        return
    # No bounds here: what lies outside them gets a sentence, where the widget would only refuse.
    step = 1 if is_whole else 10.0 ** (floor(log10(abs(value))) - 1) if value else 0.01
    st.number_input(step=step, format="%d" if is_whole else "%g", **common)


def _words(key: str, option: str) -> str:
    if option in LOSSES:
        return short(LOSSES[option]) if key in state.VIEWS else searchable(LOSSES[option])
    return CHOICES[key][option].label if key in CHOICES and option in CHOICES[key] else option
