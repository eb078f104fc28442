"""What there is to say of the losses on show: formula, advice and source."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lossviz.engine.experiment import Experiment, loss_of
from lossviz.engine.looks import styles
from lossviz.formula.item import VARIABLES
from lossviz.ui import formula_findings
from lossviz.ui.page import folded, plain


def show(wanted: Sequence[Experiment]) -> None:
    """Formula, advice and source of each loss on show."""

    def fill() -> None:
        for place, (experiment, look) in enumerate(zip(wanted, styles(wanted), strict=True)):
            loss = loss_of(experiment)
            st.markdown(f"**{plain(look.label)}**")
            st.latex(loss.formula)
            st.markdown(f"{loss.notes} {loss.outside}")
            if experiment.loss in VARIABLES:
                formula_findings.show(experiment, look, f"findings {place}")
            st.caption(plain(loss.reference))

    folded("About these losses", "menu_book", fill)
