"""Which of the rows the guide fits losses to, and how they are split for a proof.

An exact fit of very many rows takes minutes, and a proof makes about a hundred of them; so where
there are too many, rows are drawn from them, as many as can be fitted in time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lossviz.analysis.minimum.large import MOST_NEWTON_PARAMETERS
from lossviz.base.arrays import Array
from lossviz.engine.sampling import Sample, center_and_scale, generator
from lossviz.engine.task import Task

SPLITS, REPEATS = 5, 4
FEWEST = 10  # rows below which folds are too small to mean anything
# What can be fitted in a fraction of a second: rows times outputs, and rows times the work that a
# row is: its parameters squared, of more than USUAL outputs as much more as there are more of them
# (each has its slope looked at), or where the Hessian is left alone its parameters times LIGHT.
MOST_OUTPUTS, MOST_WORK, LIGHT, USUAL = 6_000, 6_000_000, 20, 3
PER_FEATURE = 3  # rows for each feature below which a fit says little about other rows


def most_rows(task: Task) -> int:
    """How many rows such a task may have for its exact minimum to be found in time."""
    size = len(task.names)
    dear = size * max(task.outputs, USUAL) // USUAL
    work = size * (LIGHT if task.outputs and size > MOST_NEWTON_PARAMETERS else dear)
    return min(MOST_OUTPUTS // max(task.outputs, 1), MOST_WORK // work)


def fewest_rows(task: Task) -> int:
    """How many rows a drawn part must have to be worth a fit."""
    return max(FEWEST, PER_FEATURE * len(task.features))


def taken_in_words(task: Task) -> str:
    """How many numbers of a row the model weighs: its features, or those with their powers."""
    taken = len(task.features) - 1
    return f"{taken:,} features" + ", powers counted," * (taken != task.sample.X.shape[1])


def drawn(data: Sample, most: int, seed: int) -> Sample:
    """The sample with about `most` of its training rows, drawn at random from the seed, in their
    order. Classes keep their shares, but a class keeps SPLITS rows where it has them. All rows
    where there are no more."""
    n = len(data.y)
    if n <= most:
        return data
    order = generator(seed, "guide").permutation(n)
    labels = data.y[order] if data.classes else np.zeros(n)
    counts = np.bincount(labels.astype(int))
    quotas = np.maximum(np.rint(counts * most / n).astype(int), np.minimum(counts, SPLITS))
    kept = np.sort(np.concatenate([order[labels == k][:quota] for k, quota in enumerate(quotas)]))
    return data.take(kept)


def splits(data: Sample, seed: int = 0) -> list[tuple[Array, Array]]:
    """Rows to train on and rows to test on, for each fold; rows known to be outliers are in none
    of the tests. Classes keep their shares. ValueError where there are too few rows."""
    from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold

    counts = np.bincount(data.y.astype(int), minlength=len(data.classes)) if data.classes else []
    if np.sum(~data.is_outlier) < FEWEST or min(counts, default=SPLITS) < SPLITS:
        each = f", and {SPLITS} rows of each class" if data.classes else ""
        raise ValueError(
            f"Cross-validation in {SPLITS} parts needs at least {FEWEST} rows that are not "
            f"outliers{each}."
        )
    kind = RepeatedStratifiedKFold if data.classes else RepeatedKFold
    folds = kind(n_splits=SPLITS, n_repeats=REPEATS, random_state=seed % 2**32)
    found = [(train, test[~data.is_outlier[test]]) for train, test in folds.split(data.X, data.y)]
    return [(train, test) for train, test in found if len(test) > 1]


def part(data: Sample, train: Array, test: Array) -> Sample:
    """The sample of one fold, scaled by its own training rows."""
    center, scale = center_and_scale(data.X[train], data.is_scaled)
    tested = {"X_test": data.X[test], "y_test": data.y[test]}
    return replace(data.take(train), **tested, center=center, scale=scale)
