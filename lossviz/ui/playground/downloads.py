"""What can be taken away: the runs on show as files."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lossviz.engine.experiment import Experiment
from lossviz.engine.frames import aligned
from lossviz.export import FLAVOURS, csv, page_of, script, too_large, why_not
from lossviz.ui import state
from lossviz.ui.page import folded
from lossviz.ui.playground.panel import view
from lossviz.ui.training import Training


def show(wanted: Sequence[Experiment]) -> None:
    """The runs on show as files, each made when it is asked for."""

    def fill() -> None:
        training: Training = st.session_state.training
        if training.more is not None:
            st.caption("When training is over.")
            return
        # The files are made outside of the session, so what they need is asked for here.
        runs = aligned(training.runs)
        looking = view([run.experiment for run in runs])
        notes = [*state.notes(), *st.session_state.cut]
        with st.container(horizontal=True):
            reason = too_large(runs)
            st.download_button(
                "Runs (CSV)",
                (lambda: csv(runs)) if not reason else "",
                "lossviz.csv",
                "text/csv",
                help=reason or None,
                disabled=bool(reason),
                on_click="ignore",
            )
            st.download_button(
                "Animation (HTML, plays offline)",
                lambda: page_of(runs, "LossViz", view=looking, notes=notes),
                "lossviz.html",
                "text/html",
                on_click="ignore",
            )
            for flavour, label in FLAVOURS.items():
                reason = why_not(wanted, flavour)
                st.download_button(
                    f"Script: {label}",
                    (lambda flavour=flavour: script(wanted, flavour)) if not reason else "",
                    f"lossviz_{flavour}.py",
                    "text/x-python",
                    help=reason or None,
                    disabled=bool(reason),
                    on_click="ignore",
                    key=f"script {flavour}",
                )
        st.caption(
            "A chart as PNG or as SVG, at the step that is shown: the camera or the arrow in its "
            "upper right corner."
        )

    folded("Take it away", "download", fill)
