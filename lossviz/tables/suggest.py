"""Which columns are a likely target and its features, and which target is of classes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lossviz.base.words import counted, listed
from lossviz.items.datasets.table import MOST_CLASSES
from lossviz.tables.columns import Column
from lossviz.tables.fault import FileFault
from lossviz.tables.named import COUNTERS, TARGETS, names_classes, names_ids
from lossviz.tables.read import Raw

USUAL_FEATURES = 30


def can_be_classes(column: Column) -> bool:
    """Whether it is of 2 to 10 categories, or of as many different whole numbers."""
    if column.kind == "category":
        return len(column.levels) <= MOST_CLASSES
    different = np.unique(column.values[~column.is_missing])
    return column.is_usable and is_whole(different) and len(different) <= MOST_CLASSES


def holds_classes(column: Column) -> bool:
    """Whether it is taken for classes as a target, unless something else is chosen: categories are,
    and so are numbers of exactly two different whole values, such as 0 and 1."""
    if column.kind != "number":
        return column.kind == "category"
    different = np.unique(column.values[~column.is_missing])
    return len(different) == 2 and is_whole(different)


def suggest(raw: Raw, target: str = "") -> tuple[str, tuple[str, ...]]:
    """A target and features for it, by name and place, of columns that together leave at least half
    of the rows; FileFault where no two columns can be used.

    target: the one that is wanted; "": any.
    """
    target, features, _ = _suggested(raw, target)
    return target, features


def left_out(raw: Raw, target: str = "") -> tuple[str, ...]:
    """Sentences on the usable columns that `suggest` leaves out of the features for this target."""
    *_, notes = _suggested(raw, target)
    return notes


def _suggested(raw: Raw, target: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    usable = [column for column in raw.columns if column.is_usable]
    targets = [column for column in usable if column.kind == "number" or can_be_classes(column)]
    if target:
        check_usable(raw[target])
        targets = [raw[target]]
    if len(usable) < 2 or not targets:
        why = [f"{each.name} {each.why}" for each in raw.columns if not each.is_usable][:3]
        raise FileFault(f"A feature and a target are needed{': ' if why else ''}{'; '.join(why)}.")
    aim = _likely_target(targets)
    others = [column for column in usable if column is not aim]
    candidates = [column for column in others if not _tells_rows_apart(column)] or others
    apart = [column for column in others if column not in candidates]
    sparse = _sparse(aim, candidates)
    features, width = [], 0
    for column in (column for column in candidates if column not in sparse):
        width += max(1, len(column.levels) - 1)
        if width <= USUAL_FEATURES or not features:
            features.append(column.name)
    rest = len(candidates) - len(sparse) - len(features)
    return aim.name, tuple(features), tuple(_on_left_out(apart, sparse, aim, rest))


def _likely_target(columns: list[Column]) -> Column:
    """By name, unless several columns had that one, or else the last that has a value in most rows
    and does not tell them apart: a number, unless a category is plainly what is asked."""
    by_name = {column.name.casefold(): column for column in reversed(columns)}
    once = [name for name in TARGETS if name in by_name and f"{name} 2" not in by_name]
    if once:
        return by_name[once[0]]
    told = [column for column in columns if not _tells_rows_apart(column)]
    full = [column for column in told if not _lacks_most(column.is_missing)]
    found = full or told or columns
    numbers = [column for column in found if column.kind == "number"]
    last = found[-1]
    is_asked = names_classes(last.name) or len(last.levels) == 2
    return last if is_asked or not numbers else numbers[-1]


def _sparse(target: Column, columns: list[Column]) -> list[Column]:
    """The columns without which more than half of the target's rows are complete, those that lack
    most first; at least one column stays."""
    has_target = ~target.is_missing
    complete, kept = has_target, []
    for column in sorted(columns, key=lambda column: column.is_missing[has_target].sum()):
        left = complete & ~column.is_missing
        if not kept or not _lacks_most(~left[has_target]):
            complete = left
            kept.append(column)
    return [column for column in columns if column not in kept]


def _lacks_most(is_missing: np.ndarray) -> bool:
    return bool(np.count_nonzero(is_missing) > 0.5 * len(is_missing))


def _on_left_out(
    apart: list[Column], sparse: list[Column], target: Column, rest: int
) -> Iterator[str]:
    counters = [column.name for column in apart if _counts_rows(column)]
    codes = [column.name for column in apart if column.name not in counters]
    if counters:
        are, number = ("are", "number") if len(counters) > 1 else ("is", "numbers")
        they = "they" if len(counters) > 1 else "it"
        yield f"{listed(counters)} {are} left out at first: {they} {number} the rows."
    if codes:
        look, are = (
            ("look like identifiers", "are")
            if len(codes) > 1
            else ("looks like an identifier", "is")
        )
        yield f"{listed(codes)} {look} and {are} left out at first."
    if sparse:
        has_target = ~target.is_missing
        lacks = [
            f"{column.name} lacks {np.count_nonzero(column.is_missing & has_target):,}"
            for column in sparse
        ]
        are, they = ("are", "them") if len(sparse) > 1 else ("is", "it")
        yield (
            f"{listed([column.name for column in sparse])} {are} left out at first, as most rows "
            f"would be with {they}: of {counted(int(has_target.sum()), 'value')} {listed(lacks)}."
        )
    if rest:
        are = "are" if rest > 1 else "is"
        yield f"{counted(rest, 'more column')} {are} left out at first: features are many already."


def check_usable(column: Column) -> None:
    if not column.is_usable:
        raise FileFault(f"The column {column.name} {column.why}.")


def is_whole(values: np.ndarray) -> bool:
    return bool(np.all(values == np.round(values)))


def _tells_rows_apart(column: Column) -> bool:
    """Whether it numbers the rows, or looks like an identifier: written as 007, or called so and
    another whole number in every row."""
    if _counts_rows(column) or column.is_code:
        return True
    if column.kind != "number" or not names_ids(column.name):
        return False
    values = column.values[~column.is_missing]
    return is_whole(values) and len(np.unique(values)) == len(values)


def _counts_rows(column: Column) -> bool:
    """Whether it numbers the rows one by one, and is called so."""
    if column.kind != "number" or not COUNTERS.fullmatch(column.name):
        return False
    return bool(np.all(np.diff(column.values) == 1))
