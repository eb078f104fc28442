"""One registration is enough: items that these tests register themselves, with no more than a
registration asks for, are chosen, trained, drawn, listed and exported like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import plotly.graph_objects as go
import pytest
from canary_items import a_dataset, a_model, a_schedule, an_optimizer, an_outlier_kind
from test_app import app, widget
from test_export import ends, printed

from lossviz import Experiment, parse, run_all
from lossviz.base.registry import Registry
from lossviz.cli.command import main
from lossviz.engine.choices import CHOICES
from lossviz.export import FLAVOURS, csv, page, script, why_not
from lossviz.player import still
from lossviz.views.panels import View, panels, playground
from lossviz.views.sentences import faults, headline, remarks


@dataclass(frozen=True)
class Canary:
    """An item of a choice: its name, how it is registered, a setting of its own, and the others
    with which its run goes well."""

    choice: str
    name: str
    add: Callable[[], None]
    own: str
    others: str


CANARIES = (
    Canary("data", "zigzag", a_dataset, "zigzag.noise=0.3", "model=polynomial&lr=0.02"),
    Canary("outliers", "delays", an_outlier_kind, "delays.share=0.3", "lr=0.05"),
    Canary("optimizer", "sign_descent", an_optimizer, "sign_descent.least=0.01", "lr=0.01"),
    Canary("schedule", "halving", a_schedule, "halving.every=20", "data=diabetes&lr=0.3"),
    Canary("model", "quadratic", a_model, "", "data=diabetes&lr=0.03"),
)
# In which flavours the script of each is written; the others say in a sentence why not.
SCRIPTS = {
    "data": {"lossviz", "numpy", "torch", "sklearn"},
    "outliers": {"lossviz", "numpy", "torch", "sklearn"},
    "optimizer": {"lossviz", "numpy", "sklearn"},
    "schedule": {"lossviz", "numpy", "torch", "sklearn"},
    "model": {"lossviz"},
}


@pytest.fixture(params=CANARIES, ids=lambda canary: canary.choice)
def canary(request) -> Iterator[Canary]:
    request.param.add()
    yield request.param
    CHOICES[request.param.choice].remove(request.param.name)


def link(canary: Canary) -> str:
    own = [canary.own] if canary.own else []
    return "&".join([f"{canary.choice}={canary.name}", *own, canary.others, "steps=40"])


def test_it_is_chosen_by_link_and_trains(canary):
    sweep, notes = parse(link(canary))
    assert notes == []
    assert sweep[canary.choice] == (canary.name,)
    assert parse(sweep.query()) == (sweep, [])
    [run] = run_all(sweep)
    assert run.diverged_at is None
    assert run.loss[-1] < run.loss[0]


def test_it_is_drawn_in_every_panel_and_spoken_of(canary):
    runs = run_all(parse(f"{link(canary)}&lr=0.005")[0])
    for panel in panels([run.experiment for run in runs]):
        movie = playground(runs, View(panel=panel))
        for chart in still(movie, 0).values():
            go.Figure(chart)
    assert headline(runs)
    assert page(playground(runs), "A canary", remarks=[*remarks(runs), *faults(runs)])


def test_the_command_line_lists_and_trains_it(canary, capsys, tmp_path):
    kinds = {"data": "datasets", "outliers": "outliers"}
    item = CHOICES[canary.choice][canary.name]
    assert main(["list", kinds.get(canary.choice, f"{canary.choice}s")]) == 0
    listed = capsys.readouterr().out
    assert f"{canary.name} " in listed
    assert item.label in listed
    assert all(f"{canary.name}.{param.name}=" in listed for param in item.params)
    table, code = tmp_path / "runs.csv", tmp_path / "runs.py"
    words = ["run", link(canary), "--csv", str(table), "--script", str(code)]
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert table.read_text("utf-8") == csv(run_all(parse(link(canary))[0])).replace("\r\n", "\n")
    assert "lossviz.parse" in code.read_text("utf-8")


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_scripts_give_the_same_numbers_or_say_why_there_is_none(canary, flavour, tmp_path: Path):
    runs = run_all(parse(link(canary))[0])
    experiments = [run.experiment for run in runs]
    assert (why_not(experiments, flavour) == "") == (flavour in SCRIPTS[canary.choice])
    if reason := why_not(experiments, flavour):
        assert reason[0].isupper()
        assert reason.endswith(".")
        return
    code = script(experiments, flavour)
    if flavour == "torch":  # which only `make parity` installs
        compile(code, "script.py", "exec")
        return
    [found] = printed(code, tmp_path)
    if flavour != "sklearn":
        for name, value in ends(runs[0]).items():
            assert found[name] == pytest.approx(value, rel=1e-6, abs=1e-9)


def test_the_page_offers_it(canary):
    at = app(link(canary))
    chosen = widget(at, "selectbox", canary.choice)
    assert CHOICES[canary.choice][canary.name].label in str(chosen.options)


def test_a_canary_leaves_nothing_behind():
    assert all(canary.name not in CHOICES[canary.choice] for canary in CANARIES)
    assert Experiment() == next(iter(parse("")[0]))
    assert all(isinstance(registry, Registry) for registry in CHOICES.values())
