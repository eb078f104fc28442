"""How long a loss and its slope take, on the machine that runs this."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter

import numpy as np

from lossviz.base.arrays import Array
from lossviz.items.losses import LOSSES, Loss, usual_loss

POINTS = 10_000  # at a time, as they then stay in the processor's cache
ROUNDS = 15
REPEATS = 3  # in a row, as the first of them finds a cold cache
YARDSTICK = usual_loss("regression")
CLASSES = 3


@dataclass(frozen=True)
class Timing:
    """Milliseconds for the loss and its slope of a million points (for several classes, of a
    million rows with three scores each), and how many times those of squared error that is."""

    milliseconds: float
    ratio: float


def timings(names: Iterable[str]) -> dict[str, Timing]:
    """The least of several rounds, which all losses go through in turn, so that a busy moment
    spoils a round and not a loss."""
    asked = list(dict.fromkeys(names))
    cases = {name: _case(LOSSES[name]) for name in dict.fromkeys([*asked, YARDSTICK])}
    least = dict.fromkeys(cases, math.inf)
    for _ in range(ROUNDS):
        for name, case in cases.items():
            least[name] = min(least[name], _time(*case))
    # Seconds for POINTS are 1e9 / POINTS milliseconds for a million.
    return {
        name: Timing(least[name] * 1e9 / POINTS, least[name] / least[YARDSTICK]) for name in asked
    }


def _case(loss: Loss) -> tuple[Loss, Array, Array]:
    generator = np.random.default_rng(0)
    if loss.task == "multiclass":
        labels = generator.integers(0, CLASSES, POINTS).astype(float)
        # Class by class in memory, as models give their outputs.
        z = generator.normal(0.0, 2.0, (CLASSES, POINTS)).T
        return loss, z, loss.targets(labels, CLASSES)
    y = generator.integers(0, 2, POINTS).astype(float)
    return loss, generator.normal(0.0, 2.0, POINTS), y


def _time(loss: Loss, z: Array, y: Array) -> float:
    options = {param.name: param.default for param in loss.params}
    marks = [perf_counter()]
    for _ in range(REPEATS):
        loss.function(z, y, **options)
        marks.append(perf_counter())
    return min(after - before for before, after in pairwise(marks))
