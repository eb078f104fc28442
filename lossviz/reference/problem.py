"""A training objective in a shape that exact solvers like.

    F(theta) = smooth(theta) + sum_m c_m |a_m . theta - b_m|

A loss with kinks is piecewise linear in the residual, c + s r + sum_k j_k |r - k|, and the L1
penalty is a sum of absolute values too; so all that is not smooth takes one form. Solvers work in
coordinates gamma in which the features are orthonormal: theta = to_theta @ gamma.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from lossviz.losses import LOSSES
from lossviz.losses.base import Loss, identity
from lossviz.objective import Task

Array = np.ndarray
LossOfZ = Callable[[Array], tuple[Array, Array]]
ALL = slice(None)
RANK = 1e-12  # singular values below this share of the largest count as zero


@dataclass(frozen=True, eq=False)
class Problem:
    """A task in orthonormal coordinates: n rows, P parameters, rank k <= P, M absolute terms.

    features (k, n): mean over rows of features[i] * features[j] is 1 for i = j, else 0 (with an
        L2 penalty, a little less); to_theta (P, k).
    targets (n,): y inside the loss's domain.
    middle: a constant prediction to start from.
    loss: `z (..., n) -> (value, slope)`, or None for a piecewise linear loss, which is `tilt`
        times the mean residual plus its absolute terms.
    l2 (P,): the weight of each theta squared.
    lines (M, k), offsets, weights (M,): the terms weights |lines gamma - offsets|, each scaled so
        that lines gamma is in the units of z.
    spread: a typical size of the residuals, in the units of z.
    """

    features: Array
    to_theta: Array
    targets: Array
    middle: float
    loss: LossOfZ | None
    tilt: float
    l2: Array
    lines: Array
    offsets: Array
    weights: Array
    spread: float

    @property
    def rank(self) -> int:
        """How many directions of the parameters the rows and the penalties tell apart."""
        return len(self.features)

    @property
    def is_linear_programme(self) -> bool:
        """Whether there is nothing but absolute values and straight lines."""
        return self.loss is None and not self.l2.any()

    def values(self, gammas: Array) -> Array:
        """The objective (S,), but for a constant, at many points (S, k)."""
        z = gammas @ self.features
        losses = self.tilt * (z - self.targets) if self.loss is None else self.loss(z)[0]
        theta = gammas @ self.to_theta.T
        distances = np.abs(gammas @ self.lines.T - self.offsets)
        return losses.mean(axis=1) + (theta * theta) @ self.l2 + distances @ self.weights

    def value(self, gamma: Array) -> float:
        """The same at one point (k,)."""
        return float(self.values(gamma[None])[0])

    def slopes(
        self, gamma: Array, width: float, chosen: Array | slice = ALL
    ) -> tuple[float, Array]:
        """Value and gradient (k,), with the kinks rounded over `width` to either side, and with
        the chosen ones of the absolute terms."""
        z = gamma @ self.features
        if self.loss is None:
            value = self.tilt * float(np.mean(z - self.targets))
            gradient = self.tilt * self.features.mean(axis=1)
        else:
            losses, pulls = self.loss(z)
            value = float(np.mean(losses))
            gradient = self.features @ pulls / z.size
        theta = self.to_theta @ gamma
        value += float(np.sum(self.l2 * theta * theta))
        gradient = gradient + self.to_theta.T @ (2 * self.l2 * theta)
        if self.weights.size:
            # |t| with its kink rounded: t²/2w + w/2 for |t| <= w (Huber's function).
            lines, weights = self.lines[chosen], self.weights[chosen]
            t = lines @ gamma - self.offsets[chosen]
            inner = np.clip(t, -width, width)
            bend = inner * inner / (2 * width) + width / 2 if width else 0.0
            value += float(weights @ np.where(np.abs(t) < width, bend, np.abs(t)))
            gradient += (weights * (inner / width if width else np.sign(t))) @ lines
        return value, gradient

    def bends(self, gamma: Array, width: float) -> Array:
        """The second derivatives (k, k) of what `slopes` gives."""
        hessian = (self.to_theta.T * (2 * self.l2)) @ self.to_theta
        if self.loss is not None:
            # The loss tells only its slope; its curvature in z is a central difference.
            z = gamma @ self.features
            h = 1e-6 + 1e-9 * np.abs(z)
            up, down = z + h, z - h
            curvature = (self.loss(up)[1] - self.loss(down)[1]) / (up - down)
            hessian += (self.features * curvature) @ self.features.T / z.size
        if width:
            near = np.abs(self.lines @ gamma - self.offsets) < width
            kinks = self.lines[near]
            hessian += (kinks.T * (self.weights[near] / width)) @ kinks
        return hessian


def problem_of(task: Task) -> Problem:
    """The problem of a task whose model is linear in its parameters."""
    e, n = task.experiment, task.y.size
    loss, params = LOSSES[e.loss], e.params_of("loss")
    to_theta = _orthonormal(task)
    features = to_theta.T @ task.features
    if loss.link is identity:
        middle, spread = float(np.mean(task.y)), float(np.std(task.y)) or 1.0
    else:
        middle, spread = float(loss.link(np.maximum(np.mean(task.y), 0.01))), 1.0
    lines, offsets, weights = [np.empty((0, features.shape[0]))], [np.empty(0)], [np.empty(0)]
    kinks, jumps, tilt = _corners(loss, params)
    for kink, jump in zip(kinks, jumps, strict=True):
        lines.append(features.T)
        offsets.append(task.y + kink)
        weights.append(np.full(n, jump / n))
    if e.l1:
        scale = np.sqrt(np.mean(task.features**2, axis=1))
        chosen = (task.penalised * scale) > 0
        lines.append(scale[chosen, None] * to_theta[chosen])
        offsets.append(np.zeros(np.count_nonzero(chosen)))
        weights.append(e.l1 * task.penalised[chosen] / scale[chosen])

    def smooth(z: Array) -> tuple[Array, Array]:
        return loss.function(z, task.y, **params)

    return Problem(
        features, to_theta, task.y, middle, None if kinks else smooth, tilt,
        e.l2 * task.penalised, np.vstack(lines), np.concatenate(offsets), np.concatenate(weights),
        spread,
    )  # fmt: skip


def _orthonormal(task: Task) -> Array:
    """(P, k): new coordinates in which the features, and the L2 penalty, are orthonormal."""
    e, n = task.experiment, task.y.size
    rows = np.vstack([task.features.T / np.sqrt(n), np.diag(np.sqrt(e.l2 * task.penalised))])
    scale = np.linalg.norm(rows, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    _, singular, turned = np.linalg.svd(rows / scale, full_matrices=False)
    is_seen = singular > RANK * singular[0]
    if e.l1:  # directions that change no prediction still change the penalty
        singular = np.where(is_seen, singular, singular[0])
    else:
        singular, turned = singular[is_seen], turned[is_seen]
    return turned.T / singular / scale[:, None]


def _corners(loss: Loss, params: dict[str, Any]) -> tuple[list[float], Array, float]:
    """Kinks (K,), weights j (K,) and tilt s of a piecewise linear loss s r + sum j |r - kink|."""
    kinks = sorted(loss.kinks(**params))
    if not kinks:
        return [], np.empty(0), 0.0
    middles = [(a + b) / 2 for a, b in pairwise(kinks)]
    probes = np.array([kinks[0] - 1.0, *middles, kinks[-1] + 1.0])
    slopes = loss.function(probes, np.zeros_like(probes), **params)[1]
    return kinks, np.diff(slopes) / 2, float(slopes[0] + slopes[-1]) / 2
