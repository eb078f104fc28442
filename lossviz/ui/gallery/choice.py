"""Which losses the gallery shows, and with which parameters."""

from __future__ import annotations

from itertools import islice

import streamlit as st

from lossviz.base.limits import SHOWN
from lossviz.engine.experiment import Experiment, loss_of
from lossviz.ui import controls, page, state
from lossviz.ui.gallery.address import EXAMPLE, TARGET, TASKS

SLIDER = 220  # pixels


def notices() -> None:
    """What could not be honoured, and that nothing is chosen."""
    page.warn(state.notes())
    size = state.sweep().size
    if size > SHOWN:
        words = f"These settings ask for {size:,} curves; the first {SHOWN} are shown."
        st.warning(words, icon=":material/content_cut:")
    if state.emptied():
        st.info("No loss is chosen: choose one to see it.", icon=":material/info:")


def losses() -> None:
    """The task, and which of its losses are on show."""
    names = {EXAMPLE[task]: words for task, words in TASKS.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        controls.control("data", label="Losses for", options=list(names), names=names)
        controls.control(
            "loss",
            label="Shown",
            place=str(state.sweep()["data"][0]),  # each task has losses of its own
            width="stretch",
            most=SHOWN,
        )


def sliders() -> None:
    """A slider for each parameter of the losses on show, and for each of its values."""
    wanted = dict.fromkeys(
        f"{each.loss}.{param.name}" for each in shown() for param in loss_of(each).params
    )
    with st.container(horizontal=True, gap="medium"):
        for key in wanted:
            controls.sliders(key, width=SLIDER)
        if any(depends_on_target(each) for each in shown()):
            controls.sliders(TARGET, step=0.5, width=SLIDER)


def shown() -> list[Experiment]:
    """A loss with its parameters for each curve; as many as there are colours."""
    return [] if state.emptied() else list(islice(state.sweep(), SHOWN))


def depends_on_target(experiment: Experiment) -> bool:
    """Whether the loss is of more than the residual."""
    loss = loss_of(experiment)
    return loss.task == "regression" and not loss.of_residual
