"""Every figure of the panel of metrics, held against scikit-learn's."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from lossviz import parse, run_all
from lossviz.analysis.confusion import binary, confusions, macro
from lossviz.analysis.metrics import BINS, calibration, costs, gives_probabilities, measure
from lossviz.analysis.predictions import chances
from lossviz.analysis.ranking import (
    average_precision,
    mean_precision_recall,
    mean_roc,
    precision_recall_curve,
    ranking,
    roc_auc,
    roc_curve,
)
from lossviz.engine.frames import aligned
from lossviz.engine.looks import styles
from lossviz.engine.task import Task
from lossviz.items.losses import LOSSES
from lossviz.player import Movie, payload, still
from lossviz.views.charts.scene import movie as movie_of
from lossviz.views.panels import PANELS, View
from lossviz.views.panels.metrics import COLUMNS, latest, thinned

TWO = "data=moons&loss=log_loss&loss=hinge&loss=brier&log_loss.weight_1=5&steps=120"
SEVERAL = "data=iris&loss=cross_entropy&loss=multiclass_hinge&steps=60"
FRAMES = 4

# name: (share of ones, distinct scores); few distinct scores are many ties
CASES = {
    "no ties": (0.5, 10**9),
    "ties": (0.4, 7),
    "two scores": (0.5, 2),
    "all tied": (0.3, 1),
    "rare": (0.05, 40),
}


def drawn(case: str) -> tuple[np.ndarray, np.ndarray]:
    """Labels (n,) with both classes among them, and scores (F', n) that tell a little of them."""
    share, distinct = CASES[case]
    rng = np.random.default_rng([3, *case.encode()])
    labels = (rng.random(83) < share).astype(int)
    labels[:2] = 0, 1
    scores = np.clip(0.3 + 0.2 * labels + rng.normal(0, 0.3, (FRAMES, 83)), 0, 1)
    return labels, np.floor(scores * distinct) / distinct


@pytest.fixture(params=CASES)
def case(request) -> tuple[np.ndarray, np.ndarray]:
    return drawn(request.param)


def test_areas_are_scikit_learns_ties_and_all(case):
    labels, scores = case
    ranks = ranking(labels == 1, scores)
    expected = [sk.roc_auc_score(labels, row) for row in scores]
    np.testing.assert_allclose(roc_auc(ranks), expected, rtol=1e-12)
    expected = [sk.average_precision_score(labels, row) for row in scores]
    np.testing.assert_allclose(average_precision(ranks), expected, rtol=1e-12)


def test_the_roc_curve_runs_along_scikit_learns(case):
    labels, scores = case
    alarms, hits = roc_curve(ranking(labels == 1, scores))
    assert alarms.shape == hits.shape == (FRAMES, 101)
    for x, y, row in zip(alarms, hits, scores, strict=True):
        fpr, tpr, _ = sk.roc_curve(labels, row, drop_intermediate=False)
        np.testing.assert_allclose(x, np.interp(x + y, fpr + tpr, fpr), atol=1e-12)
        np.testing.assert_allclose(y, np.interp(x + y, fpr + tpr, tpr), atol=1e-12)
        assert (x[0], y[0]) == (0, 0)
        assert (x[-1], y[-1]) == (1, 1)
        # As many points as the curve needs: the area under them is that under the curve.
        assert np.trapezoid(y, x) == pytest.approx(sk.auc(fpr, tpr), abs=2e-3)


def test_every_threshold_of_scikit_learn_lies_on_the_precision_recall_curve(case):
    labels, scores = case
    # With a point for every rank, the curve passes through every threshold.
    ranks = ranking(labels == 1, scores)
    recalls, precisions = precision_recall_curve(ranks, points=20_001)
    for x, y, row in zip(recalls, precisions, scores, strict=True):
        precision, recall, _ = sk.precision_recall_curve(labels, row)
        for p, r in zip(precision[:-1], recall[:-1], strict=True):
            if r > 0:  # before the first hit the precision is 0, and the curve an upright line
                assert np.min(np.hypot(x - r, y - p)) < 5e-3


def test_between_tied_scores_precision_is_that_of_a_random_part_of_them():
    # 1 positive of 2 rows first, then 1 of 4 tied: half of those adds 0.5 hits and 1.5 alarms.
    labels = np.array([1, 0, 1, 0, 0, 0])
    scores = np.array([[2.0, 2.0, 1.0, 1.0, 1.0, 1.0]])
    recall, precision = precision_recall_curve(ranking(labels == 1, scores), points=401)
    place = np.argmin(np.abs(recall[0] - 0.75))
    assert precision[0, place] == pytest.approx(1.5 / (1.5 + 2.5), abs=5e-3)


def test_rates_of_two_classes_are_scikit_learns(case):
    labels, scores = case
    predicted = (scores > 0.5).astype(int)
    confusion = confusions(labels, predicted, 2)
    rates = binary(confusion)
    for k, said in enumerate(predicted):
        np.testing.assert_array_equal(confusion[k], sk.confusion_matrix(labels, said))
        options = {"zero_division": np.nan}
        expected = {
            "accuracy": sk.accuracy_score(labels, said),
            "balanced_accuracy": sk.balanced_accuracy_score(labels, said),
            "precision": sk.precision_score(labels, said, **options),
            "recall": sk.recall_score(labels, said, **options),
            "specificity": sk.recall_score(labels, said, pos_label=0, **options),
            "f1": sk.f1_score(labels, said, **options),
        }
        for name, value in expected.items():
            assert rates[name][k] == pytest.approx(value, nan_ok=True), name


@pytest.mark.parametrize("seen", [5, 3, 1])
def test_rates_of_several_classes_are_scikit_learns_macro_averages(seen):
    # Of 5 classes some are in the rows, and some are never predicted.
    rng = np.random.default_rng(seen)
    labels, predicted = rng.integers(0, seen, 40), rng.integers(0, 4, (6, 40))
    predicted[0] = 2
    confusion = confusions(labels, predicted, 5)
    rates = macro(confusion)
    for k, said in enumerate(predicted):
        expected = sk.confusion_matrix(labels, said, labels=range(5))
        np.testing.assert_array_equal(confusion[k], expected)
        options = {"average": "macro", "zero_division": 0}
        assert rates["accuracy"][k] == pytest.approx(sk.accuracy_score(labels, said))
        assert rates["precision"][k] == pytest.approx(sk.precision_score(labels, said, **options))
        assert rates["recall"][k] == pytest.approx(sk.recall_score(labels, said, **options))
        assert rates["f1"][k] == pytest.approx(sk.f1_score(labels, said, **options))
        # Each class against the rest: the specificity of one is the recall of the rest.
        rest = [
            sk.recall_score(labels != c, said != c, zero_division=0)
            for c in np.union1d(labels, said)
        ]
        assert rates["specificity"][k] == pytest.approx(np.mean(rest))
        balanced = np.mean([np.mean(said[labels == c] == c) for c in np.unique(labels)])
        assert rates["balanced_accuracy"][k] == pytest.approx(balanced)


def test_calibration_is_scikit_learns_and_empty_bins_are_not_known(case):
    labels, scores = case
    predicted, observed, error = calibration(labels == 1, scores)
    assert predicted.shape == observed.shape == (FRAMES, BINS)
    for k, row in enumerate(scores):
        share, mean = calibration_curve(labels, row, n_bins=BINS)
        known = ~np.isnan(predicted[k])
        np.testing.assert_array_equal(known, ~np.isnan(observed[k]))
        np.testing.assert_allclose(predicted[k, known], mean, rtol=1e-12)
        np.testing.assert_allclose(observed[k, known], share, rtol=1e-12)
        # Bins are open below and closed above, as scikit-learn's.
        edges = np.linspace(0, 1, BINS + 1)
        edges[0] = -1.0
        bins = [(low < row) & (row <= high) for low, high in pairwise(edges)]
        gaps = [abs(np.sum(labels[inside] - row[inside])) for inside in bins]
        assert error[k] == pytest.approx(np.sum(gaps) / len(row))


def test_the_calibration_error_is_the_mean_gap_over_the_rows():
    chance = np.array([[0.05, 0.05, 0.85, 0.85, 0.85, 0.85]])
    came_true = np.array([0, 1, 1, 1, 1, 0])
    *_, error = calibration(came_true, chance)
    assert error == pytest.approx([(2 * (0.5 - 0.05) + 4 * (0.85 - 0.75)) / 6])


@pytest.mark.parametrize("only", [0, 1])
def test_with_rows_of_one_class_what_is_not_defined_is_not_a_number(only):
    labels = np.full(30, only)
    scores = np.random.default_rng(0).random((FRAMES, 30))
    ranks = ranking(labels == 1, scores)
    assert np.isnan(roc_auc(ranks)).all()
    assert np.isnan(roc_curve(ranks)).all()
    assert np.isnan(average_precision(ranks)).all() == (only == 0)
    rates = binary(confusions(labels, np.zeros((FRAMES, 30), int), 2))
    assert np.isnan(rates["precision"]).all()
    np.testing.assert_array_equal(rates["accuracy"], 1.0 - only)
    np.testing.assert_array_equal(rates["balanced_accuracy"], 1.0 - only)
    np.testing.assert_array_equal(rates["specificity" if only else "recall"], np.nan)


@pytest.mark.parametrize("distinct", [10**9, 6])
def test_mean_curves_are_the_means_of_scikit_learns(distinct):
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 120)
    scores = rng.random((2, 120, 3)) + 0.6 * (labels[:, None] == np.arange(3))
    scores = np.floor(scores * distinct) / distinct
    ranks = [ranking(labels == k, scores[..., k]) for k in range(3)]
    x, y = mean_roc(ranks)
    level, precision = mean_precision_recall(ranks)
    for k in range(2):
        curves = [
            sk.roc_curve(labels == c, scores[k, :, c], drop_intermediate=False) for c in range(3)
        ]
        expected = np.mean([np.interp(x[k], fpr, tpr) for fpr, tpr, _ in curves], axis=0)
        np.testing.assert_allclose(y[k, 1:], expected[1:], atol=1e-12)
        areas = [sk.average_precision_score(labels == c, scores[k, :, c]) for c in range(3)]
        assert np.mean(precision[k, 1:]) == pytest.approx(np.mean(areas), abs=5e-3)
    assert (level[0, 0], level[0, -1], y[0, 0], y[0, -1]) == (0, 1, 0, 1)


