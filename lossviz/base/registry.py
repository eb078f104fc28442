"""Named items with parameters: the only generic machinery.

A loss, dataset, outlier kind, model, optimizer or schedule is a name, a function and some
`Param`s in a `Registry`. One `Param` makes the widget, the URL key, the command-line key, the
range check and the test case. Names are unique over all registries, so the dotted key
`huber.delta` means one thing everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from unicodedata import category

from lossviz.base.reserved import RESERVED
from lossviz.base.words import in_full

Value = float | int | str


@dataclass(frozen=True)
class Param:
    """One setting of an item: its default fixes its type (float, int or str).

    `low` and `high` bound numbers, both ends included. `choices` lists what a word may be; a
    registry will do. `reader` turns any other text into its canonical form and raises
    ValueError with a reason. `log` asks for a widget that moves by factors. `plain` says that the
    default leaves the item as if it had no such parameter, so that names pass it over. Without
    `has_widget` it is set by other means than a widget of its own.
    """

    name: str
    default: Value
    low: float = -math.inf
    high: float = math.inf
    label: str = ""
    help: str = ""
    choices: Iterable[str] = ()
    reader: Callable[[str], str] | None = None
    log: bool = False
    plain: bool = False
    has_widget: bool = True

    def check(self, value: Any) -> Value:
        """The value in this parameter's type; ValueError says what is wrong with it."""
        if isinstance(self.default, str):
            return self._word(str(value))
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{quote(value)} is not a number") from None
        if not math.isfinite(number):
            raise ValueError(f"{quote(value)} is not a finite number")
        if isinstance(self.default, int) and number != int(number):
            raise ValueError(f"{quote(value)} is not a whole number")
        if not self.low <= number <= self.high:
            raise OutOfRange(self, value)
        # Adding 0.0 turns -0.0, which equals 0.0 but reads differently, into 0.0.
        return int(number) if isinstance(self.default, int) else number + 0.0

    def _word(self, word: str) -> str:
        if self.reader is not None:
            return self.reader(word)
        if word not in self.choices:
            raise ValueError(f"{quote(word)} is not one of {', '.join(self.choices)}")
        return word

    def nearest(self, value: float) -> Value:
        """The allowed number closest to `value`."""
        number = min(max(value, self.low), self.high)
        return int(number) if isinstance(self.default, int) else float(number)


class OutOfRange(ValueError):
    """A number beyond its parameter's range."""

    def __init__(self, param: Param, value: Any):
        super().__init__(
            f"{quote(value)} lies outside {in_full(param.low)} to {in_full(param.high)}"
        )


def text(value: Value) -> str:
    """The shortest text that reads back as the same value."""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)


def quote(value: Any) -> str:
    """The value as a reader would recognise it, cut when long."""
    words = str(value)
    return repr(words if len(words) <= 40 else words[:37] + "...")


def shortened(words: str, most: int = 80) -> str:
    """What a user calls something, as a name that does no harm wherever it is shown: on one line,
    cut when long, "\ufffd" for control characters and halves of characters, and without signs that
    take no room or turn the direction of writing (but for those that join letters)."""
    line = " ".join(words.split())
    if not line.isprintable():
        line = " ".join("".join(map(_seen, line)).split())
    return line if len(line) <= most else line[: most - 3] + "..."


def printable(text: str) -> str:
    """The text for a terminal, line by line: no control characters, which would move its cursor or
    change its colours, nor what `shortened` takes out of names."""
    return "\n".join("".join(map(_seen, line)) for line in text.split("\n"))


def _seen(character: str) -> str:
    if character.isprintable() or character in "\u200c\u200d":
        return character
    return {"Cf": "", "Zs": " "}.get(category(character), "\ufffd")


class Item(Protocol):
    """What every registered thing has."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def params(self) -> tuple[Param, ...]: ...
    @property
    def function(self) -> Callable[..., Any]: ...


T = TypeVar("T", bound=Item)
_taken: dict[str, str] = dict(RESERVED)


class Registry(Mapping[str, T], Generic[T]):
    """Items by name, in the order of their registration."""

    def __init__(self, kind: str):
        self.kind = kind
        self._items: dict[str, T] = {}

    def add(self, item: T) -> T:
        """Register the item; a fault in its declaration raises ValueError with its name."""
        where = f"{self.kind} {item.name!r}"
        if not item.name.isidentifier() or item.name != item.name.lower():
            raise ValueError(f"{where}: a name is a lower-case identifier")
        if item.name in _taken:
            raise ValueError(f"{where}: the name is taken by a {_taken[item.name]}")
        if not item.label:
            raise ValueError(f"{where}: has no label")
        code = item.function.__code__
        keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        names = tuple(param.name for param in item.params)
        if keywords != names:
            raise ValueError(f"{where}: keyword arguments {keywords} but params {names}")
        for param in item.params:
            try:
                param.check(param.default)
            except ValueError as error:
                raise ValueError(f"{where}: default of {param.name}: {error}") from None
        _taken[item.name] = self.kind
        self._items[item.name] = item
        return item

    def remove(self, name: str) -> None:
        """Forget an item (for tests and self-written items that are replaced)."""
        del self._items[name], _taken[name]

    def __getitem__(self, name: str) -> T:
        try:
            return self._items[name]
        except KeyError:
            raise KeyError(f"no {self.kind} {quote(name)}; there are {', '.join(self)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, name: object) -> bool:
        return name in self._items
