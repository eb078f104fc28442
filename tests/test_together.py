"""Exact minimisers of many tasks at once: the same as one at a time, and never overconfident."""

import numpy as np
import pytest
from own_rows import in_classes, rows, task_on
from random_experiments import draw_experiment
from scipy import optimize
from suiting import BUILT_IN, DATA, SPOILED

from lossviz import DATASETS, LOSSES, Experiment, parse
from lossviz.analysis.minimum import moved_by_outliers, reference, references
from lossviz.analysis.minimum.exact import minimise
from lossviz.analysis.minimum.together import plain_minimisers
from lossviz.base.cache import KEPT
from lossviz.engine.experiment import loss_of
from lossviz.engine.task import Task

PULLED = (
    "outliers=vertical&vertical.direction=down&vertical.where=right"
    "&loss=squared_error&loss=absolute_error&loss=huber"
)
PLAIN = "squared_error", "absolute_error", "quantile", "huber", "log_cosh", "log_loss", "hinge"
FLAGS = "note", "is_global", "is_attained", "is_unique"


def same(one, other):
    """To the last bit, words included."""
    if one is None or other is None:
        return one is other
    arrays = all(np.array_equal(getattr(one, x), getattr(other, x)) for x in ("theta", "internal"))
    ranges = one.ranges is other.ranges or np.array_equal(one.ranges, other.ranges)
    plain = all(getattr(one, x) == getattr(other, x) for x in (*FLAGS, "value", "method"))
    return arrays and ranges and plain


def agree(quick, thorough):
    np.testing.assert_allclose(quick.internal, thorough.internal, rtol=1e-7, atol=1e-9)
    assert quick.value == pytest.approx(thorough.value, rel=1e-11)
    assert [getattr(quick, x) for x in FLAGS] == [getattr(thorough, x) for x in FLAGS]
    assert quick.ranges is None
    assert thorough.ranges is None


def one_by_one(experiments):
    found = []
    for each in experiments:
        KEPT.clear()
        found.append(reference(each))
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_batching_is_invisible_to_the_last_bit(seed):
    rng = np.random.default_rng(seed)
    data = [name for name, each in DATASETS.items() if each.task != "multiclass"]
    experiments = [draw_experiment(rng, data, [10]) for _ in range(12)]
    alone = one_by_one(experiments)
    KEPT.clear()
    assert all(map(same, references(experiments), alone))
    KEPT.clear()
    assert all(map(same, references(experiments[::-1]), alone[::-1]))


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_batch_of_one_loss_is_invisible_to_the_last_bit(name):
    task = LOSSES[name].task
    tasks = [
        Task.of(Experiment(data=DATA[task], loss=name, outliers=out, seed=seed, l2=l2))
        for seed in range(3)
        for l2 in (0.0, 0.01)
        for out in ("none", SPOILED[task])
    ]
    alone = [plain_minimisers([each])[0] for each in tasks]
    assert all(map(same, plain_minimisers(tasks), alone))
    assert any(alone) or name not in PLAIN


def test_an_answer_is_kept_and_given_again():
    e = Experiment(loss="huber", seed=77)
    [first, second] = references([e, e.replace(lr=0.5)])
    assert first is second is reference(e)
    assert references([]) == []


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.05, 0.0), (0.0, 0.05)])
@pytest.mark.parametrize("name", BUILT_IN)
def test_what_is_found_at_once_is_what_the_thorough_solvers_find(name, l1, l2):
    task = LOSSES[name].task
    data = {"regression": ["line", "stack_loss", "phones", "anscombe_4"]}.get(task, [DATA[task]])
    for each in data:
        for out in ("none", SPOILED[task]):
            asked = Task.of(Experiment(data=each, loss=name, outliers=out, l1=l1, l2=l2))
            [quick] = plain_minimisers([asked])
            if quick is not None:
                agree(quick, minimise(asked))


def test_rows_with_ties_are_never_called_plain_where_they_are_not():
    rng, plain = np.random.default_rng(5), 0
    names = [x for x, each in BUILT_IN.items() if each.task != "multiclass" and not each.learned]
    for _ in range(50):
        n, d = int(rng.integers(1, 12)), int(rng.integers(1, 4))
        is_lattice = rng.random() < 0.6
        X = rng.integers(-2, 3, (n, d)) if is_lattice else rng.normal(size=(n, d))
        y = (
            rng.integers(-3, 4, n)
            if is_lattice
            else rng.normal(size=n) * 10.0 ** rng.integers(-3, 4)
        )
        for name in rng.choice(names, 4, replace=False):
            task = LOSSES[name].task
            data = rows(X, y) if task == "regression" else in_classes(rows(X, y))
            model, l2 = str(rng.choice(["linear", "polynomial"])), float(rng.choice([0, 0.1]))
            e = Experiment(data=DATA[task], loss=str(name), model=model, l2=l2)
            [quick] = plain_minimisers([task_on(data, e)])
            if quick is not None:
                plain += 1
                agree(quick, minimise(task_on(data, e)))
    assert plain > 15


def test_a_page_asks_for_no_linear_programme(monkeypatch):
    def never(*_, **__):
        raise AssertionError("a linear programme")

    monkeypatch.setattr(optimize, "linprog", never)
    KEPT.clear()
    asked = list(parse(PULLED)[0])
    found = references([*asked, *(e.unspoiled() for e in asked)])
    assert all(each is not None and each.is_unique for each in found)
    assert moved_by_outliers(asked[1]).spoiled == found[1].theta[1]


def test_the_median_is_found_by_hand():
    data = rows([0.0, 1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 5.0, 7.0, 100.0])
    task = task_on(data, Experiment(loss="quantile", params={"quantile.tau": 0.9}))
    [found] = plain_minimisers([task])
    # Of ten pairs of rows the first and the last make the line with most rows below it: b = 1 and
    # w = 24.75. The tenths of what it is above the three others: 0.1 (22.75 + 45.5 + 68.25) / 5.
    np.testing.assert_allclose(found.theta, [1.0, 24.75], rtol=1e-12)
    assert found.value == pytest.approx(0.1 * 136.5 / 5, rel=1e-12)


def test_a_median_between_two_rows_is_left_to_the_thorough_solvers():
    data = rows([1.0, 2.0] * 2, [1.0, 2.0, 3.0, 9.0])
    asked = task_on(data, Experiment(loss="absolute_error"))
    assert plain_minimisers([asked]) == [None]
    assert loss_of(asked.experiment).kinks()
    assert reference(asked).is_unique is False
