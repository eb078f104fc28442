"""The guide's parts on the page. Its data and outliers are those of the playground."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode

import streamlit as st

from lossviz.analysis.guide import (
    COSTS,
    LEVEL,
    METRICS,
    Finding,
    Pick,
    Proof,
    comparisons,
    linear,
    measure,
    prove,
    recommend,
    verdict,
)
from lossviz.engine.cost import held
from lossviz.engine.experiment import Experiment
from lossviz.engine.link import VIEW
from lossviz.engine.looks import styles
from lossviz.engine.numbers import number, percent
from lossviz.engine.settings import PLAIN
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.table import is_packed, table_of
from lossviz.items.outliers import OUTLIERS
from lossviz.ui import controls, own_data, state
from lossviz.ui.page import plain, warn
from lossviz.ui.player import picture
from lossviz.ui.spaces import VIEWS
from lossviz.ui.upload import dialog
from lossviz.views.charts.guide import intervals

CACHED = 64  # answers that the server keeps, and each session of rows of its own
WIDE = 420  # pixels
COST = VIEW + "cost"
SCOPES: tuple[Literal["global", "session"], ...] = "global", "session"


def choice() -> None:
    """Which rows are looked at."""
    for kind in ("data", "outliers"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            controls.item(kind)
            if kind == "data":
                dialog.button()
    chosen = next(iter(state.sweep()))
    said = [DATASETS[chosen.data].notes]
    # That rows are shown as they are goes without saying of one's own.
    if chosen.data not in own_data.OWN or chosen.outliers != PLAIN["outliers"].default:
        said.append(OUTLIERS[chosen.outliers].notes)
    st.caption("  \n".join(said))


def rows() -> Experiment:
    """The rows, as the first of the playground's experiments has them."""
    warn(state.notes())
    asked = next(iter(state.sweep()))
    # Nobody knew of rows that came by another way than the link when the link was read.
    affordable, words = held(linear(asked).sweep())
    if words:
        st.warning(f"These rows ask for {plain(words)}.", icon=":material/content_cut:")
    chosen = next(iter(affordable))
    if state.sweep().size > 1 and len(state.sweep()["data"]) > 1:
        st.info(f"Of several data sets the first is looked at: {DATASETS[chosen.data].label}.")
    if chosen.model != asked.model:
        st.info("Losses are weighed with a straight line: no solver finds a network's minimum.")
    return chosen


def _title(chosen: Experiment) -> str:
    """What the data are called: rows of the user's own by their name."""
    words = own_data.text_of(chosen)
    return plain(table_of(words).name if words else DATASETS[chosen.data].label)


def cost(chosen: Experiment) -> str:
    """What errors cost, as a key of COSTS; an answer that is none for such data counts as none."""
    words = COSTS[kind_of(chosen)]
    controls.control(COST, options=list(words), names=words, width=WIDE)
    said = str(state.view("cost"))
    return said if said in words else str(VIEWS[COST].default)


def kind_of(chosen: Experiment) -> str:
    """The key of COSTS and METRICS for the data's task."""
    return "regression" if DATASETS[chosen.data].task == "regression" else "classes"


def _measure(query: str, _experiment: Experiment) -> Mapping[str, Finding]:
    return measure(_experiment)


def _prove(queries: tuple[str, ...], _experiments: Sequence[Experiment]) -> Proof:
    return prove(_experiments)


# What is found of a file's rows ends with its session; what a link holds anybody may ask again.
MEASURED: Mapping[str, Callable[..., Mapping[str, Finding]]] = {
    scope: st.cache_data(max_entries=CACHED, show_spinner="Measuring …", scope=scope)(_measure)
    for scope in SCOPES
}
PROVED: Mapping[str, Callable[..., Proof]] = {
    scope: st.cache_data(
        max_entries=CACHED, show_spinner="Fitting every fold exactly …", scope=scope
    )(_prove)
    for scope in SCOPES
}


def _scope(chosen: Experiment) -> str:
    rows = own_data.text_of(chosen)
    return "session" if rows and not is_packed(rows) else "global"


