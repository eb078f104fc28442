"""Rows in the order of their scores: the curves over all thresholds, and the areas below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.confusion import mean, ratio
from lossviz.base.arrays import Array

Curve = tuple[Array, Array]  # x and y, each (F', m)
POINTS = 101  # of a curve: as many in every frame, so that it can move


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
    y = np.pad(mean(curves), ((0, 0), (1, 0)))
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
    y = mean(curves)
    return np.broadcast_to(np.linspace(0.0, 1.0, points), y.shape), y
