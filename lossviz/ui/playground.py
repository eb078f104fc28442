"""The playground's parts on the page: groups of controls, the player, and what stands below."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from itertools import islice

import streamlit as st

from lossviz.datasets import DATASETS
from lossviz.experiment import Experiment, Sweep
from lossviz.figures.style import styles
from lossviz.link import parse
from lossviz.losses import LOSSES
from lossviz.outliers import OUTLIERS
from lossviz.player import payload
from lossviz.playground import faults, headline, playground, remarks
from lossviz.presets import PRESETS
from lossviz.replay import aligned
from lossviz.ui import controls, state
from lossviz.ui.player import player
from lossviz.ui.training import TICK, Training, train

MAX_RUNS = 8  # no more than there are colours, nor than a chart can show
FOLD = "fold "  # keys of the groups: this and the title


def experiments() -> list[Experiment]:
    """The runs that fit on the screen; says so where there are more."""
    sweep = state.sweep()
    if sweep.size > MAX_RUNS:
        st.warning(
            f"These settings ask for {sweep.size:,} runs; the first {MAX_RUNS} are shown.",
            icon=":material/content_cut:",
        )
    return list(islice(sweep, MAX_RUNS))


def presets() -> None:
    """A choice of links that each teach one thing."""

    def go() -> None:
        state.adopt(PRESETS[st.session_state.preset].query)
        state.hold()
        st.session_state.preset = None  # so that the same one can be asked for again

    st.selectbox(
        "Show me", range(len(PRESETS)), index=None, key="preset", on_change=go,
        format_func=lambda number: PRESETS[number].title, placeholder="an example …",
    )  # fmt: skip


def settings() -> None:
    """Every setting, in groups."""
    controls.control("loss")
    for title, (icon, fill) in GROUPS.items():
        folded(title, icon, fill)
    options = controls.comparable()
    st.selectbox(
        "Compare several values of", list(options), index=None, key="compared",
        on_change=state.hold, format_func=options.__getitem__, placeholder="one setting …",
        help="That setting then takes several values; every combination is a run.",
    )  # fmt: skip


def folded(title: str, icon: str, fill: Callable[[], None]) -> None:
    """A group that is filled when it is opened: shut, it costs neither server nor browser."""
    group = st.expander(title, icon=f":material/{icon}:", key=FOLD + title, on_change=state.hold)
    if group.open:
        with group:
            fill()


def _data() -> None:
    controls.item("data")
    controls.control("seed")
    st.caption(" ".join(DATASETS[str(name)].notes for name in state.sweep()["data"]))


def _outliers() -> None:
    controls.item("outliers")
    controls.control("outlier_seed")
    st.caption(" ".join(OUTLIERS[str(name)].notes for name in state.sweep()["outliers"]))


def _loss_parameters() -> None:
    found = [
        f"{name}.{param.name}"
        for name in state.sweep()["loss"]
        for param in LOSSES[str(name)].params
    ]
    for key in found:
        controls.control(key, label=controls.label(key))
    if not found:
        st.caption("The chosen losses have no parameters.")


def _model() -> None:
    controls.item("model")
    for key in ("l1", "l2", "init", "scaling"):
        controls.control(key)


def _descent() -> None:
    controls.item("optimizer")
    for key in ("lr", "steps", "batch"):
        controls.control(key)
    controls.item("schedule")


def _view() -> None:
    shown = {"view.surface": [str(name) for name in state.sweep()["loss"]]}
    for key in state.VIEWS:
        controls.control(key, options=shown.get(key, ()))


GROUPS: Mapping[str, tuple[str, Callable[[], None]]] = {
    "Data": ("scatter_plot", _data),
    "Outliers": ("error_outline", _outliers),
    "Loss parameters": ("tune", _loss_parameters),
    "Model": ("show_chart", _model),
    "Descent": ("south_east", _descent),
    "View": ("visibility", _view),
}


def stage(wanted: Sequence[Experiment]) -> None:
    """The player; while training goes on, it grows by itself."""
    training = train(wanted)
    tick = TICK if training.more is not None else None
    st.fragment(_stage, run_every=tick)(training)


def _stage(training: Training) -> None:
    was_live = training.more is not None
    training.advance()
    if was_live and training.more is None:
        state.hold()
        st.rerun()
    runs = aligned(training.runs)
    chosen = [run.experiment.loss for run in runs]
    surface = chosen.index(state.view("surface")) if state.view("surface") in chosen else 0
    movie = playground(
        runs,
        surface=surface,
        relative=state.view("units") == "relative",
        is_log=state.view("scale") == "log",
        in_3d=state.view("surface_in") == "3d",
    )
    progress = {"done": training.done, "total": training.total} if training.more else None
    size = state.view("size")
    said = [f'<p class="lossviz-headline lossviz-{size}">{escape(headline(runs))}</p>']
    said += [f'<p class="lossviz-fault">{escape(fault)}</p>' for fault in faults(runs)]
    st.html("".join(said))
    action = player(
        payload(
            movie,
            run=_identity(training.experiments),
            start=state.step(),
            progress=progress,
            actions=({"name": "new_seed", "label": "New seed"},),
            size=size,
        ),
        on_action=_act,
    )
    st.caption("  \n".join(_plain(remark) for remark in remarks(runs)))
    if action:  # the callback has acted on it; the rest of the page is yet to follow
        state.hold()
        st.rerun()


def _identity(wanted: Sequence[Experiment]) -> str:
    return " ".join(experiment.query() for experiment in wanted)


def _act() -> None:
    action = st.session_state.player.action
    if action == "stop":
        st.session_state.training.stop()
    elif action == "new_seed":
        state.change("seed", [int(state.values("seed")[0]) + 1])


def notices() -> None:
    """What could not be honoured, a sentence a kind; and what the preset on show teaches."""
    for note in st.session_state.notes:
        st.warning(_plain(note), icon=":material/info:")
    lesson = _lessons().get(state.sweep())
    if lesson is not None:
        st.html(f'<p class="lossviz-lesson">{escape(lesson)}</p>')


@cache
def _lessons() -> dict[Sweep, str]:
    return {parse(preset.query)[0]: preset.lesson for preset in PRESETS}


def about(wanted: Sequence[Experiment]) -> None:
    """Formula, advice and source of each loss on show."""

    def fill() -> None:
        for experiment, look in zip(wanted, styles(wanted), strict=True):
            loss = LOSSES[experiment.loss]
            st.markdown(f"**{look.label}**")
            st.latex(loss.formula)
            st.markdown(f"{loss.notes} {loss.outside}")
            st.caption(_plain(loss.reference))

    folded("About these losses", "menu_book", fill)


def _plain(words: str) -> str:
    """The words with nothing that Markdown would take as an instruction."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>~$:])", r"\\\1", words)
