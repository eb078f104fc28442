"""What is taken away says the same as the page: tables are read back, scripts are executed."""

import ast
import csv
import os
import re
import subprocess
import sys
import warnings
from contextlib import redirect_stdout
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from runpy import run_path

import numpy as np
import pytest
from suiting import SPOILED, choosing, spoiled

import lossviz
from lossviz import DATASETS, LOSSES, OPTIMIZERS, SCHEDULES, Experiment
from lossviz.analysis.minimum import reference
from lossviz.export import (
    FLAVOURS,
    NoScript,
    TooLarge,
    csv_table,
    csv_within,
    page,
    page_of,
    script,
    summary,
    why_not,
)
from lossviz.export import csv as table
from lossviz.export.csv_table import _word
from lossviz.export.scripts.flavours import queries
from lossviz.views.panels import View, playground
from lossviz.views.sentences import faults, headline, minima, remarks

ROOT = Path(__file__).resolve().parents[1]
TASKS = ("regression", "binary", "multiclass")
# One of everything that a script may have to say.
SETTINGS = [
    "batch=7&l1=0.01&l2=0.02&patience=15&loss=huber&outliers=vertical",
    "batch=8&loss=squared_error&loss=log_cosh&lr=0.05&seed=3",
    "loss=squared_error&lr=5&steps=300",
    "model=polynomial&polynomial.degree=4&data=engel&lr=0.01",
    "data=stack_loss&init=-40,0.7,1.3&outliers=leverage",
    "data=counts&loss=poisson&outliers=vertical&lr=0.01",
    "model=mlp&mlp.depth=2&mlp.width=3&init=normal&steps=30",
    "model=mlp&mlp.activation=relu&mlp.activation=sigmoid&mlp.activation=gelu&steps=30",
    "data=moons&model=mlp&loss=log_loss&loss=cross_entropy&init=he&batch=16&steps=40",
    "data=iris&scaling=none&scaling=standard&l2=0.01&steps=40&init=xavier",
    "data=diabetes&diabetes.test=0&outliers=leverage&steps=40",
    "data=stars_cyg&init=clean&outliers=vertical&loss=squared_error&loss=tukey&steps=40",
    "data=moons&model=mlp&model=linear&init=clean&steps=40",
    "data=line&data=sine&seed=0&seed=1&loss=quantile&quantile.tau=0.2",
    "loss=own&own.text=0.7*huber(r,1)%2B0.3*squared_error(r)&own.text=abs(r)**a&own.a=1.5",
    "loss=own&own.text=r&loss=huber",
    "data=moons&loss=own_margin&loss=hinge",
]
EXACT = [
    "loss=squared_error&outliers=vertical",
    "l2=0.1",
    "l1=0.1",
    "l1=0.1&l2=0.05",
    "data=diabetes",
    "data=stack_loss&model=polynomial&polynomial.degree=2&l2=0.1",
    "loss=absolute_error&outliers=vertical&line.n=31",
    "loss=quantile&l1=0.02",
    "loss=epsilon_insensitive&l2=0.01",
    "data=counts&loss=poisson",
    "data=counts&loss=poisson&l2=1",
    "data=moons&loss=log_loss&log_loss.weight_1=3&l2=0.01",
    "data=moons&loss=hinge&l2=0.01",
    "data=moons&loss=least_squares&l1=0.01",
    "data=moons&loss=cross_entropy&l2=0.01",
    "data=blobs&l2=0.01",
    "data=iris&loss=multiclass_squared_error",
]


def experiments(query: str) -> list[Experiment]:
    sweep, notes = lossviz.parse(query)
    assert notes == []
    return list(sweep)


def printed(code: str, folder: Path) -> list[dict[str, float]]:
    """What a script prints: for each run the numbers by name. It runs in this process."""
    file = folder / "script.py"
    file.write_text(code, encoding="utf-8")
    said = StringIO()
    with warnings.catch_warnings(), redirect_stdout(said):
        warnings.simplefilter("ignore")  # as in a process of its own, where they are only shown
        run_path(str(file), run_name="__main__")
    return numbers(said.getvalue())


