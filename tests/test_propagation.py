"""One row's way forward and back is the very one that descent takes, layer by layer."""

from __future__ import annotations

import numpy as np
import pytest

from lossviz import Experiment, parse, run
from lossviz.analysis.predictions import chances, raw
from lossviz.analysis.propagation import (
    forward_backward,
    input_names,
    layer_gradients,
    output_names,
    responses,
)
from lossviz.analysis.replay import replay
from lossviz.engine.objective import Objective
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.items.losses import LOSSES
from lossviz.items.models.activations import ACTIVATIONS

NETS = [
    f"data={data}&model=mlp&mlp.depth={depth}&mlp.width=5&mlp.activation={activation}&loss={loss}"
    for (data, loss), depth, activation in [
        *((("moons", "log_loss"), 2, name) for name in ACTIVATIONS),
        (("iris", "cross_entropy"), 3, "tanh"),
        (("circles", "multiclass_brier"), 1, "sigmoid"),
        (("line", "squared_error"), 1, "relu"),
        (("diabetes", "huber"), 2, "tanh"),
    ]
]
LINEAR = ["data=moons", "data=iris&loss=cross_entropy", "data=sine&model=polynomial&lr=0.01"]
ROW = 7


def run_of(query: str) -> Run:
    [experiment] = parse(f"{query}&steps=12")[0]
    return run(experiment)


@pytest.fixture(params=NETS + LINEAR)
def trained(request) -> Run:
    return run_of(request.param)


def frames_of(trained: Run) -> np.ndarray:
    return np.array([0, 3, len(trained.steps) - 1])


def loss_of_row(task: Task, theta: np.ndarray) -> float:
    z, _ = task.forward(theta, task.features[:, [ROW]])
    loss, options = LOSSES[task.experiment.loss], task.experiment.params_of("loss")
    return float(loss.function(z, task.y[[ROW]], **options)[0][0])


def test_a_row_ends_where_the_replay_says(trained):
    task, frames = Task.of(trained.experiment), frames_of(trained)
    passes = forward_backward(trained, frames, ROW)
    X = task.sample.X[[ROW]]
    z, predicted = raw(trained, frames, X)[:, 0], chances(trained, frames, X)[:, 0]
    np.testing.assert_allclose(passes.layers[-1].post, z.reshape(len(frames), -1), rtol=1e-9)
    np.testing.assert_allclose(passes.prediction, predicted.reshape(len(frames), -1), rtol=1e-9)
    each = replay(trained, frames, np.array([ROW]))
    np.testing.assert_allclose(passes.loss, each.value[:, 0], rtol=1e-9)
    assert passes.target == task.sample.y[ROW]


def test_each_layer_is_what_the_one_before_gives_times_its_weights(trained):
    task = Task.of(trained.experiment)
    passes = forward_backward(trained, frames_of(trained), ROW)
    assert [layer.matrix.shape[1:] for layer in passes.layers] == list(task.layers)
    for layer in passes.layers:
        sums = np.einsum("fui,fi->fu", layer.matrix[..., 1:], layer.inputs) + layer.matrix[..., 0]
        np.testing.assert_allclose(layer.pre, sums, rtol=1e-9, atol=1e-12)
    for layer, above in zip(passes.layers, passes.layers[1:], strict=False):
        np.testing.assert_array_equal(above.inputs, layer.post)


def test_gradients_by_hand_are_those_of_the_model(trained):
    task, frames = Task.of(trained.experiment), frames_of(trained)
    passes = forward_backward(trained, frames, ROW)
    loss, options = LOSSES[task.experiment.loss], task.experiment.params_of("loss")
    for k, frame in enumerate(frames):
        z, backward = task.forward(trained.path[frame], task.features[:, [ROW]])
        _, slope = loss.function(z, task.y[[ROW]], **options)
        ours = np.concatenate([layer.gradient[k].ravel() for layer in passes.layers])
        np.testing.assert_allclose(ours, backward(slope), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("query", [q for q in NETS if "relu" not in q])
def test_gradients_by_hand_are_differences_of_the_rows_loss(query):
    trained = run_of(query)
    task, step = Task.of(trained.experiment), 1e-5
    passes = forward_backward(trained, np.array([4]), ROW)
    ours = np.concatenate([layer.gradient[0].ravel() for layer in passes.layers])
    theta = trained.path[4]
    for p in range(0, len(theta), 3):
        up, down = (loss_of_row(task, theta + s * step * np.eye(len(theta))[p]) for s in (1, -1))
        assert ours[p] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("query", [q for q in NETS if "relu" not in q])
def test_a_units_derivatives_are_what_a_push_at_its_bias_does(query):
    # A bias adds to its unit's sum, so the loss moves with it as with the sum.
    trained = run_of(query)
    task, step = Task.of(trained.experiment), 1e-5
    passes = forward_backward(trained, np.array([5]), ROW)
    start = 0
    for (units, columns), layer in zip(task.layers, passes.layers, strict=True):
        for unit in range(units):
            push = np.zeros(trained.path.shape[1])
            push[start + unit * columns] = step
            up, down = (loss_of_row(task, trained.path[5] + sign * push) for sign in (1, -1))
            expected = pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-8)
            assert layer.to_pre[0, unit] == expected
        start += units * columns
        np.testing.assert_allclose(layer.to_post * layer.bend, layer.to_pre, atol=1e-15)


