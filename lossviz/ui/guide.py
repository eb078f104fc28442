"""The guide's parts on the page. Its data and outliers are those of the playground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import streamlit as st

from lossviz.datasets import DATASETS
from lossviz.experiment import Experiment
from lossviz.figures.guide import intervals
from lossviz.figures.numbers import number
from lossviz.figures.style import styles
from lossviz.guide import (
    COSTS,
    METRICS,
    Finding,
    Pick,
    Proof,
    linear,
    measure,
    prove,
    recommend,
    verdict,
)
from lossviz.outliers import OUTLIERS
from lossviz.ui import controls, state
from lossviz.ui.page import plain

CACHED = 64  # answers that the server keeps


def choice() -> None:
    """Which rows are looked at."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        controls.item("data")
        controls.item("outliers")
    chosen = next(iter(state.sweep()))
    st.caption(f"{DATASETS[chosen.data].notes} {OUTLIERS[chosen.outliers].notes}")


def rows() -> Experiment:
    """The rows, as the first of the playground's experiments has them."""
    for note in st.session_state.notes:
        st.warning(plain(note), icon=":material/info:")
    asked = next(iter(state.sweep()))
    chosen = linear(asked)
    if state.sweep().size > 1 and len(state.sweep()["data"]) > 1:
        st.info(f"Of several data sets the first is looked at: {DATASETS[chosen.data].label}.")
    if chosen.model != asked.model:
        st.info("Losses are weighed with a straight line: no solver finds a network's minimum.")
    return chosen


def cost(chosen: Experiment) -> str:
    """What errors cost, as a key of COSTS."""
    kind = kind_of(chosen)
    words = COSTS[kind]
    return st.radio(
        "What do errors cost?", list(words), key=f"guide cost {kind}",
        format_func=words.__getitem__, on_change=state.hold, horizontal=True,
    )  # fmt: skip


def kind_of(chosen: Experiment) -> str:
    """The key of COSTS and METRICS for the data's task."""
    return "regression" if DATASETS[chosen.data].task == "regression" else "classes"


@st.cache_data(max_entries=CACHED, show_spinner=False)
def _measured(query: str, _experiment: Experiment) -> Mapping[str, Finding]:
    return measure(_experiment)


@st.cache_data(max_entries=CACHED, show_spinner="Fitting every fold exactly …")
def _proved(queries: tuple[str, ...], _experiments: Sequence[Experiment]) -> Proof:
    return prove(_experiments)


def findings(chosen: Experiment) -> Mapping[str, Finding]:
    """What was measured, as a table."""
    found = _measured(chosen.query(), chosen)
    st.header("What the rows say")
    st.dataframe(
        [
            {"Measured": each.label, "Value": number(each.value, 3), "What it means": each.meaning}
            for each in found.values()
            if each.key != "rare_class"
        ],
        hide_index=True, key="guide findings", alt="What was measured on the rows",
    )  # fmt: skip
    st.caption(f"{DATASETS[chosen.data].label}: {_task(chosen)}. Spoiled rows are counted in.")
    return found


def _task(chosen: Experiment) -> str:
    tasks = {"regression": "numbers", "binary": "two classes", "multiclass": "several classes"}
    return f"targets are {tasks[DATASETS[chosen.data].task]}"


def picks(chosen: Experiment, found: Mapping[str, Finding], cost: str) -> tuple[Pick, ...]:
    """The recommended losses with their reasons."""
    picked = recommend(chosen, found, cost)
    st.header("Losses to try")
    looks = styles([pick.experiment for pick in picked])
    for place, (pick, look) in enumerate(zip(picked, looks, strict=True), start=1):
        with st.container(border=True):
            st.markdown(f"### {place}. {plain(look.label)}")
            st.markdown(pick.reason)
            measured = (
                f"{found[key].label}: {number(found[key].value, 3)}" for key in pick.findings
            )
            st.caption(plain("Measured: " + "; ".join(measured)) if pick.findings else "")
            _open(pick.experiment, f"Open {look.label}")
    return picked


def _open(experiment: Experiment, label: str) -> None:
    carried: dict[str, Any] = parse_qs(experiment.query())
    st.page_link(
        "pages/playground.py", label=plain(label), icon=":material/play_arrow:",
        query_params=carried, help="In the playground, on these rows",
    )  # fmt: skip


def proof(chosen: Experiment, picked: Sequence[Pick]) -> None:
    """Cross-validation on request, with its chart, its verdicts and its table."""
    st.header("Is the difference real?")
    st.markdown(
        "Each loss is fitted to its exact minimum on four fifths of the rows and scored on the "
        "rest, for each fifth in turn, in four draws of the fifths. Rows that were spoiled "
        "on purpose are trained on, but not scored."
    )
    wanted = tuple(dict.fromkeys([chosen, *(pick.experiment for pick in picked)]))
    queries = tuple(each.query() for each in wanted)
    if st.button("Prove it by cross-validation", icon=":material/fact_check:", on_click=state.hold):
        st.session_state.guide_proved = queries
    if st.session_state.get("guide_proved") != queries:
        return
    try:
        proved = _proved(queries, wanted)
    except ValueError as error:
        st.warning(plain(str(error)), icon=":material/info:")
        return
    looks = styles(wanted)
    kind = kind_of(chosen)
    usual = looks[0].label
    lines = [
        f"- **{plain(look.label)}** against {plain(usual)}: {plain(verdict(proved, place))}."
        for place, look in enumerate(looks)
        if place
    ]
    st.markdown("\n".join(lines))
    drawn = intervals(looks, proved, kind)
    st.plotly_chart(drawn, key="guide intervals", config={"displaylogo": False},
                    height=drawn["layout"]["height"])  # fmt: skip
    folds = proved.scores.shape[1]
    st.caption(
        f"Mean difference to {plain(usual)} over {folds} folds, with the 95 % interval of Nadeau "
        "and Bengio, which allows for folds that share rows. A filled mark: the interval leaves "
        "out 0. Each interval stands for itself: one in twenty would leave out 0 by chance. "
        "Parameters such as δ were set from all rows."
    )
    means = proved.scores.mean(axis=1)
    st.dataframe(
        [
            {"Loss": look.label}
            | {
                METRICS[kind][name][0]: None if score != score else float(f"{score:.4g}")
                for name, score in zip(proved.metrics, own, strict=True)
            }
            for look, own in zip(looks, means.tolist(), strict=True)
        ],
        hide_index=True, placeholder="–", key="guide scores",
        alt="The mean score of each loss over the folds",
    )  # fmt: skip
    for look, count in zip(looks, proved.unattained, strict=True):
        if count and kind == "classes":
            st.caption(
                f"{plain(look.label)}: in {count} of {folds} folds no finite "
                "minimum exists, as the classes can be separated; its probabilities are then far "
                "too sure. An L2 penalty cures that."
            )