# ---------------------------------------------------------------- of runs


@pytest.mark.parametrize(
    ("data", "threshold"),
    [("moons", 0.5), ("imbalanced", 0.3), ("blobs&blobs.classes=2", 0.3), ("iris", 0.5)],
)
def test_the_figures_of_every_loss_are_scikit_learns_of_its_chances(data, threshold):
    names = [name for name, loss in LOSSES.items() if loss.task in ("binary", "multiclass")]
    query = "&".join([f"data={data}&steps=8", *(f"loss={name}" for name in names)])
    for run in run_all(parse(query)[0]):
        task, frames = Task.of(run.experiment), np.array([0, 4, 8])
        labels, X = task.sample.y_test, task.sample.X_test
        each = measure(run, frames, threshold)
        given = chances(run, frames, X)
        if given.ndim == 3 and given.shape[-1] == 2:
            given = given[..., 1]
        for k, chance in enumerate(given):
            said = chance.argmax(axis=1) if chance.ndim == 2 else chance > threshold
            assert each.accuracy[k] == pytest.approx(sk.accuracy_score(labels, said))
            average = "macro" if chance.ndim == 2 else "binary"
            f1 = sk.f1_score(labels, said, average=average, zero_division=0)
            assert np.nan_to_num(each.f1[k]) == pytest.approx(f1)
            if chance.ndim == 2 and data == "iris":
                auc = np.mean(
                    [sk.roc_auc_score(labels == c, chance[:, c]) for c in range(chance.shape[1])]
                )
                assert each.auc[k] == pytest.approx(auc)


