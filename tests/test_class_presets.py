"""What the presets with classes and networks say is so, and not for one seed alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lossviz import LOSSES, Run, parse, run_all, sample
from lossviz.analysis.metrics import Metrics, measure
from lossviz.analysis.predictions import raw
from lossviz.analysis.propagation import layer_gradients
from lossviz.analysis.replay import Replay, replay
from lossviz.engine.task import Task
from lossviz.views.examples import PRESETS

QUERIES = {preset.title: preset.query for preset in PRESETS}
SEEDS = (0, 1, 2)
over_seeds = pytest.mark.parametrize("seed", SEEDS)


def trained(title: str, seed: int = 0, **changes: Any) -> list[Run]:
    """The preset's runs with another seed, and other values for some keys (`mlp__depth`)."""
    keys = {key.replace("__", "."): value for key, value in changes.items()}
    return run_all(parse(QUERIES[title])[0].replace({"seed": seed, **keys}))


def last(run: Run) -> np.ndarray:
    return np.array([len(run.steps) - 1])


def at_end(run: Run) -> Replay:
    return replay(run, last(run))


def measured(run: Run, threshold: float = 0.5) -> Metrics:
    return measure(run, last(run), threshold)


def test_the_first_runs_of_a_preset_are_those_of_seed_zero():
    title = "The hinge stops caring"
    assert trained(title) == run_all(parse(QUERIES[title])[0])


@over_seeds
def test_squared_error_dies_where_cross_entropy_learns(seed):
    title = "Squared error dies where cross-entropy learns"
    log_loss, brier = trained(title, seed)
    assert min(log_loss.error[0], brier.error[0]) > 0.95  # nearly every row, at the start
    assert log_loss.error[-1] < 0.05
    assert brier.error[-1] > 0.95
    assert brier.loss[-1] > 0.99 * brier.loss[0]
    start = [np.abs(replay(run, np.array([0])).slope).mean() for run in (log_loss, brier)]
    assert start[1] < 0.05 * start[0]
    assert all(run.error[-1] < 0.05 for run in trained(title, seed, init="0,-3,0"))


@over_seeds
def test_the_hinge_lets_go_of_rows_and_the_log_loss_never_does(seed):
    log_loss, hinge = (at_end(run) for run in trained("The hinge stops caring", seed))
    beyond = hinge.argument[0] > 1
    assert beyond.mean() > 0.8
    assert not hinge.slope[0, beyond].any()
    assert hinge.slope[0, ~beyond].all()
    assert log_loss.slope.all()


@over_seeds
def test_with_classes_far_apart_the_hinge_comes_to_a_stop(seed):
    log_loss, hinge = trained("The hinge stops caring", seed, overlapping__distance=6)
    near_end = len(hinge.steps) - 50
    assert np.ptp(hinge.theta[near_end:], axis=0).max() < 0.01
    assert np.all(np.diff(log_loss.loss) < 0)
    assert np.all(np.diff(np.linalg.norm(log_loss.theta, axis=1)) > 0)


@over_seeds
def test_one_far_point_ruins_the_exponential_loss(seed):
    title = "One far point and the exponential loss"
    log_loss, exponential, savage = trained(title, seed)
    is_odd = Task.of(savage.experiment).sample.is_outlier
    assert is_odd.sum() == 1
    assert exponential.test_error[-1] > 2 * max(log_loss.test_error[-1], savage.test_error[-1])
    unspoiled = trained(title, seed, outliers="none")
    kept = [
        abs(a.theta[-1, 1] / b.theta[-1, 1])
        for a, b in zip((log_loss, exponential, savage), unspoiled, strict=True)
    ]
    assert kept[1] < 0.06 < 0.1 < kept[0] < 0.5 < kept[2]
    assert at_end(savage).gradient_share[0, is_odd] < 1e-12
    further = trained(title, seed, mislabelled__size=20)
    assert np.abs(further[0].theta[-1, 1]) < 0.7 * np.abs(log_loss.theta[-1, 1])
    np.testing.assert_allclose(further[2].theta[-1], savage.theta[-1], rtol=0.05)


