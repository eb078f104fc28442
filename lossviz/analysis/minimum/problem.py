"""A training objective in a shape that exact solvers like.

    F(theta) = smooth(theta) + sum_m c_m |a_m . theta - b_m|

A loss with kinks is piecewise linear in the residual, c + s r + sum_k j_k |r - k|, or for two
classes in the margin, and the L1 penalty is a sum of absolute values too; so all that is not
smooth takes one form. Solvers work in coordinates gamma in which the features are orthonormal:
theta = to_theta @ gamma, for each output. (The hinge for several classes, a maximum of many
straight lines, stays whole in `loss`: several.py deals with it.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.task import Task
from lossviz.items.losses.base import Loss, identity

LossOfZ = Callable[[Array], tuple[Array, Array]]
ALL = slice(None)
RANK = 1e-12  # singular values below this share of the largest count as zero


@dataclass(frozen=True, eq=False)
class Problem:
    """A task in orthonormal coordinates: n rows, D features of rank k <= D, K outputs (0 where the
    model gives one number a row), M absolute terms. gamma holds k numbers for each output in turn:
    G of them.

    features (k, n): mean over rows of features[i] * features[j] is 1 for i = j, else 0 (with an
        L2 penalty, a little less); to_theta (D, k).
    targets: what z should come to: y inside the loss's domain (n,), for two classes -1 and 1, for
        several rows of probabilities (n, K).
    middle: a constant prediction to start from.
    loss: `z (..., n[, K]) -> (value (..., n), slope like z)`, or None for a piecewise linear loss,
        which is the mean of `tilt` (n,) times (z - targets), plus its absolute terms.
    l2 (D,): the weight of each theta squared, the same for all outputs.
    lines (M, G), offsets, weights (M,): the terms weights |lines gamma - offsets|, each scaled so
        that lines gamma is in the units of z.
    spread: a typical size of the residuals, in the units of z.
    is_of_residual: whether the loss is one of z - targets; has_corners: whether `loss` has kinks;
        is_penalised: whether a penalty keeps weights from growing.
    """

    features: Array
    to_theta: Array
    targets: Array
    outputs: int
    middle: float
    loss: LossOfZ | None
    tilt: Array
    l2: Array
    lines: Array
    offsets: Array
    weights: Array
    spread: float
    is_of_residual: bool
    has_corners: bool
    is_penalised: bool

    @property
    def rank(self) -> int:
        """How many directions of the parameters the rows and the penalties tell apart."""
        return len(self.features) * max(self.outputs, 1)

    @property
    def is_linear_programme(self) -> bool:
        """Whether there is nothing but absolute values and straight lines."""
        return self.loss is None and not self.l2.any()

    def predict(self, gammas: Array) -> Array:
        """z (..., n) or (..., n, K) at points (..., G)."""
        if not self.outputs:
            return gammas @ self.features
        return (self._by_output(gammas) @ self.features).mT

    def margins(self, gamma: Array) -> Array:
        """Of classes: by how much z speaks for the true one (n,), against the best of the rest."""
        z = self.predict(gamma)
        if not self.outputs:
            return z * self.targets
        is_true = self.targets > 0.5
        return z[is_true] - np.where(is_true, -np.inf, z).max(axis=1)

    def theta(self, gammas: Array) -> Array:
        """The parameters (..., P) at points (..., G)."""
        if not self.outputs:
            return gammas @ self.to_theta.T
        theta = self._by_output(gammas) @ self.to_theta.T
        return theta.reshape(*gammas.shape[:-1], -1)

    def gamma(self, theta: Array) -> Array:
        """The point (G,) of parameters (P,) that `theta` gives there."""
        rows = theta.reshape(max(self.outputs, 1), -1)
        return np.linalg.lstsq(self.to_theta, rows.T, rcond=None)[0].T.ravel()

    def values(self, gammas: Array) -> Array:
        """The objective (S,), but for a constant, at many points (S, G)."""
        z = self.predict(gammas)
        losses = self.tilt * (z - self.targets) if self.loss is None else self.loss(z)[0]
        theta = self.theta(gammas)
        distances = np.abs(gammas @ self.lines.T - self.offsets)
        return losses.mean(axis=1) + (theta * theta) @ self._l2 + distances @ self.weights

    def value(self, gamma: Array) -> float:
        """The same at one point (G,)."""
        return float(self.values(gamma[None])[0])

    def smooth(self, gamma: Array) -> tuple[float, Array]:
        """Value and gradient (G,) of all but the absolute terms."""
        z, n = self.predict(gamma), self.features.shape[1]
        if self.loss is None:
            value, pulls = float(np.mean(self.tilt * (z - self.targets))), self.tilt
        else:
            losses, pulls = self.loss(z)
            value = float(np.mean(losses))
        theta = self.theta(gamma)
        value += float(np.sum(self._l2 * theta * theta))
        gradient = (self.features @ pulls / n).T
        push = self._by_output(2 * self._l2 * theta) @ self.to_theta
        return value, (gradient + push).ravel()

    def slopes(
        self, gamma: Array, width: float, chosen: Array | slice = ALL
    ) -> tuple[float, Array]:
        """Value and gradient (G,), with the kinks rounded over `width` to either side, and with
        the chosen ones of the absolute terms."""
        value, gradient = self.smooth(gamma)
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
        """The second derivatives (G, G) of what `slopes` gives."""
        penalty = (self.to_theta.T * (2 * self.l2)) @ self.to_theta
        hessian = np.kron(np.eye(max(self.outputs, 1)), penalty)
        if self.loss is not None:
            # The loss tells only its slope; its curvature in z is a central difference.
            z, n = self.predict(gamma), self.features.shape[1]
            h = 1e-6 + 1e-9 * np.abs(z)
            k = len(self.features)
            for j in range(max(self.outputs, 1)):
                h_j = h * (np.arange(self.outputs) == j) if self.outputs else h
                up, down = z + h_j, z - h_j
                rise = (up - down)[:, j] if self.outputs else up - down
                change = (self.loss(up)[1] - self.loss(down)[1]).T / rise
                block = (change[..., None, :] * self.features) @ self.features.T / n
                hessian[:, j * k : (j + 1) * k] += block.reshape(-1, k)
            hessian = (hessian + hessian.T) / 2
        if width:
            near = np.abs(self.lines @ gamma - self.offsets) < width
            kinks = self.lines[near]
            hessian += (kinks.T * (self.weights[near] / width)) @ kinks
        return hessian

    def _by_output(self, flat: Array) -> Array:
        return flat.reshape(*flat.shape[:-1], max(self.outputs, 1), -1)

    @cached_property
    def _l2(self) -> Array:
        return np.tile(self.l2, max(self.outputs, 1))


def differences(problem: Problem, rows: Array, first: Array, second: Array) -> Array:
    """The vectors a (M, G) with a . gamma = z_first - z_second, classes of some rows (M,)."""
    classes = np.arange(problem.outputs)
    signs = 1.0 * (first[:, None] == classes) - (second[:, None] == classes)
    return (signs[:, :, None] * problem.features.T[rows][:, None]).reshape(-1, problem.rank)


def problem_of(task: Task) -> Problem:
    """The problem of a task whose model is linear in its parameters."""
    e, n = task.experiment, len(task.y)
    loss, params = loss_of(e), e.params_of("loss")
    to_theta = _orthonormal(task)
    features = to_theta.T @ task.features
    penalised = task.penalised[: len(to_theta)]
    targets, middle, spread = task.y, 0.0, 1.0
    if loss.task == "binary":
        targets = 2 * task.y - 1
    elif loss.task == "regression" and loss.link is identity:
        middle, spread = float(np.mean(task.y)), float(np.std(task.y)) or 1.0
    elif loss.task == "regression":
        middle = float(loss.link(np.maximum(np.mean(task.y), 0.01)))
    outputs = max(task.outputs, 1)
    lines: list[Array] = [np.empty((0, outputs * len(features)))]
    offsets: list[Array] = [np.empty(0)]
    weights: list[Array] = [np.empty(0)]
    kinks, jumps, tilt = _corners(loss, params)
    for kink, jump in zip(kinks, jumps, strict=True):
        lines.append(features.T)
        # A kink at margin k is at z = s k.
        offsets.append(targets * kink if loss.task == "binary" else targets + kink)
        weights.append(np.full(n, jump / n))
    if e.l1:
        scale = np.sqrt(np.mean(task.features**2, axis=1))
        scale = np.where(scale > 0, scale, 1.0)
        chosen = penalised > 0
        lines.append(np.kron(np.eye(outputs), scale[chosen, None] * to_theta[chosen]))
        offsets.append(np.zeros(outputs * np.count_nonzero(chosen)))
        weights.append(np.tile(e.l1 * penalised[chosen] / scale[chosen], outputs))

    def whole(z: Array) -> tuple[Array, Array]:
        return loss.function(z, task.y, **params)

    return Problem(
        features=features,
        to_theta=to_theta,
        targets=targets,
        outputs=task.outputs,
        middle=middle,
        loss=None if kinks else whole,
        tilt=tilt * (targets if loss.task == "binary" else np.ones(n)),
        l2=e.l2 * penalised,
        lines=np.vstack(lines),
        offsets=np.concatenate(offsets),
        weights=np.concatenate(weights),
        spread=spread,
        is_of_residual=loss.of_residual,
        has_corners=loss.task == "multiclass" and bool(loss.kinks(**params)),
        is_penalised=bool((e.l1 or e.l2) and penalised.any()),
    )


def _orthonormal(task: Task) -> Array:
    """(D, k): new coordinates in which the features, and the L2 penalty, are orthonormal."""
    e, n = task.experiment, len(task.y)
    penalised = task.penalised[: len(task.features)]
    rows = np.vstack([task.features.T / np.sqrt(n), np.diag(np.sqrt(e.l2 * penalised))])
    scale = np.linalg.norm(rows, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    _, singular, turned = np.linalg.svd(rows / scale, full_matrices=False)
    is_seen = singular > RANK * singular[0]
    if e.l1:  # directions that change no prediction still change the penalty
        singular = np.where(is_seen, singular, singular[0])
    else:
        singular, turned = singular[is_seen], turned[is_seen]
    return turned.T / singular / scale[:, None]


def is_straight(loss: Loss, params: dict[str, Any]) -> bool:
    """Whether a loss with these parameters is made of straight lines where it has kinks, as the
    solvers take for granted: they know no other losses with kinks."""
    kinks = sorted(loss.kinks(**params))
    if not kinks:
        return True
    if loss.task == "multiclass":
        return loss.leads_by_one
    beside = np.array([0.1, 0.5, 0.9])
    inner = [a + (b - a) * beside for a, b in pairwise(kinks)]
    probes = np.stack([kinks[0] - 10.0 * beside, *inner, kinks[-1] + 10.0 * beside])
    slopes = _slopes(loss, params, probes)
    is_even = np.ptp(slopes, axis=1) <= 1e-9 * np.abs(slopes).max()
    return bool(is_even.all()) and (loss.of_residual or loss.task == "binary")


def _corners(loss: Loss, params: dict[str, Any]) -> tuple[list[float], Array, float]:
    """Kinks (K,), weights j (K,) and tilt t of a piecewise linear loss: t r + sum j |r - kink|, or
    the same of the margin."""
    kinks = [] if loss.task == "multiclass" else sorted(loss.kinks(**params))
    if not kinks:
        return [], np.empty(0), 0.0
    middles = [(a + b) / 2 for a, b in pairwise(kinks)]
    probes = np.array([kinks[0] - 1.0, *middles, kinks[-1] + 1.0])
    slopes = _slopes(loss, params, probes)
    return kinks, np.diff(slopes) / 2, float(slopes[0] + slopes[-1]) / 2


def _slopes(loss: Loss, params: dict[str, Any], places: Array) -> Array:
    # With a target of 1 the margin is z itself; with one of 0 the residual is.
    target = 1.0 if loss.task == "binary" else 0.0
    return loss.function(places, np.full_like(places, target), **params)[1]
