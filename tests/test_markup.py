"""What a user calls a column, a class or a table is text wherever it is shown: in every chart, in
the offline page, in a notebook, in scripts, in files and in a terminal."""

from __future__ import annotations

import ast
import csv as reader
import io
import json
import re
from html import unescape

import numpy as np
import pytest

from lossviz import Experiment, Sweep, run_all
from lossviz.base.registry import printable
from lossviz.cli import main
from lossviz.engine.experiment import loss_of
from lossviz.engine.frames import aligned
from lossviz.engine.looks import styles
from lossviz.export import FLAVOURS, NoScript, csv, page, script
from lossviz.items.catalogue import curve
from lossviz.items.datasets.table import Table, keep
from lossviz.player import payload, still
from lossviz.player.packing import unpack
from lossviz.ui.page import plain
from lossviz.views.charts.gallery import gallery
from lossviz.views.charts.plotly_insides import Markup, escaped
from lossviz.views.charts.style import figure
from lossviz.views.panels import View, panels, playground

BAD = """<b>&"'</b><a href=https://x>%{y}"""
# The markup that figures of own data write themselves: line breaks, a heading's square.
OURS = re.compile(r'<br>|<extra></extra>|<span style="color:#[0-9a-f]{6}">|</span>')


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
    "network of numbers": sweep(1, 0, model=["mlp"]),
    "network of two": sweep(2, 2, model=["mlp"]),
    "network of three": sweep(3, 3, model=["mlp"]),
}


def texts(value, key=""):
    """All strings of a figure with the keys that hold them; words that move too."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from texts(each, name)
    elif isinstance(value, list | tuple) or np.ndim(value):
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
    moving = np.array([["<u>", Markup("<b>1</b>")]], object)
    data = [{"type": "scatter", "name": "<i>", "x": [1.0, 2.0], "text": moving}]
    drawn = figure(data, title={"text": Markup("<b>1</b>")})
    assert drawn["data"][0]["name"] == "&lt;i&gt;"
    assert drawn["data"][0]["text"].tolist() == [["&lt;u&gt;", "<b>1</b>"]]
    assert drawn["layout"]["title"] == {"text": "<b>1</b>"}


# Words that want out of a string, a comment, a cell or a line of a terminal.
WORST = '=cmd|"""\n\'\'\'\\"); import os #\x1b[31m\u2028\u202e\x00'


@pytest.fixture(scope="module", params=[(1, 0), (2, 2), (2, 3)], ids=["numbers", "two", "three"])
def worst(request):
    """Runs on rows that a script has named as it liked, which no file or link can."""
    features, classes = request.param
    X, y = np.random.default_rng(0).normal(size=(2, 20, features))
    names = tuple(f"{WORST}{k}" for k in range(classes))
    y = np.arange(20.0) % classes if classes else y[:, 0]
    columns = tuple(f"{WORST}{k}" for k in range(features))
    asked = Table(X, y, np.zeros(20, bool), columns, WORST, names, WORST)
    return asked, columns, names


def runs_on(monkeypatch, asked: Table):
    words = "file~20~" + "0" * 32 + "~name"
    monkeypatch.setattr("lossviz.items.datasets.table._held", {words: asked})
    return run_all(Sweep.of({"data": asked.data, f"{asked.data}.rows": words, "steps": 2}))


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_no_name_gets_out_of_a_script(worst, flavour, monkeypatch):
    asked, columns, _ = worst
    runs = runs_on(monkeypatch, asked)
    try:
        text = script([each.experiment for each in runs], flavour)
    except NoScript:
        assert flavour == "lossviz"
        return
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", text)
    tree = ast.parse(text)
    imported = {
        each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names
    }
    assert "os" not in imported
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    if len(columns) > 1 and flavour != "sklearn":
        assert set(runs[0].names[:12]) <= strings  # as they are, character by character


def test_no_name_is_a_formula_or_a_line_of_a_table(worst, monkeypatch):
    asked, *_ = worst
    runs = runs_on(monkeypatch, asked)
    lines = list(reader.reader(io.StringIO(csv(runs), newline="")))
    assert {len(line) for line in lines} == {len(lines[0])}
    numbers = len(lines[0]) - len(runs[0].names)
    assert [name.removeprefix("'") for name in lines[0][numbers:]] == list(runs[0].names)
    for line in lines:
        for cell in line:
            assert not cell.startswith(("=", "+", "@", "\t", "\r"))
            assert not cell.startswith("-") or float(cell) < 0


def test_no_name_ends_a_script_of_the_offline_page(worst, monkeypatch):
    asked, *_ = worst
    runs = aligned(runs_on(monkeypatch, asked))
    sentence = "</script><script>alert(1)</script>&<b>"
    text = page(playground(runs), "</title>", sentences=[sentence])
    assert sentence not in text
    assert text.count("<script") == 4


def test_no_name_moves_the_cursor_of_a_terminal(tmp_path, capsys):
    path = tmp_path / "a\x1b[2Jb.csv"
    path.write_text("x\u202e,y\u2029\n" + "".join(f"{k},{k}\n" for k in range(9)), "utf-8")
    assert main(["run", "loss=huber&steps=2&\x1b[1m=3", "--data", str(path)]) == 0
    assert main(["run", "", "--data", f"{path}\x9b31m"]) == 1
    assert main(["run", "data=table&table.rows=file~400~" + "0" * 32 + "~%1b[2Jx"]) == 0  # left out
    said = capsys.readouterr()
    for text in (said.out, said.err):
        assert text
        assert text.replace("\n", "").isprintable()


def test_what_is_printed_keeps_its_lines_and_its_letters():
    assert printable("a\n\tδ é 好\x1b[0m\u202e\ud800") == "a\n\ufffdδ é 好\ufffd[0m\ufffd"


@pytest.mark.parametrize(
    "words",
    [
        "https://x.example",
        "www.example.com",
        "me@example.com",
        ":material/check:",
        "a->b--c<-d",
        "&lt;b&gt;",
        "<b>*c*</b>",
        "[a](b)",
        "1. $x$ `y` # z",
    ],
)
def test_words_on_the_page_have_nothing_that_becomes_a_link_an_icon_or_an_arrow(words):
    shown = plain(words)
    assert re.sub(r"\\(?=[!-/:-@\[-`{-~])", "", shown).replace("\u2060", "") == words
    assert not re.search(r"https?:\\?/|www\\?\.|@\w|material\\?/|[-<>~]\\?[-<>=]", shown)
    assert not re.search(r"(?<!\\)[&<>*\[$`#]", shown)
