"""The settings of a run: a `Param` for each, plain ones and those of the chosen items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lossviz.base import limits
from lossviz.base.registry import OutOfRange, Param, Value, quote, text
from lossviz.engine.choices import CHOICES, usual
from lossviz.items.datasets import DATASETS
from lossviz.items.losses import LOSSES
from lossviz.items.models import MODELS
from lossviz.items.optimizers import OPTIMIZERS
from lossviz.items.outliers import OUTLIERS
from lossviz.items.schedules import SCHEDULES

CLEAN = "clean"  # at the loss's own minimiser on the rows without outliers
STARTS = ("auto", "zeros", "normal", "xavier", "he", CLEAN)


def read_start(words: str) -> str:
    """The canonical text of initial values: one of STARTS, or numbers with commas."""
    if words in STARTS:
        return words
    number = Param("value", 0.0, -1e6, 1e6)
    parts = words.split(",")
    if len(parts) > limits.STARTS:
        raise ValueError(f"{len(parts):,} values are given, and {limits.STARTS:,} are the most")
    try:
        values = [number.check(part) for part in parts]
    except OutOfRange as error:  # of one value, and so not of a number that could be moved
        raise ValueError(str(error)) from None
    return ",".join(text(value) for value in values)


PLAIN: Mapping[str, Param] = {
    param.name: param
    for param in (
        Param("data", "line", label="Data", choices=DATASETS),
        Param("outliers", "none", label="Outliers", choices=OUTLIERS),
        Param("model", "linear", label="Model", choices=MODELS),
        Param("loss", usual("loss", "line"), label="Loss", choices=LOSSES),
        Param("optimizer", "gd", label="Optimizer", choices=OPTIMIZERS),
        Param("schedule", "constant", label="Schedule", choices=SCHEDULES),
        Param("lr", 0.1, 1e-6, 1e4, "Learning rate", "The size of the first step.", log=True),
        Param("steps", 200, 1, limits.STEPS, "Steps", "Updates of the parameters."),
        Param("batch", 0, 0, 100_000, "Batch size", "Rows for each update; 0 takes all."),
        Param(
            "l1", 0.0, 0.0, 1e3, "L1", "Penalty: this times the sum of |w|; not on the intercept."
        ),
        Param(
            "l2", 0.0, 0.0, 1e3, "L2", "Penalty: this times the sum of w²; not on the intercept."
        ),
        Param(
            "patience",
            0,
            0,
            limits.STEPS,
            "Patience",
            "Early stopping: after so many steps without a lower clean test loss; 0 never stops.",
        ),
        Param(
            "init",
            "auto",
            label="Start",
            help="auto (zeros, but networks are drawn), zeros, normal, xavier or he (drawn from "
            "the seed), clean (the minimum of the loss on the rows without outliers), or values "
            "with commas, in the data's units, the intercept first.",
            reader=read_start,
        ),
        Param(
            "scaling",
            "auto",
            label="Feature scaling",
            help="auto standardises the features of real data, so that descent can work.",
            choices=("auto", "none", "standard"),
        ),
        Param("seed", 0, 0, 2**32 - 1, "Seed", "Redraws the data, the start and the batches."),
        Param("outlier_seed", 0, 0, 2**32 - 1, "Outlier seed", "Redraws the outliers alone."),
    )
}


def default(key: str) -> Any:
    """What a plain setting is where nobody says."""
    return PLAIN[key].default


def param_of(key: str) -> Param:
    """The Param behind a plain or dotted key; KeyError if there is none."""
    if key in PLAIN:
        return PLAIN[key]
    name, _, short = key.partition(".")
    for registry in CHOICES.values():
        if name in registry:
            for param in registry[name].params:
                if param.name == short:
                    return param
    raise KeyError(f"no setting {quote(key)}")


def checked(key: str, param: Param, value: Any) -> Value:
    """The value in the parameter's type; ValueError names the key."""
    try:
        return param.check(value)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None
