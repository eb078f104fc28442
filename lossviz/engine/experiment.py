"""One run as a frozen value, and a product of runs as a sweep.

    Experiment(loss="huber", params={"huber.delta": 0.5})                     one run
    Sweep.of({"loss": ["squared_error", "huber"], "lr": [0.01, 0.1]})         four

Equal runs are equal: parameters of items that are not chosen, and those at their default, are
dropped; the rest are sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

from lossviz.base import notebook
from lossviz.base.registry import Value, text
from lossviz.engine.choices import CHOICES, USUAL, suits, unsuited, usual
from lossviz.engine.settings import PLAIN, checked, default, param_of
from lossviz.formula.item import written_loss
from lossviz.items.datasets import DATASETS
from lossviz.items.losses import Loss

ROWS = ("data", "outliers", "model", "scaling", "seed", "outlier_seed")  # decide the features
OBJECTIVE = (*ROWS, "loss", "l1", "l2")  # decide what is minimised


@dataclass(frozen=True)
class Experiment:
    """Everything that decides a run.

    `params` holds the parameters of the chosen items under dotted keys ("huber.delta"); give a
    mapping or pairs. A loss that is left out is the usual one for the data. An unknown name or key
    raises KeyError; a bad value, or an item that does not suit the data, ValueError.
    """

    data: str = default("data")
    outliers: str = default("outliers")
    model: str = default("model")
    loss: str = ""
    optimizer: str = default("optimizer")
    schedule: str = default("schedule")
    lr: float = default("lr")
    steps: int = default("steps")
    batch: int = default("batch")
    l1: float = default("l1")
    l2: float = default("l2")
    patience: int = default("patience")
    init: str = default("init")
    scaling: str = default("scaling")
    seed: int = default("seed")
    outlier_seed: int = default("outlier_seed")
    params: Any = ()

    def __post_init__(self) -> None:
        if not self.loss:
            object.__setattr__(self, "loss", usual("loss", self.data))
        for key, param in PLAIN.items():
            value = getattr(self, key)
            if key in CHOICES:
                CHOICES[key][value]
            object.__setattr__(self, key, checked(key, param, value))
        for choice in USUAL:
            name = getattr(self, choice)
            if not suits(choice, name, self.data):
                raise ValueError(f"{choice}: {unsuited(choice, name, [self.data])}")
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

    def unspoiled(self) -> Experiment:
        """This experiment without outliers, be they injected or marked by the user."""
        key = f"{self.data}.marked"
        own = {key: "out"} if any(p.name == "marked" for p in DATASETS[self.data].params) else {}
        return self.replace(outliers="none", params={**dict(self.params), **own})

    def query(self) -> str:
        """The canonical query string of this one run."""
        return self.sweep().query()

    def sweep(self) -> Sweep:
        """The sweep of this one run."""
        return Sweep.of({**{key: self[key] for key in PLAIN}, **dict(self.params)})

    def _repr_html_(self) -> str:
        facts = {PLAIN[key].label: CHOICES[key][str(self[key])].label for key in CHOICES}
        changed = (key for key in PLAIN if key not in CHOICES and self[key] != PLAIN[key].default)
        keys = dict.fromkeys(("lr", "steps", *changed))
        facts |= {PLAIN[key].label: text(self[key]) for key in keys}
        facts |= {key: text(value) for key, value in self.params}
        return notebook.card(self.query() or "All settings at their defaults", facts)


@lru_cache(maxsize=512)  # asked for again and again while one page is made
def _only(experiment: Experiment, keys: tuple[str, ...]) -> Experiment:
    kept: dict[str, Any] = {key: experiment[key] for key in keys}
    return Experiment(**kept, params=experiment.params)


def loss_of(experiment: Experiment) -> Loss:
    """The loss that the experiment trains: where the user writes it, the one that is written."""
    return written_loss(experiment.loss, experiment.params_of("loss"))


@dataclass(frozen=True)
class Sweep:
    """A product of axes, canonical: only values that matter, in the order of the registries.

    Make one with `Sweep.of`. Iterating gives each different Experiment once, lazily.
    """

    axes: tuple[tuple[str, tuple[Value, ...]], ...] = ()

    @classmethod
    def of(cls, axes: Mapping[str, Any]) -> Sweep:
        """From key -> value or values. KeyError and ValueError as in Experiment, but a loss or a
        kind of outliers that suits none of the data is left out: `said_of_unsuited` says so."""
        values = {}
        for key, given in axes.items():
            param = param_of(key)
            many = given if isinstance(given, Iterable) and not isinstance(given, str) else [given]
            values[key] = tuple(dict.fromkeys(checked(key, param, value) for value in many))
        data = values.get("data") or cls()["data"]
        for choice in USUAL:
            values[choice] = _suited(choice, values.get(choice, ()), data)
        kept = {key: axis for key, axis in values.items() if axis and axis != _default(key, data)}
        everything = cls(tuple((key, kept[key]) for key in sorted(kept, key=_rank)))
        return cls(tuple(axis for axis in everything.axes if everything.uses(axis[0])))

    def uses(self, key: str) -> bool:
        """Whether the key is plain or belongs to an item that some experiment chooses."""
        name = key.partition(".")[0]
        return key in PLAIN or any(name in self[choice] for choice in CHOICES)

    def __getitem__(self, key: str) -> tuple[Value, ...]:
        """The values of a plain or dotted key."""
        axes = dict(self.axes)
        return axes[key] if key in axes else _default(key, axes.get("data", (default("data"),)))

    def replace(self, changes: Mapping[str, Any]) -> Sweep:
        """This sweep with other values for some keys."""
        return Sweep.of({**dict(self.axes), **changes})

    @property
    def size(self) -> int:
        """How many experiments there are; never enumerates the product."""
        # An item's axes multiply its own runs alone, so the items of a choice add up.
        lengths = {key: len(axis) for key, axis in self.axes}
        plain = prod(n for key, n in lengths.items() if key in PLAIN and key not in CHOICES)

        def own(name: Value) -> int:
            return prod(n for key, n in lengths.items() if key.startswith(f"{name}."))

        return plain * sum(
            own(data)
            * prod(
                sum(own(name) for name in self[choice] if suits(choice, str(name), str(data)))
                for choice in CHOICES
                if choice != "data"
            )
            for data in self["data"]
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
            chosen = dict(zip(CHOICES, map(str, names), strict=True))
            if not all(suits(choice, name, chosen["data"]) for choice, name in chosen.items()):
                continue
            own = [(choice, (name,)) for choice, name in zip(CHOICES, names, strict=True)]
            yield own + [
                (key, axis) for key, axis in rest if key in PLAIN or key.partition(".")[0] in names
            ]

    def query(self) -> str:
        """The canonical query string: `parse(sweep.query()) == (sweep, [])`."""
        from urllib.parse import urlencode

        pairs = [(key, text(value)) for key, axis in self.axes for value in axis]
        return urlencode(pairs, safe=",")


def _suited(choice: str, names: Sequence[Value], data: Sequence[Value]) -> tuple[Value, ...]:
    """Those of the names that go with some of the data, and the usual one for data with none."""
    kept = [name for name in names if any(suits(choice, str(name), str(each)) for each in data)]
    for each in data:
        if not any(suits(choice, str(name), str(each)) for name in kept):
            kept.append(usual(choice, str(each)))
    return tuple(kept)


def _default(key: str, data: Sequence[Value]) -> tuple[Value, ...]:
    return _suited(key, (), data) if key in USUAL else (param_of(key).default,)


def _rank(key: str) -> tuple[int, int, str]:
    # Plain keys in the order of PLAIN, then dotted ones in the order of the registries.
    if key in PLAIN:
        return list(PLAIN).index(key), 0, ""
    name, _, short = key.partition(".")
    for number, registry in enumerate(CHOICES.values()):
        if name in registry:
            return len(PLAIN) + number, list(registry).index(name), short
    raise KeyError(key)
