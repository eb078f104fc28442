"""The command line: the same parser and notes as the page, tables, files and exit codes."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import lossviz
from lossviz.__main__ import main
from lossviz.export import FLAVOURS, script
from lossviz.figures.numbers import number

ROOT = Path(__file__).resolve().parents[1]
KINDS = {
    "losses": lossviz.LOSSES,
    "datasets": lossviz.DATASETS,
    "outliers": lossviz.OUTLIERS,
    "models": lossviz.MODELS,
    "optimizers": lossviz.OPTIMIZERS,
    "schedules": lossviz.SCHEDULES,
}


def test_run_prints_a_table_of_the_runs(capsys):
    query = "loss=squared_error&loss=huber&outliers=vertical&steps=50"
    assert main(["run", query]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    head, _, *rows = shown.out.splitlines()
    assert "Gap to the minimum" in head
    for row, run in zip(rows, lossviz.run_all(lossviz.parse(query)[0]), strict=True):
        for value in (run.loss[-1], run.test_loss[-1], *run.theta[-1]):
            assert number(float(value)) in row


def test_run_shows_errors_of_classes_and_at_most_four_parameters(capsys):
    assert main(["run", "data=iris&data=line&steps=5"]) == 0
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert "Clean test error" in head
    assert "petal length (cm) for setosa" in head
    assert "petal width (cm) for setosa" not in head
    assert len(rows) == 2


def test_notes_go_to_stderr_and_the_rest_is_trained(capsys):
    assert main(["run", "https://x.org/?loss=huber&speed=9&lr=1e9"]) == 0
    shown = capsys.readouterr()
    _, notes = lossviz.parse("loss=huber&speed=9&lr=1e9")
    assert shown.err.splitlines() == notes
    assert "Huber" in shown.out


@pytest.mark.parametrize("query", ["garbage", "loss=nonsense", "?x=1"])
def test_a_link_in_which_nothing_can_be_read_is_a_failure(query, capsys):
    assert main(["run", query]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Nothing in it could be read." in shown.err


def test_too_many_runs_are_a_failure(capsys):
    lots = "&".join(f"seed={k}" for k in range(500))
    assert main(["run", lots]) == 1
    assert "asks for 500 runs; here 200 are the most" in capsys.readouterr().err


def test_run_writes_every_kind_of_file(tmp_path, capsys):
    query = "loss=huber&loss=tukey&steps=20"
    names = [tmp_path / name for name in ("runs.csv", "runs.html", "runs.py")]
    table, page, code = map(str, names)
    arguments = ["--csv", table, "--html", page, "--script", code, "--flavour", "numpy"]
    assert main(["run", query, *arguments]) == 0
    assert capsys.readouterr().err == ""
    with names[0].open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 42
    assert names[1].read_text(encoding="utf-8").startswith("<!doctype html>")
    assert names[2].read_text(encoding="utf-8") == script(lossviz.parse(query)[0], "numpy")


def test_the_page_of_many_runs_says_what_it_leaves_out(tmp_path, capsys):
    seeds = "&".join(f"seed={k}" for k in range(10))
    file = tmp_path / "runs.html"
    assert main(["run", f"steps=3&steps=5&{seeds}", "--html", str(file)]) == 0
    assert "The page shows 8 of the 20 runs" in capsys.readouterr().err
    assert file.exists()


def test_a_file_that_cannot_be_written_is_a_failure(tmp_path, capsys):
    missing = tmp_path / "nowhere" / "runs.csv"
    there = tmp_path / "runs.py"
    assert main(["run", "steps=2", "--csv", str(missing), "--script", str(there)]) == 1
    shown = capsys.readouterr()
    assert "could not be written: No such file or directory." in shown.err
    assert "MSE" in shown.out
    assert there.exists()


def test_a_script_that_cannot_be_said_is_a_failure(tmp_path, capsys):
    file = tmp_path / "runs.py"
    arguments = ["--script", str(file), "--flavour", "sklearn"]
    assert main(["run", "loss=huber&steps=2", *arguments]) == 1
    assert "was not written. scikit-learn has no estimator" in capsys.readouterr().err
    assert not file.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_list_names_every_item_and_setting(kind, capsys):
    assert main(["list", kind]) == 0
    shown = capsys.readouterr().out
    for name, item in KINDS[kind].items():
        assert f"{name} " in shown
        assert item.label in shown
        assert all(f"{name}.{param.name}=" in shown for param in item.params)


@pytest.mark.parametrize(
    "words", [["run", "--flavour", "keras"], ["run", "a", "b"], ["list"], ["list", "x"], ["--x"]]
)
def test_wrong_usage_exits_with_two(words, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert "usage: lossviz" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ["lossviz run QUERY", "lossviz list KIND", "--port", "LINK"]),
        (["serve"], ["--host", "--no-browser", "LINK"]),
        (["run"], ["--csv", "--html", "--script", *FLAVOURS, "exit codes"]),
        (["list"], [*KINDS]),
    ],
)
def test_help_says_what_there_is(words, expected, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([*words, "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert [word for word in expected if word not in shown] == []


@pytest.mark.parametrize("words", [["loss=huber"], ["serve", "loss=huber"], ["serve"], []])
def test_a_link_alone_serves_the_app(words, monkeypatch, capsys):
    from streamlit.web import cli

    served: list[list[str]] = []
    monkeypatch.setattr(cli, "main", served.append)
    assert main([*words, "--no-browser", "--port", "8600"]) == 0
    [arguments] = served
    assert arguments[:2] == ["run", str(ROOT / "app.py")]
    query = "?loss=huber" if "loss=huber" in words else ""
    assert capsys.readouterr().out == f"LossViz: http://localhost:8600/{query}\n"


@pytest.mark.parametrize("words", [["run", "loss=huber&steps=3"], ["list", "losses"]])
def test_run_and_list_start_without_streamlit(words):
    code = (
        "import sys; from lossviz.__main__ import main; "
        f"assert main({words!r}) == 0; assert 'streamlit' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("rows", [20, 400])
def test_a_file_of_ones_own_is_trained_on(rows, tmp_path, capsys):
    x = np.arange(rows) % 7
    path = tmp_path / "mine.csv"
    lines = [f"{k}.5;{3 - 2 * (k + 0.5)}".replace(".", ",") for k in x]
    path.write_text("\n".join(["a;b", *lines]))
    query = "lr=0.5&steps=400"
    assert main(["run", query, "--data", str(path), "--target", "b"]) == 0
    shown = capsys.readouterr()
    assert "-2" in shown.out.replace("\N{MINUS SIGN}", "-")  # the slope
    assert "Commas are before decimals" in shown.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--data", "nowhere.csv"], "No such file"),
        (["--data", str(ROOT / "docs" / "playground.png")], "This is a picture"),
        ([f"data=table&table.rows=file~400~{'0' * 32}~mine.csv"], "Give it with --data."),
    ],
)
def test_rows_that_cannot_be_read_are_a_failure(words, sentence, capsys):
    assert main(["run", *words]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert sentence in shown.err
