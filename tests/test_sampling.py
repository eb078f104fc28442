"""Each purpose has its own random stream, so that no choice redraws what it does not concern."""

import numpy as np
import pytest
from suiting import BUILT_IN as LOSSES
from suiting import DATA, NUMBER_LOSSES, choosing, suited

from lossviz import DATASETS, OPTIMIZERS, Experiment, sample
from lossviz.engine.sampling import generator
from lossviz.engine.task import Task

ROWS = ("X", "y", "X_test", "y_test")


def same(one, two, names=ROWS):
    return all(np.array_equal(getattr(one, name), getattr(two, name)) for name in names)


def test_streams_of_different_seeds_or_purposes_are_unrelated():
    draws = {
        (seed, purpose): generator(seed, purpose).normal(size=1000)
        for seed in (0, 1, 2**32 - 1)
        for purpose in ("data", "test", "init", "batches", "outliers 0", "outliers 1")
    }
    table = np.abs(np.corrcoef(list(draws.values())))
    assert (table[~np.eye(len(table), dtype=bool)] < 0.15).all()


def test_a_stream_is_the_same_every_time():
    assert np.array_equal(generator(5, "data").random(9), generator(5, "data").random(9))


@pytest.mark.parametrize(
    ("data", "kind"),
    [(data, kind) for data in DATASETS for kind in suited("outliers", data) if kind != "none"],
)
def test_adding_outliers_never_redraws_the_data(data, kind):
    clean, spoiled = sample(Experiment(data=data)), sample(Experiment(data=data, outliers=kind))
    assert spoiled.is_outlier.any()
    assert not clean.is_outlier.any()
    kept = ~spoiled.is_outlier
    assert np.array_equal(spoiled.X[kept], clean.X[kept])
    assert np.array_equal(spoiled.y[kept], clean.y[kept])
    assert same(clean, spoiled, ("X_test", "y_test", "center", "scale"))


@pytest.mark.parametrize(
    "change",
    [{"loss": name} for name in NUMBER_LOSSES]
    + [{"optimizer": name} for name in OPTIMIZERS]
    + [{"model": "polynomial"}, {"lr": 1.0}, {"batch": 5}, {"init": "normal"}, {"l2": 1.0}],
    ids=str,
)
def test_how_a_run_trains_never_redraws_its_rows(change):
    e = Experiment(outliers="vertical", seed=4)
    assert same(sample(e), sample(e.replace(**change)))


def test_the_seed_redraws_the_rows_and_the_outlier_seed_only_the_outliers():
    e = Experiment(outliers="vertical")
    assert not same(sample(e), sample(e.replace(seed=1)), ("y",))
    other = sample(e.replace(outlier_seed=1))
    assert same(sample(e), other, ("X", "X_test", "y_test"))
    assert not np.array_equal(sample(e).is_outlier, other.is_outlier)


@pytest.mark.parametrize("loss", LOSSES)
def test_changing_the_loss_never_redraws_the_start(loss):
    others = [name for name in suited("loss", DATA[LOSSES[loss].task]) if same_outputs(name, loss)]
    for model in ("polynomial", "mlp"):
        e = choosing("loss", loss, init="normal", model=model, seed=9)
        for other in others[:3]:
            here, there = Task.of(e), Task.of(e.replace(loss=other))
            assert np.array_equal(here.start[: here.weights], there.start[: there.weights])


def same_outputs(one, two):
    return (LOSSES[one].task == "multiclass") == (LOSSES[two].task == "multiclass")


def test_scaling_comes_from_the_clean_rows():
    e = Experiment(scaling="standard", outliers="leverage")
    clean = sample(e.replace(outliers="none"))
    assert np.array_equal(sample(e).center, clean.X.mean(axis=0))
    assert np.array_equal(sample(e).scale, clean.X.std(axis=0))
    assert not sample(e.replace(scaling="none")).is_scaled


@pytest.mark.parametrize("data", DATASETS)
def test_auto_scales_real_data_alone(data):
    assert sample(Experiment(data=data)).is_scaled == DATASETS[data].standardise
