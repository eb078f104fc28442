"""How good the predictions of a run are, frame by frame: counts, curves and figures made of them.

Definitions are scikit-learn's. For two classes, class 1 is the one that is looked for: to be put
into it is to be called positive. For several classes precision, recall, specificity, F1, AUC and
average precision are macro averages: each class against the rest, then the mean over the classes.
What is not defined is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.analysis.confusion import binary, confusions, macro, mean, ratio
from lossviz.analysis.predictions import raw
from lossviz.analysis.ranking import (
    Curve,
    average_precision,
    mean_precision_recall,
    mean_roc,
    precision_recall_curve,
    ranking,
    roc_auc,
    roc_curve,
)
from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.objective import classes_of
from lossviz.engine.run import Run

BINS = 10


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
        auc=mean([roc_auc(each) for each in ranks]),
        average_precision=mean([average_precision(each) for each in ranks]),
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
    names = loss_of(run.experiment).costs
    if names is None:
        return 1.0, 1.0
    options = run.experiment.params_of("loss")
    false_alarm, miss = (float(options[name]) for name in names)
    return false_alarm, miss


def gives_probabilities(run: Run) -> bool:
    """Whether the run's chances are meant as probabilities: weights and smoothed labels shift
    them, and some losses estimate none."""
    loss, options = loss_of(run.experiment), run.experiment.params_of("loss")
    return loss.probabilistic and all(
        options[name] == value for name, value in loss.calibrated_at.items()
    )


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
