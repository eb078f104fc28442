"""Which runs the page shows: as many as the settings ask for and the screen holds."""

from __future__ import annotations

from itertools import islice

import streamlit as st

from lossviz.base.limits import LINK, SHOWN
from lossviz.engine import cost
from lossviz.engine.experiment import Experiment, Sweep
from lossviz.items.datasets import DATASETS
from lossviz.ui import controls, state


def wanted() -> list[Experiment]:
    """The runs that fit on the screen; says so where there are more, or none."""
    st.session_state.cut = []
    for key in state.emptied():
        st.info(controls.asks_for_nothing(key), icon=":material/info:")
    if state.emptied():
        return []
    sweep, words = _affordable(state.sweep())
    if words:
        _cut(f"These settings ask for {words}.")
    found, here = _shown(sweep)
    said = f"These settings ask for {sweep.size:,} runs; "
    if sweep.size > SHOWN:
        _cut(f"{said}the first {SHOWN} are shown.")
    if len(here) < len(found):
        kind = "classes" if _has_classes(found[0]) else "numbers"
        _cut(f"{said}those on data with {kind} are shown, as other data need other charts.")
    return here


def _affordable(sweep: Sweep) -> tuple[Sweep, str]:
    """As much of the sweep as the server trains, where the runs that fit on the screen are more:
    of rows that came by another way than the link nobody knew. What was cut, in words."""
    some = list(islice(sweep, SHOWN))
    return cost.held(sweep) if cost.too_much(some, LINK) else (sweep, "")


def _shown(sweep: Sweep) -> tuple[list[Experiment], list[Experiment]]:
    """As many runs as a page shows, and those of them whose data need the same charts."""
    found = list(islice(sweep, SHOWN))
    return found, [each for each in found if _has_classes(each) == _has_classes(found[0])]


def affordable(sweep: Sweep) -> list[Experiment]:
    """The runs of a sweep that would be on show, without a word on what is cut."""
    return _shown(_affordable(sweep)[0])[1]


def _has_classes(experiment: Experiment) -> bool:
    return DATASETS[experiment.data].task != "regression"


def _cut(words: str) -> None:
    st.session_state.cut.append(words)
    st.warning(words, icon=":material/content_cut:")
