"""The sentence above the charts against the runs: it names those that are not where it says."""

from __future__ import annotations

from dataclasses import replace
from math import floor

import numpy as np
import pytest

from lossviz import parse, run_all
from lossviz.analysis.minimum import reference
from lossviz.analysis.training import stream
from lossviz.export import page
from lossviz.views.panels import playground
from lossviz.views.sentences import ending, headline, minima

LATE = "not there yet: {} of the way to the minimum. More steps or a larger rate are needed."


def way_down(run) -> str:
    """The share of the way to the exact minimum, rounded down."""
    lowest = reference(run.task).value
    tenths = floor(1000 * (run.loss[0] - run.loss[-1]) / (run.loss[0] - lowest))
    return f"{tenths / 10:g}\N{NO-BREAK SPACE}%" if tenths else "under 0.1\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("query", "said", "late"),
    [
        ("loss=squared_error&loss=huber&steps=300", "", []),
        (
            "loss=squared_error&lr=0.3&lr=0.001&steps=300",
            "The run with learning rate 0.001 is " + LATE,
            [1],
        ),
        (
            "loss=squared_error&loss=absolute_error&loss=huber&init=500,0&steps=200",
            "MAE and Huber are " + LATE,
            [1],
        ),
        (
            "loss=squared_error&loss=huber&lr=0.01&steps=10",
            "MSE and Huber are " + LATE.replace("{}", "{} and {}"),
            [0, 1],
        ),
        (
            "loss=huber&loss=log_cosh&init=1e5,0&lr=0.01&steps=3",
            "Huber and Log-cosh are " + LATE,
            [0],
        ),
        ("loss=huber&lr=0.001&steps=1", "The run is " + LATE, [0]),
        ("outliers=vertical&loss=huber&lr=0.001&steps=1", "The run is " + LATE, [0]),
        (
            "loss=huber&lr=0.001&lr=0.01&lr=0.02&lr=0.03&lr=0.04&steps=5",
            "5 of 5 runs are " + LATE.replace("{}", "{} to {}"),
            [0, 4],
        ),
        (
            "data=stars_cyg&loss=tukey&tukey.c=1&init=7,-0.4&lr=0.3&steps=2000",
            "The run stands elsewhere than at the minimum, {} of the way down.",
            [0],
        ),
        (
            "loss=squared_error&lr=0.1&lr=0.73&steps=60",
            "The run with learning rate 0.73 ends with a higher loss than at the start.",
            [],
        ),
        ("loss=tukey&tukey.c=1&init=50", "The run did not settle.", []),
        (
            "loss=absolute_error&lr=2",
            "The run bounces: the steps are too large to settle.",
            [],
        ),
        ("loss=squared_error&batch=8&lr=0.4&seed=3", "The run did not settle.", []),
    ],
)
def test_the_sentence_names_the_runs_that_are_not_at_the_minimum(query, said, late):
    runs = run_all(parse(query)[0])
    expected = said.format(*(way_down(runs[k]) for k in late))
    before = headline(runs).removesuffix(expected)
    assert headline(runs) == before + expected
    words = ("there", "of the way", "elsewhere", "diverged", "settle", "bounce", "unique")
    assert not any(word in before for word in words)
    said_settled = all(ending(run, reference(run.task)).startswith("Settled") for run in runs)
    assert said_settled == (not expected)


@pytest.mark.parametrize(
    "query",
    [
        "loss=squared_error&loss=huber&lr=30&lr=0.1&steps=200",
        "loss=squared_error&loss=huber&model=mlp&lr=0.1&lr=1000&steps=60",
        "data=moons&loss=squared_hinge&lr=0.1&lr=10000&steps=200",
    ],
)
def test_the_sentence_names_the_runs_that_diverged(query):
    runs = run_all(parse(query)[0])
    at = [run.diverged_at for run in runs if run.diverged_at is not None]
    assert at
    words = " and ".join(f"{step:,}" for step in at)
    assert f" diverged at step {words}." in headline(runs)


def test_a_start_that_is_no_number_is_no_divergence():
    [run] = run_all(parse("loss=squared_error&steps=5")[0])
    assert headline([replace(run, diverged_at=0)]) == "The run could not start."


def test_runs_that_still_train_are_not_late():
    some = next(iter(stream(parse("loss=huber&steps=20000")[0], 0.0)))
    assert len(some[0].loss) < 20000
    assert minima(some) == "At the exact minimum the slope is 2.02."
    assert headline(some).count(".") == 2  # the one sentence, with its number


def test_rows_that_leave_the_slope_open_have_no_place_to_be_at():
    runs = run_all(parse("line.n=1&loss=squared_error&steps=1")[0])
    assert "there yet" not in headline(runs)
    assert np.isinf(reference(runs[0].task).range_of(1)).all()


def test_the_page_that_plays_offline_says_it_too():
    runs = run_all(parse("loss=huber&lr=0.001&steps=1")[0])
    assert "The run is not there yet" in page(playground(runs), "One", sentences=[headline(runs)])
