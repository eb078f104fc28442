"""The sidebar: every setting, in groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from lossviz.engine.link import VIEW
from lossviz.items.datasets import DATASETS
from lossviz.items.outliers import OUTLIERS
from lossviz.ui import controls, state
from lossviz.ui.page import folded


def settings() -> None:
    """Every setting, in groups."""
    controls.control("loss")
    for title, (icon, fill) in GROUPS.items():
        folded(title, icon, fill)
    options = controls.comparable()
    st.selectbox(
        "Compare several values of",
        list(options),
        index=None,
        key=state.entry(controls.COMPARED),
        on_change=state.hold,
        format_func=options.__getitem__,
        placeholder="one setting …",
        help="That setting then takes several values; every combination is a run.",
    )


def _data() -> None:
    controls.item("data")
    controls.control("seed")
    st.caption(" ".join(DATASETS[str(name)].notes for name in state.sweep()["data"]))


def _outliers() -> None:
    controls.item("outliers")
    controls.control("outlier_seed")
    st.caption(" ".join(OUTLIERS[str(name)].notes for name in state.sweep()["outliers"]))


def _loss_parameters() -> None:
    found = controls.loss_settings()
    for key in found:
        controls.control(key, label=controls.label(key))
    if not found:
        st.caption("The chosen losses have no parameters.")


def _model() -> None:
    controls.item("model")
    for key in ("l1", "l2", "init", "scaling"):
        controls.control(key)


def _descent() -> None:
    controls.item("optimizer")
    for key in ("lr", "steps", "batch", "patience"):
        controls.control(key)
    controls.item("schedule")


def _view() -> None:
    controls.control("view.surface", options=state.sweep()["loss"])
    for name in ("surface_in", "scale", "units", "size"):
        controls.control(VIEW + name)


GROUPS: Mapping[str, tuple[str, Callable[[], None]]] = {
    "Data": ("scatter_plot", _data),
    "Outliers": ("error_outline", _outliers),
    "Loss parameters": ("tune", _loss_parameters),
    "Model": ("show_chart", _model),
    "Descent": ("south_east", _descent),
    "View": ("visibility", _view),
}
