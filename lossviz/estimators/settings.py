"""The settings that both estimators have, and the experiment that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from lossviz.engine.choices import CHOICES, SUITS, USUAL
from lossviz.engine.experiment import Experiment
from lossviz.engine.settings import CLEAN
from lossviz.items.losses import LOSSES

# An Experiment is checked against its data, so it names some whose targets are of the same kind;
# `Task.on` puts the rows given in their place, and nothing of these is read.
STAND_INS = {"regression": "line", "binary": "moons", "multiclass": "blobs"}
CHOSEN = ("loss", "model", "optimizer", "schedule")  # each has its own `..._params`
INNER = tuple(f"{choice}_params" for choice in CHOSEN)
PLAIN = ("model", "optimizer", "schedule", "lr", "steps", "batch", "l1", "l2", "patience")


@dataclass(eq=False, repr=False)
class Settings(BaseEstimator):
    """The settings that both estimators have. A dataclass, as scikit-learn asks for an `__init__`
    that names each and does nothing else."""

    loss: str = "auto"
    loss_params: Mapping[str, Any] | None = None
    model: str = "linear"
    model_params: Mapping[str, Any] | None = None
    optimizer: str = "gd"
    optimizer_params: Mapping[str, Any] | None = None
    schedule: str = "constant"
    schedule_params: Mapping[str, Any] | None = None
    lr: float = 0.1
    steps: int = 1000
    batch: int = 0
    l1: float = 0.0
    l2: float = 0.0
    patience: int = 0
    validation_fraction: float = 0.1
    init: str = "auto"
    scaling: str = "standard"
    random_state: int | np.random.RandomState | None = 0

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings by name; deep ones too are the parameters of the chosen items, such as
        `loss_params__delta`, each as given or at its default."""
        settings = super().get_params(deep=False)
        if deep:
            for choice in CHOSEN:
                given = settings[f"{choice}_params"]
                chosen = self._chosen(choice)
                if len(chosen) == 1 and isinstance(given, Mapping | None):
                    for param in CHOICES[choice][chosen[0]].params:
                        value = (given or {}).get(param.name, param.default)
                        settings[f"{choice}_params__{param.name}"] = value
        return settings

    def set_params(self, **params: Any) -> Settings:
        """Set settings, and parameters of the items then chosen: `loss_params__delta=0.5` changes
        delta alone. A name that there is not raises ValueError with those that there are."""
        nested = {key: params.pop(key) for key in [key for key in params if "__" in key]}
        super().set_params(**params)
        changed: dict[str, dict[str, Any]] = {}
        for key, value in nested.items():
            outer, _, name = key.partition("__")
            choice = outer.removesuffix("_params")
            chosen = self._chosen(choice) if outer in INNER else []
            known = [param.name for item in chosen for param in CHOICES[choice][item].params]
            allowed = [f"{outer}__{each}" for each in known]
            if key not in allowed:
                of = " or ".join(chosen) or f"{outer} here"
                there_are = ", ".join(dict.fromkeys(allowed)) or "none"
                raise ValueError(f"no setting {key!r}; those of {of}: {there_are}")
            changed.setdefault(outer, dict(getattr(self, outer) or {}))[name] = value
        for key, mapping in changed.items():  # new ones: the old may be shared with a clone
            setattr(self, key, mapping)
        return self

    def _chosen(self, choice: str) -> list[str]:
        """The item's name; of a loss that depends on the targets, those that it may be."""
        name = getattr(self, choice)
        if not isinstance(name, str):  # which `fit` refuses
            return []
        if (choice, name) == ("loss", "auto"):
            return [USUAL["loss"][task] for task in self._tasks()]
        return [name] if name in CHOICES[choice] else []

    def _tasks(self) -> tuple[str, ...]:
        return tuple(STAND_INS)


def experiment_of(estimator: Settings, classes: tuple[str, ...]) -> Experiment:
    """What the settings say, for targets of these classes; () where they are numbers."""
    task = "multiclass" if len(classes) > 2 else "binary" if classes else "regression"
    names = {choice: getattr(estimator, choice) for choice in CHOSEN}
    names["loss"] = _loss(estimator.loss, task, len(classes))
    if estimator.init == CLEAN:
        raise ValueError("init: clean asks for rows without outliers, which nobody has marked here")
    return Experiment(
        data=STAND_INS[task],
        loss=names["loss"],
        **{name: getattr(estimator, name) for name in (*PLAIN, "init", "scaling")},
        seed=_seed(estimator.random_state),
        params={
            f"{names[choice]}.{key}": value
            for choice in CHOSEN
            for key, value in (getattr(estimator, f"{choice}_params") or {}).items()
        },
    )


def _loss(name: str, task: str, classes: int) -> str:
    """The loss's name; ValueError where it does not suit the targets."""
    if name == "auto":
        return USUAL["loss"][task]
    asked = LOSSES[name].task
    if task in SUITS[asked]:
        return name
    suiting = ", ".join(each for each, loss in LOSSES.items() if task in SUITS[loss.task])
    if (asked, task) == ("binary", "multiclass"):
        why = f"Only binary classification is supported by {name}, and y has {classes} classes"
    else:
        why = f"{name} is for {'numbers' if asked == 'regression' else 'classes'}"
    raise ValueError(f"{why}. Losses that suit these targets: auto, {suiting}")


def _seed(random_state: int | np.random.RandomState | None) -> int:
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**32, dtype=np.uint64))
