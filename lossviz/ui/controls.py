"""Widgets: one for each Param, its key the setting's key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from math import floor, log10
from typing import Any, Literal

import streamlit as st

from lossviz.base.limits import SHOWN
from lossviz.base.registry import Param, text
from lossviz.engine.choices import CHOICES, USUAL, suits
from lossviz.engine.experiment import loss_of
from lossviz.engine.link import VIEW
from lossviz.engine.looks import searchable, short
from lossviz.items.losses import Loss
from lossviz.ui import state
from lossviz.ui.spaces import VIEWS, param_of

SEVERAL = ("loss",)  # settings that always offer several values
NARROW = 10.0  # a range for which there is a slider everywhere
WIDE = 20.0  # a range that one slider cannot serve evenly
COARSE = ("1", "2", "5")  # the digits by which sliders go that move by factors
FINE = ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")
COMPARED = "compared"  # the entry that says which setting takes several values
LEAST = 0.01  # where such a slider begins if it may go to 0


def control(
    key: str,
    *,
    label: str = "",
    options: Sequence[Any] = (),
    names: Mapping[Any, str] | None = None,
    place: str = "",
    width: int | Literal["stretch"] | None = None,
    is_slider: bool = False,
    most: int | None = None,
) -> None:
    """The widget for a setting: for one value, or for several where there are several.

    `options` narrows the choices to what makes sense just now; `names` are words for them. A
    setting may have a second widget at another `place`. `width` is in pixels. A
    number that moves by factors may have a slider, which goes by 1, 2, 5, 10. Of several values
    there are `most` at the most.
    """
    options = options or _suiting(key)
    param, values = param_of(key), state.values(key)
    is_several = len(values) != 1 or key in SEVERAL
    takes_several = is_several or key == st.session_state.get(state.entry(COMPARED))
    name = _name(key, *["several"] * takes_several, *[place] * bool(place))
    common = _common(key, name, label or param.label or param.name, width)
    words = names.__getitem__ if names else partial(_words, key)
    if takes_several:
        _several(key, param, options, {"max_selections": most, **common})
    elif isinstance(param.default, str) or options:
        _word(key, options or list(param.choices), words, common)
    else:
        _number(param, common, float(values[0]), is_slider=is_slider and param.log)


def sliders(key: str, *, step: float = 0.01, width: int) -> None:
    """A slider for each value of a setting, or where it is a text, a field to write in."""
    param = param_of(key)
    for place, value in enumerate(state.values(key)):
        name = _name(key, str(place))
        common = _common(key, name, label(key), width, place)
        if isinstance(param.default, str):
            common["width"] = "stretch"
            st.text_input(**_start("value", _kept(name, value)), **common)
        else:
            _slider(param, common, float(value), step, FINE)


def _name(key: str, *apart: str) -> str:
    """The key of a widget of a setting."""
    return " ".join([state.widget(key), *apart])


def _common(
    key: str, name: str, label: str, width: int | str | None, place: int | None = None
) -> dict[str, Any]:
    """What all widgets of a setting are given; `place` says of which of its values."""
    common: dict[str, Any] = {
        "label": label,
        "help": param_of(key).help or None,
        "key": name,
        "on_change": partial(_changed, key, name, place),
    }
    return common | ({"width": width} if width else {})


def _suiting(key: str) -> list[str]:
    """The items that go with the chosen data, where not all do."""
    if key not in USUAL:
        return []
    data = state.sweep()["data"]
    return [name for name in CHOICES[key] if any(suits(key, name, str(each)) for each in data)]


def item(choice: str) -> None:
    """The widget for which item is chosen, and one for each of its parameters."""
    control(choice)
    for name in state.sweep()[choice]:
        chosen = CHOICES[choice][str(name)]
        for param in chosen.params:
            if param.has_widget:
                control(f"{chosen.name}.{param.name}")


def loss_settings(loss: str = "") -> list[str]:
    """The parameters of the losses of the runs on show, or of one of them."""
    shown = [each for each in islice(state.sweep(), SHOWN) if loss in ("", each.loss)]
    keys = (f"{each.loss}.{param.name}" for each in shown for param in loss_of(each).params)
    return list(dict.fromkeys(keys))


def comparable() -> dict[str, str]:
    """The settings that can take several values now, by key, with their labels."""
    sweep = state.sweep()
    keys = [key for key in CHOICES if key != "loss"] + ["lr", "batch", "l1", "l2", "init", "seed"]
    for choice in CHOICES:
        for name in sweep[choice]:
            params = CHOICES[choice][str(name)].params
            keys += [f"{name}.{param.name}" for param in params if param.has_widget]
    return {key: label(key) for key in keys}


def label(key: str) -> str:
    """A setting's words, with its item's where it has one."""
    param, name = param_of(key), key.partition(".")[0]
    words = param.label or param.name
    owner = next((registry[name].label for registry in CHOICES.values() if name in registry), "")
    return f"{owner.partition(' (')[0]}: {words}" if owner and "." in key else words


def asks_for_nothing(key: str) -> str:
    """What there is to say of a setting that has no value."""
    words = label(key)
    named = words if "." in key or words[:2].isupper() else words[0].lower() + words[1:]
    return f"No {named} is chosen: choose one to train."


def _changed(key: str, name: str, place: int | None) -> None:
    if name not in st.session_state:  # a page that has gone on meanwhile has no such widget
        return
    given = st.session_state[name]
    wanted = list(given) if isinstance(given, list | tuple) else [given]
    if place is not None:
        values = state.values(key)
        wanted = [*values[:place], given, *values[place + 1 :]]
    if not state.change(key, wanted):
        del st.session_state[name]  # the widget shows the old value again
    state.forget(key, but=name)


def _several(key: str, param: Param, options: Sequence[str], common: dict[str, Any]) -> None:
    current = [text(value) for value in state.values(key)]
    is_open = not (key in CHOICES or param.choices)
    options = current if is_open else options or list(param.choices)
    kept = _kept(common["key"], current, options)
    st.multiselect(
        options=options,
        format_func=partial(_words, key),
        accept_new_options=is_open,
        placeholder="type a value …" if is_open else "choose one or more …",
        **_start("default", kept),
        **common,
    )


def _word(
    key: str, options: Sequence[Any], words: Callable[[Any], str], common: dict[str, Any]
) -> None:
    value = state.values(key)[0]
    if not options:
        st.text_input(**_start("value", _kept(common["key"], value)), **common)
        return
    kept = _kept(common["key"], value if value in options else options[0], options)
    common = {"options": options, "format_func": words, **common}
    if len(options) > 3 and key != VIEW + "panel":
        st.selectbox(**_start("index", kept if kept is None else options.index(kept)), **common)
    else:
        st.segmented_control(required=True, **_start("default", kept), **common)


def _number(param: Param, common: dict[str, Any], value: float, *, is_slider: bool) -> None:
    is_whole = isinstance(param.default, int)
    if is_slider or (not is_whole and not param.log and param.high - param.low <= NARROW):
        _slider(param, common, value, 0.01, COARSE)
        return
    start = _start("value", _kept(common["key"], int(value) if is_whole else value))
    # No bounds here: what lies outside them gets a sentence, where the widget would only refuse.
    step = 1 if is_whole else 10.0 ** (floor(log10(abs(value))) - 1) if value else 0.01
    st.number_input(step=step, format="%d" if is_whole else "%g", **start, **common)


def _slider(
    param: Param, common: dict[str, Any], value: float, step: float, digits: Sequence[str]
) -> None:
    """By even steps, or where a number moves by factors or far, by these digits of each decade."""
    start = _start("value", _kept(common["key"], value))
    if not param.log and param.high - param.low <= WIDE:
        st.slider(min_value=param.low, max_value=param.high, step=step, **start, **common)
    else:
        marks = sorted({*_marks(param, digits), value})
        st.select_slider(options=marks, format_func=text, **start, **common)


def _marks(param: Param, digits: Sequence[str]) -> list[float]:
    """Round numbers about evenly spaced on a logarithmic scale, and where it begins and stands at
    first."""
    low = max(param.low, LEAST)
    decades = range(floor(log10(low)), floor(log10(param.high)) + 1)
    found = [float(f"{digit}e{decade}") for decade in decades for digit in digits]
    return [param.low, *(mark for mark in found if low <= mark <= param.high), float(param.default)]


def _kept(name: str, value: Any, options: Sequence[Any] | None = None) -> Any:
    """What the widget holds; None if it is only now given its value, as it held none or one that
    is no option any more."""
    held = st.session_state.get(name)
    chosen = held if isinstance(held, list) else [held]
    if held is None or (options is not None and any(each not in options for each in chosen)):
        st.session_state[name] = value
        return None
    return held


def _start(name: str, kept: Any) -> dict[str, Any]:
    # A value set through the session is sent once. A widget that the browser makes only after a
    # further run has missed it, and begins with what it is told here.
    return {} if kept is None else {name: kept}


def _words(key: str, option: str) -> str:
    """What an option is called: as the registry of its own setting has it, and no other."""
    choices = param_of(key).choices
    item = choices[option] if isinstance(choices, Mapping) else option
    if isinstance(item, Loss):
        return short(item) if key in VIEWS else searchable(item)
    words = item if isinstance(item, str) else getattr(item, "label", "")
    return words or option