@over_seeds
def test_weighing_the_rare_class_finds_more_of_it_and_alarms_more(seed):
    found = [measured(run) for run in trained("Rare cases and class weights", seed)]
    recall, precision, accuracy, area = (
        [float(getattr(each, name)[0]) for each in found]
        for name in ("recall", "precision", "accuracy", "auc")
    )
    assert found[0].prevalence == pytest.approx(0.1)
    assert recall[0] < 0.8
    assert sorted(recall) == recall
    assert recall[2] > recall[0]
    assert precision[0] > precision[1] > precision[2]
    assert accuracy[0] > accuracy[2]
    assert np.ptp(area) < 0.01  # one curve, along which weights and thresholds move


@over_seeds
def test_a_dear_false_alarm_is_raised_less_often_and_the_threshold_could_do_it(seed):
    plain, weighted = trained("The cost of a false alarm", seed)
    [usual], [careful], [moved] = (
        measured(run, threshold).confusion
        for run, threshold in ((plain, 0.5), (weighted, 0.5), (plain, 0.75))
    )
    assert careful[0, 1] < usual[0, 1] / 3
    assert careful[1, 0] > usual[1, 0]
    assert 3 * careful[0, 1] + careful[1, 0] < 3 * usual[0, 1] + usual[1, 0]
    assert np.abs(moved - careful).max() <= 2


@over_seeds
def test_xor_needs_a_hidden_layer_of_more_than_one_unit(seed):
    title = "XOR needs a hidden layer"
    linear, network = trained(title, seed)
    assert abs(linear.test_error[-1] - 0.5) < 0.05
    assert network.test_error[-1] < 0.1
    assert trained(title, seed, mlp__width=1)[1].test_error[-1] > 0.25


@over_seeds
def test_the_gradient_vanishes_on_its_way_through_many_sigmoids(seed):
    title = "Sigmoids, depth and the vanishing gradient"

    def passed_on(run: Run) -> float:
        [sizes] = layer_gradients(run, np.array([0]))
        return sizes[0] / sizes[-1]

    sigmoid, *others = trained(title, seed)
    assert passed_on(sigmoid) < 1e-3
    assert sigmoid.error[-1] > 0.4
    assert sigmoid.loss[-1] == pytest.approx(np.log(2), abs=1e-3)
    for run in others:
        assert passed_on(run) > 0.05
        assert run.error.min() < 0.1
    shallow, *_ = trained(title, seed, mlp__depth=1)
    assert passed_on(shallow) > 0.1


@over_seeds
def test_l2_mends_what_overfitting_the_spiral_spoils(seed):
    title = "Overfitting the spiral, and how L2 mends it"
    free, held = trained(title, seed)
    assert free.error[-1] <= 0.02
    assert Task.of(free.experiment).sample.is_outlier.mean() == pytest.approx(0.1)
    assert free.test_loss[-1] > 2 * free.test_loss.min()
    assert held.error[-1] > free.error[-1]
    assert held.test_error[-1] < free.test_error[-1] / 3 + 0.005
    assert held.test_loss[-1] < free.test_loss[-1] / 2
    [flat] = trained(title, seed, l2=0.1)
    assert flat.test_error[-1] > 0.4


@over_seeds
def test_softmax_reads_digits_and_a_hidden_layer_reads_more(seed):
    linear, network = trained("Softmax on digits", seed)
    assert linear.test_error[0] > 0.8
    assert 0.04 < linear.test_error[-1] < 0.08
    assert network.test_error[-1] < 0.7 * linear.test_error[-1]


@over_seeds
def test_label_smoothing_mends_calibration_where_a_network_is_too_sure(seed):
    title = "Label smoothing and calibration"
    runs = trained(title, seed)
    hard, soft, softer = (float(measured(run).calibration_error[0]) for run in runs)
    assert hard > 0.2
    assert hard > 1.3 * soft > 1.3 * softer
    errors = [run.test_error[-1] for run in runs]
    assert np.ptp(errors) < 0.1
    assert runs[0].error[-1] == 0
    wines = [float(measured(run).calibration_error[0]) for run in trained(title, seed, data="wine")]
    assert wines[0] < wines[1] < wines[2]


