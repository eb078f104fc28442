"""What the browser reports is checked before it is believed: the playground's own page, driven by
what no browser would say, and editing that changes nothing until something is edited."""

from __future__ import annotations

import numpy as np
import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some

from lossviz import parse, sample
from lossviz.player import Action, Turn, read_action, read_edit, read_turn
from lossviz.ui import own_data, state
from lossviz.ui.playground import editing, stage
from lossviz.ui.playground.panel import view
from lossviz.ui.training import train
from lossviz.views.panels import View, linked_rows
from lossviz.views.panels import playground as drawn

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda each: some.lists(each, max_size=3) | some.dictionaries(some.text(), each, max_size=3),
    max_leaves=6,
)
NEAR = some.one_of(
    some.sampled_from(["stop", "edit", "new_seed", "row 0", "row -1", "row 9999999999"]),
    some.integers(-2, 10**12).map("row {}".format),
    some.fixed_dictionaries(
        {},
        optional={
            "kind": some.sampled_from(["drag", "drop", "add", "remove", "mark"]) | JSON,
            "chart": some.sampled_from(["fit", "surface"]) | JSON,
            "row": some.none() | some.integers(-2, 2**60) | JSON,
            "x": some.floats() | some.integers(-(10**400), 10**400) | JSON,
            "y": some.floats() | JSON,
            "n": some.integers(-1, 2**60) | JSON,
            "more": some.none(),
        },
    ),
    some.fixed_dictionaries(
        {
            "kind": some.sampled_from(["move", "drop"]) | JSON,
            "key": some.sampled_from(["vertical.share", "lr", "data", "seed", "view.panel"]) | JSON,
            "value": some.floats() | some.integers(-(10**400), 10**400) | JSON,
            "n": some.integers(-1, 2**60) | JSON,
        },
    ),
)


class Held(dict):
    """A session's state, without a page."""

    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


@pytest.fixture
def session(monkeypatch):
    held = Held()
    monkeypatch.setattr(st, "session_state", held)
    return held


def begin(query: str):
    """The session on a link, trained, as its page has it."""
    state.adopt(query)
    return train(list(state.sweep()))


def tell(value: object) -> None:
    """What the player does with a report: as `ui.player.player`."""
    action, edit, turn = read_action(value), read_edit(value), read_turn(value)
    if action is not None:
        stage._act(action)
    if edit is not None:
        stage._edit(edit)
    if turn is not None:
        stage._turn(turn)


NO_ACTIONS = (
    "row ",
    "row -1",
    "row 1.5",
    "row 1e3",
    "row \u0661",
    "row 1\n",
    "row 1 ",
    " stop",
    "Stop",
    "",
    None,
    3,
    ["stop"],
    {"stop": 1},
    b"stop",
    "x" * 41,
    "row 9999999999",
)
ACTIONS = {"new_seed": Action("new_seed"), "row 17": Action("row", 17), "row 00": Action("row", 0)}


@pytest.mark.parametrize(
    ("value", "action"), [*ACTIONS.items(), *((value, None) for value in NO_ACTIONS)], ids=repr
)
def test_an_action_is_the_name_of_a_button_or_a_row(value, action):
    assert read_action(value) == action


@given(value=JSON | NEAR)
def test_no_report_is_a_traceback(value):
    with pytest.MonkeyPatch.context() as patch:
        held = Held()
        patch.setattr(st, "session_state", held)
        for is_editing in (False, True):
            begin("loss=huber&line.n=6&steps=2&outliers=vertical")
            held.update(editing=False)
            if is_editing:
                editing.toggle(next(iter(state.sweep())))
            before = state.sweep()
            tell(value)
            assert all(note.isprintable() for note in held.notes)
            is_edit = is_editing and read_edit(value) is not None
            if read_action(value) is None and read_turn(value) is None and not is_edit:
                assert state.sweep() == before


LINKS = [
    "data=line&outliers=vertical&loss=squared_error&loss=huber&line.noise=0.5&seed=4&steps=20",
    "data=phones&loss=huber&steps=20&scaling=standard",
    "data=blobs&loss=cross_entropy&outliers=label_flips&steps=20",
    "data=table&table.test=0.25&outliers=vertical&steps=20",
]


