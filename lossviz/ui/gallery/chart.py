"""The gallery's chart: loss, slope and curvature of all that are on show."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lossviz.base.registry import text
from lossviz.engine.experiment import Experiment, loss_of
from lossviz.engine.looks import styles
from lossviz.formula.item import VARIABLES
from lossviz.items.catalogue.curves import places
from lossviz.items.catalogue.jumps import curve_with_gaps
from lossviz.ui import formula_findings, state
from lossviz.ui.gallery.address import task_of
from lossviz.ui.gallery.choice import depends_on_target
from lossviz.ui.page import plain
from lossviz.ui.player import picture
from lossviz.views.charts.gallery import gallery

HEIGHT = 630  # pixels
SPAN = {"regression": (-5.0, 5.0), "binary": (-4.0, 4.0), "multiclass": (-4.0, 4.0)}


def curves(wanted: Sequence[Experiment]) -> None:
    """Loss, slope and curvature of all that are on show."""
    if not wanted:
        return
    target = float(state.view("target"))
    task = task_of(state.sweep())
    kinks = [kink for each in wanted for kink in loss_of(each).kinks(**each.params_of("loss"))]
    x = places(*SPAN[task], kinks)
    found = [
        curve_with_gaps(
            loss_of(each),
            each.params_of("loss"),
            x,
            target=target,
            classes=2 if task == "binary" else 3,
        )
        for each in wanted
    ]
    drawn = gallery(styles(wanted), found, is_margin=task != "regression")
    drawn["layout"]["uirevision"] = task  # its losses have places of their own to zoom to
    picture(drawn, "Loss, slope and curvature", "gallery chart", height=HEIGHT)
    words = (
        "Above the loss; in the middle its slope, which says how hard a row pulls; below its "
        "curvature, which says how steady a step must be."
    )
    if task == "multiclass":
        words += " Of three classes; the scores of the two others are equal."
    if any(depends_on_target(each) for each in wanted):
        words += f" Where more than the residual counts, the target is {text(target)}."
    st.caption(words)


def formulas(wanted: Sequence[Experiment]) -> None:
    """What was found of each formula of one's own that is on show, and where."""
    for place, (experiment, look) in enumerate(zip(wanted, styles(wanted), strict=True)):
        if experiment.loss in VARIABLES:
            st.header(plain(look.label))
            formula_findings.show(experiment, look, f"gallery findings {place}")
