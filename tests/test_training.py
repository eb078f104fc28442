"""Training: batching is invisible, prefixes are prefixes, divergence is a sentence."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
from own_rows import in_classes, rows, task_on, train_on
from random_experiments import draw_experiment
from sklearn.metrics import zero_one_loss
from suiting import BUILT_IN as LOSSES
from suiting import choosing, spoiled, suited

from lossviz import DATASETS, OPTIMIZERS, Experiment, Run, run, run_all, sample, stream
from lossviz.analysis.replay import replay
from lossviz.base.limits import FRAMES
from lossviz.engine.objective import Objective
from lossviz.engine.rates import largest_rate
from lossviz.engine.sampling import batches
from lossviz.engine.task import Task
from lossviz.engine.training import LIMIT, train

ARRAYS = ("steps", "theta", "path", "loss", "test_loss")


def a_mix(count: int = 300) -> list[Experiment]:
    rng = np.random.default_rng(20)
    large = ("diabetes", "breast_cancer", "digits")  # and slow here
    data = [name for name in DATASETS if name not in large]
    return [draw_experiment(rng, data, steps=(1, 40, 200)) for _ in range(count)]


def all_finite(run: Run) -> bool:
    return all(np.isfinite(getattr(run, name)).all() for name in ARRAYS)


# ---------------------------------------------------------------- many runs as one


def test_batching_is_invisible():
    mix = a_mix()
    together = run_all(mix)
    assert [run.experiment for run in together] == mix
    assert together == [run(e) for e in mix]
    # The sample holds what it is meant to hold.
    assert 15 < sum(run.diverged_at is not None for run in together) < 200
    assert {e.loss for e in mix} == set(LOSSES)
    assert {e.optimizer for e in mix} == set(OPTIMIZERS)


@pytest.mark.parametrize("batch", [0, 8])
@pytest.mark.parametrize("loss", LOSSES)
def test_runs_in_one_batch_of_arrays_do_not_touch_each_other(loss, batch):
    base = spoiled(loss, steps=300, batch=batch, init="normal", model="polynomial")
    changes = [
        {},
        {"lr": 1e4},
        {"lr": 0.01},
        {"lr": 30.0},
        {"l1": 0.2},
        {"l2": 0.2},
        {"lr": 3.0},
        {"l1": 0.1, "l2": 0.1},
        {"schedule": "cosine"},
        {"schedule": "step", "lr": 0.02},
        {"init": "zeros"},
        {"outlier_seed": 3},
        {"init": "1e6"},
    ]
    mix = [base.replace(**change) for change in changes]
    assert run_all(mix) == [run(e) for e in mix]
    assert run_all(mix[::-1]) == run_all(mix)[::-1]


@pytest.mark.parametrize("name", ["momentum", "nesterov", "adamw"])
def test_runs_that_diverge_take_their_state_with_them(name):
    base = Experiment(optimizer=name, steps=300, params={"adamw.decay": 1.0})
    mix = [base.replace(lr=lr) for lr in (0.01, 1e4, 0.02, 3e3, 0.005)]
    together = run_all(mix)
    assert together == [run(e) for e in mix]
    assert [answer.diverged_at is None for answer in together] == [True, False, True, False, True]


def test_the_size_of_the_batch_does_not_show():
    mix = [Experiment(loss="huber", lr=0.001 * (i + 1), steps=60) for i in range(100)]
    together = run_all(mix)
    assert together[::9] == [run(e) for e in mix[::9]]


def test_an_experiment_given_twice_is_answered_twice():
    e = Experiment(steps=5)
    assert run_all([e, e.replace(lr=0.2), e]) == [run(e), run(e.replace(lr=0.2)), run(e)]
    assert run_all([]) == []


def test_tasks_of_one_experiment_on_different_rows_are_kept_apart():
    e, other = Experiment(steps=20), Experiment(steps=20, loss="huber")
    one, two = rows([0, 1, 2], [0, 1, 2]), rows([0, 1, 2], [3, 1, 0])
    mix = [(one, e), (one, other), (two, e), (two, other), (one, e)]
    *_, together = train([task_on(data, e) for data, e in mix])
    assert together == [train_on(data, e) for data, e in mix]
    assert together[0] != together[2]


def test_runs_that_differ_are_unequal():
    e = Experiment(steps=5)
    assert run(e) != run(e.replace(lr=0.2))
    assert run(e) != "a run"


def batches_of(task: Task) -> Iterator[np.ndarray]:
    e = task.experiment
    return batches(e.seed, len(task.y), e.batch)


def test_all_runs_of_a_sweep_see_the_same_batches():
    draws = []
    for loss in ("squared_error", "absolute_error", "tukey"):
        drawn = batches_of(Task.of(Experiment(loss=loss, batch=7)))
        draws.append([next(drawn).tolist() for _ in range(30)])
    assert draws[0] == draws[1] == draws[2]
    # Epoch after epoch of all rows, each in another order.
    flat = [row for batch in draws[0] for row in batch]
    epochs = [flat[i : i + 60] for i in range(0, 180, 60)]
    assert all(sorted(epoch) == list(range(60)) for epoch in epochs)
    assert epochs[0] != epochs[1]


# ---------------------------------------------------------------- growing prefixes


def test_a_stream_s_prefixes_are_prefixes_of_the_final_runs():
    mix = [e for e in a_mix(60) if e.steps > 1] + [Experiment(steps=1200, batch=5)]
    *prefixes, last = stream(mix, seconds=0.0)
    assert last == run_all(mix)
    assert len(prefixes) > 3
    for runs in prefixes:
        for part, whole in zip(runs, last, strict=True):
            assert part.experiment == whole.experiment
            for name in ("loss", "test_loss"):
                array = getattr(part, name)
                assert np.array_equal(array, getattr(whole, name)[: len(array)])
            assert part.steps[-1] == len(part.loss) - 1
            common = np.isin(part.steps, whole.steps)
            assert common[:-1].all()
            kept = np.isin(whole.steps, part.steps)
            assert np.array_equal(part.theta[common], whole.theta[kept])
            assert np.array_equal(part.path[common], whole.path[kept])
            assert part.is_done == (len(part.loss) == part.experiment.steps + 1)
            if not part.is_done and part.diverged_at is None:
                end = len(part.loss) - 1
                assert part.status == f"Training: {end:,} of {part.experiment.steps:,} steps."
    assert all(run.is_done for run in last)


def test_runs_of_a_stream_grow_in_step():
    mix = [Experiment(steps=5000), Experiment(steps=5000, loss="huber")]
    gaps = [abs(len(a.loss) - len(b.loss)) for a, b in stream(mix, seconds=0.0)]
    assert len(gaps) > 10
    assert max(gaps) <= 512


@pytest.mark.parametrize("steps", [1, 2, 100, 497, 498, 499, 500, 501, 502, 998, 999, 5000, 20_000])
def test_frames_are_few_and_the_first_and_the_last_are_kept(steps):
    answer = run(Experiment(steps=steps, batch=3))
    assert answer.steps[0] == 0
    assert answer.steps[-1] == steps
    assert (np.diff(answer.steps) > 0).all()
    assert len(answer.steps) <= FRAMES
    assert len(answer.steps) == steps + 1 or len(answer.steps) > FRAMES / 2
    assert answer.theta.shape == answer.path.shape == (len(answer.steps), 2)
    assert answer.loss.shape == answer.test_loss.shape == (steps + 1,)


# ---------------------------------------------------------------- the right numbers


def test_the_first_step_is_that_worked_out_by_hand():
    # Rows (0, 1), (1, 3), (2, 2), from 0: residuals -1, -3, -2, mean of squares 14/3. The slope is
    # 2/3 (-6) = -4 for the intercept and 2/3 (0 - 3 - 4) = -14/3 for the weight; the rate 0.1
    # leads to (0.4, 7/15). There the residuals are -3/5, -32/15, -2/3: squares (81 + 1024 + 100)
    # over 225, mean 241/135.
    answer = train_on(rows([0, 1, 2], [1, 3, 2]), Experiment(steps=1, lr=0.1))
    np.testing.assert_allclose(answer.theta, [[0, 0], [2 / 5, 7 / 15]], rtol=1e-15)
    np.testing.assert_allclose(answer.loss, [14 / 3, 241 / 135], rtol=1e-15)
    assert answer.names == ("intercept", "slope")


def test_training_is_what_a_bare_loop_does():
    e = Experiment(
        loss="huber", outliers="vertical", steps=400, lr=0.1, params={"huber.delta": 0.7}
    )
    data, delta = sample(e), 0.7
    b = w = 0.0
    losses, tests, path = [], [], []

    def huber(r):
        small = np.abs(r) <= delta
        return np.where(small, 0.5 * r**2, delta * (np.abs(r) - 0.5 * delta)).mean()

    x, x_test = data.X[:, 0], data.X_test[:, 0]
    for _ in range(401):
        r = b + w * x - data.y
        losses.append(huber(r))
        tests.append(huber(b + w * x_test - data.y_test))
        path.append((b, w))
        pull = np.clip(r, -delta, delta)
        b, w = b - 0.1 * pull.mean(), w - 0.1 * (pull * x).mean()
    answer = run(e)
    np.testing.assert_allclose(answer.loss, losses, rtol=1e-12)
    np.testing.assert_allclose(answer.test_loss, tests, rtol=1e-12)
    np.testing.assert_allclose(answer.theta, path, rtol=1e-11, atol=1e-13)


def test_mini_batches_are_what_a_bare_loop_over_them_does():
    e = Experiment(steps=50, batch=7, lr=0.05)
    data, drawn = sample(e), batches_of(Task.of(e))
    theta, losses = np.zeros(2), []
    A = np.column_stack([np.ones(60), data.X[:, 0]])
    for _ in range(51):
        losses.append(np.mean((A @ theta - data.y) ** 2))
        part = next(drawn)
        theta = theta - 0.05 * 2 * A[part].T @ (A[part] @ theta - data.y[part]) / 7
    np.testing.assert_allclose(run(e).loss, losses, rtol=1e-12)


@pytest.mark.parametrize("loss", ["squared_error", "huber"])
@pytest.mark.parametrize("data", ["line", "stack_loss"])
def test_curves_are_the_objective_and_the_clean_test_loss_at_the_path(loss, data):
    e = Experiment(
        data=data, loss=loss, outliers="vertical", steps=80, lr=0.02, l2=0.1, l1=0.05, batch=9
    )
    answer = run(e)
    objective = Objective.of([Task.of(e)])
    assert np.array_equal(objective.values(answer.path[:, None])[:, 0], answer.loss)
    # By hand, in the data's units, on the clean rows of the sample.
    clean = sample(e.replace(outliers="none"))
    z = answer.theta[:, :1] + answer.theta[:, 1:] @ clean.X_test.T
    value, _ = LOSSES[loss](z, clean.y_test)
    np.testing.assert_allclose(answer.test_loss, value.mean(axis=1), rtol=1e-9)


@pytest.mark.parametrize("model", ["linear", "polynomial"])
@pytest.mark.parametrize("data", [name for name in DATASETS if DATASETS[name].standardise])
def test_parameters_in_the_data_s_units_give_the_predictions_of_the_scaled_ones(data, model):
    e = Experiment(data=data, model=model, steps=60, lr=0.05, params={"polynomial.degree": 2})
    answer, task = run(e), Task.of(e)
    assert task.sample.is_scaled
    X = task.sample.X
    powers = range(1, 3 if model == "polynomial" else 2)
    columns = [X[:, i] ** k for i in range(X.shape[1]) for k in powers]
    features = np.vstack([np.ones(len(X)), *columns])
    K, D = task.layers[0]
    shape = len(answer.steps), K, D
    in_units = answer.theta.reshape(shape) @ features
    expected = answer.path.reshape(shape) @ task.features
    np.testing.assert_allclose(in_units, expected, rtol=1e-8, atol=1e-6)


@pytest.mark.parametrize("data", ["iris", "stack_loss"])
def test_a_network_in_the_data_s_units_predicts_as_the_scaled_one(data):
    e = Experiment(data=data, model="mlp", steps=60, params={"mlp.width": 4, "mlp.depth": 2})
    answer, task = run(e), Task.of(e)
    features = np.vstack([np.ones(len(task.y)), task.sample.X.T])
    z, _ = task.forward(answer.theta, features[None])
    expected, _ = task.forward(answer.path, task.features[None])
    np.testing.assert_allclose(z, expected, rtol=1e-8, atol=1e-6)


# ---------------------------------------------------------------- error rates


@pytest.mark.parametrize("model", ["linear", "mlp"])
@pytest.mark.parametrize(("loss", "data"), [("log_loss", "moons"), ("cross_entropy", "iris")])
@pytest.mark.parametrize(
    "settings",
    [{}, {"batch": 16}, {"steps": 1200}, {"lr": 1e4}, {"patience": 3, "optimizer": "adam"}],
    ids=str,
)
def test_error_rates_are_those_of_the_kept_parameters(loss, data, model, settings):
    e = spoiled(loss, **{"data": data, "model": model, "steps": 230, **settings})
    task = Task.of(e)
    for answer in (run(e), next(stream([e], 0.0))[0]):
        for features, labels, rates in (
            (task.features, task.sample.y, answer.error),
            (task.features_test, task.sample.y_test, answer.test_error),
        ):
            z, _ = task.forward(answer.path, features[None])
            found = z.argmax(axis=-1) if loss == "cross_entropy" else z > 0
            expected = [zero_one_loss(labels, row) for row in found]
            np.testing.assert_allclose(rates, expected, rtol=0, atol=1e-15)


def test_numbers_have_no_error_rate():
    answer = run(Experiment(steps=3))
    assert answer.error is None
    assert answer.test_error is None


# ---------------------------------------------------------------- early stopping


OVERFITTING = Experiment(
    data="sine",
    model="polynomial",
    lr=0.01,
    steps=3000,
    optimizer="adam",
    params={"polynomial.degree": 9, "sine.n": 12, "sine.noise": 0.5},
)


@pytest.mark.parametrize("patience", [1, 20, 150])
@pytest.mark.parametrize("batch", [0, 5])
def test_patience_ends_at_the_first_step_so_far_behind_the_best(patience, batch):
    e = OVERFITTING.replace(batch=batch)
    whole, answer = run(e), run(e.replace(patience=patience))
    best, at = 0, 0
    for k, value in enumerate(whole.test_loss):
        if value < whole.test_loss[best]:
            best = k
        if k - best >= patience:
            at = k
            break
    assert answer.stopped_at == at > 0
    assert answer.best_step == best
    assert np.array_equal(answer.loss[: at + 1], whole.loss[: at + 1])
    assert (answer.loss[at:] == answer.loss[at]).all()
    assert (answer.path[answer.steps >= at] == answer.path[-1]).all()
    assert Objective.of([Task.of(e)]).values(answer.path[-1:])[0] == answer.loss[at]
    assert answer.status == (
        f"Stopped early at step {at:,}: for {patience:,} "
        f"{'step' if patience == 1 else 'steps'} the clean test loss had not fallen "
        f"below that of step {best:,}."
    )


def test_patience_that_is_never_lost_changes_nothing():
    e = Experiment(steps=50)
    patient = run(e.replace(patience=50))
    assert patient.stopped_at is None
    assert np.array_equal(patient.path, run(e).path)


def test_early_stopping_touches_no_other_run():
    mix = [OVERFITTING.replace(patience=p, lr=lr) for p in (0, 1, 30) for lr in (0.01, 0.05, 1e4)]
    assert run_all(mix) == [run(e) for e in mix]


# ---------------------------------------------------------------- rates at the edge


@pytest.mark.parametrize(
    ("data", "loss"),
    [
        (data, loss)
        for data in ("line", "stack_loss", "engel", "moons", "breast_cancer", "iris")
        for loss in suited("loss", data)
        # The curvature of a loss that learns changes on the way.
        if LOSSES[loss].curvature is not None and LOSSES[loss].learned is None
    ],
)
def test_below_the_largest_rate_every_step_goes_down(loss, data):
    e = spoiled(loss, data=data, steps=300, l2=0.01)
    limit = largest_rate(Task.of(e))
    assert limit is not None
    answer = run(e.replace(lr=0.999 * limit))
    assert (np.diff(answer.loss) <= 1e-12 * answer.loss[:-1]).all()
    assert answer.diverged_at is None


@pytest.mark.parametrize("data", ["line", "stack_loss", "cubic"])
def test_for_squares_the_largest_rate_is_sharp(data):
    e = Experiment(data=data, steps=3000, init="normal", outliers="vertical")
    limit = largest_rate(Task.of(e))
    assert limit is not None
    below, above = run(e.replace(lr=0.99 * limit)), run(e.replace(lr=1.02 * limit))
    assert below.loss[-1] < below.loss[0]
    assert above.loss[-1] > above.loss[0]
    assert f"The largest rate that is sure to hold here is {limit:.3g}." in above.status


@pytest.mark.parametrize("seconds", [0.0, math.inf])
def test_divergence_is_told_with_its_step_its_rate_and_the_rate_that_would_have_held(seconds):
    e = Experiment(lr=30.0, steps=500)
    *_, [answer] = stream([e], seconds)
    limit = largest_rate(Task.of(e))
    assert limit is not None
    assert answer.diverged_at is not None
    assert answer.status == (
        f"Diverged at step {answer.diverged_at}: the rate 30 is too large. "
        f"The largest rate that is sure to hold here is {limit:.3g}."
    )


def test_a_rate_raised_in_mid_run_is_the_one_that_is_named():
    e = Experiment(
        schedule="step", lr=0.1, steps=400, params={"step.at": 200, "step.factor": 100.0}
    )
    answer = run(e)
    assert answer.diverged_at is not None
    assert answer.diverged_at > 200
    assert f"step {answer.diverged_at}: the rate 10 is too large" in answer.status


@pytest.mark.parametrize("batch", [0, 8])
@pytest.mark.parametrize("lr", [3.0, 10.0, 1e4])
def test_a_diverged_run_stands_still_at_its_last_finite_point(lr, batch):
    answer = run(Experiment(lr=lr, steps=700, batch=batch))
    at = answer.diverged_at
    assert at is not None
    assert (answer.loss[at:] == answer.loss[at - 1]).all()
    assert (answer.test_loss[at:] == answer.test_loss[at - 1]).all()
    assert (answer.path[answer.steps >= at] == answer.path[-1]).all()
    task = Task.of(answer.experiment)
    assert Objective.of([task]).values(answer.path[-1:])[0] == answer.loss[-1]
    assert answer.loss.max() <= LIMIT


def test_divergence_at_any_step_freezes_the_step_before():
    # Rates such that divergence falls on every place of the engine's chunks, its edges included.
    mix = [Experiment(lr=float(lr), steps=300) for lr in np.geomspace(1.5, 1e4, 200)]
    found = set()
    for answer in run_all(mix):
        if answer.diverged_at is not None:
            found.add(answer.diverged_at)
            value = Objective.of([Task.of(answer.experiment)]).values(answer.path[-1:])[0]
            assert value == answer.loss[-1] == answer.loss[answer.diverged_at - 1]
    assert {32, 64} <= found


# ---------------------------------------------------------------- nothing breaks

MAD = [
    ("mad rate", rows([0, 1, 2], [1, 3, 2]), {"lr": 1e4}),
    ("one row", rows([2], [5]), {}),
    ("all x equal", rows([3, 3, 3], [1, 2, 6]), {}),
    ("constant y", rows([1, 2, 3], [4, 4, 4]), {"lr": 0.05}),
    ("outside every domain", rows([-1, 0, 1], [-5, -1, -900]), {"lr": 0.01}),
    ("vast targets", rows([-1, 0, 1], [1e60, -1e60, 1e90]), {}),
    ("vast features", rows([1e40, 2e40, -1e40], [1, 2, 3]), {}),
    ("tiny features", rows([1e-200, 2e-200, 0], [1, 2, 3]), {}),
    ("a start at the end of the world", rows([-1, 0, 1], [1, 2, 3]), {"init": "1e6,-1e6"}),
]


@pytest.mark.parametrize(("data", "settings"), [m[1:] for m in MAD], ids=[m[0] for m in MAD])
@pytest.mark.parametrize("loss", LOSSES)
def test_nothing_infinite_and_no_warning_reaches_a_screen(loss, data, settings):
    if LOSSES[loss].task != "regression":
        data = in_classes(data)
    tasks = [
        task_on(data, choosing("loss", loss, optimizer=name, steps=120, **settings))
        for name in OPTIMIZERS
    ]
    *_, answers = train(tasks)
    for answer in answers:
        assert all_finite(answer)
        assert answer.status.endswith(".")
        assert "nan" not in answer.status
        assert "inf" not in answer.status


def test_any_mix_is_finite():
    assert all(all_finite(answer) for answer in run_all(a_mix(100)))


# ---------------------------------------------------------------- how it went, in a sentence


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"lr": 0.2}, "Settled: by step "),
        ({"lr": 0.001}, "Still falling: from "),
        ({"lr": 30.0}, "Diverged at step "),
        ({"lr": 1e-6}, "Still falling: from "),
        ({"optimizer": "adagrad"}, "Still falling: from "),
        ({"lr": 1.2, "steps": 3}, "Rising: the loss ends above its start."),
        ({"lr": 1.2, "steps": 60}, "Diverging: by step 9 the loss was a million times its start."),
        ({"loss": "absolute_error", "lr": 1.0}, "Bouncing: the steps are too large to settle."),
    ],
)
def test_the_status_says_how_it_went(settings, sentence):
    assert run(Experiment(**settings)).status.startswith(sentence)


def test_a_start_without_slope_is_told():
    # All rows lie inside the band where errors are free.
    e = Experiment(loss="epsilon_insensitive", params={"epsilon_insensitive.epsilon": 2.0})
    answer = train_on(rows([0, 1, 2], [1, -1, 0]), e)
    assert answer.status == "Standing still: at the start there is no slope to follow."


def test_a_run_that_ends_where_it_began_is_told():
    # One row (0, 1) and the rate 1 under squares: b jumps between 0 and 2, the loss stays 1, but
    # for the rounding of a start off the round numbers.
    answer = train_on(rows([0.0], [1.0]), Experiment(lr=1.0, steps=10, init="1.7"))
    assert answer.loss[-1] == pytest.approx(answer.loss[0])
    assert answer.status.startswith("Standing still:")


def test_falling_names_the_ends_of_the_last_tenth():
    answer = run(Experiment(lr=0.001, steps=200))
    start, end = answer.loss[-len(answer.loss) // 10], answer.loss[-1]
    assert answer.status == (
        f"Still falling: from {answer.loss[-20]:.4g} to {end:.4g} in the last tenth of the steps."
    )
    assert start > end


def test_a_loss_below_zero_is_judged_as_any_other():
    # Poisson's loss e^z - y z is negative for large counts; from z = 0 it falls from 1.
    e = Experiment(loss="poisson", lr=0.005, steps=3000)
    assert train_on(rows([0, 1, 2], [40, 45, 50]), e).status.startswith("Settled")


# ---------------------------------------------------------------- a run and its rows


def test_a_run_is_replayed_on_its_own_rows_whatever_its_experiment_names():
    x, y = [0.0, 1.0, 2.0], [5.0, -1.0, 3.0]
    trained = train_on(rows(x, y), Experiment(lr=0.1, steps=3))
    intercept, slope = trained.theta[-1]
    last = np.array([len(trained.steps) - 1])
    expected = intercept + slope * np.array(x) - y
    np.testing.assert_allclose(replay(trained, last).argument[0], expected, rtol=1e-12)


def test_runs_on_the_same_rows_carry_the_same_arrays():
    one, other = run_all([Experiment(lr=0.1), Experiment(lr=0.2)])
    assert np.shares_memory(one.task.features, other.task.features)
