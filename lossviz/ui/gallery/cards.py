"""What stands below the gallery's chart: a card for each loss, and the table of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from lossviz.base.registry import Value, text
from lossviz.engine.experiment import Experiment, loss_of
from lossviz.engine.numbers import number
from lossviz.items.catalogue import (
    ADVICE,
    LIBRARIES,
    PEERS,
    Facts,
    Peer,
    Timing,
    factor_words,
    facts,
    facts_at,
    filled,
    snippet,
    timings,
)
from lossviz.items.losses import LOSSES, Loss
from lossviz.ui.page import plain
from lossviz.views.gallery_link import TASKS, train_link

TABLE_HEIGHT = 480  # pixels
ESTIMATES_WIDTH = 140  # pixels, for the longest of its words
FILTERS: Mapping[str, Callable[[Facts], bool]] = {
    "convex": lambda facts: facts.convex,
    "robust": lambda facts: facts.robust,
    "lets outliers go": lambda facts: facts.redescending,
    "smooth": lambda facts: facts.smooth,
    "gives probabilities": lambda facts: facts.probabilistic,
}


def cards(wanted: Sequence[Experiment]) -> None:
    """Formula, facts, advice, names and code of each loss on show."""
    if not wanted:
        return
    st.header("The losses on show")
    library = st.segmented_control(
        "Code for",
        list(LIBRARIES),
        default="sklearn",
        required=True,
        key="gallery library",
        format_func=lambda name: LIBRARIES[name].label,
        help="Each script takes NumPy arrays, z of raw predictions and y of targets or labels as "
        "floats, and leaves the mean loss in `loss`.",
    )
    for experiment in wanted:
        with st.container(border=True):
            _card(experiment, library)


def _card(experiment: Experiment, library: str) -> None:
    loss, params = loss_of(experiment), experiment.params_of("loss")
    st.markdown(f"### {loss.label}")
    words, code = st.columns(2, gap="medium")
    with words:
        st.latex(f"L = {loss.formula}")
        numbers = [param for param in loss.params if not isinstance(param.default, str)]
        if numbers:
            values = (f"{param.label} = {text(params[param.name])}" for param in numbers)
            st.caption(f"With {', '.join(values)}:")
            st.latex(f"L = {filled(loss, params)}")
        st.markdown(" · ".join(_tags(facts_at(loss, params))))
        advice = ADVICE.get(loss.name)
        if advice:
            st.markdown(f"**Use it when:** {advice.use}")
            st.markdown(f"**Not when:** {advice.avoid}")
        st.markdown(f"{loss.notes} {loss.outside}")
        st.caption(plain(loss.reference))
        st.page_link(
            "pages/playground.py",
            label="Train with it",
            icon=":material/play_arrow:",
            query_params=train_link(experiment),
        )
    with code:
        _names(loss)
        script = snippet(loss, library, params)
        if script:
            st.code(script, language="python", wrap_lines=True)


def _tags(found: Facts) -> list[str]:
    tags = ["convex" if found.convex else "not convex in general"]
    if found.pull is None:
        tags.append("not robust: the pull has no bound")
    elif found.redescending:
        tags.append(f"robust: pulls with {number(found.pull, 3)} at most, and lets go far out")
    else:
        tags.append(f"robust: pulls with {number(found.pull, 3)} at most")
    kinks = ", ".join(number(kink, 3) for kink in found.kinks)
    tags.append(f"kink at {kinks}" if kinks else "smooth")
    if found.curvature is not None:
        tags.append(f"curvature up to {number(found.curvature, 3)}")
    if found.estimates:
        tags.append(f"estimates: {found.estimates}")
    if found.task != "regression":
        tags.append("gives probabilities" if found.probabilistic else "gives scores only")
    return tags


def _names(loss: Loss) -> None:
    lines = []
    for library in LIBRARIES.values():
        peers = [peer for peer in PEERS.get(loss.name, ()) if peer.library == library.name]
        told = "; ".join(f"`{peer.name}`: {_size(peer, loss)}" for peer in peers)
        lines.append(f"- **{library.label}**: {told or 'none of its own'}")
    st.markdown("\n".join(["What it is called, and its value there:", "", *lines]))


def _size(peer: Peer, loss: Loss) -> str:
    return factor_words(peer, loss) + ", if nothing is set" * peer.plain


def table() -> None:
    """The facts of all losses, to be sorted and filtered, with their times if they are known."""
    st.header("All losses")
    tasks = {words: task for task, words in TASKS.items()}
    chosen = st.pills(
        "Only those that are",
        [*tasks, *FILTERS],
        selection_mode="multi",
        key="gallery filter",
        format_func=lambda words: f"for {words.lower()}" if words in tasks else words,
    )
    wanted_tasks = [tasks[words] for words in chosen if words in tasks]
    kept = {
        name: found
        for name, found in ((name, facts(loss)) for name, loss in LOSSES.items())
        if (not wanted_tasks or found.task in wanted_tasks)
        and all(FILTERS[words](found) for words in chosen if words in FILTERS)
    }
    times: dict[str, Timing] = st.session_state.get("gallery_times", {})
    st.dataframe(
        [_row(LOSSES[name], found, times.get(name)) for name, found in kept.items()],
        hide_index=True,
        placeholder="–",
        key="gallery table",
        height=TABLE_HEIGHT,
        column_config={"Estimates": st.column_config.TextColumn(width=ESTIMATES_WIDTH)},
        alt="The facts of each loss: convex, robust, smooth, and what it estimates",
    )
    st.caption(f"{len(kept)} of {len(LOSSES)} losses, at their default parameters.")
    st.button("Measure the time of each", icon=":material/timer:", on_click=_measure)
    if times:
        st.caption(
            "Milliseconds on this server, just now, for the loss and its slope at a million "
            "points; for several classes a point has three scores."
        )


def _measure() -> None:
    st.session_state.gallery_times = timings(LOSSES)


def _row(loss: Loss, found: Facts, timing: Timing | None) -> dict[str, Value | None]:
    row: dict[str, Value | None] = {"Loss": loss.label}
    if timing is not None:  # beside the name, where whoever asked for it need not scroll
        row["ms per million"] = _rounded(timing.milliseconds)
        row["× squared error"] = _rounded(timing.ratio)
    return row | {
        "For": TASKS[found.task].lower(),
        "Convex": _yes(found.convex),
        "Robust": _yes(found.robust),
        "Largest pull": _rounded(found.pull),
        "Lets outliers go": _yes(found.redescending),
        "Smooth": _yes(found.smooth),
        "Largest curvature": _rounded(found.curvature),
        "Estimates": found.estimates or None,
        "Probabilities": None if found.task == "regression" else _yes(found.probabilistic),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}")


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"
