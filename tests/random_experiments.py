"""Seeded samples of experiments over all registries, for tests that hold for any mix."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from suiting import suited

from lossviz import Experiment
from lossviz.base.registry import Param, Value
from lossviz.engine.choices import CHOICES


def draw_value(rng: np.random.Generator, param: Param) -> Value:
    """A value somewhere in the range; the default one time in three."""
    if rng.random() < 1 / 3:
        return param.default
    if isinstance(param.default, str):
        return str(rng.choice(list(param.choices) or [param.default]))
    if param.name == "n":
        return int(rng.choice([1, 2, 7, 33, 60]))
    if param.log:
        value = float(np.exp(rng.uniform(np.log(param.low), np.log(param.high))))
    else:
        value = float(rng.uniform(param.low, param.high))
    return param.check(param.nearest(value))


def draw_experiment(
    rng: np.random.Generator, data: Sequence[str], steps: Sequence[int]
) -> Experiment:
    """Any loss, model, optimizer, schedule, outliers and penalty; mad rates among the tame."""
    chosen = {"data": str(rng.choice(list(data)))}
    for choice in CHOICES:
        if choice != "data":
            chosen[choice] = str(rng.choice(suited(choice, chosen["data"])))
    params: dict[str, Any] = {
        f"{name}.{param.name}": draw_value(rng, param)
        for choice, name in chosen.items()
        for param in CHOICES[choice][name].params
    }
    for key in ("polynomial.degree", "mlp.depth", "mlp.width"):
        if key in params:
            params[key] = int(rng.integers(1, 4))
    return Experiment(
        **chosen,
        lr=float(rng.choice([1e-3, 0.03, 0.1, 1.0, 30.0, 1e4, 1e4])),
        steps=int(rng.choice(list(steps))),
        batch=int(rng.choice([0, 0, 1, 8, 1000])),
        l1=float(rng.choice([0, 0, 0.1, 10.0])),
        l2=float(rng.choice([0, 0, 0.1, 10.0])),
        patience=int(rng.choice([0, 0, 0, 5, 60])),
        init=str(rng.choice(["auto", "zeros", "normal", "xavier", "he", "1,-2", "0.5"])),
        scaling=str(rng.choice(["auto", "none", "standard"])),
        seed=int(rng.integers(3)),
        outlier_seed=int(rng.integers(2)),
        params=params,
    )
