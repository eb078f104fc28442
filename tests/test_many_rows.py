"""Very many rows: what would take long is left out or done on a part, and the page says so."""

import numpy as np
import pytest
from suiting import BUILT_IN

from lossviz import Experiment, parse, run, run_all
from lossviz.analysis.landscape import height_of, landscape, sampled
from lossviz.analysis.minimum import budget, reference, search
from lossviz.analysis.minimum.exact import _is_convex, minimise
from lossviz.analysis.replay import replay
from lossviz.base.cache import KEPT
from lossviz.engine.experiment import loss_of
from lossviz.engine.frames import aligned
from lossviz.engine.objective import Objective
from lossviz.engine.task import Task
from lossviz.export import FLAVOURS, NoScript, script, why_not
from lossviz.export.scripts import samples
from lossviz.items.datasets.table import Table, keep
from lossviz.player import payload
from lossviz.views.panels import View, loss_surface, network, overview, playground
from lossviz.views.sentences import cautions, minima, remarks

TASKS = {"regression": "table", "binary": "table_binary", "multiclass": "table_classes"}
N, D, CLASSES = 20_000, 20, ("a", "b", "c")


def table(n, d, classes=()):
    rng = np.random.default_rng([n, d, len(classes)])
    X = rng.normal(size=(n, d))
    y = X @ rng.normal(size=d) + rng.standard_t(3, size=n)
    if classes:
        y = rng.integers(len(classes), size=n) * 1.0
    return Table(X, y, np.zeros(n, bool), tuple(f"x{i}" for i in range(d)), classes=classes)


@pytest.fixture(scope="module")
def large():
    """The text of a large table for each task, and the table, which is there while it is held."""
    counts = {"regression": 0, "binary": 2, "multiclass": 3}
    return {task: keep(table(N, D, CLASSES[:count])) for task, count in counts.items()}


@pytest.fixture
def hurried(monkeypatch):
    """As if 20 rows were very many."""
    monkeypatch.setattr(budget, "ALWAYS_SEARCHED_ROWS", 20)
    monkeypatch.setattr(budget, "ENTRIES", 20)
    monkeypatch.setattr("lossviz.analysis.landscape.SURFACE_ROWS", 20)
    for module in (loss_surface, cautions, network):
        monkeypatch.setattr(module, "SURFACE_ROWS", 20)
    monkeypatch.setattr(overview, "MARKS", 20)
    KEPT.clear()
    yield
    KEPT.clear()


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_search_or_a_linear_programme_of_very_many_rows_is_not_begun(large, name):
    loss = BUILT_IN[name]
    data = TASKS[loss.task]
    e = Experiment(data=data, loss=name, params={f"{data}.rows": large[loss.task][0]})
    kinks, is_convex = loss_of(e).kinks(**e.params_of("loss")), _is_convex(e)
    # Smooth convex losses are cheap, and so are searches among fewer starts, as of two classes.
    is_cheap = not kinks and (is_convex or loss.task == "binary")
    assert budget.is_beyond(Task.of(e), is_convex=is_convex) == (not is_cheap)
    if not is_cheap:
        assert reference(e) is None


@pytest.mark.parametrize("data", ["line", "credit_default", "blobs", "digits"])
def test_no_data_that_comes_with_the_app_has_too_many_rows(data):
    n = {} if data == "digits" else {f"{data}.n": 2000}
    task = Task.of(Experiment(data=data, params=n))
    assert not budget.is_beyond(task, is_convex=False)
    assert sampled(task) is task


@pytest.mark.parametrize("name", ["huber", "log_cosh", "expectile", "cauchy"])
def test_a_minimum_is_found_without_a_linear_programme_to_start_from(monkeypatch, name):
    task = Task.of(Experiment(loss=name, outliers="vertical"))
    exact = minimise(task)
    monkeypatch.setattr(search, "ENTRIES", 0)
    again = minimise(task)
    assert again.value == pytest.approx(exact.value, rel=1e-12)
    np.testing.assert_allclose(again.theta, exact.theta, rtol=1e-6)


@pytest.mark.parametrize(
    "query",
    [
        "loss=huber&outliers=vertical",
        "loss=adaptive",
        "data=iris&loss=cross_entropy",
        "data=moons&loss=hinge&model=mlp",
    ],
)
def test_a_replay_in_pieces_is_the_same(monkeypatch, query):
    [trained] = run_all(parse(f"{query}&steps=30")[0])
    frames, some = np.arange(0, 31, 3), np.array([0, 4, 9])
    whole = replay(trained, frames)
    monkeypatch.setattr("lossviz.analysis.replay.REPLAYED", 1)
    pieces, few = replay(trained, frames), replay(trained, frames, some)
    for name, array in vars(whole).items():
        np.testing.assert_array_equal(getattr(pieces, name), array)
        kept = array if array.ndim == 1 else array[:, some]
        np.testing.assert_array_equal(getattr(few, name), kept)


