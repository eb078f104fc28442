"""From the columns of a file to rows that can be trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lossviz.base.limits import FEATURES as MOST_FEATURES
from lossviz.base.registry import quote, shortened, text
from lossviz.base.words import counted, listed
from lossviz.items.datasets.table import LARGEST_NUMBER, MOST_CLASSES, Table
from lossviz.tables.columns import Column
from lossviz.tables.fault import FileFault
from lossviz.tables.header import unique
from lossviz.tables.read import Raw
from lossviz.tables.suggest import check_usable, holds_classes, is_whole


def choose(
    raw: Raw,
    target: str,
    features: Sequence[str],
    *,
    classes: bool | None = None,
    positive: str = "",
) -> tuple[Table, tuple[str, ...]]:
    """The rows that have all these columns, and sentences on what was left out.

    classes: whether the target is of classes; None: as `holds_classes` tells. positive: of two
    classes the one that is looked for, which becomes class 1; "": the rarer one, or of two as rare
    the later one. A category among the features becomes a column of 0 and 1 for each level but the
    first. FileFault says what does not work.
    """
    aim, others = raw[target], [raw[name] for name in dict.fromkeys(features)]
    _check_choice(aim, others)
    used = [aim, *others]
    complete = ~np.any([column.is_missing for column in used], axis=0)
    count = int(np.count_nonzero(complete))
    if count < 2:
        has = "has" if count == 1 else "have"
        raise FileFault(
            f"Only {counted(count, 'row')} {has} a value in every chosen column; at least 2 are "
            "needed."
        )
    for column in used:
        _check_size(column, complete, raw.rows)
    same = [column.name for column in others if len(np.unique(column.values[complete])) == 1]
    are = "is" if len(same) == 1 else "are"
    if len(same) == len(others):
        raise FileFault(
            f"{listed(same)} {are} the same in every row, so there is nothing to learn from."
        )
    y, names = _target(aim, aim.values[complete], classes, positive)
    parts = [
        part
        for column in others
        if column.name not in same
        for part in _feature(column, column.values[complete])
    ]
    if len(parts) > MOST_FEATURES:
        raise FileFault(
            f"The features make {len(parts)} columns, with one for each category but the first; "
            f"at most {MOST_FEATURES} are possible."
        )
    notes = [*_on_missing(used, complete), *_on_categories(others, same)]
    if names:
        notes += _on_classes(aim, names, is_guess=classes is None, is_sought=not positive)
    if same:
        notes.append(f"{listed(same)} {are} left out, being the same in every row.")
    X = np.stack([values for _, values in parts], axis=1)
    # The target comes first, so that no feature is called as it is.
    _, *columns = unique([target, *(name for name, _ in parts)])
    marked = np.zeros(count, bool)
    return Table(
        X=X,
        y=y,
        marked=marked,
        features=tuple(columns),
        target=target,
        classes=names,
        name=raw.name,
    ), tuple(notes)


def _check_choice(target: Column, features: list[Column]) -> None:
    if not features:
        raise FileFault("No feature is chosen yet.")
    for column in (target, *features):
        check_usable(column)
    if target in features:
        raise FileFault(f"{target.name} is the target, so it cannot be a feature too.")


def _check_size(column: Column, complete: np.ndarray, rows: np.ndarray) -> None:
    too_large = np.flatnonzero(complete & (np.abs(column.values) > LARGEST_NUMBER))
    if len(too_large):
        i = too_large[0]
        raise FileFault(
            f"Row {rows[i]:,} holds {column.values[i]:.6g} in column {column.name}; numbers may be "
            f"{LARGEST_NUMBER:g} at most in size."
        )


def _target(
    column: Column, values: np.ndarray, classes: bool | None, positive: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """The target (n,), and the names of its classes, if those it has."""
    different, codes = np.unique(values, return_inverse=True)
    if len(different) == 1:
        raise FileFault(f"{column.name} is the same in all rows that are left.")
    is_category = column.kind == "category"
    if not (holds_classes(column) if classes is None else classes):
        if is_category:
            raise FileFault(f"{column.name} holds categories, which are no numbers.")
        return values, ()
    if len(different) > MOST_CLASSES:
        raise FileFault(
            f"{column.name} has {len(different):,} different values; classes are at most "
            f"{MOST_CLASSES}."
        )
    if not is_category and not is_whole(different):
        raise FileFault(f"{column.name} holds decimals, which name no classes.")
    names = (shortened(column.levels[int(i)]) if is_category else text(float(i)) for i in different)
    return _positive_last(column.name, codes.astype(float), unique(names), positive)


def _positive_last(
    target: str, codes: np.ndarray, names: list[str], positive: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """The classes, of two the one that is looked for as class 1."""
    if positive and positive not in names:
        raise FileFault(f"{target} has no class {quote(positive)}; it has {listed(names)}.")
    if len(names) != 2:
        return codes, tuple(names)
    last = names.index(positive) if positive else int(np.mean(codes) <= 0.5)
    return (codes, tuple(names)) if last == 1 else (1.0 - codes, (names[1], names[0]))


def _feature(column: Column, values: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The columns (n,) that a feature becomes, each with its name."""
    if column.kind == "number":
        yield column.name, values
        return
    for i in np.unique(values)[1:]:
        yield f"{column.name} = {shortened(column.levels[i])}", (values == i).astype(float)


def _on_missing(used: list[Column], complete: np.ndarray) -> Iterator[str]:
    out = len(complete) - np.count_nonzero(complete)
    if out:
        each = [
            f"{np.count_nonzero(column.is_missing):,} in {column.name}"
            for column in used
            if column.is_missing.any()
        ]
        are = "is" if out == 1 else "are"
        yield (
            f"{out:,} of {counted(len(complete), 'row')} {are} left out for missing values: "
            f"{listed(each)}."
        )


def _on_categories(features: list[Column], same: list[str]) -> Iterator[str]:
    found = [column.name for column in features if column.levels and column.name not in same]
    if found:
        yield (
            f"{listed(found)} {'becomes' if len(found) == 1 else 'become'} columns of 0 and 1, one "
            "for each category but the first."
        )


def _on_classes(
    target: Column, names: tuple[str, ...], *, is_guess: bool, is_sought: bool
) -> Iterator[str]:
    if is_guess and target.kind == "number":
        yield (
            f"{target.name} holds but two whole numbers, so they are taken for classes; they can "
            "be taken for numbers instead."
        )
    if is_sought and len(names) == 2:
        yield f"{names[1]} is the class looked for, unless {names[0]} is chosen."
