"""What a run is a choice of, and which of it goes with which data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lossviz.base.registry import Registry
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.given import OWN
from lossviz.items.losses import LOSSES, usual_loss
from lossviz.items.models import MODELS
from lossviz.items.optimizers import OPTIMIZERS
from lossviz.items.outliers import OUTLIERS
from lossviz.items.schedules import SCHEDULES

CHOICES: Mapping[str, Registry] = {
    "data": DATASETS,
    "outliers": OUTLIERS,
    "model": MODELS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
}
# Which data an item's task suits, and the item that is taken where none is named.
SUITS = {
    "any": ("regression", "binary", "multiclass"),
    "regression": ("regression",),
    "binary": ("binary",),
    "multiclass": ("binary", "multiclass"),
}
USUAL = {
    "loss": {task: usual_loss(task) for task in ("regression", "binary", "multiclass")},
    "outliers": {"regression": "none", "binary": "none", "multiclass": "none"},
}


def suits(choice: str, name: str, data: str) -> bool:
    """Whether a loss, a kind of outliers, or any other item, goes with a dataset's task."""
    return choice not in USUAL or DATASETS[data].task in SUITS[CHOICES[choice][name].task]


def usual(choice: str, data: str) -> str:
    """The loss or kind of outliers that a dataset has where none is named."""
    return USUAL[choice][DATASETS[data].task]


def unsuited(choice: str, name: str, data: Sequence[str]) -> str:
    """Why an item does not go with the data, in words."""
    asked = {"regression": "numbers", "binary": "two classes", "multiclass": "classes"}
    found = {"regression": "numbers", "binary": "two classes", "multiclass": "several classes"}
    targets = ", ".join(f"{_holder(each)} {found[DATASETS[each].task]}" for each in data)
    return f"{called(choice, name)} is for {asked[CHOICES[choice][name].task]}, and {targets}"


def called(choice: str, name: str) -> str:
    """What an item is called in a sentence: its label, without what stands in brackets."""
    return f"“{CHOICES[choice][name].label.partition(' (')[0]}”"


def _holder(data: str) -> str:
    return "your data have" if data in OWN else f"{called('data', data)} has"
