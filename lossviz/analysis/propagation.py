"""One row's way through a network and its loss's way back, layer by layer, as the frames show it.

Everything is in the coordinates in which descent moves: scaled features where they are scaled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.items.models import MODELS
from lossviz.items.models.activations import ACTIVATIONS
from lossviz.items.models.base import split

PIECE = 2**16  # numbers that a layer may make at a time: these stay in the cache


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer of U units with I inputs, at one row and F' frames.

    inputs (F', I): what comes in, without the 1 of the biases; matrix (F', U, 1 + I): the
        weights, bias first.
    pre, post, bend (F', U): each unit's sum, its value, and the derivative of this by that; in the
        last layer values are sums.
    to_post, to_pre (F', U): the derivatives of the row's loss by values and by sums.
    """

    inputs: Array
    matrix: Array
    pre: Array
    post: Array
    bend: Array
    to_post: Array
    to_pre: Array

    @property
    def gradient(self) -> Array:
        """The derivatives (F', U, 1 + I) of the row's loss by the weights."""
        return self.to_pre[..., None] * np.insert(self.inputs, 0, 1.0, axis=-1)[:, None]


@dataclass(frozen=True, eq=False)
class Passes:
    """One row forward and backward at F' frames (indices into `run.steps`).

    layers: hidden ones first, then that of the outputs, whose values are the raw predictions z.
    prediction (F', U): z through the loss's inverse link, chances for classes; loss (F',): of the
        row, without penalty; target: the row's, a number or a class's.
    """

    frames: Array
    row: int
    layers: tuple[Layer, ...]
    prediction: Array
    loss: Array
    target: float


def forward_backward(run: Run, frames: Array, row: int) -> Passes:
    """The run's training row number `row` (from 0), forward and backward at these frames."""
    task, loss = run.task, loss_of(run.experiment)
    theta, features = run.path[frames], task.features[:, [row]]
    matrices = split(theta, task.layers)
    with np.errstate(all="ignore"):
        stages = [(pre[:, 0], post[:, 0]) for pre, post in _hidden(task, theta, features)]
        first = np.broadcast_to(features[1:, 0], (len(theta), len(features) - 1))
        inputs = [first, *(post for _, post in stages)]
        bends = [_bend(task, pre) for pre, _ in stages]
        last = _sums(matrices[-1], inputs[-1][:, None])[:, 0]
        value, slope = loss.function(last, task.y[row], **task.loss_params(theta))
        prediction = loss.inverse_link(last)
        # dL/dz is the loss's slope. Backwards through layer l, with d = dL/d(sums of l):
        #   dL/d(values of l-1) = W_l^T d,   dL/d(sums of l-1) = dL/d(values) * act'(sums)
        to_post = to_pre = slope
        layers = [
            Layer(
                inputs=inputs[-1],
                matrix=matrices[-1],
                pre=last,
                post=last,
                bend=np.ones_like(last),
                to_post=to_post,
                to_pre=to_pre,
            )
        ]
        for i in range(len(stages) - 1, -1, -1):
            to_post = np.vecmat(to_pre, matrices[i + 1][..., 1:])
            to_pre = to_post * bends[i] + 0.0  # no -0 on screen
            layers.append(Layer(inputs[i], matrices[i], *stages[i], bends[i], to_post, to_pre))
    target = float(task.sample.y[row])
    value = value.reshape(len(theta))  # of one output the last axis is still there
    return Passes(
        frames=np.asarray(frames),
        row=row,
        layers=tuple(layers[::-1]),
        prediction=prediction,
        loss=value,
        target=target,
    )


def _sums(matrix: Array, inputs: Array) -> Array:
    """The sums (F', m, U) of the units of a matrix (F', U, 1 + I) for inputs (F', m, I)."""
    return inputs @ matrix[..., 1:].mT + matrix[:, None, :, 0]


def _hidden(task: Task, theta: Array, features: Array) -> list[tuple[Array, Array]]:
    e = task.experiment
    model, options = MODELS[e.model], e.params_of("model")
    return list(model.activations(theta, features, outputs=task.outputs, **options))


def _bend(task: Task, pre: Array) -> Array:
    """The slope of the activation at these sums."""
    activation = str(task.experiment.params_of("model")["activation"])
    return ACTIVATIONS[activation](pre.copy())(np.empty_like(pre))


def layer_gradients(run: Run, frames: Array) -> Array:
    """The size (F', L) of the mean loss's gradient in each layer at these frames, without penalty:
    the root mean square over the layer's weights and biases."""
    task, loss = run.task, loss_of(run.experiment)
    path, sizes = run.path[frames], []
    piece = _piece(task, len(task.y))
    with np.errstate(all="ignore"):
        for k in range(0, len(path), piece):
            theta = path[k : k + piece, None]
            z, backward = task.forward(theta, task.features)
            _, slope = loss.function(z, task.y, **task.loss_params(theta))
            parts = split(backward(slope)[:, 0] / len(task.y), task.layers)
            sizes.append([np.sqrt(np.mean(part**2, axis=(1, 2))) for part in parts])
    return np.concatenate([np.stack(size, axis=1) for size in sizes])


def responses(run: Run, frames: Array, X: Array) -> tuple[Array, ...]:
    """What every layer makes of rows X (m, d), in the data's units, at these frames: for each
    layer (F', m, units), the values of hidden units, and last the raw predictions z."""
    task, e = run.task, run.experiment
    scaled = (X - task.sample.center) / task.sample.scale
    features = MODELS[e.model].function(scaled, **e.params_of("model"))
    path, pieces = run.path[frames], []
    piece = _piece(task, len(X))
    with np.errstate(all="ignore"):
        for k in range(0, len(path), piece):
            theta = path[k : k + piece]
            hidden = [post for _, post in _hidden(task, theta, features)]
            before = hidden[-1] if hidden else features[1:].T
            pieces.append([*hidden, _sums(split(theta, task.layers)[-1], before)])
    return tuple(np.concatenate(parts) for parts in zip(*pieces, strict=True))


def _piece(task: Task, rows: int) -> int:
    """How many frames at a time, as layers take room."""
    return max(1, PIECE // (max(units for units, _ in task.layers) * rows))


def input_names(task: Task) -> tuple[str, ...]:
    """What the first layer sees: the features, or their powers."""
    e, features = task.experiment, task.sample.features
    if task.layers[0][1] == 1 + len(features):
        return features
    names = MODELS[e.model].names(features, **e.params_of("model"))
    return tuple(name.removeprefix("coefficient of ") for name in names[1:])


def output_names(task: Task) -> tuple[str, ...]:
    """What the last layer's units stand for: each class, the second of two, or the target."""
    classes = task.sample.classes
    if task.outputs:
        return classes
    return (classes[1] if classes else task.sample.target,)
