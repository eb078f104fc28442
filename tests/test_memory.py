"""Memory: rows are shared, bounded in bytes, and die with whoever brought them."""

import gc
import threading
import tracemalloc
from time import sleep
from weakref import WeakValueDictionary, ref

import numpy as np
import pytest
from crowd import at_once

from lossviz import Experiment, Sample, landscape, reference, run_all
from lossviz.base.cache import KEPT
from lossviz.engine.frames import aligned
from lossviz.engine.objective import Objective
from lossviz.engine.task import Task
from lossviz.items.datasets.table import MissingTable, Table, keep, table_of
from lossviz.views.panels import PANELS, View, loss_surface, playground
from lossviz.views.sentences import faults, headline, minima, remarks


def own(n, d=2, classes=(), seed=0):
    """Rows that no link can carry, if there are more than 300: their text, and their table."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    y = rng.integers(len(classes), size=n) * 1.0 if classes else X.sum(axis=1) + rng.normal(size=n)
    return keep(Table(X, y, np.arange(n) < 3, tuple(f"x{i}" for i in range(d)), classes=classes))


def experiments(words, data, **settings):
    params = {f"{data}.rows": words, f"{data}.test": 0.25}
    losses = {"table": ("absolute_error", "huber")}.get(data, ("cross_entropy",))
    return [Experiment(data=data, loss=loss, steps=3, params=params, **settings) for loss in losses]


def seen(asked, view):
    """All that the page works out for some experiments."""
    runs = aligned(run_all(asked))
    movie = playground(runs, view)
    return runs, movie, headline(runs), minima(runs), remarks(runs), faults(runs)


@pytest.fixture
def little_room(monkeypatch):
    """A bound that is soon reached, and nothing kept from before."""
    KEPT.clear()
    monkeypatch.setattr(KEPT, "most", 500_000)
    yield KEPT.most
    KEPT.clear()


# ---------------------------------------------------------------- shared


@pytest.mark.parametrize("data", ["line", "moons", "iris"])
def test_tasks_on_the_same_rows_share_arrays_whatever_the_loss(data):
    losses = {
        "line": ("squared_error", "huber"),
        "moons": ("log_loss", "cross_entropy"),
        "iris": ("cross_entropy", "multiclass_hinge"),
    }[data]
    one, other = (Task.of(Experiment(data=data, loss=loss)) for loss in losses)
    assert np.shares_memory(one.features, other.features)
    assert np.shares_memory(one.features_test, other.features_test)
    assert one.sample is other.sample
    wider = Task.of(Experiment(data=data, loss=losses[0], model="mlp"))
    assert wider.sample is one.sample


def test_a_task_of_rows_of_ones_own_shares_them_too():
    x, y = np.arange(4.0)[:, None], np.arange(4.0)
    data = Sample(x, y, np.zeros(4, bool), x, y, np.zeros(1), np.ones(1))
    one, other = (Task.on(Experiment(loss=loss), data) for loss in ("huber", "squared_error"))
    assert np.shares_memory(one.features, other.features)
    assert np.array_equal(one.features, [np.ones(4), y])


@pytest.mark.parametrize("model", ["linear", "polynomial", "mlp"])
def test_an_objective_of_runs_on_the_same_rows_copies_none_of_their_features(model):
    tasks = [Task.of(Experiment(data="iris", model=model, lr=lr)) for lr in (0.1, 0.2)]
    assert np.shares_memory(Objective.of(tasks).features, tasks[0].features)
    assert np.shares_memory(Objective.of(tasks[:1]).features, tasks[0].features)
    assert Objective.of(tasks).features.shape[0] == 1


# ---------------------------------------------------------------- rows die with their session


@pytest.mark.parametrize("in_3d", [False, True])
@pytest.mark.parametrize("mapped", [100, 2_000], ids=["a part is drawn", "all are drawn"])
@pytest.mark.parametrize(
    ("data", "classes", "model"),
    [
        ("table", (), "linear"),
        ("table_binary", ("a", "b"), "mlp"),
        ("table_classes", ("a", "b", "c"), "linear"),
    ],
)
def test_own_rows_die_with_whoever_holds_them(monkeypatch, data, classes, model, mapped, in_3d):
    monkeypatch.setattr("lossviz.analysis.landscape.SURFACE_ROWS", mapped)
    monkeypatch.setattr(loss_surface, "landscape", lambda *a, **k: watched(landscape(*a, **k)))
    gone = []

    def watched(thing):
        gone.append(ref(thing))
        return thing

    before = KEPT.weight
    words, table = own(400, classes=classes)
    asked = experiments(words, data, model=model)
    for panel in PANELS if classes else ("overview",):
        watched(seen(asked, View(panel=panel, in_3d=in_3d))[0][0])
    surfaces = len(gone)
    for e in asked:
        task = watched(Task.of(e))
        for each in (task.sample, task.features, task.features_test, task.y, task.sample.X):
            watched(each)
        watched(landscape(e, n=3)) if not classes else reference(e)
    watched(table), watched(table.X), watched(table.y)
    assert surfaces > (len(PANELS) if classes else 1)  # that is, of surfaces too
    assert KEPT.weight > before + table.X.nbytes
    del table, task, each
    gc.collect()
    assert [each() for each in gone if each() is not None] == []
    assert KEPT.weight == before
    with pytest.raises(MissingTable, match="The 400 rows of own data are not here"):
        Task.of(asked[0])


def test_rows_stay_while_one_of_two_sessions_holds_them():
    words, one = own(400)
    again, other = own(400)
    assert (again, other) == (words, one)
    task = Task.of(experiments(words, "table")[0])
    del one
    gc.collect()
    assert Task.of(experiments(words, "table")[0]).sample is task.sample
    assert table_of(words) is other


def test_a_run_outlives_the_cache_that_its_rows_came_from():
    runs = run_all([Experiment(outliers="vertical", steps=5)])
    first = playground(runs), headline(runs) + minima(runs), remarks(runs)
    KEPT.clear()
    again = playground(runs), headline(runs) + minima(runs), remarks(runs)
    assert first[1:] == again[1:]
    assert repr(first[0]) == repr(again[0])


def test_a_part_of_a_task_keeps_none_of_the_other_rows():
    x, y = np.arange(8.0).reshape(4, 2), np.arange(4.0)
    data = Sample(x, y, np.zeros(4, bool), x + 1, y + 1, np.zeros(2), np.ones(2))
    task = Task.on(Experiment(), data)
    part = task.take(np.array([0, 2]))
    arrays = *vars(data).values(), task.features, task.features_test, task.y, task.y_test
    gone = [ref(each) for each in arrays if isinstance(each, np.ndarray) and len(each) == 4]
    gone += [ref(task.features), ref(task.features_test), ref(data)]
    del x, y, data, task, arrays
    gc.collect()
    assert [each() for each in gone if each() is not None] == []
    np.testing.assert_array_equal(part.features, [[1, 1], [0, 4], [1, 5]])
    assert (part.sample.y == [0, 2]).all()
    assert part.features_test.shape == (3, 0)


# ---------------------------------------------------------------- bounded in bytes


def test_a_slider_that_is_moved_again_and_again_fills_no_memory(little_room, monkeypatch):
    # 2,000 rows of 10 features: 160 KB as they came, once more as the model sees them, and half of
    # it as they are drawn for each surface; so 10 moves would be more than 2 MB.
    monkeypatch.setattr("lossviz.analysis.landscape.SURFACE_ROWS", 1_000)
    words, table = own(2_000, 10)

    def move(k):
        params = {"table.rows": words, "table.test": 0.25}
        seen([Experiment(data="table", l2=0.01 * k, steps=2, params=params)], View(in_3d=True))
        assert KEPT.weight <= little_room

    move(0)
    tracemalloc.start()
    try:
        for k in range(1, 11):
            move(k)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 1.5 * little_room
    finally:
        tracemalloc.stop()
    assert KEPT.weight > little_room / 2
    assert table.X.shape == (2_000, 10)


def test_rows_of_links_fill_no_memory(little_room):
    first = ref(keep_few(0))
    for k in range(1, 120):
        keep_few(k)
        assert KEPT.weight <= little_room
    gc.collect()
    assert first() is None


def keep_few(seed):
    """A table from a link: of few rows, in few digits."""
    X = np.random.default_rng(seed).integers(0, 9, size=(300, 2)) * 1.0
    words, table = keep(Table(X, X[:, 0], np.zeros(300, bool), ("a", "b")))
    assert not words.startswith("file~")
    return table


# ---------------------------------------------------------------- sessions are threads


def test_two_sessions_that_bring_one_file_at_once_hold_one_table(monkeypatch):
    class Slow(WeakValueDictionary):
        def setdefault(self, key, default=None):
            found = self.get(key)
            sleep(0.05)  # where another thread may come in between
            if found is None:
                self[key] = found = default
            return found

    monkeypatch.setattr("lossviz.items.datasets.table._held", Slow())
    held = []
    threads = [threading.Thread(target=lambda: held.append(own(400)[1])) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert held[0] is held[1]


def test_sessions_come_and_go_in_threads(little_room):
    # Each brings rows, two of them the same ones, looks at them, and leaves.
    faults = []

    def session(seed):
        for k in range(12):
            words, table = own(400, seed=(seed + k) % 5)
            for e in experiments(words, "table"):
                task = Task.of(e)
                both = np.concatenate([task.sample.y, task.sample.y_test])
                if table_of(words) is not table or set(both) != set(table.y):
                    faults.append(words)
                reference(task)
            del table, task

    assert at_once(session, 4, 60) == []
    assert faults == []
    gc.collect()
    assert KEPT.weight == 0