def test_a_surface_is_drawn_from_the_same_rows_for_every_loss(hurried):
    tasks = [Task.of(Experiment(loss=loss)) for loss in ("squared_error", "huber")]
    first, second = map(sampled, tasks)
    assert len(first.y) == len(first.sample.X) == 20
    np.testing.assert_array_equal(first.y, second.y)
    assert np.isin(first.sample.X, tasks[0].sample.X).all()
    # The surface and the paths over it are of those rows, which are rows of the task.
    land = landscape(tasks[1].experiment, n=5)
    assert land.rows == (20, 60)
    corners = np.array([[land.x[0], land.y[0]], [land.x[-1], land.y[-1]]])
    corners = land.plane.points(corners)
    np.testing.assert_allclose(land.height(corners), land.values[[0, -1], [0, -1]])
    # Up to a plane it is the objective of those rows, and the valley ends where that of all does.
    minimum = minimise(tasks[1]).internal
    height, some = height_of(tasks[1], minimum), Objective.of([second])
    triple = np.array([minimum, minimum + 0.3, minimum - 0.3])
    bend = np.array([-2.0, 1.0, 1.0])
    assert bend @ height(triple) == pytest.approx(bend @ some.values(triple[:, None])[:, 0])
    assert height(minimum[None])[0] == pytest.approx(minimise(tasks[1]).value)
    around = minimum + 0.01 * np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    assert (height(around) > height(minimum[None])).all()


@pytest.mark.parametrize("in_3d", [False, True])
def test_the_page_says_what_is_left_out(hurried, in_3d):
    query, n = "loss=squared_error&loss=absolute_error&steps=20&outliers=vertical", 60
    runs = aligned(run_all(parse(query)[0]))
    assert reference(runs[0].experiment) is not None
    assert reference(runs[1].experiment) is None
    movie = playground(runs, View(in_3d=in_3d))
    notes = {chart.title.partition(":")[0]: chart.description for chart in movie.charts.values()}
    assert f"20 of the {n} training rows, drawn at random" in notes["Loss surface"]
    assert "exact minimiser (★)" in notes["Loss surface"]
    said = remarks(runs)
    assert f"MAE: the {n} rows are too many for its exact minimum to be looked for" in said[-1]
    assert any(f"some of the {n} training rows" in words for words in said)
    assert minima(runs).startswith("After 20 steps the clean test loss is ")
    columns, known, unknown = movie.tables[0].columns[1:], *movie.tables[0].rows
    at = columns.index("Exact minimiser")
    assert unknown.cells[at : at + 3] == ("not known", "–", "–")
    assert known.cells[at] != "not known"


def test_a_page_of_very_many_rows_is_small_and_finite(large):
    """20,000 rows by 20 and, of one feature, a picture of some."""
    query = f"data=table&table.rows={large['regression'][0]}&steps=5&loss=squared_error&loss=tukey"
    runs = aligned(run_all(parse(query)[0]))
    movie = playground(runs)
    assert len(payload(movie, run="")) < 400_000
    assert not any("so small a set" in words for words in remarks(runs))
    assert movie.charts["fit"].description.startswith("120 of 20,000 rows are shown.")
    text, one = keep(table(N, 1))
    movie = playground(aligned(run_all(parse(f"data=table&table.rows={text}&steps=5")[0])))
    # 1,500 and those with a dot of their own.
    assert movie.charts["fit"].description.startswith("1,6")
    assert "of 20,000 rows are shown" in movie.charts["fit"].description
    assert len(payload(movie, run="")) < 400_000
    assert len(one.y) == N


def test_a_script_is_not_written_of_very_many_rows(large, monkeypatch):
    text, kept = keep(table(400, 2))
    few = Experiment(data="table", params={"table.rows": text}, steps=3)
    # A link only names these rows, so nothing may pretend that it brings them along.
    assert "only named in a link" in why_not([few], "lossviz")
    with pytest.raises(NoScript):
        script([few])
    assert "From the command line" not in script([few], "numpy")
    assert repr(float(kept.y[0])) in script([few], "numpy")
    monkeypatch.setattr(samples, "MOST", 799)
    for flavour in set(FLAVOURS) - {"lossviz"}:
        assert "all 400 training rows, 800 numbers" in why_not([few], flavour)


def test_status_and_descent_do_without_the_minimum(hurried):
    trained = run(Experiment(loss="absolute_error", steps=30, seed=8))
    [table] = playground([trained]).tables
    assert table.rows[0].cells[-1] == trained.status
