"""The models of the NumPy script. They say what `lossviz.items.models` says, for one run and with a
row of data a row; those are made for many runs at once, whose arrays lie the other way round.

Each gives z, and the function from the slope of the loss in z to the gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lossviz.base.arrays import Array

Backward = Callable[[Array], Array]
Activation = Callable[[Array], tuple[Array, Array]]


def linear(theta: Array, A: Array) -> tuple[Array, Backward]:
    """z = A theta, and the gradient that belongs to the slope of the loss in z."""
    return A @ theta, lambda slope: A.T @ slope


def linear_scores(theta: Array, A: Array) -> tuple[Array, Backward]:
    """A score for each class, and the gradient that belongs to the slope of the loss in them."""
    W = theta.reshape(-1, A.shape[1])
    return A @ W.T, lambda slope: (slope.T @ A).ravel()


def network(
    theta: Array, A: Array, *, shapes: Sequence[tuple[int, int]], activation: Activation
) -> tuple[Array, Backward]:
    """Layers of units, and the gradient that belongs to the slope of the loss in z."""
    # a_0 = A,  a_l = (1, act(W_l a_(l-1))),  z = W_L a_(L-1)
    ends = np.cumsum([units * columns for units, columns in shapes])
    layers = [
        part.reshape(shape) for part, shape in zip(np.split(theta, ends[:-1]), shapes, strict=True)
    ]
    inputs, slopes = [A], []
    for W in layers[:-1]:
        a, slope = activation(inputs[-1] @ W.T)
        inputs.append(np.column_stack([np.ones(len(a)), a]))
        slopes.append(slope)
    z = inputs[-1] @ layers[-1].T

    def backward(slope):
        # d_L = dl/dz,  dl/dW_l = d_l^T a_(l-1),  d_(l-1) = act'(..) * (d_l W_l without biases)
        delta, gradients = slope.reshape(len(slope), -1), []
        for i in reversed(range(len(layers))):
            gradients.insert(0, (delta.T @ inputs[i]).ravel())
            if i > 0:
                delta = (delta @ layers[i][:, 1:]) * slopes[i - 1]
        return np.concatenate(gradients)

    return z if z.shape[1] > 1 else z[:, 0], backward


def tanh(x: Array) -> tuple[Array, Array]:
    a = np.tanh(x)
    return a, 1 - a**2


def relu(x: Array) -> tuple[Array, Array]:
    return np.maximum(x, 0.0), (x > 0).astype(float)


def sigmoid(x: Array) -> tuple[Array, Array]:
    # 1 / (1 + e^-x) = (1 + tanh(x / 2)) / 2, which never overflows.
    a = 0.5 * (1 + np.tanh(0.5 * x))
    return a, a * (1 - a)


def gelu(x: Array) -> tuple[Array, Array]:
    # x Phi(x), Phi being the normal distribution function.
    from scipy.special import ndtr

    share = ndtr(x)
    return x * share, share + x * np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