def printed_alone(code: str, folder: Path, *, knows_lossviz: bool) -> list[dict[str, float]]:
    """The same of a process of its own, which finds this package or not."""
    file = folder / "script.py"
    file.write_text(code, encoding="utf-8")
    environment = {
        key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")
    }
    environment |= {"PYTHONPATH": str(ROOT)} if knows_lossviz else {}
    environment |= {"PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, str(file)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return numbers(done.stdout)


def numbers(said: str) -> list[dict[str, float]]:
    found: list[dict[str, float]] = []
    for line in said.splitlines():
        number = re.fullmatch(r"  (.{36,}?) ([-+.e\d]*\d)", line)
        if number is None and not line.startswith("  "):
            found.append({})
        elif number:
            found[-1][number[1].strip()] = float(number[2])
    return found


def ends(run: lossviz.Run) -> dict[str, float]:
    """The same of a run."""
    losses = {"training loss": run.loss[-1], "clean test loss": run.test_loss[-1]}
    if run.error is not None and run.test_error is not None:
        losses |= {"training error": run.error[-1], "clean test error": run.test_error[-1]}
    return dict(zip(run.names[:12], run.theta[-1], strict=False)) | losses


def check(code: str, wanted: list[Experiment], folder: Path) -> None:
    found = printed(code, folder)
    for one, run in zip(found, lossviz.run_all(wanted), strict=True):
        expected = ends(run)
        assert list(one) == list(expected), run.experiment.query()
        np.testing.assert_allclose(
            list(one.values()),
            list(expected.values()),
            rtol=1e-9,
            atol=1e-9,
            err_msg=run.experiment.query(),
        )


@pytest.mark.parametrize(
    ("flavour", "query", "knows_lossviz"),
    [("numpy", SETTINGS[0], False), ("sklearn", EXACT[0], False), ("lossviz", SETTINGS[1], True)],
)
def test_a_script_runs_by_itself(flavour, query, knows_lossviz, tmp_path):
    code = script(experiments(query), flavour)
    alone = printed_alone(code, tmp_path, knows_lossviz=knows_lossviz)
    assert alone == printed(code, tmp_path)


def products(losses: list[str], optimizers: list[str]) -> list[Experiment]:
    return [
        spoiled(loss, optimizer=optimizer, lr=0.05, steps=60)
        for loss in losses
        for optimizer in optimizers
    ]


@pytest.mark.parametrize("task", TASKS)
def test_plain_numpy_trains_every_loss_with_every_optimizer_alike(task, tmp_path):
    losses = [name for name, loss in LOSSES.items() if loss.task == task and not loss.learned]
    wanted = products(losses, list(OPTIMIZERS))
    check(script(wanted, "numpy"), wanted, tmp_path)


@pytest.mark.parametrize("query", SETTINGS)
def test_plain_numpy_says_every_setting(query, tmp_path):
    wanted = experiments(query)
    code = script(wanted, "numpy")
    assert not re.search("^(import|from) lossviz", code, flags=re.M)
    check(code, wanted, tmp_path)


def test_plain_numpy_says_every_schedule(tmp_path):
    wanted = [Experiment(schedule=name, steps=60) for name in SCHEDULES]
    check(script(wanted, "numpy"), wanted, tmp_path)


@pytest.mark.parametrize("task", TASKS)
def test_plain_numpy_holds_the_rows_of_every_dataset(task, tmp_path):
    wanted = [
        Experiment(data=name, outliers=outliers, steps=3, lr=1e-3, seed=1)
        for name, data in DATASETS.items()
        if data.task == task
        for outliers in ("none", SPOILED[task])
    ]
    check(script(wanted, "numpy"), wanted, tmp_path)


@pytest.mark.parametrize("query", ["", *SETTINGS[:2], SETTINGS[8], SETTINGS[-4]])
def test_the_lossviz_script_does_the_same(query, tmp_path):
    wanted = experiments(query)
    check(script(wanted, "lossviz"), wanted, tmp_path)


def test_the_lossviz_script_says_runs_that_are_no_product(tmp_path):
    wanted = experiments("loss=huber&lr=0.01") + experiments("loss=squared_error&lr=0.1")
    check(script(wanted), wanted, tmp_path)


def test_scikit_learn_finds_the_exact_minima(tmp_path):
    wanted = [e for query in EXACT for e in experiments(query)]
    for found, e in zip(printed(script(wanted, "sklearn"), tmp_path), wanted, strict=True):
        exact = reference(e)
        assert exact is not None
        assert found["training loss"] == pytest.approx(exact.value, rel=1e-7, abs=1e-9), e.query()
        theta = list(found.values())[: min(len(exact.theta), 12)]
        np.testing.assert_allclose(theta, exact.theta[:12], rtol=1e-5, atol=1e-5, err_msg=e.query())


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("loss=huber", "HuberRegressor learns the scale of the noise as well"),
        ("loss=absolute_error&l2=1", "with an L2 penalty is left out here"),
        ("data=moons&loss=hinge", "SVC needs an L2 penalty"),
        ("data=moons&model=mlp", "A network has no exact minimum"),
        ("data=iris", "There is no minimum to be found"),
        ("data=blobs&cross_entropy.smoothing=0.1", "LogisticRegression knows no label smoothing"),
    ],
)
def test_scikit_learn_says_why_not(query, reason):
    assert reason in why_not(experiments(query), "sklearn")


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_has_a_script_or_a_sentence(loss, flavour):
    wanted = [choosing("loss", loss)]
    reason = why_not(wanted, flavour)
    if reason:
        assert flavour in ("torch", "sklearn") or (flavour == "numpy" and LOSSES[loss].learned)
        assert re.fullmatch(r"[A-Zs].*\.", reason)
    else:
        compile(script(wanted, flavour), "script", "exec")