def test_layer_gradients_are_those_of_the_objective(trained):
    task, frames = Task.of(trained.experiment), frames_of(trained)
    _, gradients = Objective.of([task])(trained.path[frames][:, None])
    ends = np.cumsum([units * columns for units, columns in task.layers])
    expected = [
        np.sqrt(np.mean(part**2, axis=-1)) for part in np.split(gradients[:, 0], ends[:-1], axis=-1)
    ]
    np.testing.assert_allclose(layer_gradients(trained, frames), np.stack(expected, axis=1))


def test_layer_gradients_leave_the_penalty_out():
    plain, pulled = (run_of(f"{NETS[0]}&lr=0.000001&l2={l2}") for l2 in (0, 0.5))
    first = np.array([0])
    np.testing.assert_array_equal(layer_gradients(plain, first), layer_gradients(pulled, first))


def test_from_far_on_the_wrong_side_cross_entropy_pulls_and_the_squared_probability_does_not():
    # Every row is put into the second class, with scores of -12 and 12.
    settings = {"mlp.activation": "sigmoid", "mlp.width": 4}
    sizes = {}
    for loss in ("cross_entropy", "multiclass_brier"):
        start = ",".join(["0.5"] * 12 + ["-12", "0", "0", "0", "0", "12", "0", "0", "0", "0"])
        e = Experiment(data="circles", model="mlp", loss=loss, steps=1, init=start, params=settings)
        sizes[loss] = layer_gradients(run(e), np.array([0]))[0]
    assert sizes["multiclass_brier"][1] < 1e-6 < 0.1 < sizes["cross_entropy"][1]


def test_responses_are_each_rows_values(trained):
    task, frames = Task.of(trained.experiment), frames_of(trained)
    layers = responses(trained, frames, task.sample.X[: ROW + 1])
    passes = forward_backward(trained, frames, ROW)
    assert len(layers) == len(task.layers)
    for values, layer in zip(layers, passes.layers, strict=True):
        np.testing.assert_allclose(values[:, ROW], layer.post, rtol=1e-9, atol=1e-12)


def test_what_goes_in_and_comes_out_has_names():
    def names(query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        [experiment] = parse(query)[0]
        task = Task.of(experiment)
        return input_names(task), output_names(task)

    assert names("data=sine&model=polynomial") == (("x", "x²", "x³"), ("y",))
    assert names("data=line") == (("x",), ("y",))
    assert names("data=iris&loss=cross_entropy")[1] == ("setosa", "versicolor", "virginica")
    inputs, outputs = names("data=moons&model=mlp")
    assert (len(inputs), len(outputs)) == (2, 1)


@pytest.mark.parity
def test_one_row_agrees_with_pytorch(torch):
    trained = run_of(NETS[0])
    task = Task.of(trained.experiment)
    passes = forward_backward(trained, np.array([12]), ROW)
    values = torch.tensor(task.features[1:, ROW])
    weights = [torch.tensor(layer.matrix[0], requires_grad=True) for layer in passes.layers]
    seen = []
    for i, weight in enumerate(weights):
        sums = weight[:, 1:] @ values + weight[:, 0]
        values = sums if i == len(weights) - 1 else torch.tanh(sums)
        sums.retain_grad()
        values.retain_grad()
        seen.append((sums, values))
    target = torch.tensor([task.y[ROW]], dtype=torch.float64)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(values, target)
    loss.backward()
    assert passes.loss[0] == pytest.approx(loss.item(), rel=1e-9)
    for layer, weight, (sums, after) in zip(passes.layers, weights, seen, strict=True):
        np.testing.assert_allclose(layer.gradient[0], weight.grad.numpy(), rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(layer.to_pre[0], sums.grad.numpy(), rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(layer.to_post[0], after.grad.numpy(), rtol=1e-9, atol=1e-14)
