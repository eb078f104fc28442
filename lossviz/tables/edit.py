"""Changing rows, on the chart and in a table editor: each change is a new table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import floor, isfinite, log10
from typing import Any, Protocol

import numpy as np

from lossviz.base.registry import quote, shortened
from lossviz.base.words import counted, listed
from lossviz.items.datasets.table import LARGEST_NUMBER, MOST_CLASSES, Table
from lossviz.tables.fault import FileFault
from lossviz.tables.header import unique

DIGITS = 4  # significant digits of an axis that a finger can set
MARK = "outlier"


class Sampled(Protocol):
    """Rows of an experiment, of which some are outliers."""

    @property
    def X(self) -> np.ndarray: ...
    @property
    def y(self) -> np.ndarray: ...
    @property
    def is_outlier(self) -> np.ndarray: ...
    @property
    def features(self) -> tuple[str, ...]: ...
    @property
    def target(self) -> str: ...
    @property
    def classes(self) -> tuple[str, ...]: ...


def from_sample(sample: Sampled, name: str) -> Table:
    """The training rows, to be changed; outliers are marked."""
    return Table(
        X=sample.X,
        y=sample.y,
        marked=sample.is_outlier,
        features=sample.features,
        target=sample.target,
        classes=sample.classes,
        name=name,
    )


def is_drawable(table: Table) -> bool:
    """Whether a chart shows all of a row: one feature and a number, or two features and a class."""
    return table.X.shape[1] == (2 if table.classes else 1)


# On the chart. x and y are places on it: the feature and the target, or with classes both features.


def moved(table: Table, row: int, x: float, y: float) -> Table:
    """The table with one row elsewhere, rounded to what its axes can show."""
    across, up = _place(table, x, y)
    X, target = table.X.copy(), table.y.copy()
    X[_row(table, row), 0] = across
    if table.classes:
        X[row, 1] = up
    else:
        target[row] = up
    return replace(table, X=X, y=target)


def added(table: Table, x: float, y: float, label: int = 0) -> Table:
    """The table with one row more; `label` is the position of its class."""
    across, up = _place(table, x, y)
    if table.classes and not 0 <= label < len(table.classes):
        raise ValueError(f"There is no class {label}.")
    place, target = ([across, up], float(label)) if table.classes else ([across], up)
    return replace(
        table,
        X=np.vstack([table.X, place]),
        y=np.append(table.y, target),
        marked=np.append(table.marked, False),
    )


def removed(table: Table, row: int) -> Table:
    """The table without a row; ValueError where only two are left."""
    if len(table.y) <= 2:
        raise ValueError("Two rows have to stay.")
    keep = np.arange(len(table.y)) != _row(table, row)
    return replace(table, X=table.X[keep], y=table.y[keep], marked=table.marked[keep])


def toggled(table: Table, row: int) -> Table:
    """The table with a row marked as an outlier, or no longer marked."""
    marked = table.marked.copy()
    marked[_row(table, row)] ^= True
    return replace(table, marked=marked)


def _row(table: Table, row: int) -> int:
    if not 0 <= row < len(table.y):
        raise ValueError(f"There is no row {row}.")
    return row


def _place(table: Table, x: float, y: float) -> tuple[float, float]:
    if not is_drawable(table):
        raise ValueError("These rows have more columns than a chart shows; edit them in the table.")
    up = table.X[:, 1] if table.classes else table.y
    return _rounded(x, table.X[:, 0]), _rounded(y, up)


def _rounded(value: float, column: np.ndarray) -> float:
    """The value to DIGITS significant digits of the column's spread, so that links stay short."""
    if not (isfinite(value) and abs(value) <= LARGEST_NUMBER):
        raise ValueError(f"A point may be at most {LARGEST_NUMBER:g} from 0.")
    spread = float(np.ptp(column)) or float(np.abs(column).max()) or 1.0
    return round(float(value), DIGITS - 1 - floor(log10(spread))) + 0.0


# In a table editor


def as_columns(table: Table) -> dict[str, list[Any]]:
    """The rows by column: features, the target (names of classes), and whether marked."""
    y = [table.classes[int(k)] for k in table.y] if table.classes else table.y.tolist()
    columns = [*table.X.T.tolist(), y, table.marked.tolist()]
    return dict(zip(_names(table), columns, strict=True))


def from_columns(
    columns: Mapping[str, Sequence[Any]], like: Table
) -> tuple[Table, tuple[str, ...]]:
    """The table of edited columns, and sentences on rows that are left out.

    like: the table as it was before, which names the columns. Names of classes that it does not
    have are new classes, and classes that lost all their rows are gone, unless one alone would be
    left. FileFault where fewer than two rows are complete or something is out of bounds.
    """
    *features, target, mark = _names(like)
    numeric = features if like.classes else [*features, target]
    numbers = np.array([[_number(x) for x in columns[name]] for name in numeric], float)
    complete: np.ndarray = np.all(np.isfinite(numbers), axis=0)
    words = [_class(name, like) for name in columns[target]] if like.classes else []
    if like.classes:
        complete = complete & np.array([bool(word) for word in words], bool)
    too_large = np.flatnonzero(complete & (np.abs(numbers) > LARGEST_NUMBER).any(axis=0))
    if len(too_large):
        raise FileFault(f"Row {too_large[0] + 1:,} holds a number beyond {LARGEST_NUMBER:g}.")
    if np.count_nonzero(complete) < 2:
        raise FileFault("At least two complete rows are needed.")
    marked = np.array([_is_marked(flag) for flag in columns[mark]], bool)[complete]
    notes = tuple(_on_incomplete(complete))
    if not like.classes:
        *X, y = numbers[:, complete]
        return replace(like, X=np.stack(X, axis=1), y=y, marked=marked), notes
    used = [word for word, is_kept in zip(words, complete, strict=True) if is_kept]
    classes = _classes(used, like)
    y = np.array([classes.index(word) for word in used], float)
    X = numbers[:, complete].T
    return replace(like, X=X, y=y, marked=marked, classes=classes), notes


def _names(table: Table) -> list[str]:
    return unique([*table.features, table.target, MARK])


def _number(value: Any) -> float:
    """nan for what is no finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return np.nan
    return number + 0.0 if isfinite(number) else np.nan


def _class(value: Any, like: Table) -> str:
    if not isinstance(value, str):
        return ""
    return value if value in like.classes else shortened(value)


def _is_marked(flag: Any) -> bool:
    # An editor's new row has neither true nor false there.
    return isinstance(flag, bool | np.bool_) and bool(flag)


def _on_incomplete(complete: np.ndarray) -> Iterable[str]:
    out = np.flatnonzero(~complete)
    if len(out):
        which = listed([f"{row + 1:,}" for row in out])
        rows, are = ("row", "is") if len(out) == 1 else ("rows", "are")
        yield f"{counted(len(out), 'incomplete row')} {are} left out: {rows} {which}."


def _classes(used: list[str], like: Table) -> tuple[str, ...]:
    had = {like.classes[int(k)] for k in np.unique(like.y)}
    names = list(dict.fromkeys([*like.classes, *used]))
    left = [name for name in names if name in used or (name in like.classes and name not in had)]
    gone = [name for name in names if name not in left]
    left += gone[: max(0, 2 - len(left))]
    if len(left) > MOST_CLASSES:
        new = quote(left[MOST_CLASSES])
        raise FileFault(f"Classes are at most {MOST_CLASSES}; {new} would be one more.")
    return tuple(name for name in names if name in left)
