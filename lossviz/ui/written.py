"""What there is to say of a formula of one's own, on the page."""

from __future__ import annotations

import streamlit as st

from lossviz.experiment import Experiment
from lossviz.figures.findings import HEIGHT, is_drawn
from lossviz.figures.findings import findings as drawn
from lossviz.figures.style import Style
from lossviz.formula import check_slope
from lossviz.ui.page import plain
from lossviz.ui.player import picture
from lossviz.written import findings, formula_of


def what_was_found(experiment: Experiment, look: Style, key: str) -> None:
    """The slope, what was found and where, and the check of the slope; `key` names the chart."""
    options = experiment.params_of("loss")
    written, found = formula_of(experiment.loss, options), findings(experiment.loss, options)
    st.markdown("Its slope:")
    st.latex(written.derivative_latex())
    for sentence in found.sentences:
        st.markdown(f"- {plain(sentence)}")
    if is_drawn(found):
        figure = drawn(look, found, is_margin=written.variable == "m")
        picture(figure, "Where it was found", key, height=HEIGHT)
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