@over_seeds
def test_log_loss_cross_entropy_and_kl_are_one_loss_for_two_classes(seed):
    title = "Log loss, cross-entropy and KL agree"
    log_loss, cross_entropy, kl = trained(title, seed)
    np.testing.assert_array_equal(kl.theta, cross_entropy.theta)
    np.testing.assert_allclose(kl.loss, cross_entropy.loss, rtol=1e-12)
    assert log_loss.loss[-1] == pytest.approx(cross_entropy.loss[-1], rel=1e-4)
    assert abs(log_loss.test_error[-1] - cross_entropy.test_error[-1]) <= 0.01
    # z = (z0, z1) has the margin z1 - z0, and each output takes the log loss's step.
    margin = cross_entropy.theta[:, 3:] - cross_entropy.theta[:, :3]
    assert log_loss.loss[50] > cross_entropy.loss[50]
    twice = trained(title, seed, lr=4)[0]
    np.testing.assert_allclose(twice.theta, margin, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(twice.loss, cross_entropy.loss, rtol=1e-12)


@over_seeds
def test_patience_stops_before_the_noise_is_learned(seed):
    title = "Stop before it learns the noise"
    patient, stopped = trained(title, seed)
    at = stopped.stopped_at
    assert patient.stopped_at is None
    assert at == stopped.best_step + 20 < 100
    np.testing.assert_array_equal(patient.loss[: at + 1], stopped.loss[: at + 1])
    assert patient.loss[-1] < stopped.loss[-1] / 2
    assert patient.test_loss[-1] > 2 * stopped.test_loss[-1]
    [hasty] = trained(title, seed, patience=1)
    assert hasty.stopped_at < 10
    assert hasty.test_loss[-1] > stopped.test_loss[-1]


@over_seeds
def test_the_multiclass_hinge_forgets_rows_that_beat_their_rival(seed):
    softmax, hinge = trained("Only the strongest rival counts", seed)
    pulls = at_end(hinge)
    # With shares over the length of the whole slope, so that no class's pull goes unseen.
    is_free = pulls.gradient_share[0] == 0
    np.testing.assert_array_equal(is_free, pulls.argument[0] > 1)
    assert is_free.mean() > 0.5
    assert (at_end(softmax).gradient_share > 0).all()
    assert abs(softmax.test_error[-1] - hinge.test_error[-1]) < 0.06
    setosa = sample(hinge.experiment).y == 0
    assert not any(at_end(run).is_wrong[0, setosa].any() for run in (softmax, hinge))


@over_seeds
def test_focal_loss_leaves_easy_rows_and_the_chances_become_timid(seed):
    plain, focal = trained("Focal loss and its timid chances", seed)
    margins = np.array([0.0, 2.0])
    kept = [
        slope[1] / slope[0]
        for _, slope in (LOSSES["focal"](margins, 1.0, gamma=gamma) for gamma in (0.0, 2.0))
    ]
    assert kept[1] < 0.02 < 0.2 < kept[0]
    medians = [np.median(at_end(run).argument) for run in (plain, focal)]
    assert medians[1] < 0.6 * medians[0]
    z = [raw(run, last(run), sample(run.experiment).X)[0] for run in (plain, focal)]
    assert np.mean((z[0] > 0) != (z[1] > 0)) < 0.01
    errors = [float(measured(run).calibration_error[0]) for run in (plain, focal)]
    assert errors[1] > 3 * errors[0]


@over_seeds
def test_a_network_follows_outliers_with_squared_error_and_not_with_huber(seed):
    title = "A network among outliers"

    def off(run: Run) -> float:
        """The mean squared distance from the clean test rows."""
        data = sample(run.experiment)
        return float(np.mean((raw(run, last(run), data.X_test)[0] - data.y_test) ** 2))

    squared, huber = map(off, trained(title, seed))
    assert huber < squared / 5
    lines = trained(title, seed, model="linear")
    assert min(map(off, lines)) > 3 * huber
