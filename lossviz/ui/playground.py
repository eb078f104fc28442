"""The playground's parts on the page: groups of controls, the player, and what stands below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from itertools import islice

import streamlit as st

from lossviz.analysis.replay import aligned
from lossviz.base.limits import LINK
from lossviz.base.limits import SHOWN as MAX_RUNS
from lossviz.engine import cost
from lossviz.engine.experiment import Experiment, Sweep, loss_of
from lossviz.engine.link import VIEW, parse
from lossviz.engine.training import Run
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.own import is_packed
from lossviz.items.losses import LOSSES
from lossviz.items.outliers import OUTLIERS
from lossviz.player import Action, Edit, payload
from lossviz.ui import controls, editing, own, state
from lossviz.ui.page import plain
from lossviz.ui.player import player
from lossviz.ui.training import TICK, Training, train
from lossviz.views.examples import PRESETS
from lossviz.views.panels import (
    View,
    faults,
    headline,
    linked_rows,
    marks,
    panels,
    playground,
    remarks,
)

# By whether points are being edited.
ACTIONS = {
    False: ({"name": "new_seed", "label": "New seed"}, {"name": "edit", "label": "Edit points"}),
    True: ({"name": "edit", "label": "Done editing"},),
}
FOLD = "fold "  # keys of the groups: this and the title


def experiments() -> list[Experiment]:
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
    if sweep.size > MAX_RUNS:
        _cut(f"{said}the first {MAX_RUNS} are shown.")
    if len(here) < len(found):
        kind = "classes" if _has_classes(found[0]) else "numbers"
        _cut(f"{said}those on data with {kind} are shown, as other data need other charts.")
    return here


def _affordable(sweep: Sweep) -> tuple[Sweep, str]:
    """As much of the sweep as the server trains, where the runs that fit on the screen are more:
    of rows that came by another way than the link nobody knew. What was cut, in words."""
    some = list(islice(sweep, MAX_RUNS))
    return cost.held(sweep) if cost.too_much(some, LINK) else (sweep, "")


def _shown(sweep: Sweep) -> tuple[list[Experiment], list[Experiment]]:
    """As many runs as there are colours, and those of them whose data need the same charts."""
    found = list(islice(sweep, MAX_RUNS))
    return found, [each for each in found if _has_classes(each) == _has_classes(found[0])]


def _has_classes(experiment: Experiment) -> bool:
    return DATASETS[experiment.data].task != "regression"


def _cut(words: str) -> None:
    st.session_state.cut.append(words)
    st.warning(words, icon=":material/content_cut:")


def presets() -> None:
    """A choice of links that each teach one thing."""

    def go() -> None:
        state.adopt(PRESETS[st.session_state.preset].query)
        state.hold()
        st.session_state.preset = None  # so that the same one can be asked for again

    st.selectbox(
        "Show me",
        range(len(PRESETS)),
        index=None,
        key="preset",
        on_change=go,
        format_func=lambda number: PRESETS[number].title,
        placeholder="an example …",
    )


def settings() -> None:
    """Every setting, in groups."""
    controls.control("loss")
    for title, (icon, fill) in GROUPS.items():
        folded(title, icon, fill)
    options = controls.comparable()
    st.selectbox(
        "Compare several values of",
        list(options),
        index=None,
        key="compared",
        on_change=state.hold,
        format_func=options.__getitem__,
        placeholder="one setting …",
        help="That setting then takes several values; every combination is a run.",
    )


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
    found = dict.fromkeys(
        f"{each.loss}.{param.name}"
        for each in islice(state.sweep(), MAX_RUNS)
        for param in loss_of(each).params
    )
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
    for key in ("lr", "steps", "batch", "patience"):
        controls.control(key)
    controls.item("schedule")


def _view() -> None:
    controls.control("view.surface", options=state.sweep()["loss"])
    for name in ("surface_in", "scale", "units", "size"):
        controls.control(VIEW + name)


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
    st.session_state.pop("acted", None)  # this is the page that follows
    training = train(wanted)
    is_live = training.more is not None
    st.fragment(_stage, run_every=TICK if is_live else None)(is_live)


def _stage(is_live: bool) -> None:
    training: Training = st.session_state.training  # while a point is dragged, another each time
    # Only at the tick after the last: a rerun while widgets are on their way to the browser for
    # the first time would have it forget their values. After a click or an edit the whole page
    # follows, and nothing is drawn before: charts would answer a press while they still move.
    if (is_live and training.more is None) or st.session_state.pop("acted", False):
        state.hold()
        st.rerun()
    training.advance()
    runs = aligned(training.runs)
    asked = [run.experiment for run in runs]
    looking, shown = view(asked), panels(asked)
    size = str(state.view("size"))
    # The words come before the charts, which would move below them, and early, as Streamlit rests
    # for a moment after it has sent. So that lines follow a finger, the words on few rows, for
    # which there is room then, are written while the lines are drawn.
    is_quick = editing.is_on() and is_packed(own.text_of(asked[looking.chosen]))
    above = st.container()
    if not is_quick:
        above.html(_said(runs, size))
    movie, changes = playground(runs, looking), editing.editing(runs[looking.chosen], looking)
    progress = {"done": training.done, "total": training.total} if training.more else None
    player(
        payload(
            movie,
            run=_identity(training.experiments),
            start=state.step(),
            progress=progress,
            actions=ACTIONS[editing.is_on()],
            marks=[] if training.more else marks(runs),
            choosable=changes is None
            and looking.panel == "overview"
            and bool({"network", "images"} & set(shown)),
            size=size,
            editing=changes,
        ),
        on_action=_act,
        on_edit=_edit,
    )
    if is_quick:
        above.html(_said(runs, size))
    notes = [*remarks(runs), *filter(None, [own.said_of_link(asked[0])])]
    st.caption("  \n".join(plain(note) for note in notes))


def _said(runs: Sequence[Run], size: str) -> str:
    """The sentences above the charts, as HTML."""
    # While points are dragged, the charts below must not move by a line.
    room = " lossviz-roomy" if editing.is_on() else ""
    said = [f'<p class="lossviz-headline lossviz-{size}{room}">{escape(headline(runs))}</p>']
    said += [f'<p class="lossviz-fault">{escape(fault)}</p>' for fault in faults(runs)]
    return "".join(said)


def panel(wanted: Sequence[Experiment]) -> None:
    """Which panel is shown, and what it asks for; nothing where there is but one."""
    shown = panels(wanted)
    here = view(wanted).panel
    dataset, features = DATASETS[wanted[0].data], own.features(wanted[0])
    if len(shown) == 1 and len(features) < 3:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if len(shown) > 1:
            controls.control(VIEW + "panel", options=shown)
        if here == "metrics" and dataset.task == "binary":
            controls.control(VIEW + "threshold", width=150)
            for name in dict.fromkeys(each.loss for each in wanted):
                for param in LOSSES[name].params:
                    if param.name in ("weight_0", "weight_1"):
                        label = f"{param.help.partition(':')[0]} ({param.label})"
                        controls.control(
                            f"{name}.{param.name}",
                            label=label,
                            place="panel",
                            width=210,
                            is_slider=True,
                        )
        elif here in ("network", "images"):
            controls.control(VIEW + "row", width=160)
        if here in ("overview", "network") and dataset.task != "regression":
            _plane(features)


def _plane(features: Sequence[str]) -> None:
    if len(features) > 2:
        names = dict(enumerate(("principal component", *features)))
        for name in ("across", "up"):
            controls.control(VIEW + name, options=range(len(names)), names=names, width=230)


def view(wanted: Sequence[Experiment]) -> View:
    """How the settings look at these runs."""
    losses, panel = [each.loss for each in wanted], str(state.view("panel"))
    chosen, origin = state.view("surface"), editing.origin()
    return View(
        panel=panel if panel in panels(wanted) else "overview",
        chosen=losses.index(str(chosen)) if chosen in losses else 0,
        relative=state.view("units") == "relative",
        is_log=state.view("scale") == "log",
        in_3d=state.view("surface_in") == "3d",
        across=int(state.view("across")),
        up=int(state.view("up")),
        threshold=float(state.view("threshold")),
        row=int(state.view("row")) - 1,
        came_from=origin and origin[0],
    )


def _identity(wanted: Sequence[Experiment]) -> str:
    return " ".join(experiment.query() for experiment in wanted)


def _edit(edit: Edit) -> None:
    runs = st.session_state.training.runs
    editing.follow(edit, runs, view([run.experiment for run in runs]))
    train(_shown(_affordable(state.sweep())[0])[1])
    st.session_state.acted = edit.kind != "drag"  # on its way, a point moves the charts alone


def _act(action: Action) -> None:
    st.session_state.acted = True
    training: Training = st.session_state.training
    looking = view(training.experiments)
    if action.name == "stop":
        training.stop()
    elif action.name == "edit":
        editing.toggle(training.experiments[looking.chosen])
    elif action.name == "new_seed":
        seeds = [int(seed) for seed in state.values("seed")]
        state.change("seed", [seed + max(seeds) - min(seeds) + 1 for seed in seeds])
    elif action.row is not None:
        rows = linked_rows(training.runs, looking)
        if action.row < len(rows):
            row = int(rows[action.row]) + 1
            state.change(VIEW + "row", [row])
            # A toast from here would be gone with the rerun that follows.
            st.session_state.said = f"Training row {row:,} is chosen for the other panels."


def notices() -> None:
    """What could not be honoured, a sentence a kind; what a click has done; and what the preset on
    show teaches."""
    if "said" in st.session_state:
        st.toast(st.session_state.pop("said"))
    for note in st.session_state.notes:
        st.warning(plain(note), icon=":material/info:")
    origin = editing.origin()
    lesson = _lessons().get(origin[1] if origin else state.sweep())
    if lesson is not None:
        st.html(f'<p class="lossviz-lesson">{escape(lesson)}</p>')
    # What is said no more would else stay until all is done, and then move the charts.
    said = len(st.session_state.notes) + (lesson is not None)
    st.session_state.most_said = max(said, st.session_state.get("most_said", 0))
    for _ in range(said, st.session_state.most_said):
        st.empty()


@cache
def _lessons() -> dict[Sweep, str]:
    return {parse(preset.query)[0]: preset.lesson for preset in PRESETS}
