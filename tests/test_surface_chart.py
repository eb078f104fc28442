"""The chart of a surface: a calm ground, its own run over it, and guests."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest
from test_looks import contrast, lab

from lossviz import parse, run_all
from lossviz.engine.frames import aligned
from lossviz.engine.looks import COLOURS, DATA, OUTLIER
from lossviz.engine.shades import luminance
from lossviz.player import Chart
from lossviz.views.charts.surface import RAMP, RAMP_ON_DARK
from lossviz.views.panels import View, playground

THREE = "loss=squared_error&loss=absolute_error&loss=huber&outliers=vertical&steps=40"


def surface(query: str, **options) -> Chart:
    return playground(aligned(run_all(parse(query)[0])), View(**options)).charts["surface"]


def paths(chart: Chart) -> dict[str, go.Scatter]:
    return {t.name: t for t in chart.figure.data if t.type == "scatter" and t.mode == "lines"}


@pytest.mark.parametrize(("ramp", "page"), [(RAMP, "#ffffff"), (RAMP_ON_DARK, "#12161c")])
def test_the_ground_is_calm_and_no_loss_is_lost_on_it(ramp, page):
    chroma = [float(np.hypot(*lab(colour, "as most")[1:])) for _, colour in ramp]
    assert max(chroma) < 16
    assert min(np.hypot(*lab(c, "as most")[1:]) for c in (*COLOURS, OUTLIER)) > 30
    steps = [contrast(colour, page) for _, colour in ramp]
    assert steps == sorted(steps)  # from the page's own colour in the valley
    assert steps[0] < 1.1
    assert [share for share, _ in ramp] == sorted(share for share, _ in ramp)
    for colour in (*COLOURS, DATA):
        assert contrast(colour, ramp[0][1]) >= 2.9
        assert contrast(colour, ramp[-1][1]) >= 1.8


def test_a_dark_page_has_a_ramp_and_halos_of_its_own():
    chart = surface(THREE)
    ground, *others = chart.figure.data
    assert [list(stop) for stop in ground.colorscale] == RAMP
    assert ground.meta["dark"]["colorscale"] == RAMP_ON_DARK
    halos = [t for t in others if t.mode == "markers"]
    assert len(halos) == 6  # the points and the stars of three runs
    for trace in halos:
        assert luminance(trace.marker.line.color) > 0.9
        assert luminance(trace.meta["dark"]["marker"]["line"]["color"]) < 0.02
    ground, *_ = surface(THREE, in_3d=True).figure.data
    assert ground.meta["dark"]["colorscale"] == RAMP_ON_DARK


@pytest.mark.parametrize(
    ("focus", "own", "guests"),
    [(0, "MSE", ("MAE", "Huber (δ = 1)")), (1, "MAE", ("MSE", "Huber (δ = 1)"))],
)
def test_paths_of_other_losses_are_guests(focus, own, guests):
    chart = surface(THREE, focus=focus)
    assert chart.title == f"Loss surface: {own}"
    found = paths(chart)
    if "Huber" in found:
        guests = tuple(name.partition(" (")[0] for name in guests)
    assert list(found)[-1] == own  # over the others
    for name in guests:
        assert found[name].line.width < 0.5 * found[own].line.width
        assert found[name].opacity < found[own].opacity == 1
        assert found[name].line.dash != found[own].line.dash
    first, second = guests
    assert f"Thin: {first} and {second}, guests, whose paths follow" in chart.description


def test_one_guest_is_a_guest_and_other_values_of_a_loss_are_guests_too():
    said = surface("loss=huber&huber.delta=0.5&huber.delta=5&steps=5").description
    assert "Thin: Huber (δ = 5), a guest, whose path follows" in said


@pytest.mark.parametrize(
    "query", ["lr=0.1&lr=0.2", "optimizer=gd&optimizer=momentum", "init=1&init=2"]
)
def test_runs_that_descend_the_same_surface_are_no_guests(query):
    chart = surface(f"loss=squared_error&{query}&steps=5")
    assert "guest" not in chart.description
    assert len({trace.line.width for trace in paths(chart).values()}) == 1


def test_of_many_guests_some_are_named():
    many = "&".join(f"huber.delta={1 + k}" for k in range(8))
    said = surface(f"loss=huber&{many}&steps=2").description
    assert "Huber (δ = 4) and 4 more, guests" in said
