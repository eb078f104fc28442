"""One run as a frozen value, and a product of runs as a sweep.

    Experiment(loss="huber", params={"huber.delta": 0.5})                     one run
    Sweep.of({"loss": ["squared_error", "huber"], "lr": [0.01, 0.1]})         four

Equal runs are equal: parameters of items that are not chosen, and those at their default, are
dropped; the rest are sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

from lossviz.datasets import DATASETS
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.optimizers import OPTIMIZERS
from lossviz.outliers import OUTLIERS
from lossviz.registry import Param, Registry, Value, quote, text
from lossviz.schedules import SCHEDULES

CHOICES: Mapping[str, Registry] = {
    "data": DATASETS,
    "outliers": OUTLIERS,
    "model": MODELS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
}
ROWS = ("data", "outliers", "model", "scaling", "seed", "outlier_seed")  # decide the features
OBJECTIVE = (*ROWS, "loss", "l1", "l2")  # decide what is minimised
MAX_STEPS = 20_000


def read_start(words: str) -> str:
    """The canonical text of initial values: zeros, normal, or numbers with commas."""
    if words in ("zeros", "normal"):
        return words
    number = Param("value", 0.0, -1e6, 1e6)
    values = [number.check(part) for part in words.split(",")[:1000]]
    return ",".join(text(value) for value in values)


@dataclass(frozen=True)
class Experiment:
    """Everything that decides a run.

    `params` holds the parameters of the chosen items under dotted keys ("huber.delta"); give a
    mapping or pairs. An unknown name or key raises KeyError, a bad value ValueError.
    """

    data: str = "line"
    outliers: str = "none"
    model: str = "linear"
    loss: str = "squared_error"
    optimizer: str = "gd"
    schedule: str = "constant"
    lr: float = 0.1
    steps: int = 200
    batch: int = 0
    l1: float = 0.0
    l2: float = 0.0
    init: str = "zeros"
    scaling: str = "auto"
    seed: int = 0
    outlier_seed: int = 0
    params: Any = ()

    def __post_init__(self) -> None:
        for key, param in PLAIN.items():
            value = getattr(self, key)
            if key in CHOICES:
                CHOICES[key][value]
            object.__setattr__(self, key, checked(key, param, value))
        alive = {}
        for key, value in dict(self.params).items():
            param = param_of(key)
            value = checked(key, param, value)
            if self.uses(key) and value != param.default:
                alive[key] = value
        object.__setattr__(self, "params", tuple(sorted(alive.items())))

    def uses(self, key: str) -> bool:
        """Whether the key is plain or belongs to a chosen item."""
        name = key.partition(".")[0]
        return key in PLAIN or any(getattr(self, choice) == name for choice in CHOICES)

    def __getitem__(self, key: str) -> Value:
        """The value of a plain or dotted key, default included."""
        if key in PLAIN:
            return getattr(self, key)
        return dict(self.params).get(key, param_of(key).default)

    def params_of(self, choice: str) -> dict[str, Value]:
        """All parameters of the chosen item, e.g. `params_of("loss") == {"delta": 1.0}`."""
        name = getattr(self, choice)
        return {param.name: self[f"{name}.{param.name}"] for param in CHOICES[choice][name].params}

    def replace(self, **changes: Any) -> Experiment:
        """This experiment with other values for some plain keys."""
        return replace(self, **changes)

    def only(self, keys: Iterable[str]) -> Experiment:
        """This experiment with all but these plain keys at their defaults: equal for all that
        agree in what the keys decide."""
        return _only(self, tuple(keys))

    def query(self) -> str:
        """The canonical query string of this one run."""
        return Sweep.of({**{key: self[key] for key in PLAIN}, **dict(self.params)}).query()


@lru_cache(maxsize=512)  # asked for again and again while one page is made
def _only(experiment: Experiment, keys: tuple[str, ...]) -> Experiment:
    kept: dict[str, Any] = {key: experiment[key] for key in keys}
    return Experiment(**kept, params=experiment.params)


def _plain(name: str, *args: Any, **kwargs: Any) -> Param:
    return Param(name, getattr(Experiment, name), *args, **kwargs)


PLAIN: Mapping[str, Param] = {
    param.name: param
    for param in (
        _plain("data", label="Data", choices=DATASETS),
        _plain("outliers", label="Outliers", choices=OUTLIERS),
        _plain("model", label="Model", choices=MODELS),
        _plain("loss", label="Loss", choices=LOSSES),
        _plain("optimizer", label="Optimizer", choices=OPTIMIZERS),
        _plain("schedule", label="Schedule", choices=SCHEDULES),
        _plain("lr", 1e-6, 1e4, "Learning rate", "The size of the first step.", log=True),
        _plain("steps", 1, MAX_STEPS, "Steps", "Updates of the parameters."),
        _plain("batch", 0, 100_000, "Batch size", "Rows for each update; 0 takes all."),
        _plain("l1", 0.0, 1e3, "L1", "Penalty: this times the sum of |w|; not on the intercept."),
        _plain("l2", 0.0, 1e3, "L2", "Penalty: this times the sum of w²; not on the intercept."),
        _plain(
            "init",
            label="Start",
            help="zeros, normal (drawn from the seed), or values with commas, in the data's "
            "units, the intercept first.",
            reader=read_start,
        ),
        _plain(
            "scaling",
            label="Feature scaling",
            help="auto standardises the features of real data, so that descent can work.",
            choices=("auto", "none", "standard"),
        ),
        _plain("seed", 0, 2**32 - 1, "Seed", "Redraws the data, the start and the batches."),
        _plain("outlier_seed", 0, 2**32 - 1, "Outlier seed", "Redraws the outliers alone."),
    )
}


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


@dataclass(frozen=True)
class Sweep:
    """A product of axes, canonical: only values that matter, in the order of the registries.

    Make one with `Sweep.of`. Iterating gives each different Experiment once, lazily.
    """

    axes: tuple[tuple[str, tuple[Value, ...]], ...] = ()

    @classmethod
    def of(cls, axes: Mapping[str, Any]) -> Sweep:
        """From key -> value or values. KeyError and ValueError as in Experiment."""
        values = {}
        for key, given in axes.items():
            param = param_of(key)
            many = given if isinstance(given, Iterable) and not isinstance(given, str) else [given]
            values[key] = tuple(dict.fromkeys(checked(key, param, value) for value in many))
        kept = {
            key: axis
            for key, axis in values.items()
            if axis and axis != (param_of(key).default,)
        }
        everything = cls(tuple((key, kept[key]) for key in sorted(kept, key=_rank)))
        return cls(tuple(axis for axis in everything.axes if everything.uses(axis[0])))

    def uses(self, key: str) -> bool:
        """Whether the key is plain or belongs to an item that some experiment chooses."""
        name = key.partition(".")[0]
        return key in PLAIN or any(name in self[choice] for choice in CHOICES)

    def __getitem__(self, key: str) -> tuple[Value, ...]:
        """The values of a plain or dotted key."""
        return dict(self.axes).get(key, (param_of(key).default,))

    def replace(self, changes: Mapping[str, Any]) -> Sweep:
        """This sweep with other values for some keys."""
        return Sweep.of({**dict(self.axes), **changes})

    @property
    def size(self) -> int:
        """How many experiments there are; never enumerates the product."""
        # An item's axes multiply its own runs alone, so the items of a choice add up.
        lengths = {key: len(axis) for key, axis in self.axes}
        plain = prod(n for key, n in lengths.items() if key in PLAIN and key not in CHOICES)
        return plain * prod(
            sum(
                prod(n for key, n in lengths.items() if key.startswith(f"{name}."))
                for name in self[choice]
            )
            for choice in CHOICES
        )

    def __iter__(self) -> Iterator[Experiment]:
        for part in self._parts():
            keys = [key for key, _ in part]
            for values in product(*(axis for _, axis in part)):
                settings = dict(zip(keys, values, strict=True))
                plain = {key: settings.pop(key) for key in keys if key in PLAIN}
                yield Experiment(**plain, params=settings)  # pyright: ignore[reportArgumentType]

    def _parts(self) -> Iterator[list[tuple[str, tuple[Value, ...]]]]:
        # One part for each combination of items: the axes of items that it does not choose
        # would only repeat its runs.
        rest = [(key, axis) for key, axis in self.axes if key not in CHOICES]
        for names in product(*(self[choice] for choice in CHOICES)):
            own = [(choice, (name,)) for choice, name in zip(CHOICES, names, strict=True)]
            yield own + [
                (key, axis) for key, axis in rest if key in PLAIN or key.partition(".")[0] in names
            ]

    def query(self) -> str:
        """The canonical query string: `parse(sweep.query()) == (sweep, [])`."""
        from urllib.parse import urlencode

        pairs = [(key, text(value)) for key, axis in self.axes for value in axis]
        return urlencode(pairs, safe=",")


def _rank(key: str) -> tuple[int, int, str]:
    # Plain keys in the order of PLAIN, then dotted ones in the order of the registries.
    if key in PLAIN:
        return list(PLAIN).index(key), 0, ""
    name, _, short = key.partition(".")
    for number, registry in enumerate(CHOICES.values()):
        if name in registry:
            return len(PLAIN) + number, list(registry).index(name), short
    raise KeyError(key)
