"""The multi-layer perceptron: forward and backward passes written by hand, batched over runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.models.activations import ACTIVATIONS
from lossviz.items.models.base import MODELS, Backward, Layers, Model, split
from lossviz.items.models.linear import linear_features, units

MAX_DEPTH, MAX_WIDTH = 8, 64
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def features(X: Array, *, depth: int, width: int, activation: str) -> Array:
    return linear_features(X)


def layers(d: int, outputs: int = 0, *, depth: int, width: int, **_: Any) -> Layers:
    inputs = (d, *(width,) * depth)
    return tuple(zip((*inputs[1:], max(outputs, 1)), (1 + i for i in inputs), strict=True))


def forward(
    theta: Array, features: Array, *, outputs: int = 0, depth: int, width: int, activation: str
) -> tuple[Array, Backward]:
    # a_0 = (1, x),  a_l = (1, act(W_l a_(l-1))),  z = W_L a_(L-1), rows of data side by side:
    # a_l is (..., R, 1 + units, n), its row of ones stands for the biases' input. Each product is
    # one matmul a run, so the bits of a run do not depend on the others.
    shapes = layers(features.shape[-2] - 1, outputs, depth=depth, width=width)
    matrices = split(theta, shapes)
    lead = np.broadcast_shapes(theta.shape[:-1], features.shape[:-2])
    n = features.shape[-1]
    inputs, slopes = [features], []
    for matrix in matrices[:-1]:
        a = np.empty((*lead, 1 + width, n))
        a[..., 0, :] = 1.0
        np.matmul(matrix, inputs[-1], out=a[..., 1:, :])
        slopes.append(ACTIVATIONS[activation](a[..., 1:, :]))
        inputs.append(a)
    last = np.matmul(matrices[-1], inputs[-1])

    def backward(slope: Array) -> Array:
        # d_L = dl/dz,  dl/dW_l = d_l a_(l-1)^T,  d_(l-1) = act'(..) * (W_l without biases)^T d_l
        delta = slope.mT if outputs else slope[..., None, :]
        gradient = np.empty((*delta.shape[:-2], theta.shape[-1]))
        parts = split(gradient, shapes)
        scratch = np.empty((*lead, width, n))
        for i in range(depth, -1, -1):
            np.matmul(delta, inputs[i].mT, out=parts[i])
            if i:
                # With a single unit the product is an outer one, which needs no sums.
                pull = np.multiply if matrices[i].shape[-2] == 1 else np.matmul
                delta = pull(matrices[i][..., 1:].mT, delta)
                delta *= slopes[i - 1](scratch)
        return gradient

    return last.mT if outputs else last[..., 0, :], backward


def activations(
    theta: Array, features: Array, *, outputs: int = 0, depth: int, width: int, activation: str
) -> tuple[tuple[Array, Array], ...]:
    shapes = layers(features.shape[-2] - 1, outputs, depth=depth, width=width)
    pairs, a = [], features
    for matrix in split(theta, shapes)[:-1]:
        pre = np.matmul(matrix, a)
        post = pre.copy()
        ACTIVATIONS[activation](post)
        pairs.append((pre.mT, post.mT))
        a = np.insert(post, 0, 1.0, axis=-2)
    return tuple(pairs)


def parameter_names(
    features: tuple[str, ...], outputs: int = 0, classes: tuple[str, ...] = (), **params: Any
) -> tuple[str, ...]:
    return tuple(
        f"w{layer}[{unit}, {i}]" if i else f"b{layer}[{unit}]"
        for number, (units, columns) in enumerate(layers(len(features), outputs, **params), 1)
        for layer in [str(number).translate(_SUBSCRIPTS)]
        for unit in range(1, units + 1)
        for i in range(columns)
    )


def first_units(mean: Array, scale: Array, **_: Any) -> Array:
    return units(mean, scale)


def usual_start(*, activation: str, **_: Any) -> str:
    # He's start makes up for the half of the inputs that relu cuts off.
    return "he" if activation in ("relu", "gelu") else "xavier"


MODELS.add(
    Model(
        name="mlp",
        label="Neural network (multi-layer perceptron)",
        params=(
            Param("depth", 1, 1, MAX_DEPTH, "Hidden layers", "How many layers of units."),
            Param("width", 8, 1, MAX_WIDTH, "Width", "Units in each hidden layer."),
            Param(
                "activation",
                "tanh",
                label="Activation",
                help="What each hidden unit applies.",
                choices=ACTIVATIONS,
            ),
        ),
        function=features,
        forward=forward,
        layers=layers,
        names=parameter_names,
        units=first_units,
        activations=activations,
        usual_start=usual_start,
        formula=r"a_0 = x, \quad a_l = \sigma(W_l a_{l-1} + b_l), \quad z = W_L a_{L-1} + b_L",
        notes="Layers of units, each a weighted sum put through the activation. Bends as the data "
        "ask, but the loss is no longer convex in the weights: the start decides where it ends.",
        linear=False,
    )
)
