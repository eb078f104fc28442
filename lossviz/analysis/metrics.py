"""How good the predictions of a run are, frame by frame: counts, curves and figures made of them.

Definitions are scikit-learn's. For two classes, class 1 is the one that is looked for: to be put
into it is to be called positive. For several classes precision, recall, specificity, F1, AUC and
average precision are macro averages: each class against the rest, then the mean over the classes.
What is not defined is NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.predictions import raw
from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.objective import classes_of
from lossviz.engine.training import Run

Curve = tuple[Array, Array]  # x and y, each (F', m)
BINS = 10
POINTS = 101  # of a curve: as many in every frame, so that it can move


@dataclass(frozen=True, eq=False)
class Metrics:
    """Figures of one run on its clean test rows, each (F',) at `frames`.

    confusion (F', K, K): numbers of rows, by true class and by predicted class.
    cost: per row, of `false_alarm` for a row of class 0 that is called positive and `miss` for one
        of class 1 that is not; of several classes, the share of mistakes.
    roc: false alarms (share of class 0) and recall, along the curve; precision_recall: recall and
        precision. For several classes the mean curve, recall over false alarms or precision over
        recall.
    calibration (F', BINS): the mean chance and the share that came true of the rows in each bin,
        NaN where there are none: of class 1, or for several classes of the predicted class.
    operating: false alarms, recall, precision (F',) at the threshold; None for several classes.
    prevalence: share of class 1 in the rows; for several classes the mean share of a class.
    """

    frames: Array
    classes: tuple[str, ...]
    confusion: Array
    accuracy: Array
    balanced_accuracy: Array
    precision: Array
    recall: Array
    specificity: Array
    f1: Array
    auc: Array
    average_precision: Array
    calibration_error: Array
    cost: Array
    false_alarm: float
    miss: float
    roc: Curve
    precision_recall: Curve
    calibration: Curve
    operating: tuple[Array, Array, Array] | None
    prevalence: float

    @property
    def is_binary(self) -> bool:
        """Whether one class is looked for, the second, by a threshold."""
        return self.operating is not None

    @property
    def wanted(self) -> str:
        """The class that the chances and bins are of, in words."""
        return self.classes[1] if self.is_binary else "the predicted class"


def measure(run: Run, frames: Array, threshold: float = 0.5) -> Metrics:
    """The run's figures at some frames. With two classes a row is called positive where its
    chance of class 1 is above the threshold; with several the largest chance decides."""
    task, loss = run.task, loss_of(run.experiment)
    labels, classes = task.sample.y_test.astype(int), task.sample.classes
    z = np.nan_to_num(raw(run, frames, task.sample.X_test))
    predicted = classes_of(z, task.outputs)
    with np.errstate(all="ignore"):
        chance = np.nan_to_num(loss.inverse_link(z), nan=0.5)
        if task.outputs == 2:  # what counts is how far class 1 is ahead
            z, chance = z[..., 1] - z[..., 0], chance[..., 1]
    false_alarm, miss = costs(run)
    if len(classes) > 2:
        confusion = confusions(labels, predicted, len(classes))
        rates = macro(confusion)
        cost, operating = 1.0 - rates["accuracy"], None
        ranks = [ranking(labels == k, chance[..., k]) for k in range(len(classes))]
        roc, precision_recall = mean_roc(ranks), mean_precision_recall(ranks)
        sureness, came_true = chance.max(axis=-1), labels == predicted
    else:
        if threshold != 0.5:  # at one half the score itself decides, which no link has rounded
            predicted = (chance > threshold).astype(int)
        confusion = confusions(labels, predicted, 2)
        rates = binary(confusion)
        counts = confusion.sum(axis=(1, 2))
        cost = (false_alarm * confusion[:, 0, 1] + miss * confusion[:, 1, 0]) / counts
        operating = 1.0 - rates["specificity"], rates["recall"], rates["precision"]
        ranks = [ranking(labels == 1, z)]
        roc, precision_recall = roc_curve(ranks[0]), precision_recall_curve(ranks[0])
        sureness, came_true = chance, labels == 1
    *bins, error = calibration(came_true, sureness)
    return Metrics(
        frames,
        classes,
        confusion,
        **rates,
        auc=_mean([roc_auc(each) for each in ranks]),
        average_precision=_mean([average_precision(each) for each in ranks]),
        calibration_error=error,
        cost=cost,
        false_alarm=false_alarm,
        miss=miss,
        roc=roc,
        precision_recall=precision_recall,
        calibration=(bins[0], bins[1]),
        operating=operating,
        prevalence=float(np.mean(labels == 1)) if len(classes) == 2 else 1.0 / len(classes),
    )


def costs(run: Run) -> tuple[float, float]:
    """What a false alarm and a miss cost: the class weights of the run's loss, or 1 and 1."""
    options = run.experiment.params_of("loss")
    return float(options.get("weight_0", 1.0)), float(options.get("weight_1", 1.0))


def gives_probabilities(run: Run) -> bool:
    """Whether the run's chances are meant as probabilities: weights and smoothed labels shift
    them, and some losses estimate none."""
    loss, options = loss_of(run.experiment), run.experiment.params_of("loss")
    neutral = {"weight_0": 1.0, "weight_1": 1.0, "smoothing": 0.0}
    return loss.probabilistic and all(
        options.get(name, value) == value for name, value in neutral.items()
    )


def confusions(labels: Array, predicted: Array, classes: int) -> Array:
    """How many rows of each class are put into each: (F', K, K) for labels (n,) and predicted
    (F', n), both 0..K-1."""
    frames = np.arange(len(predicted))[:, None]
    cells = (frames * classes + labels) * classes + predicted
    counts = np.bincount(cells.ravel(), minlength=len(predicted) * classes**2)
    return counts.reshape(len(predicted), classes, classes)


def binary(confusion: Array) -> dict[str, Array]:
    """The rates (F',) of two classes' counts (F', 2, 2)."""
    rates = _each(confusion)
    recalls = rates["recall"]
    return {
        **{name: values[:, 1] for name, values in rates.items()},
        "accuracy": _accuracy(confusion),
        "balanced_accuracy": _mean(recalls.T),
    }


def macro(confusion: Array) -> dict[str, Array]:
    """The rates (F',) of several classes' counts (F', K, K): means over the classes that are seen,
    in truth or in the predictions. As in scikit-learn a class that is never predicted has
    precision 0; and balanced accuracy is over the classes of the rows alone."""
    rates = _each(confusion)
    is_seen = (confusion.sum(axis=1) + confusion.sum(axis=2)) > 0
    means = {
        name: _mean(np.where(is_seen, np.nan_to_num(values), np.nan).T)
        for name, values in rates.items()
    }
    balanced = _mean(rates["recall"].T)
    return {**means, "accuracy": _accuracy(confusion), "balanced_accuracy": balanced}


def _each(confusion: Array) -> dict[str, Array]:
    """The rates (F', K) of every class against the rest."""
    right = np.diagonal(confusion, axis1=1, axis2=2)
    missed, called = confusion.sum(axis=2) - right, confusion.sum(axis=1) - right
    rest = confusion.sum(axis=(1, 2))[:, None] - right - missed - called
    return {
        "precision": ratio(right, right + called),
        "recall": ratio(right, right + missed),
        "specificity": ratio(rest, rest + called),
        "f1": ratio(2 * right, 2 * right + missed + called),
    }


def _accuracy(confusion: Array) -> Array:
    return ratio(np.trace(confusion, axis1=1, axis2=2), confusion.sum(axis=(1, 2)))


def ratio(part: Array, whole: Array) -> Array:
    """part / whole, NaN where the whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, float), whole)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)


def _mean(rows: Sequence[Array] | Array) -> Array:
    """The mean over the first axis of what is known; NaN where nothing is."""
    values = np.asarray(rows, float)
    known = np.isfinite(values)
    return ratio(np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Ranking:
    """How many rows of class 0 (alarms) and of class 1 (hits) lie among the k highest scores:
    (F', n + 1) for k = 0..n, where tied rows all count as soon as the first of them does."""

    alarms: Array
    hits: Array


def ranking(is_positive: Array, scores: Array) -> Ranking:
    """Rows (n,) put in order by their scores (F', n)."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ranked = np.take_along_axis(scores, order, axis=1)
    n = scores.shape[1]
    is_last = np.ones(scores.shape, bool)
    is_last[:, :-1] = ranked[:, :-1] != ranked[:, 1:]
    places = np.where(is_last, np.arange(1, n + 1), n)
    places = np.minimum.accumulate(places[:, ::-1], axis=1)[:, ::-1]
    places = np.concatenate([np.zeros((len(scores), 1), int), places], axis=1)
    hits = np.pad(np.cumsum(is_positive[order], axis=1), ((0, 0), (1, 0)))
    hits = np.take_along_axis(hits, places, axis=1)
    return Ranking(places - hits, hits)


def _rates(ranks: Ranking) -> Curve:
    """False alarms and recall, as shares of their classes; NaN for a class without rows."""
    return ratio(ranks.alarms, ranks.alarms[:, -1:]), ratio(ranks.hits, ranks.hits[:, -1:])


def roc_auc(ranks: Ranking) -> Array:
    """The area (F',) under the ROC curve; NaN where all rows are of one class."""
    alarms, hits = _rates(ranks)
    return (np.diff(alarms, axis=1) * (hits[:, 1:] + hits[:, :-1]) / 2.0).sum(axis=1)


def average_precision(ranks: Ranking) -> Array:
    """Sum of precision times gain in recall (F',); NaN where no row is of class 1."""
    precision = ratio(ranks.hits, ranks.hits + ranks.alarms)[:, 1:]
    return (np.diff(_rates(ranks)[1], axis=1) * precision).sum(axis=1)


def roc_curve(ranks: Ranking, points: int = POINTS) -> Curve:
    """The ROC curve at so many points, evenly spread along it by alarms + hits."""
    alarms, hits = _rates(ranks)
    wanted = np.linspace(0.0, 2.0, points)
    return _interpolated(wanted, alarms + hits, alarms), _interpolated(wanted, alarms + hits, hits)


def precision_recall_curve(ranks: Ranking, points: int = POINTS) -> Curve:
    """Recall and precision at the points of the ROC curve. Between thresholds it is the bent line
    of Davis & Goadrich (2006), The relationship between precision-recall and ROC curves."""
    alarms, hits = roc_curve(ranks, points)
    alarms, found = alarms * ranks.alarms[:, -1:], hits * ranks.hits[:, -1:]
    precision = ratio(found, found + alarms)
    precision[:, 0] = precision[:, 1]  # where nothing is called positive yet
    return hits, precision


def _interpolated(wanted: Array, x: Array, y: Array) -> Array:
    """Lines through (x, y), both (F', k), at `wanted` (m,): (F', m). On an upright part it is the
    last y. NaN where x or y is not known."""
    rows = [np.interp(wanted, a, b) for a, b in zip(x, y, strict=True)]
    return np.where(np.isnan(x[:, -1:] + y[:, -1:]), np.nan, rows)


def mean_roc(rankings: Sequence[Ranking], points: int = POINTS) -> Curve:
    """The mean of several ROC curves at each share of false alarms, from (0, 0)."""
    wanted = np.linspace(0.0, 1.0, points - 1)
    curves = [_interpolated(wanted, *_rates(ranks)) for ranks in rankings]
    y = np.pad(_mean(curves), ((0, 0), (1, 0)))
    return np.broadcast_to(np.append(0.0, wanted), y.shape), y


def mean_precision_recall(rankings: Sequence[Ranking], points: int = POINTS) -> Curve:
    """The mean of several precisions at each recall: those of the highest thresholds that reach
    it, so the area below is the mean of the average precisions."""
    wanted = np.linspace(0.0, 1.0, points)
    wanted[0] = np.finfo(float).tiny
    curves = []
    for ranks in rankings:
        precision = ratio(ranks.hits, ranks.hits + ranks.alarms)
        recall = _rates(ranks)[1]
        # The last recall is 1; where no row is of the class it is NaN, and so is the curve.
        first = [np.searchsorted(row, wanted * (1.0 - 1e-12)) for row in recall]
        reached = np.minimum(first, recall.shape[1] - 1)
        curve = np.take_along_axis(precision, reached, axis=1)
        curves.append(np.where(np.isnan(recall[:, -1:]), np.nan, curve))
    y = _mean(curves)
    return np.broadcast_to(np.linspace(0.0, 1.0, points), y.shape), y


def calibration(came_true: Array, chance: Array) -> tuple[Array, Array, Array]:
    """Mean chance and share that came true in bins of equal width (F', BINS), NaN where there are
    no rows, and the expected calibration error (F',): the mean gap between the two over the rows.

    came_true (n,) or (F', n); chance (F', n). For several classes these are whether the predicted
    class is right, and its chance (Guo, Pleiss, Sun & Weinberger 2017, On calibration of modern
    neural networks, arXiv:1706.04599).
    """
    frames, n = chance.shape
    inner = np.linspace(0.0, 1.0, BINS + 1)[1:-1]
    cells = (np.searchsorted(inner, chance) + BINS * np.arange(frames)[:, None]).ravel()

    def total(values: Array) -> Array:
        weights = np.broadcast_to(values, chance.shape).ravel()
        return np.bincount(cells, weights, frames * BINS).reshape(frames, BINS)

    counts, chances, hits = total(np.ones(n)), total(chance), total(came_true)
    error = np.abs(hits - chances).sum(axis=1) / n
    return ratio(chances, counts), ratio(hits, counts), error