def shown():
    """The truth and the numbers of the page, as it is."""
    runs = st.session_state.training.runs
    chart = drawn(runs, view([run.experiment for run in runs])).charts["fit"]
    truth = [trace["y"] for trace in chart.drawing["data"] if trace["name"] == "clean truth"]
    return truth, [run.test_loss[-1] for run in runs]


@pytest.mark.parametrize("query", LINKS)
def test_editing_changes_nothing_until_a_point_is_edited_and_undo_gives_all_back(query, session):
    runs = begin(query).runs
    before, settings, numbers = state.sweep(), dict(session.settings), shown()
    stage._act(Action("edit"))
    assert state.sweep() == before
    assert session.settings == settings
    np.testing.assert_equal(shown(), numbers)
    assert editing.editing(runs[0], view([run.experiment for run in runs]))
    data = runs[0].task.sample
    tell({"kind": "drag", "chart": "fit", "row": 2, "x": 1.25, "y": -0.5, "n": 1})
    [experiment, *_] = state.sweep()
    assert experiment.data in own_data.OWN
    place = linked_rows(runs, View())[2]
    now, moved = sample(experiment), np.arange(len(data.y)) == place
    np.testing.assert_array_equal(now.X[~moved], data.X[~moved])  # to the last bit
    np.testing.assert_array_equal(now.y[~moved], data.y[~moved])
    np.testing.assert_array_equal(now.is_outlier, data.is_outlier)
    assert now.is_scaled == data.is_scaled
    assert now.X[place, 0] == 1.25
    assert (now.X[place, 1] if data.classes else now.y[place]) == -0.5
    editing._remember()
    tell({"kind": "remove", "chart": "fit", "row": 0, "x": 0.0, "y": 0.0, "n": 2})
    editing._remember()
    for _ in range(2):
        editing._go(-1)
    assert state.sweep() == before
    assert session.settings == settings
    train(list(state.sweep()))
    np.testing.assert_equal(shown(), numbers)
    stage._act(Action("edit"))
    assert not editing.is_on()
    assert state.sweep() == before


def test_the_story_and_the_truth_stay_in_sight_while_points_are_edited(session):
    runs = begin(LINKS[0]).runs
    [[truth], _] = shown()
    assert len(truth) == 2
    stage._act(Action("edit"))
    tell({"kind": "drop", "chart": "fit", "row": 2, "x": 1.25, "y": -0.5, "n": 1})
    [[now], _] = shown()
    x = runs[0].task.sample.X[:, 0]
    assert np.ptp(x) > 0
    np.testing.assert_allclose(np.diff(now), np.diff(truth), rtol=0.1)  # of a frame as wide
    assert editing.origin() == (runs[0].experiment, parse(LINKS[0])[0])
    state.put({"data": ("sine",)})  # other rows have another truth, and another story
    assert editing.origin() is None
    state.put({"data": ("table",)})
    stage._act(Action("edit"))
    assert editing.origin() is None
    train(list(state.sweep()))
    assert len(shown()[0][0]) == 0


def test_what_is_no_edit_of_this_chart_changes_nothing(session):
    begin(LINKS[0])
    edit = {"kind": "drop", "chart": "fit", "row": 2, "x": 1.0, "y": 1.0, "n": 1}
    before = state.sweep()
    tell(edit)  # nothing is being edited
    stage._act(Action("edit"))
    tell({**edit, "chart": "surface"})
    tell({**edit, "row": 10_000})
    stage._act(Action("row", 10_000))
    assert state.sweep() == before
    assert not session.notes
    tell({**edit, "x": 1e25})
    assert state.sweep() == before
    assert session.notes == ["A point may be at most 1e+24 from 0."]


def test_the_beginning_stays_in_reach_however_much_is_edited(session):
    begin(LINKS[0])
    before = state.sweep()
    stage._act(Action("edit"))
    session.training = train(list(state.sweep()))
    for k in range(editing.MOST_UNDONE + 5):
        state.put({"data": ("table",), "table.test": (k / 1000,)})
        editing._remember()
    assert len(session.undone) == editing.MOST_UNDONE + 1
    editing._go(-session.at)
    assert state.sweep() == before


@pytest.mark.parametrize(
    ("seeds", "then"), [((3,), (4,)), ((3, 5), (6, 8)), ((1, 2, 3), (4, 5, 6))]
)
def test_a_new_seed_redraws_every_seed_that_is_compared(seeds, then, session):
    begin("loss=huber&steps=2&" + "&".join(f"seed={seed}" for seed in seeds))
    stage._act(Action("new_seed"))
    assert state.values("seed") == then


