"""Data and outliers that suit a loss, for tests over the registries."""

from typing import Any

import numpy as np

from lossviz import DATASETS, LOSSES, Experiment
from lossviz.engine.choices import CHOICES, USUAL, suits
from lossviz.formula.item import VARIABLES
from lossviz.items.datasets.table import Table, keep

DATA = {"any": "line", "regression": "line", "binary": "moons", "multiclass": "blobs"}
SPOILED = {"regression": "vertical", "binary": "label_flips", "multiclass": "label_flips"}
# Datasets whose rows the user gives.
OWN = {"table": (), "table_binary": ("no", "yes"), "table_classes": ("a", "b", "c", "d")}
# The losses with declared facts; those that users write have tests of their own.
BUILT_IN = {name: loss for name, loss in LOSSES.items() if name not in VARIABLES}
CLASS_LOSSES = [name for name, loss in BUILT_IN.items() if loss.task != "regression"]
NUMBER_LOSSES = [name for name, loss in BUILT_IN.items() if loss.task == "regression"]
CLASS_DATA = [name for name, data in DATASETS.items() if data.task != "regression"]
NUMBER_DATA = [name for name, data in DATASETS.items() if data.task == "regression"]


def own_rows(data: str, n: int = 12) -> str:
    """The text of some rows for one of OWN."""
    rng, classes = np.random.default_rng(n), OWN[data]
    y = np.arange(n) % len(classes) if classes else rng.normal(size=n).round(2)
    X = rng.normal(size=(n, 2)).round(2)
    return keep(Table(X, y.astype(float), rng.random(n) < 0.1, ("u", "v"), "w", classes))[0]


# Words of parameters that have no choices.
WORDS = {
    "own.text": ["r**2", "abs(r)**a", "0.7*huber(r, 1) + 0.3*squared_error(r)"],
    "own_margin.text": ["exp(-m)", "max(0, s - m)"],
    **{f"{name}.rows": [own_rows(name), own_rows(name, 20)] for name in OWN},
}


def choosing(choice: str, name: str, **settings: Any) -> Experiment:
    """An experiment with this item, on data that it suits."""
    data = DATA[CHOICES[choice][name].task] if choice in USUAL else Experiment.data
    return Experiment(**{"data": data, choice: name, **settings})


def spoiled(loss: str, **settings: Any) -> Experiment:
    """An experiment with this loss, on spoiled data that it suits."""
    return choosing("loss", loss, outliers=SPOILED[LOSSES[loss].task], **settings)


def suited(choice: str, data: str) -> list[str]:
    """The names that go with the data, but for losses that users write."""
    return [name for name in CHOICES[choice] if suits(choice, name, data) and name not in VARIABLES]
