"""Whether a loss does better than the usual one on these rows: repeated cross-validation.

Every loss is fitted to its exact minimum on the same folds, so that neither rate nor number of
steps has a say. Rows that are known to be outliers are trained on, but not scored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.guide.folds import drawn, fewest_rows, most_rows, part, splits, taken_in_words
from lossviz.analysis.minimum.exact import minimise
from lossviz.base.arrays import Array
from lossviz.base.words import listed
from lossviz.engine.experiment import Experiment
from lossviz.engine.objective import classes_of
from lossviz.engine.sampling import Sample, sample
from lossviz.engine.task import Task
from lossviz.items.datasets import DATASETS
from lossviz.items.losses import LOSSES

LEVEL = 0.95  # with which all intervals of a proof hold together

# Name -> words, and whether more is better.
METRICS: Mapping[str, Mapping[str, tuple[str, bool]]] = {
    "regression": {
        "mae": ("mean absolute error", False),
        "rmse": ("root mean squared error", False),
        "median": ("median absolute error", False),
        "r2": ("R²", True),
    },
    "classes": {
        "accuracy": ("accuracy", True),
        "balanced": ("balanced accuracy", True),
        "log_loss": ("log loss", False),
        "brier": ("Brier score", False),
    },
}


@dataclass(frozen=True, eq=False)
class Proof:
    """Scores (losses, folds, metrics) of the experiments on the same folds; nan where a loss gives
    no such score. The first experiment is the usual one.

    share: rows tested over rows trained on; unattained: for each loss, in how many folds no finite
    minimum exists; rows: how many were split, drawn from the `available` ones.
    """

    experiments: tuple[Experiment, ...]
    metrics: tuple[str, ...]
    scores: Array
    share: float
    unattained: tuple[int, ...]
    rows: int
    available: int


@dataclass(frozen=True)
class Difference:
    """A loss's mean score less the usual loss's, and the interval that holds it; all intervals
    of a proof hold at once with LEVEL."""

    metric: str
    mean: float
    low: float
    high: float

    @property
    def is_real(self) -> bool:
        """Whether 0 lies outside the interval."""
        return self.low > 0 or self.high < 0


def prove(experiments: Sequence[Experiment]) -> Proof:
    """Cross-validate experiments on the same rows; the first is the one to be beaten. Of very many
    rows some are drawn, by its seed. ValueError where there are too few rows, or too many features
    for exact fits, or the model is a network."""
    first = experiments[0]
    every, is_numbers = sample(first), DATASETS[first.data].task == "regression"
    task = Task.on(first, every)
    most = most_rows(task)
    if len(every.y) > most < fewest_rows(task):
        raise ValueError(
            f"With {taken_in_words(task)} only {most:,} rows could be fitted exactly as often as a "
            "proof needs, and so few prove nothing: try fewer features."
        )
    data = drawn(every, most, first.seed)
    folds = splits(data, first.seed)
    names = tuple(METRICS["regression" if is_numbers else "classes"])
    scores = np.full((len(experiments), len(folds), len(names)), np.nan)
    unattained = [0] * len(experiments)
    for fold, (train, test) in enumerate(folds):
        rows = part(data, train, test)
        for number, experiment in enumerate(experiments):
            z, is_attained = _predict(experiment, rows)
            unattained[number] += not is_attained
            scored = _numbers if is_numbers else _classes
            found = scored(experiment, z, rows)
            scores[number, fold] = [found[name] for name in names]
    share = float(np.mean([len(test) / len(train) for train, test in folds]))
    counts = len(data.y), len(every.y)
    return Proof(tuple(experiments), names, scores, share, tuple(unattained), *counts)


def _predict(experiment: Experiment, rows: Sample) -> tuple[Array, bool]:
    """The raw predictions at the test rows, and whether the fit has a finite minimum."""
    task = Task.on(experiment, rows)
    exact = minimise(task)
    if exact is None:
        raise ValueError(f"{experiment.model}: no exact minimiser is known")
    return task.forward(exact.internal[None], task.features_test)[0][0], exact.is_attained


def _numbers(experiment: Experiment, z: Array, rows: Sample) -> dict[str, float]:
    from sklearn import metrics

    y, predicted = rows.y_test, LOSSES[experiment.loss].inverse_link(z)
    return {
        "mae": metrics.mean_absolute_error(y, predicted),
        "rmse": metrics.root_mean_squared_error(y, predicted),
        "median": metrics.median_absolute_error(y, predicted),
        "r2": metrics.r2_score(y, predicted),
    }


def _classes(experiment: Experiment, z: Array, rows: Sample) -> dict[str, float]:
    from sklearn import metrics

    loss, y = LOSSES[experiment.loss], rows.y_test.astype(int)
    guess = classes_of(z, z.ndim - 1)
    found = {
        "accuracy": metrics.accuracy_score(y, guess),
        # Balanced accuracy: the mean recall of the classes that are there.
        "balanced": metrics.recall_score(y, guess, labels=np.unique(y), average="macro"),
        "log_loss": np.nan,
        "brier": np.nan,
    }
    if loss.probabilistic:
        p = loss.inverse_link(z)
        p = p if p.ndim == 2 else np.stack([1 - p, p], axis=1)
        labels = np.arange(len(rows.classes))
        found["log_loss"] = metrics.log_loss(y, p, labels=labels)
        # Brier (1950): over all classes, so for two of them twice the square of one's error.
        found["brier"] = float(np.mean(np.sum((p - (y[:, None] == labels)) ** 2, axis=1)))
    return found


def comparisons(proof: Proof) -> int:
    """How many differences from the usual loss there are, over all losses and metrics."""
    return int(np.isfinite(proof.scores[1:] - proof.scores[0]).all(axis=1).sum())


def differences(proof: Proof, number: int) -> list[Difference]:
    """How the loss of that number differs from the usual one in each metric that both have."""
    from scipy.stats import t as student

    found = []
    for column, metric in enumerate(proof.metrics):
        d = proof.scores[number, :, column] - proof.scores[0, :, column]
        if not np.isfinite(d).all():
            continue
        # Folds share rows, so their scores vary too little: Nadeau & Bengio (2003), Machine
        # Learning 52: (1/J + n_test / n_train) times the variance of the J differences.
        variance = (1 / len(d) + proof.share) * np.var(d, ddof=1)
        # Bonferroni: of m intervals each may miss with 1/m of what all of them may.
        miss = (1 - LEVEL) / comparisons(proof)
        reach = student.isf(miss / 2, len(d) - 1) * np.sqrt(variance)
        mean = float(d.mean())
        found.append(Difference(metric, mean, mean - float(reach), mean + float(reach)))
    return found


def verdict(proof: Proof, number: int) -> str:
    """In words, what the rows show of that loss against the usual one."""
    task = "regression" if "mae" in proof.metrics else "classes"
    better, worse = [], []
    for each in differences(proof, number):
        words, more_is_better = METRICS[task][each.metric]
        if each.is_real:
            (better if (each.mean > 0) == more_is_better else worse).append(words)
    if not better and not worse:
        return "no difference that these rows can show"
    parts = ((each, names) for each, names in (("better", better), ("worse", worse)) if names)
    return ", ".join(f"{each} in {listed(names)}" for each, names in parts)