def test_at_one_half_the_accuracy_is_that_of_the_error_rates():
    for query in (TWO, SEVERAL, "data=xor&model=mlp&loss=savage&loss=cross_entropy&steps=30"):
        for run in run_all(parse(query)[0]):
            assert run.test_error is not None
            accuracy = measure(run, np.arange(len(run.steps))).accuracy
            np.testing.assert_allclose(accuracy, 1 - run.test_error, atol=1e-12)


def test_scores_that_a_link_cuts_off_are_still_ranked():
    # All chances are 0 or 1, so as scores they would tie.
    [run] = run_all(parse("data=breast_cancer&loss=least_squares&steps=300&lr=0.05")[0])
    task = Task.of(run.experiment)
    z = np.insert(task.sample.X_test, 0, 1.0, axis=1) @ run.theta[-1]
    each = measure(run, np.array([len(run.steps) - 1]))
    assert each.auc[0] == pytest.approx(sk.roc_auc_score(task.sample.y_test, z))
    assert each.average_precision[0] == pytest.approx(
        sk.average_precision_score(task.sample.y_test, z)
    )


def test_the_marker_of_the_threshold_lies_on_the_curves():
    for threshold in (0.2, 0.5, 0.9):
        for run in run_all(parse(TWO)[0]):
            each = measure(run, np.array([60, 120]), threshold)
            assert each.operating is not None
            alarms, recall, precision = each.operating
            for k in range(2):
                x, y = (axis[k] for axis in each.roc)
                assert np.min(np.hypot(x - alarms[k], y - recall[k])) < 0.015
                x, y = (axis[k] for axis in each.precision_recall)
                if recall[k] > 0:
                    assert np.min(np.hypot(x - recall[k], y - precision[k])) < 0.03


def test_the_cost_is_that_of_the_losss_weights():
    weighed, hinge, _ = run_all(parse(TWO)[0])
    assert costs(weighed) == (1.0, 5.0)
    assert costs(hinge) == (1.0, 1.0)
    each = measure(weighed, np.array([0, 120]))
    for k in range(2):
        alarms, misses = each.confusion[k, 0, 1], each.confusion[k, 1, 0]
        assert each.cost[k] == pytest.approx((alarms + 5 * misses) / 200)
    np.testing.assert_allclose(
        measure(hinge, np.array([120])).cost, 1 - measure(hinge, np.array([120])).accuracy
    )