def test_a_script_is_short_of_words_and_lines():
    code = script([Experiment(loss="huber")], "numpy")
    functions = code.partition("\n# ")[0]
    assert functions.count("\n") < 70
    assert max(map(len, code.splitlines())) <= 100
    assert "batches" not in code
    assert "is_weight" not in code
    assert "patience" not in code


@pytest.mark.parametrize("flavour", ["numpy", "torch", "sklearn"])
def test_a_script_defines_nothing_that_it_does_not_use(flavour):
    said = [experiments(query) for query in (*SETTINGS, *EXACT)]
    codes = [script(asked, flavour) for asked in said if not why_not(asked, flavour)]
    for code in codes:
        tree = ast.parse(code)
        made = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        made |= {
            (alias.asname or alias.name).split(".")[0]
            for node in tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert made <= used, code
    assert len(codes) > 9


def test_a_start_that_has_diverged_says_so():
    e = Experiment(loss="own", init="1e6", params={"own.text": "exp(abs(r))"})
    assert why_not([e], "numpy") == (
        "The run diverges before its first step, so there is nothing to say."
    )


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(ValueError, match="no flavour 'keras'"):
        script([Experiment()], "keras")
    with pytest.raises(ValueError, match="no experiment"):
        script([], "numpy")
    with pytest.raises(NoScript, match="NAdam lets the momentum grow"):
        script([Experiment(optimizer="nadam")], "torch")


@pytest.mark.parity
@pytest.mark.parametrize("task", TASKS)
def test_pytorch_trains_alike(torch, task, tmp_path):
    losses = [
        name
        for name, loss in LOSSES.items()
        if loss.task == task and not why_not([choosing("loss", name)], "torch")
    ]
    wanted = products(losses, [name for name, each in OPTIMIZERS.items() if each.torch])
    check(script(wanted, "torch"), wanted, tmp_path)


@pytest.mark.parity
@pytest.mark.parametrize(
    "query",
    [
        *(query for query in SETTINGS if not why_not(experiments(query), "torch")),
        "optimizer=nesterov&nesterov.beta=0&optimizer=adamw&schedule=cosine",
        "data=moons&loss=log_loss&log_loss.weight_1=3&loss=brier&model=mlp",
        "data=iris&loss=kl_divergence&loss=cross_entropy&cross_entropy.smoothing=0.1",
    ],
)
def test_pytorch_says_the_settings(torch, query, tmp_path):
    wanted = experiments(query)
    check(script(wanted, "torch"), wanted, tmp_path)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


@pytest.mark.parametrize("query", ["loss=squared_error&loss=huber&steps=30", SETTINGS[8]])
def test_the_table_gives_back_every_bit(query):
    runs = lossviz.run_all(experiments(query))
    rows = read(table(runs))
    assert len(rows) == sum(len(run.steps) for run in runs)
    start = 0
    for run in runs:
        own = rows[start : start + len(run.steps)]
        start += len(run.steps)

        def column(name: str, own: list[dict[str, str]] = own) -> list[float]:
            return [float(row[name]) for row in own]

        assert {row["query"] for row in own} == {run.experiment.query()}
        assert column("step") == run.steps.tolist()
        assert column("training_loss") == run.loss[run.steps].tolist()
        assert column("clean_test_loss") == run.test_loss[run.steps].tolist()
        if run.error is not None:
            assert column("training_error") == run.error.tolist()
        for k, name in enumerate(run.names):
            assert column(name) == run.theta[:, k].tolist()


def test_the_table_leaves_empty_what_a_run_does_not_have():
    runs = lossviz.run_all(experiments("model=linear&model=polynomial&steps=2"))
    rows = read(table(runs))
    assert {row["slope"] == "" for row in rows[3:]} == {True}
    assert {row["coefficient of x²"] == "" for row in rows[:3]} == {True}
    assert "training_error" not in rows[0]


def test_the_summary_is_aligned():
    runs = lossviz.run_all(experiments("loss=squared_error&loss=huber&outliers=vertical"))
    head, rule, *rows = summary(runs).splitlines()
    place = head.index("Status")
    assert rule[place - 1] == " "
    assert [row[place:] for row in rows] == [f"{row[place:].strip()}" for row in rows]
    assert rows[1].startswith("Huber (δ = 1)")


class Tags(HTMLParser):
    """The tags of a document, and whether each that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(html)
    assert parser.open == []
    return parser.seen


def test_the_page_asks_for_nothing():
    runs = lossviz.run_all(experiments("loss=huber&steps=5"))
    html = page(playground(runs), "<Huber> & co", sentences=["1 < 2"], remarks=["<b>&"])
    seen = tags(html)
    asked = [attrs.get("src") or attrs.get("href") for _, attrs in seen]
    assert [url for url in asked if url and not url.startswith("data:")] == []
    assert "<title>&lt;Huber&gt; &amp; co</title>" in html
    assert "<p>1 &lt; 2</p>" in html
    assert html.index('<div id="player">') < html.index('<p class="remark">&lt;b&gt;&amp;</p>')


class Paragraphs(HTMLParser):
    """The paragraphs of a document, as text, with their classes; and where the player stands."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str]] = []
        self.kind: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if dict(attrs).get("id") == "player":
            self.seen.append(("player", ""))
        if tag == "p":
            self.kind = dict(attrs).get("class") or ""
            self.seen.append((self.kind, ""))

    def handle_data(self, data: str) -> None:
        if self.kind is not None:
            self.seen[-1] = (self.kind, self.seen[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self.kind = None


def test_the_page_s_own_download_says_what_stands_on_the_page():
    query = "loss=own&own.text=r&loss=poisson&outliers=vertical&steps=9"
    runs = lossviz.run_all(experiments(query))
    notes = ["The 9 rows of <b>a & b</b>.csv are only named in the link.", "1 < 2"]
    document = Paragraphs()
    document.feed(page_of(runs, "LossViz", view=View(), notes=notes))
    above = [*notes, headline(runs), *faults(runs)]
    assert faults(runs)
    assert remarks(runs)
    assert [words for words in document.seen if "JavaScript" not in words[1]] == [
        *(("", words) for words in above),
        ("player", ""),
        *(("remark", words) for words in (minima(runs), *remarks(runs))),
    ]


def test_values_show_themselves_in_a_notebook():
    e = Experiment(loss="huber", params={"huber.delta": 0.5})
    [run] = lossviz.run_all([e])
    [classes] = lossviz.run_all(experiments("data=moons&steps=3"))
    for value, words in (
        (e, "huber.delta"),
        (run, run.status),
        (classes, "Clean test error"),
        (LOSSES["huber"], "P. J. Huber (1964)"),
    ):
        html = value._repr_html_()
        assert words in html
        assert ("svg" in {tag for tag, _ in tags(html)}) == isinstance(value, lossviz.Run)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_shows_its_formula_in_a_notebook(loss):
    html = LOSSES[loss]._repr_html_()
    assert tags(html)
    assert "$$" in html


def test_runs_that_are_no_product_keep_a_query_each():
    one, other = Experiment(lr=0.1, l2=0.1), Experiment(lr=0.2, l2=0.2)
    for runs in ([one, other], [one, other, one, other]):
        assert queries(runs) == [e.query() for e in runs]
    product = [Experiment(lr=lr, l2=l2) for lr in (0.1, 0.2) for l2 in (0.1, 0.2)]
    [query] = queries(product)
    assert set(lossviz.parse(query)[0]) == set(product)


def test_pytorch_s_nesterov_is_nesterov():
    code = script([Experiment(optimizer="nesterov", params={"nesterov.beta": 0.8})], "torch")
    assert "torch.optim.SGD, momentum=0.8, nesterov=True" in code


@pytest.mark.parametrize("query", ["data=iris&steps=40", "loss=huber&loss=tukey&steps=300"])
def test_no_table_is_longer_than_was_counted(query, monkeypatch):
    runs = lossviz.run_all(lossviz.parse(query)[0])
    size = len(table(runs))
    monkeypatch.setattr(csv_table, "WRITTEN", 2 * size)
    assert csv_table.too_large(runs) == ""
    monkeypatch.setattr(csv_table, "WRITTEN", size - 1)
    assert re.fullmatch(
        r"The table would take \d+ MiB \(\d+ at most\): ask for fewer runs, fewer steps or a "
        r"smaller model\.",
        csv_table.too_large(runs),
    )
    with pytest.raises(TooLarge, match="The table would take"):
        csv_within(runs)


@pytest.mark.parametrize(
    "words",
    ["=1+1", " =1+1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20a", "\u200b=1", "\t1"],
)
def test_what_a_spreadsheet_would_take_for_a_formula_has_an_apostrophe(words):
    assert _word(words) == f"'{words}"
    assert _word(f"a{words}") == f"a{words}"
