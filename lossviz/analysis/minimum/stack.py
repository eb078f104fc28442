"""Problems of equal shape as one, whose answers do not depend on what is stacked beside them.

Products are one a problem, never one over problems, so that batching changes no bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from lossviz.analysis.minimum.problem import Problem
from lossviz.base.arrays import Array
from lossviz.engine.objective import Objective
from lossviz.engine.task import Task


@dataclass(frozen=True, eq=False)
class Stack:
    """S problems of one loss, of one number a row and of full rank: a first axis of S before what
    `Problem` has; y (S, n): the targets as the loss takes them; params: of the loss, (S, 1).

    penalty (S, k, k): that of L2 as a quadratic form in gamma.
    """

    features: Array
    to_theta: Array
    targets: Array
    tilt: Array
    lines: Array
    offsets: Array
    weights: Array
    penalty: Array
    spread: Array
    y: Array
    params: dict[str, Array | str]
    objective: Objective
    is_whole: bool

    @classmethod
    def of(cls, tasks: Sequence[Task], problems: Sequence[Problem]) -> Stack:
        """From tasks of one loss and equal shapes, and their problems."""
        objective, first = Objective.of(tasks), problems[0]
        own = {name: np.stack([getattr(each, name) for each in problems]) for name in STACKED}
        bent = own["to_theta"] * np.stack([each.l2 for each in problems])[:, :, None]
        penalty = own["to_theta"].mT @ bent
        return cls(
            **own,
            penalty=penalty,
            spread=np.array([each.spread for each in problems]),
            y=np.broadcast_to(objective.y, own["targets"].shape),
            params=objective.params,
            objective=objective,
            is_whole=first.loss is not None,
        )

    def take(self, chosen: Array) -> Stack:
        """Some of the problems."""
        some = {
            each.name: getattr(self, each.name)[chosen]
            for each in fields(self)
            if isinstance(getattr(self, each.name), np.ndarray)
        }
        params = {
            name: value if isinstance(value, str) else value[chosen]
            for name, value in self.params.items()
        }
        return replace(self, **some, params=params)

    def predict(self, gammas: Array) -> Array:
        """z (S, n) at points (S, k)."""
        return np.vecmat(gammas, self.features)

    def losses(self, z: Array) -> tuple[Array, Array]:
        """The loss of each row and its slope, (S, n) each, but for the absolute terms."""
        if not self.is_whole:
            return self.tilt * (z - self.targets), self.tilt
        return self.objective.loss(z, self.y, **self.params)

    def smooth(self, gammas: Array) -> tuple[Array, Array, Array]:
        """Value (S,) and gradient (S, k) of all but the absolute terms, and z (S, n)."""
        z, n = self.predict(gammas), self.features.shape[-1]
        value, pulls = self.losses(z)
        push = np.matvec(self.penalty, gammas)
        value = np.add.reduce(value, axis=-1) / n + np.vecdot(gammas, push)
        return value, np.matvec(self.features, pulls) / n + 2 * push, z

    def bends(self, z: Array) -> Array:
        """The second derivatives (S, k, k) of what `smooth` gives, where predictions are z."""
        h = 1e-6 + 1e-9 * np.abs(z)
        up, down = z + h, z - h
        change = (self.losses(up)[1] - self.losses(down)[1]) / (up - down)
        bent = (change[:, None] * self.features) @ self.features.mT / z.shape[-1]
        return bent + 2 * self.penalty

    def least_squares(self) -> Array:
        """gamma (S, k) of the fits by least squares, with the L2 penalty."""
        n = self.features.shape[-1]
        squares = self.features @ self.features.mT / n + self.penalty
        sides = np.matvec(self.features, self.targets) / n
        return solved(squares, sides)

    def steepness(self, z: Array) -> Array:
        """A size (S,) to judge gradients by: what they would be if all rows pulled alike."""
        return np.abs(self.losses(z)[1]).mean(axis=-1) + self.weights.sum(axis=-1) + 1e-300

    def rounding(self, z: Array, size: Array, share: float) -> Array:
        """How much the objectives (S,) change if predictions move by a share of their size."""
        moved = (share * size)[:, None]
        change = moved[:, 0] * (self.weights.sum(axis=-1) + np.abs(self.tilt).mean(axis=-1))
        if self.is_whole:
            here = self.losses(z)[0]
            found = [np.abs(self.losses(z + by)[0] - here).mean(axis=-1) for by in (moved, -moved)]
            change = change + np.maximum(*found)
        return change


STACKED = "features", "to_theta", "targets", "tilt", "lines", "offsets", "weights"


def solved(tables: Array, sides: Array) -> Array:
    """The solutions (S, h) of equations; NaN where there is not one."""
    try:
        return np.linalg.solve(tables, sides[..., None])[..., 0]
    except np.linalg.LinAlgError:  # one of them: each alone, as the others are none of its affair
        if len(tables) == 1:
            return np.full(sides.shape, np.nan)
        pairs = zip(tables, sides, strict=True)
        return np.concatenate([solved(table[None], side[None]) for table, side in pairs])
