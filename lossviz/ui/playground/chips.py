"""The data and the losses as chips: what they are, what stands behind each, and others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lossviz.engine.choices import CHOICES, suits
from lossviz.engine.experiment import Experiment
from lossviz.engine.link import VIEW
from lossviz.engine.looks import colour_of, searchable, short
from lossviz.items.datasets import DATASETS
from lossviz.items.losses import LOSSES
from lossviz.ui import controls, own_data, state
from lossviz.ui.upload import dialog

OWN = "Use your own data …"


def show(wanted: Sequence[Experiment]) -> None:
    """A chip for the data, one for each loss, and one for another loss."""
    losses = [str(name) for name in state.values("loss")]
    st.html(f"<style>{''.join(_dressed(name) for name in losses)}</style>")
    _data(wanted)
    for name in losses:
        _loss(name, is_only=len(losses) == 1)
    _another(losses)


def _data(wanted: Sequence[Experiment]) -> None:
    names = list(dict.fromkeys(each.data for each in wanted)) or ["line"]
    label = " and ".join(_called(name) for name in names[:2])
    others = [name for name in DATASETS if name not in own_data.OWN]
    chosen = st.menu_button(
        label,
        [OWN, *others],
        key="data chip",
        icon=":material/scatter_plot:",
        help="The data: choose others, or bring your own",
        format_func=lambda name: DATASETS[name].label if name in DATASETS else name,
        on_click=_take_data,
    )
    if chosen == OWN:
        dialog.show()


def _called(data: str) -> str:
    return DATASETS[data].label.partition(" (")[0]


def _take_data() -> None:
    state.hold()
    name = st.session_state.get("data chip")
    if name in DATASETS:
        state.choose("data", [name])


def _loss(name: str, *, is_only: bool) -> None:
    """A loss's name, with its parameters, its surface and its end behind it."""
    chip = st.popover(short(LOSSES[name]), key=f"chip {name}", on_change=state.hold)
    if not chip.open:
        return
    with chip:
        st.markdown(f"**{LOSSES[name].label}**")
        for key in controls.loss_settings(name):
            controls.control(key, place="chip")
        st.button("Show its surface", key=f"surface of {name}", on_click=partial(_surface, name))
        st.button(
            "Switch off",
            key=f"without {name}",
            on_click=partial(_without, name),
            disabled=is_only,
            help="The last loss stays: add another first." if is_only else None,
        )


def _surface(name: str) -> None:
    state.choose(VIEW + "surface", [name])
    state.enlarge("surface")


def _without(name: str) -> None:
    state.choose("loss", [each for each in state.values("loss") if each != name])


def _another(losses: Sequence[str]) -> None:
    data = [str(each) for each in state.sweep()["data"]]
    others = [
        name
        for name in CHOICES["loss"]
        if name not in losses and any(suits("loss", name, each) for each in data)
    ]
    if not others:
        return
    st.menu_button(
        "Loss",
        others,
        key="another loss",
        icon=":material/add:",
        help="Another loss beside these",
        format_func=lambda name: searchable(LOSSES[name]),
        on_click=_add,
    )


def _add() -> None:
    state.hold()
    name = st.session_state.get("another loss")
    if name in LOSSES:
        state.choose("loss", [*state.values("loss"), name])


def _dressed(name: str) -> str:
    """The chip of a loss in its colour."""
    return f".st-key-chip-{name} button {{ --lossviz-chip: {colour_of(name)}; }}"
