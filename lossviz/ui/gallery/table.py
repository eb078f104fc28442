"""The table of all losses, to be sorted and filtered."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from lossviz.base.registry import Value
from lossviz.items.catalogue import Facts, Timing, facts, timings
from lossviz.items.losses import LOSSES, Loss
from lossviz.ui.gallery.address import TASKS

HEIGHT = 480  # pixels
ESTIMATES_WIDTH = 140  # pixels, for the longest of its words
FILTERS: Mapping[str, Callable[[Facts], bool]] = {
    "convex": lambda facts: facts.convex,
    "robust": lambda facts: facts.robust,
    "lets outliers go": lambda facts: facts.redescending,
    "smooth": lambda facts: facts.smooth,
    "gives probabilities": lambda facts: facts.probabilistic,
}


def show() -> None:
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
        height=HEIGHT,
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
