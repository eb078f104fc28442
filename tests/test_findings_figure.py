"""What was found of a formula is drawn where it was found."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from lossviz.engine.looks import Style
from lossviz.formula.findings import analyse
from lossviz.formula.typed import parse
from lossviz.views.charts.findings import BANDS, LINES, findings, is_drawn

LOOK = Style("own", "#0072b2", "solid", "circle")
FORMULAS = [
    ("max(abs(r - a), b)", "r", {"a": 1 / 3, "b": 1 / 7}),
    ("where(r < -2, log(-r) + 3, where(r < 1, r**2, sqrt(r - 5)))", "r", {}),
    ("1/(r - 1/3)", "r", {}),
    ("(r - 0.5)**2", "r", {}),
    ("log(-1)*r", "r", {}),
    ("max(0, 1 - m) + max(0, m - 3)**2", "m", {}),
    ("exp(r**4)", "r", {}),
]


def parts(text, variable, params=None):
    """The findings, the bands, the two curves and the layout."""
    found = analyse(parse(text, variable), params or {})
    drawn = findings(LOOK, found, is_margin=variable == "m")
    go.Figure(drawn)  # validates
    *bands, value, slope = drawn["data"]
    return found, bands, (value, slope), drawn["layout"]


@pytest.mark.parametrize(("text", "variable", "params"), FORMULAS, ids=lambda v: str(v)[:30])
def test_every_finding_with_a_place_is_drawn_there(text, variable, params):
    found, bands, _, layout = parts(text, variable, params)
    assert is_drawn(found)
    wanted = [item for item in found.items if item.kind in BANDS]
    assert [band["name"] for band in bands] == [BANDS[item.kind].words for item in wanted]
    for band, item in zip(bands, wanted, strict=True):
        corners = np.array(band["x"], float).reshape(-1, 6)
        assert len(corners) == len(item.intervals) + len(item.places)
        for low, high in item.intervals:
            covers = (corners[:, 0] <= low + 1e-9) & (corners[:, 1] >= high - 1e-9)
            width = np.maximum(high - low, 0.08)  # a narrower one would not be seen
            assert np.any(covers & (corners[:, 1] - corners[:, 0] <= width + 1e-9))
    places = sorted(x for item in found.items if item.kind in LINES for x in item.places)
    assert sorted(line["x0"] for line in layout["shapes"]) == places


def test_the_kinks_and_the_flat_part_of_a_known_formula_are_where_they_must_be():
    _, bands, (value, slope), layout = parts(*FORMULAS[0])
    kinks = [4 / 21, 10 / 21]  # 1/3 - 1/7 and 1/3 + 1/7
    found = [line["x0"] for line in layout["shapes"] if line["name"] == "kink"]
    np.testing.assert_allclose(found, kinks, atol=1e-9)
    assert layout["shapes"][0]["label"]["text"] == "kink at 0.1905"
    np.testing.assert_allclose(bands[0]["x"][:2], kinks, atol=1e-9)
    np.testing.assert_allclose(value["y"], np.maximum(np.abs(value["x"] - 1 / 3), 1 / 7))
    assert {*np.round(slope["y"], 12)} == {-1.0, 0.0, 1.0}
    assert [layout["yaxis2"]["title"]["text"], layout["xaxis"]["title"]["text"]] == [
        "loss L",
        "residual r",
    ]


def test_names_that_would_overlap_are_left_to_the_first():
    labels = [line["label"].get("text") for line in parts("max(abs(r), 0.1)", "r")[3]["shapes"]]
    assert labels == ["kink at −0.1", None]
    labels = [line["label"].get("text") for line in parts("max(abs(r), 1)", "r")[3]["shapes"]]
    assert labels == ["kink at −1", "kink at 1"]


@pytest.mark.parametrize(("text", "variable", "params"), FORMULAS, ids=lambda v: str(v)[:30])
def test_no_number_on_the_chart_is_endless(text, variable, params):
    _, _, curves, layout = parts(text, variable, params)
    for curve, axis in zip(curves, ("yaxis2", "yaxis3"), strict=True):
        low, high = layout[axis]["range"]
        assert np.isfinite([low, high]).all()
        assert low < high
        assert not np.isinf(np.array(curve["y"], float)).any()


def test_a_pole_does_not_press_the_rest_flat():
    low, high = parts("1/(r - 1/3)", "r")[3]["yaxis2"]["range"]
    # Half of the values are within 0.2 of 0.
    assert -100 < low < -3
    assert 3 < high < 100


def test_a_narrow_trough_stays_in_sight():
    low, high = parts("-exp(-100*r**2) + abs(r - 5)*0", "r")[3]["yaxis2"]["range"]
    assert low < -1.0
    assert high > 0.0


def test_a_formula_without_such_places_has_no_chart():
    assert not is_drawn(analyse(parse("r**2", "r"), {}))
