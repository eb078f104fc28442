"""Which panel is shown, and what it asks for."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lossviz.engine.experiment import Experiment
from lossviz.engine.link import VIEW
from lossviz.items.datasets import DATASETS
from lossviz.items.losses import LOSSES
from lossviz.ui import controls, own_data, state
from lossviz.ui.playground import editing
from lossviz.views.panels import View, panels


def choice(wanted: Sequence[Experiment]) -> None:
    """Which panel is shown, and what it asks for; nothing where there is but one."""
    shown = panels(wanted)
    here = view(wanted).panel
    dataset, features = DATASETS[wanted[0].data], own_data.features(wanted[0])
    if len(shown) == 1 and len(features) < 3:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if len(shown) > 1:
            controls.control(VIEW + "panel", options=shown)
        if here == "metrics" and dataset.task == "binary":
            controls.control(VIEW + "threshold", width=150)
            for name in dict.fromkeys(each.loss for each in wanted):
                for param in LOSSES[name].params:
                    if param.name in ("weight_0", "weight_1"):
                        label = f"{param.help.partition(':')[0]} ({param.label})"
                        controls.control(
                            f"{name}.{param.name}",
                            label=label,
                            place="panel",
                            width=210,
                            is_slider=True,
                        )
        elif here in ("network", "images"):
            controls.control(VIEW + "row", width=160)
        if here in ("overview", "network") and dataset.task != "regression":
            _plane(features)


def _plane(features: Sequence[str]) -> None:
    if len(features) > 2:
        names = dict(enumerate(("principal component", *features)))
        for name in ("across", "up"):
            controls.control(VIEW + name, options=range(len(names)), names=names, width=230)


def view(wanted: Sequence[Experiment]) -> View:
    """How the settings look at these runs."""
    losses, panel = [each.loss for each in wanted], str(state.view("panel"))
    chosen, origin = state.view("surface"), editing.origin()
    return View(
        panel=panel if panel in panels(wanted) else "overview",
        focus=losses.index(str(chosen)) if chosen in losses else 0,
        relative=state.view("units") == "relative",
        is_log=state.view("scale") == "log",
        in_3d=state.view("surface_in") == "3d",
        across=int(state.view("across")),
        up=int(state.view("up")),
        threshold=float(state.view("threshold")),
        row=int(state.view("row")) - 1,
        came_from=origin and origin[0],
    )
