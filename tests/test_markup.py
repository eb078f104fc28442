"""What a user calls a column, a class or a table is text wherever it is shown: in every chart, in
the offline page, in a notebook, in scripts, in files and in a terminal."""

from __future__ import annotations

import ast
import base64
import csv as reader
import io
import json
import re
from html import unescape

import numpy as np
import plotly.graph_objects as go
import pytest

from lossviz import Experiment, Sweep, run, run_all
from lossviz.datasets.own import Table, keep
from lossviz.experiment import loss_of
from lossviz.export import FLAVOURS, NoScript, csv, page, script, summary
from lossviz.figures.gallery import gallery
from lossviz.figures.style import Markup, escaped, figure, styles
from lossviz.gallery import curve
from lossviz.player import payload, still
from lossviz.player.payload import unpack
from lossviz.playground import headline, panels, playground, remarks
from lossviz.playground.view import View
from lossviz.replay import aligned
from lossviz.ui.page import plain

BAD = """<b>&"'</b><a href=https://x>%{y}"""
# The markup that figures of own data write themselves: line breaks, a heading's square.
OURS = re.compile(r'<br>|<extra></extra>|<span style="color:#[0-9a-f]{6}">|</span>')
MLP = "mlp"


def table(features: int, classes: int, name: str = BAD) -> str:
    rng = np.random.default_rng([features, classes])
    X = rng.normal(size=(40, features))
    y = np.arange(40.0) % classes if classes else rng.normal(size=40)
    columns = tuple(f"{k}{BAD}" for k in range(features))
    names = tuple(f"{k}{BAD}" for k in range(classes))
    marked = np.arange(40) == 3
    return keep(Table(X, y, marked, columns, f"t{BAD}", names, name))[0]


def sweep(features: int, classes: int, **axes) -> Sweep:
    data = {0: "table", 2: "table_binary"}.get(classes, "table_classes")
    # Two tables, so that the runs' labels hold their names.
    rows = [table(features, classes), table(features, classes, f"other {BAD}")]
    return Sweep.of({"data": data, f"{data}.rows": rows, "steps": 3, **axes})


SWEEPS = {
    "one feature": sweep(1, 0, loss=["squared_error", "huber"]),
    "three features": sweep(3, 0, loss=["squared_error"]),
    "what is learned": sweep(1, 0, loss=["adaptive"]),
    "two classes": sweep(2, 2, loss=["log_loss", "hinge"]),
    "three classes": sweep(2, 3, loss=["cross_entropy"]),
    "many features": sweep(4, 3, loss=["cross_entropy"]),
    "network of numbers": sweep(1, 0, model=[MLP]),
    "network of two": sweep(2, 2, model=[MLP]),
    "network of three": sweep(3, 3, model=[MLP]),
}


def texts(value, key=""):
    """All strings of a figure with the keys that hold them; words that move too."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from texts(each, name)
    elif isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.dtype == object):
        for each in value:
            yield from texts(each, key)


def user_words(drawn) -> set[str]:
    """The keys of a figure that hold a user's words, all of which are shown as they are."""
    found = set()
    for key, words in texts(drawn):
        left = OURS.sub(" ", words)
        assert not re.search("[<>]|&(?!amp;|lt;|gt;)", left), (key, words)
        assert "&amp;lt;" not in words, (key, words)
        if key == "hovertemplate":
            assert set(re.findall(r"%{([^}:]*)", words)) <= {"x", "y", "customdata", "text"}
        if "&lt;" in left:
            assert "<b>&" in unescape(left) or "abs(r)" in left, (key, words)
            found.add(key)
    return found


@pytest.fixture(scope="module", params=SWEEPS)
def runs(request):
    return aligned(run_all(SWEEPS[request.param]))


def test_every_chart_shows_the_words_of_a_user_as_they_are(runs):
    found = set()
    for panel in panels([run.experiment for run in runs]):
        for in_3d in (False, True):
            movie = playground(runs, View(panel=panel, in_3d=in_3d))
            drawn = unpack(payload(movie, run="one"))["charts"]
            for chart in drawn:
                assert BAD not in json.dumps(chart["figure"], default=str)
                found |= user_words(chart["figure"])
                for track in chart["tracks"]:
                    user_words(track.get("text", {}).get("words", []))
            for figure_ in still(movie, 0).values():
                user_words(figure_.to_dict())
    assert {"name", "text", "hovertemplate"} <= found
    classes = runs[0].error is not None
    assert {"customdata", "ticktext"} <= found or not classes


def test_a_formula_is_text_in_the_gallery():
    experiment = Experiment(loss="own", params={"own.text": "where(abs(r)<1,r**2,abs(r))"})
    found = curve(loss_of(experiment), experiment.params_of("loss"), np.linspace(-1, 1, 3))
    drawn = gallery(styles([experiment]), [found], is_margin=False)
    assert "name" in user_words(drawn)


def test_markup_shows_just_its_words_and_is_no_markup_twice():
    assert escaped("a<b & c\nd") == "a&lt;b &amp; c<br>d"
    data = [{"name": "<i>", "x": [1.0, 2.0], "text": np.array([["<u>", Markup("<b>1</b>")]], object)}]
    drawn = figure(data, title={"text": Markup("<b>1</b>")})
    assert drawn["data"][0]["name"] == "&lt;i&gt;"
    assert drawn["data"][0]["text"].tolist() == [["&lt;u&gt;", "<b>1</b>"]]
    assert drawn["layout"]["title"] == {"text": "<b>1</b>"}
    go.Figure(drawn)
