"""What stands below the player: what there is to say of the losses, and what can be taken away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lossviz.experiment import Experiment, loss_of
from lossviz.export import FLAVOURS, csv, page, script, why_not
from lossviz.figures.style import styles
from lossviz.formula import check_slope
from lossviz.playground import View, faults, headline, marks, playground
from lossviz.replay import aligned
from lossviz.training import Run
from lossviz.ui.page import plain
from lossviz.ui.playground import folded, view
from lossviz.ui.training import Training
from lossviz.written import VARIABLES, findings, formula_of


def about(wanted: Sequence[Experiment]) -> None:
    """Formula, advice and source of each loss on show."""

    def fill() -> None:
        for experiment, look in zip(wanted, styles(wanted), strict=True):
            loss = loss_of(experiment)
            st.markdown(f"**{plain(look.label)}**")
            st.latex(loss.formula)
            st.markdown(f"{loss.notes} {loss.outside}")
            if experiment.loss in VARIABLES:
                _what_was_found(experiment)
            st.caption(plain(loss.reference))

    folded("About these losses", "menu_book", fill)


def _what_was_found(experiment: Experiment) -> None:
    """The slope of a loss of one's own, what was found about it, and the check of the slope."""
    options = experiment.params_of("loss")
    written = formula_of(experiment.loss, options)
    st.markdown("Its slope:")
    st.latex(written.derivative_latex())
    for sentence in findings(experiment.loss, options).sentences:
        st.markdown(f"- {plain(sentence)}")
    rows = check_slope(written, {name: float(options[name]) for name in written.parameters})
    st.markdown("The slope, checked against differences of the value:")
    st.dataframe(
        {
            f"at {written.variable}": [row.place for row in rows],
            "slope by the formula": [row.exact for row in rows],
            "by differences": [row.by_differences for row in rows],
            "apart by": [row.difference for row in rows],
        },
        hide_index=True,
    )


def take_away(wanted: Sequence[Experiment]) -> None:
    """The runs on show as files, each made when it is asked for."""

    def fill() -> None:
        training: Training = st.session_state.training
        if training.more is not None:
            st.caption("When training is over.")
            return
        # The files are made outside of the session, so what they need is asked for here.
        runs = aligned(training.runs)
        looking = view([run.experiment for run in runs])
        with st.container(horizontal=True):
            st.download_button(
                "Runs (CSV)", lambda: csv(runs), "lossviz.csv", "text/csv", on_click="ignore"
            )
            st.download_button(
                "Animation (HTML, plays offline)",
                lambda: _page(runs, looking),
                "lossviz.html",
                "text/html",
                on_click="ignore",
            )
            for flavour, label in FLAVOURS.items():
                reason = why_not(wanted, flavour)
                st.download_button(
                    f"Script: {label}",
                    (lambda flavour=flavour: script(wanted, flavour)) if not reason else "",
                    f"lossviz_{flavour}.py", "text/x-python",
                    help=reason or None, disabled=bool(reason), on_click="ignore",
                    key=f"script {flavour}",
                )  # fmt: skip
        st.caption("A chart as PNG: the camera in its upper right corner.")

    folded("Take it away", "download", fill)


def _page(runs: Sequence[Run], looking: View) -> str:
    sentences = [headline(runs), *faults(runs)]
    return page(playground(runs, looking), "LossViz", sentences=sentences, marks=marks(runs))
