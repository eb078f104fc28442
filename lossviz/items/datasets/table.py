"""Rows of the user's own, and the text that stands for them.

    text, table = keep(Table(X, y, marked))   what `table.rows` is set to
    table_of(text)                            the rows again

A small table is packed into the text to the last bit, so that it travels in a link. Any other
stays in this process, for as long as somebody holds on to it, and the text only names it: a link
asks for the file again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.cache import KEPT
from lossviz.base.registry import quote
from lossviz.items.datasets.base import (
    frozen,
)
from lossviz.items.datasets.choice import LONGEST_CHOICE, Choice, choice_of
from lossviz.items.datasets.packing import MOST_COLUMNS, MOST_ROWS, pack, unpack

# From so many rows on a share is held out where nobody says otherwise.
ROWS_TO_HOLD_OUT_FROM, SHARE_HELD_OUT = 100, 0.25
LONGEST_TEXT = 6_500  # characters of packed rows: a proxy takes 8,190 of a whole address
MOST_CLASSES = 10
EDITED = "edited"  # stands where a choice does: no choice of a file gives rows changed by hand
LARGEST_NUMBER = 1e24  # squares of squares stay below 1e100, where training counts as diverged
# Signs that no screen shows as they are: controls, ends of lines, turns of direction, half signs.
UNSEEN = "\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff"
NAMED = re.compile(
    rf"file~(\d{{1,7}})~([0-9a-f]{{32}})~([^~{UNSEEN}]{{1,80}})(?:~([\w-]{{0,{LONGEST_CHOICE}}}))?",
    re.ASCII,
)


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of one's own.

    X (n, d), y (n,): numbers; where there are classes, y holds 0.0 to K - 1. marked (n,): the
        rows that the user calls outliers: they are trained on and never tested on.
    features, target: names of the columns. classes: names of the classes, () for numbers; of two,
        the last is the one that is looked for.
    name: what the table is called, such as the name of its file.
    """

    X: Array
    y: Array
    marked: Array
    features: tuple[str, ...] = ("x",)
    target: str = "y"
    classes: tuple[str, ...] = ()
    name: str = "own data"

    @property
    def data(self) -> str:
        """The dataset that takes these rows."""
        kinds = {0: "table", 2: "table_binary"}
        return kinds.get(len(self.classes), "table_classes")


class MissingTable(LookupError):
    """Rows that a text names, and that this process does not hold."""


_held: WeakValueDictionary[str, Table] = WeakValueDictionary()
_holding = Lock()  # two sessions may bring the same file at once: both are to hold one table


def keep(
    table: Table, choice: Choice | None = None, *, is_edited: bool = False
) -> tuple[str, Table]:
    """The text for a table, and the table that the text stands for: packed rows where few enough
    fit into a link as they are. Else the text names the table, which is there for as long as the
    caller holds on to it, with what was chosen of its file, or that they were edited by hand."""
    table = _cleaned(table)
    if len(table.y) <= MOST_ROWS and table.X.shape[1] + 2 <= MOST_COLUMNS:
        packed = pack(_facts(table), [*table.X.T, table.y, table.marked.astype(float)])
        if len(packed) <= LONGEST_TEXT:
            return packed, table_of(packed)
    from hashlib import sha256  # not needed by most, and dear to import

    header = json.dumps(_facts(table), ensure_ascii=False, separators=(",", ":"))
    digest = sha256(header.encode())
    for array in (table.X, table.y, table.marked):
        digest.update(np.ascontiguousarray(array).tobytes())
    name = re.sub(r"[~\s]+", " ", table.name).strip()[:80] or "own data"
    words = f"file~{len(table.y)}~{digest.hexdigest()[:32]}~{name}"
    table = replace(table, X=frozen(table.X), y=frozen(table.y))
    with _holding:
        kept = _held.setdefault(words, table)
    chosen = EDITED if is_edited else choice.text if choice else ""
    return f"{words}~{chosen}" if chosen else words, kept


def usual_share(table: Table) -> float:
    """The share of the rows that is held out for testing where nobody says otherwise."""
    return SHARE_HELD_OUT if len(table.y) >= ROWS_TO_HOLD_OUT_FROM else 0.0


