"""A card for each loss on show: its formula, facts and advice, its names and code elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lossviz.base.registry import text
from lossviz.engine.experiment import Experiment, loss_of
from lossviz.engine.numbers import number
from lossviz.items.catalogue import (
    LIBRARIES,
    Facts,
    factor_words,
    facts_at,
    filled,
    snippet,
)
from lossviz.items.losses import LOSSES, Loss
from lossviz.items.losses.known import Peer
from lossviz.ui.page import plain

NOT_KNOWN = "not known"
COUNTS = "counts"  # data for losses that want targets of 0 and more


def show(wanted: Sequence[Experiment]) -> None:
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
        for when, said in (("Use it when", loss.known.use), ("Not when", loss.known.avoid)):
            if said != "":
                st.markdown(f"**{when}:** {said or NOT_KNOWN}")
        if loss.notes or loss.outside:
            st.markdown(f"{loss.notes} {loss.outside}")
        st.caption(plain(loss.reference or f"Reference: {NOT_KNOWN}"))
        st.page_link(
            "pages/playground.py",
            label="Train with it",
            icon=":material/play_arrow:",
            query_params=train_link(experiment),
        )
    with code:
        _names(loss)
        script = snippet(loss, library, params)
        if script is None:
            st.markdown(f"Its code for {LIBRARIES[library].label}: {NOT_KNOWN}")
        elif script:
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
        peers = [peer for peer in loss.known.peers or () if peer.library == library.name]
        told = "; ".join(f"`{peer.name}`: {_size(peer, loss)}" for peer in peers)
        none = NOT_KNOWN if loss.known.peers is None else "none of its own"
        lines.append(f"- **{library.label}**: {told or none}")
    st.markdown("\n".join(["What it is called, and its value there:", "", *lines]))


def _size(peer: Peer, loss: Loss) -> str:
    return factor_words(peer, loss) + ", if nothing is set" * peer.plain


def train_link(experiment: Experiment) -> dict[str, str]:
    """The playground's address for a loss with its parameters, on data that suit it."""
    loss = LOSSES[experiment.loss]
    pairs = {"loss": loss.name, **{key: text(value) for key, value in experiment.params}}
    wants_counts = loss.task == "regression" and loss.domain[0] >= 0.0
    data = COUNTS if wants_counts else experiment.data
    return pairs if data == Experiment.data else {"data": data, **pairs}
