"""What there is to say of a formula of one's own, on the page."""

from __future__ import annotations

import streamlit as st

from lossviz.engine.experiment import Experiment
from lossviz.engine.looks import Style
from lossviz.formula.check import check_slope
from lossviz.formula.item import findings, formula_of
from lossviz.ui.page import plain
from lossviz.ui.player import picture
from lossviz.views.charts.findings import HEIGHT, is_drawn
from lossviz.views.charts.findings import findings as drawn


def show(experiment: Experiment, look: Style, key: str) -> None:
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