def is_packed(words: str) -> bool:
    """Whether the text holds the rows, rather than naming them."""
    return not words.startswith("file~")


def table_of(words: str) -> Table:
    """The rows of a text that has been read; MissingTable says whose rows are not here."""
    if is_packed(words):
        return KEPT.of(None, ("unpacked", words), lambda: _unpack(words))
    found = _held.get(unchosen(words))
    if found is None:
        count, name = named(words)
        lacks = ", which lacks what was edited by hand" * edited_in(words)
        raise MissingTable(
            f"The {count:,} rows of {name} are not here: the file is needed again{lacks}."
        )
    return found


def holder(words: str) -> Table | None:
    """The table that the text names, which what is made of its rows must not outlive; None for
    packed rows, which anybody with the text may have again."""
    return table_of(words) if words.startswith("file~") else None


def named(words: str) -> tuple[int, str]:
    """How many rows a text names, and the name of their file; ValueError if it names none."""
    parts = NAMED.fullmatch(words)
    if parts is None:
        raise ValueError(f"{quote(words)} names no table")
    return int(parts[1]), parts[3]


def unchosen(words: str) -> str:
    """The text that names a table, without what was chosen of its file."""
    return "~".join(words.split("~", 4)[:4])


def called(words: str) -> str:
    """The name of the table that a text holds or names; ValueError if it does neither."""
    return table_of(words).name if is_packed(words) else named(words)[1]


def chosen_in(words: str) -> Choice | None:
    """What was chosen of a file, as a text that names its rows carries it."""
    parts = NAMED.fullmatch(words)
    return choice_of(parts[4]) if parts and parts[4] else None


def edited_in(words: str) -> bool:
    """Whether a text names rows that were edited by hand, so that no file gives them again."""
    parts = NAMED.fullmatch(words)
    return parts is not None and parts[4] == EDITED


def _facts(table: Table) -> list[Any]:
    return [table.features, table.target, table.classes, table.name]


def _cleaned(table: Table) -> Table:
    """The table with names that can be shown."""
    facts = [
        tuple(map(_seen, each)) if isinstance(each, tuple) else _seen(each)
        for each in _facts(table)
    ]
    if facts == _facts(table):
        return table
    features, target, classes, name = facts
    return replace(table, features=features, target=target, classes=classes, name=name)


def _seen(word: str) -> str:
    return re.sub(f"[{UNSEEN}]", " ", word)


def _unpack(words: str) -> Table:
    """The rows of packed text; ValueError says what is wrong with it."""
    facts, columns = unpack(words)
    if not (isinstance(facts, list) and len(facts) == 4):
        raise ValueError("the rows in the link have no proper names")
    features, target, classes, name = facts
    return _checked(features, target, classes, name, columns)


def _checked(features: Any, target: Any, classes: Any, name: Any, columns: Array) -> Table:
    names = [features, classes] if isinstance(features, list) and isinstance(classes, list) else []
    words = [*(word for each in names for word in each), target, name]
    if not names or not all(isinstance(word, str) and len(word) <= 200 for word in words):
        raise ValueError("the rows in the link have no proper names")
    if columns.ndim != 2 or len(columns) != len(features) + 2 or not features:
        raise ValueError("the rows in the link have other columns than names")
    *X, y, marked = columns
    if not np.isfinite(columns).all() or np.abs(columns).max() > LARGEST_NUMBER:
        raise ValueError(f"the rows in the link hold numbers beyond {LARGEST_NUMBER:g}")
    if len(classes) == 1 or len(classes) > MOST_CLASSES:
        raise ValueError(f"classes are 2 to {MOST_CLASSES}, not {len(classes)}")
    if classes and not np.isin(y, np.arange(len(classes))).all():
        raise ValueError("the rows in the link are of classes that it does not name")
    if len(y) < 2:
        raise ValueError("the link holds one row, where two are needed")
    X = frozen(np.stack(X, axis=1))
    return _cleaned(
        Table(
            X=X,
            y=frozen(y),
            marked=marked > 0,
            features=tuple(features),
            target=target,
            classes=tuple(classes),
            name=name,
        )
    )