def test_beyond_the_last_seed_is_a_sentence(session):
    begin(f"loss=huber&steps=2&seed={2**32 - 1}")
    stage._act(Action("new_seed"))
    assert "lies outside 0 to 4,294,967,295; the old value was kept." in session.notes[0]


MOVE = {"kind": "move", "key": "vertical.share", "value": 0.2, "n": 3}
NO_TURNS = (
    {**MOVE, "kind": "drag"},
    {**MOVE, "key": 3},
    {**MOVE, "key": None},
    {**MOVE, "value": "0.2"},
    {**MOVE, "value": True},
    {**MOVE, "value": float("nan")},
    {**MOVE, "value": float("inf")},
    {**MOVE, "value": 10**400},
    {**MOVE, "n": -1},
    {**MOVE, "n": 0.5},
    {**MOVE, "more": 1},
    {key: MOVE[key] for key in ("kind", "key", "value")},
    [MOVE],
    None,
)


@pytest.mark.parametrize("value", NO_TURNS, ids=repr)
def test_a_turn_is_exactly_what_a_knob_says(value):
    assert read_turn(MOVE) == Turn("move", "vertical.share", 0.2, 3)
    assert read_turn({**MOVE, "kind": "drop", "value": 4}) == Turn("drop", "vertical.share", 4.0, 3)
    assert read_turn(value) is None


KNOBS = "outliers=vertical&loss=squared_error&loss=huber&steps=5"


def test_a_knob_on_its_way_moves_the_runs_alone_and_let_go_the_page(session):
    begin(KNOBS)
    session["set vertical.share"] = 0.15  # the widget of the sidebar
    tell(MOVE)
    assert state.values("vertical.share") == (0.2,)
    assert [run.experiment["vertical.share"] for run in session.training.runs] == [0.2, 0.2]
    assert (session.acted, session.turning) == (False, True)
    assert session["set vertical.share"] == 0.15
    assert not session.get("held", False)  # who goes back meanwhile goes back
    tell({**MOVE, "kind": "drop", "value": 0.3})
    assert state.values("vertical.share") == (0.3,)
    assert (session.acted, session.turning, session.held) == (True, False, True)
    assert "set vertical.share" not in session  # so that it begins anew, from the setting


def test_of_several_values_a_knob_turns_the_last_and_never_onto_another(session):
    begin(KNOBS + "&lr=0.1&lr=0.5&lr=0.2")
    tell({**MOVE, "key": "lr", "value": 0.3})
    assert state.values("lr") == (0.1, 0.5, 0.3)
    tell({**MOVE, "key": "lr", "value": 0.5})
    assert state.values("lr") == (0.1, 0.5, 0.3)


@pytest.mark.parametrize("key", ["seed", "data", "huber.delta ", "view.step", "steps", "x", ""])
def test_what_is_no_knob_of_these_runs_is_not_turned(key, session):
    begin(KNOBS)
    before = dict(session.settings)
    tell({**MOVE, "key": key, "value": 1})
    assert session.settings == before
    assert not session.notes


REFUSED = {
    "vertical.share": (0.5, "Share: '0.5' lies outside 0 to 0.49; the old value was kept."),
    "vertical.size": (-1, "Size: '-1.0' lies outside 0.5 to 20; the old value was kept."),
    "lr": (0.0, "Learning rate: '0.0' lies outside 1e-06 to 10,000; the old value was kept."),
}


@pytest.mark.parametrize("key", REFUSED)
def test_what_a_setting_may_not_be_is_refused_in_its_own_words(key, session):
    begin(KNOBS)
    before, (value, words) = state.sweep(), REFUSED[key]
    tell({**MOVE, "kind": "drop", "key": key, "value": value})
    assert state.sweep() == before
    assert session.notes == [words]


def test_a_part_of_a_row_is_refused(session):
    begin("data=sine&model=polynomial&steps=5")
    tell({**MOVE, "key": "polynomial.degree", "value": 2.5})
    assert session.notes == ["Degree: '2.5' is not a whole number; the old value was kept."]
    tell({**MOVE, "key": "polynomial.degree", "value": 2.0})
    assert state.values("polynomial.degree") == (2,)