def test_weights_and_smoothing_take_the_meaning_from_chances():
    queries = {
        "data=moons&loss=log_loss": True,
        "data=moons&loss=log_loss&log_loss.weight_1=5": False,
        "data=moons&loss=brier": True,
        "data=moons&loss=hinge": False,
        "data=iris&loss=cross_entropy": True,
        "data=iris&loss=cross_entropy&cross_entropy.smoothing=0.1": False,
    }
    for query, expected in queries.items():
        [run] = run_all(parse(query + "&steps=1")[0])
        assert gives_probabilities(run) == expected, query


# ---------------------------------------------------------------- the panel


def panel(query: str, focus: int = 0, **options) -> Movie:
    runs = aligned(run_all(parse(query)[0]))
    looks = styles([run.experiment for run in runs])
    shown = PANELS["metrics"].build(runs, looks, View(focus=focus, options=options))
    return movie_of(shown.scenes, runs[0].steps, shown.tables)


EIGHT = "data=imbalanced&steps=30&" + "&".join(
    f"loss={name}" for name, loss in LOSSES.items() if loss.task == "binary"
)


@pytest.mark.parametrize(
    "query", [TWO, SEVERAL, EIGHT, "data=digits&steps=10", "data=blobs&blobs.classes=2&steps=9"]
)
def test_the_panel_is_valid_plotly_with_named_axes(query):
    movie = panel(query)
    for frame in (0, movie.frames - 1):
        for name, figure in still(movie, frame).items():
            axes = [value for key, value in figure.layout.to_plotly_json().items() if "axis" in key]
            assert axes, name
            assert all(axis["title"]["text"] for axis in axes), name
    for chart in movie.charts.values():
        go.Figure(chart.figure.to_dict())
        assert chart.title
        assert chart.description


def test_the_table_and_the_matrices_hold_what_was_measured_at_or_before_the_step():
    movie = panel(TWO, threshold=0.3)
    runs = run_all(parse(TWO)[0])
    frames = thinned(len(runs[0].steps), 40)
    [table] = movie.tables
    for i, (row, run) in enumerate(zip(table.rows, runs, strict=True)):
        each = measure(run, frames, 0.3)
        for cell, name in zip(row.cells, COLUMNS.values(), strict=False):
            assert not isinstance(cell, str)
            for frame in (0, 57, 120):
                place = np.searchsorted(frames, frame, side="right") - 1
                np.testing.assert_array_equal(cell[frame], getattr(each, name)[place])
        words = still(movie, 120)["confusion"].data[2 * i + 1].text
        assert [int(word) for word in words] == each.confusion[-1].ravel().tolist()


def test_words_say_the_threshold_the_costs_and_whose_chances_are_probabilities():
    movie = panel(TWO, threshold=0.3)
    [table] = movie.tables
    assert "called lower moon where its chance is above 0.300" in table.caption
    assert table.rows[0].cells[-1] == (
        "Cost: 5 for each row of lower moon that is missed, 1 for each of upper moon called "
        "lower moon, as the loss weighs the classes; per row."
    )
    meaning = movie.charts["calibration"].description
    assert "Meant as probabilities are those of Brier score;" in meaning
    assert "not meant" in panel("data=moons&loss=hinge&steps=2").charts["calibration"].description


def test_a_figure_that_is_not_defined_is_explained():
    # All start at 0, so at first no row is called positive.
    [table] = panel("data=moons&loss=log_loss&steps=20").tables
    precision = table.rows[0].cells[list(COLUMNS).index("Precision")]
    assert np.isnan(np.asarray(precision, float)[0])
    assert np.isfinite(np.asarray(precision, float)[-1])
    assert "not defined, such as the precision while no row is called lower moon" in table.caption


def test_runs_on_other_classes_are_left_out():
    movie = panel("data=moons&data=xor&loss=log_loss&steps=5", focus=1)
    [table] = movie.tables
    assert len(movie.charts["confusion"].figure.data) == 2  # shades and numbers of one matrix
    [row] = table.rows
    assert row.label.endswith(", xor")


def test_a_panel_of_three_runs_is_small():
    assert len(payload(panel(TWO.replace("steps=120", "steps=500")), run="a")) < 300_000
    assert len(payload(panel(EIGHT.replace("steps=30", "steps=500")), run="a")) < 400_000


@pytest.mark.parametrize("count", [1, 2, 30, 500])
def test_thinned_frames_hold_the_first_and_the_last(count):
    frames = thinned(count, 40)
    assert (frames[0], frames[-1]) == (0, count - 1)
    assert len(frames) <= 40
    assert (np.diff(frames) > 0).all()
    np.testing.assert_array_equal(latest(frames, count, frames)[frames], frames)
    assert (latest(frames, count, frames) <= np.arange(count)).all()
