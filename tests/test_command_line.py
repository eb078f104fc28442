"""The command line: the same parser and notes as the page, tables, files and exit codes."""

import csv
import subprocess
import sys
from html import escape
from pathlib import Path

import numpy as np
import pytest

import lossviz
from lossviz.cli import main
from lossviz.engine.numbers import number
from lossviz.export import FLAVOURS, page_of, script
from lossviz.items.datasets.choice import Choice
from lossviz.items.datasets.table import chosen_in, keep
from lossviz.tables import pick, read_as
from lossviz.views.panels import PANELS, View
from lossviz.views.sentences import faults, headline, minima, remarks

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


def test_what_no_machine_should_begin_is_a_failure(capsys):
    net = "data=sine&sine.n=2000&model=mlp&mlp.depth=8&mlp.width=64&steps=20000"
    assert main(["run", f"{net}&" + "&".join(f"seed={k}" for k in range(200))]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    [said] = shown.err.splitlines()
    assert said.startswith("The link asks for 13")
    assert said.endswith(" GiB of memory (8 GiB at most).")


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


def test_the_page_carries_what_was_said_and_what_the_playground_remarks(tmp_path, capsys):
    rows = tmp_path / "rows.csv"
    rows.write_text("<a>,b,y\n" + "".join(f"{k},{k},{k * k}\n" for k in range(9)) + "9,,1\n")
    file = tmp_path / "runs.html"
    link = "loss=squared_error&loss=msle&init=1,2&lr=-1&steps=5"
    options = ["--data", str(rows), "--target", "y", "--features", "<a>,b"]
    assert main(["run", link, *options, "--html", str(file)]) == 0
    said = capsys.readouterr().err.splitlines()
    runs = lossviz.run_all(parse_with(rows, link))
    page = file.read_text(encoding="utf-8")
    for sentence in (*said, headline(runs), minima(runs), *faults(runs), *remarks(runs)):
        assert page.count(f">{escape(sentence)}</p>") == 1, sentence
    assert any("moved to the nearest" in sentence for sentence in said)
    assert any("left out for missing values" in sentence for sentence in said)
    assert any("not unique" in sentence for sentence in remarks(runs))


def test_the_page_looks_at_the_runs_as_the_link_does_and_what_it_cannot_is_said(tmp_path, capsys):
    file = tmp_path / "runs.html"
    link = "loss=huber&steps=5&view.panel=network&view.scale=linear&view.pannel=x&view.size=huge"
    assert main(["run", link, "--html", str(file)]) == 0
    said = [
        "'view.pannel' is no setting of a page that plays offline; left out.",
        "view.size 'huge' is not known and was left out.",
        "“Network” has nothing to show of these runs, so the overview is shown.",
    ]
    assert capsys.readouterr().err.splitlines() == said
    html, runs = file.read_text("utf-8"), lossviz.run_all(lossviz.parse(link)[0])
    assert all(f">{escape(each)}</p>" in html for each in said)
    assert html == page_of(runs, "LossViz: huber", view=View(is_log=False), notes=said)
    assert main(["run", link]) == 0  # where no page is asked for
    assert capsys.readouterr().err == ""


def parse_with(file, link):
    choice = Choice("y", ("<a>", "b"))
    table = pick(read_as(file.read_bytes(), file.name, choice), choice).table
    words, _held = keep(table)
    return lossviz.parse(link, {"data": "table", "table.rows": words})[0]


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


def test_list_names_every_panel_as_a_link_has_it(capsys):
    assert main(["list", "panels"]) == 0
    shown = capsys.readouterr().out
    for name, panel in PANELS.items():
        assert f"{name} " in shown
        assert panel.label in shown
        assert all(f" view.{param.name}=" in shown for param in panel.params)


def test_list_knows_the_losses_that_users_write_with_nothing_else_imported():
    words = [sys.executable, "-m", "lossviz", "list", "losses"]
    shown = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = {line.split()[0] for line in shown.splitlines() if not line.startswith(" ")}
    assert names == set(lossviz.LOSSES)


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
        (["list"], [*KINDS, "panels"]),
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
        "import sys; from lossviz.cli import main; "
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


RUN_ALL = lossviz.run_all
TWO_CLASSES = "x,y\n1,a\n2,a\n3,b\n4,a\n5,b\n6,b\n"
SMALL_WHOLE = "x,y\n1,2\n2,4\n3,5\n4,4\n5,5\n"
CODES = "len,wid,species\n5,3,0\n6,3,1\n7,3,2\n5,4,0\n6,2,1\n7,4,2\n"
FRAUD = "amount,hour,label\n10,9,ok\n12,10,ok\n900,3,fraud\n15,12,ok\n9,11,ok\n700,2,fraud\n"
YEARS = "2023,2024,2025\n1,2,3\n2,3,5\n4,4,9\n"


def test_a_table_that_is_too_large_is_not_written_but_the_rest_is(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("lossviz.export.csv_table.WRITTEN", 100)
    paths = tmp_path / "runs.csv", tmp_path / "run.py"
    assert main(["run", "steps=2", "--csv", str(paths[0]), "--script", str(paths[1])]) == 1
    assert [path.exists() for path in paths] == [False, True]
    assert f"{paths[0]} was not written. The table would take" in capsys.readouterr().err


def trained(tmp_path, monkeypatch, text, link, *words):
    """The runs that the command line trains on a file, and its exit code."""
    found = []

    def keeping(sweep):
        found.extend(RUN_ALL(sweep))
        return found

    monkeypatch.setattr(lossviz, "run_all", keeping)
    path = tmp_path / "mine.csv"
    path.write_text(text)
    return main(["run", link, "--data", str(path), *words]), found


@pytest.mark.parametrize(
    ("text", "link", "words", "losses", "facts"),
    [
        (TWO_CLASSES, "loss=hinge", [], ["hinge"], (("x",), "y", ("a", "b"))),
        (
            SMALL_WHOLE,
            "loss=squared_error&loss=absolute_error",
            [],
            ["squared_error", "absolute_error"],
            (("x",), "y", ()),
        ),
        (SMALL_WHOLE, "", ["--classes"], ["cross_entropy"], (("x",), "y", ("2", "4", "5"))),
        (CODES, "", [], ["squared_error"], (("len", "wid"), "species", ())),
        (
            CODES,
            "data=iris&loss=multiclass_hinge",
            ["--classes"],
            ["multiclass_hinge"],
            (("len", "wid"), "species", ("0", "1", "2")),
        ),
        (
            CODES,
            "",
            ["--target", "len", "--features", "species", "--numbers"],
            ["squared_error"],
            (("species",), "len", ()),
        ),
        (
            CODES,
            "",
            ["--drop", "wid", "--kind", "len=category"],
            ["squared_error"],
            (("len = 6", "len = 7"), "species", ()),
        ),
        (FRAUD, "", [], ["log_loss"], (("amount", "hour"), "label", ("ok", "fraud"))),
        (
            FRAUD,
            "",
            ["--positive", "ok", "--features", "hour"],
            ["log_loss"],
            (("hour",), "label", ("fraud", "ok")),
        ),
        (YEARS, "", ["--header"], ["squared_error"], (("2023", "2024"), "2025", ())),
        (YEARS, "", ["--no-header"], ["squared_error"], (("column 1", "column 2"), "column 3", ())),
    ],
)
def test_what_is_to_be_learned_of_a_file_can_be_said(
    text, link, words, losses, facts, tmp_path, monkeypatch, capsys
):
    code, runs = trained(tmp_path, monkeypatch, text, link, *words)
    assert code == 0, capsys.readouterr().err
    assert [run.experiment.loss for run in runs] == losses
    for run in runs:
        got = lossviz.sample(run.experiment)
        assert (got.features, got.target, got.classes) == facts


def test_least_squares_on_small_whole_targets(tmp_path, monkeypatch, capsys):
    link = "loss=squared_error&lr=0.3&steps=2000"
    _, [run] = trained(tmp_path, monkeypatch, SMALL_WHOLE, link)
    assert run.theta[-1] == pytest.approx([2.2, 0.6])
    assert capsys.readouterr().err == "The columns are separated by commas.\n"


@pytest.mark.parametrize(
    ("rows", "link", "share"),
    [
        (99, "", 0.0),
        (100, "", 0.25),
        (400, "", 0.25),
        (400, "table.test=0.5", 0.5),
        (400, "table.test=0", 0.0),
        (400, "table_binary.test=0", 0.0),
        (20, "table.test=0.5", 0.5),
    ],
)
def test_rows_of_a_file_are_held_out_as_on_the_page(
    rows, link, share, tmp_path, monkeypatch, capsys
):
    lines = "\n".join(["a,b", *(f"{k % 13},{k % 7}" for k in range(rows))])
    _, [run] = trained(tmp_path, monkeypatch, lines, f"loss=squared_error&steps=2&{link}")
    assert run.experiment["table.test"] == share
    assert len(run.task.y) == round(rows * (1 - share))
    shown = capsys.readouterr()
    assert ("No rows are held out" in shown.out) == (share == 0)
    assert not shown.err.replace("The columns are separated by commas.\n", "")
    # A link that names these rows says all of them, also that none are held out.
    _, [again] = trained(tmp_path, monkeypatch, lines, run.experiment.query())
    assert again.experiment == run.experiment


def test_a_link_to_edited_rows_is_told_that_the_file_lacks_the_edits(tmp_path, monkeypatch, capsys):
    edited = f"data=table&table.rows=file~9~{'0' * 32}~rows.csv~edited&steps=2"
    trained(tmp_path, monkeypatch, SMALL_WHOLE, edited)
    said = capsys.readouterr().err
    assert "other rows than the link's, which were edited by hand: no file holds them so" in said


def test_what_does_not_suit_the_rows_of_a_file_is_said(tmp_path, monkeypatch, capsys):
    link = "data=moons&moons.noise=0.3&loss=hinge&outliers=label_flips&table_binary.test=0.5"
    _, [run] = trained(tmp_path, monkeypatch, SMALL_WHOLE, link)
    assert run.experiment.loss == "squared_error"
    assert run.experiment["table.test"] == 0.5  # what is said of rows of one's own holds for these
    said = capsys.readouterr().err
    for part in (
        "The given rows are used, so these were left out: data='moons'.",
        "“Hinge” is for two classes, and your data have numbers, so “Mean squared error” is "
        "trained",
        "“Label flips” is for classes, and your data have numbers",
        "Settings of things that are not chosen were left out: moons.noise.",
    ):
        assert part in said


def test_a_link_that_names_a_file_says_what_was_chosen_of_it(tmp_path, monkeypatch, capsys):
    rng = np.random.default_rng(0)
    lines = [f"{a},{b},{c},{'yes' if a > 0 else 'no'}" for a, b, c in rng.normal(size=(320, 3))]
    text = "\n".join(["a,b,c,d", *lines])
    words = ["--target", "d", "--features", "a,c", "--positive", "no", "--drop", "b"]
    _, [run] = trained(tmp_path, monkeypatch, text, "loss=hinge", *words)
    link = run.experiment.query()
    assert len(link) < 300
    assert "other rows" not in capsys.readouterr().err
    (tmp_path / "other").mkdir()
    code, [again] = trained(tmp_path / "other", monkeypatch, text, link)
    assert code == 0
    assert again.experiment == run.experiment
    assert "other rows" not in capsys.readouterr().err
    _, [other] = trained(tmp_path, monkeypatch, text, link, "--target", "a", "--features", "b")
    made = chosen_in(str(other.experiment["table.rows"]))
    assert made is not None
    assert (made.target, made.features, made.kinds) == ("a", ("b",), ())
    assert "These are other rows than the link's" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--positive", "nope"], "label has no class 'nope'; it has fraud and ok."),
        (["--target", "hour", "--positive", "9"], "Of two classes one is looked for; hour has num"),
        (["--features", "amount,size"], "There is no column 'size'."),
        (["--drop", "size"], "There is no column 'size'."),
        (["--numbers"], "label holds categories, which are no numbers."),
        (["--target", "amount", "--features", "amount"], "so it cannot be a feature too."),
    ],
)
def test_a_choice_that_does_not_work_is_a_failure(words, sentence, tmp_path, monkeypatch, capsys):
    assert trained(tmp_path, monkeypatch, FRAUD, "", *words) == (1, [])
    shown = capsys.readouterr()
    assert shown.out == ""
    assert sentence in shown.err


@pytest.mark.parametrize(
    "words",
    [
        ["--target", "y"],
        ["--features", "a"],
        ["--drop", "a"],
        ["--kind", "a=out"],
        ["--classes"],
        ["--numbers"],
        ["--positive", "a"],
        ["--header"],
        ["--no-header"],
        ["--data", "x.csv", "--kind", "a=words"],
        ["--data", "x.csv", "--kind", "=out"],
        ["--data", "x.csv", "--classes", "--numbers"],
    ],
)
def test_options_of_a_file_used_wrongly_exit_with_two(words, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["run", "loss=huber", *words])
    said = capsys.readouterr().err.splitlines()[-1]
    assert words[-2 if len(words) % 2 == 0 else -1].replace("--no-", "--") in said


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
