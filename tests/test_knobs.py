"""Knobs: which settings can be turned, through which values, and in which words."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import islice, pairwise

import numpy as np
import pytest

from lossviz import Run, Sweep, parse, run_all, sample
from lossviz.base.limits import SHOWN
from lossviz.engine.choices import CHOICES
from lossviz.engine.settings import PLAIN, param_of
from lossviz.items.datasets.table import Table, keep
from lossviz.player import Chart, Knob, Movie, payload, unpack
from lossviz.views.examples import PRESETS
from lossviz.views.knobs import MOST, knob_keys, knobs, ladder, on_show

NUMBERS = [
    *(key for key, param in PLAIN.items() if not isinstance(param.default, str)),
    *(
        f"{item.name}.{param.name}"
        for registry in CHOICES.values()
        for item in registry.values()
        for param in item.params
        if not isinstance(param.default, str)
    ),
]


def shown(query: str) -> tuple[Sweep, list[Knob]]:
    """A link's settings and knobs."""
    sweep = parse(query)[0]
    return sweep, knobs(sweep, trained(sweep.replace({"steps": 2})))


def trained(sweep: Sweep) -> list[Run]:
    return run_all(list(islice(sweep, SHOWN)))


def turned(sweep: Sweep, knob: Knob, at: int) -> Sweep:
    return sweep.replace({knob.key: (*sweep[knob.key][:-1], knob.values[at])})


@pytest.mark.parametrize("key", NUMBERS)
def test_a_ladder_rises_by_round_numbers_within_the_limits_and_holds_what_is_on_show(key):
    param = param_of(key)
    for value in {float(param.low), float(param.default), float(param.high)}:
        rungs = ladder(key, value)
        assert value in rungs
        assert [param.check(rung) for rung in rungs] == rungs
        assert all(a < b for a, b in pairwise(rungs))
        assert 6 <= len(rungs) <= 90
        ends = {param.low, param.high, param.default, value}
        assert all(len(f"{rung:.10g}".strip("0.-")) <= 5 for rung in rungs if rung not in ends)


def test_a_ladder_goes_evenly_or_by_factors():
    assert ladder("vertical.share", 0.15) == pytest.approx(np.arange(50) / 100)
    assert ladder("vertical.size", 4.0) == pytest.approx(np.arange(1, 41) / 2)
    assert ladder("polynomial.degree", 3) == list(range(1, 10))
    tenfold = ladder("huber.delta", 1.0)
    assert tenfold[0] == 0.01
    assert max(b / a for a, b in pairwise(tenfold)) <= 4 / 3 + 1e-9
    assert ladder("l2", 0.0)[:2] == [0.0, 1e-4]


# What begins to act late.
LATE = ("steps", "patience", "step.at", "step.factor")


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_each_knob_of_an_example_changes_its_runs(preset):
    whole, here = shown(preset.query)
    assert [knob.key for knob in here] == list(preset.knobs)
    assert 1 <= len({knob.label for knob in here}) == len(here) <= MOST
    for knob in here:
        sweep = whole if knob.key in LATE else whole.replace({"steps": 2})
        at = knob.at - 1 if knob.at else knob.at + 1
        before, after = trained(sweep), trained(turned(sweep, knob, at))
        assert any(not np.array_equal(a.theta, b.theta) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_an_example_stays_on_show_wherever_its_knobs_stand_and_no_further(preset):
    sweep = parse(preset.query)[0]
    assert on_show(sweep) is preset
    for key in preset.knobs:
        others = sweep[key][:-1]
        value = next(each for each in ladder(key, 1.0) if each not in sweep[key])
        there = sweep.replace({key: (*others, value)})
        assert on_show(there) in PRESETS
        assert knob_keys(there) == list(preset.knobs)
        if others:
            assert on_show(sweep.replace({key: value})) is not preset
    assert on_show(sweep.replace({"seed": 7})) is None


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("loss=squared_error", ["line.noise", "lr"]),
        ("outliers=leverage&loss=huber", ["leverage.share", "leverage.size", "lr"]),
        ("outliers=none&outliers=vertical&seed=1", ["vertical.share", "vertical.size", "lr"]),
        ("loss=absolute_error&loss=huber&loss=tukey", ["huber.delta", "line.noise", "lr"]),
        ("data=moons&model=mlp&model=linear&seed=1", ["mlp.depth", "moons.noise", "lr"]),
        ("data=xor&outliers=label_flips&loss=focal", ["label_flips.share", "focal.gamma", "lr"]),
        ("data=iris", ["lr"]),
        ("loss=custom", ["line.noise", "lr"]),
    ],
)
def test_without_an_example_the_knobs_are_what_matters_for_what_is_chosen(query, keys):
    sweep, here = shown(query)
    assert on_show(sweep) is None
    assert [knob.key for knob in here] == keys


