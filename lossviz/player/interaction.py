"""Points that the user may move, add, take away or mark, knobs, buttons, and what the browser says
of them: whoever holds the connection can say anything, so all is read here before it is believed.
"""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass
from math import isfinite
from typing import Literal, get_args

EditMode = Literal["drag", "add", "remove", "mark"]
Kind = Literal["drag", "drop", "add", "remove", "mark"]
Turning = Literal["move", "drop"]
ACTION = re.compile(r"([a-z_]{1,40})|row ([0-9]{1,9})")
FIELDS = {"kind", "chart", "row", "x", "y", "n"}
TURNED = {"kind", "key", "value", "n"}
BEYOND = 2**53  # up to here the browser's integers are exact


@dataclass(frozen=True)
class Editing:
    """What a press does in some charts; ValueError if the mode is none.

    Its points are the rows that `Links` names in these charts, where no track moves them.
    `answered` is the `n` of the last Edit that the data know of, whether or not it was followed:
    the browser then reports the next.
    """

    mode: EditMode
    charts: tuple[str, ...]
    answered: int = 0

    def __post_init__(self) -> None:
        if self.mode not in get_args(EditMode):
            raise ValueError(f"editing mode {self.mode!r} is none of {get_args(EditMode)}")


@dataclass(frozen=True)
class Edit:
    """What the user did: `drag` while a point is on its way, `drop` at the end of it.

    row: the row's number in `Links`; None for "add". x, y: the place in units of the chart's axes,
    to about a pixel; where a point is removed or marked, its own. n: rises from edit to edit.
    """

    kind: Kind
    chart: str
    row: int | None
    _: KW_ONLY
    x: float
    y: float
    n: int


@dataclass(frozen=True)
class Knob:
    """A number that the user may turn while the charts follow; ValueError if it has no such place.

    `values` are those that it goes through, rising, `words` what each is called, and `at` is the
    place of the one that it has. `note` is what else there is to say of it.
    """

    key: str
    label: str
    values: tuple[float, ...]
    words: tuple[str, ...]
    at: int
    note: str = ""

    def __post_init__(self) -> None:
        if len(self.words) != len(self.values) or not 0 <= self.at < len(self.values):
            raise ValueError(f"knob {self.key!r}: {len(self.values)} values, place {self.at}")


@dataclass(frozen=True)
class Turn:
    """What the user turned: `move` while a knob is on its way, `drop` at the end of it.

    key: the knob's. value: the number that it then has. n: rises from turn to turn.
    """

    kind: Turning
    key: str
    value: float
    n: int


@dataclass(frozen=True)
class Action:
    """What the user pressed: a button by its name, or a row that can be chosen (`name` is "row"),
    by its number in `Links`."""

    name: str
    row: int | None = None

    def __str__(self) -> str:
        return self.name if self.row is None else f"{self.name} {self.row}"


def read_action(value: object) -> Action | None:
    """What the browser reports, or None if it is not exactly the name of a button or a row.

    Whether there is such a button and such a row is for the caller to see.
    """
    found = ACTION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    return Action(found[1]) if found[1] else Action("row", int(found[2]))


def read_edit(value: object) -> Edit | None:
    """What the browser reports, or None if it is not exactly an edit: all may come from there.

    Whether there is such a chart and such a row is for the caller to see.
    """
    if not isinstance(value, dict) or set(value) != FIELDS:
        return None
    chart, row, x, y, n = (value[name] for name in ("chart", "row", "x", "y", "n"))
    kind = next((kind for kind in get_args(Kind) if kind == value["kind"]), None)
    has_row = row is None if kind == "add" else _counts(row)
    if kind is None or not isinstance(chart, str) or not has_row or not _counts(n):
        return None
    if not (_measures(x) and _measures(y)):
        return None
    return Edit(kind, chart, row, x=float(x), y=float(y), n=n)


def read_turn(value: object) -> Turn | None:
    """What the browser reports, or None if it is not exactly a turn of some knob.

    Whether there is such a knob and whether it may have that value is for the caller to see.
    """
    if not isinstance(value, dict) or set(value) != TURNED:
        return None
    key, number, n = (value[name] for name in ("key", "value", "n"))
    kind = next((kind for kind in get_args(Turning) if kind == value["kind"]), None)
    if kind is None or not isinstance(key, str) or not _counts(n) or not _measures(number):
        return None
    return Turn(kind, key, float(number), n)


def _counts(value: object) -> bool:
    return type(value) is int and 0 <= value < BEYOND


def _measures(value: object) -> bool:
    if type(value) is int:
        return abs(value) < BEYOND  # longer ones may be too long for a float
    return type(value) is float and isfinite(value)
