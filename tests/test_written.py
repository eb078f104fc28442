"""Losses that the user writes: chosen, linked, trained and shown like any other."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from lossviz import LOSSES, Experiment, Sweep, parse, run, run_all
from lossviz.engine.experiment import loss_of
from lossviz.engine.frames import aligned
from lossviz.engine.looks import styles
from lossviz.engine.objective import Objective
from lossviz.engine.task import Task
from lossviz.formula.item import VARIABLES, findings
from lossviz.formula.typed import parse as parse_formula
from lossviz.views.panels import playground
from lossviz.views.sentences import faults, headline, minima

ROOT = Path(__file__).resolve().parents[1]


def own(text: str, name: str = "own", **settings) -> Experiment:
    params = {f"{name}.text": text, **settings.pop("params", {})}
    return Experiment(loss=name, params=params, **settings)


@pytest.mark.parametrize(
    ("formula", "loss", "params"),
    [
        ("huber(r, 1)", "huber", {}),
        ("where(abs(r) < 1, r**2/2, abs(r) - 1/2)", "huber", {}),
        ("r**2", "squared_error", {}),
        ("abs(r)", "absolute_error", {}),
        ("max(0.9*-r, 0.1*r)", "quantile", {"quantile.tau": 0.9}),
    ],
)
@pytest.mark.parametrize("settings", [{}, {"batch": 8, "optimizer": "adam"}, {"l1": 0.1}], ids=str)
def test_a_formula_trains_as_the_loss_that_it_spells(formula, loss, params, settings):
    settings = {"outliers": "vertical", "steps": 60, **settings}
    written = run(own(formula, **settings))
    built_in = run(Experiment(loss=loss, params=params, **settings))
    np.testing.assert_allclose(written.theta, built_in.theta, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(written.loss, built_in.loss, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("formula", "loss"), [("max(0, 1 - m)", "hinge"), ("hinge(m)", "hinge")])
def test_a_formula_in_the_margin_trains_a_classifier(formula, loss):
    written = run(own(formula, "own_margin", data="moons", steps=60))
    built_in = run(Experiment(data="moons", loss=loss, steps=60))
    np.testing.assert_allclose(written.theta, built_in.theta, rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(written.error, built_in.error)


def test_batching_is_invisible_for_formulas_and_their_letters():
    mix = [
        own(text, steps=80, outliers="vertical", lr=lr, params={"own.a": a, "own.d": 2.0})
        for text in ("abs(r)**a", "where(abs(r) < d, a*r**2, a*abs(r))")
        for a in (1.2, 2.0)
        for lr in (0.01, 1e4)
    ]
    assert run_all(mix) == [run(e) for e in mix]


def test_the_gradient_is_the_derivative_of_the_value():
    e = own("log1p(r**2/d**2) + 0.1*where(r > 0, r, -a*r)", model="polynomial", outliers="vertical")
    objective = Objective.of([Task.of(e)])
    theta = np.random.default_rng(3).normal(size=(1, 4))
    _, gradient = objective(theta)
    h = 1e-6 * np.eye(4)[:, None]
    numeric = (objective.values(theta + h) - objective.values(theta - h))[:, 0] / 2e-6
    np.testing.assert_allclose(gradient[0], numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    "formula",
    ["where(abs(r) < d, r**2, 2*d*abs(r) - d**2)", "0.7*huber(r, 1) + 0.3*squared_error(r)"],
)
def test_the_formula_travels_in_the_link(formula):
    e = own(formula, params={"own.d": 2.5} if "d*" in formula else {})
    sweep, notes = parse(e.query())
    assert notes == []
    assert list(sweep) == [e]
    assert sweep.query() == e.query()


def test_two_formulas_are_two_runs_under_their_own_names():
    query = "loss=own&own.text=abs(r)**a&own.text=r**4&own.a=1.5"
    sweep, notes = parse(query)
    assert notes == []
    assert [look.label for look in styles(list(sweep))] == ["abs(r)**a (a = 1.5)", "r**4"]


def test_only_the_letters_in_the_formula_are_parameters():
    assert [param.name for param in loss_of(own("a*abs(r) + k")).params] == ["text", "a", "k"]


@pytest.mark.parametrize(
    ("formula", "at"),
    [
        ("r.__class__", 2),
        ("__import__('os').system('true')", 1),
        ("[r for r in y]", 1),
        ("r**r**r**r**r", 2),
        ("(" * 400, 1),
        ("ｒ**2", 1),
        ("f'{r}'", 1),
        ("lambda r: r", 1),
        ("q + r", 1),
        ("m**2", 1),
        ("", 1),
        ("10**10**10*r", 1),
        ("r" * 10**6, 1),
    ],
)
def test_what_is_no_formula_is_left_out_of_a_link_with_the_place(formula, at):
    from urllib.parse import urlencode

    started = time.perf_counter()
    sweep, notes = parse(urlencode({"loss": "own", "own.text": formula, "lr": 0.2}))
    assert time.perf_counter() - started < 5
    if len(formula) < 10_000:
        assert "own.text at character" in notes[0]
        assert list(sweep) == [Experiment(loss="own", lr=0.2)]
    assert notes[0].endswith(".")
    assert not notes[0].endswith("..")
    assert at >= 1


def test_a_formula_that_is_not_defined_at_the_start_says_so_and_shows_no_number_that_is_none():
    runs = aligned(run_all([own("log(1 + r)", steps=20), own("r**2", steps=20)]))
    assert runs[0].status == "Not started: at the start the loss is no finite number."
    movie = playground(runs)
    assert "nan" not in (headline(runs) + minima(runs)).lower()
    said = faults(runs)
    assert "log(1 + r): Undefined for r ≤ -1." in said
    assert all(np.isfinite(run.loss).all() for run in runs)
    assert movie.frames == 21


@pytest.mark.parametrize("name", VARIABLES)
def test_the_first_formula_is_in_its_canonical_form(name):
    text = LOSSES[name].params[0].default
    assert parse_formula(text, VARIABLES[name]).text == text


def test_nothing_reads_formulas_before_there_is_one():
    code = "import lossviz, sys; sys.exit('lossviz.formula.grammar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_what_is_found_of_a_formula_is_said_with_its_letters():
    e = own("where(abs(r) < d, r**2, d**2)", params={"own.d": 2.0})
    said = " ".join(findings("own", e.params_of("loss")).sentences)
    assert "2" in said
    assert "convex" in said


def test_formulas_of_a_link_are_read_once(monkeypatch):
    axes = {"loss": ["own"], "own.text": [f"abs(r)**(1 + {i}/1000)" for i in range(1, 700)]}
    sweep = Sweep.of(axes)
    monkeypatch.setattr("lossviz.formula.typed.parse", None)
    assert Sweep.of(axes) == sweep == Sweep.of(dict(sweep.axes))
