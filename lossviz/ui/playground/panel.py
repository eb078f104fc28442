"""Which panel is shown, and what it asks for."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lossviz.engine.experiment import Experiment
from lossviz.engine.link import VIEW
from lossviz.ui import controls, own_data, state
from lossviz.ui.playground import editing
from lossviz.views.panels import PANEL_VIEWS, PANELS, View, panels, view_of


def choice(wanted: Sequence[Experiment]) -> None:
    """Which panel is shown, and what it asks for; nothing where there is but one."""
    shown, here = panels(wanted), PANELS[view(wanted).panel]
    asked = list(here.controls(wanted, own_data.features(wanted[0])))
    if len(shown) == 1 and not asked:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if len(shown) > 1:
            controls.control(VIEW + "panel", options=shown)
        for each in asked:
            is_elsewhere = each.key not in PANEL_VIEWS  # settings of runs have a widget there
            controls.control(
                each.key,
                label=each.label,
                options=list(each.names or ()),
                names=each.names,
                place="panel" * is_elsewhere,
                width=each.width,
                is_slider=each.is_slider,
            )


def view(wanted: Sequence[Experiment]) -> View:
    """How the settings look at these runs."""
    views = {key: state.view(key.removeprefix(VIEW)) for key in PANEL_VIEWS}
    origin = editing.origin()
    return view_of(views, wanted, came_from=origin and origin[0])