def findings(chosen: Experiment) -> Mapping[str, Finding]:
    """What was measured, as a table."""
    found = MEASURED[_scope(chosen)](chosen.query(), chosen)
    st.header("What the rows say", anchor=False)
    # A plain table breaks its lines, so that a phone shows all of it.
    st.table(
        [
            {
                "Measured": plain(each.label),
                "Value": plain(number(each.value, 3)),
                "What it means": plain(each.meaning),
            }
            for each in found.values()
            if each.key != "rare_class"
        ],
        hide_index=True,
        alt="What was measured on the rows",
    )
    st.caption(f"{_title(chosen)}: {_task(chosen)}. Known outliers are counted in.")
    return found


def _task(chosen: Experiment) -> str:
    tasks = {"regression": "numbers", "binary": "two classes", "multiclass": "several classes"}
    return f"targets are {tasks[DATASETS[chosen.data].task]}"


def picks(chosen: Experiment, found: Mapping[str, Finding], cost: str) -> tuple[Pick, ...]:
    """The recommended losses with their reasons."""
    picked = recommend(chosen, found, cost)
    st.header("Losses to try", anchor=False)
    looks = styles([pick.experiment for pick in picked])
    for place, (pick, look) in enumerate(zip(picked, looks, strict=True), start=1):
        with st.container(border=True):
            st.subheader(f"{place}. {plain(look.label)}", anchor=False)
            st.markdown(plain(pick.reason))
            measured = (
                f"{found[key].label}: {number(found[key].value, 3)}" for key in pick.findings
            )
            st.caption(plain("Measured: " + "; ".join(measured)) if pick.findings else "")
            _open(pick.experiment, f"Open {look.label}")
    return picked


def _open(experiment: Experiment, label: str) -> None:
    carried: dict[str, Any] = parse_qs(f"{experiment.query()}&{urlencode(state.views())}")
    st.page_link(
        "pages/playground.py",
        label=plain(label),
        icon=":material/play_arrow:",
        query_params=carried,
        help="In the playground, on these rows",
    )


def proof(chosen: Experiment, picked: Sequence[Pick]) -> None:
    """Cross-validation on request, with its chart, its verdicts and its table."""
    st.header("Is the difference real?", anchor=False)
    st.markdown(
        "Each loss is fitted to its exact minimum on four fifths of the rows and scored on the "
        "rest, for each fifth in turn, in four draws of the fifths. Rows that are known to be "
        "outliers are trained on, but not scored."
    )
    wanted = tuple(dict.fromkeys([chosen, *(pick.experiment for pick in picked)]))
    queries = tuple(each.query() for each in wanted)
    if st.button("Prove it by cross-validation", icon=":material/fact_check:", on_click=state.hold):
        st.session_state.guide_proved = queries
    if st.session_state.get("guide_proved") != queries:
        return
    try:
        proved = PROVED[_scope(chosen)](queries, wanted)
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
    title = f"Mean difference to {usual}"
    picture(drawn, title, "guide intervals", height=drawn["layout"]["height"])
    folds = proved.scores.shape[1]
    if proved.rows < proved.available:
        st.caption(
            f"Of {proved.available:,} rows {proved.rows:,} were drawn for this, so that every fit "
            "can be exact; more rows would show smaller differences."
        )
    count = comparisons(proved)
    st.caption(
        f"Mean difference to {plain(usual)} over {folds} folds, with the interval of Nadeau and "
        "Bengio, which allows for folds that share rows. A filled mark: the interval leaves out "
        f"0. The more one compares, the more looks real by chance, so each of the {count} "
        f"intervals is drawn at {percent(f'{100 - 100 * (1 - LEVEL) / count:.2f}')} (Bonferroni): "
        f"then all of them hold together with at least {percent(f'{100 * LEVEL:.0f}')}. Parameters "
        "such as δ were set from all rows."
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
        hide_index=True,
        placeholder="–",
        key="guide scores",
        alt="The mean score of each loss over the folds",
    )
    for look, count in zip(looks, proved.unattained, strict=True):
        if count and kind == "classes":
            st.caption(
                f"{plain(look.label)}: in {count} of {folds} folds no finite "
                "minimum exists, as the classes can be separated; its probabilities are then far "
                "too sure. An L2 penalty cures that."
            )
