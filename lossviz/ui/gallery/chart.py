"""The gallery's parts on the page, and its state.

The state is a settings entry of its own in the session, and the address bar as on the playground:
an address that we did not write wins. Widgets are told their value as their default; where the
address brings new values, they get new keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice
from math import floor, log10
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from lossviz.base.limits import SHOWN as MAX_RUNS
from lossviz.base.registry import Param, Value, text
from lossviz.engine.choices import suits
from lossviz.engine.experiment import Experiment, Sweep, loss_of
from lossviz.engine.link import VIEW
from lossviz.engine.looks import searchable, styles
from lossviz.engine.settings import param_of
from lossviz.formula.item import VARIABLES
from lossviz.items.catalogue import curve
from lossviz.items.catalogue.curves import places
from lossviz.items.losses import LOSSES
from lossviz.ui import formula_findings
from lossviz.ui.page import plain
from lossviz.ui.player import picture
from lossviz.ui.preload import CUT, MOST_SETTINGS
from lossviz.views.charts.gallery import gallery
from lossviz.views.gallery_link import EXAMPLE, FIRST_SHOWN, TASKS, address, parse, task_of

HEIGHT = 630  # pixels
SPAN = {"regression": (-5.0, 5.0), "binary": (-4.0, 4.0), "multiclass": (-4.0, 4.0)}
TARGET = Param("target", 3.0, 0.0, 20.0, "Target", "Some losses depend on more than the residual.")
AT = VIEW + TARGET.name  # its key in the address
WIDE = 20.0  # a range that one slider cannot serve evenly


def load() -> None:
    """Bring the session up to the address bar; to be called first on the page."""
    if st.session_state.pop("gallery_held", False):
        return
    pairs = _address()
    is_new = bool(pairs) and pairs != st.session_state.get("gallery_written")
    if "gallery" in st.session_state and not is_new:
        return
    sweep, notes = parse(urlencode(pairs))
    for words in st.query_params.get_all(CUT):
        if words.isascii() and words.isdigit():
            notes.insert(0, f"The link has {words} settings; the first {MOST_SETTINGS} were read.")
    st.session_state.gallery = {_own(key, sweep): axis for key, axis in sweep.axes}
    st.session_state.gallery["data"] = sweep["data"]
    st.session_state.gallery[_own("loss", sweep)] = sweep["loss"]
    try:
        st.session_state.gallery[AT] = (TARGET.check(st.query_params.get(AT, TARGET.default)),)
    except ValueError as error:
        notes.append(f"{AT} {error} and was left out.")
    st.session_state.gallery_notes = notes
    st.session_state.gallery_round = st.session_state.get("gallery_round", 0) + 1


def save() -> None:
    """Write the state to the address bar, if it is not there yet. Where no loss is chosen, the
    address stays what it was."""
    if not chosen():
        return
    pairs = address(sweep())
    if target() != TARGET.default:
        pairs += ((AT, text(target())),)
    if pairs != _address():
        wanted: dict[str, list[str]] = {}
        for key, value in pairs:
            wanted.setdefault(key, []).append(value)
        st.query_params.from_dict(wanted)
    st.session_state.gallery_written = pairs


def sweep() -> Sweep:
    """The losses on show, with their parameters; where none is chosen, those shown first."""
    settings: dict[str, tuple[Value, ...]] = st.session_state.gallery
    data, losses = settings["data"], chosen() or FIRST_SHOWN[_task()]
    own = {key: axis for key, axis in settings.items() if key.partition(".")[0] in LOSSES}
    return Sweep.of({**own, "data": data, "loss": losses})


def chosen() -> tuple[Value, ...]:
    """The losses that are chosen for the task, which may be none."""
    return st.session_state.gallery.get(f"loss {_task()}", FIRST_SHOWN[_task()])


def _task() -> str:
    data = st.session_state.gallery["data"][0]
    return next(task for task, name in EXAMPLE.items() if name == data)


def target() -> float:
    """The target that losses of more than the residual are drawn for."""
    return float(st.session_state.gallery.get(AT, (TARGET.default,))[0])


def shown() -> list[Experiment]:
    """A loss with its parameters for each curve; as many as there are colours."""
    return list(islice(sweep(), MAX_RUNS)) if chosen() else []


def _own(key: str, sweep: Sweep) -> str:
    # Each task keeps its own losses, to come back to.
    return f"loss {task_of(sweep)}" if key == "loss" else key


def _address() -> tuple[tuple[str, str], ...]:
    keys = (key for key in st.query_params if key != CUT)
    return tuple((key, value) for key in keys for value in st.query_params.get_all(key))


def _change(key: str, name: str, place: int | None = None) -> None:
    """Take over what a widget says, as the setting or as one of its values."""
    st.session_state.gallery_held = True
    st.session_state.gallery_notes = []
    given, settings = st.session_state[name], st.session_state.gallery
    if place is None:
        settings[key] = tuple(given) if isinstance(given, list) else (given,)
        return
    axis = list(sweep()[key])
    try:
        axis[place] = param_of(key).check(given)
    except ValueError as error:
        words = f"{param_of(key).label}: {error}; the old value was kept."
        st.session_state.gallery_notes = [words]
        st.session_state.gallery_round += 1
        return
    settings[key] = tuple(axis)


def _key(key: str) -> str:
    return f"gallery {st.session_state.gallery_round} {key}"


def notices() -> None:
    """What could not be honoured, and that nothing is chosen."""
    for note in st.session_state.gallery_notes:
        st.warning(plain(note), icon=":material/info:")
    size = sweep().size
    if size > MAX_RUNS:
        words = f"These settings ask for {size:,} curves; the first {MAX_RUNS} are shown."
        st.warning(words, icon=":material/content_cut:")
    if not chosen():
        st.info("No loss is chosen: choose one to see it.", icon=":material/info:")


def choice() -> None:
    """Which losses are on show."""
    data = str(st.session_state.gallery["data"][0])
    task, name = task_of(sweep()), _key("data")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "Losses for",
            list(EXAMPLE.values()),
            default=data,
            required=True,
            key=name,
            format_func={EXAMPLE[each]: words for each, words in TASKS.items()}.__getitem__,
            on_change=partial(_change, "data", name),
        )
        options = [each for each in LOSSES if suits("loss", each, data)]
        name = _key(f"loss {task}")
        st.multiselect(
            "Shown",
            options,
            default=list(map(str, chosen())),
            key=name,
            format_func=lambda each: searchable(LOSSES[each]),
            max_selections=MAX_RUNS,
            placeholder="choose one or more …",
            on_change=partial(_change, f"loss {task}", name),
            width="stretch",
        )


def sliders() -> None:
    """A slider for each parameter of the losses on show, and for each of its values."""
    wanted = dict.fromkeys((each.loss, param) for each in shown() for param in loss_of(each).params)
    with st.container(horizontal=True, gap="medium"):
        for name, param in wanted:
            key = f"{name}.{param.name}"
            words = LOSSES[name].label.partition(" (")[0]
            for place, value in enumerate(sweep()[key]):
                _slider(param, value, f"{words}: {param.label or param.name}", key, place)
        if any(_depends_on_target(each) for each in shown()):
            name = _key(AT)
            st.slider(
                TARGET.label,
                TARGET.low,
                TARGET.high,
                target(),
                0.5,
                key=name,
                help=TARGET.help,
                on_change=partial(_change, AT, name),
                width=220,
            )


def _slider(param: Param, value: Value, label: str, key: str, place: int) -> None:
    name = _key(f"{key} {place}")
    common: dict[str, Any] = {
        "key": name,
        "value": value,
        "on_change": partial(_change, key, name, place),
        "help": param.help or None,
        "width": 220,
    }
    if isinstance(param.default, str):
        st.text_input(label, **{**common, "width": "stretch"})
        return
    if param.log or param.high - param.low > WIDE:
        marks = sorted({*_marks(param), float(value)})
        st.select_slider(label, marks, format_func=text, **common)
    else:
        st.slider(label, param.low, param.high, step=0.01, **common)


def _marks(param: Param) -> list[float]:
    """Round numbers about evenly spaced on a logarithmic scale, with 0 if it is allowed."""
    digits = ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")
    low = max(param.low, 0.01)
    decades = range(floor(log10(low)), floor(log10(param.high)) + 1)
    found = [float(f"{digit}e{decade}") for decade in decades for digit in digits]
    return [param.low, *(mark for mark in found if low <= mark <= param.high), float(param.default)]


def _depends_on_target(experiment: Experiment) -> bool:
    loss = loss_of(experiment)
    return loss.task == "regression" and not loss.of_residual


def chart(wanted: Sequence[Experiment]) -> None:
    """Loss, slope and curvature of all that are on show."""
    if not wanted:
        return
    task = task_of(sweep())
    kinks = [kink for each in wanted for kink in loss_of(each).kinks(**each.params_of("loss"))]
    x = places(*SPAN[task], kinks)
    found = [
        curve(
            loss_of(each),
            each.params_of("loss"),
            x,
            target=target(),
            classes=2 if task == "binary" else 3,
        )
        for each in wanted
    ]
    drawn = gallery(styles(wanted), found, is_margin=task != "regression")
    drawn["layout"]["uirevision"] = task  # its losses have places of their own to zoom to
    picture(drawn, "Loss, slope and curvature", "gallery chart", height=HEIGHT)
    words = (
        "Above the loss; in the middle its slope, which says how hard a row pulls; below its "
        "curvature, which says how steady a step must be."
    )
    if task == "multiclass":
        words += " Of three classes; the scores of the two others are equal."
    if any(_depends_on_target(each) for each in wanted):
        words += f" Where more than the residual counts, the target is {text(target())}."
    st.caption(words)


def formulas(wanted: Sequence[Experiment]) -> None:
    """What was found of each formula of one's own that is on show, and where."""
    for place, (experiment, look) in enumerate(zip(wanted, styles(wanted), strict=True)):
        if experiment.loss in VARIABLES:
            st.header(plain(look.label))
            formula_findings.show(experiment, look, f"gallery findings {place}")