def test_a_setting_that_no_chosen_item_has_any_more_is_left_out():
    welcome = parse(PRESETS[0].query)[0]
    assert "vertical.share" in knob_keys(welcome)
    assert knob_keys(welcome.replace({"outliers": "none"})) == ["huber.delta", "line.noise", "lr"]


SPOILED = [
    f"{name}.{param.name}"
    for name, item in CHOICES["outliers"].items()
    for param in item.params
    if param.name == "share"
]


@pytest.mark.parametrize("key", SPOILED)
@pytest.mark.parametrize("n", [12, 60])
def test_a_share_of_outliers_is_written_as_the_rows_that_are_spoiled(key, n):
    kind = key.partition(".")[0]
    data = "line" if CHOICES["outliers"][kind].task == "regression" else "blobs"
    sweep, here = shown(f"data={data}&{data}.n={n}&outliers={kind}&seed=3")
    knob = next(each for each in here if each.key == key)
    assert knob.label == "Outliers"
    for at, words in enumerate(knob.words):
        [experiment] = turned(sweep, knob, at)
        assert words == f"{sample(experiment).is_outlier.sum()} of {n}"
    assert len(set(knob.words)) == len(knob.words)


def test_rows_that_were_marked_besides_are_not_counted_as_a_share():
    x = np.arange(20.0)
    text = keep(Table(x[:, None], x, x < 3))[0]
    sweep = Sweep.of({"data": "table", "outliers": "vertical", "table.rows": text, "steps": 2})
    [experiment] = sweep
    [knob, *_] = knobs(sweep, run_all([experiment]))
    assert sample(experiment).is_outlier.sum() > 3
    assert (knob.key, knob.words[knob.at]) == ("vertical.share", "0.15")


@pytest.mark.parametrize(
    ("query", "key", "words"),
    [
        (PRESETS[0].query, "vertical.share", "9 of 60"),
        (PRESETS[0].query, "vertical.size", "4"),
        ("loss=huber&lr=0.02", "lr", "0.02"),
        ("data=imbalanced&imbalanced.ratio=0.05&loss=focal", "imbalanced.ratio", "5\xa0%"),
        ("data=counts&counts.slope=-0.5&loss=poisson", "counts.slope", "\N{MINUS SIGN}0.5"),
        ("data=circles&circles.noise=0.123456", "circles.noise", "0.123456"),
    ],
)
def test_a_number_is_written_as_a_reader_would(query, key, words):
    knob = next(each for each in shown(query)[1] if each.key == key)
    assert knob.words[knob.at] == words


def test_of_several_values_the_last_is_turned_beside_the_others_and_never_onto_one():
    sweep, here = shown("loss=huber&lr=0.2&lr=0.5&lr=0.1")
    knob = next(each for each in here if each.key == "lr")
    assert knob.values[knob.at] == 0.1
    assert knob.note == "beside 0.2 and 0.5"
    assert not {0.2, 0.5} & set(knob.values)
    assert turned(sweep, knob, 0)["lr"] == (0.2, 0.5, knob.values[0])
    _, one = shown("loss=huber")
    assert {each.note for each in one} == {""}


def test_a_knob_travels_as_it_is():
    knob = Knob("lr", "Learning rate", (0.1, 0.2), ("0.1", "0.2"), 1, "beside 3")
    movie = Movie({"a": Chart({"data": [], "layout": {}}, "A")}, (), np.zeros(1))
    sent = unpack(payload(movie, run="", knobs=[knob], turned=7))["knobs"]
    assert sent["answered"] == 7
    [there] = sent["list"]
    assert there == {**asdict(knob), "values": [0.1, 0.2], "words": ["0.1", "0.2"]}
    for fault in ({"at": 2}, {"at": -1}, {"words": ("0.1",)}):
        with pytest.raises(ValueError, match="'lr'"):
            replace(knob, **fault)
