"""The stage: the player, what is said above and below it, and what a press on it does."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from lossviz.engine.experiment import Experiment
from lossviz.engine.frames import aligned
from lossviz.engine.link import VIEW
from lossviz.engine.run import Run
from lossviz.items.datasets.table import is_packed
from lossviz.player import Action, Edit, Turn, payload
from lossviz.ui import own_data, state
from lossviz.ui.page import plain
from lossviz.ui.player import player, turned
from lossviz.ui.playground import editing, turning, which_runs
from lossviz.ui.playground.panel import view
from lossviz.ui.spaces import HERO
from lossviz.ui.training import TICK, Training, train
from lossviz.views.knobs import knobs
from lossviz.views.panels import PANELS, ROW, linked_rows, marks, panels, playground
from lossviz.views.sentences import faults, headline, minima, remarks

# By whether points are being edited.
ACTIONS = {
    False: ({"name": "new_seed", "label": "New seed"}, {"name": "edit", "label": "Edit points"}),
    True: ({"name": "edit", "label": "Done editing"},),
}


def show(wanted: Sequence[Experiment]) -> None:
    """The player; while training goes on, it grows by itself."""
    for said in ("acted", "turning"):  # this is the page that follows
        st.session_state.pop(said, None)
    training = train(wanted)
    is_live = training.more is not None
    st.fragment(_stage, run_every=TICK if is_live else None)(is_live)


def _stage(is_live: bool) -> None:
    # While a point is dragged, or a knob turned, another each time.
    training: Training = st.session_state.training
    is_turning = st.session_state.get("turning", False)
    # Only at the tick after the last: a rerun while widgets are on their way to the browser for
    # the first time would have it forget their values. After a click or an edit the whole page
    # follows, and nothing is drawn before: charts would answer a press while they still move.
    is_over = is_live and training.more is None and not is_turning
    if is_over or st.session_state.pop("acted", False):
        state.hold()
        st.rerun()
    training.advance()
    runs = aligned(training.runs)
    asked = [run.experiment for run in runs]
    looking = view(asked)
    size = str(state.view("size"))
    # The words come before the charts, which would move below them, and early, as Streamlit rests
    # for a moment after it has sent. So that lines follow a finger, the words on few rows, for
    # which there is room then, are written while the lines are drawn.
    is_few = editing.is_on() and is_packed(own_data.text_of(asked[looking.focus]))
    is_quick = is_turning or is_few
    above = st.container()
    if not is_quick:
        above.html(_said(runs, size))
    movie, changes = playground(runs, looking), editing.editing(runs[looking.focus], looking)
    progress = {"done": training.done, "total": training.total} if training.more else None
    player(
        payload(
            movie,
            run=_identity(training.experiments),
            start=state.step(),
            hero=state.hero(),
            hero_key=HERO,
            progress=progress,
            actions=ACTIONS[editing.is_on()],
            marks=[] if training.more else marks(runs),
            choosable=changes is None
            and bool(movie.links and movie.links.names)
            and any(ROW in PANELS[name].params for name in panels(asked)),
            size=size,
            editing=changes,
            knobs=knobs(state.sweep(), runs),
            turned=turned(),
        ),
        on_action=_act,
        on_edit=_edit,
        on_turn=_turn,
    )
    if is_quick:
        above.html(_said(runs, size))
    if words := minima(runs):
        st.html(f'<p class="lossviz-minima">{escape(words)}</p>')
    notes = [*remarks(runs), *filter(None, [own_data.said_of_link(asked[0])])]
    st.caption("  \n".join(plain(note) for note in notes))
    if is_turning and training.more is not None and not is_live:
        st.rerun(scope="fragment")  # the rest of what takes long, unless the knob has moved on


def _said(runs: Sequence[Run], size: str) -> str:
    """The sentences above the charts, as HTML."""
    # While points are dragged, the charts below must not move by a line.
    room = " lossviz-roomy" if editing.is_on() else ""
    said = [f'<p class="lossviz-headline lossviz-{size}{room}">{escape(headline(runs))}</p>']
    said += [f'<p class="lossviz-fault">{escape(fault)}</p>' for fault in faults(runs)]
    return "".join(said)


def _identity(wanted: Sequence[Experiment]) -> str:
    return " ".join(experiment.query() for experiment in wanted)


def _edit(edit: Edit) -> None:
    runs = st.session_state.training.runs
    editing.follow(edit, runs, view([run.experiment for run in runs]))
    train(which_runs.affordable(state.sweep()))
    st.session_state.acted = edit.kind != "drag"  # on its way, a point moves the charts alone


def _turn(turn: Turn) -> None:
    turning.follow(turn)
    train(which_runs.affordable(state.sweep()))
    is_passing = turn.kind == "move"
    st.session_state.acted, st.session_state.turning = not is_passing, is_passing


def _act(action: Action) -> None:
    st.session_state.acted = True
    training: Training = st.session_state.training
    looking = view(training.experiments)
    if action.name == "stop":
        training.stop()
    elif action.name == "edit":
        editing.toggle(training.experiments[looking.focus])
    elif action.name == "new_seed":
        seeds = [int(seed) for seed in state.values("seed")]
        state.change("seed", [seed + max(seeds) - min(seeds) + 1 for seed in seeds])
    elif action.row is not None:
        rows = linked_rows(training.runs, looking)
        if action.row < len(rows):
            row = int(rows[action.row]) + 1
            state.change(VIEW + ROW.name, [row])
            # A toast from here would be gone with the rerun that follows.
            st.session_state.said = f"Training row {row:,} is chosen for the other panels."
